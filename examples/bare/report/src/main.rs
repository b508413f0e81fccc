//! Builds the programs for speed and for size and prints a table of their bytes, in Markdown.
//!
//! `cargo run -p mlp-bare-report` in `examples/bare`; `-- --functions` adds the bytes of each function.

#[allow(dead_code, reason = "the test of these programs asks for more")]
mod elf;

use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::{env, fs};

const PROGRAMS: [(&str, &str); 6] = [
    ("xor", "2-8-1, `f32`: trains on batches of 4, and `forward`"),
    ("neurons", "2-2-2 of named neurons, `f64`: every method"),
    ("layers", "32-32-4, `f32`, batches in blocks: every method"),
    (
        "many",
        "26-24-16-4, `f32`, classes, softmax, penalties, clipping, adam with a schedule, blocks: every method",
    ),
    ("kept", "2-4-1, `f32`, momentum: trains, writes a checkpoint and resumes from it"),
    ("fused", "24-24-16-16-24, `f64`, fused, tied weights, nesterov, blocks: batches and samples"),
];

fn main() {
    if let Err(message) = run() {
        eprintln!("{message}");
        exit(1);
    }
}

fn run() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    println!("| program | `opt-level` | code | constants | data | zeros | unwinding tables |");
    println!("|---|---|--:|--:|--:|--:|--:|");
    for (profile, level) in [("release", "3"), ("small", "\"s\"")] {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--package", "mlp-bare", "--profile", profile])
            .current_dir(&root)
            .env("CARGO_TARGET_DIR", &target)
            .status()
            .map_err(|error| format!("cargo: {error}"))?;
        if !built.success() {
            return Err(format!("the programs do not build for {profile}"));
        }
        for (program, _) in PROGRAMS {
            let path = target.join(profile).join(program);
            let file = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let Some(elf::Sizes { code, constants, unwinding, data, zeros }) = elf::Sizes::of(&file) else {
                return Err(format!("{} is no 64-bit ELF file", path.display()));
            };
            println!("| `{program}` | {level} | {code} | {constants} | {data} | {zeros} | {unwinding} |");
            if env::args().nth(1).is_some_and(|option| option == "--functions") {
                for symbol in elf::symbols(&file).unwrap_or_default() {
                    eprintln!("{program} {level} {:7} {}", symbol.size, symbol.name);
                }
            }
        }
    }
    println!();
    for (program, what) in PROGRAMS {
        println!("- `{program}`: {what}");
    }
    Ok(())
}
