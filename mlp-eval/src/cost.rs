//! The cost of an evaluation, computed before it begins.

use mlp_dsl::ir::{Derivation, array::Op, equation::EquationId};

/// Scalar operations of one evaluation of all equations, those inside functions included.
pub fn operations(derivation: &Derivation) -> u64 {
    operations_before(derivation, derivation.equations.len())
}

/// The operations that the overhead of an equation costs.
const EQUATION: u64 = 100;

/// The cost in time of evaluating the first `count` equations: operations, and some for each equation.
pub fn evaluation(derivation: &Derivation, count: usize) -> u64 {
    operations_before(derivation, count).saturating_add(EQUATION * count as u64)
}

fn operations_before(derivation: &Derivation, count: usize) -> u64 {
    let first = derivation.numbered().take(count);
    first.fold(0, |sum, (id, _)| sum.saturating_add(of_equation(derivation, id)))
}

fn of_equation(derivation: &Derivation, id: EquationId) -> u64 {
    let equation = derivation.equation(id);
    let count = |id: EquationId| derivation.shape(id).count() as u64;
    match &equation.op {
        Op::Pointwise(formula) => {
            let each = formula.operations(&derivation.header.functions).max(formula.terms().len() as u64);
            each.saturating_mul(count(id))
        }
        Op::Index(..) => 1,
        Op::VectorMatrix(_, w) | Op::MatrixVector(w, _) => count(*w),
        Op::Given | Op::Setting(_) => count(id),
        Op::Stack(_)
        | Op::Concat(_)
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
        | Op::BatchWeightedMean(..) => {
            equation.op.operands().into_iter().map(count).chain([count(id)]).fold(0, u64::saturating_add)
        }
    }
}
