//! `mlpc import`: the models of `tests/onnx` are written, checked against what ONNX Runtime computes for them, and refused.

use std::{fs, path::Path};

use assert_cmd::Command;
use mlp_support::root;
use predicates::prelude::*;

fn mlpc(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("mlpc").unwrap();
    command.current_dir(folder);
    command
}

fn model(name: &str) -> std::path::PathBuf {
    root().join("tests/onnx/operators").join(name)
}

#[test]
fn models_compute_what_their_source_does() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["layernormalization", "two_inputs", "gemm_double", "softmax_axis_1", "two_outputs"] {
        let (model, arrays) = (model(&format!("{name}.onnx")), model(&format!("{name}.npz")));
        let words = ["import", model.to_str().unwrap(), "-o", "net.mlp", "--force"];
        let expect = ["--expect", arrays.to_str().unwrap(), "--within", "1e-6"];
        mlpc(folder.path()).args(words).args(expect).assert().success();
        let checked = mlpc(folder.path()).args(["check", "net.mlp"]).assert().success();
        checked.stdout(predicate::str::contains("are within 1e-6"));
    }
}

#[test]
fn a_wrong_expectation_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (model("matmul_add.onnx"), model("gemm_13.npz"));
    let words = ["import", one.to_str().unwrap(), "-o", "net.mlp", "--expect", other.to_str().unwrap()];
    mlpc(folder.path()).args(words).assert().success();
    let checked = mlpc(folder.path()).args(["check", "net.mlp"]).assert().code(1);
    checked.stderr(predicate::str::contains("of sample 1 is").and(predicate::str::contains("instead of")));
}

#[test]
fn nothing_is_written_over_and_nothing_half() {
    let folder = tempfile::tempdir().unwrap();
    let plain = model("matmul_add.onnx");
    let words = ["import", plain.to_str().unwrap(), "-o", "net.mlp"];
    let wrote = mlpc(folder.path()).args(words).assert().success();
    wrote.stdout("wrote net.mlp and net.safetensors\n");
    let before = fs::read(folder.path().join("net.mlp")).unwrap();
    let again = mlpc(folder.path()).args(words).assert().code(2);
    again.stderr(
        predicate::str::contains("net.mlp is there already").and(predicate::str::contains("--force")),
    );
    assert_eq!(fs::read(folder.path().join("net.mlp")).unwrap(), before);

    let refused = model("hardmax.onnx");
    let words = ["import", refused.to_str().unwrap(), "-o", "other.mlp"];
    mlpc(folder.path()).args(words).assert().code(1).stderr(predicate::str::contains("Hardmax"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn what_is_expected_must_fit() {
    let folder = tempfile::tempdir().unwrap();
    let plain = model("matmul_add.onnx");
    let import = |arrays: &str, within: &str| {
        let words =
            ["import", plain.to_str().unwrap(), "-o", "net.mlp", "--expect", arrays, "--within", within];
        mlpc(folder.path()).args(words).assert()
    };
    let other = model("two_inputs.npz");
    import(other.to_str().unwrap(), "1e-5")
        .code(1)
        .stderr(predicate::str::contains("`x` is not among the arrays"));
    import(plain.to_str().unwrap(), "1e-5")
        .code(2)
        .stderr(predicate::str::contains("not a file of named arrays"));
    import(model("matmul_add.npz").to_str().unwrap(), "-1").code(2);
    import("nothing.npz", "1e-5").code(2).stderr(predicate::str::contains("there is no such file"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
