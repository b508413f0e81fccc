//! The backward pass layer by layer: δ of each layer, then the gradients of the parameters.

use std::collections::HashSet;

use mlp_dsl::ir::{
    array::Op,
    equation::{EquationId, Role, Symbol},
};

use crate::{
    content::Section,
    expression::Node,
    phrases::{self, Backward, Items},
    sections::{
        facts::{Facts, ITEMS},
        lines::{function, left_out, lines_of, outermost_call},
        primitives,
        sizes::sizes,
    },
};

use super::{sigmoid::sigmoid_with_cross_entropy, softmax::softmax_with_cross_entropy};

/// The section.
pub(super) fn backward(facts: &Facts<'_>) -> Section {
    let derivation = facts.derivation;
    let mut section = Section::new("backward");
    section.paragraph(phrases::backward_of_layers(facts.reduction(), &occurring(facts)));
    softmax_with_cross_entropy(facts, &mut section);
    sigmoid_with_cross_entropy(facts, &mut section);
    functions(facts, &mut section);
    let mut named = facts.named(Role::ChainRule);
    named.extend(facts.named(Role::LocalDerivative));
    named.sort();
    named.retain(|id| !is_of_parameter(facts, *id));
    section.lines(lines_of(facts, &named));
    left_out(&mut section, named.len(), Items::Derivatives);
    let of_batch: Vec<EquationId> = {
        let wanted = derivation.parameters.iter().filter(|p| facts.wants(p.equation));
        wanted.filter_map(|p| p.batch()).collect()
    };
    section.paragraph(phrases::gradients_of_batch(facts.reduction()));
    section.lines(lines_of(facts, &of_batch));
    left_out(&mut section, of_batch.len(), Items::Gradients);
    named.extend(&of_batch);
    sizes(facts, &mut section, &named, false);
    section
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
        | Op::BatchSum(_) => false,
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
