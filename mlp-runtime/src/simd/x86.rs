//! The registers of x86-64: SSE2, which all of them have; AVX2 with FMA; AVX-512.

use core::arch::x86_64::*;

use super::super::fused;
use super::super::isa::{Isa, WithIsa};
use super::super::{kernels::Mean, scalar::Scalar};
use super::product::{self, Product};
use super::tile::{Descent, End};
use super::vector::{Apart, Vector};
use super::{APART, Sizes, apart, is, machine, products, same, sample};

/// A processor of which nothing more is known.
#[derive(Clone, Copy, Debug)]
pub struct Sse2(());

/// A processor with AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

/// A processor with AVX-512: F, VL, DQ, BW.
#[derive(Clone, Copy, Debug)]
pub struct Avx512(());

impl Sse2 {
    /// The machine, if the processor has it: always.
    #[inline(always)]
    pub fn new() -> Option<Self> {
        Some(Self(()))
    }

    /// Runs on it.
    #[inline(always)]
    pub fn vectorize<W: WithIsa>(self, with: W) -> W::Output {
        with.with_isa(self)
    }
}

products!(Sse2, __m128, __m128d);

/// A wider machine: how it is found, and code compiled for it.
macro_rules! wider {
    ($machine:ident, $f32:ty, $f64:ty, $($feature:tt),*) => {
        impl $machine {
            /// Whether all processors have it that this is compiled for.
            const KNOWN: bool = cfg!(all($(target_feature = $feature),*));

            /// The machine, if the processor has it.
            #[inline(always)]
            pub fn new() -> Option<Self> {
                #[cfg(any(feature = "std", test))]
                let there = $(std::arch::is_x86_feature_detected!($feature))&&*;
                #[cfg(not(any(feature = "std", test)))]
                let there = Self::KNOWN;
                there.then_some(Self(()))
            }

            /// Runs on it: what is inlined there is compiled for it.
            #[inline(always)]
            pub fn vectorize<W: WithIsa>(self, with: W) -> W::Output {
                $(#[target_feature(enable = $feature)])*
                fn inside<W: WithIsa>(isa: $machine, with: W) -> W::Output {
                    with.with_isa(isa)
                }
                // SAFETY: machines are made by `new`, which has found the features, and by `dispatch`, which has found
                // them or knows them of the target.
                unsafe { inside(self, with) }
            }
        }
        products!($machine, $f32, $f64, $($feature),*);
    };
}

wider!(Avx2, __m256, __m256d, "avx2", "fma");
wider!(Avx512, __m512, __m512d, "avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");

machine!(Sse2, __m128, __m128d);
machine!(Avx2, __m256, __m256d, "avx2", "fma");
machine!(Avx512, __m512, __m512d, "avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");

/// Which machine is the best here. Every entry point asks: to ask for each feature, and to save the registers
/// around that, was a fifth of the instructions of a network of four neurons.
#[cfg(any(feature = "std", test))]
mod best {
    use super::*;
    use core::sync::atomic::{AtomicU8, Ordering::Relaxed};

    pub(super) const AVX512: u8 = 3;
    pub(super) const AVX2: u8 = 2;
    const SSE2: u8 = 1;

    static FOUND: AtomicU8 = AtomicU8::new(0);

    /// The best machine; 0 before it was looked for.
    #[inline(always)]
    pub(super) fn found() -> u8 {
        FOUND.load(Relaxed)
    }

    /// Looks for it.
    #[cold]
    #[inline(never)]
    pub(super) fn find() {
        let best = if Avx512::new().is_some() {
            AVX512
        } else if Avx2::new().is_some() {
            AVX2
        } else {
            SSE2
        };
        FOUND.store(best, Relaxed);
    }
}

/// Runs on the best machine there is.
#[cfg(any(feature = "std", test))]
#[inline(always)]
pub(super) fn dispatch<W: WithIsa>(with: W) -> W::Output {
    if Avx512::KNOWN {
        return Avx512(()).vectorize(with);
    }
    // Once found, a kind stays: the processor has the instructions of a machine that is made here.
    if best::found() == 0 {
        best::find();
    }
    match best::found() {
        best::AVX512 => Avx512(()).vectorize(with),
        kind if Avx2::KNOWN || kind == best::AVX2 => Avx2(()).vectorize(with),
        _ => Sse2(()).vectorize(with),
    }
}

/// Runs on the best machine that all processors have which this is compiled for.
#[cfg(not(any(feature = "std", test)))]
#[inline(always)]
pub(super) fn dispatch<W: WithIsa>(with: W) -> W::Output {
    if Avx512::KNOWN {
        Avx512(()).vectorize(with)
    } else if Avx2::KNOWN {
        Avx2(()).vectorize(with)
    } else {
        Sse2(()).vectorize(with)
    }
}

/// The square root of the lower number.
///
/// # Safety
/// None: all processors of this kind have the instruction.
#[inline(always)]
unsafe fn root_pd(x: __m128d) -> __m128d {
    // SAFETY: they have.
    unsafe { _mm_sqrt_sd(x, x) }
}

/// Stores the first of its numbers, less than all.
///
/// # Safety
/// As for [`Vector::store_masked`].
#[inline(always)]
unsafe fn store_first_ps(mut x: __m128, mut to: *mut f32, count: usize) {
    // SAFETY: as for this function: two if two or three are asked for, then one if that is left.
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

/// Stores the first of its numbers, or none.
///
/// # Safety
/// As for [`Vector::store_masked`].
#[inline(always)]
unsafe fn store_first_pd(x: __m128d, to: *mut f64, count: usize) {
    if count != 0 {
        // SAFETY: as for this function.
        unsafe { _mm_store_sd(to, x) }
    }
}

/// What is the same for all registers; the safety of each function is that of [`Vector`]'s.
macro_rules! common {
    ($element:ty, $lanes:literal, $many:literal, $splat:ident $load:ident $store:ident $add:ident $multiply:ident $divide:ident; $set:ident $root:ident $get:ident) => {
        type Element = $element;
        const LANES: usize = $lanes;
        const MANY: bool = $many;

        #[inline(always)]
        fn ask_for(place: *const $element) {
            // SAFETY: nothing is read, wherever the place is; all processors of this kind have the instruction.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(place.cast()) }
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
            // SAFETY: all processors of this kind have the instruction. Of its NaN the sign is another.
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
    };
}

/// How parts of a kernel are compiled.
macro_rules! apart_with {
    ($($feature:tt),*) => {
        #[inline(always)]
        unsafe fn apart<P: Apart<Self>>(part: P) {
            #[inline(never)]
            $(#[target_feature(enable = $feature)])*
            unsafe fn inside<V, P: Apart<V>>(part: P) {
                // SAFETY: as for the caller.
                unsafe { part.run() }
            }
            // SAFETY: as for this function.
            unsafe { inside(part) }
        }
    };
}

macro_rules! fused_here {
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

/// Where there are neither masks nor fused operations: number by number.
macro_rules! by_numbers {
    ($element:ty, $lanes:literal, $store_first:ident) => {
        type Mask = usize;
        const FUSES: bool = false;

        #[inline(always)]
        unsafe fn first(count: usize) -> usize {
            count
        }
        #[inline(always)]
        unsafe fn load_masked(from: *const $element, count: usize) -> Self {
            if count == $lanes {
                // SAFETY: as for this function.
                return unsafe { Self::load(from) };
            }
            let mut numbers = [0.0; $lanes];
            // SAFETY: as for this function: `count` numbers are there, and `numbers` has LANES.
            unsafe {
                for (i, number) in numbers.iter_mut().enumerate().take(count) {
                    *number = *from.add(i);
                }
                Self::load(numbers.as_ptr())
            }
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
        #[inline(never)] // long, and slow anyway
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

impl Vector for __m128 {
    common!(f32, 4, false, _mm_set1_ps _mm_loadu_ps _mm_storeu_ps _mm_add_ps _mm_mul_ps _mm_div_ps; _mm_set_ss _mm_sqrt_ss _mm_cvtss_f32);
    apart_with!();
    by_numbers!(f32, 4, store_first_ps);

    #[inline(always)]
    unsafe fn columns(from: *const f32, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: LANES rows have 16 bytes each.
        unsafe {
            let (a, b) = (_mm_loadu_ps(from), _mm_loadu_ps(from.add(stride)));
            let (c, d) = (_mm_loadu_ps(from.add(2 * stride)), _mm_loadu_ps(from.add(3 * stride)));
            let (low, high) = (_mm_unpacklo_ps(a, b), _mm_unpackhi_ps(a, b));
            let (lower, higher) = (_mm_unpacklo_ps(c, d), _mm_unpackhi_ps(c, d));
            [
                _mm_movelh_ps(low, lower),
                _mm_movehl_ps(lower, low),
                _mm_movelh_ps(high, higher),
                _mm_movehl_ps(higher, high),
            ]
        }
    }
}

impl Vector for __m128d {
    common!(f64, 2, false, _mm_set1_pd _mm_loadu_pd _mm_storeu_pd _mm_add_pd _mm_mul_pd _mm_div_pd; _mm_set_sd root_pd _mm_cvtsd_f64);
    apart_with!();
    by_numbers!(f64, 2, store_first_pd);

    #[inline(always)]
    unsafe fn columns(from: *const f64, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: LANES rows have 16 bytes each.
        unsafe {
            let (a, b) = (_mm_loadu_pd(from), _mm_loadu_pd(from.add(stride)));
            let (first, second) = (_mm_unpacklo_pd(a, b), _mm_unpackhi_pd(a, b));
            [first, second, first, second]
        }
    }
}

/// 16 bytes of each of two or four rows, one row in so many as 16 bytes hold numbers. Functions: a closure
/// would lack the instructions around it.
macro_rules! parts {
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

parts! {
    halves_ps, f32, __m256: from, |rows| {
        let low = _mm256_castps128_ps256(_mm_loadu_ps(from));
        _mm256_insertf128_ps::<1>(low, _mm_loadu_ps(from.add(rows)))
    };
    halves_pd, f64, __m256d: from, |rows| {
        let low = _mm256_castpd128_pd256(_mm_loadu_pd(from));
        _mm256_insertf128_pd::<1>(low, _mm_loadu_pd(from.add(rows)))
    };
    quarters_ps, f32, __m512: from, |rows| {
        let all = _mm512_castps128_ps512(_mm_loadu_ps(from));
        let all = _mm512_insertf32x4::<1>(all, _mm_loadu_ps(from.add(rows)));
        let all = _mm512_insertf32x4::<2>(all, _mm_loadu_ps(from.add(2 * rows)));
        _mm512_insertf32x4::<3>(all, _mm_loadu_ps(from.add(3 * rows)))
    };
    quarters_pd, f64, __m512d: from, |rows| {
        let all = _mm512_castpd128_pd512(_mm_loadu_pd(from));
        let all = _mm512_insertf64x2::<1>(all, _mm_loadu_pd(from.add(rows)));
        let all = _mm512_insertf64x2::<2>(all, _mm_loadu_pd(from.add(2 * rows)));
        _mm512_insertf64x2::<3>(all, _mm_loadu_pd(from.add(3 * rows)))
    };
}

/// Ones, then zeros: a mask of the first n of 8 starts 8 - n behind the start.
static MASKS: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

/// A mask of the first lanes. Their count is for stores: a masked one takes some processors twelve cycles.
#[derive(Clone, Copy)]
pub(super) struct First {
    count: usize,
    lanes: __m256i,
}

impl Vector for __m256 {
    common!(f32, 8, false, _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_add_ps _mm256_mul_ps _mm256_div_ps; _mm_set_ss _mm_sqrt_ss _mm_cvtss_f32);
    apart_with!("avx2", "fma");
    fused_here!(f32, _mm256_fmadd_ps, _mm_set_ss _mm_fmadd_ss _mm_cvtss_f32);
    type Mask = First;

    #[inline(always)]
    unsafe fn first(count: usize) -> First {
        debug_assert!(count <= Self::LANES);
        // SAFETY: `count` is at most LANES, so the numbers lie inside `MASKS`.
        let lanes = unsafe { _mm256_loadu_si256(MASKS.as_ptr().add(8 - count).cast()) };
        First { count, lanes }
    }
    #[inline(always)]
    unsafe fn load_masked(from: *const f32, mask: First) -> Self {
        // SAFETY: as for this function.
        unsafe { _mm256_maskload_ps(from, mask.lanes) }
    }
    #[inline(always)]
    unsafe fn store_masked(self, to: *mut f32, mask: First) {
        // SAFETY: as for this function.
        unsafe {
            if mask.count == Self::LANES {
                self.store(to);
            } else if mask.count < Self::LANES / 2 {
                store_first_ps(_mm256_castps256_ps128(self), to, mask.count);
            } else {
                _mm_storeu_ps(to, _mm256_castps256_ps128(self));
                let (rest, to) = (_mm256_extractf128_ps::<1>(self), to.add(Self::LANES / 2));
                store_first_ps(rest, to, mask.count - Self::LANES / 2);
            }
        }
    }

    #[inline(always)]
    unsafe fn columns(from: *const f32, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: LANES rows have 16 bytes each.
        unsafe {
            let (a, b) = (halves_ps(from, stride), halves_ps(from.add(stride), stride));
            let (c, d) = (halves_ps(from.add(2 * stride), stride), halves_ps(from.add(3 * stride), stride));
            let (low, high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
            let (lower, higher) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
            [
                _mm256_shuffle_ps::<0b01_00_01_00>(low, lower),
                _mm256_shuffle_ps::<0b11_10_11_10>(low, lower),
                _mm256_shuffle_ps::<0b01_00_01_00>(high, higher),
                _mm256_shuffle_ps::<0b11_10_11_10>(high, higher),
            ]
        }
    }
}

impl Vector for __m256d {
    common!(f64, 4, false, _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_add_pd _mm256_mul_pd _mm256_div_pd; _mm_set_sd root_pd _mm_cvtsd_f64);
    apart_with!("avx2", "fma");
    fused_here!(f64, _mm256_fmadd_pd, _mm_set_sd _mm_fmadd_sd _mm_cvtsd_f64);
    type Mask = First;

    #[inline(always)]
    unsafe fn first(count: usize) -> First {
        debug_assert!(count <= Self::LANES);
        // SAFETY: `count` is at most LANES, so the numbers lie inside `MASKS`.
        let lanes = unsafe { _mm256_loadu_si256(MASKS.as_ptr().add(8 - 2 * count).cast()) };
        First { count, lanes }
    }
    #[inline(always)]
    unsafe fn load_masked(from: *const f64, mask: First) -> Self {
        // SAFETY: as for this function.
        unsafe { _mm256_maskload_pd(from, mask.lanes) }
    }
    #[inline(always)]
    unsafe fn store_masked(self, to: *mut f64, mask: First) {
        // SAFETY: as for this function.
        unsafe {
            if mask.count == Self::LANES {
                self.store(to);
            } else if mask.count < Self::LANES / 2 {
                store_first_pd(_mm256_castpd256_pd128(self), to, mask.count);
            } else {
                _mm_storeu_pd(to, _mm256_castpd256_pd128(self));
                let (rest, to) = (_mm256_extractf128_pd::<1>(self), to.add(Self::LANES / 2));
                store_first_pd(rest, to, mask.count - Self::LANES / 2);
            }
        }
    }

    #[inline(always)]
    unsafe fn columns(from: *const f64, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: LANES rows have 16 bytes each.
        unsafe {
            let (a, b) = (halves_pd(from, stride), halves_pd(from.add(stride), stride));
            let (first, second) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
            [first, second, first, second]
        }
    }
}

impl Vector for __m512 {
    common!(f32, 16, true, _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_add_ps _mm512_mul_ps _mm512_div_ps; _mm_set_ss _mm_sqrt_ss _mm_cvtss_f32);
    apart_with!("avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");
    fused_here!(f32, _mm512_fmadd_ps, _mm_set_ss _mm_fmadd_ss _mm_cvtss_f32);
    type Mask = __mmask16;

    #[inline(always)]
    unsafe fn first(count: usize) -> __mmask16 {
        ((1_u32 << count) - 1) as __mmask16
    }
    #[inline(always)]
    unsafe fn load_masked(from: *const f32, mask: __mmask16) -> Self {
        // SAFETY: as for this function.
        unsafe { _mm512_maskz_loadu_ps(mask, from) }
    }
    #[inline(always)]
    unsafe fn store_masked(self, to: *mut f32, mask: __mmask16) {
        // SAFETY: as for this function.
        unsafe { _mm512_mask_storeu_ps(to, mask, self) }
    }

    #[inline(always)]
    unsafe fn columns(from: *const f32, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: LANES rows have 16 bytes each.
        unsafe {
            let (a, b) = (quarters_ps(from, stride), quarters_ps(from.add(stride), stride));
            let (c, d) =
                (quarters_ps(from.add(2 * stride), stride), quarters_ps(from.add(3 * stride), stride));
            let (low, high) = (_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
            let (lower, higher) = (_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
            [
                _mm512_shuffle_ps::<0b01_00_01_00>(low, lower),
                _mm512_shuffle_ps::<0b11_10_11_10>(low, lower),
                _mm512_shuffle_ps::<0b01_00_01_00>(high, higher),
                _mm512_shuffle_ps::<0b11_10_11_10>(high, higher),
            ]
        }
    }
}

impl Vector for __m512d {
    common!(f64, 8, true, _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_add_pd _mm512_mul_pd _mm512_div_pd; _mm_set_sd root_pd _mm_cvtsd_f64);
    apart_with!("avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");
    fused_here!(f64, _mm512_fmadd_pd, _mm_set_sd _mm_fmadd_sd _mm_cvtsd_f64);
    type Mask = __mmask8;

    #[inline(always)]
    unsafe fn first(count: usize) -> __mmask8 {
        ((1_u32 << count) - 1) as __mmask8
    }
    #[inline(always)]
    unsafe fn load_masked(from: *const f64, mask: __mmask8) -> Self {
        // SAFETY: as for this function.
        unsafe { _mm512_maskz_loadu_pd(mask, from) }
    }
    #[inline(always)]
    unsafe fn store_masked(self, to: *mut f64, mask: __mmask8) {
        // SAFETY: as for this function.
        unsafe { _mm512_mask_storeu_pd(to, mask, self) }
    }

    #[inline(always)]
    unsafe fn columns(from: *const f64, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: LANES rows have 16 bytes each.
        unsafe {
            let (a, b) = (quarters_pd(from, stride), quarters_pd(from.add(stride), stride));
            let (first, second) = (_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b));
            [first, second, first, second]
        }
    }
}
