//! Registers as arrays, for tests: the forms of the widest registers are tested on every processor, and by interpreters
//! that know no vector instructions.
#![allow(unsafe_code, reason = "it implements unsafe functions")]

use super::super::isa::vector::{Outlined, Vector};
use super::super::scalar::Scalar;

/// N numbers.
#[derive(Clone, Copy)]
pub(super) struct Lanes<T, const N: usize>([T; N]);

impl<T: Scalar + Fused, const N: usize> Lanes<T, N> {
    fn from_fn(number: impl FnMut(usize) -> T) -> Self {
        Self(core::array::from_fn(number))
    }
}

/// The operation of the standard library.
pub(super) trait Fused {
    fn fused(self, factor: Self, addend: Self) -> Self;
}

impl Fused for f32 {
    fn fused(self, factor: Self, addend: Self) -> Self {
        self.mul_add(factor, addend)
    }
}

impl Fused for f64 {
    fn fused(self, factor: Self, addend: Self) -> Self {
        self.mul_add(factor, addend)
    }
}

// The safety of each function is that of `Vector`'s.
impl<T: Scalar + Fused, const N: usize> Vector for Lanes<T, N> {
    type Element = T;
    type Mask = usize;
    const LANES: usize = N;
    const MANY_REGISTERS: bool = true;

    unsafe fn outline<P: Outlined<Self>>(part: P) {
        // SAFETY: as for this function.
        unsafe { part.run() }
    }
    unsafe fn mask(count: usize) -> usize {
        assert!(count <= N);
        count
    }
    unsafe fn splat(x: T) -> Self {
        Self([x; N])
    }
    unsafe fn load(from: *const T) -> Self {
        // SAFETY: as for this function.
        unsafe { Self(from.cast::<[T; N]>().read_unaligned()) }
    }
    unsafe fn load_masked(from: *const T, count: usize) -> Self {
        // SAFETY: as for this function: `count` numbers are valid.
        Self::from_fn(|i| if i < count { unsafe { *from.add(i) } } else { T::ZERO })
    }
    unsafe fn store(self, to: *mut T) {
        // SAFETY: as for this function.
        unsafe { to.cast::<[T; N]>().write_unaligned(self.0) }
    }
    unsafe fn store_masked(self, to: *mut T, count: usize) {
        for (i, x) in self.0.into_iter().enumerate().take(count) {
            // SAFETY: as for this function: `count` numbers are valid.
            unsafe { *to.add(i) = x }
        }
    }
    unsafe fn add(self, other: Self) -> Self {
        Self::from_fn(|i| self.0[i] + other.0[i])
    }
    unsafe fn multiply(self, other: Self) -> Self {
        Self::from_fn(|i| self.0[i] * other.0[i])
    }
    unsafe fn divide(self, by: Self) -> Self {
        Self::from_fn(|i| self.0[i] / by.0[i])
    }
    unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self {
        Self::from_fn(|i| self.0[i].fused(factor.0[i], addend.0[i]))
    }
    unsafe fn multiply_add_one(a: T, b: T, c: T) -> T {
        a.fused(b, c)
    }
    unsafe fn sqrt_one(x: T) -> T {
        x.sqrt()
    }
    unsafe fn load_columns(from: *const T, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: WIDTH numbers of N rows are valid.
        let column = |c| Self::from_fn(|r| unsafe { *from.add(r * stride + c % Self::WIDTH) });
        core::array::from_fn(column)
    }
}
