//! What a training trains.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use mlp_runtime::keep::{Checkpoint, File, Listed, LoadError, Progress, SaveError, Value};
use mlp_runtime::{Batch, NotFinite, Parameter, Scalar, Tensors, Trainable};

use crate::memory::in_place;

/// A network as the loop of a [`Training`](crate::Training) sees it. Every [`Trainable`] network is one. A program whose
/// network is known only when it runs implements it for its own type, and trains by the same loop, with the same order of samples
/// and the same checkpoints.
pub trait Learn: Sized {
    /// The type of all numbers.
    type Scalar: Scalar;
    /// The inputs of a sample, or what tells them, such as the number of a row.
    type Input: Clone;
    /// The target of a sample.
    type Target: Clone;
    /// The state of the rule.
    type Optimizer;
    /// Memory of steps. Its contents before a call are ignored.
    type Memory;

    /// Memory of steps.
    fn memory(&self) -> Self::Memory;

    /// One step on a batch, if its objective and all gradients are numbers. Returns the objective before the step.
    ///
    /// # Errors
    /// [`NoStep`]; then nothing is changed.
    fn learn(
        &mut self,
        optimizer: &mut Self::Optimizer,
        batch: Batch<'_, Self::Input, Self::Target>,
        memory: &mut Self::Memory,
    ) -> Result<Self::Scalar, NoStep>;

    /// The objective of a batch.
    ///
    /// # Errors
    /// [`Failure`] if it can't be computed.
    fn objective(
        &mut self,
        batch: Batch<'_, Self::Input, Self::Target>,
        memory: &mut Self::Memory,
    ) -> Result<Self::Scalar, Failure>;

    /// Whether all parameters are numbers: none is infinite or NaN.
    fn all_finite(&self) -> bool;

    /// A copy of all parameters, one after another.
    fn numbers(&self) -> Vec<Self::Scalar>;

    /// Sets all parameters to those of a copy. One of another length is ignored.
    fn set_numbers(&mut self, numbers: &[Self::Scalar]);

    /// Writes a checkpoint, with the parameters of the best epoch if there are any.
    ///
    /// # Errors
    /// As [`Checkpoint::write`].
    fn write_checkpoint<E>(
        &self,
        optimizer: &Self::Optimizer,
        progress: Progress,
        metadata: &[(&str, Value<'_>)],
        best: Option<&[Self::Scalar]>,
        sink: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), SaveError<E>>;

    /// Reads a checkpoint: how far it is, and the parameters of the best epoch if it has any.
    ///
    /// # Errors
    /// As [`File::resume`]; then nothing is changed.
    fn read_checkpoint(
        &mut self,
        optimizer: &mut Self::Optimizer,
        file: &File<'_>,
    ) -> Result<Continued<Self::Scalar>, LoadError>;
}

/// What a checkpoint says beside network and optimizer: how far it is, and the parameters of the best epoch if it has any.
pub type Continued<S> = (Progress, Option<Vec<S>>);

/// Why a network can't be run. Compiled networks always run.
pub type Failure = Box<dyn core::error::Error + Send + Sync>;

/// Why a step was not taken.
#[derive(Debug)]
pub enum NoStep {
    /// The objective or a gradient is infinite or NaN.
    NotFinite(NotFinite),
    /// The network can't be run.
    Failure(Failure),
}

impl From<NotFinite> for NoStep {
    fn from(what: NotFinite) -> Self {
        Self::NotFinite(what)
    }
}

impl fmt::Display for NoStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite(what) => what.fmt(f),
            Self::Failure(failure) => failure.fmt(f),
        }
    }
}

impl core::error::Error for NoStep {}

/// The memory of a compiled network.
pub struct Compiled<N: Trainable> {
    workspace: Box<N::BatchWorkspace>,
    gradients: Box<N::Gradients>,
}

impl<N: Trainable> Learn for N {
    type Scalar = <N as Tensors>::Scalar;
    type Input = N::Input;
    type Target = N::Target;
    type Optimizer = N::Optimizer;
    type Memory = Compiled<N>;

    fn memory(&self) -> Compiled<N> {
        Compiled { workspace: in_place(), gradients: in_place() }
    }

