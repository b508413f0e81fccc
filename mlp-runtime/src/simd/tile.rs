//! The one loop of all products: a tile of the result is held in registers while the sum runs.

use core::marker::PhantomData;

use super::super::{kernels::Mean, scalar::Scalar};
use super::vector::{Apart, Vector};

/// What a sum begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// With its first term: −0, to which any number may be added without changing it.
    Nothing,
    /// With +0.
    Zero,
    /// With what stands in its place.
    Place,
}

/// What a sum ends with.
#[derive(Clone, Copy)]
pub(super) enum End<E> {
    /// Over inputs: y_rj + b_j, b_0 being here; as it is where this is null.
    Bias(*const E),
    /// Over samples: multiplied by this, or divided by it.
    Mean(Mean<E>),
    /// Over samples: as a mean, then as a step.
    Descent(Mean<E>, Descent<E>),
}

/// A step of gradient descent: w_rj − rate · y_rj is written over w_rj, and nothing over y_rj.
#[derive(Clone, Copy)]
pub(super) struct Descent<E> {
    /// −rate.
    pub(super) factor: E,
    /// y_00 of the whole result.
    pub(super) y: *const E,
    /// w_00, whose rows are as far apart as those of y.
    pub(super) w: *mut E,
}

impl<E> End<E> {
    /// That of the columns from this one on.
    #[inline(always)]
    pub(super) fn from(self, column: usize) -> Self {
        match self {
            Self::Bias(bias) if !bias.is_null() => Self::Bias(bias.wrapping_add(column)),
            other => other,
        }
    }

    /// That of the sums which another panel goes on with.
    #[inline(always)]
    pub(super) fn open(self) -> Self {
        match self {
            Self::Bias(_) => Self::Bias(core::ptr::null()),
            Self::Mean(_) | Self::Descent(..) => Self::Mean(Mean::None),
        }
    }
}

/// Where the operands of y_rj ∘= Σ_k a_rk b_kj stand, in numbers.
#[derive(Clone, Copy)]
pub(super) struct Tile<E> {
    /// a_00; a_rk stands `r · a_row + k · a_step` behind it.
    pub(super) a: *const E,
    pub(super) a_row: usize,
    pub(super) a_step: usize,
    /// b_00; rows are `b_step` apart, their numbers side by side.
    pub(super) b: *const E,
    pub(super) b_step: usize,
    /// y_00; rows are `y_row` apart.
    pub(super) y: *mut E,
    pub(super) y_row: usize,
    pub(super) depth: usize,
    pub(super) start: Start,
    /// What happens to the sums at their end.
    pub(super) end: End<E>,
    /// How many panels of b are multiplied by the same rows, whole vectors but for the only one.
    pub(super) panels: usize,
    /// How far apart they are.
    pub(super) b_panel: usize,
    /// Where b stands and how far apart its rows are, if it has not been packed yet: the first rows that are
    /// computed do it.
    pub(super) unpacked: Option<(*const E, usize)>,
    /// Whether the last row is the one before it once more, which is written once. A tile of one row less would
    /// take as long, and be code of its own.
    pub(super) repeated: bool,
}

/// What is known of a tile when it is compiled: constants in its loop, and ends it need not have.
pub(super) trait Layout {
    /// Whether b has been packed: `b_step` is as many numbers as the vectors have, all initialised.
    const PACKED: bool;
    /// Whether sums run over inputs, `a_step` being 1; if not, nothing is known.
    const INPUTS: bool;
    /// Whether sums run over samples, `a_row` being 1; if not, nothing is known.
    const SAMPLES: bool;
}

/// Whether a tile of so many rows may repeat its last.
const fn repeats<L: Layout>(rows: usize) -> bool {
    !L::PACKED && rows > FEW
}

/// Nothing is known.
pub(super) struct Loose;
/// b is packed, sums run over inputs.
pub(super) struct Inputs;
/// b is packed, sums run over samples.
pub(super) struct Samples;

impl Layout for Loose {
    const PACKED: bool = false;
    const INPUTS: bool = false;
    const SAMPLES: bool = false;
}

impl Layout for Inputs {
    const PACKED: bool = true;
    const INPUTS: bool = true;
    const SAMPLES: bool = false;
}

