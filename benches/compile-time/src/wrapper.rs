//! This program in the place of rustc: runs it, and notes what it used.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use crate::usage;

/// Where to note it; set for the cargo that is to call this program.
pub const LOG: &str = "MLP_COMPILE_TIME_LOG";

/// One run of rustc.
pub struct Record {
    pub name: String,
    pub processor: Duration,
    pub kibibytes: i64,
}

/// Runs the command in the arguments; the status to end with.
pub fn wrap(log: &str) -> io::Result<i32> {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [rustc, options @ ..] = &arguments[..] else { return Ok(2) };
    let (status, usage) = usage::run(Command::new(rustc).args(options))?;
    if let Some(at) = options.iter().position(|option| option == "--crate-name")
        && let Some(name) = options.get(at + 1).and_then(|name| name.to_str())
    {
        let line = format!("{name} {} {}\n", usage.processor.as_micros(), usage.kibibytes);
        OpenOptions::new().append(true).create(true).open(log)?.write_all(line.as_bytes())?;
    }
    Ok(status.code().unwrap_or(1))
}

/// What has been noted, build scripts and cargo's questions left out.
pub fn read(log: &str) -> io::Result<Vec<Record>> {
    let text = fs::read_to_string(log)?;
    let records = text.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let name = words.next()?.to_owned();
        let processor = Duration::from_micros(words.next()?.parse().ok()?);
        Some(Record { name, processor, kibibytes: words.next()?.parse().ok()? })
    });
    Ok(records.filter(|record| record.name != "___" && record.name != "build_script_build").collect())
}
