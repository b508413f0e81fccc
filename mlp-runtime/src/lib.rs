//! The library that generated networks call: elementary functions, kernels, random start values, batches, and the
//! traits that networks implement.
//!
//! It needs no heap and no dependency but `mlp-hash`, and does not panic. `unsafe` code is in the kernels (`isa`, `gemm`)
//! and, with the feature `alloc`, in the module `heap`. With the feature `rayon` large products of batches are computed on
//! several threads.
//!
//! Every build, every number of threads and every processor gives the same bits: floats are only added, subtracted,
//! multiplied, divided and compared, each operation with one rounding, in the documented order. Fused operations are used
//! only where a network declares them.
#![no_std]
#![deny(unsafe_code)]

#[cfg(any(feature = "alloc", feature = "source"))]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[path = "private.rs"]
#[doc(hidden)]
pub mod __private;
mod arithmetic;
mod batch;
mod class;
mod exports;
mod functions;
mod fused;
#[cfg_attr(
    not(any(
        all(target_arch = "x86_64", target_feature = "sse2"),
        all(target_arch = "aarch64", target_feature = "neon", target_endian = "little")
    )),
    allow(dead_code, unused_imports, unused_macros, reason = "there are no vector registers")
)]
#[allow(unsafe_code, reason = "kernels read and write through pointers")]
#[deny(clippy::undocumented_unsafe_blocks)]
mod gemm;
mod groups;
#[cfg(feature = "alloc")]
mod heap;
mod isa;
mod kernels;
mod missing;
mod missing_heap;
mod network;
pub mod random;
mod scalar;
#[cfg(feature = "source")]
pub mod source;
mod tensors;
#[cfg(feature = "ndarray")]
mod views;
mod weight_file;

// In standalone programs, two modules.
use mlp_hash as draws;
use mlp_hash as hash;

pub use batch::{Batch, BatchError, rows_from_flat};
pub use class::{Class, NoSuchClass};
pub use network::{
    Differentiable, Gradients, Network, NotFinite, Parameter, ParameterKind, ParameterShape, Reduction,
    Trainable,
};
pub use scalar::Scalar;
pub use tensors::Tensors;
#[cfg(feature = "ndarray")]
pub use views::rows_from_view;

/// Without the feature `alloc`, `boxed()` says that it needs the feature.
#[cfg(not(feature = "alloc"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __mlp_boxed {
    (network $type:ident { $($field:ident),* }) => {
        impl<'__a> $type
        where
            $type: $crate::__private::FeatureAlloc<'__a>,
        {
            #[doc(hidden)]
            pub fn boxed() {}
            #[doc(hidden)]
            pub fn boxed_with_seed() {}
        }
    };
    (part $type:ident { $($field:ident),* } $($setting:ident = $value:expr),*) => {
        impl<'__a> $type
        where
            $type: $crate::__private::FeatureAlloc<'__a>,
        {
            #[doc(hidden)]
            pub fn boxed() {}
        }
    };
    // After an error in the specification.
    ($part:ident stub $type:ident) => {};
}
