//! Names of the specification, made from those of the file.

use std::collections::{HashMap, HashSet};

/// The names that are taken.
pub(super) struct Names {
    taken: HashSet<String>,
    /// The last number after each word.
    numbers: HashMap<String, u64>,
}

/// What can't be a name, or would read badly as one.
const RESERVED: [&str; 17] = [
    "if",
    "then",
    "else",
    "let",
    "in",
    "self",
    "Self",
    "super",
    "crate",
    "_",
    "E",
    "J",
    "P",
    "functions",
    "constants",
    "runtime",
    "outputs",
];

/// Beginnings of names that the compiler makes from the name of a layer.
const MADE: [&str; 4] = ["net", "E", "full", "mask"];

/// The longest part of a name of the file that is kept.
const LONGEST: usize = 40;

impl Names {
    pub(super) fn new() -> Self {
        Names { taken: RESERVED.map(str::to_owned).into(), numbers: HashMap::new() }
    }

    /// A free name that is like one of the file; `otherwise` is used if nothing of it can be kept.
    pub(super) fn like(&mut self, name: &str, otherwise: &str) -> String {
        // The compiler makes names with these beginnings.
        let is_made = |name: &String| {
            MADE.iter().any(|role| name.strip_prefix(role).is_some_and(|rest| rest.starts_with('_')))
        };
        match kept(name).filter(|name| !is_made(name)) {
            Some(name) if self.is_free(&name) => self.take(name),
            Some(name) => self.numbered(&format!("{name}_")),
            None if self.is_free(otherwise) => self.take(otherwise.to_owned()),
            None => self.numbered(otherwise),
        }
    }

    /// The word with the next number that makes it free.
    pub(super) fn numbered(&mut self, word: &str) -> String {
        loop {
            let number = self.numbers.entry(word.to_owned()).or_default();
            *number += 1;
            let name = format!("{word}{number}");
            if self.is_free(&name) {
                return self.take(name);
            }
        }
    }

    /// Neither the name is taken nor one that the compiler makes from it.
    fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name) && !made_from(name).any(|made| self.taken.contains(&made))
    }

    fn take(&mut self, name: String) -> String {
        self.taken.extend(made_from(&name));
        self.taken.insert(name.clone());
        name
    }
}

/// The names that the compiler makes for a layer.
fn made_from(name: &str) -> impl Iterator<Item = String> {
    let roles = ["W", "b", "mean", "variance", "deviation", "scale", "shift"].into_iter().chain(MADE);
    roles.map(move |role| format!("{role}_{name}"))
}

/// What a name of the file has of an identifier: letters, digits and single underscores, no number at the start.
fn kept(name: &str) -> Option<String> {
    let mut kept = String::new();
    for c in name.chars().take(200) {
        if c.is_ascii_alphanumeric() {
            kept.push(c);
        } else if !kept.is_empty() && !kept.ends_with('_') {
            kept.push('_');
        }
    }
    let kept = kept.trim_end_matches('_');
    (kept.len() <= LONGEST && kept.starts_with(|c: char| c.is_ascii_alphabetic())).then(|| kept.to_owned())
}

/// The name of a layer by that of its matrix: without the word for the matrix.
pub(super) fn of_matrix(name: &str) -> &str {
    let words = [".weight", "/kernel", ".kernel", "/MatMul", "_weight", "_W", ".W"];
    words.into_iter().find_map(|word| name.strip_suffix(word)).unwrap_or_default()
}
