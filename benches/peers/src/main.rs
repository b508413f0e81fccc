//! Times networks of `mlp` beside what else computes them; README.md says how.

#![allow(clippy::neg_cmp_op_on_partial_ord, reason = "NaN must not pass for small")]

mod aligned;
mod blas;
#[cfg(feature = "burn")]
mod burn;
mod by_hand;
mod by_value;
mod c;
#[cfg(feature = "candle")]
mod candle;
mod chart;
mod check;
mod clock;
mod contender;
#[cfg(feature = "native")]
mod curves;
mod engine;
#[cfg(feature = "native")]
mod faer;
#[cfg(feature = "native")]
mod gemm;
mod harness;
mod matrixmultiply;
mod options;
mod ours;
mod peak;
mod process;
mod products;
mod remote;
mod report;
mod setting;
#[cfg(feature = "rayon")]
mod threads;
mod versions;
mod workloads;

use std::error::Error;
use std::process::ExitCode;
use std::thread;

use harness::Entry;
use options::{Options, Task};
use versions::Versions;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Large networks pass over the stack while they are boxed.
const STACK: usize = 256 << 20;

#[global_allocator]
static ALLOCATOR: aligned::Aligned = aligned::Aligned;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::FAILURE;
        }
    };
    if !setting::fits(&options.task) {
        return setting::again(&options.task);
    }
    let work = move || run(&options).map_err(|error| eprintln!("{error}"));
    let thread = thread::Builder::new().stack_size(STACK).spawn(work);
    match thread.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn run(options: &Options) -> Outcome {
    match options.task {
        Task::Compare => compare(options, "benchmarks"),
        Task::Baseline => compare(options, "benchmarks-baseline"),
        Task::Ours => ours(
            options,
            &[Entry::new("ours", ours::contender), Entry::new("ours, by value", by_value::contender)],
        ),
        Task::Engine => {
            ours(options, &[Entry::new("ours", ours::contender), Entry::new("engine", engine::contender)])
        }
        #[cfg(feature = "native")]
        Task::Curves => curves::run(options),
        #[cfg(feature = "rayon")]
        Task::Threads => threads::run(options),
        #[cfg(feature = "rayon")]
        Task::Worker(ref cores) => threads::work(cores),
        #[allow(unreachable_patterns, reason = "some builds have all tasks")]
        _ => Err("this build doesn't have the task".into()),
    }
}

/// Everything beside everything.
fn compare(options: &Options, name: &str) -> Outcome {
    // Before any process or thread is started, so that all are on this core.
    let core = clock::pin()?;
    let (entries, versions) = entries(options)?;
    let (mut rows, mut excluded) = (Vec::new(), Vec::new());
    for workload in workloads::WORKLOADS.iter().filter(|workload| options.wants(workload)) {
        eprintln!("{} on core {core}", workload.name);
        rows.extend(harness::run(workload, &entries, &options.protocol, &mut excluded));
    }
    let [text, picture] = options.files(name)?;
    std::fs::write(text, report::markdown(name, &options.protocol, &versions, &rows, &excluded))?;
    chart::draw(&rows, &picture)
}

/// Our networks, and others beside them.
fn ours(options: &Options, entries: &[Entry]) -> Outcome {
    clock::pin()?;
    for workload in workloads::WORKLOADS.iter().filter(|workload| options.wants(workload)) {
        let rows = harness::run(workload, entries, &options.protocol, &mut Vec::new());
        print!("{}", report::lines(&rows));
    }
    Ok(())
}

/// All that is there, with the versions of what it uses.
fn entries(options: &Options) -> Outcome<(Vec<Entry>, Versions)> {
    let mut entries = vec![
        Entry::new("ours", ours::contender),
        Entry::new("ours, by value", by_value::contender),
        Entry::new("Rust by hand", by_hand::contender),
        Entry::new("C by hand", c::contender),
        Entry::new("MKL", blas::mkl),
        Entry::new("OpenBLAS", blas::openblas),
        Entry::new("ndarray", products::contender::<matrixmultiply::Ndarray>),
        #[cfg(feature = "native")]
        Entry::new("gemm", products::contender::<gemm::Gemm>),
        #[cfg(feature = "native")]
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
