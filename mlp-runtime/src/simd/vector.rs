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

    /// A mask of the first lanes, at most all.
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
    /// self · factor + addend, rounded once.
    unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self;
    /// a b + c of single numbers, rounded once.
    unsafe fn multiply_add_one(a: Self::Element, b: Self::Element, c: Self::Element) -> Self::Element;

    /// Columns of `LANES` rows that are `stride` numbers apart: the first `WIDTH` of them.
    unsafe fn columns(from: *const Self::Element, stride: usize) -> [Self; 4];

    /// sum + self · factor, rounded once or twice.
    #[inline(always)]
    unsafe fn add_product<const FUSED: bool>(self, factor: Self, sum: Self) -> Self {
        // SAFETY: as for this function.
        unsafe { if FUSED { self.multiply_add(factor, sum) } else { sum.add(self.multiply(factor)) } }
    }
}
