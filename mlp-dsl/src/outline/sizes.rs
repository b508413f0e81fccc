//! Sizes and numbers of formulas, as far as literals, constants and declared values determine them.

use std::collections::HashMap;

use crate::{
    formula::operator::Operator,
    span::Span,
    syntax::ast::{Expression, ExpressionKind},
};

use super::Sizes;

/// The values declared so far.
#[derive(Default)]
pub(super) struct Values<'a> {
    pub(super) constants: HashMap<&'a str, f64>,
    /// The sizes of each name, `None` where unknown.
    pub(super) known: HashMap<&'a str, Option<Sizes>>,
}

impl Values<'_> {
    /// The number of a formula of literals and constants.
    pub(super) fn number(&self, formula: &Expression) -> Option<f64> {
        match &formula.kind {
            ExpressionKind::Number(number) => Some(*number),
            ExpressionKind::Name(name) => self.constants.get(name.text.as_str()).copied(),
            ExpressionKind::Negative(inner) => self.number(inner).map(|number| -number),
            ExpressionKind::Chain(first, rest) => {
                rest.iter().try_fold(self.number(first)?, |left, (operator, right)| {
                    let right = self.number(right)?;
                    match operator {
                        Operator::Add => Some(left + right),
                        Operator::Subtract => Some(left - right),
                        Operator::Multiply => Some(left * right),
                        Operator::Divide => Some(left / right),
                        Operator::Product => None,
                    }
                })
            }
            ExpressionKind::Call(_)
            | ExpressionKind::Power(..)
            | ExpressionKind::Let(..)
            | ExpressionKind::If(..)
            | ExpressionKind::Mistake => None,
        }
    }

    /// The sizes that a declaration writes.
    pub(super) fn sizes(&self, shape: Option<&(Vec<Expression>, Span)>) -> Sizes {
        shape.into_iter().flat_map(|(sizes, _)| sizes).map(|size| self.whole(size)).collect()
    }

    /// A size, from 1 to 10⁸, of literals and constants.
    pub(super) fn whole(&self, size: &Expression) -> Option<usize> {
        let size = self.number(size)?;
        ((1.0..1e8).contains(&size) && size.fract() == 0.0).then_some(size as usize)
    }

    /// The sizes of a formula's value, as far as its first operand that is not a scalar determines them.
    pub(super) fn shape(&self, formula: &Expression) -> Option<Sizes> {
        match &formula.kind {
            ExpressionKind::Number(_) => Some(Sizes::new()),
            ExpressionKind::Name(name) if self.constants.contains_key(name.text.as_str()) => {
                Some(Sizes::new())
            }
            ExpressionKind::Name(name) => self.known.get(name.text.as_str()).cloned().flatten(),
            ExpressionKind::Call(call) => match call.name.text.as_str() {
                "dense" | "linear" => None,
                "sum" | "count" => Some(Sizes::new()),
                "concat" => {
                    let parts = call.arguments.iter().map(|(_, part)| self.shape(part));
                    let lengths = parts.map(|sizes| match sizes?.as_slice() {
                        [] => Some(1),
                        [length] => *length,
                        _ => None,
                    });
                    Some(vec![lengths.sum()])
                }
                _ => call.arguments.first().and_then(|(_, first)| self.shape(first)),
            },
            ExpressionKind::Negative(inner) | ExpressionKind::Power(inner, _) => self.shape(inner),
            ExpressionKind::Let(_, body) => self.shape(body),
            ExpressionKind::If(_, then, _) => self.shape(then),
            ExpressionKind::Chain(first, rest) => {
                rest.iter().try_fold(self.shape(first)?, |left, (operator, right)| {
                    let right = self.shape(right)?;
                    Some(match (operator, left.as_slice(), right.as_slice()) {
                        (Operator::Product, [_], [_]) => Sizes::new(),
                        (Operator::Product, [_], [_, columns]) => vec![*columns],
                        (Operator::Product, [rows, _], [_]) => vec![*rows],
                        (_, [], _) => right,
                        _ => left,
                    })
                })
            }
            ExpressionKind::Mistake => None,
        }
    }
}
