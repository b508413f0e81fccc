//! From text to [`ast::Ast`].

pub mod ast;
mod build;
mod errors;
mod explain;
#[rustfmt::skip]
#[allow(clippy::all, dead_code, unreachable_pub, missing_docs, reason = "generated from mlp.pest")]
mod grammar;
mod formulas;
mod mend;
mod nesting;
mod parse;
mod scan;
mod strings;
mod widths;
pub mod words;

pub use parse::{parse, parse_prelude, parse_with};

/// The functions and rules that every specification knows.
pub const PRELUDE: &str = include_str!("../prelude.mlp");
