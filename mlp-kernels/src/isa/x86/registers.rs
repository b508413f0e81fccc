//! Macros and functions that the registers of all x86-64 instruction sets share.

use core::arch::x86_64::*;

/// The square root of the lower number.
///
/// # Safety
/// None: all processors of this kind have the instruction.
#[inline(always)]
pub(super) unsafe fn root_pd(x: __m128d) -> __m128d {
    // SAFETY: as stated above.
    unsafe { _mm_sqrt_sd(x, x) }
}

/// Loads the first `count` numbers, fewer than all; the others are 0.
///
/// # Safety
/// As for [`Vector::load_masked`].
#[inline(always)]
pub(super) unsafe fn load_first_ps(from: *const f32, count: usize) -> __m128 {
    // SAFETY: as for this function: two numbers if `count` is 2 or 3, then one if one is left.
    unsafe {
        let one = if count & 1 != 0 { _mm_load_ss(from.add(count & 2)) } else { _mm_setzero_ps() };
        if count & 2 == 0 {
            return one;
        }
        _mm_movelh_ps(_mm_castpd_ps(_mm_load_sd(from.cast())), one)
    }
}

/// Loads the first `count` numbers, 0 or 1; the others are 0.
///
/// # Safety
/// As for [`Vector::load_masked`].
#[inline(always)]
pub(super) unsafe fn load_first_pd(from: *const f64, count: usize) -> __m128d {
    // SAFETY: as for this function.
    if count != 0 { unsafe { _mm_load_sd(from) } } else { unsafe { _mm_setzero_pd() } }
}

/// Stores the first `count` numbers, fewer than all.
///
/// # Safety
/// As for [`Vector::store_masked`].
#[inline(always)]
pub(super) unsafe fn store_first_ps(mut x: __m128, mut to: *mut f32, count: usize) {
    // SAFETY: as for this function: two numbers if `count` is 2 or 3, then one if one is left.
    unsafe {
        if count & 2 != 0 {
            _mm_storel_pd(to.cast(), _mm_castps_pd(x));
            x = _mm_movehl_ps(x, x);
            to = to.add(2);
        }
        if count & 1 != 0 {
            _mm_store_ss(to, x);
        }
    }
}

/// Stores the first `count` numbers, 0 or 1.
///
/// # Safety
/// As for [`Vector::store_masked`].
#[inline(always)]
pub(super) unsafe fn store_first_pd(x: __m128d, to: *mut f64, count: usize) {
    if count != 0 {
        // SAFETY: as for this function.
        unsafe { _mm_store_sd(to, x) }
    }
}

/// The functions that differ only in their instructions. The safety of each is that of [`Vector`]'s.
macro_rules! common {
    ($element:ty, $lanes:literal, $many:literal, $splat:ident $load:ident $store:ident $add:ident $multiply:ident $divide:ident; $set:ident $root:ident $get:ident) => {
        type Element = $element;
        const LANES: usize = $lanes;
        const MANY_REGISTERS: bool = $many;

        #[inline(always)]
        fn prefetch(address: *const $element) {
            // SAFETY: a prefetch of any address is allowed; all processors of this kind have the instruction.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
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
        unsafe fn store(self, to: *mut $element) {
            // SAFETY: as for this function.
            unsafe { $store(to, self) }
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            // SAFETY: as for this function.
            unsafe { $add(self, other) }
        }
        #[inline(always)]
        unsafe fn sqrt_one(x: $element) -> $element {
            // SAFETY: all processors of this kind have the instruction. Its NaN has another sign.
            let root = unsafe { $get($root($set(x))) };
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
        // In fewer calls than the provided function: LLVM inlines it thousands of times.
        #[inline(always)]
        unsafe fn add_product<const FUSED: bool>(self, factor: Self, sum: Self) -> Self {
            // SAFETY: as for this function.
            unsafe {
                if const { FUSED } {
                    self.multiply_add(factor, sum)
                } else {
                    $add(sum, $multiply(self, factor))
                }
            }
        }
    };
}

/// `outline`: parts of a kernel are compiled with these features.
macro_rules! outline_with {
    ($($feature:tt),*) => {
        #[inline(always)]
        unsafe fn outline<P: Outlined<Self>>(part: P) {
            #[inline(never)]
            $(#[target_feature(enable = $feature)])*
            unsafe fn inside<V, P: Outlined<V>>(part: P) {
                // SAFETY: as for the caller.
                unsafe { part.run() }
            }
            // SAFETY: as for this function.
            unsafe { inside(part) }
        }
    };
}

/// Fused operations by instructions.
macro_rules! fused_by {
    ($element:ty, $multiply_add:ident, $set:ident $one:ident $get:ident) => {
        #[inline(always)]
        unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self {
            // SAFETY: as for this function.
            unsafe { $multiply_add(self, factor, addend) }
        }
        #[inline(always)]
        unsafe fn multiply_add_one(a: $element, b: $element, c: $element) -> $element {
            // SAFETY: as for this function.
            unsafe { $get($one($set(a), $set(b), $set(c))) }
        }
    };
}

/// Without masks and fused operations: number by number.
macro_rules! by_numbers {
    ($element:ty, $lanes:literal, $load_first:ident $store_first:ident) => {
        type Mask = usize;
        const FUSES: bool = false;
        const FEW_FORMS: bool = cfg!(feature = "std");

        #[inline(always)]
        unsafe fn mask(count: usize) -> usize {
            count
        }
        #[inline(always)]
        unsafe fn load_masked(from: *const $element, count: usize) -> Self {
            if count == $lanes {
                // SAFETY: as for this function.
                return unsafe { Self::load(from) };
            }
            // SAFETY: as for this function.
            unsafe { $load_first(from, count) }
        }
        #[inline(always)]
        unsafe fn store_masked(self, to: *mut $element, count: usize) {
            if count == $lanes {
                // SAFETY: as for this function.
                return unsafe { self.store(to) };
            }
            // SAFETY: as for this function.
            unsafe { $store_first(self, to, count) }
        }
        #[inline(never)] // long and slow
        unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self {
            let (mut a, mut b, mut c) = ([0.0; $lanes], [0.0; $lanes], [0.0; $lanes]);
            // SAFETY: as for this function; the arrays have LANES numbers.
            unsafe {
                self.store(a.as_mut_ptr());
                factor.store(b.as_mut_ptr());
                addend.store(c.as_mut_ptr());
                for ((c, a), b) in c.iter_mut().zip(a).zip(b) {
                    *c = fused::multiply_add(a, b, *c);
                }
                Self::load(c.as_ptr())
            }
        }
        #[inline(always)]
        unsafe fn multiply_add_one(a: $element, b: $element, c: $element) -> $element {
            fused::multiply_add(a, b, c)
        }
    };
}

/// Loads 16 bytes of each of two or four rows; the rows are as many rows apart as 16 bytes hold numbers. They are
/// functions because a closure lacks the instructions of the function around it.
macro_rules! load_rows {
    ($($name:ident, $element:ty, $register:ty: $from:ident, |$rows:ident| $all:expr;)*) => {$(
        /// # Safety
        /// As for [`Vector::columns`].
        #[inline(always)]
        unsafe fn $name($from: *const $element, stride: usize) -> $register {
            let $rows = 16 / size_of::<$element>() * stride;
            // SAFETY: as for this function.
            unsafe { $all }
        }
    )*};
}

pub(super) use {by_numbers, common, fused_by, load_rows, outline_with};
