//! Turns text into the syntax tree, [`ast::Ast`].

pub mod ast;
#[expect(clippy::wildcard_enum_match_arm, reason = "the rules of the grammar are generated")]
mod build;
mod errors;
#[expect(clippy::wildcard_enum_match_arm, reason = "the rules of the grammar are generated")]
mod explain;
#[rustfmt::skip]
#[allow(clippy::all, dead_code, unreachable_pub, missing_docs, reason = "generated from mlp.pest")]
mod grammar;
#[expect(clippy::wildcard_enum_match_arm, reason = "the rules of the grammar are generated")]
mod formulas;
pub mod lexer;
mod nesting;
mod parse;
mod recovery;
mod scan;
mod strings;
pub mod words;

pub use parse::{parse, parse_prelude, parse_with};

/// The prelude: functions and rules that every specification can use.
pub const PRELUDE: &str = include_str!("../prelude.mlp");
