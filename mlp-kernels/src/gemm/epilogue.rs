//! What a sum starts with, and what is done to it before it is stored.

use super::super::isa::vector::Vector;
use super::super::kernels::Mean;
use super::microkernel::{each, load};

/// What a sum starts with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Init {
    /// −0, to which any number can be added without a change: the sum is that of its terms, zeros included.
    NegativeZero,
    /// +0.
    Zero,
    /// The number in the place of the result.
    Accumulate,
}

/// What is done to a sum before it is stored.
#[derive(Clone, Copy)]
pub(in super::super) enum Epilogue<E> {
    /// Of sums over inputs: y_rj + b_j, with the address of b_0; nothing if it is null.
    Bias(*const E),
    /// Of sums over samples: a mean.
    Mean(Mean<E>),
    /// Of sums over samples: a mean, then a step of gradient descent.
    Descent(Mean<E>, Descent<E>),
}

/// A step of gradient descent: w_rj − rate · y_rj is stored in w_rj, and nothing in y_rj.
#[derive(Clone, Copy)]
pub(in super::super) struct Descent<E> {
    /// −rate.
    pub(in super::super) factor: E,
    /// y_00 of the whole result.
    pub(in super::super) y: *const E,
    /// w_00; the rows of w are as far apart as those of y.
    pub(in super::super) w: *mut E,
}

impl<E> Epilogue<E> {
    /// The epilogue of the columns from `column` on.
    #[inline(always)]
    pub(super) fn from(self, column: usize) -> Self {
        match self {
            Self::Bias(bias) if !bias.is_null() => Self::Bias(bias.wrapping_add(column)),
            other => other,
        }
    }

    /// The epilogue of sums that have terms left.
    #[inline(always)]
    pub(super) fn of_partial_sums(self) -> Self {
        match self {
            Self::Bias(_) => Self::Bias(core::ptr::null()),
            Self::Mean(_) | Self::Descent(..) => Self::Mean(Mean::None),
        }
    }
}

/// # Safety
/// The bias has a number for each sum of a row; the processor has the instructions of V.
#[inline(always)]
pub(super) unsafe fn add_bias<V: Vector, const R: usize, const C: usize, const MASKED: bool>(
    bias: *const V::Element,
    mask: V::Mask,
    sums: &mut [[V; C]; R],
) {
    // SAFETY: as for the caller.
    unsafe {
        let bias = load::<V, C, MASKED>(bias, mask);
        each!(ROW < R {
            each!(COLUMN < C {
                sums[ROW][COLUMN] = sums[ROW][COLUMN].add(bias[COLUMN]);
            });
        });
    }
}

/// # Safety
/// The processor has the instructions of V.
#[inline(always)]
pub(super) unsafe fn means<V: Vector, const R: usize, const C: usize>(
    mean: Mean<V::Element>,
    sums: &mut [[V; C]; R],
) {
    // SAFETY: as for the caller.
    unsafe {
        match mean {
            Mean::None => {}
            Mean::Times(factor) => {
                let factor = V::splat(factor);
                each!(ROW < R {
                    each!(COLUMN < C {
                        sums[ROW][COLUMN] = sums[ROW][COLUMN].multiply(factor);
                    });
                });
            }
            Mean::Over(count) => {
                let count = V::splat(count);
                each!(ROW < R {
                    each!(COLUMN < C {
                        sums[ROW][COLUMN] = sums[ROW][COLUMN].divide(count);
                    });
                });
            }
        }
    }
}
