//! One element of a gradient, and of the update of a matrix: its formula and its numbers.

use mlp_dsl::{
    ir::{Parameter, equation::EquationId},
    kind::ParameterKind,
    never::OrNever,
    shape::Shape,
};

use crate::{
    content::{Block, Form, Line, Section, Side},
    expression::{ArrayOp, Expression, Node, NodeId, equation::of_equation},
    phrases,
    sections::{
        check::element_of,
        facts::{Facts, ITEMS},
    },
};

use super::Place;

/// The symbol of a parameter, or of an element.
pub(crate) fn symbol_of(facts: &Facts<'_>, place: Place) -> Side {
    match place.element {
        Some(element) => element_of(facts, place.parameter, element),
        None => Side::symbols(Expression::symbol(facts.derivation, place.parameter)),
    }
}

/// The elements of a parameter that were asked for.
pub(crate) fn chosen(facts: &Facts<'_>, parameter: EquationId) -> Vec<usize> {
    let places = facts.options.selection.places().filter(|place| place.parameter == parameter);
    places.filter_map(|place| place.element).collect()
}

/// Adds the lines of chosen elements, and on a brief page of the first weight of each matrix.
pub(crate) fn elements(facts: &Facts<'_>, sections: &mut [Section]) {
    if facts.at_neuron_level() {
        return;
    }
    let mut room = ITEMS;
    for parameter in &facts.derivation.parameters {
        let mut elements = chosen(facts, parameter.equation);
        let is_matrix = parameter.kind == ParameterKind::Weight
            && matches!(facts.derivation.shape(parameter.equation), Shape::Matrix(..));
        if facts.options.is_brief() && elements.is_empty() && is_matrix && facts.wants(parameter.equation) {
            elements.push(0);
        }
        elements.truncate(room);
        room -= elements.len();
        for element in elements {
            for section in sections.iter_mut() {
                match section.key {
                    "backward" => gradient(facts, parameter, element, section),
                    "update" => update(facts, parameter, element, section),
                    _ => {}
                }
            }
        }
    }
}

/// The gradient with respect to an element.
fn gradient(facts: &Facts<'_>, parameter: &Parameter, element: usize, section: &mut Section) {
    let Some(trained) = &parameter.trained else { return };
    let derivation = facts.derivation;
    let reads = of_element(&of_equation(derivation, trained.gradient), element);
    let factors = reads.as_ref().and_then(|formula| match formula.root() {
        Some(Node::Binary(mlp_dsl::formula::scalar::Binary::Multiply, a, b)) => {
            let part = |id: &NodeId| Side::symbols(formula.clone().ending_at(Some(*id)));
            Some([part(a), part(b)])
        }
        Some(_) | None => None,
    });
    section.paragraph(phrases::gradient_of_element(element_of(facts, parameter.equation, element), factors));
    let mut lines = Vec::new();
    if let Some(formula) = reads {
        let mut sides = vec![
            Side::symbols(element_symbol(facts, trained.gradient, element)),
            Side::symbols(formula.clone()),
        ];
        let symbol = element_symbol(facts, trained.gradient, element);
        sides.extend(numbers(facts, &symbol, &formula));
        lines.push(Line { subject: vec![trained.gradient], sides });
    }
    let over_batch = of_element(&of_equation(derivation, trained.batch), element);
    if facts.samples() > 1 || lines.is_empty() {
        lines.extend(over_batch.map(|formula| {
            let symbol = element_symbol(facts, trained.batch, element);
            let mut sides = vec![Side::symbols(symbol.clone()), Side::symbols(formula.clone())];
            sides.extend(numbers(facts, &symbol, &formula));
            Line { subject: vec![trained.batch], sides }
        }));
    }
    section.blocks.push(Block::Lines(lines));
}

/// The new value of an element.
fn update(facts: &Facts<'_>, parameter: &Parameter, element: usize, section: &mut Section) {
    let Some(updated) = parameter.updated() else { return };
    let Some(formula) = of_element(&of_equation(facts.derivation, updated), element) else { return };
    let symbol = element_symbol(facts, updated, element);
    let mut sides = vec![Side::symbols(symbol.clone()), Side::symbols(formula.clone())];
    sides.extend(numbers(facts, &symbol, &formula));
    section.paragraph(phrases::update_of_element(element_of(facts, parameter.equation, element)));
    section.blocks.push(Block::Lines(vec![Line { subject: vec![updated], sides }]));
}

