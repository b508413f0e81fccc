//! The command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::harness::Protocol;
use crate::workloads::Workload;

const USAGE: &str = "options: --only W3 (again for more), --rounds N, --quick, --python, --out FOLDER; \
instead of the comparison: --ours, --engine, --baseline, --curves, --threads";

pub enum Task {
    /// The comparison, with all instructions of the machine.
    Compare,
    /// The same in a build for every x86-64.
    Baseline,
    /// Our networks alone, and only printed.
    Ours,
    /// The engine beside our compiled networks, only printed.
    Engine,
    /// Cost against width and against the length of the batch.
    Curves,
    /// Two threads beside two processes.
    Threads,
    /// One of those processes, on these cores.
    #[cfg(feature = "rayon")]
    Worker(Vec<usize>),
}

pub struct Options {
    pub protocol: Protocol,
    pub task: Task,
    /// Where the results are written.
    folder: PathBuf,
    /// Whether contenders in Python take part.
    pub python: bool,
    only: Vec<String>,
}

impl Options {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let milliseconds = Duration::from_millis;
        let mut options = Self {
            protocol: Protocol { rounds: 9, warm_up: milliseconds(150), lap: milliseconds(60) },
            task: Task::Compare,
            folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs"),
            python: false,
            only: Vec::new(),
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(USAGE);
            match &*word {
                "--only" => options.only.push(value()?),
                "--out" => options.folder = value()?.into(),
                "--ours" => options.task = Task::Ours,
                "--engine" => options.task = Task::Engine,
                "--baseline" => options.task = Task::Baseline,
                "--curves" => options.task = Task::Curves,
                "--threads" => options.task = Task::Threads,
                #[cfg(feature = "rayon")]
                "--worker" => {
                    let cores = value()?.split(',').map(str::parse).collect::<Result<_, _>>();
                    options.task = Task::Worker(cores.map_err(|_| USAGE)?);
                }
                "--python" => options.python = true,
                "--rounds" => options.protocol.rounds = value()?.parse().map_err(|_| USAGE)?,
                "--quick" => {
                    options.protocol =
                        Protocol { rounds: 3, warm_up: milliseconds(20), lap: milliseconds(10) };
                }
                _ => return Err(USAGE.into()),
            }
        }
        match options.task {
            Task::Baseline if options.python => Err("Python's can't be held to the baseline".into()),
            _ if options.protocol.rounds == 0 => Err(USAGE.into()),
            _ => Ok(options),
        }
    }

    /// By its whole name or the part before the dash.
    pub fn wants(&self, workload: &Workload) -> bool {
        let family = workload.name.split('-').next();
        self.only.is_empty() || self.only.iter().any(|only| only == workload.name || family == Some(only))
    }

    /// A report and its picture, in the folder of results.
    pub fn files(&self, name: &str) -> std::io::Result<[PathBuf; 2]> {
        std::fs::create_dir_all(&self.folder)?;
        let files = ["md", "svg"].map(|kind| self.folder.join(name).with_extension(kind));
        eprintln!("writing {}", files[0].display());
        Ok(files)
    }
}
