//! Measures what networks cost to compile, and writes the tables into `docs/compile-time.md`.
//!
//! `cargo run --release` in `benches/compile-time`; `-- --repeats 5` for quieter figures,
//! `-- --only 4096` for one size and `-- --first` for the first
//! build alone, printed and not written.

use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::time::{Duration, SystemTime};
use std::{env, fs, io};

#[allow(dead_code)]
#[path = "../../../examples/bare/report/src/elf.rs"]
mod elf;
mod network;
mod usage;
mod wrapper;

const WIDTHS: [usize; 5] = [16, 64, 256, 1024, 4096];
const DEPTHS: [usize; 5] = [2, 4, 8, 16, 32];
/// 32, 117 and 285 multiply-adds, which are written out unless something else is said, and 1020.
const WRITTEN_OUT: [usize; 4] = [4, 9, 15, 30];

fn main() {
    let done = match env::var(wrapper::LOG) {
        Ok(log) => wrapper::wrap(&log).map_err(|error| error.to_string()),
        Err(_) => measure().map(|()| 0),
    };
    exit(done.unwrap_or_else(|message| {
        eprintln!("{message}");
        1
    }))
}

/// The crate whose network is measured: with the choice of registers at run time, and without.
#[derive(Clone, Copy)]
enum Subject {
    Choosing,
    Plain,
}

impl Subject {
    const fn name(self) -> &'static str {
        match self {
            Self::Choosing => "subject-choosing",
            Self::Plain => "subject-plain",
        }
    }
}

struct Bench {
    root: PathBuf,
    room: PathBuf,
    repeats: usize,
}

/// Of the crate alone.
struct Cost {
    seconds: f64,
    megabytes: f64,
    /// `cargo check`: the macro, names and types.
    checked: f64,
    code: u64,
}

fn say(error: io::Error, what: impl AsRef<Path>) -> String {
    format!("{}: {error}", what.as_ref().display())
}

impl Bench {
    fn folder(&self, subject: Subject) -> PathBuf {
        self.room.join(subject.name())
    }

    fn create(&self, subject: Subject) -> Result<(), String> {
        let folder = self.folder(subject);
        fs::create_dir_all(folder.join("src")).map_err(|error| say(error, &folder))?;
        let features = match subject {
            Subject::Choosing => "",
            Subject::Plain => ", default-features = false",
        };
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nmlp = {{ path = {:?}{features} }}\n\n[workspace]\n",
            subject.name(),
            self.root
        );
        fs::write(folder.join("Cargo.toml"), manifest).map_err(|error| say(error, &folder))?;
        // The versions that the root has.
        fs::copy(self.root.join("Cargo.lock"), folder.join("Cargo.lock"))
            .map_err(|error| say(error, &folder))?;
        self.write(subject, network::NONE)
    }

    fn write(&self, subject: Subject, text: &str) -> Result<(), String> {
        let file = self.folder(subject).join("src/lib.rs");
        // Each time another text, so that cargo compiles it again.
        let stamp =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        fs::write(&file, format!("{text}// {stamp}\n")).map_err(|error| say(error, file))
    }

    /// Runs cargo; what it used, and each rustc below it.
    fn cargo(
        &self,
        subject: Subject,
        arguments: &[&str],
        target: &Path,
    ) -> Result<(usage::Usage, Vec<wrapper::Record>), String> {
        let log = self.room.join("log");
        fs::write(&log, "").map_err(|error| say(error, &log))?;
        let this = env::current_exe().map_err(|error| say(error, "this program"))?;
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).args(["--quiet", "--offline"]).current_dir(self.folder(subject));
        command.env("CARGO_TARGET_DIR", target).env("RUSTC_WRAPPER", this).env(wrapper::LOG, &log);
        command.env("CARGO_INCREMENTAL", "0").env_remove("RUSTFLAGS");
        let (status, usage) = usage::run(&mut command).map_err(|error| say(error, "cargo"))?;
        if !status.success() {
            return Err(format!("cargo {arguments:?} failed"));
        }
        let records = wrapper::read(&log.display().to_string()).map_err(|error| say(error, &log))?;
        Ok((usage, records))
    }

    /// Compiles the text as the subject and nothing else; the least of some times.
    fn rustc(&self, subject: Subject, text: &str, arguments: &[&str]) -> Result<(f64, f64), String> {
        let name = subject.name().replace('-', "_");
        let mut least: Option<(f64, f64)> = None;
        for _ in 0..self.repeats {
            self.write(subject, text)?;
            let (_, records) = self.cargo(subject, arguments, &self.room.join("target"))?;
            let Some(record) = records.iter().find(|record| record.name == name) else {
                return Err(format!("rustc was not run for {name}"));
            };
            let (seconds, megabytes) = (record.processor.as_secs_f64(), record.kibibytes as f64 / 1024.0);
            let (s, m) = least.unwrap_or((f64::INFINITY, f64::INFINITY));
            least = Some((s.min(seconds), m.min(megabytes)));
        }
        least.ok_or_else(|| "no repeats".to_owned())
    }

    fn cost(&self, subject: Subject, text: &str) -> Result<Cost, String> {
        let (checked, _) = self.rustc(subject, text, &["check"])?;
        let (seconds, megabytes) = self.rustc(subject, text, &["build", "--release"])?;
        let library = format!("target/release/lib{}.rlib", subject.name().replace('-', "_"));
        let library = self.room.join(library);
        let file = fs::read(&library).map_err(|error| say(error, &library))?;
        let code = members(&file).filter_map(elf::Sizes::of).map(|sizes| sizes.code).sum();
        Ok(Cost { seconds, megabytes, checked, code })
    }
}

