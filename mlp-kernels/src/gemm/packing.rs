//! Operands copied into a buffer in the order in which the micro-kernel reads them.

use core::ops::Range;

use super::super::isa::vector::{Outlined, Vector};
use super::super::scalar::Scalar;
use super::product::Product;
use super::tuning::{LINE, ROWS_AHEAD, ROWS_AT_ONCE};

/// The type of a buffer on the stack, aligned so that no register is loaded from two cache lines. There is no value of it: a
/// value that is made elsewhere is on the stack twice in debug builds.
#[allow(dead_code, reason = "memory that is never initialised as a whole")]
#[repr(align(64))]
pub(super) struct PackingBuffer<const BYTES: usize>([u8; BYTES]);

/// Panels to pack, by a function for both arithmetics.
pub(super) struct Pack<'a, E> {
    pub(super) product: &'a Product<E>,
    pub(super) buffer: *mut E,
    pub(super) columns: Range<usize>,
    pub(super) done: usize,
    pub(super) now: usize,
}

impl<V: Vector> Outlined<V> for Pack<'_, V::Element> {
    #[inline(always)]
    unsafe fn run(self) {
        // SAFETY: as for the caller.
        unsafe { pack::<V>(self.product, self.buffer, self.columns, self.done, self.now) }
    }
}

/// Lines to copy, by a function for both arithmetics.
pub(super) struct Lines<E> {
    pub(super) from: *const E,
    pub(super) from_step: usize,
    pub(super) to: *mut E,
    pub(super) to_step: usize,
    pub(super) lines: [usize; 2],
}

impl<V: Vector> Outlined<V> for Lines<V::Element> {
    #[inline(always)]
    unsafe fn run(self) {
        // SAFETY: as for the caller.
        unsafe { copy_lines::<V>(self.from, self.from_step, self.to, self.to_step, self.lines) }
    }
}

/// Packs the panels of a range of columns: terms one after another, and zeros up to a whole register. Some terms of all
/// panels are packed before the next terms, so that contiguous numbers of b are read together.
///
/// # Safety
/// As for [`Product::compute`], for these columns and the `now` terms from `done` on; the buffer is large enough.
#[inline(always)]
unsafe fn pack<V: Vector>(
    product: &Product<V::Element>,
    buffer: *mut V::Element,
    columns: Range<usize>,
    done: usize,
    now: usize,
) {
    let mut first = 0;
    while first < now {
        let last = now.min(first + if product.transposed { now } else { ROWS_AT_ONCE });
        let (mut column, mut buffer) = (columns.start, buffer);
        while column < columns.end {
            let (vectors, wide) = product.panel_at::<V>(column);
            // SAFETY: as for the caller; panels follow one another as `packed_panel` says.
            unsafe {
                if product.transposed {
                    pack_columns::<V>(product, buffer, column, wide, done, now);
                } else {
                    pack_rows::<V>(
                        product,
                        buffer.add(first * vectors * V::LANES),
                        column,
                        wide,
                        done + first,
                        last - first,
                    );
                }
                buffer = buffer.add(packed_panel::<V>(vectors, now));
            }
            column += wide;
        }
        first = last;
    }
}

/// Packs `now` terms of a panel of b.
///
/// # Safety
/// As for [`pack`].
#[inline(always)]
unsafe fn pack_rows<V: Vector>(
    product: &Product<V::Element>,
    buffer: *mut V::Element,
    column: usize,
    wide: usize,
    done: usize,
    now: usize,
) {
    let step = product.tile.b_step;
    let from = product.tile.b.wrapping_add(done * step + column);
    // SAFETY: as for the caller.
    unsafe {
        match wide.div_ceil(V::LANES) {
            1 => copy_rows::<V, 1>(from, step, buffer, wide, now),
            2 => copy_rows::<V, 2>(from, step, buffer, wide, now),
            3 => copy_rows::<V, 3>(from, step, buffer, wide, now),
            _ => copy_rows::<V, 4>(from, step, buffer, wide, now),
        }
    }
}

