//! The wrong specifications in `mlpc/tests/fixtures`, each with the errors that are expected of it.

use std::{fs, path::PathBuf};

use crate::root;

/// A wrong specification.
pub struct Fixture {
    /// The file's name without its extension.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The specification.
    pub text: String,
    /// The errors as `line:column code title`: from the lines `//~ …` of the text, or from a file `NAME.expected`
    /// where the text can't have another comment.
    pub expected: Vec<String>,
}

/// All fixtures, by name.
pub fn fixtures() -> Vec<Fixture> {
    let entries = fs::read_dir(root().join("mlpc/tests/fixtures")).unwrap();
    let mut fixtures: Vec<Fixture> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "mlp"))
        .map(fixture)
        .collect();
    fixtures.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(fixtures.len() >= 180, "{} fixtures", fixtures.len());
    fixtures
}

fn fixture(path: PathBuf) -> Fixture {
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    let text = fs::read_to_string(&path).unwrap();
    let expected: Vec<String> = match fs::read_to_string(path.with_extension("expected")) {
        Ok(beside) => beside.lines().map(str::to_owned).collect(),
        Err(_) => text.lines().filter_map(|line| line.strip_prefix("//~ ").map(str::to_owned)).collect(),
    };
    assert!(!expected.is_empty(), "{name} expects nothing");
    Fixture { name, path, text, expected }
}
