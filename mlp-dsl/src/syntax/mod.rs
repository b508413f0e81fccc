//! From text to [`ast::Ast`].

pub mod ast;
mod build;
#[rustfmt::skip]
#[allow(clippy::all, dead_code, unreachable_pub, missing_docs, reason = "generated from mlp.pest")]
mod grammar;
mod parse;
mod scan;

pub use parse::{parse, parse_prelude};
