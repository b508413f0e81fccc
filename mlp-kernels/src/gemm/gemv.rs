//! Products of vectors and matrices for one sample, with constant sizes.

use super::super::isa::vector::Vector;
use super::super::scalar::Scalar;
use super::epilogue::{Epilogue, Init};
use super::microkernel::compute;
use super::tile::{Tile, Unpacked};
use super::tuning::GEMV_VECTORS;

/// The operands of a kernel. `bias` is null if there is none.
#[derive(Clone, Copy)]
pub(in super::super) struct Operands<E> {
    first: bool,
    vector: *const E,
    other: *const E,
    bias: *const E,
    result: *mut E,
    /// −rate, if the kernel takes a step.
    factor: E,
}

impl<E: Scalar> Operands<E> {
    #[inline(always)]
    pub(in super::super) fn vector_matrix(x: *const E, w: *const E, bias: *const E, y: *mut E) -> Self {
        Self { first: true, vector: x, other: w, bias, result: y, factor: E::ZERO }
    }

    #[inline(always)]
    pub(in super::super) fn matrix_vector(w: *const E, x: *const E, bias: *const E, y: *mut E) -> Self {
        Self::vector_matrix(x, w, bias, y)
    }

    #[inline(always)]
    pub(in super::super) fn add_outer(first: bool, total: *mut E, a: *const E, b: *const E) -> Self {
        Self { first, vector: a, other: b, bias: core::ptr::null(), result: total, factor: E::ZERO }
    }

    #[inline(always)]
    pub(in super::super) fn descend_outer(factor: E, w: *mut E, a: *const E, b: *const E) -> Self {
        Self { factor, ..Self::add_outer(true, w, a, b) }
    }
}

/// y = x W.
///
/// # Safety
/// The arrays have these sizes; the processor has the instructions of V.
#[inline(always)]
pub(in super::super) unsafe fn vector_matrix<V: Vector, const FUSED: bool, const N: usize, const M: usize>(
    operands: Operands<V::Element>,
) {
    let Operands { vector: x, other: w, bias, result: y, .. } = operands;
    let init = if N == 0 { Init::Zero } else { Init::NegativeZero };
    let tile = |column| Tile {
        a: x,
        a_row: 0,
        a_step: 1,
        b: w.wrapping_add(column),
        b_step: M,
        y: y.wrapping_add(column),
        y_row: 0,
        depth: N,
        init,
        epilogue: Epilogue::Bias(bias).from(column),
        panels: 1,
        b_panel: 0,
        unpacked: None,
        repeated: false,
    };
    let wide = const { GEMV_VECTORS * V::LANES };
    let tail = const { M % V::LANES };
    let mut column = 0;
    // SAFETY: no tile goes beyond M; w may be empty, so its address is only computed.
    unsafe {
        if const { M >= GEMV_VECTORS * V::LANES } {
            while M - column >= wide {
                compute::<V, Unpacked, FUSED, 1, 8, false>(&tile(column), 0);
                column += wide;
            }
        }
        let last = tile(column);
        // Twice the whole registers that are left, plus one if numbers are left after them. A constant, so the other
        // forms are not compiled.
        match const { M % (GEMV_VECTORS * V::LANES) / V::LANES * 2 + !M.is_multiple_of(V::LANES) as usize } {
            0 => {}
            1 => compute::<V, Unpacked, FUSED, 1, 1, true>(&last, tail),
            2 => compute::<V, Unpacked, FUSED, 1, 1, false>(&last, tail),
            3 => compute::<V, Unpacked, FUSED, 1, 2, true>(&last, tail),
            4 => compute::<V, Unpacked, FUSED, 1, 2, false>(&last, tail),
            5 => compute::<V, Unpacked, FUSED, 1, 3, true>(&last, tail),
            6 => compute::<V, Unpacked, FUSED, 1, 3, false>(&last, tail),
            7 => compute::<V, Unpacked, FUSED, 1, 4, true>(&last, tail),
            8 => compute::<V, Unpacked, FUSED, 1, 4, false>(&last, tail),
            9 => compute::<V, Unpacked, FUSED, 1, 5, true>(&last, tail),
            10 => compute::<V, Unpacked, FUSED, 1, 5, false>(&last, tail),
            11 => compute::<V, Unpacked, FUSED, 1, 6, true>(&last, tail),
            12 => compute::<V, Unpacked, FUSED, 1, 6, false>(&last, tail),
            13 => compute::<V, Unpacked, FUSED, 1, 7, true>(&last, tail),
            14 => compute::<V, Unpacked, FUSED, 1, 7, false>(&last, tail),
            _ => compute::<V, Unpacked, FUSED, 1, 8, true>(&last, tail),
        }
    }
}

