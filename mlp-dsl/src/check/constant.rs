//! Evaluates formulas of literals and constants at compile time.

use super::{Checker, Meaning, Scope, power::power};

use crate::{
    check::errors,
    diagnostic::Diagnostics,
    formula::operator::Operator,
    span::Span,
    syntax::{
        ast::{Expression, ExpressionKind},
        words,
    },
};

/// The value of a formula of numbers and constants; other operands are reported.
pub(super) fn value(expression: &Expression, scope: &Scope, found: &mut Diagnostics) -> Option<f64> {
    match &expression.kind {
        ExpressionKind::Number(number) => Some(*number),
        ExpressionKind::Negative(inner) => Some(-value(inner, scope, found)?),
        ExpressionKind::Power(base, exponent) => {
            let (base, exponent) = (value(base, scope, found)?, value(exponent, scope, found)?);
            Some(power(base, exponent))
        }
        ExpressionKind::Chain(first, rest) => {
            let mut total = value(first, scope, found)?;
            for (operator, operand) in rest {
                let right = value(operand, scope, found)?;
                total = match operator {
                    Operator::Add => total + right,
                    Operator::Subtract => total - right,
                    Operator::Multiply => total * right,
                    Operator::Divide => total / right,
                    Operator::Product => {
                        found.push(errors::not_a_number(operand.span));
                        return None;
                    }
                };
            }
            Some(total)
        }
        ExpressionKind::Name(name) => match scope.resolve(name, found)? {
            Meaning::Constant(_, value) => Some(value),
            Meaning::Mistake => None,
            Meaning::Value(_) => {
                found.push(errors::not_a_number(expression.span));
                None
            }
        },
        ExpressionKind::Call(call) => {
            let initializer = words::INITIALIZERS.iter().any(|known| known.text == call.name.text);
            found.push(if initializer {
                errors::drawn_is_no_number(call)
            } else {
                errors::not_a_number(expression.span)
            });
            None
        }
        ExpressionKind::If(..) | ExpressionKind::Let(..) => {
            found.push(errors::not_a_number(expression.span));
            None
        }
        ExpressionKind::Mistake => None,
    }
}

impl Checker<'_> {
    /// The finite value of a formula of numbers and constants.
    pub(super) fn number_of(&mut self, expression: &Expression) -> Option<f64> {
        let value = value(expression, &self.scope, self.found)?;
        if !value.is_finite() {
            self.found.push(errors::not_finite(expression.span));
            return None;
        }
        self.fits(value, expression.span);
        Some(value)
    }

    /// Reports a number that is infinite in the network's number type.
    pub(super) fn fits(&mut self, value: f64, span: Span) {
        if self.single && (value as f32).is_infinite() {
            self.found.push(errors::beyond_single(value, span));
        }
    }

    /// A whole number between `least` and `most`.
    pub(super) fn whole(
        &mut self,
        expression: &Expression,
        what: &str,
        least: u64,
        most: u64,
    ) -> Option<u64> {
        let value = self.number_of(expression)?;
        if value.fract() != 0.0 || value < least as f64 || value > most as f64 {
            self.found.push(errors::not_whole(what, value, least, most, expression.span));
            return None;
        }
        Some(value as u64)
    }
}
