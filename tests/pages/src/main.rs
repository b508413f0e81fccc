//! `cargo run --release -p mlp-pages -- [--givens] PAGE.md …`: checks printed pages.

#![allow(clippy::print_stdout, reason = "a command talks")]

use std::process::ExitCode;

use mlp_pages::{Demands, Report, check};

fn main() -> ExitCode {
    let mut demands = Demands::default();
    let (mut all, mut pages) = (Report::default(), 0);
    for argument in std::env::args().skip(1) {
        if argument == "--givens" {
            demands.givens = true;
            continue;
        }
        let markdown = match std::fs::read_to_string(&argument) {
            Ok(markdown) => markdown,
            Err(error) => {
                println!("{argument}: {error}");
                return ExitCode::FAILURE;
            }
        };
        let report = check(&markdown, demands);
        for finding in &report.findings {
            println!("{argument}:{finding}");
        }
        pages += 1;
        all.add(report);
    }
    println!(
        "{pages} pages: {} sides recomputed, {} numbers put in for symbols, {} sizes, {} uses of symbols; {} sides in symbols; {} findings",
        all.sides,
        all.put_in,
        all.sizes,
        all.symbols,
        all.symbolic,
        all.findings.len()
    );
    if all.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
