//! The compiler core of mlp: it reads a specification of a multilayer perceptron, derives the
//! worked backpropagation as a list of equations, and prints that list as Rust or on paper.
//! Pure: it reads no file, writes none and never panics.
//!
//! ```text
//! text ── syntax ─→ Ast ── check ─→ Model ── ir ─→ Derivation ─┬─ plan ─→ Plan ── backend::rust
//!                                                              ├─ referee (numbers)
//!                                                              └─ backend::document
//! ```

pub mod backend;
mod check;
pub mod diagnostic;
#[cfg(feature = "editor")]
pub mod editor;
pub mod format;
pub mod ir;
pub mod limits;
pub mod model;
pub mod names;
pub mod plan;
mod problems;
#[cfg(feature = "referee")]
pub mod referee;
pub mod span;
pub mod syntax;
mod visible;

use diagnostic::{Diagnostic, Diagnostics};
use ir::Derivation;
use syntax::ast::Ast;

/// The whole front: from text to equations, or all mistakes that were found.
pub fn compile(text: &str) -> Result<Derivation, Vec<Diagnostic>> {
    let mut diagnostics = Diagnostics::default();
    let ast = syntax::parse(text, &mut diagnostics);
    derive(&ast, diagnostics)
}

/// From a syntax tree, and what was wrong with its text, to equations.
pub fn derive(ast: &Ast, mut diagnostics: Diagnostics) -> Result<Derivation, Vec<Diagnostic>> {
    let model = check::check(ast, &mut diagnostics);
    match model {
        Some(model) if diagnostics.is_empty() => ir::derive(&model).map_err(|diagnostic| vec![diagnostic]),
        _ => Err(diagnostics.into_sorted()),
    }
}
