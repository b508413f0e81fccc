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

/// Builds a crate with this library; its messages where it does not build.
fn build(folder: &Path) -> Result<(), String> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--offline"])
        .current_dir(folder)
        // One for all of these crates: the compiler is compiled once for each choice of features.
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside"))
        .output()
        .unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// A crate of this name. Each has its own: cargo tells crates in one target folder apart by it.
fn crate_with(name: &str, library: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = {name:?}\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nmlp = {{ path = {root:?} }}\n\n[workspace]\n"
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/lib.rs"), library).unwrap();
    // The versions that this workspace has downloaded already.
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    folder
}

#[test]
fn one_dependency_is_enough() {
    assert_eq!(build(crate_with("line", MAIN).path()), Ok(()));
}

/// A specification in a file: read, rebuilt when it changes, its mistakes shown with their place.
#[test]
fn a_specification_in_a_file() {
    let library = "#![no_std]\n//! A library.\nmlp::mlp!(file = \"networks/line.mlp\");\n\
                   /// How many.\npub const COUNT: usize = Line::PARAMETERS;\n\
                   const _: () = assert!(COUNT <= 2);\n";
    let folder = crate_with("specification", library);
    let file = folder.path().join("networks/line.mlp");
    let said = build(folder.path()).unwrap_err();
    assert!(said.contains("can't read `networks/line.mlp`"), "{said}");
    fs::create_dir(folder.path().join("networks")).unwrap();
    let write = |layer: &str| {
        // A clock that ticks in seconds would take the second text for the first.
        let earlier = fs::metadata(&file).and_then(|m| m.modified()).ok();
        while fs::write(&file, format!("network Line {{\n    input x[1];\n    layer {layer};\n}}\n")).is_ok()
            && fs::metadata(&file).and_then(|m| m.modified()).ok() == earlier
        {}
    };
    write("y[1] = dense(x)");
    assert_eq!(build(folder.path()), Ok(()));
    write("y[2] = dense(x)");
    assert!(build(folder.path()).unwrap_err().contains("assert!(COUNT <= 2)"), "the file's change is seen");
    write("y[1] = dense(z)");
    let said = build(folder.path()).unwrap_err();
    assert!(said.contains("[M0201] unknown name `z`") && said.contains("networks/line.mlp:3:24"), "{said}");
    assert!(said.contains("1 previous error") || said.matches("error").count() <= 4, "{said}");
}

/// The same with features of this crate.
fn with_features(folder: &Path, features: &str) {
    let manifest = folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(manifest, text.replace("\" }", &format!("\", features = [{features}] }}"))).unwrap();
}

/// Start values in a file: read with a feature, rebuilt when it changes, its mistakes shown.
#[test]
fn weights_in_a_file() {
    let library = "#![no_std]\n#![forbid(unsafe_code)]\n#![deny(warnings, missing_docs)]\n//! A library.\nmlp::mlp! {\n\
                   /// A line.\npub network Line: f32 {\ninput x[2];\nweights W[2, 3]; biases b[3];\n\
                   layer y[3] = x @ W + b;\nweights from \"line.safetensors\";\n} }\n\
                   const _: () = assert!(Line::TRAINED.b[2] == 0.125);\n";
    let folder = crate_with("weights", library);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("mlpc/tests/fixtures");
    let put = |name: &str, byte: u8| {
        let mut bytes = fs::read(fixtures.join(name)).unwrap();
        *bytes.last_mut().unwrap() = byte;
        let file = folder.path().join("line.safetensors");
        let earlier = fs::metadata(&file).and_then(|m| m.modified()).ok();
        while fs::write(&file, &bytes).is_ok()
            && fs::metadata(&file).and_then(|m| m.modified()).ok() == earlier
        {}
    };
    put("weights_good.safetensors", 0x3e);
    let said = build(folder.path()).unwrap_err();
    assert!(said.contains("[M0703]") && said.contains("enable the feature `safetensors`"), "{said}");
    // The stub has `TRAINED` as well: what only follows is not said, but for the value.
    assert!(!said.contains("no associated item"), "{said}");
    with_features(folder.path(), "\"safetensors\"");
    assert_eq!(build(folder.path()), Ok(()));
    put("weights_good.safetensors", 0x3f);
    assert!(build(folder.path()).unwrap_err().contains("== 0.125"), "the file's change is seen");
    put("weights_turned.safetensors", 0x3e);
    let said = build(folder.path()).unwrap_err();
    assert!(said.contains("[M0706] `W` is [3, 2] in `line.safetensors`, but [2, 3] is needed"), "{said}");
}

/// On the heap without `std`, in a crate that forbids `unsafe`.
#[test]
fn networks_on_the_heap() {
    let heap = MAIN.replace("/// Trains", "/// On the heap.\npub fn boxed() -> impl core::ops::Deref<Target = Line> {\n    Line::boxed()\n}\n\n/// Trains");
    let folder = crate_with("heap", &heap);
    assert!(build(folder.path()).unwrap_err().contains("named `boxed`"));
    with_features(folder.path(), "\"alloc\"");
    assert_eq!(build(folder.path()), Ok(()));
}