impl Layout for Samples {
    const PACKED: bool = true;
    const INPUTS: bool = false;
    const SAMPLES: bool = true;
}

/// Terms that are added between two counts of them, where places are constants.
const AT_ONCE: usize = 4;
/// Bytes of a line of the cache.
pub(super) const LINE: usize = 64;
/// Rows that b is packed by: enough for it to hide behind.
pub(super) const PACKING: usize = 4;
/// Rows of the tiles that most of a product is cut into: with two vectors they fill 16 registers.
pub(super) const ROWS: usize = 6;
/// Rows for which tiles are four vectors wide.
pub(super) const FEW: usize = 2;
/// Rows over samples that are computed for each panel before the next, at most: they share lines of a.
const SHARED: usize = 24;

impl<E: Scalar> Tile<E> {
    /// Computes R rows of C vectors; with `MASKED` the last vector has `tail` numbers only.
    ///
    /// # Safety
    /// All rows of a, b and y must be there in these sizes and stand as L says, what is read initialised;
    /// `tail` is at most LANES; where b is to be packed, there is room for it. The instructions of V must be
    /// there as well.
    #[cfg_attr(debug_assertions, inline(never))] // frames of debug builds would pile up
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) unsafe fn compute<
        V,
        L,
        const FUSED: bool,
        const R: usize,
        const C: usize,
        const MASKED: bool,
    >(
        &self,
        tail: usize,
    ) where
        V: Vector<Element = E>,
        L: Layout,
    {
        // SAFETY: all places lie inside the rows that the caller vouches for: there are `tail` numbers of the
        // last vector, or all of them without `MASKED`. Without terms, neither a nor b is touched.
        unsafe {
            let mask = V::first(tail);
            if L::PACKED {
                self.ask_for_next::<V, R, C>();
            }
            let mut sums = self.started::<V, L, R, C, MASKED>(mask);
            let at_once = if L::PACKED { AT_ONCE } else { 1 };
            let whole = self.depth - self.depth % at_once;
            let mut k = 0;
            while k < whole {
                for next in 0..at_once {
                    self.add::<V, L, FUSED, R, C, MASKED>(k + next, mask, &mut sums);
                }
                k += at_once;
            }
            while k < self.depth {
                self.add::<V, L, FUSED, R, C, MASKED>(k, mask, &mut sums);
                k += 1;
            }
            self.finish::<V, L, FUSED, R, C, MASKED>(mask, sums);
        }
    }

    /// Asks for what a later tile reads or writes at its start and end: the same rows of the next panel, or
    /// the next rows where there is none. They are pages apart, which no processor asks for by itself.
    #[inline(always)]
    fn ask_for_next<V: Vector<Element = E>, const R: usize, const C: usize>(&self) {
        let line = LINE / size_of::<E>();
        let result = match self.end {
            End::Descent(_, Descent { y, w, .. }) => {
                w.wrapping_byte_add(self.y.addr().wrapping_sub(y.addr())).cast_const()
            }
            _ => self.y.cast_const(),
        };
        let (first, right) = if self.panels > 1 { (0, C * V::LANES) } else { (R, 0) };
        for r in first..first + R {
            let row = result.wrapping_add(r * self.y_row + right);
            for number in (0..C * V::LANES).step_by(line) {
                V::ask_for(row.wrapping_add(number));
            }
        }
    }

    /// Which row the sums in this place are of.
    #[inline(always)]
    fn row<L: Layout, const R: usize>(&self, place: usize) -> usize {
        let repeats = const { repeats::<L>(R) } && place + 1 == R && self.repeated;
        place - usize::from(repeats)
    }

    /// # Safety
    /// As for `compute`.
    #[inline(always)]
    unsafe fn started<V, L, const R: usize, const C: usize, const MASKED: bool>(
        &self,
        mask: V::Mask,
    ) -> [[V; C]; R]
    where
        V: Vector<Element = E>,
        L: Layout,
    {
        // SAFETY: as for the caller.
        unsafe {
            let zero = if self.start == Start::Nothing { -E::ZERO } else { E::ZERO };
            let mut sums = [[V::splat(zero); C]; R];
            if self.start == Start::Place {
                for (r, row) in sums.iter_mut().enumerate() {
                    for (c, sum) in row.iter_mut().enumerate() {
                        let from = self.y.add(self.row::<L, R>(r) * self.y_row + c * V::LANES);
                        *sum = if MASKED && c + 1 == C { V::load_masked(from, mask) } else { V::load(from) };
                    }
                }
            }
            sums
        }
    }

    /// Adds the products of term k.
    ///
    /// # Safety
    /// As for `compute`; k is less than the depth.
    #[inline(always)]
    unsafe fn add<V, L, const FUSED: bool, const R: usize, const C: usize, const MASKED: bool>(
        &self,
        k: usize,
        mask: V::Mask,
        sums: &mut [[V; C]; R],
    ) where
        V: Vector<Element = E>,
        L: Layout,
    {
        let (b, b_step) = match self.unpacked {
            Some(unpacked) if !L::PACKED && R == PACKING => unpacked,
            _ if L::PACKED => (self.b, C * V::LANES),
            _ => (self.b, self.b_step),
        };
        let a_step = if L::INPUTS { 1 } else { self.a_step };
        let a_row = if L::SAMPLES { 1 } else { self.a_row };
        // SAFETY: as for the caller.
        unsafe {
            let from = b.add(k * b_step);
            let mut b = [V::splat(E::ZERO); C];
            for (c, b) in b.iter_mut().enumerate() {
                let from = from.add(c * V::LANES);
                let masked = MASKED && !L::PACKED && c + 1 == C;
                *b = if masked { V::load_masked(from, mask) } else { V::load(from) };
                if !L::PACKED && R == PACKING && self.unpacked.is_some() {
                    b.store(self.b.cast_mut().add((k * C + c) * V::LANES));
                }
            }
            let a = self.a.add(k * a_step);
            for (r, row) in sums.iter_mut().enumerate() {
                let a = V::splat(*a.add(self.row::<L, R>(r) * a_row));
                for (sum, b) in row.iter_mut().zip(b) {
                    *sum = a.add_product::<FUSED>(b, *sum);
                }
            }
        }
    }

    /// # Safety
    /// As for `compute`.
    #[inline(always)]
    unsafe fn finish<V, L, const FUSED: bool, const R: usize, const C: usize, const MASKED: bool>(
        &self,
        mask: V::Mask,
        mut sums: [[V; C]; R],
    ) where
        V: Vector<Element = E>,
        L: Layout,
    {
        // SAFETY: as for the caller.
        unsafe {
            // Plain loops: a closure is code of its own, without the instructions of V.
            match self.end {
                End::Bias(bias) if !L::SAMPLES => {
                    if !bias.is_null() {
                        add_bias::<V, R, C, MASKED>(bias, mask, &mut sums);
                    }
                }
                End::Mean(mean) if !L::INPUTS => means(mean, &mut sums),
                End::Descent(mean, descent) if !L::INPUTS => {
                    means(mean, &mut sums);
                    return self.descend::<V, L, FUSED, R, C, MASKED>(mask, sums, descent);
                }
                _ => debug_assert!(false, "an end that the layout excludes"),
            }
            for (r, row) in sums.into_iter().enumerate() {
                if self.row::<L, R>(r) < r {
                    break;
                }
                for (c, sum) in row.into_iter().enumerate() {
                    let to = self.y.add(r * self.y_row + c * V::LANES);
                    if MASKED && c + 1 == C { sum.store_masked(to, mask) } else { sum.store(to) }
                }
            }
        }
    }

    /// # Safety
    /// As for `compute`; y lies in the result of the descent, and w has the numbers that the result has.
    #[inline(always)]
    unsafe fn descend<V, L, const FUSED: bool, const R: usize, const C: usize, const MASKED: bool>(
        &self,
        mask: V::Mask,
        sums: [[V; C]; R],
        descent: Descent<E>,
    ) where
        V: Vector<Element = E>,
        L: Layout,
    {
        // SAFETY: as for the caller; w is indexed as the result is.
        unsafe {
            let factor = V::splat(descent.factor);
            let w = descent.w.offset(self.y.cast_const().offset_from(descent.y));
            for (r, row) in sums.into_iter().enumerate() {
                if self.row::<L, R>(r) < r {
                    break;
                }
                for (c, sum) in row.into_iter().enumerate() {
                    let w = w.add(r * self.y_row + c * V::LANES);
                    if MASKED && c + 1 == C {
                        factor.add_product::<FUSED>(sum, V::load_masked(w, mask)).store_masked(w, mask);
                    } else {
                        factor.add_product::<FUSED>(sum, V::load(w)).store(w);
                    }
                }
            }
        }
    }

    /// The tile some rows further down.
    ///
    /// # Safety
    /// The rows must be there.
    #[inline(always)]
    pub(super) unsafe fn down(&self, rows: usize) -> Self {
        // SAFETY: the rows are there; those of a may be empty, so its place is only counted.
        let y = unsafe { self.y.add(rows * self.y_row) };
        Self { a: self.a.wrapping_add(rows * self.a_row), y, ..*self }
    }

    /// Computes rows R at a time, as long as there are as many, or one less where the last may be repeated; and
    /// returns the tile of those that are left.
    ///
    /// # Safety
    /// As for `compute`.
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
                V::apart(Rows::<E, L, FUSED, R, C> { tile: *self, rows: whole, tail, layout: PhantomData })
            };
        }
        // The places of rows that may be none are only counted.
        Self {
            a: self.a.wrapping_add(whole * self.a_row),
            y: self.y.wrapping_add(whole * self.y_row),
            ..*self
        }
    }

    /// Computes any number of rows, R at a time as long as there are as many.
    ///
    /// # Safety
    /// As for `compute`.
    #[inline(always)]
    unsafe fn rows<V, L, const FUSED: bool, const R: usize, const C: usize>(
        &self,
        mut rows: usize,
        tail: usize,
    ) where
        V: Vector<Element = E>,
        L: Layout,
    {
        // SAFETY: as for the caller; Loose says nothing.
        unsafe {
            let mut rest = *self;
            if L::PACKED && self.unpacked.is_some() {
                debug_assert!(rows >= PACKING);
                rest = rest.by::<V, Loose, FUSED, PACKING, C>(&mut { PACKING }, tail);
                rest.unpacked = None;
                rows -= PACKING;
            }
            let rest = rest.by::<V, L, FUSED, R, C>(&mut rows, tail);
            let rest = if R > 4 { rest.by::<V, Loose, FUSED, 4, C>(&mut rows, tail) } else { rest };
            let rest = rest.by::<V, Loose, FUSED, 2, C>(&mut rows, tail);
            rest.by::<V, Loose, FUSED, 1, C>(&mut rows, tail);
        }
    }

    /// Computes any number of rows of as many vectors as [`side_by_side`] says, or [`wide`] for few rows where b
    /// is not packed.
    ///
    /// # Safety
    /// As for `compute`; there is at least one column.
    #[inline(always)]
    pub(super) unsafe fn panel<V: Vector<Element = E>, L: Layout, const FUSED: bool>(
        &self,
        rows: usize,
        columns: usize,
    ) {
        let vectors = columns.div_ceil(V::LANES);
        let tail = columns - (vectors - 1) * V::LANES;
        debug_assert!(columns > 0);
        debug_assert!(vectors == side_by_side::<V>(columns) || rows <= FEW && vectors == wide::<V>(columns));
        // As few forms as fill the registers: each is code for two types in two arithmetics.
        // SAFETY: as for the caller; the vectors have `columns` numbers in all.
        unsafe {
            match (V::MANY, vectors) {
                (_, 1) => self.rows::<V, L, FUSED, 8, 1>(rows, tail),
                (true, 2) => self.rows::<V, L, FUSED, 8, 2>(rows, tail),
                (true, 3) => self.rows::<V, L, FUSED, 8, 3>(rows, tail),
                (true, _) => self.rows::<V, L, FUSED, ROWS, 4>(rows, tail),
                // With four rows of packed panels LLVM kept one of the sums on the stack.
                (false, 3) if L::PACKED => self.rows::<V, L, FUSED, 3, 3>(rows, tail),
                (false, 3) => self.rows::<V, L, FUSED, 4, 3>(rows, tail),
                (false, 2) => self.rows::<V, L, FUSED, ROWS, 2>(rows, tail),
                (false, _) => self.rows::<V, Loose, FUSED, FEW, 4>(rows, tail),
            }
        }
    }
}

