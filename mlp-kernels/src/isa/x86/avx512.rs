//! The registers of AVX-512, with masks.

use core::arch::x86_64::*;

use super::super::vector::{Outlined, Vector};
use super::registers::{common, fused_by, load_rows, outline_with, root_pd};

load_rows! {
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

impl Vector for __m512 {
    common!(f32, 16, true, _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_add_ps _mm512_mul_ps _mm512_div_ps; _mm_set_ss _mm_sqrt_ss _mm_cvtss_f32);
    outline_with!("avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");
    fused_by!(f32, _mm512_fmadd_ps, _mm_set_ss _mm_fmadd_ss _mm_cvtss_f32);
    type Mask = __mmask16;

    #[inline(always)]
    unsafe fn mask(count: usize) -> __mmask16 {
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
    unsafe fn load_columns(from: *const f32, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: 16 bytes of each of LANES rows are valid.
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
    outline_with!("avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");
    fused_by!(f64, _mm512_fmadd_pd, _mm_set_sd _mm_fmadd_sd _mm_cvtsd_f64);
    type Mask = __mmask8;

    #[inline(always)]
    unsafe fn mask(count: usize) -> __mmask8 {
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
    unsafe fn load_columns(from: *const f64, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: 16 bytes of each of LANES rows are valid.
        unsafe {
            let (a, b) = (quarters_pd(from, stride), quarters_pd(from.add(stride), stride));
            let (first, second) = (_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b));
            [first, second, first, second]
        }
    }
}
