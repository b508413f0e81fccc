//! How many multiply-adds the core can do: as many independent sums as hide their latency.

use std::hint::black_box;
use std::time::Duration;

use crate::clock::processor_time;
use crate::workloads::Float;

/// Operations in a nanosecond, two a multiply-add, from a loop of at least `duration`.
pub fn peak(float: Float, duration: Duration) -> f64 {
    let run: fn(u32) -> f64 = match float {
        Float::F32 => vectors::f32,
        Float::F64 => vectors::f64,
    };
    let mut steps = 100_000;
    loop {
        let begin = processor_time();
        let operations = run(black_box(steps));
        let taken = processor_time() - begin;
        if taken >= duration {
            return operations / taken.as_nanos() as f64;
        }
        steps *= 2;
    }
}

macro_rules! sums {
    ($name:ident, $float:ty, $vector:ty, $set:ident, $multiply_add:expr) => {
        pub fn $name(steps: u32) -> f64 {
            const SUMS: usize = 12;
            // SAFETY: the instructions are those that this is compiled for.
            unsafe {
                let (factor, term) = (black_box($set(0.999)), black_box($set(0.001)));
                let mut sums = [term; SUMS];
                for _ in 0..steps {
                    for sum in &mut sums {
                        *sum = $multiply_add(*sum, factor, term);
                    }
                }
                black_box(sums);
            }
            2.0 * f64::from(steps) * (SUMS * size_of::<$vector>() / size_of::<$float>()) as f64
        }
    };
}

#[cfg(target_feature = "avx512f")]
mod vectors {
    use super::black_box;
    use std::arch::x86_64::*;

    sums!(f32, f32, __m512, _mm512_set1_ps, _mm512_fmadd_ps);
    sums!(f64, f64, __m512d, _mm512_set1_pd, _mm512_fmadd_pd);
}

#[cfg(all(target_feature = "fma", not(target_feature = "avx512f")))]
mod vectors {
    use super::black_box;
    use std::arch::x86_64::*;

    sums!(f32, f32, __m256, _mm256_set1_ps, _mm256_fmadd_ps);
    sums!(f64, f64, __m256d, _mm256_set1_pd, _mm256_fmadd_pd);
}

// Two instructions where nothing is fused.
#[cfg(not(target_feature = "fma"))]
mod vectors {
    use super::black_box;
    use std::arch::x86_64::*;

    sums!(f32, f32, __m128, _mm_set1_ps, |a, b, c| _mm_add_ps(_mm_mul_ps(a, b), c));
    sums!(f64, f64, __m128d, _mm_set1_pd, |a, b, c| _mm_add_pd(_mm_mul_pd(a, b), c));
}
