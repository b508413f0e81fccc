//! The samples of a batch: the numbers of each one, its mean as a sum over them, and formulas that hold row by row.

use mlp_dsl::{
    formula::scalar::Binary,
    ir::equation::{EquationId, Per},
    model::{Reduction, Sample},
    shape::Shape,
};

use crate::{
    content::{Block, Column, Form, Inline, Line, Section, Side, Text},
    expression::{ArrayOp, Expression, Node, NodeId, Quantity, batch::OverBatch},
    notation::CELLS,
    phrases,
};

use super::{
    arithmetic::number,
    facts::{Facts, ITEMS},
    lines::{in_numbers, symbol},
};

/// The most samples whose numbers are written out.
const WRITTEN_OUT: usize = 4;
/// The most parameters whose gradients are in the table of all samples.
const COLUMNS: usize = 12;

/// Rewrites the lines of all sections for a batch of several samples.
pub(super) fn of_batch(facts: &Facts<'_>, sections: Vec<Section>) -> Vec<Section> {
    if facts.batch_size() == 1 || (facts.at_neuron_level() && facts.samples() == 1) {
        return if facts.is_weighted() { divided(facts, sections) } else { sections };
    }
    let mut explained = false;
    let mut rewritten = Vec::with_capacity(sections.len());
    for section in sections {
        let mut blocks = Vec::with_capacity(section.blocks.len());
        for block in section.blocks {
            let Block::Lines(lines) = block else {
                blocks.push(block);
                continue;
            };
            if !facts.at_neuron_level() && !explained && lines.iter().any(|line| is_by_row(facts, line)) {
                explained = true;
                blocks.push(Block::Paragraph(phrases::row_by_row()));
            }
            let lines = lines.into_iter().flat_map(|line| {
                if facts.at_neuron_level() { of_each_sample(facts, line) } else { of_rows(facts, line) }
            });
            blocks.push(Block::Lines(lines.collect()));
        }
        rewritten.push(Section { blocks, ..section });
    }
    rewritten
}

/// One sample whose mean is over its weight: only the quotient is written out.
fn divided(facts: &Facts<'_>, sections: Vec<Section>) -> Vec<Section> {
    let block = |block| match block {
        Block::Lines(lines) => Block::Lines(lines.into_iter().map(|line| with_sum(facts, line)).collect()),
        Block::Paragraph(_)
        | Block::Table { .. }
        | Block::Picture(_)
        | Block::Heading(_)
        | Block::Code(_) => block,
    };
    let section = |section: Section| {
        let blocks = section.blocks.into_iter().map(block).collect();
        Section { blocks, ..section }
    };
    sections.into_iter().map(section).collect()
}

/// A line of neurons: the formula, then the numbers of each sample.
fn of_each_sample(facts: &Facts<'_>, line: Line) -> Vec<Line> {
    let derivation = facts.derivation;
    let is_of_sample = |side: &Side| !side.form.in_symbols() && side.expression.is_open(derivation);
    let (numbers, formula): (Vec<Side>, Vec<Side>) = line.sides.iter().cloned().partition(is_of_sample);
    let Some(name) = formula.first().filter(|_| !numbers.is_empty()) else {
        return vec![with_sum(facts, line)];
    };
    let mut lines = Vec::new();
    for sample in 0..facts.samples().min(WRITTEN_OUT) {
        let seen = |side: &Side| {
            let expression = side.expression.of_sample(derivation, Some(sample));
            Side { expression, ..side.clone() }
        };
        let sides = std::iter::once(name).chain(&numbers).map(seen).collect();
        lines.push(Line { subject: line.subject.clone(), sides });
    }
    if formula.len() > 1 {
        lines.insert(0, Line { sides: formula, ..line });
    }
    lines
}

