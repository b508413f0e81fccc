//! Each machine that is here, and sums by index to hold it against.

#![allow(dead_code, unreachable_pub, reason = "tests share this")]

use mlp_runtime::__private::{Isa, Portable, Scalar, Stream, WithIsa};

/// What a test does on each machine.
pub trait Check: Copy {
    fn check<M: Isa>(self, machine: M);
}

struct Checked<C>(C);

impl<C: Check> WithIsa for Checked<C> {
    type Output = ();

    // So that the machine's features are those of what is checked.
    #[inline(always)]
    fn with_isa<M: Isa>(self, machine: M) {
        self.0.check(machine);
    }
}

/// Runs on each machine that the processor can be; at least on one besides the portable one.
pub fn on_all<C: Check>(check: C) {
    check.check(Portable);
    #[cfg(target_arch = "x86_64")]
    {
        mlp_runtime::__private::Sse2::new().into_iter().for_each(|machine| machine.vectorize(Checked(check)));
        mlp_runtime::__private::Avx2::new().into_iter().for_each(|machine| machine.vectorize(Checked(check)));
        mlp_runtime::__private::Avx512::new()
            .into_iter()
            .for_each(|machine| machine.vectorize(Checked(check)));
    }
    #[cfg(target_arch = "aarch64")]
    mlp_runtime::__private::Neon::new().into_iter().for_each(|machine| machine.vectorize(Checked(check)));
}

pub fn vector<T: Scalar, const N: usize>(name: &str) -> [T; N] {
    let mut x = [T::ZERO; N];
    Stream::new(3, N as u64, name).uniform_vector(-2.0, 2.0, &mut x);
    x
}

pub fn matrix<T: Scalar, const N: usize, const M: usize>(name: &str) -> [[T; M]; N] {
    let mut x = [[T::ZERO; M]; N];
    Stream::new(3, N as u64, name).uniform_matrix(-2.0, 2.0, &mut x);
    x
}

/// Σ over 0..n in order, from `start` or from the first term: what the language says a sum is.
pub fn naive<T: Scalar>(fused: bool, start: Option<T>, n: usize, factors: impl Fn(usize) -> (T, T)) -> T {
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

/// Bits are equal where the numbers are and their signs.
#[track_caller]
pub fn same<T: Scalar>(ours: T, expected: T) {
    let sign = |x: T| x.to_f64().is_sign_negative();
    assert!(ours == expected && sign(ours) == sign(expected), "{ours:?} instead of {expected:?}");
}
