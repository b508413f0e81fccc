//! Programs without std, alloc and libc (`examples/bare`): they run, nothing else is in them, and no panic can be reached.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "tests")]

#[allow(dead_code, unreachable_pub, reason = "shared with the report of sizes")]
#[path = "../../examples/bare/report/src/elf.rs"]
mod elf;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use mlp_support::{
    cargo::{cargo, target},
    root,
};

/// Builds in release; where this succeeds no panic is left, see the panic handler in `src/lib.rs` there.
fn build(options: &[&str], target: &Path) -> Output {
    cargo(&root().join("examples/bare"), &["build", "--locked", "--release", "--package", "mlp-bare"])
        .args(options)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn programs(programs: &[&str]) {
    let options: Vec<&str> = programs.iter().flat_map(|program| ["--bin", program]).collect();
    let built = build(&options, &target());
    assert!(built.status.success(), "{}", errors(&built));
    for program in programs {
        let path = target().join("release").join(program);
        let status = Command::new(&path).status().unwrap();
        assert_eq!(status.code(), Some(0), "{program}");

        let file = fs::read(&path).unwrap();
        let dynamic = elf::sections(&file).unwrap().into_iter().find(|s| s.kind == elf::Section::DYNAMIC);
        assert!(dynamic.is_none(), "{program} asks for libraries");
        let symbols = elf::symbols(&file).unwrap();
        assert!(symbols.iter().any(|symbol| symbol.name == "_start"), "{program} has no symbols to look at");
        for elf::Symbol { name, defined, .. } in symbols {
            let foreign =
                ["3std", "5alloc", "panic", "unwind", "__rust", "__rdl", "__libc", "alloc", "free", "printf"];
            let found = foreign.iter().find(|foreign| name.contains(*foreign));
            assert!(defined && found.is_none(), "{program} has the symbol {name}");
        }
    }
}

/// One network of neurons, one of layers for blocks of samples, and one that is kept in a file; the others take longer to compile.
#[test]
fn a_program_without_std_learns_and_can_not_panic() {
    programs(&["xor", "layers", "kept"]);

    // And the check sees a panic that can be reached.
    let built = build(&["--bin", "xor", "--features", "reachable"], &target());
    assert!(!built.status.success());
    assert!(errors(&built).contains("mlp_panic_is_reachable"), "{}", errors(&built));
}

/// `cargo test --test all bare -- --ignored`
#[test]
#[ignore = "a minute of compiling"]
fn no_program_without_std_can_panic() {
    programs(&["xor", "neurons", "layers", "many", "fused", "kept"]);
}

/// The same with the wider registers, which without std are chosen when compiling; not run, since the
/// processor may not have them.
#[test]
#[ignore = "two minutes of compiling"]
fn no_panic_with_wider_registers() {
    for processor in ["x86-64-v3", "x86-64-v4"] {
        let folder = target().join(processor);
        let flag = format!("target.x86_64-unknown-linux-gnu.rustflags=['-C', 'target-cpu={processor}']");
        let built = build(&["--target", "x86_64-unknown-linux-gnu", "--config", &flag], &folder);
        assert!(built.status.success(), "{processor}: {}", errors(&built));
    }
}
