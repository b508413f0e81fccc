//! `mlpc lsp`: a language server.

use crate::failure::Failure;

/// Runs the command.
pub(crate) fn run() -> Result<(), Failure> {
    mlp_lsp::run().map_err(|broken| {
        Failure::usage(
            format!("the language server can't go on: {broken}"),
            "an editor starts it and talks to it",
        )
    })
}
