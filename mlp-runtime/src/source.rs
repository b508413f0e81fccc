//! The text of this crate's modules as one module `runtime`, for programs that do without the crate.
//!
//! The files in the tables name each other by paths that begin with `super`, and declare no modules: the tables do. Where
//! a module of the crate depends on a feature, it has a file for each case, and the table has the right one.

use alloc::string::String;

/// The kernels of a standalone program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernels {
    /// Plain Rust, without `unsafe`.
    Portable,
    /// Vector registers, with the processor's instruction set detected when the program runs.
    Vector,
}

/// A module: its path, the attributes of its declaration, and its text.
struct Module {
    path: &'static [&'static str],
    attributes: &'static str,
    text: &'static str,
}

macro_rules! modules {
    ($($($name:ident)::+ $(if $condition:literal)? = $text:expr;)*) => {
        &[$(Module {
            path: &[$(stringify!($name)),+],
            attributes: concat!($("#[cfg(", $condition, ")]\n")?),
            text: $text,
        }),*]
    };
}

/// The modules of all standalone programs.
const COMMON: &[Module] = modules! {
    arithmetic = include_str!("arithmetic.rs");
    scalar = include_str!("scalar.rs");
    functions::double_double = include_str!("functions/double_double.rs");
    functions::f32 = include_str!("functions/f32.rs");
    functions::f64 = include_str!("functions/f64.rs");
    fused = include_str!("fused.rs");
    kernels = include_str!("kernels.rs");
    hash = mlp_hash::SOURCE;
    draws = mlp_hash::DRAWS;
    random = include_str!("random.rs");
    weight_file = include_str!("weight_file.rs");
    batch = include_str!("batch.rs");
    class = include_str!("class.rs");
    missing = include_str!("missing.rs");
    tensors = include_str!("tensors.rs");
    network = include_str!("network.rs");
    groups = include_str!("groups.rs");
    exports = include_str!("exports.rs");
    isa::traits = include_str!("isa/traits.rs");
    isa::portable = include_str!("isa/portable.rs");
};

/// The remaining modules without vector kernels.
const PORTABLE: &[Module] = modules! {
    isa::dispatch = include_str!("isa/dispatch/portable.rs");
};

/// The remaining modules with vector kernels.
const VECTOR: &[Module] = modules! {
    isa::dispatch if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/dispatch/detected.rs");
    isa::dispatch if "all(target_arch = \"aarch64\", target_feature = \"neon\", target_endian = \"little\")"
        = include_str!("isa/dispatch/neon.rs");
    isa::dispatch if "not(any(all(target_arch = \"x86_64\", target_feature = \"sse2\"), \
                      all(target_arch = \"aarch64\", target_feature = \"neon\", target_endian = \"little\")))"
        = include_str!("isa/dispatch/portable.rs");
    isa::vector = include_str!("isa/vector.rs");
    isa::vectorized = include_str!("isa/vectorized.rs");
    isa::neon if "all(target_arch = \"aarch64\", target_feature = \"neon\", target_endian = \"little\")"
        = include_str!("isa/neon.rs");
    isa::x86::registers if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/registers.rs");
    isa::x86::sse2 if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/sse2.rs");
    isa::x86::avx2 if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/avx2.rs");
    isa::x86::avx512 if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/avx512.rs");
    isa::x86::features if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/features/detected.rs");
    isa::x86::sets if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/sets.rs");
    gemm::tuning = include_str!("gemm/tuning.rs");
    gemm::epilogue = include_str!("gemm/epilogue.rs");
    gemm::tile = include_str!("gemm/tile.rs");
    gemm::microkernel = include_str!("gemm/microkernel.rs");
    gemm::gemv = include_str!("gemm/gemv.rs");
    gemm::packing = include_str!("gemm/packing.rs");
    gemm::blocking = include_str!("gemm/blocking.rs");
    gemm::product = include_str!("gemm/product.rs");
    gemm::schedule = include_str!("gemm/schedule/serial.rs");
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
    for Module { path, attributes, text: module } in COMMON.iter().chain(rest) {
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
