//! A network with its optimizer, its workspace and its gradients.

use alloc::{boxed::Box, vec::Vec};
use core::convert::Infallible;

use super::{
    DynError, DynNetwork, DynTrainable,
    predictor::{facts, forward, samples, visit, visit_mut},
};
use crate::{
    batch::Batch,
    boxed::Boxed,
    keep::{Checkpoint, File, Keep, LoadError, Progress, SaveError},
    network::{Parameter, Trainable},
    tensors::Tensors,
    values::Targets,
};

/// A network and what it needs to learn, on the heap: a [`DynTrainable`].
///
/// ```
/// use mlp_runtime::{DynError, DynTrainable, Learner, Trainable};
///
/// fn hold<N: Trainable<Scalar = f32>>() -> Box<dyn DynTrainable<f32>> {
///     Box::new(Learner::<N>::new())
/// }
///
/// fn step(held: &mut [Box<dyn DynTrainable<f32>>], inputs: &[f32], targets: &[f32]) -> Result<(), DynError> {
///     held.iter_mut().try_for_each(|network| network.train(inputs, targets).map(drop))
/// }
/// ```
#[derive(Debug)]
pub struct Learner<N: Trainable> {
    network: Box<N>,
    optimizer: Box<N::Optimizer>,
    workspace: Box<N::BatchWorkspace>,
    gradients: Box<N::Gradients>,
    /// The targets of the last batch.
    targets: Vec<N::Target>,
}

impl<N: Trainable> Learner<N> {
    /// With the start values of the specification.
    #[must_use]
    pub fn new() -> Self {
        Self::of(N::boxed(), N::Optimizer::boxed())
    }

    /// With random start values drawn from `seed`.
    #[must_use]
    pub fn with_seed(seed: u64) -> Self {
        Self::of(N::boxed_with_seed(seed), N::Optimizer::boxed())
    }

    /// Of a network and an optimizer that are there already.
    #[must_use]
    pub fn of(network: Box<N>, optimizer: Box<N::Optimizer>) -> Self {
        let (workspace, gradients) = (N::BatchWorkspace::boxed(), N::Gradients::boxed());
        Learner { network, optimizer, workspace, gradients, targets: Vec::new() }
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &N {
        &self.network
    }

    /// The network, mutable.
    #[must_use]
    pub fn network_mut(&mut self) -> &mut N {
        &mut self.network
    }

    /// The optimizer: its settings are fields.
    #[must_use]
    pub fn optimizer(&self) -> &N::Optimizer {
        &self.optimizer
    }

    /// The optimizer, mutable.
    #[must_use]
    pub fn optimizer_mut(&mut self) -> &mut N::Optimizer {
        &mut self.optimizer
    }

    /// The gradients of the last [`backward`](DynTrainable::backward).
    #[must_use]
    pub fn gradients(&self) -> &N::Gradients {
        &self.gradients
    }

    /// Network and optimizer alone.
    #[must_use]
    pub fn into_parts(self) -> (Box<N>, Box<N::Optimizer>) {
        (self.network, self.optimizer)
    }

    /// Runs something on a batch, if its lengths are right.
    fn on_batch<R>(
        &mut self,
        inputs: &[N::Scalar],
        targets: &[N::Scalar],
        run: impl FnOnce(&mut Parts<'_, N>, Batch<'_, N::Input, N::Target>) -> Result<R, DynError>,
    ) -> Result<R, DynError> {
        let samples = samples::<N>(inputs)?;
        let (length, expected) = (targets.len(), samples.len().saturating_mul(N::Target::COUNT));
        if length != expected {
            return Err(DynError::Targets { length, expected });
        }
        self.targets.clear();
        for (sample, numbers) in targets.chunks(N::Target::COUNT.max(1)).enumerate() {
            let target = N::Target::from_numbers(numbers);
            self.targets.push(target.map_err(|error| DynError::Target { sample, error })?);
        }
        let batch = Batch::new(samples, &self.targets).map_err(|_| DynError::Empty)?;
        let (network, optimizer) = (&mut *self.network, &mut *self.optimizer);
        let (workspace, gradients) = (&mut *self.workspace, &mut *self.gradients);
        run(&mut Parts { network, optimizer, workspace, gradients }, batch)
    }
}

/// What a batch is computed with.
struct Parts<'p, N: Trainable> {
    network: &'p mut N,
    optimizer: &'p mut N::Optimizer,
    workspace: &'p mut N::BatchWorkspace,
    gradients: &'p mut N::Gradients,
}