/// Rows of a tile, a multiple of R or, where the last may be repeated, one less.
struct Rows<E, L, const FUSED: bool, const R: usize, const C: usize> {
    tile: Tile<E>,
    rows: usize,
    tail: usize,
    layout: PhantomData<L>,
}

impl<V, L, const FUSED: bool, const R: usize, const C: usize> Apart<V> for Rows<V::Element, L, FUSED, R, C>
where
    V: Vector,
    L: Layout,
{
    #[inline(always)]
    unsafe fn run(self) {
        let group = if L::SAMPLES { SHARED / R * R } else { R };
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
                        tile.compute::<V, L, FUSED, R, C, true>(self.tail);
                        r += R;
                    }
                    let wide = C * V::LANES;
                    tile = Tile {
                        b: tile.b.wrapping_add(tile.b_panel),
                        unpacked: tile.unpacked.map(|(b, step)| (b.wrapping_add(wide), step)),
                        y: tile.y.wrapping_add(wide),
                        end: tile.end.from(wide),
                        ..tile
                    };
                }
            }
            row += high;
        }
    }
}

/// # Safety
/// The bias must have as many numbers as the sums of a row, the processor the instructions of V.
#[inline(always)]
unsafe fn add_bias<V: Vector, const R: usize, const C: usize, const MASKED: bool>(
    bias: *const V::Element,
    mask: V::Mask,
    sums: &mut [[V; C]; R],
) {
    // SAFETY: as for the caller.
    unsafe {
        let mut added = [V::splat(V::Element::ZERO); C];
        for (c, added) in added.iter_mut().enumerate() {
            let from = bias.add(c * V::LANES);
            *added = if MASKED && c + 1 == C { V::load_masked(from, mask) } else { V::load(from) };
        }
        for row in sums {
            for (sum, added) in row.iter_mut().zip(added) {
                *sum = sum.add(added);
            }
        }
    }
}

