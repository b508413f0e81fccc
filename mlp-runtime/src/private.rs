//! The names that generated code uses, and those that tests of equal bits need. They are not public API: they change
//! together with the code generator.

pub use crate::batch::check_outputs;
pub use crate::exports::*;
pub use crate::missing_heap::{FeatureAlloc, FeatureSerde, SmallEnoughElseBoxed, needs_serde};
pub use crate::scratch::{AnyBits, is_any_bits, scratch};
pub use mlp_kernels::fused::{multiply_add, multiply_add_f32, multiply_add_f64};
#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
pub use mlp_kernels::isa::neon::Neon;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
pub use mlp_kernels::isa::x86::sets::{Avx2, Avx512, Sse2};
pub use mlp_kernels::kernels::{Mean, ordered_sum};

pub use crate::{__mlp_boxed, __mlp_scratch, __mlp_serde};

/// Elementary functions; of `f64` unless their name has another type.
pub mod functions {
    pub use mlp_kernels::functions::f32::{erf_f32, exp_f32, floor_f32, ln_f32, sqrt_f32, tanh_f32};
    pub use mlp_kernels::functions::f64::{erf, exp, floor, ln, powf, sqrt, tanh};
}

/// Generated types on the heap.
#[cfg(feature = "alloc")]
pub mod heap {
    pub use crate::boxed::{Boxed, BoxedWithSeed};
    pub use crate::heap::{Box, Zeroed, is_zeroed, zeroed};
}
