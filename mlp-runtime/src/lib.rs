//! The library that generated networks call: batches, the traits that networks implement, and, from `mlp-kernels`,
//! elementary functions, kernels and random start values.
//!
//! It needs no heap and no dependency but `mlp-hash` and `mlp-kernels`, and does not panic. `unsafe` code is in the kernels,
//! in the module `scratch` and, with the feature `alloc`, in the module `heap`. With the feature `rayon` large products of batches are computed on
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
mod batch;
#[cfg(not(feature = "alloc"))]
mod boxed;
#[cfg(feature = "alloc")]
#[path = "boxed_in_place.rs"]
mod boxed;
mod class;
#[cfg(feature = "alloc")]
mod dynamic;
mod exports;
mod groups;
#[cfg(feature = "alloc")]
mod heap;
mod inputs;
pub mod keep;
mod missing;
mod missing_heap;
mod network;
mod scratch;
#[cfg(feature = "serde")]
pub mod serde;
#[cfg(feature = "source")]
pub mod source;
mod tensors;
mod values;
#[cfg(feature = "ndarray")]
mod views;
mod weight_file;

// In standalone programs, modules.
use mlp_hash as draws;
use mlp_hash as hash;
use mlp_kernels::{arithmetic, dropout, isa, kernels, scalar};
use mlp_tensors::widen;

pub use batch::{Batch, BatchError, rows_from_flat, rows_from_flat_mut};
#[cfg(feature = "alloc")]
pub use boxed::{Boxed, BoxedWithSeed};
pub use class::{Class, NoSuchClass};
#[cfg(feature = "alloc")]
pub use dynamic::{DynError, DynNetwork, DynTrainable, Learner, Predictor};
pub use inputs::{InputDifferentiable, PullBack};
#[doc(inline)]
pub use mlp_kernels::{Scalar, random};
pub use network::{
    Differentiable, Gradients, Network, NotFinite, Parameter, ParameterKind, ParameterShape, Reduction,
    Trainable,
};
pub use tensors::{TensorMismatch, Tensors};
pub use values::{TargetError, Targets, Values, WrongLength};
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

/// Without the feature `serde`, generated types do not implement its traits.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __mlp_serde {
    ($type:ident { $($setting:ident = $name:literal),* } $($steps:literal)?) => {};
}
