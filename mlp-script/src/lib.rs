//! The listing: one training step as a program in Python or JavaScript, for readers. Its statements are the equations of the
//! derivation, in their order: a network of named neurons is a straight script of scalars, one statement an equation; a
//! network of layers computes with lists, in the functions `forward`, `loss` and `backward`. Sums are added in the order of
//! the reference interpreter, so products and sums give its bits.
//!
//! ```text
//! Derivation ── phases, statements, formula ─→ Page
//!                    spelling: Python, JavaScript, mathematics for the comments
//! ```

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod formula;
mod functions;
mod givens;
mod helpers;
mod mathematics;
mod names;
mod page;
mod phases;
mod program;
mod refusal;
mod spelling;
mod statements;
mod text;
mod watched;

use mlp_dsl::ir::Derivation;

pub use refusal::Refusal;

/// A language of programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Python 3, with its standard library.
    Python,
    /// A module of JavaScript.
    JavaScript,
}

/// Numbers of parameters, and of samples, that a listing has at most.
pub const NUMBERS: usize = 10_000;

/// The declared step as a program; `generator` is who writes it, such as `mlpc 1.0`.
///
/// # Errors
/// Inputs or a target without values; more numbers than a listing has.
pub fn emit(derivation: &Derivation, language: Language, generator: &str) -> Result<String, Refusal> {
    let point = refusal::affordable(derivation)?;
    Ok(program::Program::new(derivation, language, &point).text(generator))
}
