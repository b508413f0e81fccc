//! Products over many samples: panels of the result, packed where its operand lies far apart.

use core::mem::MaybeUninit;
use core::ops::Range;

use super::super::scalar::Scalar;
use super::tile::{
    End, FEW, Inputs, LINE, Loose, PACKING, ROWS, Samples, Start, Tile, copy, side_by_side, wide,
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
        panels: 1,
        b_panel: 0,
        unpacked: None,
        repeated: false,
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
        panels: 1,
        b_panel: 0,
        unpacked: None,
        repeated: false,
    };
    Product { tile, sizes, transposed: false }
}

/// Bytes of a packed panel, at most: it comes from a second-level cache, line after line.
const PANEL: usize = 64 * 1024;
/// Bytes of the panels that are packed together, where not all of b can be.
const PACKED: usize = 256 * 1024;
/// Rows of b of which numbers are packed before those of another panel: no more than a cache has places for
/// lines that are pages apart.
const ROWS_AT_ONCE: usize = 8;
/// How many rows ahead they are asked for.
const ROWS_AHEAD: usize = 16;
/// The most terms of a sum that are added before the next tile: over inputs and over samples, each where rows
/// of b are further apart, and where they are near. The fewer terms, the longer the parts of rows that are packed
/// together and read along; of rows that are packed on the way none is read so.
const MOST_TERMS: [[usize; 2]; 2] = [[256, 1024], [128, 128]];
/// Rows of b that are no further apart, in bytes, are packed by the first rows of a that they are multiplied by:
/// on the way, the products hide it. Of rows further apart, too few lines would be asked for at once.
const NEAR: usize = 512;
/// Panels are packed for as many rows, fewer would not repay it: in sums over inputs and over samples, each
/// where rows of b are further apart, and where they are near.
const REPAID: [[usize; 2]; 2] = [[20, 32], [16, 13]];

/// Bytes of a that are copied where its samples stand so far apart that they take one another's place.
const KEPT: usize = 64 * 1024;
/// Rows that are kept are a multiple: whole tiles of all forms.
const WHOLE_ROWS: usize = 24;
/// Lines of the first-level cache so far apart, or a multiple of it, take one another's place.
const PAGE: usize = 4096;

/// Bytes of a frame where little is packed, and where much is: a last panel is half as wide again as others.
const SMALL: usize = 64 * 1024;
const LARGE: usize = KEPT + PACKED + PANEL / 2;

