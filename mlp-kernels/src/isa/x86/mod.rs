//! The instruction sets of x86-64: SSE2, AVX2 with FMA, AVX-512.

mod avx2;
mod avx512;
#[cfg(any(feature = "std", test))]
#[path = "features/detected.rs"]
mod features;
#[cfg(not(any(feature = "std", test)))]
#[path = "features/of_target.rs"]
mod features;
mod registers;
pub mod sets;
mod sse2;
