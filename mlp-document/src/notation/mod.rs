//! Expressions as trees of mathematics: which notation each has, and where brackets are.

mod book;
pub(crate) mod decimal;
pub(crate) mod given;
pub(crate) mod layout;
pub(crate) mod letters;
mod logits;
pub(crate) mod math;
pub(crate) mod names;
mod operations;
mod relation;
mod samples;
mod size;
mod spelling;

use mlp_dsl::{
    formula::scalar::{Binary, Unary},
    ir::Derivation,
    model::Reduction,
    shape::Shape,
};
use mlp_eval::{Array, Point};

use crate::{
    content::{Form, Side, Size},
    expression::{
        ArrayOp, Expression, Node, NodeId, Quantity,
        evaluate::{Numbers, node_values},
    },
    known::Known,
};

use decimal::{ALL_DIGITS, decimal, in_full};
use math::{Binding, Fence, Math, Name, Number, Operator};
use names::Names;
use operations::{array_operation, binary, select};

/// The most signs of a formula that is printed.
const SIZE: usize = 480;
/// The most operations of a formula that is printed.
const OPERATIONS: usize = 400;
/// The most symbols of a list that are printed.
pub(crate) const CELLS: usize = 8;
/// The most rows, and the most columns, of an array that are printed.
pub(crate) const ROWS: usize = 12;
/// The most numbers of a computed matrix that are printed.
const MATRIX: usize = 36;
/// The most signs side by side in a term with matrices of numbers.
pub(crate) const WIDE: usize = 92;
/// A side with matrices of numbers has at most this many times the signs of another one.
const NUMBERS: usize = 4;

/// Writes sides.
pub(crate) struct Notation<'d> {
    pub(crate) derivation: &'d Derivation,
    pub(crate) names: &'d Names,
    pub(crate) numbers: Option<&'d Numbers<Known>>,
    pub(crate) digits: usize,
    /// Decimals to which each computed number is rounded before it is used.
    pub(crate) round_each: Option<usize>,
    /// Whether as many sides of a line are in a row as fit.
    pub(crate) compact: bool,
    /// The sample that symbols are marked with: by its number, or by the letter of any sample.
    pub(crate) sample: Option<Option<usize>>,
    /// Start values, where nothing else has a number.
    pub(crate) start: Option<&'d Point>,
    /// Rows of a value that each sample has.
    pub(crate) batch: usize,
    /// Whether vectors are columns, because the specification writes products with them on the right.
    pub(crate) columns: bool,
    /// Whether the size of each array is below it.
    pub(crate) sized: bool,
}

