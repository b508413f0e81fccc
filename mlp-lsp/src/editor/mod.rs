//! Answers the questions of an editor about a specification: hover, declaration, references, completion,
//! renaming.

mod completion;
mod facts;
mod hover;
mod rename;
mod repair;
mod sentence;

use std::borrow::Cow;

use mlp_dsl::{
    Compilation,
    diagnostic::{Diagnostic, Diagnostics},
    limits,
    names::Names,
    syntax::{self, ast::Ast},
    weights::{Files, NoFiles},
};

use facts::Facts;
use mlp_eval::Effort;

pub use completion::{Completion, CompletionKind};
pub use hover::Hover;
pub use rename::Refusal;

/// The functions and rules of the prelude.
struct Prelude {
    text: &'static str,
    names: Names,
}

impl Prelude {
    fn new() -> Self {
        Prelude { text: syntax::PRELUDE, names: Names::of(&syntax::parse_prelude(syntax::PRELUDE)) }
    }
}

/// A specification and its analysis.
pub struct Analysis {
    text: String,
    names: Names,
    mistakes: Vec<Diagnostic>,
    facts: Facts,
    prelude: Prelude,
}

/// All warnings, where the network is small enough to be evaluated after each change.
fn warnings(compiled: &Compilation) -> Vec<Diagnostic> {
    match mlp_eval::warnings(&compiled.derivation, Effort::Quick) {
        Some(evaluated) => compiled.warnings.with(evaluated),
        None => compiled.warnings.without_evaluation(),
    }
}

/// The text to analyse; a text above the size limit counts as empty.
fn looked_at(text: &str) -> &str {
    if text.len() > limits::TEXT_BYTES { "" } else { text }
}

impl Analysis {
    /// Analyses a text. As long as it has errors, the facts that need a valid specification, such as shapes,
    /// come from the `last` analysis.
    pub fn new(text: String, last: Option<Analysis>) -> Self {
        Analysis::with_files(text, last, &NoFiles)
    }

    /// The same, with the files that the text names.
    pub fn with_files(text: String, last: Option<Analysis>, files: &dyn Files) -> Self {
        let mut diagnostics = Diagnostics::default();
        let ast: Ast = syntax::parse(&text, &mut diagnostics);
        let names = match repair::repaired(looked_at(&text)) {
            Cow::Borrowed(_) => Names::of(&ast),
            Cow::Owned(repaired) => Names::of(&syntax::parse(&repaired, &mut Diagnostics::default())),
        };
        let compiled = Compilation::of_ast(&ast, diagnostics, files);
        let (prelude, known) = match last {
            Some(last) => (last.prelude, last.facts),
            None => (Prelude::new(), Facts::default()),
        };
        let (facts, mistakes) = match compiled {
            Ok(compiled) => (Facts::of(&compiled), warnings(&compiled)),
            Err(mistakes) => (known, mistakes),
        };
        Analysis { text, names, mistakes, facts, prelude }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The declared names and their uses.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The errors, or the warnings of a specification without errors.
    pub fn mistakes(&self) -> &[Diagnostic] {
        &self.mistakes
    }
}
