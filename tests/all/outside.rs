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
