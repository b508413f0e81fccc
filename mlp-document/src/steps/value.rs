//! Values as nested lists of bounded length.

use std::borrow::Cow;

use mlp_dsl::shape::Shape;
use mlp_eval::Array;
use serde::Serialize;

use crate::{Document, Expression, Node, Quantity, known::Known};

use super::Key;

/// Arrays with more numbers than this are given by a corner.
const NUMBERS: usize = 144;
/// Rows and columns of the corner.
const CORNER: usize = 3;
/// Values that are computed here have at most as many numbers.
const COMPUTED: usize = 100_000;

/// A number, nested lists of numbers, or the corner of a large array.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    /// A finite number.
    Number(f64),
    /// A number that JSON does not have.
    Word(&'static str),
    /// A row, or rows.
    List(Vec<Value>),
    /// The first numbers of a large array.
    Corner {
        /// The sizes of the whole.
        shape: Vec<usize>,
        /// The first rows and columns.
        corner: Box<Value>,
        /// How many numbers are left out.
        left_out: usize,
    },
}

impl Value {
    fn number(x: f64) -> Self {
        match x {
            x if x.is_nan() => Value::Word("NaN"),
            f64::INFINITY => Value::Word("Infinity"),
            f64::NEG_INFINITY => Value::Word("-Infinity"),
            // There is no −0 on a page.
            x => Value::Number(x + 0.0),
        }
    }
}

/// The value of an expression: with an outer list over the samples where each has one.
pub(crate) fn of_expression(document: &Document, expression: &Expression) -> Option<Value> {
    let numbers = document.numbers.as_ref()?;
    let derivation = document.derivation();
    let several = numbers.samples() > 1 && expression.is_open(derivation);
    let samples = if several { numbers.samples() } else { 1 };
    let arrays: Option<Vec<Cow<'_, Array<Known>>>> = match expression.nodes() {
        [Node::Quantity(Quantity::Equation(id))] => {
            (0..samples).map(|sample| numbers.value(*id, sample).map(Cow::Borrowed)).collect()
        }
        _ => {
            let size = expression.shaped().map(|(_, shape)| shape.count()).fold(0, usize::saturating_add);
            if size.saturating_mul(samples) > COMPUTED {
                return None;
            }
            (0..samples)
                .map(|sample| expression.evaluate(derivation, numbers, sample).map(Cow::Owned))
                .collect()
        }
    };
    let arrays = arrays?;
    let shape = arrays.first()?.shape();
    let (rows, columns) = match shape {
        Shape::Scalar => (None, None),
        Shape::Vector(n) => (None, Some(n)),
        Shape::Matrix(rows, columns) => (Some(rows), Some(columns)),
    };
    let sizes: Vec<usize> = [several.then_some(samples), rows, columns].into_iter().flatten().collect();
    Some(nested(&sizes, &|place| {
        let (sample, place) = match place.split_first() {
            Some((sample, place)) if several => (*sample, place),
            Some(_) | None => (0, place),
        };
        let (row, column) = match place {
            [row, column] => (*row, *column),
            [column] => (0, *column),
            _ => (0, 0),
        };
        arrays.get(sample).map_or(f64::NAN, |array| array.at(row, column).value())
    }))
}

/// The value of a given symbol.
pub(crate) fn given_value(document: &Document, key: &Key) -> Option<Value> {
    match key {
        Key::Equation(id) => of_expression(document, &Expression::symbol(document.derivation(), *id)),
        Key::Constant(index) => {
            let constant = document.derivation().header.constants.get(*index as usize);
            constant.map(|(_, value)| Value::number(*value))
        }
        Key::Derivative { .. }
        | Key::Function(_)
        | Key::FunctionDerivative(..)
        | Key::OfSample(..)
        | Key::OfStep(..) => None,
    }
}

fn nested(sizes: &[usize], at: &dyn Fn(&[usize]) -> f64) -> Value {
    let count = |sizes: &[usize]| sizes.iter().fold(1, |count: usize, size| count.saturating_mul(*size));
    let all = count(sizes);
    if all <= NUMBERS {
        return list(sizes, &mut Vec::new(), at);
    }
    let few: Vec<usize> = sizes.iter().map(|size| (*size).min(CORNER)).collect();
    let corner = Box::new(list(&few, &mut Vec::new(), at));
    Value::Corner { shape: sizes.to_vec(), corner, left_out: all - count(&few) }
}

fn list(sizes: &[usize], place: &mut Vec<usize>, at: &dyn Fn(&[usize]) -> f64) -> Value {
    let Some((size, rest)) = sizes.split_first() else { return Value::number(at(place)) };
    let mut values = Vec::with_capacity(*size);
    for index in 0..*size {
        place.push(index);
        values.push(list(rest, place, at));
        place.pop();
    }
    Value::List(values)
}
