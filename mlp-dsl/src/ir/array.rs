//! The table of operations: for each its operands, shape, derivative rule, referee and kernel.
//! Element-wise formulas are one operation; their scalar operations have a table of their own.

use super::{
    differentiate::{Flow, Gradients},
    equation::{EquationId, Per},
};

use crate::{formula::Formula, shape::Shape};

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
    /// −Σ tᵢ ln softmax(z)ᵢ, computed as Σ tᵢ (ln Σ exp(z) − zᵢ): net inputs z, targets t.
    SoftmaxCrossEntropy(EquationId, EquationId),
    /// The sum of the squares of all elements.
    SumSquares(EquationId),
    /// The mean over the samples of a batch: summed in order from 0, then divided.
    BatchMean(EquationId),
    /// The sum over the samples of a batch, in order from 0.
    BatchSum(EquationId),
}

impl Op {
    /// The equations it reads, in order.
    pub fn operands(&self) -> Vec<EquationId> {
        match self {
            Op::Given | Op::Setting(_) => Vec::new(),
            Op::Pointwise(formula) => formula.leaves().into_iter().map(EquationId).collect(),
            Op::Stack(elements) | Op::Concat(elements) => elements.clone(),
            Op::Index(x, _) | Op::Slice(x, _) | Op::Transpose(x) | Op::Sum(x) | Op::SumSquares(x) => {
                vec![*x]
            }
            Op::Softmax(x) | Op::BatchMean(x) | Op::BatchSum(x) => vec![*x],
            Op::VectorMatrix(a, b)
            | Op::MatrixVector(a, b)
            | Op::Outer(a, b)
            | Op::Dot(a, b)
            | Op::SoftmaxCrossEntropy(a, b) => vec![*a, *b],
        }
    }

    /// The shape of the value for operands of these shapes, or `None` where they do not fit.
    /// A formula of scalars may fill any shape: `declared` says which.
    pub fn shape(&self, operands: &[Shape], declared: Shape) -> Option<Shape> {
        use Shape::{Matrix, Scalar, Vector};
        match (self, operands) {
            (Op::Given, []) => Some(declared),
            (Op::Setting(_), []) => Some(Scalar),
            (Op::Pointwise(_), shapes) => {
                shapes.iter().try_fold(declared, |all, shape| all.broadcast(*shape))
            }
            (Op::Stack(_), shapes) => {
                shapes.iter().all(|shape| *shape == Scalar).then_some(Vector(shapes.len()))
            }
            (Op::Concat(_), shapes) => {
                let vectors = shapes.iter().all(|shape| !matches!(shape, Matrix(..)));
                vectors.then(|| Vector(shapes.iter().map(|shape| shape.count()).sum()))
            }
            (Op::Slice(_, start), [Vector(n)]) => match declared {
                Vector(length) if start.saturating_add(length) <= *n => Some(declared),
                _ => None,
            },
            (Op::Transpose(_), [Matrix(rows, columns)]) => Some(Matrix(*columns, *rows)),
            (Op::Index(_, index), [Vector(n)]) if index < n => Some(Scalar),
            (Op::VectorMatrix(..), [Vector(n), Matrix(rows, columns)]) if n == rows => Some(Vector(*columns)),
            (Op::MatrixVector(..), [Matrix(rows, columns), Vector(n)]) if n == columns => Some(Vector(*rows)),
            (Op::Outer(..), [Vector(n), Vector(m)]) => Some(Matrix(*n, *m)),
            (Op::Dot(..), [Vector(n), Vector(m)]) if n == m => Some(Scalar),
            (Op::Sum(_), [Vector(_) | Matrix(..)]) => Some(Scalar),
            (Op::Softmax(_), [Vector(n)]) => Some(Vector(*n)),
            (Op::SoftmaxCrossEntropy(..), [Vector(n), Vector(m)]) if n == m => Some(Scalar),
            (Op::SumSquares(_), [_]) => Some(Scalar),
            (Op::BatchMean(_) | Op::BatchSum(_), [shape]) => Some(*shape),
            _ => None,
        }
    }

