//! A crate outside the workspace that depends on `mlp` alone.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::Path, process::Command};

const MAIN: &str = r#"
#![no_std]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]
//! A library without std, heap or other dependencies.

mlp::mlp! {
    /// A line.
    pub network Line: f32 {
        input   x[1];
        layer   y[1] = dense(x);
        target  t[1];
        loss    squared_error(y, t);
        train   sgd(rate = 0.1);
    }
}

/// Trains for a while.
pub fn train(network: &mut Line) -> f32 {
    let mut loss = 0.0;
    for _ in 0..10 {
        loss = network.train(&[1.0], &[2.0]);
    }
    loss
}
"#;

#[test]
fn one_dependency_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = \"outside\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nmlp = {{ path = {root:?} }}\n\n[workspace]\n"
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/lib.rs"), MAIN).unwrap();
    // The versions that this workspace has downloaded already.
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["build", "--offline"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", folder.path().join("target"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