impl Notation<'_> {
    /// A side; `None` where it is too long to read.
    pub(crate) fn side(&self, side: &Side) -> Option<Math> {
        match side.form {
            Form::Symbols => self.expression(&side.expression, false),
            Form::Sized => Notation { sized: true, ..*self }.expression(&side.expression, false),
            Form::Taken => self.expression(&self.taken(&side.expression)?, false),
            Form::Numbers => self.expression(&self.taken(&side.expression)?, true).filter(is_on_a_line),
            Form::Given => self.given(&side.expression, 0..usize::MAX),
            Form::GivenColumns(first, end) => self.given(&side.expression, first..end),
            Form::Value if !is_printed(side.expression.shape()) => None,
            Form::Value => {
                let value = self.values(&side.expression)?;
                self.array(&value)
            }
            Form::Terms => self.terms(&side.expression),
        }
    }

    /// The outermost sum with each term as one number.
    fn terms(&self, expression: &Expression) -> Option<Math> {
        let values = node_values(expression, self.derivation, self.numbers?, 0)?;
        if let Some(Node::Binary(Binary::Divide, above, below)) = expression.root() {
            let [above, below] = [above, below].map(|id| self.array(values.get(id.index())?));
            return Some(Math::fraction(above?, below?)).filter(is_short);
        }
        let mut row: Vec<Math> = Vec::new();
        for (negative, term) in expression.summands() {
            let value = self.number(values.get(term.index())?.scalar());
            if !row.is_empty() {
                row.push(if negative { Operator::Minus } else { Operator::Plus }.into());
            }
            row.push(value.at_least(Binding::Sum));
        }
        Some(Math::Row(row)).filter(is_short)
    }

    fn expression(&self, expression: &Expression, numbers: bool) -> Option<Math> {
        if expression.nodes().len() > OPERATIONS {
            return None;
        }
        if let [Node::Number(x)] = expression.nodes() {
            return Some(if numbers { self.computed(*x) } else { literal(*x) });
        }
        let mut pieces: Vec<Math> = Vec::with_capacity(expression.nodes().len());
        for (node, shape) in expression.shaped() {
            let piece = match self.node(expression, node, shape, &pieces, numbers) {
                Some(piece) => piece,
                // Of a large array only one element is read.
                None if numbers && expression.reads_element(NodeId::new(pieces.len())) => {
                    Operator::Ellipsis.into()
                }
                None => return None,
            };
            let large = numbers && piece.has_matrix() && piece.size() <= NUMBERS * SIZE;
            if !is_short(&piece) && !large {
                return None;
            }
            pieces.push(piece);
        }
        pieces.pop()
    }

    /// A node whose operands are among the pieces.
    fn node(
        &self,
        expression: &Expression,
        node: &Node,
        shape: Shape,
        pieces: &[Math],
        numbers: bool,
    ) -> Option<Math> {
        let at = |id: &NodeId| pieces.get(id.index());
        let all = |ids: &[NodeId]| ids.iter().map(|id| at(id).cloned()).collect::<Option<Vec<Math>>>();
        Some(match node {
            Node::Number(x) if *x == 0.5 && !numbers => Math::Number(Number::Half),
            Node::Number(x) => literal(*x),
            Node::Constant(_, x) if numbers => literal(*x),
            Node::Constant(id, _) => self.names.constant(*id).into(),
            Node::Quantity(quantity) => self.quantity(quantity, numbers)?,
            Node::Unary(op, x) => self.unary(*op, at(x)?),
            Node::Binary(op, a, b) => {
                let arrays = !has_letters(expression)
                    && [a, b].iter().all(|id| expression.shape_of(**id) != Shape::Scalar);
                binary(*op, at(a)?, at(b)?, arrays)
            }
            Node::Select(comparison, parts) => {
                let [left, right, then, otherwise] = parts.map(|id| at(&id));
                select(*comparison, [left?, right?, then?, otherwise?])
            }
            Node::Apply(f, arguments) => {
                let known =
                    self.names.logits.call(self.names, self.derivation, expression, (*f, arguments), pieces);
                match known {
                    Some(math) => math,
                    None => Math::call(self.names.function(*f).into(), all(arguments)?),
                }
            }
            Node::Array(ArrayOp::Element(index), of)
                if let Some(element) = self.element(expression, of, *index, numbers) =>
            {
                element
            }
            Node::Array(ArrayOp::Element(_) | ArrayOp::Cell(..), operands)
                if numbers && operands.iter().all(|id| expression.is_quantity(*id)) =>
            {
                let element = expression.clone().ending_at(Some(NodeId::new(pieces.len())));
                self.array(&self.values(&element)?)?
            }
            Node::Array(ArrayOp::Pack, cells) if let Shape::Matrix(_, columns) = shape => {
                Math::Matrix(all(cells)?.chunks(columns.max(1)).map(<[Math]>::to_vec).collect())
            }
            Node::Array(op, operands) => array_operation(*op, &all(operands)?, shape.count(), self.columns)?,
            // A divisor is one number.
            Node::Batch(Reduction::Sum, inner)
                if numbers
                    && inner.shape() == Shape::Scalar
                    && pieces.len() + 1 < expression.nodes().len() =>
            {
                let sum = expression.clone().ending_at(Some(NodeId::new(pieces.len())));
                self.array(&self.values(&sum)?)?
            }
            Node::Batch(reduction, inner) => self.over_batch(*reduction, inner, numbers)?,
            Node::Whole { up, of } => at(of)?.clone().fenced(if *up { Fence::Ceiling } else { Fence::Floor }),
        })
    }

    /// A number, rounded.
    fn number(&self, x: Known) -> Math {
        finite(x.value(), || decimal(x, self.digits))
    }

    /// A number that is computed apart from the equations, without what the last bits of a float add to it where
    /// those are not printed.
    fn computed(&self, x: f64) -> Math {
        let digits = self.round_each.unwrap_or(self.digits);
        let short = if digits + 1 < ALL_DIGITS { format!("{x:.14e}").parse().unwrap_or(x) } else { x };
        finite(x, || decimal(Known::from(short), digits))
    }

    /// The value of an expression: for a batch with a row for each sample, where it depends on the sample.
    fn values(&self, expression: &Expression) -> Option<Array<Known>> {
        let numbers = self.numbers?;
        let of = |sample| expression.evaluate(self.derivation, numbers, sample);
        if numbers.samples() == 1 || !expression.is_open(self.derivation) {
            return of(0);
        }
        let columns = expression.shape().count();
        let shape = Shape::Matrix(numbers.samples(), columns);
        if !is_printed(shape) {
            return None;
        }
        let rows = (0..numbers.samples()).map(of).collect::<Option<Vec<_>>>()?;
        let cells: Vec<Known> = rows.iter().flat_map(|row| row.iter().collect::<Vec<Known>>()).collect();
        Some(Array::from_row_major(shape, &cells))
    }

    /// The numbers of an array, where they are few.
    fn array(&self, value: &Array<Known>) -> Option<Math> {
        let columns = match value.shape() {
            Shape::Scalar => return Some(self.number(value.scalar())),
            Shape::Vector(n) | Shape::Matrix(_, n) => n,
        };
        if !is_printed(value.shape()) {
            return None;
        }
        let cells: Vec<Math> = value.iter().map(|x| self.number(x)).collect();
        let matrix = Math::Matrix(cells.chunks(columns.max(1)).map(<[Math]>::to_vec).collect());
        let is_vector = matches!(value.shape(), Shape::Vector(_));
        if is_vector && self.columns {
            return Some(matrix.transposed());
        }
        if matrix.width() <= WIDE {
            return Some(matrix);
        }
        let turned = matrix.transposed();
        let fits = turned.width() <= WIDE;
        fits.then(|| turned.raised(Operator::Transpose.into()))
    }

    fn quantity(&self, quantity: &Quantity, numbers: bool) -> Option<Math> {
        if numbers {
            let expression = Expression::quantity(self.derivation, quantity.clone());
            if !is_printed(expression.shape()) {
                return None;
            }
            return self.array(&self.values(&expression)?);
        }
        let math = match quantity {
            Quantity::Equation(id) => self.symbol(*id),
            Quantity::Count(count) => literal(count.of(self.derivation)? as f64),
            Quantity::Letter { math, .. } => math.as_ref().clone(),
            Quantity::Derivative { of, by, .. } => self.derivative(*of, *by),
            Quantity::OfSample { sample, value } => {
                Notation { sample: Some(*sample), sized: false, ..*self }.expression(value, false)?
            }
            Quantity::OfStep { value, .. } => self.expression(value, false)?,
            Quantity::Argument { name, .. } => self.names.argument(name).into(),
            Quantity::FunctionDerivative { function, parameter, arguments, .. } => {
                let name = self.names.function(*function);
                let arguments = arguments.iter().map(|argument| self.expression(argument, false));
                let arguments: Vec<Math> = arguments.collect::<Option<_>>()?;
                let function = match arguments.as_slice() {
                    [_] => name.marked(math::Mark::Prime).into(),
                    _ => Math::derivative(name, arguments.get(*parameter)?.clone()),
                };
                Math::call(function, arguments)
            }
        };
        Some(if self.sized { self.with_size(quantity, math) } else { math })
    }

    /// With rows and columns below it; a number has none.
    fn with_size(&self, quantity: &Quantity, math: Math) -> Math {
        let open = match quantity {
            Quantity::OfSample { .. } => false,
            Quantity::OfStep { .. }
            | Quantity::Equation(_)
            | Quantity::Derivative { .. }
            | Quantity::Count(_)
            | Quantity::Letter { .. }
            | Quantity::Argument { .. }
            | Quantity::FunctionDerivative { .. } => quantity.is_open(self.derivation),
        };
        let rows = if open { self.batch } else { 1 };
        let size = match Expression::quantity(self.derivation, quantity.clone()).shape() {
            Shape::Scalar if rows == 1 => return math,
            Shape::Scalar => Size { rows, columns: 1 },
            Shape::Vector(columns) if self.columns => Size { rows: columns, columns: rows },
            Shape::Vector(columns) => Size { rows, columns },
            Shape::Matrix(rows, columns) => Size { rows, columns },
        };
        Math::Sized(Box::new(math), size)
    }

    fn unary(&self, op: Unary, x: &Math) -> Math {
        let call = |name: Name| Math::call(name.into(), [x.clone()]);
        match op {
            Unary::Negate => x.negated(),
            Unary::Exp if self.names.exp_is_power => Math::from(Name::letter("e")).raised(x.clone()),
            Unary::Exp => call(Name::function("exp")),
            Unary::Ln => call(Name::function("ln")),
            Unary::Sqrt => Math::Root(Box::new(x.clone())),
            Unary::Tanh => call(Name::function("tanh")),
            Unary::Erf => call(Name::word("erf")),
            Unary::Floor => x.clone().fenced(Fence::Floor),
        }
    }

    fn over_batch(&self, reduction: Reduction, inner: &Expression, numbers: bool) -> Option<Math> {
        if numbers {
            return self.over_batch_in_numbers(reduction, inner);
        }
        let each = self.expression(inner, false)?;
        let sum = match (inner.root(), inner.shape()) {
            (Some(Node::Array(ArrayOp::TransposedProduct, _)), _) => each,
            (_, Shape::Vector(_)) if !inner.names_any_sample() => {
                let ones = operations::ones().raised(Operator::Transpose.into());
                let size = Size { rows: 1, columns: self.batch };
                let ones = if self.sized { Math::Sized(Box::new(ones), size) } else { ones };
                Math::infix(ones, Operator::Juxtaposed, each.at_least(Binding::Closed))
            }
            (_, Shape::Scalar | Shape::Vector(_) | Shape::Matrix(..)) => Math::Row(Math::sum_over(
                Math::Text(crate::phrases::BATCH),
                vec![each.at_least(Binding::Product)],
            )),
        };
        Some(match reduction {
            Reduction::Mean => {
                let one_of_batch = Math::fraction(Math::whole(1), Name::letter("m").into());
                Math::infix(one_of_batch, Operator::Juxtaposed, sum)
            }
            Reduction::Sum => sum,
        })
    }
}

