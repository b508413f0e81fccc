//! The network: its picture, its layers, its constants.

use mlp_dsl::{
    formula::ConstantId,
    ir::{Data, Value, equation::EquationId},
    shape::Shape,
};

use crate::{
    content::{Block, Inline, Line, Section, Side, Text},
    expression::{ArrayOp, Expression, Node, equation::of_equation},
    notation::CELLS,
    phrases::{self, Items},
    pictures::{self, NetworkOptions},
};

use super::{
    arithmetic::number,
    facts::{Facts, ITEMS},
    lines::{definitions, left_out, symbol},
};

/// The section.
pub(super) fn network(facts: &Facts<'_>) -> Section {
    let mut section = Section::new("network");
    section.blocks.push(Block::Picture(pictures::of_facts(facts, &NetworkOptions::default())));
    let derivation = facts.derivation;
    let mut rows = Vec::new();
    for input in &derivation.inputs {
        rows.push(layer_row(facts, &input.name, phrases::INPUT, &input.value, input.shape));
    }
    for layer in &derivation.layers {
        rows.push(layer_row(facts, &layer.name, &activation(facts, &layer.value), &layer.value, layer.shape));
    }
    rows.extend(
        derivation
            .targets
            .iter()
            .map(|target| layer_row(facts, &target.name, kind_of(target), &target.value, target.shape)),
    );
    let count = rows.len();
    rows.truncate(ITEMS);
    section.table(&phrases::LAYERS, rows);
    left_out(&mut section, count, Items::Layers);
    for (index, (name, value)) in derivation.header.constants.iter().take(ITEMS).enumerate() {
        let mut symbol = Expression::default();
        symbol.push(Node::Constant(ConstantId(index as u32), *value));
        section.paragraph(phrases::constant(name, Line::of([symbol, number(*value)])));
    }
    let functions = definitions(facts);
    if !functions.is_empty() {
        section.paragraph(phrases::functions());
        section.lines(functions);
    }
    section
}

fn kind_of(target: &Data) -> &'static str {
    if target.importance { phrases::IMPORTANCE } else { phrases::TARGET }
}

fn layer_row(facts: &Facts<'_>, name: &str, function: &str, value: &Value, shape: Shape) -> Vec<Text> {
    let mut values = match value {
        Value::Whole(id) if facts.at_neuron_level() => phrases::list(elements(facts, *id)),
        Value::Whole(_) | Value::Packed(_) => {
            phrases::list(value.equations().iter().take(CELLS).map(|id| symbol(facts, *id)))
        }
    };
    if value.equations().len() > CELLS {
        values.push(phrases::and_so_on());
    }
    let size = phrases::size(None, shape.count());
    vec![vec![Inline::Code(name.into())], values, size, vec![function.into()]]
}

/// The elements of a row of classes; a scalar itself.
fn elements(facts: &Facts<'_>, id: EquationId) -> Vec<Side> {
    let Shape::Vector(count) = facts.derivation.shape(id) else { return vec![symbol(facts, id)] };
    let element = |index| {
        let mut element = Expression::symbol(facts.derivation, id);
        let whole = element.last();
        element.push_shaped(Node::Array(ArrayOp::Element(index), vec![whole]), Shape::Scalar);
        Side::symbols(element)
    };
    (0..count).map(element).collect()
}

/// The names of the functions that compute a layer's outputs.
pub(crate) fn activation(facts: &Facts<'_>, value: &Value) -> String {
    let dropout = value.equations().first().and_then(|id| facts.derivation.dropout(*id));
    let computed = dropout.map(|dropout| vec![dropout.full]);
    let mut names: Vec<String> = Vec::new();
    for id in computed.as_deref().unwrap_or(value.equations()) {
        let name = function_name(facts, &of_equation(facts.derivation, *id));
        let name = name.unwrap_or_else(|| phrases::NO_FUNCTION.to_owned());
        if !names.contains(&name) && names.len() < CELLS {
            names.push(name);
        }
    }
    names.extend(dropout.map(|dropout| phrases::dropout(dropout.rate)));
    names.join(", ")
}

/// The name of the function that an expression calls outermost.
fn function_name(facts: &Facts<'_>, expression: &Expression) -> Option<String> {
    match expression.root()? {
        Node::Apply(f, _) => Some(facts.function_name(*f).to_owned()),
        Node::Unary(op, _) => op.name().map(str::to_owned),
        Node::Array(ArrayOp::Softmax, _) => Some("softmax".to_owned()),
        Node::Array(..)
        | Node::Number(_)
        | Node::Constant(..)
        | Node::Quantity(_)
        | Node::Binary(..)
        | Node::Select(..)
        | Node::Batch(..)
        | Node::Whole { .. } => None,
    }
}
