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
//!     (XorOptimizer::new(), XorBatchWorkspace::new(), XorGradients::new());
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
//! | type | content |
//! |---|---|
//! | `XorGradients` | a gradient for each parameter |
//! | `XorOptimizer` | the settings and state of the training rule |
//! | `XorWorkspace` | memory for the intermediate values of one sample, of constant size |
//! | `XorBatchWorkspace` | the same for batches, which are computed in blocks of samples |
//! | `XorTrace` | every named value of a forward pass |
//!
//! | method | purpose |
//! |---|---|
//! | `new()`, `with_seed(seed)`, `initialize(seed)` | start values |
//! | `boxed()`, `boxed_with_seed(seed)` | the same on the heap, with the feature `alloc` |
//! | `forward(&input) -> output`, `forward_into`, `forward_batch` | outputs |
//! | `trace(&input) -> trace`, `trace_into` | every named value |
//! | `loss(&input, &target)` | the loss of a sample |
//! | `backward(&input, &target) -> (loss, gradients)`, `backward_into`, `backward_batch` | gradients |
//! | `train(&input, &target) -> loss`, `train_into`, `train_batch` | one step of the rule |
//! | `try_train`, `try_train_into`, `try_train_batch` | the same, refused where loss or gradients are not finite |
//! | `is_finite()`, also of gradients | whether all numbers are finite |
//!
//! `try_train_batch(batch, …)` returns the loss or [`NotFinite`]. If the loss or a gradient is infinite or NaN, it returns
//! before it writes: parameters, states and the number of steps are as before. Its step is that of `train_batch`, bit for bit.
//! It looks at the loss and the gradients; whether the new parameters are finite is for `network.is_finite()` to say.
//!
//! Inputs, targets and outputs are arrays, so a wrong length is a type error. Methods by value, which return
//! parameters or gradients, exist for networks up to 256 KiB; `forward` and `loss` need a workspace of one sample on
//! the stack; the others write in place. A large network
//! is also made in place: with the feature `alloc` by `Xor::boxed()` (likewise `XorBatchWorkspace::boxed()`,
//! `XorGradients::boxed()`, `XorOptimizer::boxed()`), which is never on the stack, or without a
//! heap as `static NETWORK: Mutex<Xor> = Mutex::new(Xor::ZERO)`, then `initialize`. A network whose
//! start values come from a file (`weights from`, with the feature `safetensors`) has them as the
//! constant `TRAINED` if it is not too large; a `static` of it is in read-only memory. A [`Batch`] is made from slices of
//! arrays, from flat slices ([`Batch::from_flat`]) or, with the feature `ndarray`, from views; wrong lengths are error
//! values.
//!
//! Constants on the type: `PARAMETERS`, `WEIGHTS`, `BIASES`, `INPUTS`, `OUTPUTS`, `LAYERS` (the input
//! counted), `MULTIPLY_ADDS`, `PARAMETER_BYTES`, `WORKSPACE_BYTES`, `BATCH_WORKSPACE_BYTES`, `FROZEN`, `OPTIMIZER_BYTES`, `SEED`;
//! `FINGERPRINT`, a hash of the equations, and `LAYOUT_HASH`, a hash of the names and shapes of parameters and optimizer states.
//!
//! # Generic code
//!
//! Code that is generic over networks uses [`Network`], [`Differentiable`] and [`Trainable`]. Inputs and outputs are
//! [`Values`]: slices to read and write, made from slices, 0 by [`ZERO`](Values::ZERO). [`Targets`] are made from numbers; a
//! class is told by its number. Networks, gradients and optimizers are [`Tensors`]: by number, by name, as one slice, and
//! with a little arithmetic.
//!
//! ```
//! use mlp::{Network, Tensors, Trainable, Values};
//!
//! /// The outputs for numbers whose count is known only when the program runs.
//! fn outputs<N: Network>(network: &N, input: &[N::Scalar]) -> Result<N::Output, mlp::WrongLength> {
//!     let mut output = N::Output::ZERO;
//!     network.forward_into(&N::Input::from_slice(input)?, &mut N::Workspace::default(), &mut output);
//!     Ok(output)
//! }
//!
//! /// A network between two others: parameters, sums of which mean something.
//! fn between<N: Network + Clone>(one: &N, other: &N, half: N::Scalar) -> Result<N, mlp::TensorMismatch> {
//!     let mut mean = one.clone();
//!     mean.scale(half);
//!     mean.add_scaled(half, other)?;
//!     Ok(mean)
//! }
//! # use mlp::Scalar;
//! ```
//!
//! With the feature `alloc` all types are made on the heap in generic code, too: `N::boxed()`, `N::Optimizer::boxed()`
//! ([`Boxed`]). A program that holds networks of several shapes uses `dyn` [`DynNetwork`] and [`DynTrainable`], which work on
//! slices:
//!
//! ```
//! # #[cfg(feature = "alloc")]
//! # fn main() -> Result<(), mlp::DynError> {
//! use mlp::{DynTrainable, Learner};
//!
//! mlp::mlp! {
//!     network Line: f32 {
//!         input  x[1];
//!         layer  y[1] = dense(x);
//!         target t[1];
//!         loss   squared_error(y, t);
//!         train  sgd(rate = 0.1);
//!     }
//! }
//! mlp::mlp! {
//!     network Sorter: f32 {
//!         input  x[2];
//!         layer  y[3] = softmax(dense(x));
//!         target t: class[3];
//!         loss   cross_entropy(y, t);
//!         train  adam();
//!     }
//! }
//!
//! let mut service: Vec<Box<dyn DynTrainable<f32>>> =
//!     vec![Box::new(Learner::<Line>::new()), Box::new(Learner::<Sorter>::new())];
//! for network in &mut service {
//!     // Two samples, one after another; a class is told by its number.
//!     let inputs = vec![0.5; 2 * network.inputs()];
//!     let targets = vec![1.0; 2 * network.targets()];
//!     let before = network.train(&inputs, &targets)?;
//!     assert!(network.loss(&inputs, &targets)? < before);
//! }
//! let wrong = service[1].loss(&[0.5; 3], &[1.0]).unwrap_err();
//! assert_eq!(wrong.to_string(), "inputs of length 3 do not divide into samples of length 2");
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "alloc"))]
//! # fn main() {}
//! ```
//!
//! With the feature `serde` networks, gradients and optimizers implement `Serialize` and `Deserialize`: a struct of their
//! fields, each tensor an array of its shape, whatever its length. A wrong length, an unknown field and a missing one are
//! errors that name it. A value that does not fit on the stack is read into one that is there, by
//! `serde::deserialize_into`. Formats of text keep the bits of all finite numbers; JSON has no infinity and no NaN.
//!
//! # Features
//!
//! With the feature `std` (on by default), code for AVX2 and AVX-512 is also compiled and chosen at run
//! time. Without it the crate is `no_std` and uses the features of the compilation target. The bits are the same.
//!
//! With the feature `rayon`, which enables `std`, several threads compute large products of batches: the threads of
//! the current pool, or else of rayon's global pool. The bits are the same for any number of threads.
//! It pays for layers of some 100 000 weights in batches of 100 samples, with `batch 100` in the specification,
//! because `batch` is the number of samples that are computed at once. The calling thread computes smaller products,
//! element-wise operations, losses and updates; on processors other than x86-64 with SSE2 and AArch64 it computes everything.
//! Without the feature, batches allocate nothing. With it, rayon allocates: for threads when they start, for a
//! queue when it grows, and 1.5 KB for each 63 products that are sent to a pool from outside. As with all
//! calls of rayon, a waiting thread of the pool may execute other work of the pool, and the first call panics if
//! no threads can be started.
//!
//! The module [`reference`](mod@reference) describes the language.
#![no_std]
#![forbid(unsafe_code)]

/// The programs of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
/// So are those of the page on training.
#[cfg(doctest)]
#[doc = include_str!("../docs/training.md")]
mod training_page {}
pub mod reference;

pub use mlp_macros::mlp;
#[doc(hidden)]
pub use mlp_runtime::__private;
pub use mlp_runtime::keep;
#[cfg(feature = "ndarray")]
pub use mlp_runtime::rows_from_view;
#[cfg(feature = "serde")]
pub use mlp_runtime::serde;
pub use mlp_runtime::{
    Batch, BatchError, Class, Differentiable, Gradients, InputDifferentiable, Network, NoSuchClass,
    NotFinite, Parameter, ParameterKind, ParameterShape, PullBack, Reduction, Scalar, TargetError, Targets,
    TensorMismatch, Tensors, Trainable, Values, WrongLength, rows_from_flat, rows_from_flat_mut,
};
#[cfg(feature = "alloc")]
pub use mlp_runtime::{Boxed, BoxedWithSeed, DynError, DynNetwork, DynTrainable, Learner, Predictor};
#[doc(inline)]
pub use mlp_training as training;
