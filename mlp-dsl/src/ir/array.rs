//! The table of operations on arrays: for each its operands, shape, axis, derivative and cost.
//! An element-wise formula is one operation; its scalar operations have a table of their own, `formula::scalar`.
//! Every function of the table is a match without a wildcard, so that a new operation is a compile error in each.

use super::equation::{EquationId, Per};

use crate::{formula::Formula, model::Reduction, shape::Shape};

/// How an equation is computed from others.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Given from outside: an input, a target, a parameter.
    Given,
    /// A setting of the training rule with its declared value.
    Setting(f64),
    /// A formula, element by element; its leaves are equations, scalars serve every element.
    Pointwise(Formula),
    /// Scalars side by side: a vector.
    Stack(Vec<EquationId>),
    /// Scalars and vectors side by side: a vector.
    Concat(Vec<EquationId>),
    /// An element of a vector, counted from 0.
    Index(EquationId, usize),
    /// Neighbouring elements of a vector, from this one on.
    Slice(EquationId, usize),
    /// Wᵀ: rows and columns exchanged.
    Transpose(EquationId),
    /// x W: a row vector times a matrix.
    VectorMatrix(EquationId, EquationId),
    /// W x: a matrix times a column vector.
    MatrixVector(EquationId, EquationId),
    /// a bᵀ: the matrix of all products.
    Outer(EquationId, EquationId),
    /// a · b
    Dot(EquationId, EquationId),
    /// The sum of all elements.
    Sum(EquationId),
    /// exp(zᵢ) / Σ exp(z), computed with the maximum shifted to 0.
    Softmax(EquationId),
    /// ln softmax(z), computed as (zᵢ − m) − ln Σ exp(z − m) with the maximum m.
    LogSoftmax(EquationId),
    /// −Σ tᵢ ln softmax(z)ᵢ, computed as Σ tᵢ (ln Σ exp(z − m) − (zᵢ − m)) with the maximum m:
    /// net inputs z, targets t.
    SoftmaxCrossEntropy(EquationId, EquationId),
    /// The sum of the squares of all elements.
    SumSquares(EquationId),
    /// The mean over the samples of a batch: summed in order from 0, then divided.
    BatchMean(EquationId),
    /// The sum over the samples of a batch, in order from 0.
    BatchSum(EquationId),
    /// The sum over the samples of a batch, divided by the sum of their weights, the second operand. The values have their
    /// weights as factors already.
    BatchWeightedMean(EquationId, EquationId),
}

/// A rule of reverse mode, a vector-Jacobian product: the cotangent of an operand from the cotangent ȳ of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vjp {
    /// ȳ times the derivative of the formula with respect to the operand.
    Local,
    /// ȳ for each element.
    Same,
    /// ȳ, a scalar, times this vector.
    Scaled(EquationId),
    /// The element of ȳ at this place.
    Index(usize),
    /// The elements of ȳ from this place on.
    Slice(usize),
    /// ȳᵀ
    Transpose,
    /// W ȳ
    MatrixVector(EquationId),
    /// ȳ W
    VectorMatrix(EquationId),
    /// x ȳᵀ
    OuterAfter(EquationId),
    /// ȳ xᵀ
    OuterBefore(EquationId),
    /// Zeros, but ȳ from this place on.
    Pad(usize),
    /// y ∘ (ȳ − ȳ·y) for the value y of a softmax.
    Softmax,
    /// ȳ − softmax(z) Σȳ for the operand z.
    LogSoftmax,
    /// ȳ (softmax(z) Σt − t) for the operand z and these targets t.
    SoftmaxCrossEntropy(EquationId),
}

impl Op {
    /// The reduction of a value over the samples of a batch.
    pub(super) fn over_batch(reduction: Reduction, weight: Option<EquationId>, value: EquationId) -> Self {
        match (reduction, weight) {
            (Reduction::Mean, None) => Op::BatchMean(value),
            (Reduction::Mean, Some(weight)) => Op::BatchWeightedMean(value, weight),
            (Reduction::Sum, _) => Op::BatchSum(value),
        }
    }

    /// The value of each sample that is reduced over a batch.
    pub fn reduced(&self) -> Option<EquationId> {
        if let Op::BatchMean(value) | Op::BatchSum(value) | Op::BatchWeightedMean(value, _) = self {
            Some(*value)
        } else {
            None
        }
    }

