//! Products over many samples: panels of the result, packed where its operand lies far apart.

use core::mem::MaybeUninit;

use super::super::scalar::Scalar;
use super::tile::{
    Copies, End, Inputs, LINE, Loose, MOST_TERMS, Samples, Start, Tile, copy, most_depth, side_by_side,
};
use super::vector::{Apart, Vector};

/// Rows and columns of the result, and the length of its sums.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) rows: usize,
    pub(super) depth: usize,
    pub(super) columns: usize,
}

/// y_rj ∘= Σ_k a_rk b_kj, with b as it stands or transposed.
#[derive(Clone, Copy)]
pub(super) struct Product<E> {
    pub(super) tile: Tile<E>,
    pub(super) sizes: Sizes,
    /// Whether b_kj stands at `j · b_step + k`.
    pub(super) transposed: bool,
}

/// x W for each row of x, plus the bias unless it is null.
pub(super) fn forward<E>(x: *const E, w: *const E, bias: *const E, y: *mut E, sizes: Sizes) -> Product<E> {
    let Sizes { depth, columns, .. } = sizes;
    let tile = Tile {
        a: x,
        a_row: depth,
        a_step: 1,
        b: w,
        b_step: columns,
        y,
        y_row: columns,
        depth,
        start: if depth == 0 { Start::Zero } else { Start::Nothing },
        end: End::Bias(bias),
        room: None,
    };
    Product { tile, sizes, transposed: false }
}

/// W x for each row of x, plus the bias unless it is null.
pub(super) fn backward<E>(w: *const E, x: *const E, bias: *const E, y: *mut E, sizes: Sizes) -> Product<E> {
    let Product { tile, .. } = forward(x, w, bias, y, sizes);
    Product { tile: Tile { b_step: sizes.depth, ..tile }, sizes, transposed: true }
}

/// The sum of a bᵀ over the rows of both; no bias at its end.
pub(super) fn outer<E>(
    first: bool,
    end: End<E>,
    total: *mut E,
    a: *const E,
    b: *const E,
    sizes: Sizes,
) -> Product<E> {
    let Sizes { rows, depth, columns } = sizes;
    let start = if first { Start::Zero } else { Start::Place };
    let tile = Tile {
        a,
        a_row: 1,
        a_step: rows,
        b,
        b_step: columns,
        y: total,
        y_row: columns,
        depth,
        start,
        end,
        room: None,
    };
    Product { tile, sizes, transposed: false }
}

/// Bytes of the largest panel.
const PACKED: usize = 32 * 1024;

/// Room for a packed panel, so that no register is loaded from two lines of the cache.
#[repr(align(64))]
struct Room(MaybeUninit<[u8; PACKED]>);

/// Bytes of a that stay in a second-level cache while all panels are multiplied by them.
const KEPT: usize = 144 * 1024;
/// Rows that are kept are a multiple: whole tiles of all forms.
const WHOLE_ROWS: usize = 24;
/// Lines of the first-level cache so far apart, or a multiple of it, take one another's place.
const PAGE: usize = 4096;
/// Panels are packed for as many rows: fewer would not repay it.
const REPAID: usize = 16;
/// A part of a that can't stay in the cache where it stands is copied for as many panels.
const REPAID_PANELS: usize = 3;

/// Room for a part of a.
#[repr(align(64))]
struct Kept(MaybeUninit<[u8; KEPT]>);

impl<E: Scalar> Product<E> {
    /// Whether the result is empty. To be asked outside of the function that [`compute`](Self::compute) is
    /// inlined into, which must not return early: where it does, LLVM may put the entry of the frame behind
    /// that, and then takes r11 to touch the pages of a large frame, though it holds what was read before.
    #[inline(always)]
    pub(super) fn nothing_to_do(&self) -> bool {
        self.sizes.rows == 0 || self.sizes.columns == 0
    }

    /// # Safety
    /// The operands must be there in their sizes, and something to do; the instructions of V as well.
    #[inline(always)]
    pub(super) unsafe fn compute<V: Vector<Element = E>, const FUSED: bool>(&self) {
        let Sizes { rows, columns, .. } = self.sizes;
        debug_assert!(rows > 0 && columns > 0);
        // SAFETY: as for the caller; the rooms are as large as they have to be.
        unsafe {
            if !self.transposed && rows < REPAID {
                self.loose::<V, FUSED>();
            } else if columns.div_ceil(self.panel::<V>()) >= REPAID_PANELS {
                V::apart(Large::<E, FUSED>(*self));
            } else {
                V::apart(Panels::<E, FUSED> { product: *self, kept: None });
            }
        }
    }

