//! What generated networks call: elementary functions, kernels, random start values, batches
//! and the traits that networks implement.
//!
//! No heap, no dependency, no panic, `unsafe` only in [`simd`]; with the feature `alloc` one module, `heap`, has both
//! of heap and `unsafe`; with the feature `rayon` large products of batches are computed by its threads, whose queues are
//! on the heap. The same bits in every build, with any number of threads and on every
//! machine: floats are only added, subtracted, multiplied, divided and compared, one rounding
//! each, in the order the documentation gives; what is fused is declared.
#![no_std]
#![deny(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[path = "private.rs"]
#[doc(hidden)]
pub mod __private;
mod arithmetic;
mod batch;
mod class;
mod functions;
mod fused;
#[cfg(feature = "alloc")]
mod heap;
mod isa;
mod kernels;
mod network;
pub mod random;
mod scalar;
mod simd;
mod single;
mod special;
#[cfg(feature = "ndarray")]
mod views;
mod weight_file;

pub use batch::{Batch, BatchError, rows_from_flat};
pub use class::{Class, NoSuchClass};
pub use network::{
    Differentiable, Gradients, Network, Parameter, ParameterKind, ParameterShape, Reduction, Trainable,
};
pub use scalar::Scalar;
#[cfg(feature = "ndarray")]
pub use views::rows_from_view;

/// Nothing, without the feature `alloc`.
#[cfg(not(feature = "alloc"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __mlp_boxed {
    ($($anything:tt)*) => {};
}

/// The text of the modules, (name, text) in order. Each needs only `core` and its siblings,
/// so that `mod runtime { pub mod scalar { … } … }` stands without this crate.
#[cfg(feature = "source")]
pub const SOURCE: &[(&str, &str)] = &[
    ("arithmetic", include_str!("arithmetic.rs")),
    ("scalar", include_str!("scalar.rs")),
    ("functions", include_str!("functions.rs")),
    ("special", include_str!("special.rs")),
    ("single", include_str!("single.rs")),
    ("kernels", include_str!("kernels.rs")),
    ("fused", include_str!("fused.rs")),
    ("isa", include_str!("isa.rs")),
    ("random", include_str!("random.rs")),
    ("weight_file", include_str!("weight_file.rs")),
    ("batch", include_str!("batch.rs")),
    ("class", include_str!("class.rs")),
    ("network", include_str!("network.rs")),
];

/// The text of the module `simd`, which holds the vector kernels and the only `unsafe`, and of the modules
/// in it, which it declares by `mod name;`. Between those of [`SOURCE`] it makes `dispatch` choose an instruction set.
#[cfg(feature = "source")]
pub const SIMD: (&str, &[(&str, &str)]) = (
    include_str!("simd/mod.rs"),
    &[
        ("neon", include_str!("simd/neon.rs")),
        ("product", include_str!("simd/product.rs")),
        ("sample", include_str!("simd/sample.rs")),
        ("tile", include_str!("simd/tile.rs")),
        ("vector", include_str!("simd/vector.rs")),
        ("x86", include_str!("simd/x86.rs")),
    ],
);