impl Notation<'_> {
    /// A product over the rows of all samples in numbers. One sample is its own sum.
    fn over_batch_in_numbers(&self, reduction: Reduction, inner: &Expression) -> Option<Math> {
        let samples = self.numbers?.samples();
        let each = self.expression(inner, true)?;
        let sum = match (inner.root(), inner.shape()) {
            (Some(Node::Array(ArrayOp::TransposedProduct, _)), _) => each,
            (_, Shape::Vector(_)) if samples == 1 => each,
            (_, Shape::Vector(_)) => {
                let ones = Math::Matrix(vec![vec![Math::whole(1); samples]]);
                Math::infix(ones, Operator::Juxtaposed, each.at_least(Binding::Closed))
            }
            (_, Shape::Scalar | Shape::Matrix(..)) => return None,
        };
        let one_of_batch = || Math::fraction(Math::whole(1), Math::whole(samples));
        Some(match reduction {
            Reduction::Mean if samples > 1 => {
                Math::infix(one_of_batch(), Operator::Juxtaposed, sum.at_least(Binding::Product))
            }
            Reduction::Mean | Reduction::Sum => sum,
        })
    }
}

/// Whether each term of a side with matrices of numbers fits on a line.
fn is_on_a_line(math: &Math) -> bool {
    !math.has_matrix() || math.terms().iter().all(|(_, term)| term.width() <= WIDE)
}

/// A number of the specification, all of it.
fn literal(x: f64) -> Math {
    finite(x, || in_full(x))
}

fn finite(x: f64, decimal: impl FnOnce() -> decimal::Decimal) -> Math {
    Math::Number(if x.is_nan() {
        Number::Undefined
    } else if x.is_infinite() {
        Number::Infinite { negative: x < 0.0 }
    } else {
        Number::Decimal(decimal())
    })
}

/// Whether an array of these sizes is printed in numbers.
pub(crate) fn is_printed(shape: Shape) -> bool {
    match shape {
        Shape::Scalar => true,
        Shape::Vector(n) => (1..=ROWS).contains(&n),
        Shape::Matrix(rows, columns) => {
            (1..=ROWS).contains(&columns) && (1..=ROWS).contains(&rows) && rows * columns <= MATRIX
        }
    }
}

/// Whether an expression is about letters with an index: elements, not arrays.
fn has_letters(expression: &Expression) -> bool {
    expression.nodes().iter().any(|node| matches!(node, Node::Quantity(Quantity::Letter { .. })))
}

/// Whether it is short enough to be read.
fn is_short(math: &Math) -> bool {
    math.size() <= SIZE
}
