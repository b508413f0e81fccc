//! A guide is followed as a reader would: each file is written under the name above it, each command is run, and what it
//! prints is compared with the block after it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use crate::cargo::Crate;

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
fn run(project: &Crate, mlpc: Option<&Path>, command: &str) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let output: Output = match (&words[..], mlpc) {
        (["cargo", arguments @ ..], _) => project.cargo(&[arguments, &["--quiet"]].concat()),
        (["mlpc", arguments @ ..], Some(mlpc)) => {
            Command::new(mlpc).args(arguments).current_dir(project.folder()).output().unwrap()
        }
        (["python3", file], _) => {
            let program = fs::read_to_string(project.folder().join(file)).unwrap();
            if !is_importable(&program) {
                return None;
            }
            Command::new("python3").arg(file).current_dir(project.folder()).output().unwrap()
        }
        (["head", count, file], _) => {
            let text = fs::read_to_string(project.folder().join(file)).unwrap();
            let count = count.strip_prefix('-').unwrap().parse().unwrap();
            return Some(text.lines().take(count).flat_map(|line| [line, "\n"]).collect());
        }
        (["rm", file], _) => {
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

/// Follows a page in a project, with the command line at a path if the page uses it. Returns how many blocks the page has, and how
/// many of them are programs.
///
/// # Panics
///
/// If a command fails, or prints something else than the page has.
pub fn follow(page: &str, project: &Crate, mlpc: Option<&Path>) -> (usize, usize) {
    let blocks = blocks(page);
    let (mut programs, mut printed) = (0, None);
    let (mut found, mut expected) = (Vec::new(), Vec::new());
    for block in &blocks {
        match (block.mark, block.file) {
            ("toml", None) => {
                let features = block.text.split_once("features = [").unwrap().1.split_once(']').unwrap().0;
                project.manifest(features, "");
            }
            ("rust" | "python" | "mlp" | "csv", Some(file)) => {
                programs += 1;
                project.write(file, block.text);
            }
            ("sh", None) => {
                printed = block.text.lines().map(|command| run(project, mlpc, command)).collect();
            }
            ("text", None) => {
                if let Some(printed) = printed.take() {
                    let printed: Vec<String> = printed;
                    found.push(printed.concat().trim_end().to_owned());
                    expected.push(block.text.trim_end());
                }
            }
            (mark, file) => panic!("the test does not know blocks `{mark}` of {file:?}"),
        }
    }
    assert_eq!(found, expected);
    (blocks.len(), programs)
}