    /// The equations that it is computed from, in order.
    pub fn operands(&self) -> Vec<EquationId> {
        match self {
            Op::Given | Op::Setting(_) => Vec::new(),
            Op::Pointwise(formula) => formula.leaves().into_iter().map(EquationId).collect(),
            Op::Stack(elements) | Op::Concat(elements) => elements.clone(),
            Op::Index(x, _) | Op::Slice(x, _) | Op::Transpose(x) | Op::Sum(x) | Op::SumSquares(x) => {
                vec![*x]
            }
            Op::Softmax(x) | Op::LogSoftmax(x) | Op::BatchMean(x) | Op::BatchSum(x) => vec![*x],
            Op::VectorMatrix(a, b)
            | Op::MatrixVector(a, b)
            | Op::Outer(a, b)
            | Op::Dot(a, b)
            | Op::SoftmaxCrossEntropy(a, b)
            | Op::BatchWeightedMean(a, b) => vec![*a, *b],
        }
    }

    /// The same operation on other operands; `rewritten` does that to a formula.
    pub(super) fn with_operands(
        &self,
        other: &dyn Fn(EquationId) -> EquationId,
        rewritten: &dyn Fn(&Formula) -> Formula,
    ) -> Self {
        let all = |ids: &[EquationId]| ids.iter().map(|id| other(*id)).collect();
        match self {
            Op::Given => Op::Given,
            Op::Setting(value) => Op::Setting(*value),
            Op::Pointwise(formula) => Op::Pointwise(rewritten(formula)),
            Op::Stack(elements) => Op::Stack(all(elements)),
            Op::Concat(parts) => Op::Concat(all(parts)),
            Op::Index(x, at) => Op::Index(other(*x), *at),
            Op::Slice(x, start) => Op::Slice(other(*x), *start),
            Op::Transpose(x) => Op::Transpose(other(*x)),
            Op::VectorMatrix(a, b) => Op::VectorMatrix(other(*a), other(*b)),
            Op::MatrixVector(a, b) => Op::MatrixVector(other(*a), other(*b)),
            Op::Outer(a, b) => Op::Outer(other(*a), other(*b)),
            Op::Dot(a, b) => Op::Dot(other(*a), other(*b)),
            Op::Sum(x) => Op::Sum(other(*x)),
            Op::Softmax(x) => Op::Softmax(other(*x)),
            Op::LogSoftmax(x) => Op::LogSoftmax(other(*x)),
            Op::SoftmaxCrossEntropy(a, b) => Op::SoftmaxCrossEntropy(other(*a), other(*b)),
            Op::SumSquares(x) => Op::SumSquares(other(*x)),
            Op::BatchMean(x) => Op::BatchMean(other(*x)),
            Op::BatchSum(x) => Op::BatchSum(other(*x)),
            Op::BatchWeightedMean(a, b) => Op::BatchWeightedMean(other(*a), other(*b)),
        }
    }

    /// The shape of the value for operands of these shapes, or `None` where they do not fit.
    /// A formula of scalars may fill any shape, and a slice have any length: `declared` is the choice.
    pub fn shape(&self, operands: &[Shape], declared: Shape) -> Option<Shape> {
        use Shape::{Matrix, Scalar, Vector};
        match self {
            Op::Given => operands.is_empty().then_some(declared),
            Op::Setting(_) => operands.is_empty().then_some(Scalar),
            Op::Pointwise(_) => operands.iter().try_fold(declared, |all, shape| all.broadcast(*shape)),
            Op::Stack(_) => operands.iter().all(|shape| *shape == Scalar).then_some(Vector(operands.len())),
            Op::Concat(_) => {
                let vectors = operands.iter().all(|shape| !matches!(shape, Matrix(..)));
                vectors.then(|| Vector(operands.iter().map(|shape| shape.count()).sum()))
            }
            Op::Index(_, index) => {
                let [Vector(n)] = operands else { return None };
                (index < n).then_some(Scalar)
            }
            Op::Slice(_, start) => {
                let ([Vector(n)], Vector(length)) = (operands, declared) else { return None };
                (start.saturating_add(length) <= *n).then_some(declared)
            }
            Op::Transpose(_) => {
                let [Matrix(rows, columns)] = operands else { return None };
                Some(Matrix(*columns, *rows))
            }
            Op::VectorMatrix(..) => {
                let [Vector(n), Matrix(rows, columns)] = operands else { return None };
                (n == rows).then_some(Vector(*columns))
            }
            Op::MatrixVector(..) => {
                let [Matrix(rows, columns), Vector(n)] = operands else { return None };
                (n == columns).then_some(Vector(*rows))
            }
            Op::Outer(..) => {
                let [Vector(n), Vector(m)] = operands else { return None };
                Some(Matrix(*n, *m))
            }
            Op::Dot(..) | Op::SoftmaxCrossEntropy(..) => {
                let [Vector(n), Vector(m)] = operands else { return None };
                (n == m).then_some(Scalar)
            }
            Op::Sum(_) => {
                let [Vector(_) | Matrix(..)] = operands else { return None };
                Some(Scalar)
            }
            Op::SumSquares(_) => {
                let [_] = operands else { return None };
                Some(Scalar)
            }
            Op::Softmax(_) | Op::LogSoftmax(_) => {
                let [Vector(n)] = operands else { return None };
                Some(Vector(*n))
            }
            Op::BatchMean(_) | Op::BatchSum(_) => {
                let [shape] = operands else { return None };
                Some(*shape)
            }
            Op::BatchWeightedMean(..) => {
                let [shape, Scalar] = operands else { return None };
                Some(*shape)
            }
        }
    }

