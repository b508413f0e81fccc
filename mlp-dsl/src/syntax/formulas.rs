//! Formulas, from pest's pairs to the syntax tree.

use pest::iterators::Pairs;

use super::{
    ast::*,
    build::{Builder, NextIf, P},
    grammar::Rule,
};
use crate::{problems, span::Span};

impl Builder<'_> {
    pub(super) fn expression(&mut self, pair: P<'_>) -> Option<Expression> {
        let span = self.span_of(&pair);
        let rule = pair.as_rule();
        let text = pair.as_str();
        let mut inner = pair.into_inner();
        let kind = match rule {
            Rule::number => self.number(text, span),
            Rule::expression | Rule::primary => return self.inner_expression(inner.next()?),
            Rule::sum | Rule::product => {
                let first = self.expression(inner.next()?)?;
                let mut rest = Vec::new();
                while let (Some(operator), Some(operand)) = (inner.next(), inner.next()) {
                    rest.push((operator_of(operator.as_str()), self.expression(operand)?));
                }
                if rest.is_empty() {
                    return Some(first);
                }
                ExpressionKind::Chain(Box::new(first), rest)
            }
            Rule::signed => return self.signed(inner, span),
            Rule::power => {
                let base = self.expression(inner.next()?)?;
                let Some(exponent) = inner.next() else { return Some(base) };
                ExpressionKind::Power(Box::new(base), Box::new(self.expression(exponent)?))
            }
            Rule::conditional => {
                inner.next_if(Rule::kw_if);
                let mut condition = inner.next()?.into_inner();
                let left = self.expression(condition.next()?)?;
                let comparison = comparison_of(condition.next()?.as_str());
                let right = self.expression(condition.next()?)?;
                inner.next_if(Rule::kw_then);
                let then = self.expression(inner.next()?)?;
                inner.next_if(Rule::kw_else);
                let otherwise = self.expression(inner.next()?)?;
                let condition = Box::new((left, comparison, right));
                ExpressionKind::If(condition, Box::new(then), Box::new(otherwise))
            }
            Rule::binding => {
                inner.next_if(Rule::kw_let);
                let mut bound = Vec::new();
                while let Some(pair) = inner.next_if(Rule::bound) {
                    let mut inner = pair.into_inner();
                    bound.push((self.name(inner.next()?), self.expression(inner.next()?)?));
                }
                inner.next_if(Rule::kw_in);
                ExpressionKind::Let(bound, Box::new(self.expression(inner.next()?)?))
            }
            _ => return None,
        };
        Some(Expression { kind, span })
    }

    fn inner_expression(&mut self, pair: P<'_>) -> Option<Expression> {
        let span = self.span_of(&pair);
        let kind = match pair.as_rule() {
            Rule::name => ExpressionKind::Name(self.name(pair)),
            Rule::call => ExpressionKind::Call(self.call(pair)?),
            _ => return self.expression(pair),
        };
        Some(Expression { kind, span })
    }

    /// An even number of minus signs is none: a chain of them stays flat.
    fn signed(&mut self, inner: Pairs<'_, Rule>, span: Span) -> Option<Expression> {
        let mut negative = false;
        for pair in inner {
            if pair.as_rule() == Rule::minus {
                negative = !negative;
                continue;
            }
            let operand = self.expression(pair)?;
            if !negative {
                return Some(operand);
            }
            return Some(Expression { kind: ExpressionKind::Negative(Box::new(operand)), span });
        }
        None
    }

    fn number(&mut self, text: &str, span: Span) -> ExpressionKind {
        let digits: String = text.chars().filter(|c| *c != '_').collect();
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => ExpressionKind::Number(number),
            _ => {
                self.diagnostics.push(problems::number_too_large(text, span));
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
