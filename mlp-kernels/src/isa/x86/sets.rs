//! The instruction sets as types. A value exists only if the processor has the instructions.

use core::arch::x86_64::*;

use super::super::super::gemm::epilogue::{Descent, Epilogue};
use super::super::super::gemm::product::{self, Product, Sizes};
use super::super::super::gemm::{gemv, schedule, tuning};
use super::super::super::kernels::Mean;
use super::super::super::scalar::Scalar;
use super::super::traits::{Isa, WithIsa};
use super::super::vector::Vector;
use super::super::vectorized::{
    Products, implement_isa, implement_products, is, outlined, same, with_vector,
};
use super::features;

/// The instructions of every x86-64 processor.
#[derive(Clone, Copy, Debug)]
pub struct Sse2(pub(in super::super) ());

/// AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(pub(in super::super) ());

/// AVX-512: F, VL, DQ, BW.
#[derive(Clone, Copy, Debug)]
pub struct Avx512(pub(in super::super) ());

impl Sse2 {
    /// The instruction set; every processor has it.
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

/// Constructor and dispatch of an instruction set that not all processors have.
macro_rules! optional {
    ($isa:ident, $($feature:tt),*) => {
        impl $isa {
            /// Whether all processors of the target have it.
            pub(in super::super) const KNOWN: bool = cfg!(all($(target_feature = $feature),*));

            /// The instruction set, if the processor has it.
            #[inline(always)]
            pub fn new() -> Option<Self> {
                features::has!($($feature),*).then_some(Self(()))
            }

            /// Runs a computation on this instruction set; code that is inlined into it is compiled for it.
            #[inline(always)]
            pub fn vectorize<W: WithIsa>(self, with: W) -> W::Output {
                $(#[target_feature(enable = $feature)])*
                fn inside<W: WithIsa>(isa: $isa, with: W) -> W::Output {
                    with.with_isa(isa)
                }
                // SAFETY: a value is made by `new`, which has found the features, and by `dispatch`, which has found
                // them or knows that all processors of the target have them.
                unsafe { inside(self, with) }
            }
        }
    };
}

optional!(Avx2, "avx2", "fma");
optional!(Avx512, "avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");

implement_products!(Sse2, __m128, __m128d);
implement_products!(Avx2, __m256, __m256d, "avx2", "fma");
implement_products!(Avx512, __m512, __m512d, "avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");

implement_isa!(Sse2, __m128, __m128d);
implement_isa!(Avx2, __m256, __m256d, "avx2", "fma");
implement_isa!(Avx512, __m512, __m512d, "avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");
