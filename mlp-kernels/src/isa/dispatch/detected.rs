//! The best instruction set of the processor, detected when the program runs.

use core::sync::atomic::{AtomicU8, Ordering::Relaxed};

use super::traits::WithIsa;
use super::x86::sets::{Avx2, Avx512, Sse2};

const AVX512: u8 = 3;
const AVX2: u8 = 2;
const SSE2: u8 = 1;

/// The best instruction set; 0 before it is detected. Every entry point asks for it, so it is one load.
static BEST: AtomicU8 = AtomicU8::new(0);

/// Runs a computation on the best instruction set of the processor.
#[inline(always)]
pub fn dispatch<W: WithIsa>(with: W) -> W::Output {
    if Avx512::KNOWN {
        return Avx512(()).vectorize(with);
    }
    // `BEST` is written once and names an instruction set that `new` has found.
    if BEST.load(Relaxed) == 0 {
        detect();
    }
    match BEST.load(Relaxed) {
        AVX512 => Avx512(()).vectorize(with),
        best if Avx2::KNOWN || best == AVX2 => Avx2(()).vectorize(with),
        _ => Sse2(()).vectorize(with),
    }
}

/// Sets `BEST`.
#[cold]
#[inline(never)]
fn detect() {
    let best = if Avx512::new().is_some() {
        AVX512
    } else if Avx2::new().is_some() {
        AVX2
    } else {
        SSE2
    };
    BEST.store(best, Relaxed);
}
