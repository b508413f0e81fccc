//! What generated networks compute with: number types, elementary functions, random start values, instruction sets and
//! matrix products.
//!
//! It is a crate of its own so that it is compiled once: no feature of `mlp-runtime` but `std` and `rayon` touches it.
//! It needs no heap and no dependency but `mlp-hash`, and does not panic. `unsafe` code is in the kernels (`isa`, `gemm`).
//! Except [`Scalar`] and [`random`], which `mlp-runtime` exports, the modules are for it and for generated code.
#![no_std]
#![deny(unsafe_code)]

#[cfg(any(feature = "std", test))]
extern crate std;

#[doc(hidden)]
pub mod arithmetic;
#[doc(hidden)]
pub mod dropout;
#[doc(hidden)]
pub mod functions;
#[doc(hidden)]
pub mod fused;
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
#[doc(hidden)]
pub mod isa;
#[doc(hidden)]
pub mod kernels;
pub mod random;
#[doc(hidden)]
pub mod scalar;
#[cfg(feature = "source")]
#[doc(hidden)]
pub mod source;

// In standalone programs, a module.
use mlp_hash as draws;

pub use scalar::Scalar;
