//! `mlpc lsp`: runs the language server.

use crate::{failure::Failure, weights::Beside};

/// Runs the command.
pub(crate) fn run() -> Result<(), Failure> {
    mlp_lsp::run(|uri| Box::new(Beside::uri(uri))).map_err(|broken| {
        Failure::usage(format!("the language server failed: {broken}"), "start it from an editor")
    })
}
