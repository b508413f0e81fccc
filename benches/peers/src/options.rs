//! The command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::harness::Protocol;
use crate::workloads::Workload;

const USAGE: &str =
    "options: --only W3 (again for more), --rounds N, --quick, --python, --ours, --out FOLDER";

pub struct Options {
    pub protocol: Protocol,
    /// Where the results are written.
    pub folder: PathBuf,
    /// Whether to time our networks alone, and only print.
    pub ours: bool,
    /// Whether contenders in Python take part.
    pub python: bool,
    only: Vec<String>,
}

impl Options {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let milliseconds = Duration::from_millis;
        let mut options = Self {
            protocol: Protocol { rounds: 9, warm_up: milliseconds(150), lap: milliseconds(60) },
            folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs"),
            ours: false,
            python: false,
            only: Vec::new(),
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(USAGE);
            match &*word {
                "--only" => options.only.push(value()?),
                "--out" => options.folder = value()?.into(),
                "--ours" => options.ours = true,
                "--python" => options.python = true,
                "--rounds" => options.protocol.rounds = value()?.parse().map_err(|_| USAGE)?,
                "--quick" => {
                    options.protocol =
                        Protocol { rounds: 3, warm_up: milliseconds(20), lap: milliseconds(10) };
                }
                _ => return Err(USAGE.into()),
            }
        }
        if options.protocol.rounds == 0 { Err(USAGE.into()) } else { Ok(options) }
    }

    /// By its whole name or what stands before the dash.
    pub fn wants(&self, workload: &Workload) -> bool {
        let family = workload.name.split('-').next();
        self.only.is_empty() || self.only.iter().any(|only| only == workload.name || family == Some(only))
    }
}