    /// Whether what a tile uses of a takes its own place in the cache.
    #[inline(always)]
    fn collides(&self) -> bool {
        match self.tile.end {
            End::Bias(_) => (self.tile.a_row * size_of::<E>()).is_multiple_of(PAGE),
            // As many lines as there are samples.
            End::Mean(_) | End::Descent(..) => (self.tile.a_step * size_of::<E>()).is_multiple_of(PAGE / 8),
        }
    }

    /// Columns of a panel, at most.
    #[inline(always)]
    fn panel<V: Vector<Element = E>>(&self) -> usize {
        side_by_side::<V>(self.sizes.columns) * V::LANES
    }

    /// Computes panels where b stands.
    ///
    /// # Safety
    /// As for `compute`.
    #[inline(always)]
    unsafe fn loose<V: Vector<Element = E>, const FUSED: bool>(&self) {
        let Sizes { rows, columns, .. } = self.sizes;
        let mut column = 0;
        while column < columns {
            let wide = (side_by_side::<V>(columns - column) * V::LANES).min(columns - column);
            let (b, end) = (self.tile.b.wrapping_add(column), self.tile.end.from(column));
            // SAFETY: columns up to `column + wide` are there; b may be empty, so its place is only counted.
            unsafe {
                let tile = Tile { b, y: self.tile.y.add(column), end, ..self.tile };
                tile.panel::<V, Loose, FUSED>(rows, wide);
            }
            column += wide;
        }
    }

    /// Computes packed panels: a part of all sums at a time, for rows of a that stay in a cache; they are
    /// copied to where they are kept, if there is such a place.
    ///
    /// # Safety
    /// As for `compute`; what is kept has KEPT bytes.
    #[inline(always)]
    unsafe fn panels<V: Vector<Element = E>, const FUSED: bool>(&self, kept: Option<*mut E>) {
        let Sizes { rows, depth, columns } = self.sizes;
        let (mut room, mut copies) = (Room(MaybeUninit::uninit()), Copies::new());
        let room = room.0.as_mut_ptr().cast::<E>();
        let copies = (kept.is_none() && self.collides()).then_some(copies.place());
        let along = matches!(self.tile.end, End::Bias(_));
        let most = if along { most_depth::<E>() } else { MOST_TERMS };
        let most = most.min(V::PANEL / size_of::<E>() / self.panel::<V>());
        // As many terms each time as the others.
        let depth_at_once = depth.div_ceil(depth.div_ceil(most).max(1));
        let rows_at_once = rows_at_once::<E>(along, depth_at_once);
        let mut done = 0;
        // No way out before the first panel: see `nothing_to_do`.
        loop {
            let now = depth_at_once.min(depth - done);
            let end = if done + now == depth { self.tile.end } else { self.tile.end.open() };
            let mut row = 0;
            while row < rows {
                let high = rows_at_once.min(rows - row);
                // SAFETY: rows and terms up to here are there; a may be empty, so its place is only counted.
                unsafe {
                    let tile = Tile {
                        a: self.tile.a.wrapping_add(row * self.tile.a_row + done * self.tile.a_step),
                        y: self.tile.y.add(row * self.tile.y_row),
                        depth: now,
                        start: if done == 0 { self.tile.start } else { Start::Place },
                        end,
                        room: copies,
                        ..self.tile
                    };
                    let tile = match kept {
                        Some(kept) if along => {
                            let a_row = uneven::<E>(now);
                            copy_lines::<V>(tile.a, tile.a_row, kept, a_row, [high, now]);
                            Tile { a: kept, a_row, ..tile }
                        }
                        Some(kept) => {
                            let a_step = uneven::<E>(high);
                            copy_lines::<V>(tile.a, tile.a_step, kept, a_step, [now, high]);
                            Tile { a: kept, a_step, ..tile }
                        }
                        None => tile,
                    };
                    let mut column = 0;
                    while column < columns {
                        let vectors = side_by_side::<V>(columns - column);
                        let wide = (vectors * V::LANES).min(columns - column);
                        // A last panel may be half as wide again as the others.
                        debug_assert!(now * vectors * V::LANES * size_of::<E>() <= PACKED);
                        self.pack::<V>(room, column, wide, done, now);
                        let (y, end) = (tile.y.add(column), end.from(column));
                        let tile = Tile { b: room, b_step: vectors * V::LANES, y, end, ..tile };
                        if along {
                            tile.panel::<V, Inputs, FUSED>(high, wide);
                        } else {
                            tile.panel::<V, Samples, FUSED>(high, wide);
                        }
                        column += wide;
                    }
                }
                row += high;
            }
            done += now;
            if done >= depth {
                return;
            }
        }
    }

