//! Sizes that decide how products are cut, packed and scheduled.
//!
//! Each was chosen by timing networks of many shapes, old against new in pairs, in the folder `benches/peers`:
//!
//! * `cargo run --release -- --ours` times steps and outputs of each network: blocking and packing;
//! * `cargo run --release -- --curves` times them over widths and batch sizes: the limits from which packing pays;
//! * `cargo run --release --features rayon -- --threads` times them on several threads: the sizes of parts.

/// Multiply-adds from which a kernel for one sample is a function of its own. The code of many layers in one function
/// takes a compiler much longer than the code of each.
pub(in super::super) const OUTLINED: usize = 512;

/// Bytes of a cache line.
pub(super) const LINE: usize = 64;
/// Lines of the first-level cache that are a multiple of this far apart, in bytes, replace one another.
pub(super) const PAGE: usize = 4096;

/// Rows of the tiles that most of a product is cut into: with two registers of columns they fill 16 registers.
pub(super) const MR: usize = 6;
/// Up to this number of rows, tiles are four registers wide.
pub(super) const FEW_ROWS: usize = 2;
/// Rows of the tiles that pack b while they multiply it: their products hide the stores.
pub(super) const PACKING_MR: usize = 4;
/// Terms between two tests for the end of a sum, where b is packed.
pub(super) const UNROLLED_TERMS: usize = 4;
/// Numbers of sums from which there is one such term, where products and sums are rounded separately and there are 16
/// registers: with more, LLVM loads operands of the next term early and keeps sums on the stack.
pub(super) const NOT_UNROLLED: usize = 12;
/// Rows that a panel is multiplied by before the next panel, in sums over samples: they share cache lines of a.
pub(super) const SHARED_ROWS: usize = 24;

/// Registers of columns in a tile for one sample: enough sums to hide the latency of an addition.
pub(super) const GEMV_VECTORS: usize = 8;

/// KC: the terms of a sum that are added before the next tile. First for sums over inputs, then for sums over samples;
/// of each, first where rows of b are far apart, then where they are near (see [`NEAR`]). Fewer terms make longer
/// pieces of the rows that are packed together; near rows are not packed together.
pub(super) const KC: [[usize; 2]; 2] = [[256, 1024], [128, 128]];
/// Bytes of a packed panel, KC × NR, at most: it streams from the second-level cache.
pub(super) const PANEL: usize = 64 * 1024;
/// Bytes of the panels that are packed together, KC × NC, if not all of b fits.
pub(super) const PACKED_B: usize = 256 * 1024;
/// Bytes of packed a, KC × MC. Rows of a are packed where they are so far apart that they replace one another in a
/// cache.
pub(super) const PACKED_A: usize = 64 * 1024;
/// MC is a multiple of this number of rows: whole tiles of all forms.
pub(super) const WHOLE_ROWS: usize = 24;

/// Rows of b that are at most this far apart, in bytes, are near: the first rows of a that they are multiplied by pack
/// them, and the products hide it. Of rows further apart, this would have too few cache lines in flight.
pub(super) const NEAR: usize = 512;
/// Rows of a from which packing b pays, in the order of [`KC`].
pub(super) const PACKED_FROM_ROWS: [[usize; 2]; 2] = [[20, 32], [16, 13]];
/// Rows of b of which one panel is packed before the next panel. A cache has no more places for lines that are pages
/// apart.
pub(super) const ROWS_AT_ONCE: usize = 8;
/// How many rows ahead packing prefetches.
pub(super) const ROWS_AHEAD: usize = 16;

/// Bytes of a packing buffer where little is packed.
pub(super) const SMALL_BUFFER: usize = 64 * 1024;
/// Bytes of a packing buffer where much is packed. The last panel can be half as wide again as the others.
pub(super) const LARGE_BUFFER: usize = PACKED_A + PACKED_B + PANEL / 2;

/// Sizes of the parts of a product on several threads.
#[allow(dead_code, reason = "one thread needs none of them")]
pub(super) mod threads {
    /// Multiply-adds from which a product is cut into parts: about 150 µs in the widest registers. Waking a thread took
    /// 30 to 50 µs in a virtual machine.
    pub(in super::super) const CUT_FROM: usize = 1 << 23;
    /// Multiply-adds of a part, at least: 20 µs or more, much longer than handing it over.
    pub(in super::super) const PART: usize = 1 << 20;
    /// Columns of every part but the last are a multiple of this: whole panels of all instruction sets.
    pub(in super::super) const COLUMNS: usize = 64;
    /// Columns of the last part, at least.
    pub(in super::super) const LEAST_COLUMNS: usize = 32;
    /// Rows of every part but the last are a multiple of this: whole tiles of all forms.
    pub(in super::super) const ROWS: usize = 24;
    /// Rows of a part, at least; below, packing costs too much.
    pub(in super::super) const LEAST_ROWS: usize = 40;
}
