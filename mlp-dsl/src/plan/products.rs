//! Products of vectors and matrices, with what their kernels do on the way.

use std::collections::{HashMap, HashSet};

use super::{Place, Routine, is_unrolled};

use crate::{
    ir::{
        Data, Derivation,
        array::Op,
        equation::{EquationId, Per},
    },
    shape::Shape,
};

/// A product of a vector and a matrix, to which a bias may be added.
#[derive(Clone, Copy, Debug)]
pub struct Multiplication {
    /// The vector.
    pub vector: EquationId,
    /// The matrix, as it stands.
    pub matrix: EquationId,
    /// Whether the vector is multiplied by rows of the matrix: W x, or x Wᵀ.
    pub by_rows: bool,
    /// What is added at the end.
    pub bias: Option<EquationId>,
}

/// The product that a step computes, its own or one with a bias.
pub fn multiplication(derivation: &Derivation, routine: &Routine, id: EquationId) -> Option<Multiplication> {
    let fused = |id: EquationId| routine.place(id) == Some(Place::Fused);
    let (product, bias) = match biased(derivation, id) {
        Some((product, bias)) if fused(product) => (product, Some(bias)),
        _ => (id, None),
    };
    let op = &derivation.equation(product).op;
    let (Op::VectorMatrix(vector, matrix) | Op::MatrixVector(matrix, vector)) = *op else { return None };
    let by_rows = matches!(op, Op::MatrixVector(..));
    // x Wᵀ is W x, and Wᵀ x is x W: the same products, added in the same order.
    Some(match derivation.equation(matrix).op {
        Op::Transpose(matrix_there) if fused(matrix) => {
            Multiplication { vector, matrix: matrix_there, by_rows: !by_rows, bias }
        }
        _ => Multiplication { vector, matrix, by_rows, bias },
    })
}

/// Products that are only there to have a bias added.
pub(super) fn with_bias(derivation: &Derivation) -> HashSet<EquationId> {
    if is_unrolled(derivation) {
        return HashSet::new(); // written out, nothing is gained
    }
    let mut uses: HashMap<EquationId, usize> = HashMap::new();
    for (_, equation) in derivation.numbered() {
        for operand in equation.op.operands() {
            *uses.entry(operand).or_default() += 1;
        }
    }
    let products = derivation.numbered().filter_map(|(id, _)| biased(derivation, id));
    products.map(|(product, _)| product).filter(|product| uses.get(product) == Some(&1)).collect()
}

/// The product and the bias that an equation is the sum of.
fn biased(derivation: &Derivation, id: EquationId) -> Option<(EquationId, EquationId)> {
    let Op::Pointwise(formula) = &derivation.equation(id).op else { return None };
    let [a, b] = formula.as_sum_of_leaves()?.map(EquationId);
    let is_product = |id: EquationId| {
        matches!(derivation.equation(id).op, Op::VectorMatrix(..) | Op::MatrixVector(..))
            && derivation.equation(id).per == Per::Sample
    };
    let is_bias = |id: EquationId| {
        let equation = derivation.equation(id);
        equation.per == Per::Batch && matches!(equation.shape, Shape::Vector(_))
    };
    match [a, b] {
        [product, bias] | [bias, product] if is_product(product) && is_bias(bias) => Some((product, bias)),
        _ => None,
    }
}

/// The vectors whose outer product a step adds to the gradients of a batch.
pub fn outer(derivation: &Derivation, routine: &Routine, id: EquationId) -> Option<(EquationId, EquationId)> {
    let (Op::BatchMean(gradient) | Op::BatchSum(gradient)) = derivation.equation(id).op else { return None };
    let Op::Outer(a, b) = derivation.equation(gradient).op else { return None };
    let fused = routine.place(gradient) == Some(Place::Fused);
    (fused && is_in_rows(derivation, a) && is_in_rows(derivation, b)).then_some((a, b))
}

/// Whether a vector of each sample stands beside those of the others: the only input does, a target that is
/// no class, and what is computed.
pub(super) fn is_in_rows(derivation: &Derivation, id: EquationId) -> bool {
    let equation = derivation.equation(id);
    let computed = equation.op != Op::Given;
    let only_input = derivation.inputs.len() == 1;
    let is = |data: &Data| data.value.equations() == [id];
    let input = only_input && derivation.inputs.iter().any(is);
    let target = derivation.target.iter().any(|target| !target.class && is(target));
    equation.per == Per::Sample && matches!(equation.shape, Shape::Vector(_)) && (computed || input || target)
}
