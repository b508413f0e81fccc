//! A panel of columns of the result as tiles of R rows, each computed by the micro-kernel.

use core::marker::PhantomData;

use super::super::isa::vector::{Outlined, Vector};
use super::super::scalar::Scalar;
use super::epilogue::{Epilogue, Init};
use super::microkernel;
use super::tuning::{FEW_ROWS, MR, PACKING_MR, SHARED_ROWS};

/// The operands of y_rj ∘= Σ_k a_rk b_kj. Distances are numbers of elements.
#[derive(Clone, Copy)]
pub(super) struct Tile<E> {
    /// a_00; a_rk is at `r · a_row + k · a_step`.
    pub(super) a: *const E,
    pub(super) a_row: usize,
    pub(super) a_step: usize,
    /// b_00; rows are `b_step` apart, and the numbers of a row are contiguous.
    pub(super) b: *const E,
    pub(super) b_step: usize,
    /// y_00; rows are `y_row` apart.
    pub(super) y: *mut E,
    pub(super) y_row: usize,
    pub(super) depth: usize,
    pub(super) init: Init,
    pub(super) epilogue: Epilogue<E>,
    /// How many panels of b are multiplied by the same rows. If there are several, all are whole registers wide.
    pub(super) panels: usize,
    /// The distance of packed panels.
    pub(super) b_panel: usize,
    /// b before packing and the distance of its rows, if the first rows that are computed pack it to `b`.
    pub(super) unpacked: Option<(*const E, usize)>,
    /// Whether the last row repeats the row before it and is not stored. A tile of one row less would take as long, and
    /// be code of its own.
    pub(super) repeated: bool,
}

/// What is known of a tile at compile time.
pub(super) trait Layout {
    /// Whether b is packed: `b_step` is the number of lanes of the tile, and all of them are initialised.
    const PACKED: bool;
    /// Whether sums are known to run over inputs, with `a_step` = 1.
    const INNER: bool;
    /// Whether sums are known to run over samples, with `a_row` = 1.
    const BATCH: bool;
}

/// Nothing is known.
pub(super) struct Unpacked;
/// b is packed, and sums run over inputs.
pub(super) struct PackedInner;
/// b is packed, and sums run over samples.
pub(super) struct PackedBatch;

impl Layout for Unpacked {
    const PACKED: bool = false;
    const INNER: bool = false;
    const BATCH: bool = false;
}

impl Layout for PackedInner {
    const PACKED: bool = true;
    const INNER: bool = true;
    const BATCH: bool = false;
}

impl Layout for PackedBatch {
    const PACKED: bool = true;
    const INNER: bool = false;
    const BATCH: bool = true;
}

/// Whether a tile of this many rows may repeat its last row.
pub(super) const fn repeats<L: Layout>(rows: usize) -> bool {
    !L::PACKED && rows > FEW_ROWS
}

impl<E: Scalar> Tile<E> {
    /// The row that the sums with this index belong to.
    #[inline(always)]
    pub(super) fn row<L: Layout, const R: usize>(&self, index: usize) -> usize {
        let repeats = const { repeats::<L>(R) } && index + 1 == R && self.repeated;
        index - usize::from(repeats)
    }

    /// The tile `rows` rows below.
    ///
    /// # Safety
    /// y has these rows.
    #[inline(always)]
    pub(super) unsafe fn down(&self, rows: usize) -> Self {
        // SAFETY: y has these rows; those of a may be empty, so its address is only computed.
        let y = unsafe { self.y.add(rows * self.y_row) };
        Self { a: self.a.wrapping_add(rows * self.a_row), y, ..*self }
    }

    /// Computes tiles of R rows while enough rows are left, or one less if the last may be repeated. Subtracts them
    /// from `rows` and returns the tile of the rows that are left.
    ///
    /// # Safety
    /// As for [`microkernel::compute`].
    #[inline(always)]
    unsafe fn by<V, L, const FUSED: bool, const R: usize, const C: usize>(
        &self,
        rows: &mut usize,
        tail: usize,
    ) -> Self
    where
        V: Vector<Element = E>,
        L: Layout,
    {
        let left = *rows % R;
        let whole = if const { repeats::<L>(R) } && left + 1 == R { *rows } else { *rows - left };
        *rows -= whole;
        if whole > 0 {
            // SAFETY: as for the caller.
            unsafe {
                V::outline(Rows::<E, L, FUSED, R, C> { tile: *self, rows: whole, tail, layout: PhantomData })
            };
        }
        // There may be no rows left, so addresses are only computed.
        Self {
            a: self.a.wrapping_add(whole * self.a_row),
            y: self.y.wrapping_add(whole * self.y_row),
            ..*self
        }
    }

    /// Computes any number of rows, R at a time while enough are left.
    ///
    /// # Safety
    /// As for [`microkernel::compute`].
    #[inline(always)]
    unsafe fn rows<V, L, const FUSED: bool, const R: usize, const C: usize>(
        &self,
        mut rows: usize,
        tail: usize,
    ) where
        V: Vector<Element = E>,
        L: Layout,
    {
        // SAFETY: as for the caller; every tile satisfies `Unpacked`.
        unsafe {
            let mut rest = *self;
            if const { L::PACKED } && self.unpacked.is_some() {
                debug_assert!(rows >= PACKING_MR);
                rest = rest.by::<V, Unpacked, FUSED, PACKING_MR, C>(&mut { PACKING_MR }, tail);
                rest.unpacked = None;
                rows -= PACKING_MR;
            }
            let rest = rest.by::<V, L, FUSED, R, C>(&mut rows, tail);
            let rest =
                if const { R > 4 } { rest.by::<V, Unpacked, FUSED, 4, C>(&mut rows, tail) } else { rest };
            let rest = rest.by::<V, Unpacked, FUSED, 2, C>(&mut rows, tail);
            rest.by::<V, Unpacked, FUSED, 1, C>(&mut rows, tail);
        }
    }

