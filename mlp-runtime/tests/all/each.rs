//! Each instruction set of the processor, and sums by index to compare with.

use std::{io::Write, sync::Once};

use mlp_runtime::__private::{Isa, Portable, Scalar, Stream, WithIsa};

/// A check on every instruction set.
pub(crate) trait Check: Copy {
    fn check<I: Isa>(self, isa: I);
}

struct Checked<C>(C);

impl<C: Check> WithIsa for Checked<C> {
    type Output = ();

    // Inlined, so that the check is compiled for the instruction set.
    #[inline(always)]
    fn with_isa<I: Isa>(self, isa: I) {
        self.0.check(isa);
    }
}

/// Calls a function with each instruction set of the processor but the portable one.
macro_rules! for_each_isa {
    (|$isa:ident| $body:expr) => {
        #[cfg(target_arch = "x86_64")]
        {
            use mlp_runtime::__private::{Avx2, Avx512, Sse2};
            Sse2::new().into_iter().for_each(|$isa| $body);
            Avx2::new().into_iter().for_each(|$isa| $body);
            Avx512::new().into_iter().for_each(|$isa| $body);
        }
        #[cfg(target_arch = "aarch64")]
        mlp_runtime::__private::Neon::new().into_iter().for_each(|$isa| $body);
    };
}

/// Runs on each instruction set of the processor. Prints their names once.
pub(crate) fn on_all<C: Check>(check: C) {
    static PRINTED: Once = Once::new();
    // Not `eprintln!`, which the harness captures.
    PRINTED.call_once(|| {
        let _ = writeln!(std::io::stderr(), "instruction sets: {}", instruction_sets().join(" "));
    });
    check.check(Portable);
    for_each_isa!(|isa| isa.vectorize(Checked(check)));
}

/// The names of the instruction sets that tests run on.
pub(crate) fn instruction_sets() -> Vec<&'static str> {
    fn name<I: Isa>(_: I) -> &'static str {
        core::any::type_name::<I>().rsplit("::").next().unwrap_or_default()
    }
    let mut all = vec![name(Portable)];
    for_each_isa!(|isa| all.push(name(isa)));
    all
}

pub(crate) fn vector<T: Scalar, const N: usize>(name: &str) -> [T; N] {
    let mut x = [T::ZERO; N];
    Stream::new(3, N as u64, name).uniform_vector(-2.0, 2.0, &mut x);
    x
}

pub(crate) fn matrix<T: Scalar, const N: usize, const M: usize>(name: &str) -> [[T; M]; N] {
    let mut x = [[T::ZERO; M]; N];
    Stream::new(3, N as u64, name).uniform_matrix(-2.0, 2.0, &mut x);
    x
}

/// Σ over 0..n in order, from `start` or from the first term: a sum as the language defines it.
pub(crate) fn naive<T: Scalar>(
    fused: bool,
    start: Option<T>,
    n: usize,
    factors: impl Fn(usize) -> (T, T),
) -> T {
    let mut total = start;
    for (a, b) in (0..n).map(factors) {
        total = Some(match total {
            None => a * b,
            Some(sum) if fused => a.multiply_add(b, sum),
            Some(sum) => sum + a * b,
        });
    }
    total.unwrap_or(T::ZERO)
}

/// Checks for equal bits: equal numbers of equal sign.
#[track_caller]
pub(crate) fn same<T: Scalar>(ours: T, expected: T) {
    let sign = |x: T| x.to_f64().is_sign_negative();
    assert!(ours == expected && sign(ours) == sign(expected), "{ours:?} instead of {expected:?}");
}