/// The files in an archive: after 8 bytes, each with a header of 60 and an even length.
fn members(archive: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = archive.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let size: usize = std::str::from_utf8(rest.get(48..58)?).ok()?.trim().parse().ok()?;
        let member = rest.get(60..60 + size)?;
        rest = rest.get(60 + size + size % 2..).unwrap_or_default();
        Some(member)
    })
}

fn measure() -> Result<(), String> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<usize>().ok()
    };
    let (repeats, only) = (value("--repeats").unwrap_or(3), value("--only"));
    let first = arguments.iter().any(|argument| argument == "--first");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.join("../..").canonicalize().map_err(|error| say(error, here))?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| here.join("target"), PathBuf::from);
    let bench = Bench { root, room: target.join("compile-time"), repeats };
    for subject in [Subject::Choosing, Subject::Plain] {
        bench.create(subject)?;
    }

    let mut out = String::new();
    let mut line = |text: String| {
        println!("{text}");
        out += &text;
        out += "\n";
    };
    line(versions(repeats));
    let mut none = Vec::new();
    for subject in [Subject::Choosing, Subject::Plain] {
        none.push(bench.cost(subject, network::NONE)?);
    }
    type Group<'a> = (&'a str, &'a [usize], fn(usize) -> String);
    let groups: [Group<'_>; 3] = [
        ("width", &WIDTHS, network::wide),
        ("layers", &DEPTHS, network::deep),
        ("width, written out", &WRITTEN_OUT, network::written_out),
    ];
    for (what, sizes, text) in groups {
        let sizes: Vec<usize> =
            sizes.iter().copied().filter(|&size| only.is_none_or(|only| only == size)).collect();
        if sizes.is_empty() || first {
            continue;
        }
        line(format!(
            "| {what} | s | MB | bytes of code | s, one kind | MB, one kind | bytes, one kind | s of the macro and checks |\n|--:|--:|--:|--:|--:|--:|--:|--:|"
        ));
        for size in sizes {
            let text = text(size);
            let choosing = bench.cost(Subject::Choosing, &text)?;
            let plain = bench.cost(Subject::Plain, &text)?;
            line(format!(
                "| {size} | {:.2} | {:.0} | {} | {:.2} | {:.0} | {} | {:.2} |",
                choosing.seconds - none[0].seconds,
                choosing.megabytes,
                choosing.code,
                plain.seconds - none[1].seconds,
                plain.megabytes,
                plain.code,
                choosing.checked - none[0].checked,
            ));
        }
        line(String::new());
    }
    line(format!(
        "The empty crate, which is subtracted from the seconds: {:.2} s and {:.0} MB in release, {:.2} s checked.",
        none[0].seconds, none[0].megabytes, none[0].checked
    ));
    line(String::new());
    if only.is_none() || first {
        line("First build of a crate that depends on `mlp` and nothing else:\n".into());
        line("| profile | s, all of it | MB, the largest | s, each crate |\n|---|--:|--:|---|".into());
        for (profile, options) in [("debug", &["build"][..]), ("release", &["build", "--release"])] {
            let folder = bench.room.join("first");
            let _ = fs::remove_dir_all(&folder); // it may not be there
            bench.write(Subject::Choosing, network::NONE)?;
            let (usage, mut records) = bench.cargo(Subject::Choosing, options, &folder)?;
            records.sort_by_key(|record| std::cmp::Reverse(record.processor));
            let crates = records.iter().filter(|record| record.processor >= Duration::from_millis(50));
            let crates: Vec<String> = crates
                .map(|record| format!("`{}` {:.1}", record.name, record.processor.as_secs_f64()))
                .collect();
            let (seconds, megabytes) = (usage.processor.as_secs_f64(), usage.kibibytes / 1024);
            line(format!("| {profile} | {seconds:.1} | {megabytes} | {} |", crates.join(", ")));
        }
    }

    if only.is_none() && !first { replace(&bench.root.join("docs/compile-time.md"), &out) } else { Ok(()) }
}

/// Puts the text between the document's two marks.
fn replace(document: &Path, tables: &str) -> Result<(), String> {
    const MARKS: [&str; 2] = ["<!-- measured -->\n", "<!-- end -->\n"];
    let text = fs::read_to_string(document).map_err(|error| say(error, document))?;
    let parts = text.split_once(MARKS[0]).and_then(|(head, rest)| Some((head, rest.split_once(MARKS[1])?.1)));
    let Some((head, tail)) = parts else { return Err(format!("{} has no marks", document.display())) };
    let text = format!("{head}{}{tables}{}{tail}", MARKS[0], MARKS[1]);
    fs::write(document, text).map_err(|error| say(error, document))
}

/// When, with what and on what.
fn versions(repeats: usize) -> String {
    let first = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().ok()?;
        String::from_utf8(output.stdout).ok()?.lines().next().map(str::to_owned)
    };
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    format!(
        "Measured on {} with {} on {}, the least of {repeats} runs.\n",
        first("date", "+%Y-%m-%d").unwrap_or_default(),
        first("rustc", "--version").unwrap_or_default(),
        processor.map_or("an unknown processor", |(_, name)| name)
    )
}
