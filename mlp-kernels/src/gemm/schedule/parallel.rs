//! A product on the threads of rayon's pool, with the bits of one thread.
//!
//! A part of a product is a product: a range of columns or rows of the result, with their operands. Each number is
//! computed by one thread, in the same order of terms, so the cut and the number of threads do not change it. The cut
//! depends on the sizes alone.
//!
//! Columns are cut if there are enough of them: they are computed in panels, so each number of b is packed once, as on
//! one thread. Parts of rows pack all of b each.

use super::super::scalar::Scalar;
use super::product::{Product, Sizes};
use super::tile::Tile;
use super::tuning::threads::{COLUMNS, CUT_FROM, LEAST_COLUMNS, LEAST_ROWS, PART, ROWS};

/// A range of columns or rows of a product, and the function that computes it.
struct Part<E> {
    product: Product<E>,
    compute: unsafe fn(Product<E>),
    by_rows: bool,
    /// The least number of columns or rows of a part.
    least: usize,
}

// SAFETY: parts are made by `run`, whose caller guarantees the operands. Nobody writes what their pointers read until
// `run` returns, and what they write belongs to no other part.
unsafe impl<E: Scalar> Send for Part<E> {}

/// Computes the product by `compute`, in parts if it is large and there are threads for them.
///
/// # Safety
/// The conditions of `compute` hold for all parts of the product.
#[inline(always)]
pub(in super::super) unsafe fn run<E: Scalar>(product: Product<E>, compute: unsafe fn(Product<E>)) {
    let Sizes { rows, depth, columns } = product.sizes;
    let large = rows.saturating_mul(depth).saturating_mul(columns) >= CUT_FROM;
    // The pool is asked last: the question creates it.
    if large && rayon::current_num_threads() > 1 {
        let by_rows = halves(columns, COLUMNS, LEAST_COLUMNS).is_none();
        let (others, least) = if by_rows { (columns, LEAST_ROWS) } else { (rows, LEAST_COLUMNS) };
        let least = least.max(PART.div_ceil(depth * others));
        Part { product, compute, by_rows, least }.run();
    } else {
        // SAFETY: as for the caller.
        unsafe { compute(product) }
    }
}

/// The multiple of `unit` nearest to one half, and the rest; `None` if either is less than `least`.
fn halves(length: usize, unit: usize, least: usize) -> Option<[usize; 2]> {
    let first = (length / 2 + unit / 2) / unit * unit;
    let rest = length.saturating_sub(first);
    (first >= least && rest >= least).then_some([first, rest])
}

