//! Declares update rules, of the prelude and of the specification.

use std::collections::{HashMap, HashSet};

use super::{
    Scope,
    arguments::Parameter,
    body::Reading,
    function::{Functions, parameters},
};

use crate::{
    check::errors,
    diagnostic::Diagnostics,
    formula::{Formula, TermId, builder::Builder},
    limits,
    model::{Changed, Stated, UpdateRule},
    span::Span,
    spelling::closest,
    syntax::ast::{self, Expression, ExpressionKind, Name, RuleStatement},
};

struct Declared {
    rule: UpdateRule,
    span: Option<Span>,
    used: bool,
}

/// The rules declared so far.
#[derive(Default)]
pub(super) struct Rules {
    declared: Vec<Declared>,
    /// The latest declaration of each name.
    by_name: HashMap<String, usize>,
    /// Rules of the specification whose declaration has an error.
    broken: HashSet<String>,
}

impl Rules {
    pub(super) fn declare_prelude(&mut self, prelude: &ast::Ast, functions: &Functions) {
        let mut none = Diagnostics::default();
        for rule in &prelude.rules {
            if let Some(rule) = read(rule, functions, &Scope::default(), &mut none) {
                self.add(rule, None);
            }
        }
    }

    /// Marks names as declared with an error: their declarations are already reported.
    pub(super) fn lose(&mut self, names: &[String]) {
        self.broken.extend(names.iter().cloned());
    }

    /// Declares a rule of the specification; it can replace a rule of the prelude.
    pub(super) fn declare(
        &mut self,
        rule: &ast::UpdateRule,
        functions: &Functions,
        scope: &Scope,
        found: &mut Diagnostics,
    ) {
        let name = &rule.name;
        let earlier = self.by_name.get(&name.text).and_then(|index| self.declared.get(*index));
        if let Some(earlier) = earlier.and_then(|declared| declared.span) {
            found.push(errors::declared_twice(name, earlier));
            return;
        }
        match read(rule, functions, scope, found) {
            Some(rule) => self.add(rule, Some(name.span)),
            None => drop(self.broken.insert(name.text.clone())),
        }
    }

    fn add(&mut self, rule: UpdateRule, span: Option<Span>) {
        self.by_name.insert(rule.name.clone(), self.declared.len());
        self.declared.push(Declared { rule, span, used: false });
    }

    /// The rule of this name: the latest declaration wins.
    pub(super) fn find(&mut self, name: &Name, found: &mut Diagnostics) -> Option<UpdateRule> {
        let latest = self.by_name.get(&name.text).and_then(|index| self.declared.get_mut(*index));
        if let Some(declared) = latest {
            declared.used = true;
            return Some(declared.rule.clone());
        }
        if !self.broken.contains(&name.text) {
            let known: Vec<&str> = self.declared.iter().map(|d| d.rule.name.as_str()).collect();
            let close = closest(&name.text, known.iter().copied());
            found.push(errors::unknown_rule(name, close, &known));
        }
        None
    }

    /// Whether the rule of this name is one of the prelude.
    pub(super) fn is_prelude(&self, name: &str) -> bool {
        self.declared.iter().rfind(|d| d.rule.name == name).is_some_and(|d| d.span.is_none())
    }

    pub(super) fn report_unused(&self, found: &mut Diagnostics) {
        for declared in self.declared.iter().filter(|d| !d.used) {
            if let Some(span) = declared.span {
                found.push(errors::unused(&declared.rule.name, "rule", span));
            }
        }
    }
}

/// A `let` of a rule, and the values that it depends on.
struct Named {
    name: String,
    term: TermId,
    /// Its leaf in the statements as they are written.
    own: u32,
    leaves: Vec<u32>,
}

/// The assignments of a rule with `let` names put in, and its statements as they are written.
type Read = (Vec<(Changed, Formula)>, Vec<(Stated, Formula)>);

