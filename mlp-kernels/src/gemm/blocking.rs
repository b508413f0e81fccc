//! A product cut into blocks of KC terms, MC rows and NC columns, and these into panels.

use core::mem::MaybeUninit;
use core::ops::Range;

use super::super::isa::vector::{Outlined, Vector};
use super::epilogue::{Epilogue, Init};
use super::packing::{Lines, Pack, PackingBuffer, odd_lines, packed_panel};
use super::product::{Product, Sizes};
use super::tile::{PackedBatch, PackedInner, Tile, Unpacked, nr_vectors, wide_vectors};
use super::tuning::{
    FEW_ROWS, KC, LARGE_BUFFER, LINE, MR, PACKED_A, PACKED_B, PACKING_MR, PAGE, PANEL, SMALL_BUFFER,
    WHOLE_ROWS,
};

/// The sizes of blocks.
#[derive(Clone, Copy)]
struct Blocking {
    /// Terms that are added at once.
    kc: usize,
    /// Rows that are computed at once.
    mc: usize,
    /// Whether these rows of a are packed.
    pack_a: bool,
    /// Columns that are packed at once.
    nc: usize,
}

/// The blocking of a product of which not all of b is packed at once.
#[inline(always)]
fn blocking<V: Vector>(product: &Product<V::Element>) -> Blocking {
    let Sizes { rows, depth, .. } = product.sizes;
    let nr = product.nr::<V>();
    let over_samples = product.over_samples();
    // At least 1, or LLVM keeps a panic for a division by 0.
    let most = product.limit(KC).min(PANEL / size_of::<V::Element>() / nr).max(1);
    // Blocks of nearly the same number of terms.
    let kc = depth.div_ceil(depth.div_ceil(most).max(1));
    // Samples that are a multiple of an eighth of a page apart share few places of the cache.
    let pack_a = over_samples && (product.tile.a_step * size_of::<V::Element>()).is_multiple_of(PAGE / 8);
    let mc = if pack_a {
        // A packed line is up to two cache lines longer than its numbers.
        let most = (PACKED_A / kc.max(1) - 2 * LINE) / size_of::<V::Element>();
        most - most % WHOLE_ROWS
    } else {
        rows
    };
    let panels = PACKED_B / size_of::<V::Element>() / product.packed_panel::<V>(kc).max(1);
    Blocking { kc, mc, pack_a, nc: panels.max(1) * nr }
}

/// Computes panels of unpacked b. Panels for the last rows, if they are few, are wider, so that enough sums run at
/// once.
///
/// # Safety
/// As for [`Product::compute`].
#[inline(always)]
pub(super) unsafe fn unpacked<V: Vector, const FUSED: bool>(product: &Product<V::Element>) {
    let Sizes { rows, columns, .. } = product.sizes;
    let left = rows % MR;
    let whole = if left <= FEW_ROWS { rows - left } else { rows };
    let mut row = 0;
    while row < rows {
        let high = if row < whole { whole } else { left };
        let mut column = 0;
        while column < columns {
            let left = columns - column;
            let vectors = if high <= FEW_ROWS { wide_vectors::<V>(left) } else { nr_vectors::<V>(left) };
            let wide = (vectors * V::LANES).min(left);
            let (b, epilogue) = (product.tile.b.wrapping_add(column), product.tile.epilogue.from(column));
            // SAFETY: the rows are valid, and so are the columns up to `column + wide`; b may be empty, so its
            // address is only computed.
            unsafe {
                let tile = Tile { b, y: product.tile.y.add(column), epilogue, ..product.tile };
                tile.down(row).panel::<V, Unpacked, FUSED>(high, wide);
            }
            column += wide;
        }
        row += high;
    }
}

/// Computes packed panels, with a packing buffer on the stack.
///
/// # Safety
/// As for [`Product::compute`].
#[inline(always)]
pub(super) unsafe fn packed<V: Vector, const FUSED: bool>(product: &Product<V::Element>) {
    let columns = product.sizes.columns;
    // SAFETY: as for the caller; the buffers are large enough.
    unsafe {
        let blocking = blocking::<V>(product);
        let all = columns.div_ceil(product.nr::<V>()) * product.packed_panel::<V>(blocking.kc);
        if !blocking.pack_a && all * size_of::<V::Element>() <= SMALL_BUFFER {
            let blocking = Blocking { nc: columns, ..blocking };
            V::outline(Frame::<V::Element, FUSED, SMALL_BUFFER> { product: *product, blocking });
        } else {
            V::outline(Frame::<V::Element, FUSED, LARGE_BUFFER> { product: *product, blocking });
        }
    }
}

/// A product with the stack frame that holds its packing buffer.
struct Frame<E, const FUSED: bool, const BYTES: usize> {
    product: Product<E>,
    blocking: Blocking,
}

