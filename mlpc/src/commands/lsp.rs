//! `mlpc lsp`: a language server.

use crate::{failure::Failure, weights::Beside};

/// Runs the command.
pub(crate) fn run() -> Result<(), Failure> {
    mlp_lsp::run(|uri| Box::new(Beside::uri(uri))).map_err(|broken| {
        Failure::usage(
            format!("the language server can't go on: {broken}"),
            "an editor starts it and talks to it",
        )
    })
}
