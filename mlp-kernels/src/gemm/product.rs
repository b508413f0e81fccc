//! A product over the samples of a block: its operands and sizes, and whether it is computed in packed panels.

use super::super::isa::vector::Vector;
use super::super::scalar::Scalar;
use super::epilogue::{Epilogue, Init};
use super::packing::packed_panel;
use super::tile::{Tile, nr_vectors};
use super::tuning::{NEAR, PACKED_FROM_ROWS};
use super::{blocking, by_index};

/// Rows and columns of the result, and the number of terms of its sums.
#[derive(Clone, Copy)]
pub(in super::super) struct Sizes {
    pub(in super::super) rows: usize,
    pub(in super::super) depth: usize,
    pub(in super::super) columns: usize,
}

/// y_rj ∘= Σ_k a_rk b_kj, with b as it is stored or transposed.
#[derive(Clone, Copy)]
pub(in super::super) struct Product<E> {
    pub(super) tile: Tile<E>,
    pub(super) sizes: Sizes,
    /// Whether b_kj is at `j · b_step + k`.
    pub(super) transposed: bool,
}

/// x W for each row of x, plus the bias unless it is null.
pub(in super::super) fn forward<E>(
    x: *const E,
    w: *const E,
    bias: *const E,
    y: *mut E,
    sizes: Sizes,
) -> Product<E> {
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
        init: if depth == 0 { Init::Zero } else { Init::NegativeZero },
        epilogue: Epilogue::Bias(bias),
        panels: 1,
        b_panel: 0,
        unpacked: None,
        repeated: false,
    };
    Product { tile, sizes, transposed: false }
}

/// W x for each row of x, plus the bias unless it is null.
pub(in super::super) fn backward<E>(
    w: *const E,
    x: *const E,
    bias: *const E,
    y: *mut E,
    sizes: Sizes,
) -> Product<E> {
    let Product { tile, .. } = forward(x, w, bias, y, sizes);
    Product { tile: Tile { b_step: sizes.depth, ..tile }, sizes, transposed: true }
}

/// The sum of a bᵀ over the rows of both. The epilogue is not a bias.
pub(in super::super) fn outer<E>(
    first: bool,
    epilogue: Epilogue<E>,
    total: *mut E,
    a: *const E,
    b: *const E,
    sizes: Sizes,
) -> Product<E> {
    let Sizes { rows, depth, columns } = sizes;
    let init = if first { Init::Zero } else { Init::Accumulate };
    let tile = Tile {
        a,
        a_row: 1,
        a_step: rows,
        b,
        b_step: columns,
        y: total,
        y_row: columns,
        depth,
        init,
        epilogue,
        panels: 1,
        b_panel: 0,
        unpacked: None,
        repeated: false,
    };
    Product { tile, sizes, transposed: false }
}

impl<E: Scalar> Product<E> {
    /// Whether the result is empty. Callers ask outside of the function that [`compute`](Self::compute) is inlined into,
    /// which must not return early: LLVM may put the entry of a large frame after an early return, and then uses r11 to
    /// touch the pages of the frame though r11 holds a value.
    #[inline(always)]
    pub(in super::super) fn is_empty(&self) -> bool {
        self.sizes.rows == 0 || self.sizes.columns == 0
    }

    /// Computes the result, which is not empty.
    ///
    /// # Safety
    /// The operands are valid in their sizes; the processor has the instructions of V.
    #[inline(always)]
    pub(in super::super) unsafe fn compute<V: Vector<Element = E>, const FUSED: bool>(&self) {
        debug_assert!(!self.is_empty());
        // SAFETY: as for the caller.
        unsafe {
            if const { FUSED && !V::FUSES } {
                by_index::compute(self);
            } else if !self.transposed && self.sizes.rows < self.limit(PACKED_FROM_ROWS) {
                blocking::unpacked::<V, FUSED>(self);
            } else {
                blocking::packed::<V, FUSED>(self);
            }
        }
    }

    /// Whether rows of b are near: the first rows of a pack them while they are multiplied.
    #[inline(always)]
    pub(super) fn near(&self) -> bool {
        !self.transposed && self.tile.b_step * size_of::<E>() <= NEAR
    }

    /// The limit for this kind of product, from a table in the order of [`KC`](super::tuning::KC).
    #[inline(always)]
    pub(super) fn limit(&self, limits: [[usize; 2]; 2]) -> usize {
        limits[usize::from(self.over_samples())][usize::from(self.near())]
    }

    /// Whether sums run over samples.
    #[inline(always)]
    pub(super) fn over_samples(&self) -> bool {
        !matches!(self.tile.epilogue, Epilogue::Bias(_))
    }

    /// The distance of packed panels of this many terms.
    #[inline(always)]
    pub(super) fn packed_panel<V: Vector<Element = E>>(&self, depth: usize) -> usize {
        packed_panel::<V>(self.nr::<V>() / V::LANES, depth)
    }

    /// NR: the columns of a panel, at most. At least 1, or LLVM keeps a panic for divisions by 0.
    #[inline(always)]
    pub(super) fn nr<V: Vector<Element = E>>(&self) -> usize {
        nr_vectors::<V>(self.sizes.columns).max(1) * V::LANES
    }

    /// How many registers the panel that begins with this column has, and how many columns.
    #[inline(always)]
    pub(super) fn panel_at<V: Vector<Element = E>>(&self, column: usize) -> (usize, usize) {
        let left = self.sizes.columns - column;
        let vectors = nr_vectors::<V>(left);
        (vectors, left.min(vectors * V::LANES))
    }
}
