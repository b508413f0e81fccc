//! Times networks of `mlp` beside what else computes them; README.md says how.

#![allow(clippy::neg_cmp_op_on_partial_ord, reason = "NaN must not pass for small")]

mod by_hand;
mod c;
mod chart;
mod check;
mod clock;
mod contender;
mod faer;
mod gemm;
mod harness;
mod matrixmultiply;
mod options;
mod ours;
mod peak;
mod products;
mod report;
mod versions;
mod workloads;

use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;

use harness::Entry;
use options::Options;

/// Large networks pass over the stack while they are boxed.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let built_for_this_machine = cfg!(target_feature = "fma") || !is_x86_feature_detected!("fma");
    if !built_for_this_machine {
        return again_from_here();
    }
    let work = || run().map_err(|error| eprintln!("{error}"));
    let thread = thread::Builder::new().stack_size(STACK).spawn(work);
    match thread.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Cargo reads flags from the folder that it is started in: those of this one ask for the machine's
/// instructions.
fn again_from_here() -> ExitCode {
    eprintln!("building again, with all instructions of this machine");
    let mut cargo = Command::new("cargo");
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["run", "--release"]);
    for (feature, is_on) in [("burn", cfg!(feature = "burn")), ("candle", cfg!(feature = "candle"))] {
        if is_on {
            cargo.args(["--features", feature]);
        }
    }
    let status = cargo.arg("--").args(std::env::args_os().skip(1)).status();
    if status.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let core = clock::pin()?;
    let entries = entries();
    let (mut rows, mut excluded) = (Vec::new(), Vec::new());
    for workload in workloads::WORKLOADS.iter().filter(|workload| options.wants(workload)) {
        eprintln!("{} on core {core}", workload.name);
        rows.extend(harness::run(workload, &entries, &options.protocol, &mut excluded));
    }
    let context = report::Context {
        rounds: options.protocol.rounds,
        lap_ms: options.protocol.lap.as_millis(),
        warm_up_ms: options.protocol.warm_up.as_millis(),
        versions: versions::all(),
    };
    write(&options.folder, &report::markdown(&context, &rows, &excluded), &rows)
}

fn entries() -> Vec<Entry> {
    vec![
        Entry::new("ours", ours::contender),
        Entry::new("Rust by hand", by_hand::contender),
        Entry::new("C by hand", c::contender),
        Entry::new("ndarray", products::contender::<matrixmultiply::Ndarray>),
        Entry::new("gemm", products::contender::<gemm::Gemm>),
        Entry::new("faer", products::contender::<faer::Faer>),
    ]
}

fn write(folder: &Path, text: &str, rows: &[harness::Row]) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("benchmarks.md"), text)?;
    chart::draw(rows, &folder.join("benchmarks.svg"))?;
    eprintln!("written to {}", folder.display());
    Ok(())
}
