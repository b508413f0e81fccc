//! Every command on specifications whose start values are in a file.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use mlp_support::rustc::rustc;

use crate::common::{folder, mlpc};

/// The first row of what NumPy computed.
const INPUT: &str = "0.6901486417491058, 0.8898963422899591, 0.8078335763918536";
const OUTPUT: [f64; 2] = [0.055022877847598434, -0.32704880304539846];

/// A folder with `specs/turned.mlp`, whose file of weights is one folder further down, and an empty `out`.
fn project() -> (tempfile::TempDir, PathBuf) {
    let project = tempfile::tempdir().unwrap();
    let at = |path: &str| project.path().join(path);
    for place in ["specs/weights", "out/deep"] {
        fs::create_dir_all(at(place)).unwrap();
    }
    let networks = folder("../tests/memory/networks");
    let text = fs::read_to_string(networks.join("turned.mlp")).unwrap();
    assert!(include_str!("../../../tests/memory/outputs.csv").contains(&INPUT.replace(' ', "")));
    fs::write(at("specs/turned.mlp"), text.replace("x[3];", &format!("x[3] = [{INPUT}];"))).unwrap();
    let weights = "weights/turned.safetensors";
    fs::copy(networks.join(weights), at("specs").join(weights)).unwrap();
    let specification = at("specs/turned.mlp");
    (project, specification)
}

fn out(arguments: &[&str], file: &Path) -> String {
    let run = mlpc(arguments).arg(file).assert().code(0).stderr("");
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

#[test]
fn what_is_computed_comes_from_the_file() {
    let (_project, file) = project();
    let said = out(&["check"], &file);
    assert!(said.contains("Turned"), "{said}");
    assert!(out(&["summary"], &file).contains("Turned"));
    let values = out(&["eval", "--format", "csv"], &file);
    let number = |name: &str| -> f64 {
        values.lines().find_map(|line| line.strip_prefix(name)).unwrap().parse().unwrap()
    };
    for (name, wanted) in [("forward,y,,,1,", OUTPUT[0]), ("forward,y,,,2,", OUTPUT[1])] {
        assert!((number(name) - wanted).abs() < 1e-15, "{values}");
    }
    assert!(out(&["derive"], &file).contains("0.055022878"), "the worked derivation has the output");
}

#[test]
fn the_path_counts_from_the_specification() {
    let (project, file) = project();
    let text = fs::read_to_string(&file).unwrap();
    let run = mlpc(&["check", "-"]).current_dir(project.path()).write_stdin(text.clone()).assert().code(1);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(
        said.contains("error[M0702]: can't read `weights/turned.safetensors`: there is no such file"),
        "{said}"
    );
    mlpc(&["check", "-"]).current_dir(project.path().join("specs")).write_stdin(text).assert().code(0);
}

/// Prints the output as bits.
const MAIN: &str = "mod net; fn main() { \
    static TURNED: net::Turned = net::Turned::TRAINED; \
    assert_eq!(TURNED, net::Turned::new()); \
    for y in TURNED.forward(&[INPUT]) { println!(\"{y:?}\"); } }";

/// Emitted into another folder, the file is included by its path from there; a file that has changed since is noticed.
#[test]
fn emitted_code_includes_the_file() {
    let (project, file) = project();
    let net = project.path().join("out/deep/net.rs");
    mlpc(&["emit", "--standalone"]).arg(&file).arg("-o").arg(&net).assert().code(0).stderr("");
    mlpc(&["emit", "--standalone", "--check"]).arg(&file).arg("-o").arg(&net).assert().code(0).stderr("");
    let text = fs::read_to_string(&net).unwrap();
    assert!(text.contains("include_bytes!(\"../../specs/weights/turned.safetensors\")"));
    assert!(!text.contains(&*project.path().to_string_lossy()), "no folder of this machine");
    let main = project.path().join("out/deep/main.rs");
    fs::write(&main, MAIN.replace("INPUT", INPUT)).unwrap();
    let built = rustc(&main, &[]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let ran = Command::new(project.path().join("out/deep/main")).output().unwrap();
    let printed: Vec<f64> =
        String::from_utf8(ran.stdout).unwrap().lines().map(|line| line.parse().unwrap()).collect();
    assert!(printed.iter().zip(OUTPUT).all(|(a, b)| (a - b).abs() < 1e-15), "{printed:?}");

    let weights = project.path().join("specs/weights/turned.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&weights, bytes).unwrap();
    let built = rustc(&main, &[]);
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(!built.status.success() && said.contains("regenerate it"), "{said}");
    mlpc(&["emit", "--standalone", "--check"]).arg(&file).arg("-o").arg(&net).assert().code(1);
}

/// To the standard output, as if the code were in the folder of the specification.
#[test]
fn printed_code_includes_the_file_as_it_is_named() {
    let (_project, file) = project();
    assert!(out(&["emit"], &file).contains("::core::include_bytes!(\"weights/turned.safetensors\")"));
}

/// A file without end, and a device, are not read.
#[cfg(unix)]
#[test]
fn a_device_is_no_file() {
    let (project, file) = project();
    let weights = project.path().join("specs/weights/turned.safetensors");
    fs::remove_file(&weights).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &weights).unwrap();
    let run = mlpc(&["check"]).arg(&file).assert().code(1);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("it is not a regular file"), "{said}");
}

/// Each byte of a good file turned, and the file cut at each place: a diagnostic or other numbers, and no panic.
#[test]
fn damaged_files() {
    let (project, file) = project();
    let weights = project.path().join("specs/weights/turned.safetensors");
    let good = fs::read(&weights).unwrap();
    let header = 8 + usize::try_from(u64::from_le_bytes(*good.first_chunk().unwrap())).unwrap();
    let damaged = (0..header).step_by(7).map(|at| {
        let mut bytes = good.clone();
        bytes[at] ^= 0x15;
        bytes
    });
    let cut = (0..good.len()).step_by(41).map(|length| good[..length].to_vec());
    for bytes in damaged.chain(cut) {
        fs::write(&weights, bytes).unwrap();
        let run = mlpc(&["check"]).arg(&file).output().unwrap();
        assert!(matches!(run.status.code(), Some(0 | 1)), "{run:?}");
    }
}
