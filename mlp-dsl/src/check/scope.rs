//! The names of a network: the meaning, the declaration and the use of each.

use crate::spelling::closest;
use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
};

use crate::{
    check::errors, diagnostic::Diagnostics, formula::ConstantId, model::Value, span::Span, syntax::ast::Name,
};

/// The meaning of a name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    Constant(ConstantId, f64),
    Value(Value),
    /// Its declaration has an error that is already reported.
    Mistake,
}

struct Entry {
    meaning: Meaning,
    span: Span,
    what: &'static str,
    used: Cell<bool>,
    /// Whether the compiler declared it: a declaration in the specification then replaces it and is reported
    /// at the end.
    made: bool,
}

/// The names declared so far, and the names declared later in the text.
#[derive(Default)]
pub(super) struct Scope {
    entries: HashMap<String, Entry>,
    order: Vec<String>,
    /// The names that the compiler declared.
    made: Vec<String>,
    later: HashMap<String, Span>,
    lost: HashSet<String>,
}

impl Scope {
    /// A scope with the names that are declared later, and the names in text that could not be parsed.
    pub(super) fn new(later: HashMap<String, Span>, lost: HashSet<String>) -> Self {
        Scope { later, lost, ..Scope::default() }
    }

    /// Declares a name; a second declaration is reported.
    pub(super) fn declare(
        &mut self,
        name: &Name,
        what: &'static str,
        meaning: Meaning,
        found: &mut Diagnostics,
    ) {
        if let Some(first) = self.entries.get(&name.text).filter(|first| !first.made) {
            found.push(errors::declared_twice(name, first.span));
            return;
        }
        let entry = Entry { meaning, span: name.span, what, used: Cell::new(false), made: false };
        self.order.push(name.text.clone());
        self.entries.insert(name.text.clone(), entry);
    }

    /// Declares a name of the compiler for a parameter, unless the specification declares it.
    pub(super) fn make(&mut self, name: &Name, what: &'static str, meaning: Meaning) {
        let entry = Entry { meaning, span: name.span, what, used: Cell::new(true), made: true };
        self.made.push(name.text.clone());
        self.entries.entry(name.text.clone()).or_insert(entry);
    }

    /// Whether a name is declared, so far or later.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.entries.contains_key(name) || self.later.contains_key(name)
    }

    /// Whether a name occurs in text that could not be parsed.
    pub(super) fn has_lost(&self, name: &str) -> bool {
        self.lost.contains(name)
    }

    /// The meaning of a name; an unknown name is reported.
    pub(super) fn resolve(&self, name: &Name, found: &mut Diagnostics) -> Option<Meaning> {
        if let Some(entry) = self.entries.get(&name.text) {
            entry.used.set(true);
            return Some(entry.meaning);
        }
        if self.lost.contains(&name.text) || found.is_full() {
            return None;
        }
        found.push(match self.later.get(&name.text) {
            Some(declared) => errors::used_before_declared(name, *declared),
            None => {
                let close = self.close_to(&name.text);
                if let Some(entry) = close.and_then(|close| self.entries.get(close)) {
                    entry.used.set(true); // the misspelt use counts, so that no second error follows
                }
                let place = close.and_then(|close| Some((close, self.entries.get(close)?.span)));
                errors::unknown_name(name, place)
            }
        });
        None
    }

    /// Marks a name as used.
    pub(super) fn mark(&self, name: &str) {
        if let Some(entry) = self.entries.get(name) {
            entry.used.set(true);
        }
    }

    /// Whether a name has been used.
    pub(super) fn is_used(&self, name: &str) -> bool {
        self.entries.get(name).is_some_and(|entry| entry.used.get())
    }

    /// Reports unused declarations.
    pub(super) fn report_unused(&self, found: &mut Diagnostics) {
        for name in &self.order {
            let Some(entry) = self.entries.get(name) else { continue };
            let mistake = matches!(entry.meaning, Meaning::Mistake);
            if !entry.used.get() && !mistake && !self.lost.contains(name) {
                found.push(errors::unused(name, entry.what, entry.span));
            }
        }
    }

    fn close_to(&self, name: &str) -> Option<&str> {
        closest(name, self.order.iter().chain(&self.made).map(String::as_str))
    }

    /// The declared names and their kinds, in order.
    pub(super) fn declared(&self) -> impl Iterator<Item = (&str, Span)> {
        self.order.iter().filter_map(|name| Some((name.as_str(), self.entries.get(name)?.span)))
    }
}
