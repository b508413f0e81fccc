//! The names that generated code uses, and those that tests of the same bits need. Not part of the public API: they
//! change together with the code generator.

#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
pub use crate::simd::Neon;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
pub use crate::simd::{Avx2, Avx512, Sse2};
pub use crate::{
    __mlp_boxed,
    arithmetic::{Arithmetic, Fused, Separate},
    batch::{Batch, BatchError, check_outputs},
    class::Class,
    fused::{multiply_add, multiply_add_f32, multiply_add_f64},
    isa::{Isa, Portable, WithIsa},
    kernels::{
        Mean, add_matrix, add_scalar, add_vector, divide_matrix, divide_scalar, divide_vector, first,
        first_mut, ordered_sum, outer, padded, put_first, put_slice, slice, softmax, softmax_cross_entropy,
        sum, sum_matrix, sum_squares, sum_squares_matrix, transpose, whole_power,
    },
    network::{
        Differentiable, Gradients, Network, Parameter, ParameterKind, ParameterShape, Reduction, Trainable,
    },
    random::Stream,
    scalar::Scalar,
    simd::dispatch,
    weight_file::{load_f32, load_f64, load_transposed_f32, load_transposed_f64, weight_file},
};

/// Elementary functions; `f64` unless the name says otherwise.
pub mod functions {
    pub use crate::{
        functions::{exp, ln, powf, tanh},
        single::{erf_f32, exp_f32, floor_f32, ln_f32, sqrt_f32, tanh_f32},
        special::{erf, floor, sqrt},
    };
}

/// Generated types on the heap.
#[cfg(feature = "alloc")]
pub mod heap {
    pub use crate::heap::{Box, Zeroed, is_zeroed, zeroed};
}
