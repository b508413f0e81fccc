//! What a user sees when the specification or its use is wrong. The expected text is rustc's of
//! the current stable release; `TRYBUILD=overwrite cargo test --test compile_errors` renews it.
//!
//! `fixtures/` holds specifications that the command line's tests have, between `mlp::mlp! {` and `}`. Not
//! among them: what rustc refuses before a macro sees it (brackets that don't match, endless comments,
//! characters that start no token), what depends on the ends of lines (`#`), and what is large.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The copies of fixtures.
fn copies() -> Vec<PathBuf> {
    let mut copies: Vec<PathBuf> = fs::read_dir(root().join("tests/compile_errors/fixtures"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    copies.sort();
    copies
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of the fixture, and the same as a program: each line is one further down.
fn fixture(copy: &Path) -> (String, String) {
    let name = Path::new(copy.file_name().unwrap()).with_extension("mlp");
    let text = fs::read_to_string(root().join("mlpc/tests/fixtures").join(name)).unwrap();
    let program = format!("mlp::mlp! {{\n{text}}}\n\nfn main() {{}}\n");
    (text, program)
}

#[test]
fn mistakes_are_underlined_in_the_users_source() {
    if std::env::var("TRYBUILD").is_ok_and(|mode| mode == "overwrite") {
        copies().iter().for_each(|copy| fs::write(copy, fixture(copy).1).unwrap());
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_errors/*.rs");
    cases.compile_fail("tests/compile_errors/fixtures/*.rs");
}

#[test]
fn copies_are_their_fixtures() {
    assert!(copies().len() >= 48, "{}", copies().len());
    for copy in copies() {
        assert!(
            fs::read_to_string(&copy).unwrap() == fixture(&copy).1,
            "{} is not its fixture",
            copy.display()
        );
    }
}

/// The mistakes of a fixture, in its own lines `//~ line:column code title`, and nothing of rustc's.
#[test]
fn the_macro_says_what_the_command_line_says() {
    let mut codes = Vec::new();
    for copy in copies() {
        let name = copy.file_stem().unwrap().to_str().unwrap();
        let text = fixture(&copy).0;
        let expected: Vec<String> =
            text.lines().filter_map(|line| line.strip_prefix("//~ ")).map(shifted).collect();
        let said = fs::read_to_string(copy.with_extension("stderr")).unwrap();
        let found: Vec<String> = said.split("\n\n").map(|message| mistake(message, name)).collect();
        assert_eq!(found, expected, "{name}");
        codes.extend(found.iter().filter_map(|found| found.split(' ').nth(1).map(str::to_owned)));
    }
    codes.sort();
    codes.dedup();
    assert!(codes.len() >= 80, "{} of the compiler's codes are shown: {codes:?}", codes.len());
}

/// `line:column code title` a line further down.
fn shifted(expected: &str) -> String {
    let (line, rest) = expected.split_once(':').unwrap();
    format!("{}:{rest}", line.parse::<usize>().unwrap() + 1)
}

/// A message of rustc's in the same form; the whole message where it is something else.
fn mistake(message: &str, name: &str) -> String {
    let read = || {
        let (code, title) = message.lines().next()?.strip_prefix("error: [")?.split_once("] ")?;
        let place = message.lines().find_map(|line| line.trim_start().strip_prefix("--> "))?;
        let place = place.strip_prefix(&format!("tests/compile_errors/fixtures/{name}.rs:"))?;
        Some(format!("{place} {code} {title}"))
    };
    read().unwrap_or_else(|| message.to_owned())
}
