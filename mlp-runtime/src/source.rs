//! The text of the modules of this crate and of `mlp-kernels` as one module `runtime`, for programs that do without the
//! crates.
//!
//! The files in the table name each other by paths that begin with `super`, and declare no modules: the table does. Paths
//! to modules of `mlp-kernels` are the same here and there.

use alloc::string::String;

use mlp_kernels::__modules as modules;
use mlp_kernels::source::{COMMON, Module, PORTABLE, VECTOR};

/// The kernels of a standalone program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernels {
    /// Plain Rust, without `unsafe`.
    Portable,
    /// Vector registers, with the processor's instruction set detected when the program runs.
    Vector,
}

/// The modules of this crate, in all standalone programs.
const OWN: &[Module] = modules! {
    hash = mlp_hash::SOURCE;
    draws = mlp_hash::DRAWS;
    widen = mlp_tensors::WIDEN;
    weight_file = include_str!("weight_file.rs");
    batch = include_str!("batch.rs");
    boxed = include_str!("boxed.rs");
    class = include_str!("class.rs");
    missing = include_str!("missing.rs");
    tensors = include_str!("tensors.rs");
    values = include_str!("values.rs");
    network = include_str!("network.rs");
    groups = include_str!("groups.rs");
    inputs = include_str!("inputs.rs");
    exports = include_str!("exports.rs");
};

/// The module `runtime` with these kernels, as text: all that a network calls by `super::runtime`.
pub fn standalone(kernels: Kernels) -> String {
    let (rest, lints) = match kernels {
        Kernels::Portable => (PORTABLE, "dead_code, unused_imports, unreachable_pub, missing_docs"),
        Kernels::Vector => {
            (VECTOR, "dead_code, unused_imports, unused_macros, unreachable_pub, missing_docs, unsafe_code")
        }
    };
    let mut text = String::from(
        "/// What the network below calls, with `Batch` and the traits for its callers.\n#[allow(",
    );
    text.push_str(lints);
    text.push_str(", clippy::all, clippy::pedantic)]\npub mod runtime {\n");
    let mut open: &[&str] = &[];
    for Module { path, attributes, text: module } in OWN.iter().chain(COMMON).chain(rest) {
        let Some((name, folder)) = path.split_last() else { continue };
        let shared = open.iter().zip(folder).take_while(|(a, b)| a == b).count();
        for _ in shared..open.len() {
            text.push_str("}\n\n");
        }
        for (depth, name) in folder.iter().enumerate().skip(shared) {
            push(&mut text, &[visibility(depth), "mod ", name, " {\n"]);
        }
        push(
            &mut text,
            &[attributes, visibility(folder.len()), "mod ", name, " {\n", module.trim_end(), "\n}\n\n"],
        );
        open = folder;
    }
    for _ in open {
        text.push_str("}\n\n");
    }
    text.push_str("pub use exports::*;\n}\n");
    text
}

/// Outer modules are private: what users need is exported.
fn visibility(depth: usize) -> &'static str {
    if depth == 0 { "" } else { "pub " }
}

fn push(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
}