/// A line of layers: where its formula fits one row only, that of any row, then the values of all.
fn of_rows(facts: &Facts<'_>, line: Line) -> Vec<Line> {
    let fitted = |side: &Side| Side { expression: fitting(facts, &side.expression), ..side.clone() };
    if !is_by_row(facts, &line) {
        let sides = line.sides.iter().map(fitted).collect();
        return vec![with_sum(facts, Line { sides, ..line })];
    }
    let derivation = facts.derivation;
    let (formula, values): (Vec<Side>, Vec<Side>) =
        line.sides.iter().cloned().partition(|side| side.form.in_symbols());
    let any = |side: &Side| Side::symbols(side.expression.of_sample(derivation, None));
    let mut lines = vec![Line { sides: formula.iter().map(any).collect(), ..line.clone() }];
    if let (Some(name), false) = (formula.into_iter().next(), values.is_empty()) {
        let sides = std::iter::once(name).chain(values).collect();
        lines.push(Line { sides, ..line });
    }
    lines
}

fn is_by_row(facts: &Facts<'_>, line: &Line) -> bool {
    line.sides.iter().any(|side| side.form.in_symbols() && side.expression.is_by_row(facts.derivation))
}

/// A formula whose sizes fit for a batch: of the row of any sample where they do not fit for all rows.
pub(super) fn fitting(facts: &Facts<'_>, expression: &Expression) -> Expression {
    let derivation = facts.derivation;
    if facts.batch_size() == 1 {
        return expression.clone();
    }
    let Some(over_batch) = expression.over_batch() else {
        let by_row = expression.is_by_row(derivation);
        return if by_row { expression.of_sample(derivation, None) } else { expression.clone() };
    };
    let inner = over_batch.each;
    let inner = if let Some(product) = scaled_rows(facts, inner) {
        product
    } else if inner.is_by_row(derivation) || sums_products(inner) {
        inner.of_sample(derivation, None)
    } else {
        return expression.clone();
    };
    over_batch.with(&inner, expression.shape())
}

/// Rows that are each multiplied by a number of their sample, and summed over the batch: the product of the transposed
/// column of numbers and the matrix of rows.
fn scaled_rows(facts: &Facts<'_>, each: &Expression) -> Option<Expression> {
    let Some(Node::Binary(Binary::Multiply, a, b)) = each.root() else { return None };
    let open = each.open_nodes(facts.derivation);
    let fits = |id: &NodeId| {
        let part = each.clone().ending_at(Some(*id));
        open.get(id.index()) == Some(&true) && !part.is_by_row(facts.derivation)
    };
    let (column, rows) = match (each.shape_of(*a), each.shape_of(*b)) {
        (Shape::Scalar, Shape::Vector(_)) => (*a, *b),
        (Shape::Vector(_), Shape::Scalar) => (*b, *a),
        (Shape::Scalar | Shape::Vector(_) | Shape::Matrix(..), _) => return None,
    };
    if !fits(&column) || !fits(&rows) {
        return None;
    }
    let mut product = each.clone().ending_at(Some(NodeId::new(column.index().max(rows.index()))));
    product.push_shaped(Node::Array(ArrayOp::TransposedProduct, vec![column, rows]), each.shape());
    Some(product)
}

/// Whether it is the product of what each sample has.
fn is_product(each: &Expression) -> bool {
    matches!(each.root(), Some(Node::Array(ArrayOp::TransposedProduct, _)))
}

/// Whether a product over the samples is a part of a formula, and not all of it.
fn sums_products(each: &Expression) -> bool {
    let product = |node: &Node| matches!(node, Node::Array(ArrayOp::TransposedProduct, _));
    each.nodes().iter().any(product) && !each.root().is_some_and(product)
}