    /// Copies terms of some columns to where they stand side by side, zeros behind them up to a whole vector.
    ///
    /// # Safety
    /// As for `compute`, for these columns and terms; the room is large enough.
    #[inline(always)]
    unsafe fn pack<V: Vector<Element = E>>(
        &self,
        room: *mut E,
        column: usize,
        wide: usize,
        done: usize,
        now: usize,
    ) {
        let step = self.tile.b_step;
        // SAFETY: as for the caller. Transposed, b is empty only where `step` is 0; blocks of LANES columns
        // end at `whole`, those of WIDTH terms at `terms`.
        unsafe {
            if !self.transposed {
                let from = self.tile.b.wrapping_add(done * step + column);
                match wide.div_ceil(V::LANES) {
                    1 => copy_rows::<V, 1>(from, step, room, wide, now),
                    2 => copy_rows::<V, 2>(from, step, room, wide, now),
                    3 => copy_rows::<V, 3>(from, step, room, wide, now),
                    _ => copy_rows::<V, 4>(from, step, room, wide, now),
                }
                return;
            }
            let panel = wide.next_multiple_of(V::LANES);
            let from = self.tile.b.add(column * step + done);
            let (whole, terms) = (wide - wide % V::LANES, now - now % V::WIDTH);
            let mut j = 0;
            while j < whole {
                let mut k = 0;
                while k < terms {
                    let columns = V::columns(from.add(j * step + k), step);
                    for (c, numbers) in columns.iter().enumerate().take(V::WIDTH) {
                        numbers.store(room.add((k + c) * panel + j));
                    }
                    k += V::WIDTH;
                }
                j += V::LANES;
            }
            for j in 0..panel {
                let first = if j < whole { terms } else { 0 };
                for k in first..now {
                    *room.add(k * panel + j) = if j < wide { *from.add(j * step + k) } else { E::ZERO };
                }
            }
        }
    }
}

/// A product in packed panels.
struct Panels<E, const FUSED: bool> {
    product: Product<E>,
    kept: Option<*mut E>,
}

impl<V: Vector, const FUSED: bool> Apart<V> for Panels<V::Element, FUSED> {
    #[inline(always)]
    unsafe fn run(self) {
        // SAFETY: as for the caller.
        unsafe { self.product.panels::<V, FUSED>(self.kept) }
    }
}

/// One whose a is kept: a frame of its own, since it is large.
struct Large<E, const FUSED: bool>(Product<E>);

impl<V: Vector, const FUSED: bool> Apart<V> for Large<V::Element, FUSED> {
    #[inline(always)]
    unsafe fn run(self) {
        let mut kept = Kept(MaybeUninit::uninit());
        let kept = Some(kept.0.as_mut_ptr().cast());
        // SAFETY: as for the caller.
        unsafe { V::apart(Panels::<V::Element, FUSED> { product: self.0, kept }) }
    }
}

/// So many numbers or a little more: an odd number of lines, which are nowhere near a page apart.
#[inline(always)]
fn uneven<E>(numbers: usize) -> usize {
    ((numbers * size_of::<E>()).div_ceil(LINE) | 1) * LINE / size_of::<E>()
}

/// How many rows of a, so deep, are kept at once.
#[inline(always)]
fn rows_at_once<E>(along: bool, depth: usize) -> usize {
    let rows = if along {
        KEPT / size_of::<E>() / uneven::<E>(depth)
    } else {
        // Up to two lines more than the rows.
        (KEPT / depth.max(1) - 2 * LINE) / size_of::<E>()
    };
    rows - rows % WHOLE_ROWS
}

/// Copies lines of numbers, so many and so long, to where they are as far apart as is said.
///
/// # Safety
/// The numbers must be there, and the room; the instructions of V as well.
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

/// Copies rows of C vectors that are `step` numbers apart to where they stand side by side; of the last
/// vector as many numbers as `wide` leaves, then zeros.
///
/// # Safety
/// The rows must be there, and room for C vectors of each; the instructions of V as well.
#[inline(always)]
unsafe fn copy_rows<V: Vector, const C: usize>(
    from: *const V::Element,
    step: usize,
    room: *mut V::Element,
    wide: usize,
    rows: usize,
) {
    // SAFETY: as for the caller.
    unsafe {
        let mask = V::first(wide - (C - 1) * V::LANES);
        for row in 0..rows {
            let (from, to) = (from.add(row * step), room.add(row * C * V::LANES));
            for c in 0..C - 1 {
                V::load(from.add(c * V::LANES)).store(to.add(c * V::LANES));
            }
            let last = (C - 1) * V::LANES;
            V::load_masked(from.add(last), mask).store(to.add(last));
        }
    }
}
