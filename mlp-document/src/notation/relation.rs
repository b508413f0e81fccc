//! Whether two sides that follow one another are equal as they are printed, or only nearly, because digits were dropped.

use mlp_dsl::{formula::scalar::Binary, model::Reduction, shape::Shape};
use mlp_eval::Array;

use crate::{
    content::{Form, Line, Side},
    expression::{
        Expression, Node, NodeId, Quantity,
        evaluate::{Numbers, node_values, nodes_from},
    },
    known::Known,
    phrases,
};

use super::{
    Notation,
    decimal::decimal,
    math::{Math, Operator},
};

/// What a side says to a reader who computes with it.
enum Said {
    /// It is in symbols.
    Symbols,
    /// The value of its printed digits, where that is a decimal, and whether no digit was dropped.
    Numbers(Option<Vec<Known>>, bool),
}

impl Notation<'_> {
    /// The sides that are short enough to print, each with the sign before it. Neighbours that look the same are one.
    pub(crate) fn chain(&self, line: &Line) -> Vec<(Operator, Math)> {
        self.printed_sides(line).into_iter().map(|(sign, math, _)| (sign, math)).collect()
    }

    /// The same, with the sides themselves.
    pub(crate) fn printed_sides<'l>(&self, line: &'l Line) -> Vec<(Operator, Math, &'l Side)> {
        let mut chain: Vec<(Operator, Math, &Side)> = Vec::new();
        let mut before = None;
        for side in &line.sides {
            let Some(math) = self.side(side) else { continue };
            let said = self.said(side);
            if chain.last().is_some_and(|(_, last, _)| *last == math) {
                continue;
            }
            let sign = before.as_ref().map_or(Operator::Equal, |before| sign(before, &said));
            chain.push((sign, math, side));
            before = Some(said);
        }
        if let Some((_, last, _)) = chain.last_mut() {
            let mut reasons = self.reasons(line).into_iter();
            if let Some(first) = reasons.next() {
                let mut row = vec![last.clone(), Math::Text(phrases::SINCE), first];
                row.extend(reasons.flat_map(|reason| [Math::Text(phrases::AND), reason]));
                *last = Math::Row(row);
            }
        }
        chain
    }

    fn said(&self, side: &Side) -> Said {
        let expression = &side.expression;
        let value = || self.values(expression);
        match side.form {
            Form::Symbols | Form::Sized | Form::Taken => Said::Symbols,
            Form::Given | Form::GivenColumns(..) => {
                self.corners(expression).map_or(Said::Numbers(None, false), |corners| {
                    let value = Array::vector(corners.numbers().collect());
                    let read = self.read(&value);
                    let exact = read.as_ref().is_some_and(|read| same(read, &value));
                    Said::Numbers(read.map(|read| read.iter().collect()), exact)
                })
            }
            Form::Value => value().map_or(Said::Numbers(None, false), |value| {
                let read = self.read(&value);
                let exact = read.as_ref().is_some_and(|read| same(read, &value));
                Said::Numbers(read.map(|read| read.iter().collect()), exact)
            }),
            Form::Terms => Said::Numbers(self.sum_of_terms(expression).map(|sum| vec![sum]), false),
            Form::Numbers => {
                let read = self.read_back(expression);
                Said::Numbers(read, self.in_full(expression))
            }
        }
    }

    /// The printed digits of numbers as numbers; none where some cannot be read as decimals.
    pub(super) fn read(&self, value: &Array<Known>) -> Option<Array<Known>> {
        let digits = value.iter().map(|x| decimal(x, self.digits).read().map(Known::decimal));
        Some(Array::from_row_major(value.shape(), &digits.collect::<Option<Vec<Known>>>()?))
    }

    /// The value of an expression for the printed digits of its quantities, for each sample that it has a row for.
    fn read_back(&self, expression: &Expression) -> Option<Vec<Known>> {
        let mut cells = Vec::new();
        for sample in 0..self.rows_of(expression) {
            cells.extend(self.read_back_at(expression, sample)?.iter());
        }
        Some(cells)
    }

    fn read_back_at(&self, expression: &Expression, sample: usize) -> Option<Array<Known>> {
        let numbers = self.numbers?;
        let digits = |quantity: &Quantity| self.read(&quantity.evaluate(self.derivation, numbers, sample)?);
        let batch = |reduction: Reduction, inner: &Expression| {
            let each = (0..numbers.samples()).map(|sample| self.read_back_at(inner, sample));
            let sum = each.reduce(|sum, each| Some(sum?.plus(&each?)))??;
            let count = Known::from(numbers.samples() as f64);
            Some(match reduction {
                Reduction::Mean => sum.map(|x| x / count),
                Reduction::Sum => sum,
            })
        };
        nodes_from(expression, self.derivation, &digits, &batch)?.pop()
    }

    /// For how many samples it has a row.
    fn rows_of(&self, expression: &Expression) -> usize {
        let samples = self.numbers.map_or(1, Numbers::samples);
        if samples > 1 && expression.is_open(self.derivation) { samples } else { 1 }
    }

    /// Whether all digits of each quantity are printed.
    fn in_full(&self, expression: &Expression) -> bool {
        let Some(numbers) = self.numbers else { return false };
        let all = |quantity: &Quantity, sample: usize| {
            let value = quantity.evaluate(self.derivation, numbers, sample);
            let pair = value.and_then(|value| Some((self.read(&value)?, value)));
            pair.is_some_and(|(read, value)| same(&read, &value))
        };
        expression.nodes().iter().all(|node| match node {
            Node::Quantity(quantity) => {
                let open = quantity.is_open(self.derivation);
                let samples = if open { numbers.samples() } else { 1 };
                (0..samples).all(|sample| all(quantity, sample))
            }
            Node::Batch(_, inner) => self.in_full(inner),
            Node::Number(_)
            | Node::Constant(..)
            | Node::Unary(..)
            | Node::Binary(..)
            | Node::Select(..)
            | Node::Apply(..)
            | Node::Array(..)
            | Node::Whole { .. } => true,
        })
    }

    /// The sum of the terms as they are printed.
    fn sum_of_terms(&self, expression: &Expression) -> Option<Known> {
        let values = node_values(expression, self.derivation, self.numbers?, 0)?;
        if let Some(Node::Binary(Binary::Divide, above, below)) = expression.root() {
            let read = |id: &NodeId| {
                let value = values.get(id.index()).filter(|value| value.shape() == Shape::Scalar)?.scalar();
                Some(Known::decimal(decimal(value, self.digits).read()?))
            };
            return Some(read(above)? / read(below)?);
        }
        let mut sum = Known::from(0.0);
        for (negative, term) in expression.summands() {
            let term = Known::decimal(decimal(values.get(term.index())?.scalar(), self.digits).read()?);
            sum = if negative { sum - term } else { sum + term };
        }
        Some(sum)
    }
}

fn sign(before: &Said, after: &Said) -> Operator {
    let equal = match (before, after) {
        (Said::Symbols | Said::Numbers(..), Said::Symbols) => true,
        (Said::Symbols, Said::Numbers(_, exact)) => *exact,
        (Said::Numbers(Some(a), _), Said::Numbers(Some(b), _)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(*a, *b))
        }
        (Said::Numbers(..), Said::Numbers(..)) => false,
    };
    if equal { Operator::Equal } else { Operator::Approximately }
}

fn is_same(a: Known, b: Known) -> bool {
    a.exact().is_some() && a.exact() == b.exact()
}

/// Whether all numbers are decimals, and the same ones.
pub(super) fn same(a: &Array<Known>, b: &Array<Known>) -> bool {
    a.shape().count() == b.shape().count() && a.iter().zip(b.iter()).all(|(a, b)| is_same(a, b))
}
