//! The instructions that kernels are made of.

use super::super::scalar::Scalar;

/// A register of numbers.
///
/// # Safety
/// Every function may be called only where the processor has the instructions. Pointers must be valid
/// for as many numbers as are read or written; no alignment is asked for.
pub(super) trait Vector: Copy {
    /// The type of its numbers.
    type Element: Scalar;
    /// Which of the lanes are read or written.
    type Mask: Copy;
    /// How many numbers it holds.
    const LANES: usize;
    /// How many numbers 16 bytes hold.
    const WIDTH: usize = 16 / size_of::<Self::Element>();
    /// Whether there are 32 registers and not 16.
    const MANY: bool;
    /// Whether there is an instruction for `multiply_add`.
    const FUSES: bool = true;

    /// A mask of the first lanes; `count` is at most `LANES`.
    unsafe fn first(count: usize) -> Self::Mask;
    unsafe fn splat(x: Self::Element) -> Self;
    unsafe fn load(from: *const Self::Element) -> Self;
    /// Other lanes are 0, and not read.
    unsafe fn load_masked(from: *const Self::Element, mask: Self::Mask) -> Self;
    unsafe fn store(self, to: *mut Self::Element);
    /// Other lanes are not written.
    unsafe fn store_masked(self, to: *mut Self::Element, mask: Self::Mask);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn multiply(self, other: Self) -> Self;
    unsafe fn divide(self, by: Self) -> Self;
    /// self · factor + addend, rounded once.
    unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self;
    /// a b + c of single numbers, rounded once.
    unsafe fn multiply_add_one(a: Self::Element, b: Self::Element, c: Self::Element) -> Self::Element;
    /// The square root, correctly rounded; NaN below 0.
    unsafe fn sqrt_one(x: Self::Element) -> Self::Element;

    /// Columns of `LANES` rows that are `stride` numbers apart: the first `WIDTH` of them, which are read
    /// of each row. What stands behind them in the result is theirs once more.
    unsafe fn columns(from: *const Self::Element, stride: usize) -> [Self; 4];

    /// Asks for the line of the cache with this place, which need not be there.
    #[inline(always)]
    fn ask_for(_place: *const Self::Element) {}

    /// Runs a part of a kernel in a function of its own, which has these instructions.
    ///
    /// # Safety
    /// As for the part, too.
    unsafe fn apart<P: Apart<Self>>(part: P);

    /// sum + self · factor, rounded once or twice.
    #[inline(always)]
    unsafe fn add_product<const FUSED: bool>(self, factor: Self, sum: Self) -> Self {
        // SAFETY: as for this function.
        unsafe { if FUSED { self.multiply_add(factor, sum) } else { sum.add(self.multiply(factor)) } }
    }
}

/// A part of a kernel that is a function of its own: with all parts in one, LLVM took minutes.
pub(super) trait Apart<V> {
    /// # Safety
    /// The processor must have the instructions of V; what else must hold, the part says.
    unsafe fn run(self);
}
