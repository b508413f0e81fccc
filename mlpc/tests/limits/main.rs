//! Memory, and an end: every command, and the language server, on every hostile text. Megabytes are printed by
//! `cargo test --release -p mlpc --test limits -- --nocapture --test-threads=1`; a debug build takes a part of the texts.
//!
//! Nothing is timed. A command that does not end is stopped after `SECONDS` of the processor, however busy the machine is;
//! that work grows with the text's size is for `tests/hostile/tests/growth.rs`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking, and prints a table")]

mod bad;
mod good;
mod texts;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use mlp_support::lsp::Script;
use serde_json::json;

/// Megabytes of memory: what is documented. The server's threads reserve address space that they don't use.
const MEMORY: u64 = 512;
const SPACE: [(&str, u64); 2] = [("lsp", 2 * MEMORY), ("", MEMORY)];
/// Seconds of the processor after which the system stops a command; a release build takes one at most.
const SECONDS: u32 = if cfg!(debug_assertions) { 300 } else { 60 };

/// Bytes that a command reads of a text without end: those that a text may have, and its own files.
const READ: u64 = (texts::BYTES + (64 << 10)) as u64;

/// `FILE` is the text, `SESSION` what an editor tells the server about it.
const COMMANDS: [(&str, &[&str]); 8] = [
    ("check", &["check", "FILE", "--message-format", "json"]),
    ("summary", &["summary", "FILE", "--format", "json"]),
    ("eval", &["eval", "FILE", "--format", "json"]),
    ("derive", &["derive", "FILE"]),
    ("graph", &["graph", "FILE", "--values"]),
    ("emit", &["emit", "FILE", "--standalone"]),
    ("fmt", &["fmt", "FILE", "--check"]),
    ("lsp", &["lsp"]),
];

/// What a process took.
struct Run {
    code: Option<i32>,
    megabytes: u64,
    /// Bytes that were read from files and pipes, those of the program and its libraries included.
    read: u64,
}

/// Runs the command with little memory and an end.
fn run(arguments: &[&str], text: &Path, input: &Path) -> Run {
    let space = SPACE.iter().find(|(command, _)| arguments.first().unwrap().ends_with(command)).unwrap().1;
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -v {} && ulimit -t {SECONDS} && exec \"$0\" \"$@\"", space << 10)])
        .arg(env!("CARGO_BIN_EXE_mlpc"))
        .args(
            arguments
                .iter()
                .map(|argument| if *argument == "FILE" { text.as_os_str() } else { argument.as_ref() }),
        )
        .stdin(File::open(input).unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    watch(&mut child)
}

/// Waits, and reads meanwhile what the system counts.
fn watch(child: &mut Child) -> Run {
    let process = PathBuf::from(format!("/proc/{}", child.id()));
    let (mut kilobytes, mut read) = (0, 0);
    loop {
        let number = |file: &str, name: &str| {
            let text = fs::read_to_string(process.join(file)).unwrap_or_default();
            let value = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            value.trim_end_matches("kB").trim().parse().unwrap_or(0)
        };
        kilobytes = number("status", "VmHWM:").max(kilobytes);
        read = number("io", "rchar:").max(read);
        if let Some(status) = child.try_wait().unwrap() {
            return Run { code: status.code(), megabytes: kilobytes >> 10, read };
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// An editor opens the text, asks what it may ask, and says goodbye.
fn session(text: &str) -> Vec<u8> {
    let mut script = Script::open(&json!({}), "file:///a", text);
    let lines = text.lines().count();
    for method in [
        "hover",
        "completion",
        "definition",
        "references",
        "documentHighlight",
        "documentSymbol",
        "formatting",
        "rename",
    ] {
        let params = json!({
            "textDocument": { "uri": "file:///a" },
            "position": { "line": lines / 2, "character": text.len() / lines.max(1) / 2 },
            "context": { "includeDeclaration": true },
            "options": { "tabSize": 4, "insertSpaces": true },
            "newName": "renamed",
        });
        script.ask(&format!("textDocument/{method}"), params);
    }
    let mut session = Vec::new();
    for message in script.end().0 {
        message.write(&mut session).unwrap();
    }
    session
}

/// Where a text is kept: to be looked at when it is slow.
fn file(name: &str, text: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("limits");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name.replace(' ', "_"));
    fs::write(&file, text).unwrap();
    file
}

/// Every command ends within its memory, with one of these exit codes.
fn ends<'a>(
    kind: &str,
    texts: impl IntoIterator<Item = &'a (&'static str, String)>,
    codes: fn(&str) -> &'static [i32],
) {
    let mut broken = Vec::new();
    println!("\n{kind:<32} {:>7}{}", "bytes", COMMANDS.map(|(name, _)| format!(" | {name:>7}")).concat());
    for (name, text) in texts {
        let path = file(&format!("{kind} {name}.mlp"), text.as_bytes());
        let talk = file("session", &session(text));
        let mut line = format!("{name:<32} {:>7}", text.len());
        for (command, arguments) in COMMANDS {
            let run = run(arguments, &path, &talk);
            line.push_str(&format!(" | {:>4} MB", run.megabytes));
            if run.megabytes > MEMORY || run.code.is_none_or(|code| !codes(command).contains(&code)) {
                broken.push(format!("{name}: {command} ends with {:?}", run.code));
            }
        }
        println!("{line}");
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Some texts are too large to be evaluated, or have no values; none has the style of `fmt`.
fn codes_of_good_texts(command: &str) -> &'static [i32] {
    match command {
        "summary" | "derive" | "graph" | "emit" | "lsp" => &[0],
        "fmt" => &[1],
        _ => &[0, 1],
    }
}

fn codes_of_bad_texts(command: &str) -> &'static [i32] {
    if command == "lsp" { &[0] } else { &[1] }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "minutes; in a release build one")]
fn large_texts() {
    ends("good", &good::good(), codes_of_good_texts);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "minutes; in a release build one")]
fn large_mistakes() {
    ends("bad", &bad::bad(), codes_of_bad_texts);
}

/// The part of the texts that every run can take.
#[test]
#[cfg_attr(not(debug_assertions), ignore = "all texts run")]
fn a_slice_of_the_texts() {
    ends("good", &good::written(), codes_of_good_texts);
    ends("bad", bad::bad().iter().step_by(4), codes_of_bad_texts);
}

/// A text that is too long is not read to its end, nor looked at.
#[test]
fn longer_texts() {
    let long = file("long.mlp", &"// too long\n".repeat(texts::BYTES / 4).into_bytes());
    let talk = file("long session", &session(&"{ ".repeat(4 * texts::BYTES)));
    for (command, arguments) in COMMANDS {
        let run = run(arguments, &long, &talk);
        assert_eq!(run.code, Some(if command == "lsp" { 0 } else { 1 }), "{command}");
        assert!(run.megabytes < 100, "{command}: {} MB", run.megabytes);
        // The server reads each message to its end.
        assert!(run.read < READ || command == "lsp", "{command}: {} bytes", run.read);
    }
    for command in ["check", "summary", "eval", "derive", "graph", "emit", "fmt"] {
        let endless = Path::new("/dev/zero");
        for name in ["-", "/dev/zero"] {
            let run = run(&[command, name], endless, endless);
            assert_eq!(run.code, Some(1), "{command} {name}");
            assert!(run.megabytes < 32 && run.read < READ, "{command} {name}: {} bytes", run.read);
        }
    }
}
