//! The networks that are measured.

use std::fmt::Write;

/// x-x-4.
pub fn wide(width: usize) -> String {
    network(width, 1, width, "")
}

/// This many layers of 32 neurons, and one of 4.
pub fn deep(layers: usize) -> String {
    network(32, layers, 32, "")
}

/// x-x-4, written out, each product and its addition rounded once.
pub fn written_out(width: usize) -> String {
    network(width, 1, width, "        unroll always;\n        arithmetic fused;\n")
}

fn network(inputs: usize, layers: usize, width: usize, more: &str) -> String {
    let mut text = format!(
        "#![no_std]\n\nmlp::mlp! {{\n    /// Measured.\n    pub network Subject: f32 {{\n        input  x[{inputs}];\n"
    );
    let mut before = "x".to_owned();
    for layer in 1..=layers {
        let _ = writeln!(text, "        layer  h{layer}[{width}] = tanh(dense({before}));");
        before = format!("h{layer}");
    }
    let _ = writeln!(text, "        layer  y[4] = tanh(dense({before}));");
    text += "        target t[4];\n        loss   half_squared_error(y, t);\n        train  sgd(rate = 0.1), batch 16;\n";
    text + more + "    }\n}\n"
}

/// A crate that depends on `mlp` and has no network.
pub const NONE: &str = "#![no_std]\n\nextern crate mlp as _;\n";
