//! The guides are followed as a reader would: each file is written under the name above it, each command is run, and what it
//! prints is compared with the block after it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    env, fs,
    process::{Command, Output},
};

use mlp_support::{cargo::Crate, root};

/// A block of a page: the file that it is, if a name is above it, its mark and its text.
struct Block<'p> {
    file: Option<&'p str>,
    mark: &'p str,
    text: &'p str,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut parts = page.split("\n```");
    let mut before = parts.next().unwrap();
    let mut all = Vec::new();
    while let (Some(block), Some(after)) = (parts.next(), parts.next()) {
        let (mark, text) = block.split_once('\n').unwrap();
        let above = before.lines().rfind(|line| !line.is_empty()).unwrap_or_default();
        let file = above.strip_prefix('`').and_then(|line| line.strip_suffix("`:"));
        let file = file.filter(|name| !name.contains('`'));
        all.push(Block { file, mark, text });
        before = after;
    }
    all
}

/// Whether Python has what a program imports.
fn is_importable(program: &str) -> bool {
    let imports = program.lines().filter(|line| line.starts_with("import ") || line.starts_with("from "));
    let imports = imports.collect::<Vec<_>>().join("\n");
    Command::new("python3").args(["-c", &imports]).output().is_ok_and(|output| output.status.success())
}

/// What a command prints; `None` if it needs something that is not installed.
fn run(project: &Crate, command: &str) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let output: Output = match &words[..] {
        ["cargo", arguments @ ..] => project.cargo(&[arguments, &["--quiet"]].concat()),
        ["python3", file] => {
            let program = fs::read_to_string(project.folder().join(file)).unwrap();
            if !is_importable(&program) {
                return None;
            }
            Command::new("python3").arg(file).current_dir(project.folder()).output().unwrap()
        }
        ["mlpc", arguments @ ..] => mlpc().args(arguments).current_dir(project.folder()).output().unwrap(),
        ["head", count, file] => {
            let text = fs::read_to_string(project.folder().join(file)).unwrap();
            let count = count.strip_prefix('-').unwrap().parse().unwrap();
            return Some(text.lines().take(count).flat_map(|line| [line, "\n"]).collect());
        }
        ["rm", file] => {
            fs::remove_file(project.folder().join(file)).unwrap();
            return Some(String::new());
        }
        _ => panic!("the test does not know the command `{command}`"),
    };
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    let mut printed = String::from_utf8(output.stdout).unwrap();
    if words.first() == Some(&"mlpc") {
        printed.push_str(&String::from_utf8(output.stderr).unwrap());
    }
    Some(printed)
}

/// The command line. Cargo builds it with its own tests.
fn mlpc() -> Command {
    let folder = env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
    let program = folder.join("mlpc").with_extension(env::consts::EXE_EXTENSION);
    assert!(program.is_file(), "{} is missing: run `cargo build -p mlpc`", program.display());
    Command::new(program)
}

/// What a page says is printed, and what is printed; and the number of its blocks and files.
struct Followed {
    expected: Vec<String>,
    found: Vec<String>,
    blocks: usize,
    files: usize,
}

/// Follows a page in a project.
fn follow(page: &str, project: &Crate) -> Followed {
    let page = fs::read_to_string(root().join("docs/guides").join(page)).unwrap();
    let blocks = blocks(&page);
    let (mut files, mut printed) = (0, None);
    let (mut found, mut expected) = (Vec::new(), Vec::new());
    for block in &blocks {
        match (block.mark, block.file) {
            ("toml", None) => {
                let features = block.text.split_once("features = [").unwrap().1.split_once(']').unwrap().0;
                project.manifest(features, "");
            }
            ("rust" | "python" | "mlp" | "csv", Some(file)) => {
                files += 1;
                project.write(file, block.text);
            }
            ("sh", None) => printed = block.text.lines().map(|command| run(project, command)).collect(),
            ("text", None) => {
                if let Some(printed) = printed.take() {
                    let printed: Vec<String> = printed;
                    found.push(printed.concat().trim_end().to_owned());
                    expected.push(block.text.trim_end().to_owned());
                }
            }
            (mark, file) => panic!("the test does not know blocks `{mark}` of {file:?}"),
        }
    }
    Followed { expected, found, blocks: blocks.len(), files }
}

#[test]
fn a_reader_can_keep_stop_and_resume() {
    let followed = follow("keep-stop-resume.md", &Crate::new("curve", ""));
    assert_eq!(followed.found, followed.expected);
    assert_eq!((followed.blocks, followed.files), (20, 6));
}

#[test]
fn a_reader_gets_from_a_table_to_a_program() {
    let project = Crate::new("flowers", "");
    for table in ["iris-train.csv", "iris-test.csv"] {
        fs::copy(root().join("examples/data").join(table), project.folder().join(table)).unwrap();
    }
    let followed = follow("from-csv-to-a-program.md", &project);
    assert_eq!(followed.found, followed.expected);
    assert_eq!((followed.blocks, followed.files), (20, 3));
}
