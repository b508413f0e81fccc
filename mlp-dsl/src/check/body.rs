//! The bodies of functions of one formula.

use super::{
    Meaning, Scope,
    function::{Callee, Functions},
    scope::closest,
};
use crate::{
    diagnostic::Diagnostics,
    ir::{
        builder::Builder,
        formula::{Formula, Select, Term, TermId},
        scalar::{Binary, Unary},
    },
    problems,
    syntax::ast::{self, Expression, ExpressionKind},
};

/// Turns the body of a function into a formula over its parameters.
pub(super) struct Reading<'r> {
    /// The name of the function itself.
    pub(super) own: &'r str,
    pub(super) functions: &'r Functions,
    pub(super) scope: &'r Scope,
    pub(super) found: &'r mut Diagnostics,
    /// The parameters; leaf k of the formula is the k-th.
    pub(super) names: Vec<&'r str>,
}

impl Reading<'_> {
    pub(super) fn formula(&mut self, expression: &Expression) -> Option<Formula> {
        let mut b = Builder::new();
        let root = self.term(&mut b, expression)?;
        Some(b.finish(root))
    }

    fn term(&mut self, b: &mut Builder, expression: &Expression) -> Option<TermId> {
        let term = match &expression.kind {
            ExpressionKind::Mistake => return None,
            ExpressionKind::Number(number) => Term::Number(*number),
            ExpressionKind::Name(name) => match self.names.iter().position(|n| *n == name.text) {
                Some(index) => Term::Leaf(index as u32),
                None => match self.scope.resolve(name, self.found)? {
                    Meaning::Constant(id, value) => Term::Constant(id, value),
                    Meaning::Value(_) | Meaning::Mistake => return None,
                },
            },
            ExpressionKind::Negative(inner) => {
                let inner = self.term(b, inner)?;
                Term::Unary(Unary::Negate, inner)
            }
            ExpressionKind::Power(base, exponent) => {
                let (base, exponent) = (self.term(b, base), self.term(b, exponent));
                Term::Binary(Binary::Power, base?, exponent?)
            }
            ExpressionKind::Chain(first, rest) => {
                let mut left = self.term(b, first);
                for (operator, operand) in rest {
                    let right = self.term(b, operand);
                    left = match (left, right, Binary::of(*operator)) {
                        (Some(l), Some(r), Some(op)) => Some(b.written(Term::Binary(op, l, r))),
                        _ => None,
                    };
                }
                return left;
            }
            ExpressionKind::If(condition, then, otherwise) => {
                let (left, comparison, right) = &**condition;
                let (left, right) = (self.term(b, left), self.term(b, right));
                let (then, otherwise) = (self.term(b, then), self.term(b, otherwise));
                Term::Select(Select {
                    comparison: *comparison,
                    left: left?,
                    right: right?,
                    then: then?,
                    otherwise: otherwise?,
                })
            }
            ExpressionKind::Call(call) => self.call(b, call)?,
        };
        Some(b.written(term))
    }

    fn call(&mut self, b: &mut Builder, call: &ast::Call) -> Option<Term> {
        for (name, _) in &call.arguments {
            if let Some(name) = name {
                self.found.push(problems::named_argument(name));
            }
        }
        let arguments: Vec<Option<TermId>> = call.arguments.iter().map(|(_, a)| self.term(b, a)).collect();
        let Some(callee) = self.functions.find(&call.name.text) else {
            if self.functions.is_broken(&call.name.text) {
                return None;
            }
            if call.name.text == self.own {
                self.found.push(problems::function_calls_itself(&call.name));
                return None;
            }
            let close = closest(&call.name.text, self.functions.names().into_iter());
            self.found.push(problems::unknown_function(&call.name, close));
            return None;
        };
        let arguments: Vec<TermId> = arguments.into_iter().collect::<Option<_>>()?;
        if arguments.len() != callee.parameters() {
            self.found.push(problems::argument_count(call, callee.parameters()));
            return None;
        }
        match callee {
            Callee::Primitive(op) => Some(Term::Unary(op, *arguments.first()?)),
            Callee::Pointwise(id, _) => Some(Term::Apply(id, arguments)),
            Callee::Dense | Callee::Sum | Callee::Count | Callee::Array(..) => None,
        }
    }
}
