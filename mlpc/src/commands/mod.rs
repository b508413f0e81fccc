//! The commands.

mod check;
mod derive;
mod emit;
mod eval;
mod evaluate;
mod explain;
mod export;
mod fmt;
mod graph;
mod import;
mod lsp;
mod refresh;
mod run;
mod summary;
mod train;

use crate::{arguments::Command, failure::Failure};

/// Runs a command.
pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Check(arguments) => check::run(arguments),
        Command::Summary(arguments) => summary::run(arguments),
        Command::Eval(arguments) => eval::run(arguments),
        Command::Derive(arguments) => derive::run(arguments),
        Command::Emit(arguments) => emit::run(arguments),
        Command::Graph(arguments) => graph::run(arguments),
        Command::Train(arguments) => train::run(arguments),
        Command::Run(arguments) => run::run(arguments),
        Command::Evaluate(arguments) => evaluate::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Import(arguments) => import::run(arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::Fmt(arguments) => fmt::run(arguments),
        Command::Lsp(_) => lsp::run(),
    }
}
