//! Time and memory: every command, and the language server, on every hostile text. Seconds of the processor and
//! megabytes are printed by `cargo test --release -p mlpc --test limits -- --nocapture --test-threads=1`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking, and prints a table")]

mod bad;
mod good;
mod texts;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};

/// Megabytes of memory: what is documented. The server's threads reserve address space that they don't use.
const MEMORY: u64 = 512;
const SPACE: [(&str, u64); 2] = [("lsp", 2 * MEMORY), ("", MEMORY)];
/// The goal is a second of an idle processor; the machines that tests share are not idle.
const PATIENCE: Duration = Duration::from_secs(20);

/// `FILE` is the text, `SESSION` what an editor tells the server about it.
const COMMANDS: [(&str, &[&str]); 7] = [
    ("check", &["check", "FILE", "--message-format", "json"]),
    ("summary", &["summary", "FILE", "--format", "json"]),
    ("eval", &["eval", "FILE", "--format", "json"]),
    ("derive", &["derive", "FILE"]),
    ("emit", &["emit", "FILE", "--standalone"]),
    ("fmt", &["fmt", "FILE", "--check"]),
    ("lsp", &["lsp"]),
];

/// What a process took.
struct Run {
    code: Option<i32>,
    seconds: f64,
    megabytes: u64,
}

/// Runs the command with little memory.
fn run(arguments: &[&str], text: &Path, input: &Path) -> Run {
    let space = SPACE.iter().find(|(command, _)| arguments.first().unwrap().ends_with(command)).unwrap().1;
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -v {} && exec \"$0\" \"$@\"", space << 10)])
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
    let begin = Instant::now();
    let (mut kilobytes, mut ticks) = (0, 0);
    loop {
        let status = fs::read_to_string(process.join("status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"));
        kilobytes = kilobytes.max(peak.and_then(|peak| peak.trim().parse().ok()).unwrap_or(0));
        let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let used: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        ticks = ticks.max(used);
        if let Some(status) = child.try_wait().unwrap() {
            return Run { code: status.code(), seconds: ticks as f64 / 100.0, megabytes: kilobytes >> 10 };
        }
        if begin.elapsed() > PATIENCE {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// An editor opens the text, asks what it may ask, and says goodbye.
fn session(text: &str) -> Vec<u8> {
    let mut session = Vec::new();
    let mut next = 0;
    let mut ask = |session: &mut Vec<u8>, method: &str, params: Value| {
        next += 1;
        Message::from(Request::new(next.into(), method.to_owned(), params)).write(session).unwrap();
    };
    let tell = |session: &mut Vec<u8>, method: &str, params: Value| {
        Message::from(Notification::new(method.to_owned(), params)).write(session).unwrap();
    };
    ask(&mut session, "initialize", json!({ "capabilities": {} }));
    tell(&mut session, "initialized", json!({}));
    let document = json!({ "uri": "file:///a", "languageId": "mlp", "version": 1, "text": text });
    tell(&mut session, "textDocument/didOpen", json!({ "textDocument": document }));
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
        ask(&mut session, &format!("textDocument/{method}"), params);
    }
    ask(&mut session, "shutdown", Value::Null);
    tell(&mut session, "exit", Value::Null);
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
fn ends(kind: &str, texts: &[(&str, String)], codes: impl Fn(&str) -> &'static [i32]) {
    let mut broken = Vec::new();
    println!("\n{kind:<32} {:>7}{}", "bytes", COMMANDS.map(|(name, _)| format!(" | {name:>5} MB")).concat());
    for (name, text) in texts {
        let path = file(&format!("{kind} {name}.mlp"), text.as_bytes());
        let talk = file("session", &session(text));
        let mut line = format!("{name:<32} {:>7}", text.len());
        for (command, arguments) in COMMANDS {
            let run = run(arguments, &path, &talk);
            line.push_str(&format!(" | {:.2} {:>3}", run.seconds, run.megabytes));
            if run.megabytes > MEMORY || run.code.is_none_or(|code| !codes(command).contains(&code)) {
                broken.push(format!("{name}: {command} ends with {:?}", run.code));
            }
        }
        println!("{line}");
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "minutes; in a release build one")]
fn large_texts() {
    // Some are too large to be evaluated, or have no values; none has the style of `fmt`.
    ends("good", &good::good(), |command| match command {
        "summary" | "derive" | "emit" | "lsp" => &[0],
        "fmt" => &[1],
        _ => &[0, 1],
    });
}

#[test]
#[cfg_attr(debug_assertions, ignore = "minutes; in a release build one")]
fn large_mistakes() {
    ends("bad", &bad::bad(), |command| if command == "lsp" { &[0] } else { &[1] });
}

/// A text that is too long is not read to its end, nor looked at.
#[test]
fn longer_texts() {
    let long = file("long.mlp", &"// too long\n".repeat(texts::BYTES / 4).into_bytes());
    let talk = file("long session", &session(&"{ ".repeat(4 * texts::BYTES)));
    for (command, arguments) in COMMANDS {
        let run = run(arguments, &long, &talk);
        assert_eq!(run.code, Some(if command == "lsp" { 0 } else { 1 }), "{command}");
        assert!(run.megabytes < 100 && (cfg!(debug_assertions) || run.seconds < 1.0), "{command}");
    }
    for command in ["check", "summary", "eval", "derive", "emit", "fmt"] {
        let endless = Path::new("/dev/zero");
        for name in ["-", "/dev/zero"] {
            let run = run(&[command, name], endless, endless);
            assert_eq!(run.code, Some(1), "{command} {name}");
            assert!(run.megabytes < 32 && (cfg!(debug_assertions) || run.seconds < 0.5), "{command} {name}");
        }
    }
}
