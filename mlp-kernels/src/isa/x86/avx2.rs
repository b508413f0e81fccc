//! The registers of AVX2, with the fused operations of FMA.

use core::arch::x86_64::*;

use super::super::vector::{Outlined, Vector};
use super::registers::{common, fused_by, load_rows, outline_with, root_pd, store_first_pd, store_first_ps};

load_rows! {
    halves_ps, f32, __m256: from, |rows| {
        let low = _mm256_castps128_ps256(_mm_loadu_ps(from));
        _mm256_insertf128_ps::<1>(low, _mm_loadu_ps(from.add(rows)))
    };
    halves_pd, f64, __m256d: from, |rows| {
        let low = _mm256_castpd128_pd256(_mm_loadu_pd(from));
        _mm256_insertf128_pd::<1>(low, _mm_loadu_pd(from.add(rows)))
    };
}

/// Ones, then zeros: the mask of the first n of 8 lanes starts at index 8 - n.
static MASKS: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

/// A mask of the first lanes. Stores use their count: a masked store takes Zen 3 twelve cycles.
#[derive(Clone, Copy)]
pub(in super::super::super) struct First {
    count: usize,
    lanes: __m256i,
}

impl Vector for __m256 {
    common!(f32, 8, false, _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_add_ps _mm256_mul_ps _mm256_div_ps; _mm_set_ss _mm_sqrt_ss _mm_cvtss_f32);
    outline_with!("avx2", "fma");
    fused_by!(f32, _mm256_fmadd_ps, _mm_set_ss _mm_fmadd_ss _mm_cvtss_f32);
    type Mask = First;

    #[inline(always)]
    unsafe fn mask(count: usize) -> First {
        debug_assert!(count <= Self::LANES);
        // SAFETY: `count` is at most LANES, so the load is inside `MASKS`.
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
    unsafe fn load_columns(from: *const f32, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: 16 bytes of each of LANES rows are valid.
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
    outline_with!("avx2", "fma");
    fused_by!(f64, _mm256_fmadd_pd, _mm_set_sd _mm_fmadd_sd _mm_cvtsd_f64);
    type Mask = First;

    #[inline(always)]
    unsafe fn mask(count: usize) -> First {
        debug_assert!(count <= Self::LANES);
        // SAFETY: `count` is at most LANES, so the load is inside `MASKS`.
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
    unsafe fn load_columns(from: *const f64, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: 16 bytes of each of LANES rows are valid.
        unsafe {
            let (a, b) = (halves_pd(from, stride), halves_pd(from.add(stride), stride));
            let (first, second) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
            [first, second, first, second]
        }
    }
}
