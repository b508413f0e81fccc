//! Sums and products of doubles with their rounding errors: unevaluated sums of two doubles.

/// a + b and its rounding error, for |a| >= |b| or a = 0 (Dekker, 1971).
#[inline(always)]
pub(super) fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// a * b and its rounding error, from halves of 26 bits (Veltkamp's splitting; Dekker, 1971).
#[inline(always)]
pub(super) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let (a_head, a_tail) = halves(a);
    let (b_head, b_tail) = halves(b);
    let product = a * b;
    let rest = a_head * b_head - product + a_head * b_tail + a_tail * b_head;
    (product, rest + a_tail * b_tail)
}

/// x as the sum of two numbers of at most 26 bits.
#[inline(always)]
fn halves(x: f64) -> (f64, f64) {
    let scaled = x * 134217729.0; // 2^27 + 1
    let head = scaled - (scaled - x);
    (head, x - head)
}
