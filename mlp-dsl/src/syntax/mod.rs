//! Turns text into the syntax tree, [`ast::Ast`].

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

/// The prelude: functions and rules that every specification can use.
pub const PRELUDE: &str = include_str!("../prelude.mlp");
