//! The value of each array operation, naively.

use mlp_dsl::{formula::evaluate::Real, ir::array::Op, shape::Shape};

use crate::{Array, Values};

impl<R: Real> Values<'_, R> {
    /// The value of an operation for the values known so far; `shape` is that of the result.
    pub(crate) fn evaluate(&self, op: &Op, shape: Shape) -> Array<R> {
        match op {
            Op::Given => Array::constant(shape, R::from(f64::NAN)),
            Op::Setting(value) => Array::constant(Shape::Scalar, R::from(*value)),
            Op::Pointwise(formula) => self.pointwise(formula, shape),
            Op::Stack(elements) => Array::vector(elements.iter().map(|e| self.of(*e).scalar()).collect()),
            Op::Index(x, index) => Array::scalar_of(self.of(*x).at(0, *index)),
            Op::VectorMatrix(x, w) => self.product(self.of(*x), self.of(*w)),
            Op::MatrixVector(w, x) => self.product(self.of(*x), &self.of(*w).transposed()),
            Op::Outer(a, b) => self.product(&self.of(*a).transposed(), self.of(*b)),
            Op::Dot(a, b) => self.product(self.of(*a), &self.of(*b).transposed()),
            Op::Sum(x) => Array::scalar_of(self.of(*x).sum()),
            Op::Softmax(z) => self.of(*z).softmax(),
            Op::LogSoftmax(z) => self.of(*z).log_softmax(),
            Op::SoftmaxCrossEntropy(z, t) => Array::scalar_of(self.of(*z).cross_entropy(self.of(*t))),
            Op::Concat(parts) => Array::vector(parts.iter().flat_map(|part| self.of(*part).iter()).collect()),
            Op::Slice(x, start) => {
                Array::vector(self.of(*x).iter().skip(*start).take(shape.count()).collect())
            }
            Op::Transpose(x) => self.of(*x).transposed(),
            Op::SumSquares(x) => {
                let squares = self.of(*x).iter().map(|x| x * x);
                Array::scalar_of(squares.reduce(|sum, square| sum + square).unwrap_or(R::from(0.0)))
            }
            Op::BatchMean(x) => self.over_batch(*x, true),
            Op::BatchSum(x) => self.over_batch(*x, false),
            Op::BatchWeightedMean(x, weight) => self.over_weights(*x, *weight),
        }
    }
}