impl<E: Scalar> Part<E> {
    /// Computes the part; a half of it may run on another thread. Returns when both are done.
    fn run(self) {
        let Self { product, compute, by_rows, least } = self;
        let Product { tile, sizes, transposed } = product;
        let (length, unit) = if by_rows { (sizes.rows, ROWS) } else { (sizes.columns, COLUMNS) };
        let Some([first, rest]) = halves(length, unit, least) else {
            // SAFETY: the caller of `run` guarantees it for all parts.
            return unsafe { compute(product) };
        };
        let cut = |length| match by_rows {
            true => Sizes { rows: length, ..sizes },
            false => Sizes { columns: length, ..sizes },
        };
        let (rows, columns) = if by_rows { (first, 0) } else { (0, first) };
        // SAFETY: the rest begins `first` rows or columns later in a, b, y and the bias, which have them.
        let further = unsafe {
            Tile {
                a: tile.a.add(rows * tile.a_row),
                b: tile.b.add(columns * if transposed { tile.b_step } else { 1 }),
                y: tile.y.add(rows * tile.y_row + columns),
                epilogue: tile.epilogue.from(columns),
                ..tile
            }
        };
        let one = Self { product: Product { sizes: cut(first), ..product }, ..self };
        let other = Self { product: Product { tile: further, sizes: cut(rest), transposed }, ..self };
        rayon::join(move || one.run(), move || other.run());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use core::ptr::null;
    use std::{sync::Mutex, vec, vec::Vec};

    use super::super::super::kernels::Mean;
    use super::super::epilogue::Epilogue;
    use super::super::product::{backward, forward, outer};
    use super::*;

    /// The parts of the tested product: where they begin in the result, and their sizes.
    static PARTS: Mutex<Vec<(usize, [usize; 3])>> = Mutex::new(Vec::new());

    /// Adds a_r0 + b_0j to each number of the result.
    unsafe fn compute(Product { tile, sizes, transposed }: Product<f64>) {
        let Sizes { rows, depth, columns } = sizes;
        let step = if transposed { tile.b_step } else { 1 };
        for (r, j) in (0..rows).flat_map(|r| (0..columns).map(move |j| (r, j))) {
            // SAFETY: the numbers are valid, and no other part has them.
            unsafe { *tile.y.add(r * tile.y_row + j) += *tile.a.add(r * tile.a_row) + *tile.b.add(j * step) };
        }
        PARTS.lock().unwrap().push((tile.y.addr() / size_of::<f64>(), [rows, depth, columns]));
    }

    /// The parts, in order, of all kinds of product in these sizes; each number is in one of them, with
    /// the operands that belong to it.
    fn parts(rows: usize, depth: usize, columns: usize) -> Vec<[usize; 3]> {
        let sizes = Sizes { rows, depth, columns };
        let (mut a, mut b) = (vec![0.0; rows * depth], vec![0.0; depth * columns]);
        let mut all = Vec::new();
        for kind in ["forward", "backward", "outer"] {
            let (a_row, b_step) =
                (if kind == "outer" { 1 } else { depth }, if kind == "backward" { depth } else { 1 });
            (0..rows).for_each(|r| a[r * a_row] = r as f64);
            (0..columns).for_each(|j| b[j * b_step] = j as f64 / 65536.0);
            for threads in [2, 3, 7] {
                let mut y = vec![0.0; rows * columns];
                let (a, b, to) = (a.as_ptr(), b.as_ptr(), y.as_mut_ptr());
                let product = match kind {
                    "forward" => forward(a, b, null(), to, sizes),
                    "backward" => backward(b, a, null(), to, sizes),
                    _ => outer(true, Epilogue::Mean(Mean::None), to, a, b, sizes),
                };
                let whole = Part { product, compute, by_rows: false, least: usize::MAX };
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                // SAFETY: the operands are valid in their sizes.
                pool.install(move || unsafe { run(whole.into_product(), compute) });
                for (i, y) in y.iter().enumerate() {
                    let (r, j) = (i / columns, i % columns);
                    assert_eq!(*y, r as f64 + j as f64 / 65536.0, "{kind} {rows} {depth} {columns}: {r} {j}");
                }
                let mut found = core::mem::take(&mut *PARTS.lock().unwrap());
                found.sort_unstable();
                all.push(found.into_iter().map(|(_, sizes)| sizes).collect::<Vec<_>>());
            }
        }
        assert!(all.iter().all(|parts| *parts == all[0]), "{all:?}");
        all.swap_remove(0)
    }

    impl<E> Part<E> {
        /// The product. It moves to another thread as a `Part`, since a `Product` is not `Send`.
        fn into_product(self) -> Product<E> {
            self.product
        }
    }

    /// One test, since there is one list of parts.
    #[test]
    fn each_number_is_in_one_part() {
        // Below the threshold, and at it.
        assert_eq!(parts(64, 512, 255), [[64, 512, 255]]);
        assert_eq!(parts(64, 512, 256), [[64, 512, 64]; 4]);
        // Columns, with the rest in the last part, or rows where columns are few.
        assert_eq!(parts(100, 600, 161), [[100, 600, 64], [100, 600, 64], [100, 600, 33]]);
        assert_eq!(parts(128, 2000, 40), [[72, 2000, 40], [56, 2000, 40]]);
        assert_eq!(parts(1000, 300, 70).iter().map(|[rows, ..]| rows).sum::<usize>(), 1000);
        // No part has fewer multiply-adds than `PART`.
        assert_eq!(parts(32, 256, 1024), [[32, 256, 128]; 8]);
        // Neither rows nor columns are enough for two parts.
        assert_eq!(parts(47, 6000, 50), [[47, 6000, 50]]);
        let mut stream = super::super::super::random::Stream::new(1, 1, "parts");
        let mut draw = |most| stream.uniform_scalar::<f64>(1.0, most) as usize;
        let many = if cfg!(miri) { 0 } else { 200 };
        for _ in 0..many {
            parts(draw(400.0), draw(900.0), draw(600.0));
        }
    }
}
