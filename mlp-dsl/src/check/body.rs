//! Turns the bodies of pointwise functions into formulas: value, stated derivative, partial derivatives.

use super::{
    Meaning, Scope,
    arguments::{Argument, arrange},
    function::{Callee, Functions},
};

use crate::{
    check::errors,
    diagnostic::Diagnostics,
    formula::{
        Formula, Select, Term, TermId,
        builder::Builder,
        evaluate::evaluate_formula,
        partials::partials,
        scalar::{Binary, Function, Unary},
    },
    limits,
    number::Arithmetic,
    syntax::ast::{self, Expression, ExpressionKind},
};

/// The formulas of a pointwise function: body, stated derivative, partial derivatives.
pub(super) fn function(
    function: &ast::Function,
    functions: &Functions,
    scope: &Scope,
    found: &mut Diagnostics,
    prelude: bool,
) -> Option<Function> {
    let mut names: Vec<&str> = function.parameters.iter().map(|p| p.name.text.as_str()).collect();
    let count = names.len() as u32;
    let own = function.name.text.as_str();
    let mut reading = Reading { own, functions, scope, found, names: names.clone(), bound: Vec::new() };
    let body = reading.formula(&function.body);
    let textbook = function.textbook.as_ref().map(|form| reading.formula(form));
    names.push("y");
    if !function.derivative.is_empty() && count != 1 {
        reading.found.push(errors::derivative_of_many(&function.name));
        return None;
    }
    reading.names = names;
    let stated: Vec<Option<Formula>> = function.derivative.iter().map(|form| reading.formula(form)).collect();
    let body = body?;
    let textbook = textbook.map_or(Some(None), |form| form.map(Some))?;
    let stated: Vec<Formula> = stated.into_iter().collect::<Option<_>>()?;
    let cost = |formula: &Formula| formula.operations(functions.pointwise());
    let largest = stated.iter().chain(&textbook).chain([&body]).map(cost).max().unwrap_or(0);
    if largest > limits::FUNCTION_OPERATIONS {
        found.push(errors::function_too_large(&function.name));
        return None;
    }
    if let (Some(form), Some(written), false) = (&textbook, &function.textbook, prelude)
        && let Some(at) = apart(&function.parameters, &body, form, functions.pointwise())
    {
        found.push(errors::wrong_textbook(&function.name, written.span, &at));
        return None;
    }
    let mut b = Builder::new();
    let value = b.leaf(count);
    let leaves: Vec<u32> = (0..count).collect();
    let derived = partials(&mut b, &body, Some(value), &leaves, functions.pointwise());
    let derived: Vec<Formula> = derived.into_iter().map(|root| b.finish(root)).collect();
    if let Some(wrong) = wrong_form(&body, &derived, &stated, functions.pointwise()) {
        let span = function.derivative.get(wrong).map_or(function.name.span, |form| form.span);
        found.push(errors::wrong_derivative(&function.name, span));
        return None;
    }
    let short = function.kernel.as_ref().filter(|_| prelude).and_then(|_| log_loss_partials(functions));
    let partials = short.or_else(|| stated.last().map(|last| vec![last.clone()])).unwrap_or(derived);
    let operations = largest.max(partials.iter().map(cost).max().unwrap_or(0));
    if operations > limits::FUNCTION_OPERATIONS {
        found.push(errors::function_too_large(&function.name));
        return None;
    }
    Some(Function {
        name: function.name.text.clone(),
        docs: function.docs.clone(),
        parameters: function.parameters.iter().map(|p| p.name.text.clone()).collect(),
        body,
        textbook,
        stated,
        partials,
        operations,
        prelude,
    })
}

/// The partial derivatives of `log_loss_from_logit(z, t)`: sigmoid(z) − t and −z. The computed ones have a case for each
/// sign of z.
fn log_loss_partials(functions: &Functions) -> Option<Vec<Formula>> {
    let (Callee::Pointwise(sigmoid), _) = functions.find("sigmoid")? else { return None };
    let mut b = Builder::new();
    let (z, t) = (b.leaf(0), b.leaf(1));
    let p = b.written(Term::Apply(sigmoid, vec![z]));
    let [by_z, by_t] = [b.subtract(p, t), b.negate(z)];
    Some(vec![b.finish(by_z), b.finish(by_t)])
}

/// Values of a parameter at which a textbook form is compared with the body: each other parameter takes them too.
const GRID: [f64; 10] = [-7.25, -2.3, -1.0, -0.4, 0.0, 0.3, 0.9, 1.0, 2.1, 7.25];
/// The most points at which a textbook form is compared.
const POINTS_OF_GRID: usize = 1000;

