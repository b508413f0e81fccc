//! Each target on every specification of this repository, right or wrong, and on what the fuzzer found.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use mlp_hostile::TARGETS;

/// The folders of specifications.
const FOLDERS: [&str; 7] = [
    "examples/course",
    "mlp-dsl/src",
    "mlpc/tests/fixtures",
    "tests/agreement/specifications",
    "tests/random/specifications",
    "tests/trajectories/specifications",
    "tests/names",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn every_specification() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let all = FOLDERS.iter().flat_map(|folder| files(&root.join(folder)));
    let specifications: Vec<PathBuf> =
        all.filter(|path| path.extension().is_some_and(|extension| extension == "mlp")).collect();
    assert!(specifications.len() > 150, "{}", specifications.len());
    for path in specifications {
        let data = fs::read(&path).unwrap();
        for (name, run) in TARGETS {
            println!("{name}: {}", path.display()); // shown where it panics
            run(&data);
        }
    }
}

#[test]
fn what_was_found() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, run) in TARGETS {
        for path in files(&corpus.join(name)) {
            println!("{}", path.display());
            run(&fs::read(&path).unwrap());
        }
    }
}
