//! `mlpc export`: the bytes of models, which ONNX Runtime has run, and numbers that are read again.

use std::{fs, path::Path};

use assert_cmd::Command;
use mlp_support::root;
use predicates::prelude::*;

fn mlpc(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::cargo_bin("mlpc").unwrap();
    command.current_dir(folder).args(words);
    command
}

/// The models are those that `tests/onnx/kept.py` ran; the specifications hold the network to what it computed.
#[test]
fn models_have_the_bytes_that_were_run_elsewhere() {
    let kept = root().join("tests/onnx/exported");
    let folder = tempfile::tempdir().unwrap();
    for name in ["layers", "neurons", "functions"] {
        let (text, written) = (format!("{name}.mlp"), folder.path().join("again.onnx"));
        mlpc(&kept, &["export", &text, "-o", written.to_str().unwrap()]).assert().success();
        let same = fs::read(&written).unwrap() == fs::read(kept.join(format!("{name}.onnx"))).unwrap();
        assert!(same, "{name}.onnx has other bytes: run tests/onnx/kept.py on the new ones");
        let checked = mlpc(&kept, &["check", &text]).assert().success();
        checked.stdout(predicate::str::contains("expected "));
        let model = format!("{name}.onnx");
        let output = folder.path().join("back.mlp");
        mlpc(&kept, &["import", &model, "-o", output.to_str().unwrap(), "--force"]).assert().success();
    }
}

#[test]
fn numbers_are_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let net = |from: &str| {
        format!(
            "network N: f32 {{ input x[2]; weights w; layer h[3] = tanh(dense(x)); layer y {{ s = w * sum(h) }} {from} }}"
        )
    };
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("net.mlp", &net("seed 7;"));
    write("table.csv", "x1,x2\n0.5,1\n-2,3\n");
    let run = |file: &str, more: &[&str]| {
        let words = [&["run", file, "--data", "table.csv"], more].concat();
        let said = mlpc(folder.path(), &words).assert().success();
        String::from_utf8(said.get_output().stdout.clone()).unwrap()
    };
    let before = run("net.mlp", &[]);
    for file in ["net.safetensors", "net.npz"] {
        mlpc(folder.path(), &["export", "net.mlp", "-o", file])
            .assert()
            .success()
            .stdout(format!("wrote {file}\n"));
        write("again.mlp", &net(&format!("weights from \"{file}\";")));
        assert_eq!(run("again.mlp", &[]), before);
    }
    write("other.mlp", &net("seed 8;"));
    assert_ne!(run("other.mlp", &[]), before);
    let trained =
        ["export", "other.mlp", "--weights", "net.safetensors", "-o", "copy", "--format", "safetensors"];
    mlpc(folder.path(), &trained).assert().success();
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(bytes("copy"), bytes("net.safetensors"));
}

#[test]
fn what_is_not_written_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let text = "network N: f64 { input x[2]; layer y[2] = erf(x); arithmetic fused; }";
    fs::write(folder.path().join("net.mlp"), text).unwrap();
    let said = mlpc(folder.path(), &["export", "net.mlp", "-o", "net.onnx"]).assert().success();
    said.stderr(
        predicate::str::contains("`arithmetic fused` is left out").and(predicate::str::contains("`Erf`")),
    );
    mlpc(folder.path(), &["export", "net.mlp", "-o", "net.bin"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("--format onnx"));
    mlpc(folder.path(), &["export", "net.mlp", "-o", "-"]).assert().code(2);
    assert!(!folder.path().join("net.bin").exists());
}
