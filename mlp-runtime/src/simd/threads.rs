//! Products on the threads of rayon's pool, with the bits that one thread gives.
//!
//! A part of a product is a product: some columns or some rows of the result, with the operands that belong
//! to them. Each number is computed by one thread, its sum in the same order as ever, so neither the cut nor
//! the number of threads is seen in it. The cut depends on the sizes alone.
//!
//! Columns are what is cut where there are enough of them: a product computes them in panels anyway, so each
//! number of b is packed once, as on one thread. Parts of rows pack all of b again, each for itself.

use super::super::scalar::Scalar;
use super::Sizes;
use super::product::Product;
use super::tile::Tile;

/// Multiply-adds from which a product is cut. Threads that sleep must be woken, which took 30 to 50 µs in a
/// virtual machine, and who waits for them sleeps as well; so many took 150 µs in the widest registers.
const MANY: usize = 1 << 23;
/// Multiply-adds that a part has at least: 20 µs or more, beside which handing it over is nothing.
const PART: usize = 1 << 20;

/// Columns of a part are a multiple, but for the last: whole panels of all machines.
const COLUMNS: usize = 64;
/// A last part has as many at least.
const LEAST_COLUMNS: usize = 32;

/// Rows of a part are a multiple, but for the last: whole tiles of all forms.
const ROWS: usize = 24;
/// A part has as many at least, or packing would cost too much.
const LEAST_ROWS: usize = 40;

/// Columns or rows of a product, to be computed by a function.
struct Part<E> {
    product: Product<E>,
    compute: unsafe fn(Product<E>),
    by_rows: bool,
    /// How many columns or rows a part has at least.
    least: usize,
}

// SAFETY: parts are made by `run`, for whose operands the caller vouches. What their pointers read nobody
// writes until `run` returns, and what they write belongs to no other part.
unsafe impl<E: Scalar> Send for Part<E> {}

/// Computes the product by `compute`, in parts if it is large and there are threads for them.
///
/// # Safety
/// What `compute` asks for must hold of all parts of the product.
#[inline(always)]
pub(super) unsafe fn run<E: Scalar>(product: Product<E>, compute: unsafe fn(Product<E>)) {
    let Sizes { rows, depth, columns } = product.sizes;
    let many = rows.saturating_mul(depth).saturating_mul(columns) >= MANY;
    // The pool is asked last: it is there from then on.
    if many && rayon::current_num_threads() > 1 {
        let by_rows = halves(columns, COLUMNS, LEAST_COLUMNS).is_none();
        let (others, least) = if by_rows { (columns, LEAST_ROWS) } else { (rows, LEAST_COLUMNS) };
        let least = least.max(PART.div_ceil(depth * others));
        Part { product, compute, by_rows, least }.run();
    } else {
        // SAFETY: as for the caller.
        unsafe { compute(product) }
    }
}

/// The multiple of `unit` nearest to one half, and the rest, if neither is less than `least`.
fn halves(length: usize, unit: usize, least: usize) -> Option<[usize; 2]> {
    let first = (length / 2 + unit / 2) / unit * unit;
    let rest = length.saturating_sub(first);
    (first >= least && rest >= least).then_some([first, rest])
}

impl<E: Scalar> Part<E> {
    /// Computes it, a half of it perhaps on another thread, and returns when all is done.
    fn run(self) {
        let Self { product, compute, by_rows, least } = self;
        let Product { tile, sizes, transposed } = product;
        let (length, unit) = if by_rows { (sizes.rows, ROWS) } else { (sizes.columns, COLUMNS) };
        let Some([first, rest]) = halves(length, unit, least) else {
            // SAFETY: `run` was told that this is sound for all parts.
            return unsafe { compute(product) };
        };
        let cut = |length| match by_rows {
            true => Sizes { rows: length, ..sizes },
            false => Sizes { columns: length, ..sizes },
        };
        let (rows, columns) = if by_rows { (first, 0) } else { (0, first) };
        // SAFETY: the rest begins as many rows or columns further in a, b, y and the bias.
        let further = unsafe {
            Tile {
                a: tile.a.add(rows * tile.a_row),
                b: tile.b.add(columns * if transposed { tile.b_step } else { 1 }),
                y: tile.y.add(rows * tile.y_row + columns),
                end: tile.end.from(columns),
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
    use super::super::product::{backward, forward, outer};
    use super::super::tile::End;
    use super::*;

    /// The parts of the product that is tested: where they begin in the result, and their sizes.
    static PARTS: Mutex<Vec<(usize, [usize; 3])>> = Mutex::new(Vec::new());

    /// Adds a_r0 + b_0j to each number of the result.
    unsafe fn compute(Product { tile, sizes, transposed }: Product<f64>) {
        let Sizes { rows, depth, columns } = sizes;
        let step = if transposed { tile.b_step } else { 1 };
        for (r, j) in (0..rows).flat_map(|r| (0..columns).map(move |j| (r, j))) {
            // SAFETY: these numbers are there, and no other part has them.
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
                    _ => outer(true, End::Mean(Mean::None), to, a, b, sizes),
                };
                let whole = Part { product, compute, by_rows: false, least: usize::MAX };
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                // SAFETY: the operands are there in their sizes.
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
        /// Takes it to another thread whole: its product alone can't go.
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
        // No part has fewer multiply-adds than it should.
        assert_eq!(parts(32, 256, 1024), [[32, 256, 128]; 8]);
        // Neither is enough for two parts.
        assert_eq!(parts(47, 6000, 50), [[47, 6000, 50]]);
        let mut stream = super::super::super::random::Stream::new(1, 1, "parts");
        let mut draw = |most| stream.uniform_scalar::<f64>(1.0, most) as usize;
        let many = if cfg!(miri) { 0 } else { 200 };
        for _ in 0..many {
            parts(draw(400.0), draw(900.0), draw(600.0));
        }
    }
}
