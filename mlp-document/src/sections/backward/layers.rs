//! The backward pass layer by layer: δ of each layer, then the gradients of the parameters.

use std::collections::HashSet;

use mlp_dsl::{
    formula::scalar::Binary,
    ir::{
        Parameter,
        array::Op,
        equation::{EquationId, Role, Symbol},
    },
    shape::Shape,
};

use crate::{
    content::{Block, Line, Section, Side},
    expression::{ArrayOp, Expression, Node, Quantity, equation::is_unnamed},
    notation::math::{Fence, Math, Name},
    phrases::{self, Backward, Items},
    sections::{
        facts::{Facts, ITEMS},
        lines::{function, left_out, lines_of, outermost_call},
        primitives,
        sizes::sizes,
    },
};

use super::{questions::of_layers, sigmoid::sigmoid_with_cross_entropy, softmax::softmax_with_cross_entropy};

/// The section.
pub(super) fn backward(facts: &Facts<'_>) -> Section {
    let derivation = facts.derivation;
    let mut section = Section::new("backward");
    let reduction = Some(facts.over()).filter(|_| !facts.is_single());
    section.paragraph(phrases::backward_of_layers(reduction, facts.has_columns(), &occurring(facts)));
    if derivation.loss.as_ref().is_none_or(|loss| facts.wants(loss.total)) {
        softmax_with_cross_entropy(facts, &mut section);
        sigmoid_with_cross_entropy(facts, &mut section);
    }
    functions(facts, &mut section);
    let mut named = facts.named(Role::ChainRule);
    named.extend(facts.named(Role::LocalDerivative));
    named.sort();
    named.retain(|id| !is_of_parameter(facts, *id));
    for (question, ids) in of_layers(facts, named.get(..ITEMS).unwrap_or(&named)) {
        section.blocks.extend(question.map(Block::Paragraph));
        section.lines(lines_of(facts, &ids));
    }
    left_out(&mut section, named.len(), Items::Derivatives);
    // With one sample its gradient is that of the batch.
    let gradient = |p: &Parameter| if facts.is_single() { p.gradient() } else { p.batch() };
    let wanted = derivation.parameters.iter().filter(|p| facts.wants(p.equation));
    let of_batch: Vec<EquationId> = wanted.filter_map(gradient).collect();
    let elements = elements(facts);
    if !elements.is_empty() {
        section.paragraph(phrases::gradients_of_elements());
        section.lines(elements);
    }
    if facts.is_trained() {
        section.paragraph(phrases::gradients_of_batch(reduction));
        section.lines(lines_of(facts, &of_batch));
    }
    left_out(&mut section, of_batch.len(), Items::Gradients);
    named.extend(&of_batch);
    sizes(facts, &mut section, &named, false);
    section
}

/// ∂E/∂Wᵢⱼ = xᵢ δⱼ, for each matrix of weights whose gradient is a product of two rows.
fn elements(facts: &Facts<'_>) -> Vec<Line> {
    let gradients = facts.derivation.parameters.iter().filter_map(|parameter| {
        let gradient = parameter.gradient().filter(|id| facts.wants(*id))?;
        let Op::Outer(a, b) = facts.derivation.equation(gradient).op else { return None };
        if is_unnamed(facts.derivation, a) || is_unnamed(facts.derivation, b) {
            return None;
        }
        Some(element(facts, parameter.equation, gradient, [a, b]))
    });
    gradients.take(ITEMS).flatten().collect()
}

