//! Rust identifiers for the names of a derivation.

use std::collections::{HashMap, HashSet};

use mlp_dsl::{
    ir::{Derivation, equation::EquationId},
    never, span,
};
use proc_macro2::{Ident, Span};
use quote::format_ident;

use crate::surface::Kind;

/// The span in the user's source of a part of the specification.
pub type Spans<'s> = &'s dyn Fn(span::Span) -> Span;

/// An identifier; a keyword becomes a raw one.
pub(super) fn identifier(name: &str, span: Span) -> Ident {
    // `self`, `super`, `crate` and `_` never get here: the check refuses them.
    if is_keyword(name) { Ident::new_raw(name, span) } else { Ident::new(name, span) }
}

/// An identifier of generated code's own.
pub(super) fn own(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
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

/// Names that mean a variant in every pattern.
const VARIANTS: [&str; 4] = ["Some", "None", "Ok", "Err"];

/// How the variables of shared terms begin.
pub(super) const TERM: &str = "__term_";

/// The sums of groups of samples.
pub(super) const SUMS: &str = "__sums";

/// The workspace of one sample in that of batches.
pub(super) const ONE: &str = "__one";

/// The numbers of the step and of the sample whose masks are drawn next, in the workspace of one sample.
pub(super) const STEP: &str = "__step";
pub(super) const SAMPLE: &str = "__next";

/// A variable called so, as far as it can be: generated code's own names begin with two underscores.
fn variable(name: &str, taken: &mut HashSet<String>) -> Ident {
    let mut variable = if name.starts_with("__") { format!("v{name}") } else { name.to_owned() };
    while !taken.insert(variable.clone()) {
        variable.push('_');
    }
    identifier(&variable, Span::call_site())
}

fn variants() -> HashSet<String> {
    VARIANTS.iter().map(|name| (*name).to_owned()).collect()
}

/// The parameters of a function as variables.
pub(super) fn parameters(names: &[String]) -> Vec<Ident> {
    let mut taken = variants();
    names.iter().map(|name| variable(name, &mut taken)).collect()
}

/// The local variable of each equation.
pub(super) struct Names(HashMap<EquationId, Ident>);

impl Names {
    pub(super) fn new(derivation: &Derivation) -> Self {
        let mut taken = variants();
        let local = |(id, _)| (id, variable(&derivation.name_of(id), &mut taken));
        Names(derivation.numbered().map(local).collect())
    }

    /// The local variable of an equation.
    pub(super) fn of(&self, id: EquationId) -> Ident {
        match self.0.get(&id) {
            Some(name) => name.clone(),
            None => {
                never!("no equation has the number {}", id.0);
                own("__no_equation")
            }
        }
    }
}

/// The names of the generated types.
pub(super) struct TypeNames {
    pub(super) network: Ident,
    pub(super) gradients: Ident,
    pub(super) optimizer: Ident,
    pub(super) workspace: Ident,
    pub(super) batch_workspace: Ident,
    pub(super) trace: Ident,
    pub(super) target: Ident,
    pub(super) heads: Ident,
}

impl TypeNames {
    pub(super) fn new(name: &str, span: Span) -> Self {
        let with = |kind: Kind| format_ident!("{name}{}", kind.suffix(), span = span);
        TypeNames {
            network: identifier(name, span),
            gradients: with(Kind::Gradients),
            optimizer: with(Kind::Optimizer),
            workspace: with(Kind::Workspace),
            batch_workspace: with(Kind::BatchWorkspace),
            trace: with(Kind::Trace),
            target: with(Kind::Target),
            heads: with(Kind::Heads),
        }
    }

    pub(super) fn of(&self, kind: Kind) -> &Ident {
        match kind {
            Kind::Network => &self.network,
            Kind::Gradients => &self.gradients,
            Kind::Optimizer => &self.optimizer,
            Kind::Workspace => &self.workspace,
            Kind::BatchWorkspace => &self.batch_workspace,
            Kind::Trace => &self.trace,
            Kind::Target => &self.target,
            Kind::Heads => &self.heads,
        }
    }
}
