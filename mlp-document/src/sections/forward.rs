//! The forward pass: neuron by neuron, or layer by layer with the sizes of matrices.

use mlp_dsl::{
    formula::scalar::Binary,
    ir::{
        Parameter,
        array::Op,
        equation::{EquationId, Role, Symbol},
    },
    kind::ParameterKind,
    shape::Shape,
};

use crate::{
    content::{Block, Line, Section, Side, Text},
    expression::{
        Expression, Node, NodeId, Quantity,
        equation::{of_equation, of_formula},
    },
    notation::math::Name,
    phrases::{self, Items, Nets},
    values::missing_values,
};

use super::{
    arithmetic::{counted, number},
    classes,
    facts::{Facts, ITEMS},
    lines::{left_out, line, symbol},
    samples::samples,
    sizes::sizes,
};

/// The section.
pub(super) fn forward(facts: &Facts<'_>) -> Section {
    if facts.at_neuron_level() { neurons(facts) } else { layers(facts) }
}

fn neurons(facts: &Facts<'_>) -> Section {
    let mut section = Section::new("forward");
    section.paragraph(match facts.numbers {
        Some(_) => phrases::neurons(&nets(facts)),
        None => phrases::neurons_without_values(&missing_values(facts.derivation)),
    });
    samples(facts, &mut section);
    let named = facts.named(Role::Forward);
    let shown = named.get(..ITEMS).unwrap_or(&named);
    for own in shown.chunk_by(|a, b| facts.layer_of(*a) == facts.layer_of(*b)) {
        let layer = own.first().and_then(|id| facts.derivation.layers.get(facts.layer_of(*id)));
        section.blocks.extend(layer.map(|layer| Block::Heading(phrases::layer_title(&layer.name))));
        classes::forward(facts, &mut section, own, &|id| line(facts, id));
    }
    left_out(&mut section, named.len(), Items::Values);
    without_dropout(facts, &mut section);
    section
}

fn layers(facts: &Facts<'_>) -> Section {
    let mut section = Section::new("forward");
    section.paragraph(rows_of_samples(facts));
    if facts.numbers.is_none() {
        section.paragraph(phrases::layers_without_values(&missing_values(facts.derivation)));
    }
    if facts.numbers.is_some() && facts.batch_size() == 1 && facts.batch_of_sizes() > 1 {
        section.paragraph(phrases::numbers_of_one_sample());
    }
    samples(facts, &mut section);
    let named = facts.named(Role::Forward);
    let shown = named.get(..ITEMS).unwrap_or(&named);
    classes::forward(facts, &mut section, shown, &|id| line(facts, id));
    left_out(&mut section, named.len(), Items::Values);
    without_dropout(facts, &mut section);
    sizes(facts, &mut section, &named, true);
    section
}

/// What the layers with dropout are outside of training.
fn without_dropout(facts: &Facts<'_>, section: &mut Section) {
    let each = facts.derivation.dropouts.iter().take(ITEMS);
    let each: Vec<[Side; 2]> =
        each.map(|dropout| [symbol(facts, dropout.value), symbol(facts, dropout.full)]).collect();
    if !each.is_empty() {
        section.paragraph(phrases::without_dropout(each));
    }
}

/// What the net inputs are: weighted inputs and one bias, where each of them is.
fn nets(facts: &Facts<'_>) -> Nets {
    let is_net = |id: &EquationId| matches!(facts.derivation.equation(*id).symbol, Symbol::Net(_));
    let mut nets = facts.derivation.numbered().map(|(id, _)| id).filter(is_net).peekable();
    if nets.peek().is_none() {
        return Nets::None;
    }
    let is_weighted = |id: EquationId| {
        let expression = of_equation(facts.derivation, id);
        let node = |id: NodeId| expression.node(id);
        let is_bias = |node: &Node| {
            let parameter = |id: &EquationId| facts.parameters.contains(id);
            matches!(node, Node::Quantity(Quantity::Equation(id)) if parameter(id))
                || matches!(node, Node::Constant(..))
        };
        let biases = expression.summands().into_iter().filter(|(_, id)| node(*id).is_some_and(is_bias));
        let product = |node: &Node| matches!(node, Node::Binary(Binary::Multiply, ..));
        let products = expression.summands().into_iter().filter(|(_, id)| node(*id).is_some_and(product));
        let (biases, products) = (biases.count(), products.count());
        biases == 1 && products > 0 && biases + products == expression.summands().len()
    };
    if nets.all(is_weighted) { Nets::Weighted } else { Nets::Other }
}

/// Values as matrices, and what occurs in this network.
fn rows_of_samples(facts: &Facts<'_>) -> Text {
    let derivation = facts.derivation;
    let is_bias = |parameter: &Parameter| {
        parameter.kind == ParameterKind::Bias && derivation.shape(parameter.equation) != Shape::Scalar
    };
    let bias = derivation.parameters.iter().any(is_bias);
    let softmax = derivation.equations.iter().any(|equation| matches!(equation.op, Op::Softmax(_)));
    let elementwise = derivation.numbered().any(|(id, _)| multiplies_elements(facts, id));
    if facts.is_single() {
        let mut text = phrases::row_of_one_sample(batch_line(facts), softmax, elementwise);
        if facts.has_columns() {
            text.push(" ".into());
            text.extend(phrases::columns());
        }
        return text;
    }
    phrases::rows_of_samples(batch_line(facts), bias, softmax, elementwise)
}

/// Whether an equation multiplies arrays element by element.
fn multiplies_elements(facts: &Facts<'_>, id: EquationId) -> bool {
    let Op::Pointwise(formula) = &facts.derivation.equation(id).op else { return false };
    let expression = of_formula(facts.derivation, formula);
    expression.nodes().iter().any(|node| {
        let Node::Binary(Binary::Multiply, a, b) = node else { return false };
        [a, b].iter().all(|id| expression.shape_of(**id) != Shape::Scalar)
    })
}

/// m = the samples of a batch
pub(crate) fn batch_line(facts: &Facts<'_>) -> Line {
    let mut letter = Expression::default();
    letter.push_letter(Name::letter("m").into(), counted(facts.batch()));
    Line {
        subject: Vec::new(),
        sides: vec![Side::symbols(letter), Side::symbols(number(facts.batch_size() as f64))],
    }
}