/// One such line; the letters have the values of all elements.
fn element(
    facts: &Facts<'_>,
    parameter: EquationId,
    gradient: EquationId,
    factors: [EquationId; 2],
) -> Option<Line> {
    let derivation = facts.derivation;
    let Shape::Matrix(rows, columns) = derivation.shape(gradient) else { return None };
    let [i, j] = ["i", "j"].map(|index| Math::from(Name::letter(index)));
    let place = Math::Row(vec![i.clone(), j.clone()]);
    let derivative = Math::derivative(Name::letter("E"), element_of(facts, parameter, place));
    let ones = |expression: &mut Expression, n: usize| {
        let one = expression.push(Node::Number(1.0));
        expression.push_shaped(Node::Array(ArrayOp::Fill, vec![one]), Shape::Vector(n))
    };
    // All elements of one factor, each in its row or column.
    let spread = |index: usize, of: EquationId| {
        let mut value = Expression::default();
        let ids = if index == 0 {
            let x = value.push_quantity(derivation, Quantity::Equation(of));
            [x, ones(&mut value, columns)]
        } else {
            let all = ones(&mut value, rows);
            [all, value.push_quantity(derivation, Quantity::Equation(of))]
        };
        value
            .push_shaped(Node::Array(ArrayOp::TransposedProduct, ids.to_vec()), Shape::Matrix(rows, columns));
        value
    };
    let [a, b] = factors;
    let mut left = Expression::default();
    left.push_letter(derivative, Expression::symbol(derivation, gradient));
    let mut right = Expression::default();
    let x = right.push_letter(element_of(facts, a, i), spread(0, a));
    let y = right.push_letter(element_of(facts, b, j), spread(1, b));
    right.push(Node::Binary(Binary::Multiply, x, y));
    let sides = [left, right].map(Side::symbols).to_vec();
    Some(Line { subject: vec![gradient, parameter], sides })
}

/// An element: its place below the symbol, in brackets where the symbol has a subscript.
fn element_of(facts: &Facts<'_>, id: EquationId, place: Math) -> Math {
    let symbol = facts.names.symbol(facts.derivation, id);
    let plain = matches!(&symbol, Math::Name(name) if name.subscripts.is_empty() && name.mark.is_none());
    if plain { symbol.lowered(place) } else { symbol.fenced(Fence::Square).lowered(place) }
}

/// Which products the backward pass consists of.
fn occurring(facts: &Facts<'_>) -> Backward {
    let derivation = facts.derivation;
    let symbol = |id: EquationId| &derivation.equation(id).symbol;
    let is_delta = |id: &EquationId| matches!(symbol(*id), Symbol::Gradient(of) if matches!(symbol(*of), Symbol::Net(_)));
    let ops = || derivation.equations.iter().map(|equation| &equation.op);
    // The product with transposed weights is written by rows or by columns.
    let transposed = |op: &Op| match op {
        Op::VectorMatrix(x, w) | Op::MatrixVector(w, x) => is_delta(x) && facts.is_of_parameter(*w),
        Op::Given
        | Op::Setting(_)
        | Op::Pointwise(_)
        | Op::Stack(_)
        | Op::Concat(_)
        | Op::Index(..)
        | Op::Slice(..)
        | Op::Transpose(_)
        | Op::Outer(..)
        | Op::Dot(..)
        | Op::Sum(_)
        | Op::Softmax(_)
        | Op::LogSoftmax(_)
        | Op::SoftmaxCrossEntropy(..)
        | Op::SumSquares(_)
        | Op::BatchMean(_)
        | Op::BatchSum(_)
        | Op::BatchWeightedMean(..) => false,
    };
    Backward {
        delta: facts.has_delta(),
        transposed: ops().any(transposed),
        outer: ops().any(|op| matches!(op, Op::Outer(_, b) if is_delta(b))),
    }
}

/// The derivatives of the functions that layers call.
fn functions(facts: &Facts<'_>, section: &mut Section) {
    let mut derived = HashSet::new();
    let mut primitives = HashSet::new();
    for value in facts.named(Role::Forward).into_iter().rev() {
        let formula = facts.formula(value);
        if let Some(Node::Unary(op, x)) = formula.root()
            && primitives::is_derived(*op)
            && primitives.insert(*op)
        {
            section.paragraph(phrases::first_derivative_of_primitive(*op));
            section.lines(primitives::derivative(facts, *op, &formula.clone().ending_at(Some(*x)).pruned()));
        }
    }
    for value in facts.named(Role::Forward).into_iter().rev() {
        if let Some((id, arguments)) = outermost_call(facts, value)
            && derived.insert(id)
            && derived.len() <= ITEMS
        {
            section.lines(function(facts, id, &arguments));
        }
    }
}

fn is_of_parameter(facts: &Facts<'_>, id: EquationId) -> bool {
    matches!(facts.derivation.equation(id).symbol, Symbol::Gradient(by) if facts.parameters.contains(&by))
}
