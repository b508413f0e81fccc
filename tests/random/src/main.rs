//! `cargo run --release -p mlp-random -- [networks] [first number] [networks to compile]`, or
//! `… -- wide [networks] [first number]` for the verdicts on networks with wide weights, or `… -- mutants` for those on
//! wrong derivative rules, or `… -- kept [networks] [first number]` for files of trained networks, or
//! `… -- onnx [networks] [first number]` for models that `tests/onnx/exported.py` runs.

#![allow(clippy::print_stdout, reason = "a command talks")]

use std::{process::ExitCode, time::Instant};

use mlp_random::{compiled, mutants, survey, wide};

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).peekable();
    let command = words.next_if(|word| ["wide", "mutants", "kept", "onnx"].contains(&word.as_str()));
    let mut arguments = words.map(|argument| argument.parse::<u64>());
    let mut next = |otherwise| arguments.next().and_then(Result::ok).unwrap_or(otherwise);
    let is_good = match command.as_deref() {
        Some("wide") => {
            let (count, first) = (next(10_000), next(0));
            let start = Instant::now();
            let campaign = wide::campaign(first..first + count);
            println!("{campaign}\n  {:.0} s", start.elapsed().as_secs_f64());
            campaign.wrong.is_empty()
        }
        Some("kept") => {
            let (count, first) = (next(1000), next(0));
            let start = Instant::now();
            let kept = compiled::kept(first..first + count);
            println!("{kept:?} of {count} networks kept, in {:.0} s", start.elapsed().as_secs_f64());
            kept.is_ok_and(|kept| kept as u64 == count)
        }
        Some("onnx") => return exported(&mut next),
        Some(_) => {
            let hunt = mutants::hunt();
            println!("{hunt}");
            hunt.is_good()
        }
        None => return surveyed(&mut next),
    };
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes models into the folder `target/onnx`.
fn exported(next: &mut dyn FnMut(u64) -> u64) -> ExitCode {
    let (count, first) = (next(200), next(0));
    match mlp_random::exported::campaign(first..first + count, std::path::Path::new("target/onnx")) {
        Ok(campaign) => {
            println!("{campaign}");
            if campaign.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            println!("the models can't be written: {error}");
            ExitCode::FAILURE
        }
    }
}

fn surveyed(next: &mut dyn FnMut(u64) -> u64) -> ExitCode {
    let (count, first, compile) = (next(10_000), next(0), next(200));
    let start = Instant::now();
    let survey = survey(first..first + count);
    println!("{survey}\n  {:.0} s", start.elapsed().as_secs_f64());
    if compile == 0 {
        return if survey.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let start = Instant::now();
    let compiled = match compiled::run(first..first + compile) {
        Ok(compiled) => compiled,
        Err(error) => {
            println!("the networks could not be compiled: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{compiled}\n  {:.0} s", start.elapsed().as_secs_f64());
    if survey.is_good() && compiled.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
