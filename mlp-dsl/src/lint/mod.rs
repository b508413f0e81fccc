//! Warnings: specifications that are valid and surely not what was meant. Those found here need no numbers but the
//! declared ones; `mlp-eval` finds those that need an evaluation.
//!
//! `W01…` is found by every tool, the macro included; `W02…` by `mlpc` and the language server. A code is never used
//! for another warning.

mod loss;
mod range;
mod start;
mod target;
mod warnings;

use std::collections::{HashMap, HashSet};

use crate::{
    diagnostic::Diagnostic,
    model::{LayerBody, Model, Typed},
    span::Span,
    syntax::ast::{Ast, Expression, ExpressionKind, LayerBody as AstBody, Statement},
};

use range::Ranges;

/// All warnings with their titles, in the order of their codes.
pub const WARNINGS: [(&str, &str); 12] = [
    ("W0101", "Softmax of one number"),
    ("W0102", "Cross-entropy of what is no distribution"),
    ("W0103", "Activation before a loss from logits"),
    ("W0104", "Binary cross-entropy of what is no probability"),
    ("W0105", "Target out of reach"),
    ("W0106", "Neurons that start equal"),
    ("W0107", "Allowed warning that is not there"),
    ("W0201", "A kink or a tie that rounding decides"),
    ("W0202", "Dead relu"),
    ("W0203", "Saturated start"),
    ("W0204", "A step that makes the loss larger"),
    ("W0205", "Parameter without gradient"),
];

/// The codes of all warnings.
pub fn codes() -> impl Iterator<Item = &'static str> {
    WARNINGS.iter().map(|(code, _)| *code)
}

/// The code, where a warning has it.
pub fn code(text: &str) -> Option<&'static str> {
    codes().find(|code| *code == text)
}

/// A code of an `allow` statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The code.
    pub code: &'static str,
    /// Its place.
    pub span: Span,
}

/// The warnings of a specification that need no evaluation, before any is allowed.
#[derive(Clone, Debug, Default)]
pub struct Warnings {
    found: Vec<Diagnostic>,
    allowed: Vec<Allowed>,
}

impl Warnings {
    /// Looks for warnings in a checked specification.
    pub(crate) fn of(ast: &Ast, model: &Model) -> Self {
        let lint = Lint { model, ast, ranges: Ranges::of(model), calls: calls(ast) };
        let mut found = Vec::new();
        lint.softmaxes(&mut found);
        lint.losses(&mut found);
        lint.equal_starts(&mut found);
        Warnings { found, allowed: model.allowed.clone() }
    }

    /// The warnings that need no evaluation: for a caller without the interpreter.
    pub fn without_evaluation(&self) -> Vec<Diagnostic> {
        self.reported(Vec::new(), &|code| code.starts_with("W01"))
    }

    /// All warnings: these and those that an evaluation has found.
    pub fn with(&self, evaluated: Vec<Diagnostic>) -> Vec<Diagnostic> {
        self.reported(evaluated, &|_| true)
    }

    /// The warnings that are not allowed, in the order of the text, and each `allow` of a code that was looked for and
    /// not found.
    fn reported(&self, evaluated: Vec<Diagnostic>, sought: &dyn Fn(&str) -> bool) -> Vec<Diagnostic> {
        let mut all = self.found.clone();
        all.extend(evaluated);
        let found = |code: &str| all.iter().any(|warning| warning.code == code);
        let mut allowed = HashSet::new();
        let first: Vec<&Allowed> = self.allowed.iter().filter(|one| allowed.insert(one.code)).collect();
        let needless: Vec<Diagnostic> = first
            .into_iter()
            .filter(|one| sought(one.code) && !found(one.code) && one.code != "W0107")
            .map(warnings::needless_allow)
            .collect();
        all.extend(needless);
        all.retain(|warning| !allowed.contains(warning.code));
        all.sort_by_key(|warning| (warning.span().start, warning.span().end, warning.code));
        all.truncate(crate::limits::DIAGNOSTICS);
        all
    }
}

/// A checked specification, and what the warnings ask about it.
struct Lint<'m> {
    model: &'m Model,
    ast: &'m Ast,
    ranges: Ranges<'m>,
    /// The name of the function of each call of a function of the prelude, by its place.
    calls: HashMap<Span, &'m str>,
}

impl Lint<'_> {
    /// The function of the prelude that a formula calls.
    fn callee(&self, typed: &Typed) -> Option<&str> {
        self.calls.get(&typed.span).copied()
    }

    /// All formulas of layers.
    fn formulas(&self) -> impl Iterator<Item = &Typed> {
        self.model.layers.iter().flat_map(|layer| match &layer.body {
            LayerBody::Neurons(neurons) => neurons.iter().map(|(_, typed)| typed).collect::<Vec<_>>(),
            LayerBody::Whole(typed) => vec![typed],
        })
    }
}

/// A formula and all its parts, those inside functions of arrays not included.
fn parts(typed: &Typed) -> Vec<&Typed> {
    let mut parts = vec![typed];
    let mut next = 0;
    while let Some(part) = parts.get(next).copied() {
        parts.extend(part.operands());
        next += 1;
    }
    parts
}

/// The calls of functions of the prelude in layers and losses; a function of the specification hides one of its name.
fn calls(ast: &Ast) -> HashMap<Span, &str> {
    let mut calls = HashMap::new();
    let own: HashSet<&str> = ast.functions.iter().map(|function| function.name.text.as_str()).collect();
    let statements = ast.networks.iter().flat_map(|network| &network.statements);
    for statement in statements {
        match statement {
            Statement::Loss(expression, _) => collect(expression, &own, &mut calls),
            Statement::Layer(layer) => match &layer.body {
                AstBody::Whole(_, expression) => collect(expression, &own, &mut calls),
                AstBody::Neurons(neurons) => {
                    neurons.iter().for_each(|neuron| collect(&neuron.expression, &own, &mut calls));
                }
            },
            Statement::Input(_)
            | Statement::Target(_)
            | Statement::Parameters { .. }
            | Statement::WeightFile(_)
            | Statement::Output(..)
            | Statement::Penalty(_)
            | Statement::Train(_)
            | Statement::Seed(_)
            | Statement::Batch(_)
            | Statement::Data(..)
            | Statement::Expect(_)
            | Statement::DataFile(_)
            | Statement::Unroll(_)
            | Statement::Arithmetic(_)
            | Statement::Backward(_)
            | Statement::Allow(_) => {}
        }
    }
    calls
}

fn collect<'a>(expression: &'a Expression, own: &HashSet<&str>, calls: &mut HashMap<Span, &'a str>) {
    let mut parts = vec![expression];
    while let Some(part) = parts.pop() {
        if let ExpressionKind::Call(call) = &part.kind
            && !own.contains(call.name.text.as_str())
        {
            calls.insert(call.span, &call.name.text);
        }
        parts.extend(part.parts());
    }
}