fn read(
    rule: &ast::UpdateRule,
    functions: &Functions,
    scope: &Scope,
    found: &mut Diagnostics,
) -> Option<UpdateRule> {
    let settings = parameters(&rule.settings, scope, found)?;
    let state: Vec<&Name> = rule
        .statements
        .iter()
        .flat_map(
            |statement| if let RuleStatement::State(names) = statement { names.as_slice() } else { &[] },
        )
        .collect();
    let assignments = rule.statements.len() - count_of_states(rule);
    for (count, what) in [(settings.len(), "settings"), (state.len(), "states"), (assignments, "assignments")]
    {
        if count > limits::NAMES {
            found.push(errors::too_many_names(what, "a rule", rule.name.span));
            return None;
        }
    }
    let own = state.iter().copied().chain(rule.settings.iter().map(|setting| &setting.name));
    names_differ(own, found)?;
    let mut names = vec!["w", "g", "step"];
    names.extend(state.iter().map(|name| name.text.as_str()));
    names.extend(settings.iter().map(|setting| setting.name.as_str()));
    let first_name = names.len() as u32;
    let reading = Reading { own: "", functions, scope, found, names, bound: Vec::new() };
    let assignments = Assignments {
        state: &state,
        b: Builder::new(),
        operations: 0,
        made: Vec::new(),
        written: Vec::new(),
        first_name,
        lets: Vec::new(),
        stale: Vec::new(),
    };
    let (assignments, written) = assignments.all(rule, reading)?;
    let changed = |changed: Changed| assignments.iter().any(|(target, _)| *target == changed);
    if !changed(Changed::Parameter) {
        found.push(errors::rule_without_update(&rule.name));
    }
    for (_, name) in state.iter().enumerate().filter(|(index, _)| !changed(Changed::State(*index))) {
        found.push(errors::state_never_changes(name));
    }
    Some(UpdateRule {
        name: rule.name.text.clone(),
        docs: rule.docs.clone(),
        settings: settings.into_iter().map(|Parameter { name, default }| (name, default)).collect(),
        state: state.iter().map(|name| name.text.clone()).collect(),
        assignments,
        written,
    })
}

fn count_of_states(rule: &ast::UpdateRule) -> usize {
    rule.statements.iter().filter(|statement| matches!(statement, RuleStatement::State(_))).count()
}

fn names_differ<'n>(names: impl Iterator<Item = &'n Name>, found: &mut Diagnostics) -> Option<()> {
    let mut seen: Vec<&Name> = Vec::new();
    let mut good = true;
    for name in names {
        if ["w", "g", "step"].contains(&name.text.as_str()) {
            found.push(errors::unusable_name(
                name,
                "in a rule it denotes the parameter, its gradient or the step",
            ));
            good = false;
        } else if let Some(earlier) = seen.iter().find(|earlier| earlier.text == name.text) {
            found.push(errors::declared_twice(name, earlier.span));
            good = false;
        }
        seen.push(name);
    }
    good.then_some(())
}

/// Whether a name occurs in the formulas of these statements.
fn is_read(name: &str, statements: &[RuleStatement]) -> bool {
    statements.iter().any(|statement| match statement {
        RuleStatement::State(_) => false,
        RuleStatement::Let(_, value) | RuleStatement::Assign(_, value) => value.mentions(name),
    })
}

struct Assignments<'r> {
    state: &'r [&'r Name],
    /// All formulas of the rule: they share the `let` terms.
    b: Builder,
    operations: u64,
    made: Vec<(Changed, Formula)>,
    written: Vec<(Stated, Formula)>,
    /// The leaf of the first `let` name in statements as they are written.
    first_name: u32,
    lets: Vec<Named>,
    /// Pairs of a `let` name and a changed value that it depends on.
    stale: Vec<(String, String)>,
}