/// The first point at which a textbook form differs from the body, where both have a value.
fn apart(
    parameters: &[ast::FunctionParameter],
    body: &Formula,
    form: &Formula,
    functions: &[Function],
) -> Option<String> {
    const TOLERANCE: f64 = 1e-6;
    let value = |point: usize, parameter: usize| {
        // With many parameters the grid is walked in steps that differ from one to the next.
        let digit =
            if parameter < 3 { point / GRID.len().pow(parameter as u32) } else { point * (parameter + 1) };
        GRID.get(digit % GRID.len()).copied().unwrap_or(0.0)
    };
    let points = match parameters.len() {
        1 => GRID.len(),
        2 => GRID.len() * GRID.len(),
        _ => POINTS_OF_GRID,
    };
    let mut points = 0..points;
    let point = points.find(|point| {
        let at = |formula: &Formula| -> f64 {
            let leaf = |leaf: u32| value(*point, leaf as usize);
            evaluate_formula(formula, &leaf, functions, Arithmetic::Separate)
        };
        let (own, other) = (at(body), at(form));
        own.is_finite() && other.is_finite() && (own - other).abs() > TOLERANCE * own.abs().max(1.0)
    })?;
    let named = |(index, parameter): (usize, &ast::FunctionParameter)| {
        format!("{} = {}", parameter.name.text, value(point, index))
    };
    Some(parameters.iter().enumerate().map(named).collect::<Vec<_>>().join(", "))
}

/// The first stated form that differs from the derivative at one of a few points.
fn wrong_form(
    body: &Formula,
    derived: &[Formula],
    stated: &[Formula],
    functions: &[Function],
) -> Option<usize> {
    const POINTS: [f64; 6] = [-2.3, -1.1, -0.4, 0.3, 0.9, 2.1];
    // A constant such as a rounded e can limit the stated form to ten correct digits.
    const TOLERANCE: f64 = 1e-6;
    let derived = derived.first()?;
    let at = |formula: &Formula, x: f64, y: f64| -> f64 {
        evaluate_formula(formula, &|leaf| if leaf == 0 { x } else { y }, functions, Arithmetic::Separate)
    };
    let expected = POINTS.map(|x| {
        let y = at(body, x, 0.0);
        (x, y, at(derived, x, y))
    });
    let differs = |form: &Formula| {
        expected.iter().filter(|(.., expected)| expected.is_finite()).any(|&(x, y, expected)| {
            let close = (expected - at(form, x, y)).abs() <= TOLERANCE * expected.abs().max(1.0);
            !close
        })
    };
    stated.iter().position(differs)
}

/// Names that other libraries use for the gradient; only rules have one.
const GRADIENTS: [&str; 4] = ["grad", "gradient", "dw", "G"];

/// Turns formulas of named numbers into terms.
pub(super) struct Reading<'r> {
    /// The name of the function itself; empty in a rule.
    pub(super) own: &'r str,
    pub(super) functions: &'r Functions,
    pub(super) scope: &'r Scope,
    pub(super) found: &'r mut Diagnostics,
    /// The parameters; leaf k of the formula is the k-th.
    pub(super) names: Vec<&'r str>,
    /// The `let` names in scope, the innermost last.
    pub(super) bound: Vec<(String, TermId)>,
}

impl Reading<'_> {
    pub(super) fn formula(&mut self, expression: &Expression) -> Option<Formula> {
        let mut b = Builder::new();
        let root = self.term(&mut b, expression)?;
        Some(b.finish(root))
    }

    pub(super) fn term(&mut self, b: &mut Builder, expression: &Expression) -> Option<TermId> {
        let term = match &expression.kind {
            ExpressionKind::Mistake => return None,
            ExpressionKind::Number(number) => Term::Number(*number),
            ExpressionKind::Name(name) => {
                if let Some((_, bound)) = self.bound.iter().rfind(|(bound, _)| *bound == name.text) {
                    return Some(*bound);
                }
                match self.names.iter().position(|n| *n == name.text) {
                    Some(index) => Term::Leaf(index as u32),
                    None if self.own.is_empty() && GRADIENTS.contains(&name.text.as_str()) => {
                        self.found.push(errors::unknown_in_rule(name));
                        return None;
                    }
                    None => match self.scope.resolve(name, self.found)? {
                        Meaning::Constant(id, value) => Term::Constant(id, value),
                        Meaning::Value(_) | Meaning::Mistake => return None,
                    },
                }
            }
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
            ExpressionKind::Let(bound, body) => {
                let before = self.bound.len();
                for (name, value) in bound {
                    let value = self.term(b, value);
                    // An error in the value is reported; the name is declared anyway.
                    let value = value.unwrap_or_else(|| b.number(0.0));
                    self.bound.push((name.text.clone(), value));
                    if self.bound.len() > limits::NAMES {
                        self.found.push(errors::too_many_names("names", "a formula", name.span));
                        return None;
                    }
                }
                let body = self.term(b, body);
                self.bound.truncate(before);
                return body;
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
        let Some((callee, parameters)) = self.functions.called(call, Some(self.own), self.found) else {
            for (_, argument) in &call.arguments {
                self.term(b, argument);
            }
            return None;
        };
        let arguments = arrange(call, &parameters, self.found)?;
        let terms = arguments.into_iter().map(|argument| match argument {
            Argument::Given(argument) => self.term(b, argument),
            Argument::Default(number) => Some(b.number(number)),
        });
        let terms: Vec<Option<TermId>> = terms.collect();
        let terms: Vec<TermId> = terms.into_iter().collect::<Option<_>>()?;
        match callee {
            Callee::Primitive(op) => Some(Term::Unary(op, *terms.first()?)),
            Callee::Pointwise(id) => Some(Term::Apply(id, terms)),
            Callee::Dense { .. }
            | Callee::Normal(_)
            | Callee::Dropout
            | Callee::Sum
            | Callee::Count
            | Callee::Concat
            | Callee::Transpose
            | Callee::Array(_) => None,
        }
    }
}
