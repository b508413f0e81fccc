//! The instructions that kernels are written in: one trait, implemented by each kind of vector register.

use super::super::scalar::Scalar;

/// A vector register.
///
/// # Safety
/// Every function may be called only where the processor has the instructions. Pointers must be valid for the numbers
/// that are read or written; they need no alignment.
pub(in super::super) trait Vector: Copy {
    /// The type of its numbers.
    type Element: Scalar;
    /// The lanes that are read or written.
    type Mask: Copy;
    /// The number of lanes.
    const LANES: usize;
    /// The number of elements in 16 bytes.
    const WIDTH: usize = 16 / size_of::<Self::Element>();
    /// Whether there are 32 registers; otherwise there are 16.
    const MANY_REGISTERS: bool;
    /// Whether tiles are at most two registers wide, so that fewer forms of them are compiled.
    const FEW_FORMS: bool = false;
    /// Whether there is an instruction for `multiply_add`.
    const FUSES: bool = true;

    /// A mask of the first `count` lanes; `count` is at most `LANES`.
    unsafe fn mask(count: usize) -> Self::Mask;
    unsafe fn splat(x: Self::Element) -> Self;
    unsafe fn load(from: *const Self::Element) -> Self;
    /// Lanes outside the mask are 0; their memory is not read.
    unsafe fn load_masked(from: *const Self::Element, mask: Self::Mask) -> Self;
    unsafe fn store(self, to: *mut Self::Element);
    /// Memory of lanes outside the mask is not written.
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

    /// Reads `WIDTH` numbers from each of `LANES` rows that are `stride` numbers apart, and transposes them: the first
    /// `WIDTH` registers of the result are the columns. The other registers repeat them.
    unsafe fn load_columns(from: *const Self::Element, stride: usize) -> [Self; 4];

    /// Prefetches the cache line with this address, which may be invalid.
    #[inline(always)]
    fn prefetch(_address: *const Self::Element) {}

    /// Runs a part of a kernel in a function of its own, compiled with these instructions.
    ///
    /// # Safety
    /// The conditions of the part hold, too.
    unsafe fn outline<P: Outlined<Self>>(part: P);

    /// sum + self · factor, rounded once or twice.
    #[inline(always)]
    unsafe fn add_product<const FUSED: bool>(self, factor: Self, sum: Self) -> Self {
        // SAFETY: as for this function.
        unsafe { if FUSED { self.multiply_add(factor, sum) } else { sum.add(self.multiply(factor)) } }
    }
}

/// A part of a kernel that is compiled as a function of its own. All parts in one function take LLVM minutes.
pub(in super::super) trait Outlined<V> {
    /// # Safety
    /// The processor has the instructions of V. The part states its other conditions.
    unsafe fn run(self);
}