impl Assignments<'_> {
    fn all(mut self, rule: &ast::UpdateRule, mut reading: Reading<'_>) -> Option<Read> {
        let mut good = true;
        for (index, statement) in rule.statements.iter().enumerate() {
            let (name, expression) = match statement {
                RuleStatement::State(_) => continue,
                RuleStatement::Let(name, expression) | RuleStatement::Assign(name, expression) => {
                    (name, expression)
                }
            };
            let named = matches!(statement, RuleStatement::Let(..));
            if let Some(setting) = rule.settings.iter().find(|setting| setting.name.text == name.text) {
                reading.found.push(errors::setting_assigned(name, setting.name.span));
                good = false;
                continue;
            }
            if named && !is_read(&name.text, rule.statements.get(index + 1..).unwrap_or_default()) {
                reading.found.push(errors::unused(&name.text, "value", name.span));
                good = false;
            }
            if !self.is_current(expression, reading.found) {
                good = false;
                continue;
            }
            let Some((term, formula)) = self.formula(expression, &mut reading) else {
                good = false;
                continue;
            };
            let written = self.as_written(expression, &mut reading)?;
            let operations = formula.operations(reading.functions.pointwise());
            if matches!(statement, RuleStatement::Assign(..)) {
                self.operations = self.operations.saturating_add(operations);
            }
            if self.operations.max(operations) > limits::FUNCTION_OPERATIONS {
                reading.found.push(errors::rule_too_large(&rule.name));
                return None;
            }
            match statement {
                RuleStatement::Assign(..) => match self.target(name) {
                    Some(target) => {
                        self.written.push((Stated::Changed(target), written));
                        self.assign(name, target, formula);
                    }
                    None => {
                        reading.found.push(errors::not_assignable(name));
                        good = false;
                    }
                },
                RuleStatement::State(_) | RuleStatement::Let(..) => {
                    let names = self.written.iter().filter(|(stated, _)| matches!(stated, Stated::Named(_)));
                    let own = self.first_name + names.count() as u32;
                    self.lets.push(Named { name: name.text.clone(), term, own, leaves: formula.leaves() });
                    self.written.push((Stated::Named(name.text.clone()), written));
                }
            }
        }
        good.then_some((self.made, self.written))
    }

    fn target(&self, name: &Name) -> Option<Changed> {
        if name.text == "w" {
            return Some(Changed::Parameter);
        }
        self.state.iter().position(|state| state.text == name.text).map(Changed::State)
    }

    fn assign(&mut self, name: &Name, target: Changed, formula: Formula) {
        let leaf = target.leaf();
        let (stale, current): (Vec<Named>, Vec<Named>) =
            std::mem::take(&mut self.lets).into_iter().partition(|named| named.leaves.contains(&leaf));
        self.lets = current;
        self.stale.extend(stale.into_iter().map(|named| (named.name, name.text.clone())));
        self.made.push((target, formula));
    }

    /// The formula, with `let` names expanded.
    fn formula(&mut self, expression: &Expression, reading: &mut Reading<'_>) -> Option<(TermId, Formula)> {
        reading.bound = self.lets.iter().map(|named| (named.name.clone(), named.term)).collect();
        let root = reading.term(&mut self.b, expression)?;
        Some((root, self.b.finish(root)))
    }

    /// The formula with `let` names as leaves; it has been read once, so it has no errors.
    fn as_written(&self, expression: &Expression, reading: &mut Reading<'_>) -> Option<Formula> {
        let mut b = Builder::new();
        reading.bound = self.lets.iter().map(|named| (named.name.clone(), b.leaf(named.own))).collect();
        let root = reading.term(&mut b, expression)?;
        Some(b.finish(root))
    }

    /// A rule changes values in place: a `let` that depends on an old value is no longer available.
    fn is_current(&self, expression: &Expression, found: &mut Diagnostics) -> bool {
        if let ExpressionKind::Name(name) = &expression.kind
            && let Some((_, changed)) = self.stale.iter().find(|(stale, _)| *stale == name.text)
        {
            found.push(errors::stale_let(name, changed));
            return false;
        }
        expression.parts().into_iter().all(|part| self.is_current(part, found))
    }
}
