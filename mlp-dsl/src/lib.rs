//! The compiler core of mlp: from the text of a specification to its equations, forward and backward, and to the plan
//! of instructions that computes them. It reads no file, writes none and does not panic in release.
//!
//! ```text
//! text ── syntax ─▶ Ast ── check ─▶ Model ── ir ─▶ Derivation ── plan ─▶ Plan
//! ```
//!
//! [`Compilation`] runs the phases and both verifiers for all callers: the macro, the command line, the editor.
//! Printers are crates of their own: `mlp-rust`, `mlp-document`; `mlp-eval` evaluates the equations.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod attribute;
mod check;
mod compilation;
pub mod diagnostic;
mod drawn;
pub mod format;
pub mod formula;
pub mod ir;
pub mod kind;
pub mod limits;
pub mod lint;
pub mod model;
pub mod names;
pub mod never;
pub mod number;
pub mod outline;
pub mod plan;
pub mod reserved;
pub mod run;
pub mod shape;
pub mod span;
pub mod spelling;
pub mod syntax;
pub mod visible;
pub mod weights;
mod wording;

pub use compilation::{Compilation, compile};
