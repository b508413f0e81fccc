//! The command line of mlp. Results go to standard output, messages to standard error.
//! Exit codes: 0 success, 1 errors in the specification or in a table, 2 wrong usage or a file that can't be
//! read or written, 130 a training that was interrupted.

mod arguments;
mod commands;
mod diagnostics;
mod escape;
mod failure;
mod file;
mod input;
mod json;
mod learning;
mod numbers;
mod output;
mod table;
mod weights;

use std::{io::Write, process::ExitCode};

use clap::Parser;

use failure::Failure;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    match commands::run(&arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&failure),
    }
}

/// Prints the message of a failure. A closed standard error is ignored.
fn report(failure: &Failure) -> ExitCode {
    let message = failure.message();
    if !message.is_empty() {
        let _ = writeln!(anstream::stderr(), "{message}");
    }
    ExitCode::from(failure.exit_code())
}
