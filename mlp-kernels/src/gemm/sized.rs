//! Products of a matrix and a vector for one sample, with sizes that are known when the program runs: as
//! [`gemv`](super::gemv), whose sizes are constants.
//!
//! They are no [`Product::compute`]: its frame has room for packed operands, and touching the pages of the frame takes
//! longer than a small product.

use super::super::isa::vector::{Outlined, Vector};
use super::super::scalar::Scalar;
use super::blocking::unpacked;
use super::product::{Product, Sizes, forward};

/// A product that packs nothing.
struct VectorMatrix<E, const FUSED: bool>(Product<E>);

impl<V: Vector, const FUSED: bool> Outlined<V> for VectorMatrix<V::Element, FUSED> {
    #[inline(always)]
    unsafe fn run(self) {
        // SAFETY: as for the caller.
        unsafe { unpacked::<V, FUSED>(&self.0) }
    }
}

/// y = x W; then + b unless it is null.
///
/// # Safety
/// As for [`matrix_vector`], for a matrix with as many rows as x has elements.
pub(in super::super) unsafe fn vector_matrix<V: Vector, const FUSED: bool>(
    x: *const V::Element,
    w: *const V::Element,
    bias: *const V::Element,
    y: *mut V::Element,
    [depth, columns]: [usize; 2],
) {
    let product = forward(x, w, bias, y, Sizes { rows: 1, depth, columns });
    if !product.is_empty() {
        // SAFETY: as for the caller.
        unsafe { V::outline(VectorMatrix::<V::Element, FUSED>(product)) }
    }
}

/// The operands of W x; `bias` is null if there is none.
struct MatrixVector<E, const FUSED: bool> {
    w: *const E,
    x: *const E,
    bias: *const E,
    y: *mut E,
    rows: usize,
    columns: usize,
}

/// y = W x, with a row in each lane; then + b unless it is null.
///
/// # Safety
/// The arrays have the sizes of a matrix with these rows and columns; the processor has the instructions of V.
pub(in super::super) unsafe fn matrix_vector<V: Vector, const FUSED: bool>(
    w: *const V::Element,
    x: *const V::Element,
    bias: *const V::Element,
    y: *mut V::Element,
    [rows, columns]: [usize; 2],
) {
    // SAFETY: as for the caller.
    unsafe { V::outline(MatrixVector::<V::Element, FUSED> { w, x, bias, y, rows, columns }) }
}

impl<V: Vector, const FUSED: bool> Outlined<V> for MatrixVector<V::Element, FUSED> {
    #[inline(always)]
    unsafe fn run(self) {
        let Self { w, x, bias, y, rows, columns } = self;
        let mut row = 0;
        // SAFETY: the blocks of rows end at `rows`.
        unsafe {
            while rows - row >= 4 * V::LANES {
                lanes::<V, FUSED, 4>(w.add(row * columns), x, y.add(row), columns);
                row += 4 * V::LANES;
            }
            if rows - row >= 2 * V::LANES {
                lanes::<V, FUSED, 2>(w.add(row * columns), x, y.add(row), columns);
                row += 2 * V::LANES;
            }
            if rows - row >= V::LANES {
                lanes::<V, FUSED, 1>(w.add(row * columns), x, y.add(row), columns);
                row += V::LANES;
            }
            while row < rows {
                *y.add(row) = one::<V, FUSED>(w.add(row * columns), x, start::<V>(columns), 0..columns);
                row += 1;
            }
            if !bias.is_null() {
                for row in 0..rows {
                    *y.add(row) = *y.add(row) + *bias.add(row);
                }
            }
        }
    }
}

/// What a sum of this many terms starts with.
#[inline(always)]
fn start<V: Vector>(terms: usize) -> V::Element {
    if terms == 0 { V::Element::ZERO } else { -V::Element::ZERO }
}

/// A sum and the terms of a range.
///
/// # Safety
/// As for [`matrix_vector`].
#[inline(always)]
unsafe fn one<V: Vector, const FUSED: bool>(
    w: *const V::Element,
    x: *const V::Element,
    mut sum: V::Element,
    terms: core::ops::Range<usize>,
) -> V::Element {
    for j in terms {
        // SAFETY: as for the caller.
        unsafe {
            let (a, b) = (*w.add(j), *x.add(j));
            sum = if FUSED { V::multiply_add_one(a, b, sum) } else { sum + a * b };
        }
    }
    sum
}

/// B blocks of LANES rows.
///
/// # Safety
/// As for [`matrix_vector`]; B · LANES rows are valid.
#[inline(always)]
unsafe fn lanes<V: Vector, const FUSED: bool, const B: usize>(
    w: *const V::Element,
    x: *const V::Element,
    y: *mut V::Element,
    columns: usize,
) {
    let whole = columns - columns % V::WIDTH;
    // SAFETY: as for the caller.
    unsafe {
        let mut sums = [V::splat(start::<V>(columns)); B];
        let mut j = 0;
        while j < whole {
            for (b, sum) in sums.iter_mut().enumerate() {
                let loaded = V::load_columns(w.add(b * V::LANES * columns + j), columns);
                for (c, column) in loaded.iter().enumerate().take(V::WIDTH) {
                    *sum = column.add_product::<FUSED>(V::splat(*x.add(j + c)), *sum);
                }
            }
            j += V::WIDTH;
        }
        for (b, sum) in IntoIterator::into_iter(sums).enumerate() {
            let y = y.add(b * V::LANES);
            sum.store(y);
            for r in 0..V::LANES {
                let w = w.add((b * V::LANES + r) * columns);
                *y.add(r) = one::<V, FUSED>(w, x, *y.add(r), whole..columns);
            }
        }
    }
}
