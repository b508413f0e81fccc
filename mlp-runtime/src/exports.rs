//! The names of this crate in generated code.

pub use super::arithmetic::{Arithmetic, Separate};
pub use super::batch::{Batch, BatchError, rows_from_flat, rows_from_flat_mut};
pub use super::class::{Class, NoSuchClass};
pub use super::draws::Grid;
pub use super::dropout::draw_mask;
pub use super::groups::{add_group, in_groups};
pub use super::inputs::{InputDifferentiable, PullBack, pulled_in_groups, with_input_in_groups};
pub use super::isa::dispatch::dispatch;
pub use super::isa::portable::Portable;
pub use super::isa::traits::{Fused, Isa, WithIsa};
pub use super::kernels::{
    add_matrix, add_scalar, add_vector, divide_matrix, divide_scalar, divide_vector, first, first_mut,
    log_softmax, outer, padded, put_first, put_slice, slice, softmax, softmax_cross_entropy, sum, sum_matrix,
    sum_squares, sum_squares_matrix, transpose, whole_power,
};
pub use super::missing::{
    BackwardInputsInSpecification, LossInSpecification, SmallEnoughElseBackwardInto,
    SmallEnoughElseForwardInto, SmallEnoughElseInputGradientInto, SmallEnoughElseLossOfDifferentiable,
    SmallEnoughElsePullBackInto, SmallEnoughElseStatic, SmallEnoughElseTraceInto, SmallEnoughElseTrainInto,
    TrainInSpecification, TrainedParameterInSpecification, WithoutStateElseTrainInto,
};
pub use super::network::{
    Differentiable, Gradients, Network, NotFinite, Parameter, ParameterKind, ParameterShape, Reduction,
    Trainable,
};
pub use super::random::Stream;
pub use super::scalar::Scalar;
pub use super::tensors::{TensorMismatch, Tensors};
pub use super::values::{TargetError, Targets, Values, WrongLength, exactly, next_target, put_next_target};
pub use super::weight_file::{
    load_f32, load_f32_from_bf16, load_f32_from_f16, load_f64, load_f64_from_bf16, load_f64_from_f16,
    load_f64_from_f32, load_transposed_f32, load_transposed_f32_from_bf16, load_transposed_f32_from_f16,
    load_transposed_f64, load_transposed_f64_from_bf16, load_transposed_f64_from_f16,
    load_transposed_f64_from_f32, weight_file,
};