    /// Whether the value exists once or for each sample, given that of the operands.
    pub fn per(&self, operands: &[Per], declared: Per) -> Per {
        match self {
            Op::Given => declared,
            Op::Setting(_) | Op::BatchMean(_) | Op::BatchSum(_) => Per::Batch,
            _ if operands.contains(&Per::Sample) => Per::Sample,
            _ => Per::Batch,
        }
    }

    /// The derivative rule: what the gradient `up` of equation `own` gives to each operand.
    pub(super) fn differentiate(&self, g: &mut Gradients<'_>, own: EquationId, up: Flow) {
        match self {
            // These stand in gradients and updates, behind all that is derived.
            Op::Outer(..) | Op::Index(..) | Op::Slice(..) | Op::SumSquares(_) => {}
            Op::Given | Op::Setting(_) | Op::BatchMean(_) | Op::BatchSum(_) => {}
            Op::Pointwise(formula) => g.through_formula(own, formula, up),
            Op::Stack(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    g.flow_op(*element, own, up, |up| Op::Index(up, index));
                }
            }
            Op::Concat(parts) => {
                let mut start = 0;
                for part in parts {
                    let (shape, at) = (g.shape(*part), start);
                    start += shape.count();
                    g.flow_op(*part, own, up, |up| match shape {
                        Shape::Scalar => Op::Index(up, at),
                        _ => Op::Slice(up, at),
                    });
                }
            }
            Op::Transpose(x) => g.flow_op(*x, own, up, Op::Transpose),
            Op::VectorMatrix(x, w) => {
                g.flow_op(*x, own, up, |up| Op::MatrixVector(*w, up));
                g.flow_op(*w, own, up, |up| Op::Outer(*x, up));
            }
            Op::MatrixVector(w, x) => {
                g.flow_op(*w, own, up, |up| Op::Outer(up, *x));
                g.flow_op(*x, own, up, |up| Op::VectorMatrix(up, *w));
            }
            Op::Dot(a, b) => {
                g.flow_product(*a, up, *b);
                g.flow_product(*b, up, *a);
            }
            Op::Sum(x) => g.flow_same(*x, up),
            Op::Softmax(_) => g.through_softmax(own, up),
            Op::SoftmaxCrossEntropy(z, t) => g.through_softmax_cross_entropy(own, *z, *t, up),
        }
    }

    /// The runtime's kernel, where the operation is not printed as plain code.
    pub fn kernel(&self) -> Option<&'static str> {
        match self {
            Op::Given | Op::Setting(_) | Op::Pointwise(_) | Op::Stack(_) | Op::Index(..) => None,
            Op::Concat(_) => Some("put_part"),
            Op::Slice(..) => Some("part"),
            Op::Transpose(_) => Some("transpose"),
            Op::SumSquares(_) => Some("sum_squares"),
            Op::VectorMatrix(..) => Some("vector_matrix"),
            Op::MatrixVector(..) => Some("matrix_vector"),
            Op::Outer(..) => Some("outer"),
            Op::Dot(..) => Some("dot"),
            Op::Sum(_) => Some("sum"),
            Op::Softmax(_) => Some("softmax"),
            Op::SoftmaxCrossEntropy(..) => Some("softmax_cross_entropy"),
            Op::BatchMean(_) | Op::BatchSum(_) => Some("accumulate"),
        }
    }

    /// Multiplications of the forward pass that are followed by an addition, for `size` results.
    pub fn multiply_adds(&self, shapes: &dyn Fn(EquationId) -> Shape) -> usize {
        match self {
            Op::VectorMatrix(_, w) | Op::MatrixVector(w, _) => shapes(*w).count(),
            Op::Dot(a, _) => shapes(*a).count(),
            Op::Outer(a, b) => shapes(*a).count() * shapes(*b).count(),
            Op::Pointwise(formula) => formula.products(),
            _ => 0,
        }
    }
}
