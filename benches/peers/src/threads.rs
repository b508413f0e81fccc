//! W6 on two cores: one network on two threads, and two networks in two processes.

use std::env;
use std::fmt::Write;
use std::io::{self, BufRead};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::check::results;
use crate::contender::Contender;
use crate::harness::{Protocol, quartiles};
use crate::options::Options;
use crate::process::Process;
use crate::workloads::{Pass, W6};
use crate::{Outcome, STACK, clock, ours, report, versions};

/// What runs at the same time.
struct Arrangement {
    name: &'static str,
    workers: Vec<Process>,
}

pub fn run(options: &Options) -> Outcome {
    let cores = clock::cores()?;
    let &[first, second, ..] = &*cores else { return Err("this needs two cores".into()) };
    let mut arrangements = [
        Arrangement::start("one thread", &[&[first]])?,
        Arrangement::start("two threads of one process", &[&[first, second]])?,
        Arrangement::start("two processes, a thread each", &[&[first], &[second]])?,
    ];
    agree(&mut arrangements)?;
    let mut text = introduction(&options.protocol);
    for pass in [Pass::Forward, Pass::Train] {
        eprintln!("{} {pass:?} on cores {first} and {second}", W6.name);
        let samples = time(&mut arrangements, pass, &options.protocol)?;
        text += &table(&arrangements, pass, &samples);
    }
    let mut versions = versions::all();
    versions.retain(|(name, _)| ["date", "processor", "rustc", "mlp", "rayon"].contains(&&**name));
    text += &report::table_of(&versions);
    let [file, _] = options.files("threads")?;
    Ok(std::fs::write(file, text)?)
}

impl Arrangement {
    /// A worker for each list of cores, with as many threads.
    fn start(name: &'static str, workers: &[&[usize]]) -> Outcome<Self> {
        let start = |cores: &&[usize]| {
            let cores: Vec<_> = cores.iter().map(usize::to_string).collect();
            Process::start(Command::new(env::current_exe()?).args(["--worker", &cores.join(",")]))
        };
        Ok(Self { name, workers: workers.iter().map(start).collect::<Outcome<_>>()? })
    }

    /// Samples in a second, of all workers at once.
    fn throughput(&mut self, pass: Pass, duration: Duration) -> Outcome<f64> {
        let request = json!({ "train": pass == Pass::Train, "seconds": duration.as_secs_f64() });
        self.workers.iter_mut().try_for_each(|worker| worker.send(&request))?;
        let answer = |worker: &mut Process| worker.receive()?["samples"].as_f64().ok_or("no number".into());
        self.workers.iter_mut().map(answer).sum()
    }
}

/// Fails unless all workers compute the same bits.
fn agree(arrangements: &mut [Arrangement]) -> Outcome {
    let mut hashes = Vec::new();
    for worker in arrangements.iter_mut().flat_map(|arrangement| &mut arrangement.workers) {
        hashes.push(worker.ask(&json!({ "check": true }))?);
    }
    if hashes.windows(2).all(|pair| pair[0] == pair[1]) { Ok(()) } else { Err("the results differ".into()) }
}

/// The throughput of each arrangement in each round.
fn time(arrangements: &mut [Arrangement], pass: Pass, protocol: &Protocol) -> Outcome<Vec<Vec<f64>>> {
    for arrangement in &mut *arrangements {
        arrangement.throughput(pass, protocol.warm_up)?;
    }
    let mut samples = vec![Vec::new(); arrangements.len()];
    for round in 0..protocol.rounds {
        for turn in 0..arrangements.len() {
            let at = (round + turn) % arrangements.len();
            samples[at].push(arrangements[at].throughput(pass, protocol.lap)?);
        }
    }
    Ok(samples)
}

fn introduction(protocol: &Protocol) -> String {
    format!(
        "# Two threads and two processes\n\n\
W6 (784-512-512-10, batch 128, `f32`) on two cores: a network whose products two threads share (`mlp` with the \
feature `rayon`), and two processes with one network and one core each. All compute the same bits. {} rounds of \
{} ms for each arrangement follow a warm-up of {} ms; each round begins with another arrangement. Time is \
elapsed time; the samples of processes that run at the same time are added. Samples in a second: the median and \
the quartiles, and the median of the ratio to one thread in the same round.\n",
        protocol.rounds,
        protocol.lap.as_millis(),
        protocol.warm_up.as_millis()
    )
}

fn table(arrangements: &[Arrangement], pass: Pass, samples: &[Vec<f64>]) -> String {
    let pass = if pass == Pass::Train { "Train" } else { "Forward" };
    let mut text =
        format!("\n## {pass}\n\n| | samples in a second | relative to one thread |\n|---|---:|---:|\n");
    for (Arrangement { name, .. }, here) in arrangements.iter().zip(samples) {
        let [low, median, high] = quartiles(here.clone());
        let ratios = here.iter().zip(&samples[0]).map(|(here, one)| here / one).collect();
        let ratio = report::number(quartiles(ratios)[1]);
        let _ = writeln!(text, "| {name} | {median:.0} ({low:.0} – {high:.0}) | {ratio} |");
    }
    text
}

/// Answers requests until there are no more, with a thread for each core.
pub fn work(cores: &[usize]) -> Outcome {
    clock::hold(cores)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(cores.len()).stack_size(STACK).build()?;
    pool.install(serve).map_err(|error: String| error.into())
}

fn serve() -> Result<(), String> {
    let mut contender = ours::contender(&W6, &W6.data()).ok_or("no network")?;
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let request: Value = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        println!("{}", answer(&request, &mut *contender));
    }
    Ok(())
}

fn answer(request: &Value, contender: &mut dyn Contender) -> Value {
    if let Some(seconds) = request["seconds"].as_f64() {
        let pass = if request["train"] == true { Pass::Train } else { Pass::Forward };
        return json!({ "samples": samples(contender, pass, seconds) });
    }
    let results = results(contender);
    // Fowler, Noll and Vo's.
    let hash = results
        .outputs
        .iter()
        .chain(&results.parameters)
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, x| (hash ^ x.to_bits()).wrapping_mul(0x0100_0000_01b3));
    json!({ "hash": hash })
}

/// In a second of those that pass.
fn samples(contender: &mut dyn Contender, pass: Pass, seconds: f64) -> f64 {
    contender.reset();
    let (begin, mut samples) = (Instant::now(), 0);
    loop {
        contender.call(pass);
        samples += W6.batch;
        let elapsed = begin.elapsed().as_secs_f64();
        if elapsed >= seconds {
            return samples as f64 / elapsed;
        }
    }
}
