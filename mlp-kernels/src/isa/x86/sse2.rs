//! The registers of SSE2, which all x86-64 processors have.

use core::arch::x86_64::*;

use super::super::super::fused;
use super::super::vector::{Outlined, Vector};
use super::registers::{
    by_numbers, common, load_first_pd, load_first_ps, outline_with, root_pd, store_first_pd, store_first_ps,
};

impl Vector for __m128 {
    common!(f32, 4, false, _mm_set1_ps _mm_loadu_ps _mm_storeu_ps _mm_add_ps _mm_mul_ps _mm_div_ps; _mm_set_ss _mm_sqrt_ss _mm_cvtss_f32);
    outline_with!();
    by_numbers!(f32, 4, load_first_ps store_first_ps);

    #[inline(always)]
    unsafe fn load_columns(from: *const f32, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: 16 bytes of each of LANES rows are valid.
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
    outline_with!();
    by_numbers!(f64, 2, load_first_pd store_first_pd);

    #[inline(always)]
    unsafe fn load_columns(from: *const f64, stride: usize) -> [Self; 4] {
        // SAFETY: as for this function: 16 bytes of each of LANES rows are valid.
        unsafe {
            let (a, b) = (_mm_loadu_pd(from), _mm_loadu_pd(from.add(stride)));
            let (first, second) = (_mm_unpacklo_pd(a, b), _mm_unpackhi_pd(a, b));
            [first, second, first, second]
        }
    }
}
