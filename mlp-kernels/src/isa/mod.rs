//! The instruction sets that generated code runs on, and the choice of one.
//!
//! [`traits::Isa`] has the products as safe methods on arrays. [`portable`] implements them in plain Rust; the other
//! instruction sets share one source, `vectorized`, written in the few instructions of `vector::Vector`.
//!
//! `unsafe` code here reads and writes through pointers. Each function states its conditions, and the safe methods,
//! which take arrays, fulfil them. A value of an instruction set's type exists only if the processor has it.

#[cfg(all(all(target_arch = "x86_64", target_feature = "sse2"), any(feature = "std", test)))]
#[path = "dispatch/detected.rs"]
pub mod dispatch;
#[cfg(all(all(target_arch = "x86_64", target_feature = "sse2"), not(any(feature = "std", test))))]
#[path = "dispatch/of_target.rs"]
pub mod dispatch;
#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
#[path = "dispatch/neon.rs"]
pub mod dispatch;
#[cfg(not(any(
    all(target_arch = "x86_64", target_feature = "sse2"),
    all(target_arch = "aarch64", target_feature = "neon", target_endian = "little")
)))]
#[path = "dispatch/portable.rs"]
pub mod dispatch;

#[cfg_attr(
    not(any(
        all(target_arch = "x86_64", target_feature = "sse2"),
        all(target_arch = "aarch64", target_feature = "neon", target_endian = "little")
    )),
    allow(dead_code, unused_imports, unused_macros, reason = "there are no vector registers")
)]
#[allow(unsafe_code, reason = "kernels read and write through pointers")]
#[deny(clippy::undocumented_unsafe_blocks)]
pub mod machine;
#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
#[allow(unsafe_code, reason = "vector instructions")]
#[deny(clippy::undocumented_unsafe_blocks)]
pub mod neon;
pub mod portable;
pub mod traits;
#[cfg_attr(
    not(any(
        all(target_arch = "x86_64", target_feature = "sse2"),
        all(target_arch = "aarch64", target_feature = "neon", target_endian = "little")
    )),
    allow(dead_code, reason = "there are no vector registers")
)]
#[allow(unsafe_code, reason = "vector instructions")]
#[deny(clippy::undocumented_unsafe_blocks)]
pub(crate) mod vector;
#[cfg_attr(
    not(any(
        all(target_arch = "x86_64", target_feature = "sse2"),
        all(target_arch = "aarch64", target_feature = "neon", target_endian = "little")
    )),
    allow(dead_code, unused_imports, unused_macros, reason = "there are no vector registers")
)]
#[allow(unsafe_code, reason = "kernels read and write through pointers")]
#[deny(clippy::undocumented_unsafe_blocks)]
pub(crate) mod vectorized;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[allow(unsafe_code, reason = "vector instructions")]
#[deny(clippy::undocumented_unsafe_blocks)]
pub mod x86;
