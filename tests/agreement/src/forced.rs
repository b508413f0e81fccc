//! The runtime as networks see it, but for `dispatch`, which takes the machine that a test has chosen. So
//! generated code runs on any machine, and nothing of this is in the runtime itself.

use std::{cell::Cell, io::Write, sync::Once};

pub use mlp::__private::*;

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
    #[cfg(target_arch = "x86_64")]
    const KNOWN: [On; 3] = [On::Sse2, On::Avx2, On::Avx512];
    #[cfg(not(target_arch = "x86_64"))]
    const KNOWN: [On; 0] = [];

    /// Those of the processor. Prints them once, and those that it lacks.
    pub fn all() -> Vec<On> {
        static PRINTED: Once = Once::new();
        let mut all = vec![On::Portable, On::Best];
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(mlp::__private::Sse2::new().map(|_| On::Sse2));
            all.extend(mlp::__private::Avx2::new().map(|_| On::Avx2));
            all.extend(mlp::__private::Avx512::new().map(|_| On::Avx512));
        }
        PRINTED.call_once(|| {
            let missing: Vec<On> = On::KNOWN.into_iter().filter(|on| !all.contains(on)).collect();
            // Not `eprintln!`, which the harness captures.
            let _ = writeln!(std::io::stderr(), "networks run on {all:?}; this processor lacks {missing:?}");
        });
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
pub fn dispatch<W: WithIsa>(with: W) -> W::Output {
    match CHOSEN.get() {
        On::Best => mlp::__private::dispatch(with),
        On::Portable => with.with_isa(Portable),
        #[cfg(target_arch = "x86_64")]
        On::Sse2 => mlp::__private::Sse2::new().expect("it was found").vectorize(with),
        #[cfg(target_arch = "x86_64")]
        On::Avx2 => mlp::__private::Avx2::new().expect("it was found").vectorize(with),
        #[cfg(target_arch = "x86_64")]
        On::Avx512 => mlp::__private::Avx512::new().expect("it was found").vectorize(with),
    }
}
