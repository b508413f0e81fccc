//! A crate outside the workspace that depends on `mlp` alone.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;

use mlp_support::{cargo::Crate, root};

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
    assert_eq!(Crate::library("line", "", MAIN).build(), Ok(()));
}

/// A specification in a file: read, rebuilt when it changes, its errors shown with their place.
#[test]
fn a_specification_in_a_file() {
    let library = "#![no_std]\n//! A library.\nmlp::mlp!(file = \"networks/line.mlp\");\n\
                   /// How many.\npub const COUNT: usize = Line::PARAMETERS;\n\
                   const _: () = assert!(COUNT <= 2);\n";
    let user = Crate::library("specification", "", library);
    let said = user.check().unwrap_err();
    assert!(said.contains("can't read `networks/line.mlp`"), "{said}");
    let write = |layer: &str| {
        user.write(
            "networks/line.mlp",
            format!("network Line {{\n    input x[1];\n    layer {layer};\n}}\n"),
        );
    };
    write("y[1] = dense(x)");
    assert_eq!(user.check(), Ok(()));
    write("y[2] = dense(x)");
    assert!(user.check().unwrap_err().contains("assert!(COUNT <= 2)"), "the file's change is seen");
    write("y[1] = dense(z)");
    let said = user.check().unwrap_err();
    assert!(said.contains("[M0201] unknown name `z`") && said.contains("networks/line.mlp:3:24"), "{said}");
    assert!(said.contains("1 previous error") || said.matches("error").count() <= 4, "{said}");
}

/// The second set of features, for all crates that need more than the default one.
const MORE: &str = "\"alloc\", \"safetensors\"";

/// Start values in a file: read with a feature, rebuilt when it changes, its errors shown.
#[test]
fn weights_in_a_file() {
    let library = "#![no_std]\n#![forbid(unsafe_code)]\n#![deny(warnings, missing_docs)]\n//! A library.\nmlp::mlp! {\n\
                   /// A line.\npub network Line: f32 {\ninput x[2];\nweights W[2, 3]; biases b[3];\n\
                   layer y[3] = x @ W + b;\nweights from \"line.safetensors\";\n} }\n\
                   const _: () = assert!(Line::TRAINED.b[2] == 0.125);\n";
    let user = Crate::library("weights", "", library);
    let put = |name: &str, byte: u8| {
        let mut bytes = fs::read(root().join("mlpc/tests/fixtures").join(name)).unwrap();
        *bytes.last_mut().unwrap() = byte;
        user.write("line.safetensors", bytes);
    };
    put("weights_good.safetensors", 0x3e);
    let said = user.check().unwrap_err();
    assert!(said.contains("[M0703]") && said.contains("enable the feature `safetensors`"), "{said}");
    // The stub has `TRAINED` as well: what only follows is not said, but for the value.
    assert!(!said.contains("no associated item"), "{said}");
    user.manifest(MORE, "");
    assert_eq!(user.check(), Ok(()));
    put("weights_good.safetensors", 0x3f);
    assert!(user.check().unwrap_err().contains("== 0.125"), "the file's change is seen");
    put("weights_turned.safetensors", 0x3e);
    let said = user.check().unwrap_err();
    assert!(said.contains("[M0706] `W` is [3, 2] in `line.safetensors`, but [2, 3] is needed"), "{said}");
}

/// On the heap without `std`, in a crate that forbids `unsafe`.
#[test]
fn networks_on_the_heap() {
    let heap = MAIN.replace("/// Trains", "/// On the heap.\npub fn boxed() -> impl core::ops::Deref<Target = Line> {\n    Line::boxed()\n}\n\n/// Trains");
    let user = Crate::library("heap", "", &heap);
    assert!(user.check().unwrap_err().contains("`boxed()` needs the feature `alloc`"));
    user.manifest(MORE, "");
    assert_eq!(user.check(), Ok(()));
}

/// A library that renames `mlp` in its manifest and hands it on, with a macro of its own.
const FACADE: &str = r#"
#![no_std]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]
//! A library whose users need not know `mlp`.
pub use perceptrons;

perceptrons::mlp! {
    crate = perceptrons;
    /// A line.
    pub network Line: f32 { input x[1]; layer y[1] = dense(x); }
}

/// A network of one neuron.
#[macro_export]
macro_rules! neuron {
    ($name:ident) => {
        $crate::perceptrons::mlp! {
            crate = $crate::perceptrons;
            /// A neuron.
            pub network $name: f64 { input x[2]; layer y[1] = tanh(dense(x)); }
        }
    };
}
"#;

const USER: &str = r#"
#![no_std]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]
//! A crate without a dependency on `mlp`.
facade::neuron!(Neuron);
facade::perceptrons::mlp! {
    crate = PATH;
    /// A line.
    pub network Own: f64 {
        input  x[1];
        layer  y[1] = dense(x);
        target t[1];
        loss   squared_error(y, t);
        train  adam(rate = 0.1);
    }
}
/// How many.
pub const COUNT: usize = Neuron::PARAMETERS + Own::PARAMETERS + facade::Line::PARAMETERS;
const _: () = assert!(COUNT == 7);
"#;

/// The crate has another name, or is a part of another crate.
#[test]
fn renamed_and_handed_on() {
    let facade = Crate::library("facade", "", FACADE);
    facade.manifest("", &format!("[dependencies.perceptrons]\npackage = \"mlp\"\npath = {:?}\n", root()));
    let manifest = fs::read_to_string(facade.folder().join("Cargo.toml")).unwrap();
    let renamed: Vec<&str> = manifest.lines().filter(|line| !line.starts_with("mlp = ")).collect();
    facade.write("Cargo.toml", renamed.join("\n"));
    let path = facade.folder().to_str().unwrap();
    let user = Crate::library("user", path, &USER.replace("PATH", "facade::perceptrons"));
    assert_eq!(user.check(), Ok(()));
    // rustc names what is wrong in a path, once, at its place.
    user.write("src/lib.rs", USER.replace("PATH", "facade::perceptron"));
    let said = user.check().unwrap_err();
    assert!(said.contains("could not find `perceptron` in `facade`"), "{said}");
    assert!(said.contains("crate = facade::perceptron;\n  |                     ^^^^^^^^^^"), "{said}");
    user.write("src/lib.rs", USER.replace("PATH", "5"));
    let said = user.check().unwrap_err();
    assert!(
        said.contains("`crate` is not followed by `= path;`") && said.contains("  help: write the path"),
        "{said}"
    );
}
