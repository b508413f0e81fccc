//! Names what a layer does to its weighted sums.

use std::collections::HashSet;

use mlp_dsl::{
    formula::{Formula, Term, TermId, scalar::Binary},
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Per, Symbol},
    },
    never::OrNever,
};

/// The activation of a neuron or layer, in a word.
pub(super) fn activation(derivation: &Derivation, id: EquationId) -> &str {
    let equation = derivation.equation(id);
    let function = equation.activation.and_then(|f| derivation.header.functions.get(f.0 as usize));
    if let Some(function) = function {
        return &function.name;
    }
    let primitive = match &equation.op {
        Op::Pointwise(formula) => match formula.root() {
            Some(Term::Unary(op, _)) => op.name(),
            Some(
                Term::Leaf(_)
                | Term::Number(_)
                | Term::Constant(..)
                | Term::Binary(..)
                | Term::Select(_)
                | Term::Apply(..),
            )
            | None => None,
        },
        Op::Softmax(_) => Some("softmax"),
        Op::LogSoftmax(_) => Some("log_softmax"),
        Op::Given
        | Op::Setting(_)
        | Op::Stack(_)
        | Op::Concat(_)
        | Op::Index(..)
        | Op::Slice(..)
        | Op::VectorMatrix(..)
        | Op::MatrixVector(..)
        | Op::Transpose(_)
        | Op::Outer(..)
        | Op::Dot(..)
        | Op::Sum(_)
        | Op::SoftmaxCrossEntropy(..)
        | Op::SumSquares(_)
        | Op::BatchMean(_)
        | Op::BatchSum(_)
        | Op::BatchWeightedMean(..) => None,
    };
    match primitive {
        Some(name) => name,
        None if is_linear(derivation, id) => "linear",
        None => "formula",
    }
}

/// Whether a value is a weighted sum of what the layer reads, step by step.
fn is_linear(derivation: &Derivation, id: EquationId) -> bool {
    let mut open = vec![id];
    let mut seen = HashSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let op = &derivation.equation(id).op;
        let linear = match op {
            Op::Pointwise(formula) => is_linear_formula(derivation, formula),
            Op::VectorMatrix(..) | Op::MatrixVector(..) | Op::Stack(_) | Op::Sum(_) => true,
            Op::Dot(a, b) => ![a, b].iter().all(|side| derivation.equation(**side).per == Per::Sample),
            Op::Given
            | Op::Setting(_)
            | Op::Concat(_)
            | Op::Index(..)
            | Op::Slice(..)
            | Op::Transpose(_)
            | Op::Outer(..)
            | Op::Softmax(_)
            | Op::LogSoftmax(_)
            | Op::SoftmaxCrossEntropy(..)
            | Op::SumSquares(_)
            | Op::BatchMean(_)
            | Op::BatchSum(_)
            | Op::BatchWeightedMean(..) => false,
        };
        if !linear {
            return false;
        }
        let inside =
            |id: &EquationId| matches!(derivation.equation(*id).symbol, Symbol::Step(_) | Symbol::Net(_));
        open.extend(op.operands().into_iter().filter(inside));
    }
    true
}

fn is_linear_formula(derivation: &Derivation, formula: &Formula) -> bool {
    let mut depends: Vec<bool> = Vec::new();
    for term in formula.terms() {
        let on_data = |id: &TermId| {
            depends.get(id.0 as usize).copied().or_never("operands come before their uses", false)
        };
        let linear = match term {
            Term::Binary(Binary::Multiply, a, b) => !(on_data(a) && on_data(b)),
            Term::Binary(Binary::Divide, _, b) => !on_data(b),
            Term::Binary(Binary::Power, a, b) => !on_data(a) && !on_data(b),
            Term::Apply(..) | Term::Select(_) => !term.operands().iter().any(on_data),
            Term::Unary(op, x) => op.name().is_none() || !on_data(x),
            Term::Binary(Binary::Add | Binary::Subtract, ..)
            | Term::Leaf(_)
            | Term::Number(_)
            | Term::Constant(..) => true,
        };
        if !linear {
            return false;
        }
        let dependent = if let Term::Leaf(leaf) = term {
            derivation.equation(EquationId(*leaf)).per == Per::Sample
        } else {
            term.operands().iter().any(on_data)
        };
        depends.push(dependent);
    }
    true
}
