//! The best instruction set that all processors of the target have.

use super::traits::WithIsa;
use super::x86::sets::{Avx2, Avx512, Sse2};

/// Runs a computation on the best instruction set that all processors of the target have.
#[inline(always)]
pub fn dispatch<W: WithIsa>(with: W) -> W::Output {
    if Avx512::KNOWN {
        Avx512(()).vectorize(with)
    } else if Avx2::KNOWN {
        Avx2(()).vectorize(with)
    } else {
        Sse2(()).vectorize(with)
    }
}