/// How a product is cut.
#[derive(Clone, Copy)]
struct Cut {
    /// Terms that are added at once.
    depth: usize,
    /// Rows that are computed at once, and whether theirs of a are kept.
    rows: usize,
    kept: bool,
    /// Columns that are packed at once.
    columns: usize,
}

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
            if !self.transposed && rows < self.of(REPAID) {
                self.loose::<V, FUSED>();
            } else {
                let cut = self.cut::<V>();
                let all = columns.div_ceil(self.panel::<V>()) * self.packed::<V>(cut.depth);
                if !cut.kept && all * size_of::<E>() <= SMALL {
                    let cut = Cut { columns, ..cut };
                    V::apart(Frame::<E, FUSED, SMALL> { product: *self, cut });
                } else {
                    V::apart(Frame::<E, FUSED, LARGE> { product: *self, cut });
                }
            }
        }
    }

    /// Whether rows of b are packed on the way.
    #[inline(always)]
    fn near(&self) -> bool {
        !self.transposed && self.tile.b_step * size_of::<E>() <= NEAR
    }

    /// That of the limits which holds here.
    #[inline(always)]
    fn of(&self, limits: [[usize; 2]; 2]) -> usize {
        limits[usize::from(self.over_samples())][usize::from(self.near())]
    }

    /// Whether sums run over samples.
    #[inline(always)]
    fn over_samples(&self) -> bool {
        !matches!(self.tile.end, End::Bias(_))
    }

    /// How the product is cut where not all of b is packed at once.
    #[inline(always)]
    fn cut<V: Vector<Element = E>>(&self) -> Cut {
        let Sizes { rows, depth, .. } = self.sizes;
        let panel = self.panel::<V>();
        let over_samples = self.over_samples();
        // At least one, or LLVM sees a division by 0.
        let most = self.of(MOST_TERMS).min(PANEL / size_of::<E>() / panel).max(1);
        // As many terms each time as the others.
        let depth = depth.div_ceil(depth.div_ceil(most).max(1));
        // Samples a multiple of an eighth of a page apart fill few places of the cache.
        let kept = over_samples && (self.tile.a_step * size_of::<E>()).is_multiple_of(PAGE / 8);
        let rows = if kept {
            // Up to two lines more than the rows.
            let most = (KEPT / depth.max(1) - 2 * LINE) / size_of::<E>();
            most - most % WHOLE_ROWS
        } else {
            rows
        };
        let panels = PACKED / size_of::<E>() / self.packed::<V>(depth).max(1);
        Cut { depth, rows, kept, columns: panels.max(1) * panel }
    }

    /// How far apart packed panels of so many terms are.
    #[inline(always)]
    fn packed<V: Vector<Element = E>>(&self, depth: usize) -> usize {
        packed::<V>(self.panel::<V>() / V::LANES, depth)
    }

    /// Columns of a panel, at most; said to be more than none, or LLVM sees divisions by 0 that may panic.
    #[inline(always)]
    fn panel<V: Vector<Element = E>>(&self) -> usize {
        side_by_side::<V>(self.sizes.columns).max(1) * V::LANES
    }

    /// Computes panels where b stands; for the last rows, if they are few, wider ones, so that as many sums
    /// run at once.
    ///
    /// # Safety
    /// As for `compute`.
    #[inline(always)]
    unsafe fn loose<V: Vector<Element = E>, const FUSED: bool>(&self) {
        let Sizes { rows, columns, .. } = self.sizes;
        let left = rows % ROWS;
        let whole = if left <= FEW { rows - left } else { rows };
        let mut row = 0;
        while row < rows {
            let high = if row < whole { whole } else { left };
            let mut column = 0;
            while column < columns {
                let left = columns - column;
                let vectors = if high <= FEW { wide::<V>(left) } else { side_by_side::<V>(left) };
                let wide = (vectors * V::LANES).min(left);
                let (b, end) = (self.tile.b.wrapping_add(column), self.tile.end.from(column));
                // SAFETY: rows, and columns up to `column + wide`, are there; b may be empty, so its place is
                // only counted.
                unsafe {
                    let tile = Tile { b, y: self.tile.y.add(column), end, ..self.tile };
                    tile.down(row).panel::<V, Loose, FUSED>(high, wide);
                }
                column += wide;
            }
            row += high;
        }
    }

    /// Computes packed panels: a part of all sums at a time, for panels that stay in a cache, each of them
    /// once for all rows; these one tile after another, so that what stands side by side in the result is
    /// read and written together.
    ///
    /// # Safety
    /// As for `compute`; the room is as large as a frame for this cut.
    #[inline(always)]
    unsafe fn panels<V: Vector<Element = E>, const FUSED: bool>(&self, cut: Cut, room: *mut E) {
        let Sizes { rows, depth, columns } = self.sizes;
        let (kept, room) = (room, room.wrapping_byte_add(if cut.kept { KEPT } else { 0 }));
        let mut done = 0;
        // No way out before the first panel: see `nothing_to_do`.
        loop {
            let now = cut.depth.min(depth - done);
            let end = if done + now == depth { self.tile.end } else { self.tile.end.open() };
            let mut row = 0;
            while row < rows {
                let high = cut.rows.min(rows - row);
                // SAFETY: rows and terms up to here are there; a may be empty, so its place is only counted.
                unsafe {
                    let mut tile = Tile {
                        a: self.tile.a.wrapping_add(row * self.tile.a_row + done * self.tile.a_step),
                        b: self.tile.b.wrapping_add(done * self.tile.b_step),
                        y: self.tile.y.add(row * self.tile.y_row),
                        depth: now,
                        start: if done == 0 { self.tile.start } else { Start::Place },
                        end,
                        ..self.tile
                    };
                    if cut.kept {
                        let a_step = uneven::<E>(high);
                        copy_lines::<V>(tile.a, tile.a_step, kept, a_step, [now, high]);
                        tile = Tile { a: kept, a_step, ..tile };
                    }
                    let mut column = 0;
                    while column < columns {
                        let group = column..(column + cut.columns).min(columns);
                        column = group.end;
                        self.group::<V, FUSED>(tile, room, group, done, high);
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

    /// Packs the panels of some columns and computes so many rows of them, for the terms from `done` on.
    ///
    /// # Safety
    /// As for `panels`, for these rows and terms, with which the tile begins.
    #[inline(always)]
    unsafe fn group<V: Vector<Element = E>, const FUSED: bool>(
        &self,
        tile: Tile<E>,
        room: *mut E,
        group: Range<usize>,
        done: usize,
        rows: usize,
    ) {
        let now = tile.depth;
        let near = self.near() && rows >= PACKING;
        // SAFETY: as for the caller.
        unsafe {
            if !near {
                self.pack::<V>(room, group.clone(), done, now);
            }
            let (mut column, mut room) = (group.start, room);
            while column < group.end {
                let (vectors, wide) = self.side_by_side::<V>(column);
                let b_panel = packed::<V>(vectors, now);
                let panels = self.alike::<V>(column..group.end);
                let (b, y, end) = (tile.b.wrapping_add(column), tile.y.add(column), tile.end.from(column));
                let unpacked = near.then_some((b, tile.b_step));
                let tile =
                    Tile { b: room, b_step: vectors * V::LANES, y, end, panels, b_panel, unpacked, ..tile };
                if matches!(end, End::Bias(_)) {
                    tile.panel::<V, Inputs, FUSED>(rows, wide);
                } else {
                    tile.panel::<V, Samples, FUSED>(rows, wide);
                }
                room = room.add(panels * b_panel);
                column += panels * wide;
            }
        }
    }

    /// How many vectors the panel has that begins with this column, and how many columns.
    #[inline(always)]
    fn side_by_side<V: Vector<Element = E>>(&self, column: usize) -> (usize, usize) {
        let left = self.sizes.columns - column;
        let vectors = side_by_side::<V>(left);
        (vectors, left.min(vectors * V::LANES))
    }

    /// How many panels from the start of these columns on are as whole as the first, itself among them.
    #[inline(always)]
    fn alike<V: Vector<Element = E>>(&self, columns: Range<usize>) -> usize {
        let (panel, mut panels) = (self.panel::<V>(), 1);
        while columns.start + panels * panel < columns.end
            && self.side_by_side::<V>(columns.start + panels * panel).1 == panel
        {
            panels += 1;
        }
        panels
    }

    /// Packs the panels that begin in some columns: terms where they stand side by side, zeros behind them up
    /// to a whole vector. Some terms of all panels at a time: what stands side by side in b is read together.
    ///
    /// # Safety
    /// As for `compute`, for these columns and terms; the room is large enough.
    #[inline(always)]
    unsafe fn pack<V: Vector<Element = E>>(
        &self,
        room: *mut E,
        group: Range<usize>,
        done: usize,
        now: usize,
    ) {
        let mut first = 0;
        while first < now {
            let last = now.min(first + if self.transposed { now } else { ROWS_AT_ONCE });
            let (mut column, mut room) = (group.start, room);
            while column < group.end {
                let (vectors, wide) = self.side_by_side::<V>(column);
                // SAFETY: as for the caller; panels stand behind one another as `packed` says.
                unsafe {
                    if self.transposed {
                        self.pack_columns::<V>(room, column, wide, done, now);
                    } else {
                        self.pack_rows::<V>(
                            room.add(first * vectors * V::LANES),
                            column,
                            wide,
                            done + first,
                            last - first,
                        );
                    }
                    room = room.add(packed::<V>(vectors, now));
                }
                column += wide;
            }
            first = last;
        }
    }

    /// Packs a panel of b, some terms of it.
    ///
    /// # Safety
    /// As for `pack`.
    #[inline(always)]
    unsafe fn pack_rows<V: Vector<Element = E>>(
        &self,
        room: *mut E,
        column: usize,
        wide: usize,
        done: usize,
        now: usize,
    ) {
        let step = self.tile.b_step;
        let from = self.tile.b.wrapping_add(done * step + column);
        // SAFETY: as for the caller.
        unsafe {
            match wide.div_ceil(V::LANES) {
                1 => copy_rows::<V, 1>(from, step, room, wide, now),
                2 => copy_rows::<V, 2>(from, step, room, wide, now),
                3 => copy_rows::<V, 3>(from, step, room, wide, now),
                _ => copy_rows::<V, 4>(from, step, room, wide, now),
            }
        }
    }

    /// Packs a panel of the transpose of b.
    ///
    /// # Safety
    /// As for `pack`.
    #[inline(always)]
    unsafe fn pack_columns<V: Vector<Element = E>>(
        &self,
        room: *mut E,
        column: usize,
        wide: usize,
        done: usize,
        now: usize,
    ) {
        let step = self.tile.b_step;
        let panel = wide.next_multiple_of(V::LANES);
        let (whole, terms) = (wide - wide % V::LANES, now - now % V::WIDTH);
        // SAFETY: as for the caller. b is empty only where `step` is 0; blocks of LANES columns end at
        // `whole`, those of WIDTH terms at `terms`.
        unsafe {
            let from = self.tile.b.add(column * step + done);
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

/// Room on the stack, so that no register is loaded from two lines of the cache.
#[repr(align(64))]
struct Room<const BYTES: usize>(MaybeUninit<[u8; BYTES]>);

/// A product and the frame that holds what it packs.
struct Frame<E, const FUSED: bool, const BYTES: usize> {
    product: Product<E>,
    cut: Cut,
}

impl<V: Vector, const FUSED: bool, const BYTES: usize> Apart<V> for Frame<V::Element, FUSED, BYTES> {
    #[inline(always)]
    unsafe fn run(self) {
        let mut room = Room::<BYTES>(MaybeUninit::uninit());
        let room = room.0.as_mut_ptr().cast();
        // SAFETY: as for the caller.
        unsafe { V::apart(Panels::<V::Element, FUSED> { product: self.product, cut: self.cut, room }) }
    }
}

/// A product in packed panels: one function, whatever the frame.
struct Panels<E, const FUSED: bool> {
    product: Product<E>,
    cut: Cut,
    room: *mut E,
}

impl<V: Vector, const FUSED: bool> Apart<V> for Panels<V::Element, FUSED> {
    #[inline(always)]
    unsafe fn run(self) {
        // SAFETY: as for the caller.
        unsafe { self.product.panels::<V, FUSED>(self.cut, self.room) }
    }
}

/// So many numbers or a little more: an odd number of lines, which are nowhere near a page apart.
#[inline(always)]
fn uneven<E>(numbers: usize) -> usize {
    ((numbers * size_of::<E>()).div_ceil(LINE) | 1) * LINE / size_of::<E>()
}

/// How many numbers further on than a panel of so many vectors and terms the next one begins: a line lies
/// between them, or all would want the same places of the cache.
#[inline(always)]
fn packed<V: Vector>(vectors: usize, terms: usize) -> usize {
    terms * vectors * V::LANES + LINE / size_of::<V::Element>()
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
            let next = from.wrapping_add(ROWS_AHEAD * step);
            for number in (0..C * V::LANES).step_by(LINE / size_of::<V::Element>()) {
                V::ask_for(next.wrapping_add(number));
            }
            for c in 0..C - 1 {
                V::load(from.add(c * V::LANES)).store(to.add(c * V::LANES));
            }
            let last = (C - 1) * V::LANES;
            V::load_masked(from.add(last), mask).store(to.add(last));
        }
    }
}