    fn learn(
        &mut self,
        optimizer: &mut N::Optimizer,
        batch: Batch<'_, N::Input, N::Target>,
        memory: &mut Compiled<N>,
    ) -> Result<<N as Tensors>::Scalar, NoStep> {
        Ok(self.try_train_batch(batch, optimizer, &mut memory.workspace, &mut memory.gradients)?)
    }

    fn objective(
        &mut self,
        batch: Batch<'_, N::Input, N::Target>,
        memory: &mut Compiled<N>,
    ) -> Result<<N as Tensors>::Scalar, Failure> {
        Ok(self.loss_batch(batch, &mut memory.workspace))
    }

    fn all_finite(&self) -> bool {
        self.is_finite()
    }

    fn numbers(&self) -> Vec<<N as Tensors>::Scalar> {
        let mut numbers = Vec::new();
        numbers.resize(N::ELEMENTS, Scalar::ZERO);
        // The length is right.
        let _ = self.copy_to_slice(&mut numbers);
        numbers
    }

    fn set_numbers(&mut self, numbers: &[<N as Tensors>::Scalar]) {
        let _ = self.copy_from_slice(numbers);
    }

    fn write_checkpoint<E>(
        &self,
        optimizer: &N::Optimizer,
        progress: Progress,
        metadata: &[(&str, Value<'_>)],
        best: Option<&[<N as Tensors>::Scalar]>,
        sink: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), SaveError<E>> {
        let checkpoint = Checkpoint { network: self, optimizer, progress, metadata };
        match best {
            Some(best) => checkpoint.write_with_best(&Flat::new(N::TENSORS, best.to_vec(), None), sink),
            None => checkpoint.write(sink),
        }
    }

    fn read_checkpoint(
        &mut self,
        optimizer: &mut N::Optimizer,
        file: &File<'_>,
    ) -> Result<Continued<<N as Tensors>::Scalar>, LoadError> {
        let mut best = Flat::zeros(N::TENSORS, None);
        let has_best = file.best(&mut best)?;
        let progress = file.resume(self, optimizer)?;
        Ok((progress, has_best.then_some(best.numbers)))
    }
}

/// Tensors in one list of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Flat<S> {
    list: &'static [Parameter],
    numbers: Vec<S>,
    steps: Option<u64>,
}

impl<S: Scalar> Flat<S> {
    /// The tensors of this list, whose elements are these numbers, one after another; `steps` is the number of steps, where it
    /// is counted.
    pub fn new(list: &'static [Parameter], numbers: Vec<S>, steps: Option<u64>) -> Self {
        Self { list, numbers, steps }
    }

    /// The same with zeros.
    pub fn zeros(list: &'static [Parameter], steps: Option<u64>) -> Self {
        let mut numbers = Vec::new();
        numbers.resize(list.iter().map(|tensor| tensor.shape.elements()).sum(), S::ZERO);
        Self::new(list, numbers, steps)
    }

    /// The number of steps, where it is counted.
    pub fn steps(&self) -> Option<u64> {
        self.steps
    }

    /// The elements of all tensors.
    pub fn into_numbers(self) -> Vec<S> {
        self.numbers
    }

    /// Where the tensor with this number is in the list.
    fn place(&self, number: usize) -> Option<core::ops::Range<usize>> {
        let size = self.list.get(number)?.shape.elements();
        let before: usize = self.list.iter().take(number).map(|tensor| tensor.shape.elements()).sum();
        Some(before..before + size)
    }
}

impl<S: Scalar> Listed for Flat<S> {
    type Scalar = S;

    fn list(&self) -> &'static [Parameter] {
        self.list
    }

    fn numbers(&self, number: usize) -> Option<&[S]> {
        self.numbers.get(self.place(number)?)
    }

    fn numbers_mut(&mut self, number: usize) -> Option<&mut [S]> {
        let place = self.place(number)?;
        self.numbers.get_mut(place)
    }

    fn counted(&self) -> Option<u64> {
        self.steps
    }

    fn set_counted(&mut self, steps: u64) {
        self.steps = self.steps.map(|_| steps);
    }
}
