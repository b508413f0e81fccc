//! Each target on every specification of this repository, right or wrong, and on what the fuzzer found.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use mlp_hostile::{TARGETS, kept, run};

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

/// Files of arrays and tables with a few bytes changed: a slice of what the fuzzer does.
#[test]
fn changed_files_of_arrays_and_tables() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    changed("arrays", &root.join("../tensors"), 8);
    changed("tables", &root.join("corpus/tables"), 7);
}

fn changed(target: &str, folder: &Path, least: usize) {
    let is_small = |bytes: &Vec<u8>| bytes.len() < 5000;
    let files: Vec<Vec<u8>> =
        files(folder).iter().map(|path| fs::read(path).unwrap()).filter(is_small).collect();
    assert!(files.len() > least);
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    for round in 0..2000 {
        let mut bytes = files[round % files.len()].clone();
        for _ in 0..=random(3) {
            let at = random(bytes.len());
            bytes[at] = random(256) as u8;
        }
        run(target, &bytes);
    }
}

/// What is put into files of numbers.
const WORDS: [&[u8]; 12] =
    [b"\"", b"\\u00e9", b"{", b"]", b",", b":", b"0", b"9", b"99999999999", b" ", b"W", b"\xff"];

/// Whole files with some bytes changed, taken out or put in, in the header mostly: a slice of what the fuzzer does.
/// `MLP_FILES=200000 cargo test -p mlp-hostile --test corpus changed` takes more of them.
#[test]
fn changed_files_of_numbers() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mlpc/tests/fixtures");
    let mut files: Vec<Vec<u8>> = files(&fixtures)
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "safetensors"))
        .map(|path| fs::read(path).unwrap())
        .collect();
    assert!(files.len() > 8);
    files.extend([true, false].map(kept::whole));
    let mut state = 1_u64;
    let mut random = |below: usize| {
        // Of MMIX; the upper half of the bits is good enough.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let rounds = std::env::var("MLP_FILES").ok().and_then(|count| count.parse().ok()).unwrap_or(2000);
    for round in 0..rounds {
        let mut bytes = files[round % files.len()].clone();
        for _ in 0..=random(3) {
            let at = random(bytes.len());
            let word: &[u8] = WORDS[random(WORDS.len())];
            match random(3) {
                0 => drop(bytes.splice(at..(at + word.len()).min(bytes.len()), word.iter().copied())),
                1 => drop(bytes.splice(at..at, word.iter().copied())),
                _ => drop(bytes.splice(at..(at + random(40)).min(bytes.len()), [])),
            }
        }
        // The length of the header, as it would be.
        let header = bytes.iter().rposition(|byte| *byte == b'}').filter(|at| *at >= 8 && random(4) > 0);
        if let Some(end) = header {
            bytes[..8].copy_from_slice(&(end as u64 - 7).to_le_bytes());
        }
        run("kept", &bytes);
    }
}