impl<N: Trainable> Default for Learner<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<N: Trainable> Clone for Learner<N> {
    fn clone(&self) -> Self {
        let mut copy = Self::of(self.network.boxed_copy(), self.optimizer.boxed_copy());
        copy.gradients.copy_all(&self.gradients);
        copy
    }
}

impl<N: Trainable> DynNetwork<N::Scalar> for Learner<N> {
    facts!(N::Scalar);

    fn visit(&self, see: &mut dyn FnMut(&'static Parameter, &[N::Scalar])) {
        visit(&*self.network, see);
        visit(&*self.optimizer, see);
    }

    fn visit_mut(&mut self, see: &mut dyn FnMut(&'static Parameter, &mut [N::Scalar])) {
        visit_mut(&mut *self.network, see);
        visit_mut(&mut *self.optimizer, see);
    }
}

impl<N: Trainable> DynTrainable<N::Scalar> for Learner<N> {
    fn targets(&self) -> usize {
        N::Target::COUNT
    }

    fn loss(&mut self, inputs: &[N::Scalar], targets: &[N::Scalar]) -> Result<N::Scalar, DynError> {
        self.on_batch(inputs, targets, |parts, batch| Ok(parts.network.loss_batch(batch, parts.workspace)))
    }

    fn backward(&mut self, inputs: &[N::Scalar], targets: &[N::Scalar]) -> Result<N::Scalar, DynError> {
        self.on_batch(inputs, targets, |parts, batch| {
            Ok(parts.network.backward_batch(batch, parts.workspace, parts.gradients))
        })
    }

    fn train(&mut self, inputs: &[N::Scalar], targets: &[N::Scalar]) -> Result<N::Scalar, DynError> {
        self.on_batch(inputs, targets, |parts, batch| {
            Ok(parts.network.train_batch(batch, parts.optimizer, parts.workspace, parts.gradients))
        })
    }

    fn try_train(&mut self, inputs: &[N::Scalar], targets: &[N::Scalar]) -> Result<N::Scalar, DynError> {
        self.on_batch(inputs, targets, |parts, batch| {
            Ok(parts.network.try_train_batch(batch, parts.optimizer, parts.workspace, parts.gradients)?)
        })
    }

    fn gradient(&self, name: &str) -> Option<&[N::Scalar]> {
        self.gradients.named(name)
    }

    fn optimizer_state(&self, name: &str) -> Option<&[N::Scalar]> {
        self.optimizer.named(name)
    }

    fn steps(&self) -> Option<u64> {
        self.optimizer.steps()
    }

    fn set_steps(&mut self, steps: u64) {
        if let Some(own) = self.optimizer.steps_mut() {
            *own = steps;
        }
    }

    fn reset_optimizer(&mut self) {
        self.optimizer = N::Optimizer::boxed();
    }

    fn checkpoint(&self, progress: Progress) -> Result<Vec<u8>, SaveError<Infallible>> {
        let mut bytes = Vec::new();
        let (network, optimizer) = (&*self.network, &*self.optimizer);
        Checkpoint { network, optimizer, progress, metadata: &[] }.write(|part| {
            bytes.extend_from_slice(part);
            Ok(())
        })?;
        Ok(bytes)
    }

    fn resume(&mut self, bytes: &[u8]) -> Result<Progress, LoadError> {
        File::parse(bytes)?.resume(&mut *self.network, &mut *self.optimizer)
    }

    fn clone_trainable(&self) -> Box<dyn DynTrainable<N::Scalar>> {
        Box::new(self.clone())
    }
}
