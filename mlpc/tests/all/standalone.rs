//! Standalone files with vector kernels: rustc alone compiles them, and they compute the macro's bits.

#![allow(clippy::assign_op_pattern, unreachable_pub, reason = "tests")]

use std::{fs, process::Command};

use mlp_support::rustc::build_program;

use crate::common::{mlpc, output};

/// A network through the macro, and its text.
macro_rules! network {
    ($module:ident, $($text:tt)*) => {
        mod $module {
            mlp::mlp! { $($text)* }
            pub(super) const TEXT: &str = stringify!($($text)*);
        }
    };
}

network! {
    separate,
    pub network Net: f32 {
        input x[19];
        layer hidden[23] = tanh(dense(x));
        layer output[5] = softmax(dense(hidden));
        target t[5];
        loss cross_entropy(output, t);
        train sgd(rate = 0.3), batch 50;
    }
}

network! {
    fused,
    pub network Net: f64 {
        input x[19];
        layer hidden[23] = tanh(dense(x));
        layer output[5] = sigmoid(dense(hidden));
        target t[5];
        loss half_squared_error(output, t);
        train sgd(rate = 0.3), batch 50;
        arithmetic fused;
    }
}

/// A function that trains `Net` and returns what it saw, and the function's text.
macro_rules! program {
    ($($program:tt)*) => {
        macro_rules! program_here {
            () => { $($program)* };
        }
        const PROGRAM: &str = stringify!($($program)*);
    };
}

program! {
    fn bits() -> String {
        use runtime::{Batch, Stream};
        let mut network = Net::with_seed(5);
        let mut stream = Stream::new(3, 1, "samples");
        let inputs: Vec<[_; 19]> =
            (0..120).map(|_| core::array::from_fn(|_| stream.uniform_scalar(-1.0, 1.0))).collect();
        let targets: Vec<[_; 5]> =
            (0..120).map(|_| core::array::from_fn(|_| stream.uniform_scalar(0.0, 1.0))).collect();
        let (mut optimizer, mut workspace, mut gradients) = Default::default();
        let mut seen = String::new();
        for _ in 0..5 {
            let Ok(batch) = Batch::new(&inputs, &targets) else { return seen };
            let loss = network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
            seen += &format!("{:x} ", loss.to_bits());
        }
        let mut outputs = vec![[0.0; 5]; 120];
        if network.forward_batch(&inputs, &mut workspace, &mut outputs).is_err() {
            return seen;
        }
        for number in outputs.as_flattened() {
            seen += &format!("{:x} ", number.to_bits());
        }
        seen
    }
}

mod through_macro {
    pub(super) mod separate {
        use super::super::separate::*;
        use mlp::__private as runtime;
        pub(crate) fn seen() -> String {
            bits()
        }
        program_here!();
    }
    pub(super) mod fused {
        use super::super::fused::*;
        use mlp::__private as runtime;
        pub(crate) fn seen() -> String {
            bits()
        }
        program_here!();
    }
}

/// What the standalone file prints.
fn standalone(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (specification, source) = (folder.path().join("net.mlp"), folder.path().join("net.rs"));
    fs::write(&specification, text).unwrap();
    let emitted = mlpc(&["emit", "--standalone=simd"]).arg(&specification).assert().code(0).stderr("");
    let mut code = String::from_utf8(emitted.get_output().stdout.clone()).unwrap();
    assert!(code.contains("unsafe") && code.contains("mod x86 {"), "{code}");
    assert!(!code.contains("crate::") && !code.contains("feature = \"std\""), "it is complete");
    code.push_str(&format!("{PROGRAM}\nfn main() {{ print!(\"{{}}\", bits()) }}\n"));
    fs::write(&source, code).unwrap();
    let program = build_program(&source);
    String::from_utf8(Command::new(program).output().unwrap().stdout).unwrap()
}

#[test]
fn files_with_vector_kernels_compute_the_bits_of_the_macro() {
    let (separate, fused) = (through_macro::separate::seen(), through_macro::fused::seen());
    assert_eq!(separate.split_whitespace().count(), 5 + 600);
    assert_eq!(standalone(separate::TEXT), separate);
    assert_eq!(standalone(fused::TEXT), fused);
}

#[test]
fn files_without_them_are_safe() {
    for arguments in [["emit", "homework.mlp", "--standalone"], ["emit", "homework.mlp", "--standalone=safe"]]
    {
        let text = output(&arguments);
        assert!(!text.contains("unsafe") && text.contains("mod isa {"), "{arguments:?}");
    }
}

#[test]
fn the_command_that_refreshes_says_which_kernels() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.rs");
    let run = mlpc(&["emit", "xor.mlp", "--standalone=simd", "--check", "-o"]).arg(&path).assert().code(1);
    let error = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(error.contains("mlpc emit xor.mlp --standalone=simd -o "), "{error}");
}