/// A mean, or a sum, over the batch with the value of each sample, before its value.
fn with_sum(facts: &Facts<'_>, mut line: Line) -> Line {
    let Some(before) = line.sides.iter().position(|side| side.form == Form::Value) else { return line };
    let Some(over_batch) = line.sides.iter().find_map(|side| side.expression.over_batch()) else {
        return line;
    };
    let each = over_batch.each;
    let columns = match each.shape() {
        Shape::Scalar => 1,
        Shape::Vector(columns) | Shape::Matrix(_, columns) => columns,
    };
    let narrow = each.shape() == Shape::Scalar || columns * facts.samples() <= CELLS;
    let short = narrow
        && each.shape().count() <= CELLS
        && (facts.written_from()..=WRITTEN_OUT).contains(&facts.samples());
    if short {
        let sum = Side::new(Form::Numbers, sum_of_samples(facts, &over_batch));
        let is_product = is_product(each);
        let scalar = each.shape() == Shape::Scalar;
        let place = line.sides.iter_mut().find(|side| side.form == Form::Numbers);
        match place {
            // A product of matrices is shown before it is taken apart.
            Some(product) if !scalar && !is_product => *product = sum,
            Some(_) | None => line.sides.insert(before, sum),
        }
    }
    line
}

/// The sum over the samples, divided by their number for a mean, or by the sum of their weights.
fn sum_of_samples(facts: &Facts<'_>, over_batch: &OverBatch<'_>) -> Expression {
    let mut sum = Expression::default();
    let all = sum_in(&mut sum, facts, over_batch.each);
    let divisor = match (over_batch.weight, over_batch.reduction) {
        (Some(weight), _) => sum_in(&mut sum, facts, weight),
        (None, Reduction::Mean) => Some(sum.push(Node::Number(facts.samples() as f64))),
        (None, Reduction::Sum) => None,
    };
    if let (Some(all), Some(divisor)) = (all, divisor) {
        sum.push(Node::Binary(Binary::Divide, all, divisor));
    }
    sum
}

/// The sum of a value of each sample, in an expression.
fn sum_in(sum: &mut Expression, facts: &Facts<'_>, each: &Expression) -> Option<NodeId> {
    let mut all: Option<NodeId> = None;
    for sample in 0..facts.samples() {
        let one = sum.append(&each.one_of_sample(facts.derivation, sample));
        all = Some(all.map_or(one, |all| sum.push(Node::Binary(Binary::Add, all, one))));
    }
    all
}

/// Which samples the step takes, and their numbers.
pub(super) fn samples(facts: &Facts<'_>, section: &mut Section) {
    let derivation = facts.derivation;
    let count = facts.samples();
    if let Some(declared) = derivation.batch_beyond_data().filter(|_| facts.numbers.is_some()) {
        section.paragraph(phrases::batch_beyond_data(declared, count));
    }
    if count == 1 {
        return;
    }
    if facts.at_neuron_level() {
        section.paragraph(phrases::samples_of_neurons(count, count.saturating_sub(WRITTEN_OUT)));
    }
}

/// A row for each sample: its number, its inputs, its target.
pub(super) fn table_of_samples(facts: &Facts<'_>, section: &mut Section) {
    let derivation = facts.derivation;
    let data = || derivation.inputs.iter().chain(&derivation.targets);
    let names = data().flat_map(|data| data.value.equations()).map(|id| derivation.name_of(*id));
    let titles = names.take(COLUMNS).map(Column::number_of);
    let columns: Vec<Column> = std::iter::once(Column::text(phrases::SAMPLE)).chain(titles).collect();
    let row = |(index, sample): (usize, &Sample)| {
        let numbers = sample.input.iter().chain(&sample.target).take(COLUMNS);
        let first: Text = vec![Inline::from((index + 1).to_string())];
        std::iter::once(first).chain(numbers.map(|x| vec![value(*x)])).collect()
    };
    let rows: Vec<Vec<Text>> =
        derivation.declared_samples().iter().enumerate().take(ITEMS).map(row).collect();
    section.table(&columns, rows);
    if facts.samples() > ITEMS {
        section.paragraph(phrases::samples_left_out(facts.samples() - ITEMS));
    }
}

