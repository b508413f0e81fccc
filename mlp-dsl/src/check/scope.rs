//! The names of a network: the meaning, the declaration and the use of each.

use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
};

use crate::{
    diagnostic::Diagnostics, ir::formula::ConstantId, model::Value, problems, span::Span, syntax::ast::Name,
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
            found.push(problems::declared_twice(name, first.span));
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
            Some(declared) => problems::used_before_declared(name, *declared),
            None => {
                let close = self.close_to(&name.text);
                if let Some(entry) = close.and_then(|close| self.entries.get(close)) {
                    entry.used.set(true); // the misspelt use counts, so that no second error follows
                }
                let place = close.and_then(|close| Some((close, self.entries.get(close)?.span)));
                problems::unknown_name(name, place)
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
                found.push(problems::unused(name, entry.what, entry.span));
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

/// The candidate that a misspelt name, or a name of another library, most likely means.
pub(crate) fn closest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let candidates: Vec<&str> = candidates.collect();
    if let Some(meant) = problems::called_elsewhere(name, &candidates) {
        return Some(meant);
    }
    let candidates = candidates.into_iter();
    let length = name.chars().count();
    let allowed = match length {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    let scored =
        candidates.filter(|c| c.chars().count().abs_diff(length) <= allowed).map(|c| (distance(name, c), c));
    let best = scored.filter(|(d, c)| *d <= allowed && *d < c.chars().count().max(length));
    // Among equally close names, one with the same start wins: `b2` means `b1` rather than `i2`.
    let first = name.chars().next();
    best.min_by_key(|(d, c)| (*d, c.chars().next() != first)).map(|(_, c)| c)
}

/// The number of insertions, deletions, substitutions and swaps of neighbours between two short words.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], k: usize| row.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&row, j) + usize::from(x != y)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped && x != y {
                best = best.min(at(&before, j - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(usize::MAX)
}

/// The reason why a network can't have this name, in words.
pub(crate) fn unusable_type(name: &str) -> Option<&'static str> {
    match name {
        "functions" | "constants" | "runtime" => Some("the generated code has a module with this name"),
        // The generated struct would shadow them, in its own fields and in the surrounding code.
        "bool" | "char" | "str" | "f16" | "f32" | "f64" | "f128" | "i8" | "i16" | "i32" | "i64" | "i128"
        | "isize" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => Some("it is a Rust type"),
        _ => None,
    }
}

/// The reason why a name can't be used in Rust, in words.
pub(crate) fn unusable(name: &str) -> Option<&'static str> {
    match name {
        "_" => Some("`_` is not a name"),
        "self" | "Self" | "super" | "crate" => Some("it is a Rust keyword"),
        _ => None,
    }
}
