//! What is given: everything that the page starts from.

use mlp_dsl::{
    formula::{ConstantId, Term, builder::Builder, scalar::Binary},
    ir::{
        Data, Parameter,
        equation::{EquationId, Per},
    },
    model::Start,
    shape::Shape,
};

use crate::{
    content::{Form, Inline, Line, Section, Side, Text},
    expression::{Expression, Node, equation::of_formula},
    notation::{
        given::{is_large, parts, widest},
        math::{Fence, Math, Operator},
    },
    phrases::{self, Items},
};

use super::{
    arithmetic::number,
    facts::{Facts, ITEMS},
    lines::{left_out, symbol},
    samples::table_of_samples,
    update::setting_line,
};

/// The section.
pub(super) fn given(facts: &Facts<'_>) -> Section {
    let mut section = Section::new("given");
    section.paragraph(phrases::given_numbers());
    samples(facts, &mut section);
    parameters(facts, &mut section);
    drawn(facts, &mut section);
    left_out_of_arrays(facts, &mut section);
    constants(facts, &mut section);
    training(facts, &mut section);
    masks(facts, &mut section);
    section
}

/// Inputs and target, of one sample or of a batch.
fn samples(facts: &Facts<'_>, section: &mut Section) {
    let derivation = facts.derivation;
    if facts.numbers.is_none() {
        return;
    }
    let all = derivation.header.samples.len();
    if derivation.header.has_data {
        section.paragraph(phrases::samples_of_first_step(derivation.samples_of_step(0), all));
    }
    if facts.at_neuron_level() && facts.samples() > 1 {
        table_of_samples(facts, section);
        return;
    }
    let equations = |data: &Data| data.value.equations().to_vec();
    let inputs: Vec<EquationId> = derivation.inputs.iter().flat_map(equations).collect();
    let given = |importance| {
        let of_kind = derivation.targets.iter().filter(move |target| target.importance == importance);
        of_kind.flat_map(equations).collect::<Vec<EquationId>>()
    };
    let (targets, importances) = (given(false), given(true));
    let rows = facts.samples() > 1;
    values(facts, section, phrases::inputs(inputs.len(), rows), &inputs);
    values(facts, section, phrases::given_targets(targets.len(), rows), &targets);
    values(facts, section, phrases::given_importances(importances.len(), rows), &importances);
    if let [target] = derivation.targets.as_slice()
        && target.class
    {
        let place = |sample: usize| {
            let sample = derivation.declared_samples().get(sample)?;
            sample.target.iter().position(|x| *x == 1.0)
        };
        let class = if rows { None } else { place(0) };
        section.paragraph(phrases::one_hot(class));
    }
}

/// The start values of all parameters.
fn parameters(facts: &Facts<'_>, section: &mut Section) {
    let all: Vec<EquationId> = facts.derivation.parameters.iter().map(|p| p.equation).collect();
    if facts.has_start_values() {
        values(facts, section, phrases::parameters_before_step(), &all);
        if !all.is_empty() {
            left_out(section, all.len(), Items::Parameters);
        }
    }
}

/// Values as a sentence of equalities where each is a number, else as lines.
fn values(facts: &Facts<'_>, section: &mut Section, start: &'static str, ids: &[EquationId]) {
    let derivation = facts.derivation;
    let lines: Vec<Line> = ids.iter().take(ITEMS).flat_map(|id| given_lines(facts, *id)).collect();
    if lines.is_empty() {
        return;
    }
    // In a batch a number of each sample is a column.
    let is_number = |id: &EquationId| {
        let one = facts.samples() == 1 || derivation.equation(*id).per == Per::Batch;
        one && derivation.shape(*id) == Shape::Scalar
    };
    if ids.iter().all(is_number) {
        let mut text = vec![Inline::from(start)];
        for (index, line) in lines.into_iter().enumerate() {
            text.push(if index == 0 { " " } else { ", " }.into());
            text.push(line.into());
        }
        text.push(".".into());
        section.paragraph(text);
    } else {
        section.paragraph(vec![start.into()]);
        section.lines(lines);
    }
}

/// A value with its numbers; the symbol alone where they are not known.
pub(crate) fn given_lines(facts: &Facts<'_>, id: EquationId) -> Vec<Line> {
    let mut sides = vec![symbol(facts, id)];
    let known = facts.numbers.is_some() || facts.parameters.contains(&id) && facts.has_start_values();
    sides.extend(known.then(|| Side::new(Form::Given, Expression::symbol(facts.derivation, id))));
    in_columns(facts, id, Line { subject: vec![id], sides })
}

/// A matrix that is too wide: some columns, then the next.
fn in_columns(facts: &Facts<'_>, id: EquationId, whole: Line) -> Vec<Line> {
    let Shape::Matrix(rows, columns) = facts.derivation.shape(id) else { return vec![whole] };
    if is_large(rows, columns) {
        return vec![whole];
    }
    let Some(value) = facts.start_value(id) else { return vec![whole] };
    let parts = parts(columns, widest(value.iter(), facts.printed_digits()));
    if parts == 1 {
        return vec![whole];
    }
    let each = columns.div_ceil(parts);
    let part = |first: usize| {
        let end = (first + each).min(columns);
        let [from, to] = [first + 1, end].map(Math::whole);
        let range = Math::Row(vec![Math::Text(phrases::COLUMNS), from, Operator::Range.into(), to]);
        let name = facts.names.symbol(facts.derivation, id).fenced(Fence::Square).lowered(range);
        let mut left = Expression::default();
        left.push_letter(name, Expression::symbol(facts.derivation, id));
        let right = Side::new(Form::GivenColumns(first, end), Expression::symbol(facts.derivation, id));
        Line { sides: vec![Side::symbols(left), right], ..whole.clone() }
    };
    (0..columns).step_by(each).map(part).collect()
}