fn value(x: f64) -> Inline {
    Side::new(Form::Numbers, number(x)).into()
}

/// The gradients of a batch of neurons: the mean of those of its samples.
pub(super) fn gradients_of_neurons(facts: &Facts<'_>, section: &mut Section) {
    if facts.is_one_sample() {
        return;
    }
    let derivation = facts.derivation;
    let wanted =
        derivation.parameters.iter().filter(|p| facts.wants(p.equation) && facts.in_full(p.equation));
    let trained = wanted.filter_map(|p| Some((p.name.as_str(), p.trained.as_ref()?)));
    let trained: Vec<(&str, EquationId, EquationId)> =
        trained.map(|(name, equations)| (name, equations.gradient, equations.batch)).collect();
    if facts.samples() > WRITTEN_OUT {
        table_of_gradients(facts, section, &trained);
    }
    section.blocks.push(Block::Heading(phrases::BATCH_TITLE.to_owned()));
    section.paragraph(phrases::gradients_of_batch(Some(facts.over())));
    let lines = trained.iter().take(ITEMS).map(|(_, gradient, batch)| batch_line(facts, *gradient, *batch));
    section.lines(lines.collect());
}

/// ∂Ē/∂w = the mean of ∂E/∂w = value
fn batch_line(facts: &Facts<'_>, gradient: EquationId, batch: EquationId) -> Line {
    let derivation = facts.derivation;
    let each = Expression::symbol(derivation, gradient);
    let over_batch = Expression::reduced(derivation, each, derivation.shape(batch));
    let mut sides = vec![symbol(facts, batch), Side::symbols(over_batch.clone())];
    sides.extend(in_numbers(facts, batch, &over_batch));
    Line { subject: vec![batch], sides }
}

/// A row for each sample: ∂E/∂w for the parameters.
fn table_of_gradients(facts: &Facts<'_>, section: &mut Section, trained: &[(&str, EquationId, EquationId)]) {
    let shown = trained.get(..COLUMNS).unwrap_or(trained);
    let titles = shown.iter().map(|(name, ..)| Column::number_of(format!("∂E/∂{name}")));
    let columns: Vec<Column> = std::iter::once(Column::text(phrases::SAMPLE)).chain(titles).collect();
    let row = |sample: usize| {
        let first: Text = vec![Inline::from((sample + 1).to_string())];
        let gradients = shown.iter().map(|(_, gradient, _)| {
            let symbol = Expression::symbol(facts.derivation, *gradient);
            vec![Side::new(Form::Value, symbol.one_of_sample(facts.derivation, sample)).into()]
        });
        std::iter::once(first).chain(gradients).collect()
    };
    section.paragraph(phrases::gradients_of_samples(shown.len() < trained.len()));
    section.table(&columns, (0..facts.samples().min(ITEMS)).map(row).collect());
}

/// How many rows a part of a formula has: one for each sample where it depends on the sample.
pub(super) fn rows_of(facts: &Facts<'_>, of: &Expression, id: NodeId, batch: usize) -> usize {
    let mut stack = vec![id];
    let mut rows = 1;
    while let Some(next) = stack.pop() {
        let Some(node) = of.node(next) else { continue };
        match node {
            Node::Quantity(Quantity::OfSample { .. }) => {}
            Node::Quantity(Quantity::Equation(id)) if facts.derivation.equation(*id).per == Per::Batch => {}
            Node::Quantity(quantity) if !quantity.is_open(facts.derivation) => {}
            Node::Quantity(_) => rows = batch,
            Node::Number(_)
            | Node::Constant(..)
            | Node::Unary(..)
            | Node::Binary(..)
            | Node::Select(..)
            | Node::Apply(..)
            | Node::Array(..)
            | Node::Batch(..)
            | Node::Whole { .. } => stack.extend(node.operands()),
        }
    }
    rows
}
