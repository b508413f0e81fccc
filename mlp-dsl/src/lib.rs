//! The compiler core of mlp: it reads a specification of a multilayer perceptron, derives the
//! worked backpropagation as a list of equations, and prints that list as Rust or on paper.
//! Pure: it reads no file, writes none and never panics.
//!
//! ```text
//! text ── syntax ─→ Ast ── check ─→ Model ── ir ─→ Derivation ─┬─ plan ─→ Plan ── backend::rust
//!                                                              ├─ interpreter (numbers)
//!                                                              └─ backend::document
//! ```

#![warn(clippy::wildcard_enum_match_arm)]

mod check;
pub mod diagnostic;
pub mod format;
pub mod formula;
pub mod ir;
pub mod kind;
pub mod limits;
pub mod model;
pub mod names;
pub mod never;
pub mod number;
pub mod outline;
#[allow(clippy::wildcard_enum_match_arm, reason = "its matches are replaced with its instructions")]
pub mod plan;
pub mod reserved;
pub mod shape;
pub mod span;
pub mod spelling;
pub mod syntax;
pub mod visible;
pub mod weights;
mod wording;

use diagnostic::{Diagnostic, Diagnostics};
use ir::Derivation;
use syntax::ast::Ast;
use weights::{Files, NoFiles};

/// The whole front end: from text to equations, or all errors that were found.
pub fn compile(text: &str) -> Result<Derivation, Vec<Diagnostic>> {
    compile_with(text, &NoFiles)
}

/// The same, with the files that the text names.
pub fn compile_with(text: &str, files: &dyn Files) -> Result<Derivation, Vec<Diagnostic>> {
    let mut diagnostics = Diagnostics::default();
    let ast = syntax::parse(text, &mut diagnostics);
    derive_with(&ast, diagnostics, files)
}

/// From a syntax tree, and what was wrong with its text, to equations.
pub fn derive(ast: &Ast, diagnostics: Diagnostics) -> Result<Derivation, Vec<Diagnostic>> {
    derive_with(ast, diagnostics, &NoFiles)
}

/// The same, with the files that the text names.
pub fn derive_with(
    ast: &Ast,
    mut diagnostics: Diagnostics,
    files: &dyn Files,
) -> Result<Derivation, Vec<Diagnostic>> {
    let model = never::catch(|| {
        let model = check::check(ast, files, &mut diagnostics);
        if model.is_none() && diagnostics.is_empty() {
            never!("a specification without errors has a model");
        }
        model
    });
    match model.map_err(|fault| vec![fault])? {
        Some(model) if diagnostics.is_empty() => {
            let derivation = never::catch(|| ir::derive(&model).and_then(plan::fitting));
            derivation.flatten().map_err(|diagnostic| vec![diagnostic])
        }
        _ => Err(diagnostics.into_sorted()),
    }
}
