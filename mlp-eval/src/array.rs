//! Values of the reference interpreter: scalars, row vectors and matrices, all as rows and columns.

use mlp_dsl::{formula::evaluate::Real, number::Arithmetic, shape::Shape};
use ndarray::Array2;

/// A scalar, vector or matrix.
#[derive(Clone, Debug)]
pub struct Array<R> {
    cells: Array2<R>,
    shape: Shape,
}

impl<R: Real> Array<R> {
    /// Computes each cell from its row and column.
    pub fn build(shape: Shape, mut cell: impl FnMut(usize, usize) -> R) -> Self {
        let size = match shape {
            Shape::Scalar => (1, 1),
            Shape::Vector(n) => (1, n),
            Shape::Matrix(rows, columns) => (rows, columns),
        };
        Array { cells: Array2::from_shape_fn(size, |(row, column)| cell(row, column)), shape }
    }

    /// The same number everywhere.
    pub fn constant(shape: Shape, value: R) -> Self {
        Array::build(shape, |_, _| value)
    }

    /// A scalar.
    pub fn scalar_of(value: R) -> Self {
        Array::constant(Shape::Scalar, value)
    }

    /// A vector.
    pub fn vector(values: Vec<R>) -> Self {
        Array::from_row_major(Shape::Vector(values.len()), &values)
    }

    /// From numbers row after row; missing ones are NaN.
    pub fn from_row_major(shape: Shape, values: &[R]) -> Self {
        let columns = match shape {
            Shape::Scalar => 1,
            Shape::Vector(n) | Shape::Matrix(_, n) => n,
        };
        Array::build(shape, |row, column| {
            values.get(row * columns + column).copied().unwrap_or(R::from(f64::NAN))
        })
    }

    /// The sizes.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Rows and columns.
    pub(crate) fn size(&self) -> (usize, usize) {
        self.cells.dim()
    }

    /// The cell, or NaN outside.
    pub fn at(&self, row: usize, column: usize) -> R {
        self.cells.get((row, column)).copied().unwrap_or(R::from(f64::NAN))
    }

    /// The cell, where a scalar serves every place.
    pub fn spread(&self, row: usize, column: usize) -> R {
        match self.shape {
            Shape::Scalar => self.at(0, 0),
            Shape::Vector(_) | Shape::Matrix(..) => self.at(row, column),
        }
    }

    /// The first cell.
    pub fn scalar(&self) -> R {
        self.at(0, 0)
    }

    /// All cells, row after row.
    pub fn iter(&self) -> impl Iterator<Item = R> {
        self.cells.iter().copied()
    }

    /// The same with other numbers.
    pub fn map<S: Real>(&self, f: impl Fn(R) -> S) -> Array<S> {
        Array { cells: self.cells.map(|x| f(*x)), shape: self.shape }
    }

    /// The sum, cell by cell.
    pub fn plus(&self, other: &Array<R>) -> Array<R> {
        Array::build(self.shape, |row, column| self.at(row, column) + other.at(row, column))
    }

    /// Rows as columns.
    pub fn transposed(&self) -> Array<R> {
        let (rows, columns) = self.cells.dim();
        Array::build(Shape::Matrix(columns, rows), |row, column| self.at(column, row))
    }

    /// The matrix product, each cell summed in order from its first product.
    pub fn product(&self, other: &Array<R>, arithmetic: Arithmetic) -> Array<R> {
        let ((rows, inner), (_, columns)) = (self.cells.dim(), other.cells.dim());
        let shape = match (rows, columns) {
            (1, 1) => Shape::Scalar,
            (1, n) => Shape::Vector(n),
            _ => Shape::Matrix(rows, columns),
        };
        Array::build(shape, |row, column| {
            let factors = |k| (self.at(row, k), other.at(k, column));
            let first = |(a, b)| a * b;
            (1..inner).map(factors).fold(first(factors(0)), |sum, (a, b)| match arithmetic {
                Arithmetic::Separate => sum + a * b,
                Arithmetic::Fused => a.multiply_add(b, sum),
            })
        })
    }

    /// The sum of all cells, in order.
    pub fn sum(&self) -> R {
        self.iter().reduce(|sum, x| sum + x).unwrap_or(R::from(0.0))
    }

    fn largest(&self) -> R {
        self.iter().reduce(|a, b| if b.real() > a.real() { b } else { a }).unwrap_or(R::from(0.0))
    }

    /// exp(z) / Σ exp(z), shifted by the maximum.
    pub fn softmax(&self) -> Array<R> {
        let shift = self.largest();
        let powers = self.map(|z| (z - shift).exp());
        let total = powers.sum();
        powers.map(|power| power / total)
    }

    /// (z − m) − ln Σ exp(z − m) with the maximum m.
    pub fn log_softmax(&self) -> Array<R> {
        let shift = self.largest();
        let log_sum = self.map(|z| (z - shift).exp()).sum().ln();
        self.map(|z| (z - shift) - log_sum)
    }

    /// Σ t (ln Σ exp(z − m) − (z − m)) with the maximum m; a target of 0 contributes nothing.
    pub fn cross_entropy(&self, targets: &Array<R>) -> R {
        let shift = self.largest();
        let log_sum = self.map(|z| (z - shift).exp()).sum().ln();
        let part = |(z, t): (R, R)| {
            if t.real() == 0.0 { R::from(0.0) } else { t * (log_sum - (z - shift)) }
        };
        let parts = self.iter().zip(targets.iter()).map(part);
        parts.reduce(|sum, part| sum + part).unwrap_or(R::from(0.0))
    }
}

impl Array<f64> {
    /// The same numbers in another type.
    pub fn convert<R: Real>(&self) -> Array<R> {
        self.map(R::from)
    }

    /// Changes one cell, counted row after row.
    pub fn set(&mut self, index: usize, value: f64) {
        if let Some(cell) = self.cells.iter_mut().nth(index) {
            *cell = value;
        }
    }
}
