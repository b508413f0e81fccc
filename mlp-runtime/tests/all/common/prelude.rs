//! Functions of mlp-dsl/src/prelude.mlp as the compiler emits them.

/// The lines of the prelude that are written here in Rust, in one line; a test looks for them.
pub(crate) const LINES: [&str; 7] = [
    "fn sigmoid(x) = 1 / (1 + exp(-x)) derivative",
    "fn elu(x, alpha = 1) = if x > 0 then x else alpha * (exp(x) - 1);",
    "fn gelu(x) = 0.5 * x * (1 + erf(x / sqrt(2)));",
    "fn gelu_tanh(x) = 0.5 * x * (1 + tanh(sqrt(2 / 3.141592653589793) * (x + 0.044715 * x^3))) derivative",
    "fn silu(x) = x * sigmoid(x);",
    "fn ln_1p(u) = let w = 1 + u in if w == 1 then u else if w == u then ln(w) else ln(w) * u / (w - 1) textbook",
    "fn softplus(x) = (if x > 0 then x else 0) + ln_1p(exp(if x > 0 then -x else x)) textbook",
];

use mlp_runtime::__private::{Arithmetic, Scalar};

fn number<T: Scalar>(x: f64) -> T {
    T::from_f64(x)
}

#[inline(always)]
pub(crate) fn sigmoid<A: Arithmetic + Default, T: Scalar>(x: T) -> T {
    T::ONE / (T::ONE + T::exp_by(-x, A::default()))
}

#[inline(always)]
pub(crate) fn silu<A: Arithmetic + Default, T: Scalar>(x: T) -> T {
    x * sigmoid::<A, T>(x)
}

#[inline(always)]
pub(crate) fn elu<A: Arithmetic + Default, T: Scalar>(x: T) -> T {
    if x > T::ZERO { x } else { T::ONE * (x.exp_by(A::default()) - T::ONE) }
}

#[inline(always)]
pub(crate) fn gelu<A: Arithmetic + Default, T: Scalar>(x: T) -> T {
    number::<T>(0.5) * x * (T::ONE + T::erf_by(x / T::sqrt(number(2.0)), A::default()))
}

#[inline(always)]
pub(crate) fn gelu_tanh<A: Arithmetic + Default, T: Scalar>(x: T) -> T {
    let by = A::default();
    let inner = T::sqrt(number::<T>(2.0) / number(std::f64::consts::PI))
        * by.multiply_add(number::<T>(0.044715), x * x * x, x);
    number::<T>(0.5) * x * (T::ONE + inner.tanh_by(by))
}

#[inline(always)]
fn ln_1p<A: Arithmetic + Default, T: Scalar>(u: T) -> T {
    let w = T::ONE + u;
    if w == T::ONE {
        u
    } else if w == u {
        w.ln_by(A::default())
    } else {
        w.ln_by(A::default()) * u / (w - T::ONE)
    }
}

#[inline(always)]
pub(crate) fn softplus<A: Arithmetic + Default, T: Scalar>(x: T) -> T {
    let by = A::default();
    (if x > T::ZERO { x } else { T::ZERO }) + ln_1p::<A, T>(T::exp_by(if x > T::ZERO { -x } else { x }, by))
}
