//! The runtime as networks see it, but for `run`, which takes the machine that a test has chosen. So
//! generated code runs on any machine, and nothing of this is in the runtime itself.

use std::cell::Cell;

pub use mlp::runtime::*;

/// The processor's machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Whatever the runtime takes.
    Best,
    /// Plain Rust.
    Portable,
    #[cfg(target_arch = "x86_64")]
    /// Any x86-64.
    Sse2,
    #[cfg(target_arch = "x86_64")]
    /// With AVX2 and FMA.
    Avx2,
    #[cfg(target_arch = "x86_64")]
    /// With AVX-512.
    Avx512,
}

impl On {
    /// Those that are here.
    pub fn all() -> Vec<On> {
        let mut all = vec![On::Portable, On::Best];
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(simd::Sse2::new().map(|_| On::Sse2));
            all.extend(simd::Avx2::new().map(|_| On::Avx2));
            all.extend(simd::Avx512::new().map(|_| On::Avx512));
        }
        all
    }
}

thread_local! {
    static CHOSEN: Cell<On> = const { Cell::new(On::Best) };
}

/// What networks of this thread run on from now on.
pub fn choose(machine: On) {
    CHOSEN.set(machine);
}

/// Runs on the chosen machine.
pub fn run<R: Routine>(routine: R) -> R::Output {
    match CHOSEN.get() {
        On::Best => simd::run(routine),
        On::Portable => routine.run(Portable),
        #[cfg(target_arch = "x86_64")]
        On::Sse2 => simd::Sse2::new().expect("it was found").run(routine),
        #[cfg(target_arch = "x86_64")]
        On::Avx2 => simd::Avx2::new().expect("it was found").run(routine),
        #[cfg(target_arch = "x86_64")]
        On::Avx512 => simd::Avx512::new().expect("it was found").run(routine),
    }
}
