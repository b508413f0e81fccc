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
const OWN: [&str; 10] = [
    "__input",
    "__target",
    "__workspace",
    "__gradients",
    "__output",
    "__optimizer",
    "__trace",
    "__place",
    "__row",
    "__column",
];

/// Names that mean a variant in a pattern, whatever stands around.
const VARIANTS: [&str; 4] = ["Some", "None", "Ok", "Err"];

/// How the variables of shared terms begin, so that none of these names is one.
pub(super) fn term_prefix<'n>(names: impl Iterator<Item = &'n str> + Clone) -> String {
    let mut prefix = "__term_".to_owned();
    while names.clone().any(|name| name.starts_with(&prefix)) {
        prefix.push('_');
    }
    prefix
}

/// The parameters of a function as variables.
pub(super) fn parameters(names: &[String]) -> Vec<Ident> {
    let mut taken: HashSet<String> = VARIANTS.iter().map(|name| (*name).to_owned()).collect();
    taken.extend(names.iter().cloned());
    let variable = |name: &String| {
        let mut variable = name.clone();
        if VARIANTS.contains(&name.as_str()) {
            while !taken.insert(variable.clone()) {
                variable.push('_');
            }
        }
        identifier(&variable, Span::call_site())
    };
    names.iter().map(variable).collect()
}

/// The local variable of each equation.
pub(super) struct Names {
    locals: HashMap<EquationId, Ident>,
    /// How the variables of shared terms begin.
    pub(super) term_prefix: String,
}

impl Names {
    pub(super) fn new(derivation: &Derivation) -> Self {
        let mut taken: HashSet<String> = OWN.iter().chain(&VARIANTS).map(|name| (*name).to_owned()).collect();
        let mut locals = HashMap::new();
        for (id, _) in derivation.numbered() {
            let mut name = derivation.name_of(id);
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            locals.insert(id, identifier(&name, Span::call_site()));
        }
        let term_prefix = term_prefix(taken.iter().map(String::as_str));
        Names { locals, term_prefix }
    }

    /// The local variable of an equation.
    pub(super) fn of(&self, id: EquationId) -> Ident {
        self.locals.get(&id).cloned().unwrap_or_else(|| Ident::new("__unknown", Span::call_site()))
    }
}

/// The constants of a network that count something.
pub(super) const COUNTS: [&str; 11] = [
    "PARAMETERS",
    "WEIGHTS",
    "BIASES",
    "INPUTS",
    "OUTPUTS",
    "LAYERS",
    "MULTIPLY_ADDS",
    "PARAMETER_BYTES",
    "WORKSPACE_BYTES",
    "FROZEN",
    "OPTIMIZER_BYTES",
];

/// Their identifiers.
pub(super) fn counts() -> Vec<Ident> {
    COUNTS.iter().map(|name| Ident::new(name, Span::call_site())).collect()
}