    /// Whether there is one value per batch or per sample, given that of the operands.
    pub fn per(&self, operands: &[Per], declared: Per) -> Per {
        match self {
            Op::Given => declared,
            Op::Setting(_) | Op::BatchMean(_) | Op::BatchSum(_) | Op::BatchWeightedMean(..) => Per::Batch,
            Op::Pointwise(_)
            | Op::Stack(_)
            | Op::Concat(_)
            | Op::Index(..)
            | Op::Slice(..)
            | Op::Transpose(_)
            | Op::VectorMatrix(..)
            | Op::MatrixVector(..)
            | Op::Outer(..)
            | Op::Dot(..)
            | Op::Sum(_)
            | Op::Softmax(_)
            | Op::LogSoftmax(_)
            | Op::SoftmaxCrossEntropy(..)
            | Op::SumSquares(_) => {
                if operands.contains(&Per::Sample) {
                    Per::Sample
                } else {
                    Per::Batch
                }
            }
        }
    }

    /// The derivative: for each operand with a cotangent its rule, in order. `None` for operations of gradients and
    /// updates, which are not differentiated again.
    pub(super) fn vjp(&self, shapes: &dyn Fn(EquationId) -> Shape) -> Option<Vec<(EquationId, Vjp)>> {
        Some(match self {
            Op::Given | Op::Setting(_) => Vec::new(),
            Op::Pointwise(_) => self.operands().into_iter().map(|leaf| (leaf, Vjp::Local)).collect(),
            Op::Stack(elements) => {
                elements.iter().enumerate().map(|(place, element)| (*element, Vjp::Index(place))).collect()
            }
            Op::Concat(parts) => {
                let mut end = 0;
                let rule = |part: &EquationId| {
                    let start = end;
                    end += shapes(*part).count();
                    let scalar = shapes(*part) == Shape::Scalar;
                    (*part, if scalar { Vjp::Index(start) } else { Vjp::Slice(start) })
                };
                parts.iter().map(rule).collect()
            }
            Op::Transpose(x) => vec![(*x, Vjp::Transpose)],
            Op::VectorMatrix(x, w) => vec![(*x, Vjp::MatrixVector(*w)), (*w, Vjp::OuterAfter(*x))],
            Op::MatrixVector(w, x) => vec![(*w, Vjp::OuterBefore(*x)), (*x, Vjp::VectorMatrix(*w))],
            Op::Dot(a, b) => vec![(*a, Vjp::Scaled(*b)), (*b, Vjp::Scaled(*a))],
            Op::Sum(x) => vec![(*x, Vjp::Same)],
            Op::Index(x, start) | Op::Slice(x, start) => vec![(*x, Vjp::Pad(*start))],
            Op::Softmax(z) => vec![(*z, Vjp::Softmax)],
            Op::LogSoftmax(z) => vec![(*z, Vjp::LogSoftmax)],
            Op::SoftmaxCrossEntropy(z, t) => vec![(*z, Vjp::SoftmaxCrossEntropy(*t))],
            Op::Outer(..)
            | Op::SumSquares(_)
            | Op::BatchMean(_)
            | Op::BatchSum(_)
            | Op::BatchWeightedMean(..) => return None,
        })
    }

    /// Multiplications followed by an addition, for operands of these shapes and a value of this one.
    pub fn multiply_adds(&self, shapes: &dyn Fn(EquationId) -> Shape, value: Shape) -> usize {
        match self {
            Op::VectorMatrix(_, w) | Op::MatrixVector(w, _) => shapes(*w).count(),
            Op::Dot(a, _) => shapes(*a).count(),
            Op::Outer(a, b) => shapes(*a).count() * shapes(*b).count(),
            Op::Pointwise(formula) => formula.products() * value.count(),
            Op::Given
            | Op::Setting(_)
            | Op::Stack(_)
            | Op::Concat(_)
            | Op::Index(..)
            | Op::Slice(..)
            | Op::Transpose(_)
            | Op::Sum(_)
            | Op::Softmax(_)
            | Op::LogSoftmax(_)
            | Op::SoftmaxCrossEntropy(..)
            | Op::SumSquares(_)
            | Op::BatchMean(_)
            | Op::BatchSum(_)
            | Op::BatchWeightedMean(..) => 0,
        }
    }
}