/// Packs a panel of the transpose of b.
///
/// # Safety
/// As for [`pack`].
#[inline(always)]
unsafe fn pack_columns<V: Vector>(
    product: &Product<V::Element>,
    buffer: *mut V::Element,
    column: usize,
    wide: usize,
    done: usize,
    now: usize,
) {
    let step = product.tile.b_step;
    let panel = wide.next_multiple_of(V::LANES);
    let (whole, terms) = (wide - wide % V::LANES, now - now % V::WIDTH);
    // SAFETY: as for the caller. b is empty only where `step` is 0; blocks of LANES columns end at `whole`, blocks of
    // WIDTH terms at `terms`.
    unsafe {
        let from = product.tile.b.add(column * step + done);
        let mut j = 0;
        while j < whole {
            let mut k = 0;
            while k < terms {
                let columns = V::load_columns(from.add(j * step + k), step);
                for (c, numbers) in columns.iter().enumerate().take(V::WIDTH) {
                    numbers.store(buffer.add((k + c) * panel + j));
                }
                k += V::WIDTH;
            }
            j += V::LANES;
        }
        for j in 0..panel {
            let first = if j < whole { terms } else { 0 };
            for k in first..now {
                *buffer.add(k * panel + j) =
                    if j < wide { *from.add(j * step + k) } else { V::Element::ZERO };
            }
        }
    }
}

/// The distance, in numbers, of packed panels of this many registers and terms. A cache line lies between them;
/// otherwise all would compete for the same places of the cache.
#[inline(always)]
pub(super) fn packed_panel<V: Vector>(vectors: usize, terms: usize) -> usize {
    terms * vectors * V::LANES + LINE / size_of::<V::Element>()
}

/// This many numbers, rounded up to an odd number of cache lines: not a multiple of any large power of two.
#[inline(always)]
pub(super) fn odd_lines<E>(numbers: usize) -> usize {
    ((numbers * size_of::<E>()).div_ceil(LINE) | 1) * LINE / size_of::<E>()
}

/// Copies lines of numbers to lines that are `to_step` apart.
///
/// # Safety
/// Source and destination are valid for `lines` lines of `length` numbers; the processor has the instructions of V.
#[inline(always)]
unsafe fn copy_lines<V: Vector>(
    from: *const V::Element,
    from_step: usize,
    to: *mut V::Element,
    to_step: usize,
    [lines, length]: [usize; 2],
) {
    for line in 0..lines {
        // SAFETY: as for the caller.
        unsafe { copy::<V>(from.add(line * from_step), to.add(line * to_step), length) }
    }
}

/// # Safety
/// Source and destination are valid for `count` numbers and do not overlap; the processor has the instructions of V.
#[inline(always)]
unsafe fn copy<V: Vector>(from: *const V::Element, to: *mut V::Element, count: usize) {
    let whole = count - count % V::LANES;
    // SAFETY: as for the caller; whole registers end at `whole`, the rest is masked.
    unsafe {
        let mut i = 0;
        while i < whole {
            V::load(from.add(i)).store(to.add(i));
            i += V::LANES;
        }
        if whole < count {
            let mask = V::mask(count - whole);
            V::load_masked(from.add(whole), mask).store_masked(to.add(whole), mask);
        }
    }
}

/// Copies rows of C registers that are `step` numbers apart, one after another. The last register of a row has the
/// numbers that `wide` leaves, then zeros.
///
/// # Safety
/// The rows are valid, and so is the buffer for C registers of each; the processor has the instructions of V.
#[inline(always)]
unsafe fn copy_rows<V: Vector, const C: usize>(
    from: *const V::Element,
    step: usize,
    buffer: *mut V::Element,
    wide: usize,
    rows: usize,
) {
    // SAFETY: as for the caller.
    unsafe {
        let mask = V::mask(wide - (C - 1) * V::LANES);
        for row in 0..rows {
            let (from, to) = (from.add(row * step), buffer.add(row * C * V::LANES));
            let next = from.wrapping_add(ROWS_AHEAD * step);
            for number in (0..C * V::LANES).step_by(LINE / size_of::<V::Element>()) {
                V::prefetch(next.wrapping_add(number));
            }
            for c in 0..C - 1 {
                V::load(from.add(c * V::LANES)).store(to.add(c * V::LANES));
            }
            let last = (C - 1) * V::LANES;
            V::load_masked(from.add(last), mask).store(to.add(last));
        }
    }
}
