//! Turns pest's pairs into formulas of the syntax tree.

use crate::formula::operator::{Comparison, Operator};
use pest::iterators::Pairs;

use super::{
    ast::*,
    build::{Builder, NextIf, P},
    grammar::Rule,
};
use crate::{span::Span, syntax::errors};

/// A formula, and its span including parentheses.
type Placed = Option<(Expression, Span)>;

impl Builder<'_> {
    pub(super) fn expression(&mut self, pair: P<'_>) -> Option<Expression> {
        let span = self.span_of(&pair);
        let mut inner = pair.into_inner();
        let kind = if let Some(pair) = inner.next_if(Rule::conditional) {
            self.conditional(pair.into_inner())?
        } else if let Some(pair) = inner.next_if(Rule::binding) {
            self.binding(pair.into_inner())?
        } else {
            return Some(self.sum(&mut inner)?.0);
        };
        Some(Expression { kind, span })
    }

    fn conditional(&mut self, mut inner: Pairs<'_, Rule>) -> Option<ExpressionKind> {
        inner.next_if(Rule::kw_if);
        let mut condition = inner.next()?.into_inner();
        let (left, _) = self.sum(&mut condition)?;
        let comparison = comparison_of(condition.next()?.as_str());
        let (right, _) = self.sum(&mut condition)?;
        inner.next_if(Rule::kw_then);
        let then = self.expression(inner.next()?)?;
        inner.next_if(Rule::kw_else);
        let otherwise = self.expression(inner.next()?)?;
        let condition = Box::new((left, comparison, right));
        Some(ExpressionKind::If(condition, Box::new(then), Box::new(otherwise)))
    }

    fn binding(&mut self, mut inner: Pairs<'_, Rule>) -> Option<ExpressionKind> {
        inner.next_if(Rule::kw_let);
        let mut bound = Vec::new();
        while let Some(pair) = inner.next_if(Rule::bound) {
            let mut inner = pair.into_inner();
            bound.push((self.name(inner.next()?), self.expression(inner.next()?)?));
        }
        inner.next_if(Rule::kw_in);
        Some(ExpressionKind::Let(bound, Box::new(self.expression(inner.next()?)?)))
    }

    fn sum(&mut self, pairs: &mut Pairs<'_, Rule>) -> Placed {
        let first = self.product(pairs)?;
        self.chain(first, pairs, Rule::sum_operator, Self::product)
    }

    fn product(&mut self, pairs: &mut Pairs<'_, Rule>) -> Placed {
        let first = self.signed(pairs)?;
        self.chain(first, pairs, Rule::product_operator, Self::signed)
    }

    /// The operands of a chain of operators of one level.
    fn chain(
        &mut self,
        (first, mut span): (Expression, Span),
        pairs: &mut Pairs<'_, Rule>,
        operator: Rule,
        operand: impl Fn(&mut Self, &mut Pairs<'_, Rule>) -> Placed,
    ) -> Placed {
        let mut rest = Vec::new();
        while let Some(sign) = pairs.next_if(operator) {
            let (right, place) = operand(self, pairs)?;
            rest.push((operator_of(sign.as_str()), right));
            span = span.to(place);
        }
        if rest.is_empty() {
            return Some((first, span));
        }
        Some((Expression { kind: ExpressionKind::Chain(Box::new(first), rest), span }, span))
    }

    /// An even number of minus signs cancels, so a chain of them stays flat.
    fn signed(&mut self, pairs: &mut Pairs<'_, Rule>) -> Placed {
        let start = self.span_of(&pairs.peek()?);
        let mut negative = false;
        while pairs.next_if(Rule::minus).is_some() {
            negative = !negative;
        }
        let power = pairs.next()?;
        let span = start.to(self.span_of(&power));
        let operand = self.power(power)?;
        if !negative {
            return Some((operand, span));
        }
        Some((Expression { kind: ExpressionKind::Negative(Box::new(operand)), span }, span))
    }

    fn power(&mut self, pair: P<'_>) -> Option<Expression> {
        let span = self.span_of(&pair);
        let mut inner = pair.into_inner();
        let base = self.primary(inner.next()?)?;
        if inner.peek().is_none() {
            return Some(base);
        }
        let (exponent, _) = self.signed(&mut inner)?;
        Some(Expression { kind: ExpressionKind::Power(Box::new(base), Box::new(exponent)), span })
    }

    fn primary(&mut self, pair: P<'_>) -> Option<Expression> {
        let span = self.span_of(&pair);
        let kind = match pair.as_rule() {
            Rule::number => self.number(pair.as_str(), span),
            Rule::name => ExpressionKind::Name(self.name(pair)),
            Rule::call => ExpressionKind::Call(self.call(pair)?),
            _ => return self.expression(pair), // in parentheses
        };
        Some(Expression { kind, span })
    }

    fn number(&mut self, text: &str, span: Span) -> ExpressionKind {
        let digits: String = text.chars().filter(|c| *c != '_').collect();
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => ExpressionKind::Number(number),
            _ => {
                self.diagnostics.push(errors::number_too_large(text, span));
                ExpressionKind::Mistake
            }
        }
    }

    pub(super) fn call(&mut self, pair: P<'_>) -> Option<Call> {
        let span = self.span_of(&pair);
        let mut inner = pair.into_inner();
        let name = self.name(inner.next()?);
        let argument = |argument: P<'_>| {
            let mut inner = argument.into_inner();
            let name = inner.next_if(Rule::name).map(|name| self.name(name));
            Some((name, self.expression(inner.next()?)?))
        };
        Some(Call { name, arguments: inner.filter_map(argument).collect(), span })
    }
}

fn operator_of(text: &str) -> Operator {
    match text {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        _ => Operator::Product,
    }
}

fn comparison_of(text: &str) -> Comparison {
    match text {
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        "==" => Comparison::Equal,
        _ => Comparison::NotEqual,
    }
}
