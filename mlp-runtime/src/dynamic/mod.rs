//! Networks of any type as one type: `dyn` traits over slices, for programs that hold many.
//!
//! [`Predictor`] has a network and what it needs to run, [`Learner`] also what it needs to learn, all on the heap. They
//! implement [`DynNetwork`] and [`DynTrainable`], so `Vec<Box<dyn DynNetwork<f32>>>` holds networks of any shape. Samples
//! are flat: number after number, sample after sample. A wrong length is an error that names both lengths, and nothing is
//! written then. A call through `dyn` computes whole batches by the code of the network, with the same bits.

mod error;
mod learner;
mod predictor;

pub use error::DynError;
pub use learner::Learner;
pub use predictor::Predictor;

use alloc::{boxed::Box, vec::Vec};
use core::{convert::Infallible, fmt};

use crate::{
    keep::{LoadError, Progress, SaveError},
    network::Parameter,
    scalar::Scalar,
};

/// A network of any shape that computes in `S`.
pub trait DynNetwork<S: Scalar>: Send + Sync {
    /// The name of the network in its specification.
    fn name(&self) -> &'static str;

    /// The number of inputs of a sample.
    fn inputs(&self) -> usize;

    /// The number of outputs of a sample.
    fn outputs(&self) -> usize;

    /// The parameters in order.
    fn layout(&self) -> &'static [Parameter];

    /// The number of parameters, counted by element.
    fn parameters(&self) -> usize;

    /// A hash of the specification, [`FINGERPRINT`](crate::Network::FINGERPRINT).
    fn fingerprint(&self) -> u64;

    /// A hash of names and shapes, [`LAYOUT_HASH`](crate::Network::LAYOUT_HASH).
    fn layout_hash(&self) -> u64;

    /// Sets every parameter to its start value; random ones are drawn from `seed`.
    fn initialize(&mut self, seed: u64);

    /// Writes the outputs of samples: [`inputs`](Self::inputs) numbers for each, and [`outputs`](Self::outputs) numbers.
    /// There may be any number of samples.
    ///
    /// # Errors
    /// [`DynError::Inputs`] if the inputs are no whole samples, [`DynError::Outputs`] if there is not exactly room for
    /// their outputs; then nothing is written.
    fn forward(&mut self, inputs: &[S], outputs: &mut [S]) -> Result<(), DynError>;

    /// The elements of the parameter `name` in row-major order; `None` if there is no such parameter.
    fn parameter(&self, name: &str) -> Option<&[S]>;

    /// The elements of the parameter `name`, mutable; as [`parameter`](Self::parameter).
    fn parameter_mut(&mut self, name: &str) -> Option<&mut [S]>;

    /// Whether all parameters are numbers: none is infinite or NaN.
    fn is_finite(&self) -> bool;

    /// Shows all tensors that make the state, in order: the parameters, and of a network that learns the states of its
    /// rule.
    fn visit(&self, see: &mut dyn FnMut(&'static Parameter, &[S]));

    /// The same, mutable: for example to read what [`visit`](Self::visit) wrote.
    fn visit_mut(&mut self, see: &mut dyn FnMut(&'static Parameter, &mut [S]));

    /// The bytes of a file of the network, as [`Keep::write`](crate::keep::Keep::write) gives them.
    ///
    /// # Errors
    /// [`SaveError::Name`] if a parameter has a name that the format does not allow.
    fn to_bytes(&self) -> Result<Vec<u8>, SaveError<Infallible>>;

    /// Reads the parameters from the bytes of a file, as [`Keep::read`](crate::keep::Keep::read): also from a checkpoint.
    ///
    /// # Errors
    /// [`LoadError`]; then nothing is changed.
    fn load_bytes(&mut self, bytes: &[u8]) -> Result<(), LoadError>;

    /// A copy, made in place on the heap.
    fn clone_box(&self) -> Box<dyn DynNetwork<S>>;
}

/// A network of any shape that learns in `S`. A reference or a box of it is one of a [`DynNetwork`], too.
pub trait DynTrainable<S: Scalar>: DynNetwork<S> {
    /// The number of numbers that tell the target of a sample: 1 for a class, which is told by its number.
    fn targets(&self) -> usize;

    /// The objective of a batch of samples: [`inputs`](DynNetwork::inputs) numbers for each, and
    /// [`targets`](Self::targets) numbers.
    ///
    /// # Errors
    /// [`DynError`] if lengths are wrong, there is no sample, or a number is no class.
    fn loss(&mut self, inputs: &[S], targets: &[S]) -> Result<S, DynError>;

    /// The same, and writes the gradients of the batch, which [`gradient`](Self::gradient) shows.
    ///
    /// # Errors
    /// As [`loss`](Self::loss).
    fn backward(&mut self, inputs: &[S], targets: &[S]) -> Result<S, DynError>;

    /// One step of the rule on a batch. Returns its objective before the step. The gradients after the call are
    /// unspecified.
    ///
    /// # Errors
    /// As [`loss`](Self::loss); then nothing is changed.
    fn train(&mut self, inputs: &[S], targets: &[S]) -> Result<S, DynError>;

    /// The same step, if the objective and all gradients are numbers.
    ///
    /// # Errors
    /// As [`loss`](Self::loss), and [`DynError::NotFinite`]; then parameters, states and the number of steps are as before.
    fn try_train(&mut self, inputs: &[S], targets: &[S]) -> Result<S, DynError>;

    /// The gradient with respect to the parameter `name`, in its order; `None` if it is not trained.
    fn gradient(&self, name: &str) -> Option<&[S]>;

    /// A state of the rule, such as `m_W`; `None` if there is no such state.
    fn optimizer_state(&self, name: &str) -> Option<&[S]>;

    /// The number of steps so far; `None` if the rule does not count them.
    fn steps(&self) -> Option<u64>;

    /// Sets the number of steps so far, if the rule counts them.
    fn set_steps(&mut self, steps: u64);

    /// Forgets the states of the rule and the number of steps; settings are those of the specification again.
    fn reset_optimizer(&mut self);

    /// The bytes of a [`Checkpoint`](crate::keep::Checkpoint): network, states of the rule, and how far the run is.
    ///
    /// # Errors
    /// As [`to_bytes`](DynNetwork::to_bytes).
    fn checkpoint(&self, progress: Progress) -> Result<Vec<u8>, SaveError<Infallible>>;

    /// Continues from the bytes of a checkpoint: the next steps give the same bits. Settings of the rule stay.
    ///
    /// # Errors
    /// [`LoadError`] if the bytes are no checkpoint of a network with the same layout; then nothing is changed.
    fn resume(&mut self, bytes: &[u8]) -> Result<Progress, LoadError>;

    /// A copy that learns, made in place on the heap.
    fn clone_trainable(&self) -> Box<dyn DynTrainable<S>>;
}

impl<S: Scalar> Clone for Box<dyn DynNetwork<S>> {
    fn clone(&self) -> Self {
        self.as_ref().clone_box()
    }
}

impl<S: Scalar> Clone for Box<dyn DynTrainable<S>> {
    fn clone(&self) -> Self {
        self.as_ref().clone_trainable()
    }
}

impl<S: Scalar> fmt::Debug for dyn DynNetwork<S> + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes = [self.inputs(), self.outputs(), self.parameters()];
        f.debug_tuple(self.name()).field(&sizes).finish()
    }
}

impl<S: Scalar> fmt::Debug for dyn DynTrainable<S> + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let network: &dyn DynNetwork<S> = self;
        network.fmt(f)
    }
}
