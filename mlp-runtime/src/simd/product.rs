//! Products over many samples: panels of the result, packed where its operand lies far apart.

use core::mem::MaybeUninit;

use super::super::scalar::Scalar;
use super::tile::{COPIED, End, Inputs, Loose, MOST_DEPTH, Samples, Start, Tile, side_by_side};
use super::vector::Vector;

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

/// Bytes of a packed panel: it stays in a first-level cache beside what it is multiplied by.
const PACKED: usize = 32 * 1024;

/// Room for a packed panel, so that no register is loaded from two lines of the cache.
#[repr(align(64))]
struct Room(MaybeUninit<[u8; PACKED]>);

/// Lines of the first-level cache this far apart take one another's place.
const PAGE: usize = 4096;
/// Panels are packed for as many rows: fewer would not repay it.
const REPAID: usize = 16;

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
        let packed = self.transposed || rows >= REPAID;
        let mut room = Room(MaybeUninit::uninit());
        let room = room.0.as_mut_ptr().cast::<E>();
        let mut copies = MaybeUninit::<[E; COPIED]>::uninit();
        let in_one_place = self.tile.a_step == 1 && (self.tile.a_row * size_of::<E>()).is_multiple_of(PAGE);
        let copies = in_one_place.then_some(copies.as_mut_ptr().cast::<E>());
        let mut column = 0;
        // No way out before the first panel: see `nothing_to_do`.
        loop {
            let vectors = side_by_side::<V>(columns - column);
            let wide = (vectors * V::LANES).min(columns - column);
            // SAFETY: columns up to `column + wide` are there, and at least one row; b may be empty, so its
            // place is only counted.
            unsafe {
                let (y, end) = (self.tile.y.add(column), self.tile.end.from(column));
                if packed {
                    let tile = Tile { y, end, room: copies, ..self.tile };
                    self.packed::<V, FUSED>(tile, room, column, wide);
                } else {
                    let tile = Tile { b: self.tile.b.wrapping_add(column), y, end, ..self.tile };
                    tile.panel::<V, Loose, FUSED>(rows, wide);
                }
            }
            column += wide;
            if column >= columns {
                return;
            }
        }
    }

    /// Computes a panel of `wide` columns, packed into `room`.
    ///
    /// # Safety
    /// As for `compute`; `tile` is the panel's first, but for b.
    #[inline(always)]
    unsafe fn packed<V: Vector<Element = E>, const FUSED: bool>(
        &self,
        tile: Tile<E>,
        room: *mut E,
        column: usize,
        wide: usize,
    ) {
        let Sizes { rows, depth, .. } = self.sizes;
        let panel = wide.next_multiple_of(V::LANES);
        let most = (PACKED / size_of::<E>() / panel.max(1)).min(MOST_DEPTH);
        // As many terms each time as the others.
        let depth_at_once = depth.div_ceil(depth.div_ceil(most).max(1));
        let mut done = 0;
        while done < depth || done == 0 {
            let now = depth_at_once.min(depth - done);
            // SAFETY: terms up to `done + now` are there; the room holds `most` rows of a panel, of which
            // `pack` writes all.
            unsafe {
                self.pack::<V>(room, column, wide, done, now);
                let tile = Tile {
                    a: self.tile.a.add(done * self.tile.a_step),
                    b: room,
                    b_step: panel,
                    depth: now,
                    start: if done == 0 { self.tile.start } else { Start::Place },
                    end: if done + now == depth { tile.end } else { tile.end.open() },
                    ..tile
                };
                match tile.end {
                    End::Bias(_) => tile.panel::<V, Inputs, FUSED>(rows, wide),
                    End::Mean(_) | End::Descent(..) => tile.panel::<V, Samples, FUSED>(rows, wide),
                }
            }
            done += now.max(1);
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
