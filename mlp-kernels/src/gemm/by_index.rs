//! Products with fused operations on processors that have none: each operation is computed from integers and takes
//! longer than anything that tiles and packing save. So the sums run by index, in one short function.

use super::super::kernels::Mean;
use super::super::scalar::Scalar;
use super::epilogue::{Descent, Epilogue, Init};
use super::product::Product;

/// Columns whose sums run together: they share cache lines of b.
const COLUMNS: usize = 8;

/// Computes the result.
///
/// # Safety
/// The operands are valid in their sizes.
pub(super) unsafe fn compute<E: Scalar>(product: &Product<E>) {
    let (rows, columns) = (product.sizes.rows, product.sizes.columns);
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let wide = COLUMNS.min(columns - column);
            // SAFETY: as for the caller; the columns end with those of the result.
            unsafe { sums(product, row, column, wide) }
            column += wide;
        }
    }
}

/// Computes `wide` numbers of a row, at most [`COLUMNS`].
///
/// # Safety
/// As for [`compute`]; the numbers are in the result.
unsafe fn sums<E: Scalar>(product: &Product<E>, row: usize, column: usize, wide: usize) {
    let tile = &product.tile;
    let (b_step, b_column) = if product.transposed { (1, tile.b_step) } else { (tile.b_step, 1) };
    let mut sums = [if tile.init == Init::NegativeZero { -E::ZERO } else { E::ZERO }; COLUMNS];
    // SAFETY: as for the caller.
    unsafe {
        let y = tile.y.add(row * tile.y_row + column);
        if tile.init == Init::Accumulate {
            for (j, sum) in sums.iter_mut().enumerate().take(wide) {
                *sum = *y.add(j);
            }
        }
        for k in 0..tile.depth {
            let a = *tile.a.add(row * tile.a_row + k * tile.a_step);
            let b = tile.b.add(k * b_step + column * b_column);
            for (j, sum) in sums.iter_mut().enumerate().take(wide) {
                *sum = a.multiply_add(*b.add(j * b_column), *sum);
            }
        }
        for (j, &sum) in sums.iter().enumerate().take(wide) {
            let y = y.add(j);
            match tile.epilogue {
                Epilogue::Bias(bias) if bias.is_null() => *y = sum,
                Epilogue::Bias(bias) => *y = sum + *bias.add(column + j),
                Epilogue::Mean(mean) => *y = of(mean, sum),
                Epilogue::Descent(mean, Descent { factor, y: first, w }) => {
                    let w = w.offset(y.cast_const().offset_from(first));
                    *w = factor.multiply_add(of(mean, sum), *w);
                }
            }
        }
    }
}

/// The mean of a sum.
fn of<E: Scalar>(mean: Mean<E>, sum: E) -> E {
    match mean {
        Mean::None => sum,
        Mean::Times(factor) => sum * factor,
        Mean::Over(count) => sum / count,
    }
}
