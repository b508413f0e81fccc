//! NEON: the registers of AArch64 processors, all with fused operations.

use core::arch::aarch64::*;

use super::super::gemm::epilogue::{Descent, Epilogue};
use super::super::gemm::product::{self, Product, Sizes};
use super::super::gemm::{gemv, schedule, tuning};
use super::super::kernels::Mean;
use super::super::scalar::Scalar;
use super::traits::{Isa, WithIsa};
use super::vector::{Outlined, Vector};
use super::vectorized::{Products, implement_isa, implement_products, is, outlined, same, with_vector};

/// The instructions of NEON.
#[derive(Clone, Copy, Debug)]
pub struct Neon(pub(super) ());

impl Neon {
    /// The instruction set; every processor of the target has it.
    #[inline(always)]
    pub fn new() -> Option<Self> {
        Some(Self(()))
    }

    /// Runs a computation on this instruction set.
    #[inline(always)]
    pub fn vectorize<W: WithIsa>(self, with: W) -> W::Output {
        with.with_isa(self)
    }
}

implement_products!(Neon, float32x4_t, float64x2_t);
implement_isa!(Neon, float32x4_t, float64x2_t);

/// All functions but `load_columns`. The safety of each is that of [`Vector`]'s.
macro_rules! registers {
    ($element:ty, $lanes:literal, $splat:ident $load:ident $store:ident $add:ident $multiply:ident $divide:ident $fused:ident $get:ident $root:ident) => {
        type Element = $element;
        type Mask = usize;
        const LANES: usize = $lanes;
        const MANY_REGISTERS: bool = true;

        #[inline(always)]
        unsafe fn outline<P: Outlined<Self>>(part: P) {
            #[inline(never)]
            unsafe fn inside<V, P: Outlined<V>>(part: P) {
                // SAFETY: as for the caller.
                unsafe { part.run() }
            }
            // SAFETY: as for this function.
            unsafe { inside(part) }
        }
        #[inline(always)]
        unsafe fn mask(count: usize) -> usize {
            count
        }
        #[inline(always)]
        unsafe fn splat(x: $element) -> Self {
            // SAFETY: as for this function.
            unsafe { $splat(x) }
        }
        #[inline(always)]
        unsafe fn load(from: *const $element) -> Self {
            // SAFETY: as for this function.
            unsafe { $load(from) }
        }
        #[inline(always)]
        unsafe fn load_masked(from: *const $element, count: usize) -> Self {
            if count == $lanes {
                // SAFETY: as for this function.
                return unsafe { Self::load(from) };
            }
            let mut numbers = [0.0; $lanes];
            // SAFETY: as for this function: `count` numbers are valid, and `numbers` has LANES.
            unsafe {
                for (i, number) in numbers.iter_mut().enumerate().take(count) {
                    *number = *from.add(i);
                }
                Self::load(numbers.as_ptr())
            }
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut $element) {
            // SAFETY: as for this function.
            unsafe { $store(to, self) }
        }
        #[inline(always)]
        unsafe fn store_masked(self, to: *mut $element, count: usize) {
            if count == $lanes {
                // SAFETY: as for this function.
                return unsafe { self.store(to) };
            }
            let mut numbers = [0.0; $lanes];
            // SAFETY: as for this function; `numbers` has LANES of them, and `to` is valid for `count`.
            unsafe {
                self.store(numbers.as_mut_ptr());
                for (i, number) in IntoIterator::into_iter(numbers).enumerate().take(count) {
                    *to.add(i) = number;
                }
            }
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            // SAFETY: as for this function.
            unsafe { $add(self, other) }
        }
        #[inline(always)]
        unsafe fn sqrt_one(x: $element) -> $element {
            // SAFETY: as for the caller.
            let root = unsafe { $get::<0>($root($splat(x))) };
            if x < 0.0 { <$element>::NAN } else { root }
        }
        #[inline(always)]
        unsafe fn divide(self, by: Self) -> Self {
            // SAFETY: as for the caller.
            unsafe { $divide(self, by) }
        }
        #[inline(always)]
        unsafe fn multiply(self, other: Self) -> Self {
            // SAFETY: as for this function.
            unsafe { $multiply(self, other) }
        }
        #[inline(always)]
        unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self {
            // SAFETY: as for this function.
            unsafe { $fused(addend, self, factor) }
        }
        #[inline(always)]
        unsafe fn multiply_add_one(a: $element, b: $element, c: $element) -> $element {
            // SAFETY: as for this function.
            unsafe { $get::<0>($fused($splat(c), $splat(a), $splat(b))) }
        }
    };
}

impl Vector for float32x4_t {
    registers!(f32, 4, vdupq_n_f32 vld1q_f32 vst1q_f32 vaddq_f32 vmulq_f32 vdivq_f32 vfmaq_f32 vgetq_lane_f32 vsqrtq_f32);

    #[inline(always)]
    unsafe fn load_columns(from: *const f32, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: 16 bytes of each of LANES rows are valid.
        unsafe {
            let (a, b) = (vld1q_f32(from), vld1q_f32(from.add(stride)));
            let (c, d) = (vld1q_f32(from.add(2 * stride)), vld1q_f32(from.add(3 * stride)));
            let (low, high) = (vzip1q_f32(a, c), vzip2q_f32(a, c));
            let (lower, higher) = (vzip1q_f32(b, d), vzip2q_f32(b, d));
            [
                vzip1q_f32(low, lower),
                vzip2q_f32(low, lower),
                vzip1q_f32(high, higher),
                vzip2q_f32(high, higher),
            ]
        }
    }
}

impl Vector for float64x2_t {
    registers!(f64, 2, vdupq_n_f64 vld1q_f64 vst1q_f64 vaddq_f64 vmulq_f64 vdivq_f64 vfmaq_f64 vgetq_lane_f64 vsqrtq_f64);

    #[inline(always)]
    unsafe fn load_columns(from: *const f64, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: 16 bytes of each of LANES rows are valid.
        unsafe {
            let (a, b) = (vld1q_f64(from), vld1q_f64(from.add(stride)));
            let (first, second) = (vzip1q_f64(a, b), vzip2q_f64(a, b));
            [first, second, first, second]
        }
    }
}
