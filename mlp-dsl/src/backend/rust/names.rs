//! Rust identifiers for the names of a derivation.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, Span};

use crate::{
    ir::{Derivation, equation::EquationId},
    span,
};

/// Says where a piece of the specification's text stands in the user's source.
pub type Spans<'s> = &'s dyn Fn(span::Span) -> Span;

/// An identifier; a keyword becomes a raw one.
pub(super) fn identifier(name: &str, span: Span) -> Ident {
    // `self`, `super`, `crate` and `_` never get here: the check refuses them.
    if is_keyword(name) { Ident::new_raw(name, span) } else { Ident::new(name, span) }
}

/// Rust's keywords, those of all editions and those kept for later.
fn is_keyword(name: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
        "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
        "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static",
        "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where",
        "while", "yield",
    ];
    KEYWORDS.contains(&name)
}

/// Names of the generated functions' own variables; a value of the same name steps aside.
pub(super) const OWN: [&str; 8] =
    ["__input", "__target", "__workspace", "__gradients", "__output", "__optimizer", "__trace", "__place"];

/// The local variable of each equation.
pub(super) struct Names {
    locals: HashMap<EquationId, Ident>,
}

impl Names {
    pub(super) fn new(derivation: &Derivation, spans: Spans<'_>) -> Self {
        let mut taken: HashSet<String> = OWN.iter().map(|name| (*name).to_owned()).collect();
        let mut locals = HashMap::new();
        for (id, equation) in derivation.numbered() {
            let mut name = derivation.name_of(id);
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            locals.insert(id, identifier(&name, spans(equation.span)));
        }
        Names { locals }
    }

    /// The local variable of an equation.
    pub(super) fn of(&self, id: EquationId) -> Ident {
        self.locals.get(&id).cloned().unwrap_or_else(|| Ident::new("__unknown", Span::call_site()))
    }
}
