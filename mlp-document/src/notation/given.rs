//! Arrays that are given: all their numbers where they are few, else the corners.

use std::ops::Range;

use mlp_dsl::shape::Shape;
use mlp_eval::Array;

use crate::{
    expression::{Expression, Node, Quantity},
    known::Known,
};

use super::{
    Notation, ROWS,
    math::{Math, Operator},
};

/// In how many parts the columns of a matrix are printed, with numbers of at most so many signs.
pub(crate) fn parts(columns: usize, widest: usize) -> usize {
    // A part has a longer name.
    let fit = |room: usize| (room / (widest + 2)).max(1);
    if columns <= fit(super::WIDE) { 1 } else { columns.div_ceil(fit(super::WIDE - NAME)) }
}

/// The signs of the widest of these numbers.
pub(crate) fn widest(numbers: impl Iterator<Item = Known>, digits: usize) -> usize {
    let width = |x: Known| {
        let number = super::decimal::decimal(x, digits);
        number.digits.len() + number.exponent.map_or(0, |exponent| 3 + exponent.to_string().len())
    };
    numbers.map(width).max().unwrap_or(1)
}

/// The printed numbers of an array; nothing where some are left out.
pub(super) struct Corners(Vec<Vec<Option<Known>>>);

impl Corners {
    /// The numbers.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Known> {
        self.0.iter().flatten().flatten().copied()
    }
}

/// Signs of the name of some columns of a matrix.
const NAME: usize = 12;
/// The most rows, and the most columns, of a large array that are printed.
const CORNER: usize = 4;

/// Whether only the corners of an array are printed.
pub(crate) fn is_large(rows: usize, columns: usize) -> bool {
    rows > ROWS || columns > ROWS
}

/// Which rows, or columns, are printed: of many in a large array the first two and the last.
fn shown(count: usize, large: bool) -> Vec<Option<usize>> {
    if count <= CORNER || !large {
        return (0..count).map(Some).collect();
    }
    vec![Some(0), Some(1), None, Some(count - 1)]
}

/// How many numbers of an array are left out.
pub(crate) fn left_out(rows: usize, columns: usize) -> usize {
    let large = is_large(rows, columns);
    let printed = |count: usize| shown(count, large).into_iter().flatten().count();
    rows * columns - printed(rows) * printed(columns)
}

impl Notation<'_> {
    /// The numbers of something given, in these of the printed columns.
    pub(super) fn given(&self, expression: &Expression, columns: Range<usize>) -> Option<Math> {
        let Corners(rows) = self.corners(expression)?;
        if let ([row], Shape::Scalar) = (rows.as_slice(), expression.shape())
            && let [Some(only)] = row.as_slice()
        {
            return Some(self.number(*only));
        }
        let cell = |x: &Option<Known>| x.map_or(Operator::Ellipsis.into(), |x| self.number(x));
        let row = |row: &Vec<Option<Known>>| {
            row.iter()
                .enumerate()
                .filter(|(index, _)| columns.contains(index))
                .map(|(_, x)| cell(x))
                .collect()
        };
        let matrix = Math::Matrix(rows.iter().map(row).collect());
        let is_vector = matches!(expression.shape(), Shape::Vector(_));
        if is_vector && self.columns {
            return Some(matrix.transposed());
        }
        if is_vector && rows.len() == 1 && matrix.width() > super::WIDE {
            return Some(matrix.transposed().raised(Operator::Transpose.into()));
        }
        Some(matrix)
    }

    /// The numbers of something given that are printed.
    pub(super) fn corners(&self, expression: &Expression) -> Option<Corners> {
        let samples = self.numbers.map_or(1, |numbers| numbers.samples());
        let open = samples > 1 && expression.is_open(self.derivation);
        let (rows, columns) = match expression.shape() {
            Shape::Matrix(rows, columns) => (rows, columns),
            shape @ (Shape::Scalar | Shape::Vector(_)) => (if open { samples } else { 1 }, shape.count()),
        };
        let value = |sample: usize| self.given_value(expression, sample);
        let large = is_large(rows, columns);
        let one = if open { None } else { Some(value(0)?) };
        let row = |row: Option<usize>| -> Option<Vec<Option<Known>>> {
            let of_row;
            let (array, at) = match (&one, row) {
                (_, None) => return Some(shown(columns, large).iter().map(|_| None).collect()),
                (Some(array), Some(row)) => (array, row),
                (None, Some(row)) => {
                    of_row = value(row)?;
                    (&of_row, 0)
                }
            };
            Some(shown(columns, large).into_iter().map(|column| Some(array.at(at, column?))).collect())
        };
        let rows = shown(rows, large).into_iter().map(row).collect::<Option<Vec<_>>>()?;
        Some(Corners(rows))
    }

    /// The value at the declared numbers; where these are not all declared, a start value.
    fn given_value(&self, expression: &Expression, sample: usize) -> Option<Given<'_>> {
        if let Some(numbers) = self.numbers {
            return expression.evaluate(self.derivation, numbers, sample).map(Given::Known);
        }
        let [Node::Quantity(Quantity::Equation(id))] = expression.nodes() else { return None };
        self.start?.of(*id, sample).map(Given::Start)
    }
}

/// Given numbers.
enum Given<'p> {
    Known(Array<Known>),
    /// Start values: only those that are printed are read as decimals.
    Start(&'p Array<f64>),
}

impl Given<'_> {
    fn at(&self, row: usize, column: usize) -> Known {
        match self {
            Given::Known(array) => array.at(row, column),
            Given::Start(array) => Known::from(array.at(row, column)),
        }
    }
}
