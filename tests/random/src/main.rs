//! `cargo run --release -p mlp-random -- [networks] [first number] [networks to compile]`

#![allow(clippy::print_stdout, reason = "a command talks")]

use std::{process::ExitCode, time::Instant};

use mlp_random::{compiled, survey};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let mut next = |otherwise| arguments.next().and_then(Result::ok).unwrap_or(otherwise);
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
