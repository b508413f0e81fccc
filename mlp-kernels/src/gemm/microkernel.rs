//! The micro-kernel of all products: the sums of a tile are in registers while their terms are added.

use super::super::isa::vector::Vector;
use super::super::scalar::Scalar;
use super::epilogue::{Descent, Epilogue, Init, add_bias, means};
use super::tile::{Layout, Tile, repeats};
use super::tuning::{LINE, NOT_UNROLLED, PACKING_MR, UNROLLED_TERMS};

/// The statements for each number below `$count`, a constant of at most 8, without a loop. Of a loop, LLVM makes the same
/// code in ten passes; together they took half of the time in which the kernels are compiled.
macro_rules! each {
    ($index:ident < $count:ident $body:block) => {
        each!(@one $index < $count $body, 0 1 2 3 4 5 6 7)
    };
    (@one $index:ident < $count:ident $body:block, $($number:literal)*) => {$(
        if const { $number < $count } {
            const $index: usize = $number;
            $body
        }
    )*};
}
pub(super) use each;

/// Computes R rows of C registers; with `MASKED` the last register has `tail` numbers only.
///
/// # Safety
/// All rows of a, b and y are valid in these sizes and laid out as L says, and the numbers that are read are
/// initialised; `tail` is at most LANES; if b is to be packed, its buffer is valid. The processor has the instructions
/// of V.
#[cfg_attr(debug_assertions, inline(never))] // frames of debug builds would add up
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) unsafe fn compute<
    V: Vector,
    L: Layout,
    const FUSED: bool,
    const R: usize,
    const C: usize,
    const MASKED: bool,
>(
    tile: &Tile<V::Element>,
    tail: usize,
) {
    // SAFETY: all addresses are inside the rows that the caller guarantees: the last register has `tail` numbers, or
    // all without `MASKED`. Without terms, neither a nor b is read.
    unsafe {
        let mask = V::mask(tail);
        if L::PACKED {
            prefetch_next::<V, R, C>(tile);
        }
        let mut sums = init::<V, L, R, C, MASKED>(tile, mask);
        let full = !FUSED && !V::MANY_REGISTERS && R * C >= NOT_UNROLLED;
        let at_once = if L::PACKED && !full { UNROLLED_TERMS } else { 1 };
        let whole = tile.depth - tile.depth % at_once;
        let mut k = 0;
        while k < whole {
            for next in 0..at_once {
                add::<V, L, FUSED, R, C, MASKED>(tile, k + next, mask, &mut sums);
            }
            k += at_once;
        }
        while k < tile.depth {
            add::<V, L, FUSED, R, C, MASKED>(tile, k, mask, &mut sums);
            k += 1;
        }
        finish::<V, L, FUSED, R, C, MASKED>(tile, mask, sums);
    }
}

/// Prefetches the results of a later tile: the same rows of the next panel or, if there is none, the next rows. They
/// are pages apart, which no processor prefetches by itself.
#[inline(always)]
fn prefetch_next<V: Vector, const R: usize, const C: usize>(tile: &Tile<V::Element>) {
    let line = LINE / size_of::<V::Element>();
    let result = match tile.epilogue {
        Epilogue::Descent(_, Descent { y, w, .. }) => {
            w.wrapping_byte_add(tile.y.addr().wrapping_sub(y.addr())).cast_const()
        }
        _ => tile.y.cast_const(),
    };
    let (first, right) = if tile.panels > 1 { (0, C * V::LANES) } else { (R, 0) };
    let result = result.wrapping_add(first * tile.y_row + right);
    each!(ROW < R {
        let row = result.wrapping_add(ROW * tile.y_row);
        let mut number = 0;
        while number < C * V::LANES {
            V::prefetch(row.wrapping_add(number));
            number += line;
        }
    });
}

/// The sums before their first term.
///
/// # Safety
/// As for [`compute`].
#[inline(always)]
unsafe fn init<V: Vector, L: Layout, const R: usize, const C: usize, const MASKED: bool>(
    tile: &Tile<V::Element>,
    mask: V::Mask,
) -> [[V; C]; R] {
    // SAFETY: as for the caller.
    unsafe {
        let zero = if tile.init == Init::NegativeZero { -V::Element::ZERO } else { V::Element::ZERO };
        let mut sums = [[V::splat(zero); C]; R];
        if tile.init == Init::Accumulate {
            each!(ROW < R {
                let from = tile.y.add(tile.row::<L, R>(ROW) * tile.y_row);
                sums[ROW] = load::<V, C, MASKED>(from, mask);
            });
        }
        sums
    }
}

