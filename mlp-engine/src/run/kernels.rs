//! Kernels that are no products, over slices: every sum runs over increasing indices and starts with its first term, as
//! in the runtime's kernels of constant size.

use mlp_dsl::plan::Kernel;
use mlp_kernels::{
    Scalar,
    isa::traits::{Isa, WithIsa},
    kernels::{ordered_sum, padded, put_first},
};

use crate::{
    memory::{split, split_two},
    step::Call,
};

/// A kernel that runs for a sample.
pub(super) struct Calling<'k, S> {
    pub(super) call: &'k Call,
    pub(super) memory: &'k mut [S],
    pub(super) sample: usize,
    pub(super) fused: bool,
}

impl<S: Scalar> WithIsa for Calling<'_, S> {
    /// Nothing if the call is not one that a plan gives.
    type Output = Option<()>;

    #[inline(always)]
    fn with_isa<I: Isa>(self, isa: I) -> Option<()> {
        let Calling { call, memory, sample, fused } = self;
        let Call { kernel, result, operands, sizes: [rows, columns, other], scratch } = *call;
        let (to, [a, b]) = (result.of(sample), operands.map(|operand| operand.of(sample)));
        let count = rows.checked_mul(columns)?;
        match kernel {
            Kernel::SumVector | Kernel::SumMatrix => {
                let (to, rest) = split(memory, to, 1)?;
                *to.first_mut()? = ordered_sum(rest.get(a, count)?.iter().copied());
            }
            Kernel::SumSquaresVector | Kernel::SumSquaresMatrix => {
                let (to, rest) = split(memory, to, 1)?;
                *to.first_mut()? = ordered_sum(rest.get(a, count)?.iter().map(|&x| x * x));
            }
            Kernel::Dot => {
                let (to, rest) = split(memory, to, 1)?;
                let (a, b) = (rest.get(a, count)?, rest.get(b, count)?);
                *to.first_mut()? = dot(isa, fused, a, b);
            }
            Kernel::Outer => {
                let (to, rest) = split(memory, to, count.checked_mul(other)?)?;
                let (a, b) = (rest.get(a, count)?, rest.get(b, other)?);
                for (row, &a) in to.chunks_exact_mut(other.max(1)).zip(a) {
                    for (y, &b) in row.iter_mut().zip(b) {
                        *y = a * b;
                    }
                }
            }
            Kernel::Transpose => {
                let (to, rest) = split(memory, to, count)?;
                let w = rest.get(a, count)?;
                for (j, row) in to.chunks_exact_mut(rows.max(1)).enumerate() {
                    let column = w.iter().skip(j).step_by(columns.max(1));
                    for (y, &w) in row.iter_mut().zip(column) {
                        *y = w;
                    }
                }
            }
            Kernel::Softmax => {
                let (to, rest) = split(memory, to, count)?;
                softmax(rest.get(a, count)?, to);
            }
            Kernel::LogSoftmax => {
                let (to, rest) = split(memory, to, count)?;
                log_softmax(rest.get(a, count)?, to);
            }
            Kernel::SoftmaxCrossEntropy => {
                let (to, scratch, rest) = split_two(memory, to..to + 1, scratch..scratch + count)?;
                *to.first_mut()? = cross_entropy(rest.get(a, count)?, rest.get(b, count)?, scratch);
            }
        }
        Some(())
    }
}

#[inline(always)]
pub(super) fn dot<S: Scalar, I: Isa>(isa: I, fused: bool, a: &[S], b: &[S]) -> S {
    let mut factors = a.iter().zip(b);
    let Some((&a, &b)) = factors.next() else { return S::ZERO };
    let mut sum = a * b;
    for (&a, &b) in factors {
        sum = if fused { isa.multiply_add_in_loop(a, b, sum) } else { sum + a * b };
    }
    sum
}

#[inline(always)]
fn softmax<S: Scalar>(z: &[S], p: &mut [S]) {
    let greatest = maximum(z);
    map(z, p, |z| S::exp(z - greatest));
    let total = ordered_sum(p.iter().copied());
    for p in p {
        *p = *p / total;
    }
}

#[inline(always)]
fn log_softmax<S: Scalar>(z: &[S], y: &mut [S]) {
    let greatest = maximum(z);
    map(z, y, |z| S::exp(z - greatest));
    let log_sum = S::ln(ordered_sum(y.iter().copied()));
    for (y, &z) in y.iter_mut().zip(z) {
        *y = (z - greatest) - log_sum;
    }
}

#[inline(always)]
fn cross_entropy<S: Scalar>(z: &[S], t: &[S], exponentials: &mut [S]) -> S {
    let greatest = maximum(z);
    map(z, exponentials, |z| S::exp(z - greatest));
    let log_sum = S::ln(ordered_sum(exponentials.iter().copied()));
    let term = |(&z, &t): (&S, &S)| {
        if t == S::ZERO { S::ZERO } else { t * (log_sum - (z - greatest)) }
    };
    ordered_sum(z.iter().zip(t).map(term))
}

/// The maximum; -inf without elements, NaN or any element if some are NaN.
#[inline(always)]
fn maximum<S: Scalar>(z: &[S]) -> S {
    let Some((&first, rest)) = z.split_first() else { return S::NEG_INFINITY };
    let mut greatest = first;
    for &z in rest {
        greatest = if z > greatest { z } else { greatest };
    }
    greatest
}

/// Two registers of 64-bit numbers where registers are widest.
const BLOCK: usize = 16;

/// y_i = f(x_i), in blocks of one length, since a loop over the rest is not vectorized.
#[inline(always)]
pub(super) fn map<S: Scalar>(x: &[S], y: &mut [S], f: impl Fn(S) -> S) {
    let (blocks, rest) = x.as_chunks::<BLOCK>();
    let (results, last) = y.as_chunks_mut::<BLOCK>();
    for (x, y) in blocks.iter().zip(results) {
        *y = map_block(x, &f);
    }
    if !rest.is_empty() {
        put_first(&map_block(&padded(rest), &f), last);
    }
}

#[inline(always)]
fn map_block<S: Scalar>(x: &[S; BLOCK], f: impl Fn(S) -> S) -> [S; BLOCK] {
    let mut y = [S::ZERO; BLOCK];
    for (y, &x) in y.iter_mut().zip(x) {
        *y = f(x);
    }
    y
}