/// y = W x, with a row in each lane.
///
/// # Safety
/// As for [`vector_matrix`].
#[inline(always)]
pub(in super::super) unsafe fn matrix_vector<V: Vector, const FUSED: bool, const N: usize, const M: usize>(
    operands: Operands<V::Element>,
) {
    let Operands { vector: x, other: w, bias, result: y, .. } = operands;
    let mut row = 0;
    // SAFETY: the blocks of rows end at N, those of columns at M.
    unsafe {
        if const { N >= 2 * V::LANES } {
            while N - row >= 2 * V::LANES {
                rows::<V, FUSED, 2, M>(w.add(row * M), x, y.add(row));
                row += 2 * V::LANES;
            }
        }
        if const { N % (2 * V::LANES) >= V::LANES } {
            rows::<V, FUSED, 1, M>(w.add(row * M), x, y.add(row));
            row += V::LANES;
        }
        while row < N {
            let w = w.add(row * M);
            let mut sum = if M == 0 { V::Element::ZERO } else { -V::Element::ZERO };
            for j in 0..M {
                let (a, b) = (*w.add(j), *x.add(j));
                sum = if FUSED { V::multiply_add_one(a, b, sum) } else { sum + a * b };
            }
            *y.add(row) = sum;
            row += 1;
        }
        if !bias.is_null() {
            for row in 0..N {
                *y.add(row) = *y.add(row) + *bias.add(row);
            }
        }
    }
}

/// B blocks of LANES rows.
///
/// # Safety
/// As for [`vector_matrix`]; B · LANES rows are valid.
#[inline(always)]
unsafe fn rows<V: Vector, const FUSED: bool, const B: usize, const M: usize>(
    w: *const V::Element,
    x: *const V::Element,
    y: *mut V::Element,
) {
    let zero = if M == 0 { V::Element::ZERO } else { -V::Element::ZERO };
    let whole = M - M % V::WIDTH;
    // SAFETY: as for the caller.
    unsafe {
        let mut sums = [V::splat(zero); B];
        let mut j = 0;
        while j < whole {
            for (b, sum) in sums.iter_mut().enumerate() {
                let columns = V::load_columns(w.add(b * V::LANES * M + j), M);
                for (c, column) in columns.iter().enumerate().take(V::WIDTH) {
                    *sum = column.add_product::<FUSED>(V::splat(*x.add(j + c)), *sum);
                }
            }
            j += V::WIDTH;
        }
        for (b, sum) in IntoIterator::into_iter(sums).enumerate() {
            let y = y.add(b * V::LANES);
            sum.store(y);
            for r in 0..V::LANES {
                let w = w.add((b * V::LANES + r) * M);
                for j in whole..M {
                    let (a, b) = (*w.add(j), *x.add(j));
                    let sum = *y.add(r);
                    *y.add(r) = if FUSED { V::multiply_add_one(a, b, sum) } else { sum + a * b };
                }
            }
        }
    }
}

/// total += a bᵀ; total counts as 0 if this is the first term.
///
/// # Safety
/// As for [`vector_matrix`].
#[inline(always)]
pub(in super::super) unsafe fn add_outer<V: Vector, const FUSED: bool, const N: usize, const M: usize>(
    operands: Operands<V::Element>,
) {
    let Operands { first, vector: a, other: b, result: total, .. } = operands;
    let whole = M - M % V::LANES;
    // SAFETY: `i` is less than N, `j` and the lanes after it are less than M.
    unsafe {
        let mask = V::mask(M - whole);
        for i in 0..N {
            let (a, total) = (V::splat(*a.add(i)), total.add(i * M));
            let mut j = 0;
            while j < whole {
                let sum = if first { V::splat(V::Element::ZERO) } else { V::load(total.add(j)) };
                V::load(b.add(j)).add_product::<FUSED>(a, sum).store(total.add(j));
                j += V::LANES;
            }
            if const { !M.is_multiple_of(V::LANES) } {
                let zero = V::splat(V::Element::ZERO);
                let sum = if first { zero } else { V::load_masked(total.add(j), mask) };
                let b = V::load_masked(b.add(j), mask);
                b.add_product::<FUSED>(a, sum).store_masked(total.add(j), mask);
            }
        }
    }
}

/// w −= rate · a bᵀ.
///
/// # Safety
/// As for [`vector_matrix`].
#[inline(always)]
pub(in super::super) unsafe fn descend_outer<V: Vector, const FUSED: bool, const N: usize, const M: usize>(
    operands: Operands<V::Element>,
) {
    let Operands { vector: a, other: b, result: w, factor, .. } = operands;
    let whole = M - M % V::LANES;
    // SAFETY: `i` is less than N, `j` and the lanes after it are less than M.
    unsafe {
        let (mask, factor, zero) = (V::mask(M - whole), V::splat(factor), V::splat(V::Element::ZERO));
        for i in 0..N {
            let (a, w) = (V::splat(*a.add(i)), w.add(i * M));
            let mut j = 0;
            while j < whole {
                let gradient = V::load(b.add(j)).add_product::<FUSED>(a, zero);
                factor.add_product::<FUSED>(gradient, V::load(w.add(j))).store(w.add(j));
                j += V::LANES;
            }
            if const { !M.is_multiple_of(V::LANES) } {
                let gradient = V::load_masked(b.add(j), mask).add_product::<FUSED>(a, zero);
                let before = V::load_masked(w.add(j), mask);
                factor.add_product::<FUSED>(gradient, before).store_masked(w.add(j), mask);
            }
        }
    }
}
