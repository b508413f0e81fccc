//! Messages, help texts and comments use plain English: none of the words and idioms below.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::{Path, PathBuf};

use common::folder;

/// Files and folders that are checked.
const CHECKED: [&str; 8] = [
    "src",
    "../mlp-lsp/src",
    "../mlp-macros/src",
    "../mlp-dsl/src/check",
    "../mlp-dsl/src/format",
    "../mlp-dsl/src/syntax",
    "../mlp-dsl/src/prelude.mlp",
    "../docs/messages.md",
];

/// Words and idioms, and what to write instead.
const WORDS: [(&str, &str); 15] = [
    ("stand", "is"),
    ("stands", "is"),
    ("stood", "was"),
    ("behind", "after"),
    ("in front of", "before"),
    ("anew", "again"),
    ("mend", "fix"),
    ("mended", "fixed, recovered"),
    ("one's own", "its"),
    ("of its own", "new, separate"),
    ("on the way", "intermediate"),
    ("so many", "the number"),
    ("laid out", "formatted"),
    ("left out", "omitted"),
    ("mistake", "error"),
];

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    std::fs::read_dir(path).unwrap().flat_map(|entry| files(&entry.unwrap().path())).collect()
}

/// The prose of a line: a comment, text in quotes, or in other files than Rust the whole line.
fn prose<'l>(line: &'l str, path: &Path) -> Vec<&'l str> {
    if path.extension().is_some_and(|extension| extension != "rs") {
        return vec![line];
    }
    match line.split_once("//") {
        Some((_, comment)) => vec![comment],
        None => line.split('"').skip(1).step_by(2).collect(),
    }
}

/// Whether the text contains the word; the name of a placeholder, `{word}`, does not count.
fn contains(text: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '{' | '}');
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(is_word) && !text[at + word.len()..].starts_with(is_word))
}

#[test]
fn messages_and_comments_are_plain_english() {
    let mut found = Vec::new();
    for path in CHECKED.iter().flat_map(|path| files(&folder(path))) {
        if path.ends_with("grammar.rs") {
            continue; // generated from `mlp.pest`
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            for text in prose(line, &path) {
                for (word, instead) in WORDS.iter().filter(|(word, _)| contains(text, word)) {
                    let name = path.display();
                    found.push(format!("{name}:{}: `{word}`, write {instead}", number + 1));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