/// The formula with numbers, and its value.
fn numbers(facts: &Facts<'_>, symbol: &Expression, formula: &Expression) -> Vec<Side> {
    if facts.numbers.is_none() {
        return Vec::new();
    }
    let value = Side::new(Form::Value, symbol.clone());
    let many = facts.samples() > 1 && symbol.is_open(facts.derivation);
    let over_batch = formula.nodes().iter().any(|node| matches!(node, Node::Batch(..)));
    match (many, over_batch) {
        (true, _) if facts.samples() > crate::notation::CELLS => Vec::new(),
        (true, _) | (_, true) => vec![value],
        (false, false) => vec![Side::new(Form::Numbers, formula.clone()), value],
    }
}

/// An element of the value of an equation.
fn element_symbol(facts: &Facts<'_>, id: EquationId, element: usize) -> Expression {
    let mut symbol = Expression::symbol(facts.derivation, id);
    let whole = symbol.last();
    push_element(&mut symbol, whole, element);
    symbol
}

/// Adds an element of a node; the node itself where it is a scalar.
fn push_element(expression: &mut Expression, whole: NodeId, element: usize) -> NodeId {
    let op = match expression.shape_of(whole) {
        Shape::Scalar => return whole,
        Shape::Vector(_) => ArrayOp::Element(element),
        Shape::Matrix(_, columns) => ArrayOp::Cell(element / columns.max(1), element % columns.max(1)),
    };
    expression.push_shaped(Node::Array(op, vec![whole]), Shape::Scalar)
}

/// A formula for one element: operations element by element are of the elements of their operands, and an element of a
/// product aᵀ b is a product of two elements. `None` where another operation makes it more than that.
fn of_element(formula: &Expression, element: usize) -> Option<Expression> {
    let mut out = Expression::default();
    let root = push(formula, formula.last(), element, &mut out)?;
    Some(out.ending_at(Some(root)))
}

fn push(from: &Expression, id: NodeId, element: usize, out: &mut Expression) -> Option<NodeId> {
    let node = from.node(id)?;
    let shape = from.shape_of(id);
    match node {
        Node::Number(_) | Node::Constant(..) => Some(out.push(node.clone())),
        Node::Quantity(_) => {
            let whole = out.push_shaped(node.clone(), shape);
            Some(push_element(out, whole, element))
        }
        Node::Batch(reduction, inner) => {
            let inner = of_element(inner, element)?;
            Some(out.push_shaped(Node::Batch(*reduction, Box::new(inner)), Shape::Scalar))
        }
        Node::Unary(..) | Node::Binary(..) | Node::Select(..) | Node::Apply(..) | Node::Whole { .. } => {
            let operands = node.operands();
            let places: Option<Vec<NodeId>> =
                operands.iter().map(|id| push(from, *id, element, out)).collect();
            let places = places?;
            let place = |of: &NodeId| {
                let index = operands.iter().position(|id| id == of);
                let place = index.and_then(|index| places.get(index).copied());
                place.or_never("an operation has its operands", NodeId::NOWHERE)
            };
            Some(out.push(node.mapped(&place)))
        }
        Node::Array(ArrayOp::TransposedProduct, operands) => {
            let [a, b] = operands.as_slice() else { return None };
            let Shape::Matrix(_, columns) = shape else { return None };
            let row = push(from, *a, element / columns.max(1), out)?;
            let column = push(from, *b, element % columns.max(1), out)?;
            Some(out.push(Node::Binary(mlp_dsl::formula::scalar::Binary::Multiply, row, column)))
        }
        Node::Array(ArrayOp::Fill, operands) => push(from, *operands.first()?, 0, out),
        Node::Array(ArrayOp::Part(start), operands) => push(from, *operands.first()?, start + element, out),
        Node::Array(ArrayOp::Transposed, operands) => {
            let Shape::Matrix(rows, columns) = shape else { return None };
            let (row, column) = (element / columns.max(1), element % columns.max(1));
            push(from, *operands.first()?, column * rows + row, out)
        }
        // An operation that makes a scalar of arrays is kept as it is.
        Node::Array(..) if shape == Shape::Scalar => Some(out.append(&from.clone().ending_at(Some(id)))),
        Node::Array(..) => None,
    }
}