/// Where start values come from that are not in the specification.
fn drawn(facts: &Facts<'_>, section: &mut Section) {
    let value = |x: f64| Side::new(Form::Numbers, number(x));
    let mut any = false;
    let mut rows: Vec<Vec<Text>> = Vec::new();
    for parameter in &facts.derivation.parameters {
        let (how, salt): (Text, Option<u64>) = match &parameter.start {
            Start::Fill(_) | Start::Values(_) => continue,
            Start::Loaded(tensor) => (phrases::from_file(&tensor.file.path), None),
            Start::Uniform { rule, low, high, salt, step } => {
                let step = step.map(|step| value(step.value()));
                (phrases::drawn_evenly(rule, value(*low), value(*high), step), Some(*salt))
            }
            Start::Normal { mean, deviation, salt, step } => {
                let step = step.map(|step| value(step.value()));
                (phrases::drawn_normal(value(*mean), value(*deviation), step), Some(*salt))
            }
        };
        any |= salt.is_some();
        let seed = salt.filter(|salt| *salt != 0);
        let name: Text = vec![symbol(facts, parameter.equation).into()];
        rows.push(vec![name, how, seed.map_or_else(Text::new, |seed| vec![seed.to_string().into()])]);
    }
    if rows.is_empty() {
        return;
    }
    let seed = any.then_some(facts.derivation.header.seed);
    section.paragraph(phrases::drawn(seed, facts.has_start_values()));
    let count = rows.len();
    rows.truncate(ITEMS);
    section.table(&phrases::DRAWN, rows);
    left_out(section, count, Items::Parameters);
}

/// In words, what is not printed of large arrays.
fn left_out_of_arrays(facts: &Facts<'_>, section: &mut Section) {
    let derivation = facts.derivation;
    let samples = facts.samples();
    let large = |id: EquationId, rows: usize| {
        let (rows, columns) = match derivation.shape(id) {
            Shape::Matrix(rows, columns) => (rows, columns),
            shape @ (Shape::Scalar | Shape::Vector(_)) => (rows, shape.count()),
        };
        is_large(rows, columns).then(|| (symbol(facts, id), rows, columns))
    };
    let data = derivation.inputs.iter().chain(&derivation.targets);
    let data = data.flat_map(|data| data.value.equations()).filter(|_| facts.numbers.is_some());
    let parameters = derivation.parameters.iter().map(|parameter: &Parameter| parameter.equation);
    let parameters = parameters.filter(|_| facts.has_start_values());
    let all = data.filter_map(|id| large(*id, if facts.at_neuron_level() { 1 } else { samples }));
    let all: Vec<_> = all.chain(parameters.filter_map(|id| large(id, 1))).take(ITEMS).collect();
    if !all.is_empty() {
        section.paragraph(phrases::corners(all));
    }
}

fn constants(facts: &Facts<'_>, section: &mut Section) {
    let constants = facts.derivation.header.constants.iter().take(ITEMS).enumerate();
    let lines: Vec<Line> = constants
        .map(|(index, (_, value))| {
            let mut symbol = Expression::default();
            symbol.push(Node::Constant(ConstantId(index as u32), *value));
            Line::of([symbol, number(*value)])
        })
        .collect();
    if !lines.is_empty() {
        section.paragraph(phrases::constants(lines));
    }
}

/// The rule, its settings and the batch.
fn training(facts: &Facts<'_>, section: &mut Section) {
    let Some(training) = &facts.derivation.training else { return };
    if let Some(step) = training.step {
        let sides = vec![symbol(facts, step), Side::symbols(number(1.0))];
        section.paragraph(phrases::number_of_step(Line { subject: vec![step], sides }));
    }
    let settings = training.settings.iter().map(|setting| setting_line(facts, *setting));
    section.paragraph(phrases::training(&training.rule, settings.collect(), facts.declared_batch_size()));
}

/// The masks of dropout in this step, each with the number of units that are kept.
fn masks(facts: &Facts<'_>, section: &mut Section) {
    let derivation = facts.derivation;
    for dropout in derivation.dropouts.iter().take(ITEMS) {
        let mut b = Builder::new();
        let (one, all, rate) = (b.number(1.0), b.number(1.0), b.number(dropout.rate));
        let kept = b.written(Term::Binary(Binary::Subtract, all, rate));
        let root = b.written(Term::Binary(Binary::Divide, one, kept));
        let factor = of_formula(derivation, &b.finish(root));
        let sides = vec![Side::symbols(factor.clone()), Side::new(Form::Value, factor)];
        let factor = Line { subject: Vec::new(), sides };
        let (mask, layer) = (symbol(facts, dropout.mask), symbol(facts, dropout.value));
        let rate = Side::new(Form::Numbers, number(dropout.rate));
        let known = facts.numbers.is_some();
        section.paragraph(phrases::mask(layer, rate, mask, factor, derivation.header.seed, known));
        if known {
            section.lines(given_lines(facts, dropout.mask));
        }
    }
    left_out(section, derivation.dropouts.len(), Items::Values);
}
