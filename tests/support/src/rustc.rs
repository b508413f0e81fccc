//! One source file → what rustc alone makes of it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Runs rustc on a file, in edition 2024 unless the options name another; its output is put into the file's folder.
pub fn rustc(file: &Path, options: &[&str]) -> Output {
    let program = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let folder = file.parent().unwrap();
    let says_edition = options.iter().any(|option| option.starts_with("--edition"));
    Command::new(program)
        .args((!says_edition).then_some("--edition=2024"))
        .args(options)
        .arg("--out-dir")
        .args([folder, file])
        .output()
        .unwrap()
}

/// Checks a file as a library in which warnings are errors.
pub fn check_library(file: &Path, options: &[&str]) {
    let all = [&["--crate-type=lib", "--emit=metadata", "-Dwarnings"], options].concat();
    succeeds(file, &rustc(file, &all));
}

/// Compiles a file to a program in which warnings are errors.
pub fn build_program(file: &Path) -> PathBuf {
    succeeds(file, &rustc(file, &["-Dwarnings"]));
    file.with_extension(std::env::consts::EXE_EXTENSION)
}

fn succeeds(file: &Path, run: &Output) {
    assert!(run.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&run.stderr));
}
