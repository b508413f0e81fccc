//! Multilayer perceptrons from a specification: shape-typed Rust at compile time.
//!
//! ```
//! mlp::mlp! {
//!     /// XOR, by layers.
//!     pub network Xor: f32 {
//!         input  x[2];
//!         layer  hidden[4] = tanh(dense(x));
//!         layer  output[1] = sigmoid(dense(hidden));
//!         target t[1];
//!         loss   half_squared_error(output, t);
//!         train  sgd(rate = 0.5);
//!     }
//! }
//!
//! let inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
//! let targets = [[0.0], [1.0], [1.0], [0.0]];
//! let batch = mlp::Batch::new(&inputs, &targets)?;
//!
//! let mut network = Xor::new();
//! let (mut optimizer, mut workspace, mut gradients) =
//!     (XorOptimizer::new(), XorWorkspace::new(), XorGradients::new());
//! let before = network.loss(&inputs[1], &targets[1]);
//! for _ in 0..2000 {
//!     network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
//! }
//! assert!(network.loss(&inputs[1], &targets[1]) < before);
//! # Ok::<(), mlp::BatchError>(())
//! ```
//!
//! [`mlp!`] expands to the network's type, `Xor`, whose public fields are its parameters, and to
//! types named after it:
//!
//! | type | what it is |
//! |---|---|
//! | `XorGradients` | a gradient for each parameter |
//! | `XorOptimizer` | the settings and state of the training rule |
//! | `XorWorkspace` | room for intermediate values, of constant size |
//! | `XorTrace` | every named value of a forward pass |
//!
//! | method | for |
//! |---|---|
//! | `new()`, `with_seed(seed)`, `initialize(seed)` | start values |
//! | `boxed()`, `boxed_with_seed(seed)` | the same on the heap, with the feature `alloc` |
//! | `forward(&input) -> output`, `forward_into`, `forward_batch` | outputs |
//! | `trace(&input) -> trace`, `trace_into` | every named value |
//! | `loss(&input, &target)` | the loss of a sample |
//! | `backward(&input, &target) -> (loss, gradients)`, `backward_into`, `backward_batch` | gradients |
//! | `train(&input, &target) -> loss`, `train_into`, `train_batch` | one step of the rule |
//!
//! Inputs, targets and outputs are arrays, so a wrong length is an error of rustc. The methods
//! that return by value exist for networks up to 256 KiB; the others write in place. A large network
//! is made in place, too: with the feature `alloc` by `Xor::boxed()` (likewise `XorWorkspace::boxed()`,
//! `XorGradients::boxed()`, `XorOptimizer::boxed()`), which never stands on the stack, or without a
//! heap as `static NETWORK: Mutex<Xor> = Mutex::new(Xor::ZERO)`, then `initialize`. A network whose
//! start values come from a file (`weights from`, with the feature `safetensors`) has them as the
//! constant `TRAINED` if it is not too large: a `static` of it lies in read-only memory. Batches come as slices of arrays, flat slices ([`Batch::from_flat`]) or, with the
//! feature `ndarray`, as views; wrong lengths are error values.
//!
//! Constants on the type: `PARAMETERS`, `WEIGHTS`, `BIASES`, `INPUTS`, `OUTPUTS`, `LAYERS` (the input
//! counted), `MULTIPLY_ADDS`, `PARAMETER_BYTES`, `WORKSPACE_BYTES`, `SEED`, `FINGERPRINT`. Code that is
//! generic over networks uses [`Network`], [`Differentiable`] and [`Trainable`].
//!
//! With the feature `std`, which is on by default, code for AVX2 and AVX-512 is compiled, too, and chosen when the
//! program runs; without it the crate is `no_std` and computes with what it was compiled for. The bits are the same.
//!
//! With the feature `rayon`, which asks for `std`, large products of batches are computed by several threads: those of
//! the pool that the call is made in, or else of rayon's global one. The bits are the same, however many there are.
//! It is worth it for layers of some 100 000 weights in batches of 100 samples, with `batch 100` in the specification,
//! since as many samples as it says are computed at once. Smaller products, the elements of layers, losses and updates
//! are computed by the calling thread, and everything on processors other than x86-64 with SSE2 and AArch64.
//! Without the feature batches take nothing from the heap. With it rayon does: for threads when they start, for a
//! queue when it grows, and 1.5 KB for each 63 products that are handed to a pool from outside of it. As with all
//! calls of rayon, a thread of the pool that waits may take up other work of the pool, and the first call panics where
//! no threads can be started.
//!
//! The language is described in `docs/reference.md` of the repository.
#![no_std]
#![forbid(unsafe_code)]

pub use mlp_macros::mlp;
#[doc(hidden)]
pub use mlp_runtime::__private;
#[cfg(feature = "ndarray")]
pub use mlp_runtime::rows_from_view;
pub use mlp_runtime::{
    Batch, BatchError, Class, Differentiable, Gradients, Network, NoSuchClass, Parameter, ParameterKind,
    ParameterShape, Reduction, Scalar, Trainable, rows_from_flat,
};
