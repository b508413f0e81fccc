//! Times networks of `mlp` beside what else computes them; README.md says how.

#![allow(clippy::neg_cmp_op_on_partial_ord, reason = "NaN must not pass for small")]

mod blas;
#[cfg(feature = "burn")]
mod burn;
mod by_hand;
mod c;
#[cfg(feature = "candle")]
mod candle;
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
mod remote;
mod report;
mod versions;
mod workloads;

use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;

use harness::Entry;
use options::Options;
use versions::Versions;

/// Large networks pass over the stack while they are boxed.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let built_for_this_machine = cfg!(target_feature = "fma") || !is_x86_feature_detected!("fma");
    let one_thread = std::env::var_os("RAYON_NUM_THREADS").is_some_and(|count| count == "1");
    if !(built_for_this_machine && one_thread) {
        return again_from_here();
    }
    let work = || run().map_err(|error| eprintln!("{error}"));
    let thread = thread::Builder::new().stack_size(STACK).spawn(work);
    match thread.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Cargo reads its configuration from the folder that it is started in: this one's has the flags and
/// variables that all contenders need.
fn again_from_here() -> ExitCode {
    const AGAIN: &str = "MLP_PEERS_AGAIN";
    if std::env::var_os(AGAIN).is_some() {
        eprintln!("the settings of .cargo/config.toml don't hold: is RUSTFLAGS set?");
        return ExitCode::FAILURE;
    }
    eprintln!("again, with the settings of .cargo/config.toml");
    let mut cargo = Command::new("cargo");
    cargo.env(AGAIN, "1").current_dir(env!("CARGO_MANIFEST_DIR")).args(["run", "--release", "--quiet"]);
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
    let (mut entries, versions) = entries(&options)?;
    if options.ours {
        entries.truncate(1);
    }
    let (mut rows, mut excluded) = (Vec::new(), Vec::new());
    for workload in workloads::WORKLOADS.iter().filter(|workload| options.wants(workload)) {
        eprintln!("{} on core {core}", workload.name);
        rows.extend(harness::run(workload, &entries, &options.protocol, &mut excluded));
    }
    if options.ours {
        print!("{}", report::lines(&rows));
        return Ok(());
    }
    let context = report::Context {
        rounds: options.protocol.rounds,
        lap_ms: options.protocol.lap.as_millis(),
        warm_up_ms: options.protocol.warm_up.as_millis(),
        versions,
    };
    write(&options.folder, &report::markdown(&context, &rows, &excluded), &rows)
}

/// All that is there, with the versions of what it uses.
fn entries(options: &Options) -> Result<(Vec<Entry>, Versions), Box<dyn Error>> {
    let mut entries = vec![
        Entry::new("ours", ours::contender),
        Entry::new("Rust by hand", by_hand::contender),
        Entry::new("C by hand", c::contender),
        Entry::new("MKL", blas::mkl),
        Entry::new("OpenBLAS", blas::openblas),
        Entry::new("ndarray", products::contender::<matrixmultiply::Ndarray>),
        Entry::new("gemm", products::contender::<gemm::Gemm>),
        Entry::new("faer", products::contender::<faer::Faer>),
        #[cfg(feature = "candle")]
        Entry::new("candle", candle::contender),
        #[cfg(feature = "burn")]
        Entry::new("burn", burn::contender),
    ];
    let mut versions = versions::all();
    versions.extend(blas::versions());
    if options.python {
        let (more, theirs) = remote::entries()?;
        entries.extend(more);
        versions.extend(theirs);
    }
    Ok((entries, versions))
}

fn write(folder: &Path, text: &str, rows: &[harness::Row]) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("benchmarks.md"), text)?;
    chart::draw(rows, &folder.join("benchmarks.svg"))?;
    eprintln!("written to {}", folder.display());
    Ok(())
}