/// # Safety
/// The instructions of V must be there.
#[inline(always)]
unsafe fn means<V: Vector, const R: usize, const C: usize>(mean: Mean<V::Element>, sums: &mut [[V; C]; R]) {
    // SAFETY: as for the caller.
    unsafe {
        match mean {
            Mean::None => {}
            Mean::Times(factor) => {
                let factor = V::splat(factor);
                for row in sums {
                    for sum in row {
                        *sum = sum.multiply(factor);
                    }
                }
            }
            Mean::Over(count) => {
                let count = V::splat(count);
                for row in sums {
                    for sum in row {
                        *sum = sum.divide(count);
                    }
                }
            }
        }
    }
}

/// How many vectors of so many columns a tile takes side by side.
#[inline(always)]
pub(super) const fn side_by_side<V: Vector>(columns: usize) -> usize {
    match columns.div_ceil(V::LANES) {
        many if V::MANY => {
            if many < 4 {
                many
            } else {
                4
            }
        }
        3 => 3,
        1 => 1,
        _ => 2,
    }
}

/// How many vectors of so many columns a tile of few rows takes side by side.
#[inline(always)]
pub(super) fn wide<V: Vector>(columns: usize) -> usize {
    columns.div_ceil(V::LANES).min(4)
}

/// # Safety
/// Both places must hold `count` numbers and not overlap.
#[inline(always)]
pub(super) unsafe fn copy<V: Vector>(from: *const V::Element, to: *mut V::Element, count: usize) {
    let whole = count - count % V::LANES;
    // SAFETY: as for the caller; whole vectors end at `whole`, what is left is masked.
    unsafe {
        let mut i = 0;
        while i < whole {
            V::load(from.add(i)).store(to.add(i));
            i += V::LANES;
        }
        if whole < count {
            let mask = V::first(count - whole);
            V::load_masked(from.add(whole), mask).store_masked(to.add(whole), mask);
        }
    }
}