impl<V: Vector, const FUSED: bool, const BYTES: usize> Outlined<V> for Frame<V::Element, FUSED, BYTES> {
    #[inline(always)]
    unsafe fn run(self) {
        let mut buffer = MaybeUninit::<PackingBuffer<BYTES>>::uninit();
        let buffer = buffer.as_mut_ptr().cast();
        // SAFETY: as for the caller.
        unsafe {
            V::outline(Blocks::<V::Element, FUSED> { product: self.product, blocking: self.blocking, buffer })
        }
    }
}

/// The blocks of a product: one function for both sizes of buffer.
struct Blocks<E, const FUSED: bool> {
    product: Product<E>,
    blocking: Blocking,
    buffer: *mut E,
}

impl<V: Vector, const FUSED: bool> Outlined<V> for Blocks<V::Element, FUSED> {
    #[inline(always)]
    unsafe fn run(self) {
        // SAFETY: as for the caller.
        unsafe { blocks::<V, FUSED>(&self.product, self.blocking, self.buffer) }
    }
}

/// Computes all blocks. Rows run through all packed panels before the next rows, so that contiguous results are read
/// and written together.
///
/// # Safety
/// As for [`Product::compute`]; the buffer is large enough for this blocking.
#[inline(always)]
unsafe fn blocks<V: Vector, const FUSED: bool>(
    product: &Product<V::Element>,
    blocking: Blocking,
    buffer: *mut V::Element,
) {
    let Sizes { rows, depth, columns } = product.sizes;
    let whole = &product.tile;
    let (packed_a, buffer) = (buffer, buffer.wrapping_byte_add(if blocking.pack_a { PACKED_A } else { 0 }));
    let mut done = 0;
    // No return before the first block: see `Product::is_empty`.
    loop {
        let now = blocking.kc.min(depth - done);
        let epilogue = if done + now == depth { whole.epilogue } else { whole.epilogue.of_partial_sums() };
        let mut row = 0;
        while row < rows {
            let high = blocking.mc.min(rows - row);
            // SAFETY: rows and terms up to here are valid; a may be empty, so its address is only computed.
            unsafe {
                let mut tile = Tile {
                    a: whole.a.wrapping_add(row * whole.a_row + done * whole.a_step),
                    b: whole.b.wrapping_add(done * whole.b_step),
                    y: whole.y.add(row * whole.y_row),
                    depth: now,
                    init: if done == 0 { whole.init } else { Init::Accumulate },
                    epilogue,
                    ..*whole
                };
                if blocking.pack_a {
                    let a_step = odd_lines::<V::Element>(high);
                    let (from, from_step, lines) = (tile.a, tile.a_step, [now, high]);
                    V::outline(Lines { from, from_step, to: packed_a, to_step: a_step, lines });
                    tile = Tile { a: packed_a, a_step, ..tile };
                }
                let mut column = 0;
                while column < columns {
                    let group = column..(column + blocking.nc).min(columns);
                    column = group.end;
                    panels::<V, FUSED>(product, tile, buffer, group, done, high);
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

/// Packs the panels of a range of columns, for the terms from `done` on, and computes `rows` rows of them.
///
/// # Safety
/// As for [`blocks`], for these rows and terms, with which the tile begins.
#[inline(always)]
unsafe fn panels<V: Vector, const FUSED: bool>(
    product: &Product<V::Element>,
    tile: Tile<V::Element>,
    buffer: *mut V::Element,
    columns: Range<usize>,
    done: usize,
    rows: usize,
) {
    let now = tile.depth;
    let near = product.near() && rows >= PACKING_MR;
    // SAFETY: as for the caller.
    unsafe {
        if !near {
            V::outline(Pack { product, buffer, columns: columns.clone(), done, now });
        }
        let (mut column, mut buffer) = (columns.start, buffer);
        while column < columns.end {
            let (vectors, wide) = product.panel_at::<V>(column);
            let b_panel = packed_panel::<V>(vectors, now);
            let panels = whole_panels::<V>(product, column..columns.end);
            let (b, y, epilogue) =
                (tile.b.wrapping_add(column), tile.y.add(column), tile.epilogue.from(column));
            let unpacked = near.then_some((b, tile.b_step));
            let tile = Tile {
                b: buffer,
                b_step: vectors * V::LANES,
                y,
                epilogue,
                panels,
                b_panel,
                unpacked,
                ..tile
            };
            if matches!(epilogue, Epilogue::Bias(_)) {
                tile.panel::<V, PackedInner, FUSED>(rows, wide);
            } else {
                tile.panel::<V, PackedBatch, FUSED>(rows, wide);
            }
            buffer = buffer.add(panels * b_panel);
            column += panels * wide;
        }
    }
}

/// How many panels from the start of these columns on are as wide as NR. The first is counted in any case.
#[inline(always)]
fn whole_panels<V: Vector>(product: &Product<V::Element>, columns: Range<usize>) -> usize {
    let (nr, mut panels) = (product.nr::<V>(), 1);
    while columns.start + panels * nr < columns.end
        && product.panel_at::<V>(columns.start + panels * nr).1 == nr
    {
        panels += 1;
    }
    panels
}
