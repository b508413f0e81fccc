//! The sizes of whole formulas: with a row for each sample of the batch, operands fit together as they are printed.

use mlp_dsl::{formula::scalar::Binary, ir::Derivation, shape::Shape};

use crate::{
    Document,
    content::Size,
    expression::{ArrayOp, Expression, Node, NodeId, Quantity},
};

impl Document {
    /// The first formula of layers whose sizes do not fit for this number of samples, as plain text.
    pub fn misfit(&self, samples: usize) -> Option<String> {
        let batch = Batch { derivation: &self.derivation, samples };
        let symbols = self.lines().flat_map(|line| &line.sides).filter(|side| side.form.in_symbols());
        let mut wrong = symbols.filter(|side| batch.root(&side.expression).is_none());
        wrong.next().map(|side| self.plain(side))
    }
}

/// A batch with this number of samples.
struct Batch<'d> {
    derivation: &'d Derivation,
    samples: usize,
}

/// A single number fits everything.
const ONE: Size = Size { rows: 1, columns: 1 };

impl Batch<'_> {
    /// The size of an expression; nothing where operands do not fit.
    fn root(&self, expression: &Expression) -> Option<Size> {
        let mut sizes: Vec<Size> = Vec::new();
        for (node, shape) in expression.shaped() {
            let at = |id: &NodeId| sizes.get(id.index()).copied();
            let operands = node.operands().iter().map(at).collect::<Option<Vec<Size>>>()?;
            let whole =
                node.operands().iter().any(|id| matches!(expression.shape_of(*id), Shape::Matrix(..)));
            sizes.push(self.node(node, shape, &operands, whole)?);
        }
        sizes.last().copied()
    }

    fn node(&self, node: &Node, shape: Shape, operands: &[Size], whole: bool) -> Option<Size> {
        match node {
            Node::Number(_) | Node::Constant(..) => Some(ONE),
            Node::Quantity(quantity) => Some(self.quantity(quantity, shape)),
            // All elements of a matrix, which has no samples, give a number.
            Node::Array(ArrayOp::Sum | ArrayOp::SumSquares, _) if whole => Some(ONE),
            Node::Array(op, _) => self.array(*op, shape, operands),
            // A sum over the batch is of the gradients of one sample, or a product of whole matrices.
            Node::Batch(_, each) => {
                let of = self.root(each)?;
                let product = matches!(each.root(), Some(Node::Array(ArrayOp::TransposedProduct, _)));
                Some(if product { of } else { row(shape, 1) })
            }
            Node::Binary(op, ..) => {
                let [a, b] = operands else { return None };
                together(*a, *b, matches!(op, Binary::Add | Binary::Subtract))
            }
            Node::Unary(..) | Node::Whole { .. } | Node::Select(..) | Node::Apply(..) => {
                operands.iter().try_fold(ONE, |all, size| together(all, *size, false))
            }
        }
    }

    fn quantity(&self, quantity: &Quantity, shape: Shape) -> Size {
        let open = match quantity {
            Quantity::Equation(_) | Quantity::Derivative { .. } => quantity.is_open(self.derivation),
            Quantity::Count(_)
            | Quantity::OfSample { .. }
            | Quantity::OfStep { .. }
            | Quantity::Letter { .. }
            | Quantity::Argument { .. }
            | Quantity::FunctionDerivative { .. } => false,
        };
        row(shape, if open { self.samples } else { 1 })
    }

    fn array(&self, op: ArrayOp, shape: Shape, operands: &[Size]) -> Option<Size> {
        let first = *operands.first()?;
        let second = || operands.get(1).copied();
        let product =
            |a: Size, b: Size| (a.columns == b.rows).then_some(Size { rows: a.rows, columns: b.columns });
        match op {
            ArrayOp::Product => product(first, second()?),
            ArrayOp::ProductTransposed | ArrayOp::Dot => product(first, second()?.turned()),
            ArrayOp::TransposedProduct => product(first.turned(), second()?),
            ArrayOp::Transposed => Some(first.turned()),
            ArrayOp::CrossEntropy | ArrayOp::SoftmaxCrossEntropy => {
                together(first, second()?, true).map(|both| row(shape, both.rows))
            }
            ArrayOp::Pack => {
                let rows = operands.iter().map(|size| size.rows).max()?;
                Some(row(shape, rows))
            }
            ArrayOp::Softmax
            | ArrayOp::LogSoftmax
            | ArrayOp::Sum
            | ArrayOp::SumSquares
            | ArrayOp::SumOverIndex
            | ArrayOp::Part(_)
            | ArrayOp::Element(_)
            | ArrayOp::Cell(..)
            | ArrayOp::Fill => Some(row(shape, first.rows)),
        }
    }
}

/// A value with this number of rows; a matrix has its own.
fn row(shape: Shape, rows: usize) -> Size {
    match shape {
        Shape::Scalar => Size { rows, columns: 1 },
        Shape::Vector(columns) => Size { rows, columns },
        Shape::Matrix(rows, columns) => Size { rows, columns },
    }
}

/// The size of two operands of an operation on elements; a single row is added to each of many.
fn together(a: Size, b: Size, adds: bool) -> Option<Size> {
    let fits = |one: Size, other: Size| {
        one == ONE || one == other || (adds && one.rows == 1 && one.columns == other.columns)
    };
    if fits(a, b) { Some(b) } else { fits(b, a).then_some(a) }
}