/// Adds the products of term k.
///
/// # Safety
/// As for [`compute`]; k is less than the depth.
#[inline(always)]
unsafe fn add<V: Vector, L: Layout, const FUSED: bool, const R: usize, const C: usize, const MASKED: bool>(
    tile: &Tile<V::Element>,
    k: usize,
    mask: V::Mask,
    sums: &mut [[V; C]; R],
) {
    let (b, b_step) = match tile.unpacked {
        Some(unpacked) if !L::PACKED && R == PACKING_MR => unpacked,
        _ if L::PACKED => (tile.b, C * V::LANES),
        _ => (tile.b, tile.b_step),
    };
    let a_step = if L::INNER { 1 } else { tile.a_step };
    let a_row = if L::BATCH { 1 } else { tile.a_row };
    // SAFETY: as for the caller.
    unsafe {
        let from = b.add(k * b_step);
        let b = if const { MASKED && !L::PACKED } {
            load::<V, C, true>(from, mask)
        } else {
            load::<V, C, false>(from, mask)
        };
        if const { !L::PACKED && R == PACKING_MR } && tile.unpacked.is_some() {
            let to = tile.b.cast_mut().add(k * C * V::LANES);
            store::<V, C, false>(b, to, mask);
        }
        let a = tile.a.add(k * a_step);
        // The sums of one row are often written out for all terms. In this form LLVM then adds to all of them at once; in
        // the other, it completes one sum before the next.
        if const { R == 1 } {
            let a = V::splat(*a);
            for (sum, b) in sums.iter_mut().flatten().zip(b) {
                *sum = a.add_product::<FUSED>(b, *sum);
            }
            return;
        }
        each!(ROW < R {
            let a = V::splat(*a.add(tile.row::<L, R>(ROW) * a_row));
            add_products::<V, FUSED, C>(a, b, &mut sums[ROW]);
        });
    }
}

/// Applies the epilogue and stores the result.
///
/// # Safety
/// As for [`compute`].
#[inline(always)]
unsafe fn finish<
    V: Vector,
    L: Layout,
    const FUSED: bool,
    const R: usize,
    const C: usize,
    const MASKED: bool,
>(
    tile: &Tile<V::Element>,
    mask: V::Mask,
    mut sums: [[V; C]; R],
) {
    // SAFETY: as for the caller.
    unsafe {
        // Plain loops: a closure is a function of its own, compiled without the instructions of V.
        match tile.epilogue {
            Epilogue::Bias(bias) if !L::BATCH => {
                if !bias.is_null() {
                    add_bias::<V, R, C, MASKED>(bias, mask, &mut sums);
                }
            }
            Epilogue::Mean(mean) | Epilogue::Descent(mean, _) if !L::INNER => {
                means(mean, &mut sums);
                if let Epilogue::Descent(_, descent) = tile.epilogue {
                    return descend::<V, L, FUSED, R, C, MASKED>(tile, mask, sums, descent);
                }
            }
            Epilogue::Bias(_) | Epilogue::Mean(_) | Epilogue::Descent(..) => {
                debug_assert!(false, "an epilogue that the layout excludes");
            }
        }
        for (r, row) in IntoIterator::into_iter(sums).enumerate() {
            if tile.row::<L, R>(r) < r {
                break;
            }
            for (c, sum) in IntoIterator::into_iter(row).enumerate() {
                let to = tile.y.add(r * tile.y_row + c * V::LANES);
                if MASKED && c + 1 == C { sum.store_masked(to, mask) } else { sum.store(to) }
            }
        }
    }
}

/// Takes a step of gradient descent with the sums as gradients.
///
/// # Safety
/// As for [`compute`]; y is inside the result of the descent, and w is valid in the size of that result.
#[inline(always)]
unsafe fn descend<
    V: Vector,
    L: Layout,
    const FUSED: bool,
    const R: usize,
    const C: usize,
    const MASKED: bool,
>(
    tile: &Tile<V::Element>,
    mask: V::Mask,
    sums: [[V; C]; R],
    descent: Descent<V::Element>,
) {
    // SAFETY: as for the caller; w is indexed as the result is.
    unsafe {
        let factor = V::splat(descent.factor);
        let w = descent.w.offset(tile.y.cast_const().offset_from(descent.y));
        each!(ROW < R {
            if const { !repeats::<L>(R) || ROW + 1 < R } || !tile.repeated {
                let w = w.add(ROW * tile.y_row);
                let mut row = load::<V, C, MASKED>(w, mask);
                add_products::<V, FUSED, C>(factor, sums[ROW], &mut row);
                store::<V, C, MASKED>(row, w, mask);
            }
        });
    }
}

/// The numbers of C registers.
///
/// # Safety
/// They are valid, the last register in the lanes of the mask if it is `MASKED`; the processor has the instructions of V.
#[inline(always)]
pub(super) unsafe fn load<V: Vector, const C: usize, const MASKED: bool>(
    from: *const V::Element,
    mask: V::Mask,
) -> [V; C] {
    // SAFETY: as for the caller.
    unsafe {
        let mut row = [V::splat(V::Element::ZERO); C];
        each!(COLUMN < C {
            let from = from.add(COLUMN * V::LANES);
            row[COLUMN] = if const { MASKED && COLUMN + 1 == C } { V::load_masked(from, mask) } else { V::load(from) };
        });
        row
    }
}

/// Stores C registers.
///
/// # Safety
/// As for [`load`].
#[inline(always)]
unsafe fn store<V: Vector, const C: usize, const MASKED: bool>(
    row: [V; C],
    to: *mut V::Element,
    mask: V::Mask,
) {
    // SAFETY: as for the caller.
    unsafe {
        each!(COLUMN < C {
            let to = to.add(COLUMN * V::LANES);
            if const { MASKED && COLUMN + 1 == C } {
                row[COLUMN].store_masked(to, mask);
            } else {
                row[COLUMN].store(to);
            }
        });
    }
}

/// sums_c += a b_c.
///
/// # Safety
/// The processor has the instructions of V.
#[inline(always)]
unsafe fn add_products<V: Vector, const FUSED: bool, const C: usize>(a: V, b: [V; C], sums: &mut [V; C]) {
    // SAFETY: as for the caller.
    unsafe {
        each!(COLUMN < C {
            sums[COLUMN] = a.add_product::<FUSED>(b[COLUMN], sums[COLUMN]);
        });
    }
}