    /// Computes any number of rows of as many columns as [`nr_vectors`] gives, or as [`wide_vectors`] gives for few rows
    /// and unpacked b.
    ///
    /// # Safety
    /// As for [`microkernel::compute`]; there is at least one column.
    #[inline(always)]
    pub(super) unsafe fn panel<V: Vector<Element = E>, L: Layout, const FUSED: bool>(
        &self,
        rows: usize,
        columns: usize,
    ) {
        // SAFETY: as for the caller.
        unsafe { V::outline(Panel::<E, L, FUSED> { tile: *self, rows, columns, layout: PhantomData }) }
    }

    /// As [`panel`](Self::panel), inlined.
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    unsafe fn choose<V: Vector<Element = E>, L: Layout, const FUSED: bool>(
        &self,
        rows: usize,
        columns: usize,
    ) {
        let vectors = columns.div_ceil(V::LANES);
        let tail = columns - (vectors - 1) * V::LANES;
        debug_assert!(columns > 0);
        debug_assert!(
            vectors == nr_vectors::<V>(columns) || rows <= FEW_ROWS && vectors == wide_vectors::<V>(columns)
        );
        // The fewest forms that fill the registers: each is code for two types in two arithmetics.
        // SAFETY: as for the caller; the registers hold `columns` numbers in all.
        unsafe {
            match (V::MANY_REGISTERS, vectors) {
                (_, 1) => self.rows::<V, L, FUSED, 8, 1>(rows, tail),
                (true, 2) => self.rows::<V, L, FUSED, 8, 2>(rows, tail),
                (true, 3) => self.rows::<V, L, FUSED, 8, 3>(rows, tail),
                (true, _) => self.rows::<V, L, FUSED, MR, 4>(rows, tail),
                (false, 2) => self.rows::<V, L, FUSED, MR, 2>(rows, tail),
                _ if const { V::FEW_FORMS } => debug_assert!(false, "more than two registers"),
                // With four rows of packed panels, LLVM keeps one of the sums on the stack.
                (false, 3) if const { L::PACKED } => self.rows::<V, L, FUSED, 3, 3>(rows, tail),
                (false, 3) => self.rows::<V, L, FUSED, 4, 3>(rows, tail),
                (false, _) => self.rows::<V, Unpacked, FUSED, FEW_ROWS, 4>(rows, tail),
            }
        }
    }
}

/// A panel, whose form is chosen by a function of its own: callers are loops that LLVM copies.
struct Panel<E, L, const FUSED: bool> {
    tile: Tile<E>,
    rows: usize,
    columns: usize,
    layout: PhantomData<L>,
}

impl<V: Vector, L: Layout, const FUSED: bool> Outlined<V> for Panel<V::Element, L, FUSED> {
    #[inline(always)]
    unsafe fn run(self) {
        // SAFETY: as for the caller.
        unsafe { self.tile.choose::<V, L, FUSED>(self.rows, self.columns) }
    }
}

/// Tiles below one another: their rows are a multiple of R or, if the last may be repeated, one less.
struct Rows<E, L, const FUSED: bool, const R: usize, const C: usize> {
    tile: Tile<E>,
    rows: usize,
    tail: usize,
    layout: PhantomData<L>,
}

impl<V, L, const FUSED: bool, const R: usize, const C: usize> Outlined<V> for Rows<V::Element, L, FUSED, R, C>
where
    V: Vector,
    L: Layout,
{
    #[inline(always)]
    unsafe fn run(self) {
        let group = if L::BATCH { SHARED_ROWS / R * R } else { R };
        let mut row = 0;
        while row < self.rows {
            let high = group.min(self.rows - row);
            // SAFETY: as for the caller.
            unsafe {
                let mut tile = self.tile.down(row);
                for _ in 0..self.tile.panels {
                    let mut r = 0;
                    while r < high {
                        let tile = Tile { repeated: r + R > high, ..tile.down(r) };
                        microkernel::compute::<V, L, FUSED, R, C, true>(&tile, self.tail);
                        r += R;
                    }
                    let wide = C * V::LANES;
                    tile = Tile {
                        b: tile.b.wrapping_add(tile.b_panel),
                        unpacked: tile.unpacked.map(|(b, step)| (b.wrapping_add(wide), step)),
                        y: tile.y.wrapping_add(wide),
                        epilogue: tile.epilogue.from(wide),
                        ..tile
                    };
                }
            }
            row += high;
        }
    }
}

/// NR in registers: how many registers of columns a tile has where this many columns are left.
#[inline(always)]
pub(super) const fn nr_vectors<V: Vector>(columns: usize) -> usize {
    match columns.div_ceil(V::LANES) {
        many if V::MANY_REGISTERS => {
            if many < 4 {
                many
            } else {
                4
            }
        }
        3 if !V::FEW_FORMS => 3,
        1 => 1,
        _ => 2,
    }
}

/// NR in registers for tiles of few rows.
#[inline(always)]
pub(super) fn wide_vectors<V: Vector>(columns: usize) -> usize {
    columns.div_ceil(V::LANES).min(if V::FEW_FORMS { 2 } else { 4 })
}
