//! The command line as a user runs it: one program, since linking and starting a program costs more than most tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod check;
mod common;
mod computation;
mod derive;
mod diagnostics;
mod editions;
mod editors;
mod eval;
mod evil;
mod explain;
mod export;
mod fmt;
mod generated;
mod graph;
mod guides;
mod import;
mod learning;
mod limits_table;
mod listings;
mod lsp;
mod messages;
mod ones;
mod sensible;
mod standalone;
mod summary;
mod warnings;
mod weights;
