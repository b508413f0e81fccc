//! The traits that generated networks implement, for code that is generic over networks.

use core::fmt;

use super::batch::{Batch, BatchError, block, check_outputs};
use super::boxed::{Boxed, BoxedWithSeed};
use super::groups::{divisor, in_order, losses_in_groups};
use super::scalar::Scalar;
use super::tensors::{Tensors, numbered};
use super::values::{Targets, Values};

/// A network: parameters, its [`Tensors`], and the function they define.
pub trait Network: Tensors + BoxedWithSeed {
    /// The inputs of one sample, `[Scalar; INPUTS]`.
    type Input: Values<Self::Scalar>;
    /// The outputs of one sample, `[Scalar; OUTPUTS]`.
    type Output: Values<Self::Scalar>;
    /// Memory for the intermediate values of one sample. Its contents before a call are ignored.
    type Workspace: Default + Boxed;
    /// Memory for the intermediate values of a batch, which is computed in blocks of [`BLOCK`](Self::BLOCK) samples. Its
    /// contents before a call are ignored. Networks without blocks have the type [`Workspace`](Self::Workspace) for both.
    type BatchWorkspace: Default + Boxed;

    /// The name of the network in its specification.
    const NAME: &'static str;
    /// The number of parameters, counted by element.
    const PARAMETERS: usize;
    /// The number of weights among the parameters.
    const WEIGHTS: usize;
    /// The number of biases among the parameters.
    const BIASES: usize;
    /// The number of inputs of a sample.
    const INPUTS: usize;
    /// The number of outputs of a sample.
    const OUTPUTS: usize;
    /// The number of layers, including the input layer.
    const LAYERS: usize;
    /// The number of multiply-adds in the forward pass of one sample.
    const MULTIPLY_ADDS: usize;
    /// The size of the parameters in bytes.
    const PARAMETER_BYTES: usize;
    /// The size of the workspace of one sample in bytes.
    const WORKSPACE_BYTES: usize;
    /// The size of the workspace of batches in bytes.
    const BATCH_WORKSPACE_BYTES: usize;
    /// The number of frozen parameters, counted by element: training does not change them.
    const FROZEN: usize;
    /// The size of the optimizer in bytes; 0 without one.
    const OPTIMIZER_BYTES: usize;
    /// A hash of the specification. Parameters can be exchanged between networks with equal fingerprints.
    const FINGERPRINT: u64;
    /// A hash of the number type, and of the names and shapes of the parameters and of the optimizer's states. Files of
    /// parameters and checkpoints can be exchanged between networks with equal hashes.
    const LAYOUT_HASH: u64;
    /// The parameters in order: the [`TENSORS`](Tensors::TENSORS) of the network.
    const LAYOUT: &'static [Parameter] = Self::TENSORS;

    /// Sets every parameter to its start value; random ones are drawn from `seed`.
    fn initialize(&mut self, seed: u64);

    /// Writes the outputs for one sample.
    fn forward_into(&self, input: &Self::Input, workspace: &mut Self::Workspace, output: &mut Self::Output);

    /// The workspace of one sample that is part of the workspace of batches: with it a batch can be followed by a single
    /// sample in the same memory.
    fn sample_workspace(workspace: &mut Self::BatchWorkspace) -> &mut Self::Workspace;

    /// The elements of the parameter `name` in row-major order; `None` if there is no such parameter.
    #[must_use]
    fn parameter(&self, name: &str) -> Option<&[Self::Scalar]> {
        self.tensor(numbered(Self::TENSORS, name)?)
    }

    /// The elements of the parameter `name`, mutable; as [`parameter`](Self::parameter).
    fn parameter_mut(&mut self, name: &str) -> Option<&mut [Self::Scalar]> {
        self.tensor_mut(numbered(Self::TENSORS, name)?)
    }

    /// The number of samples of a batch that are computed at once.
    const BLOCK: usize = 1;

    /// Writes the outputs for each sample of a block of at most [`BLOCK`](Self::BLOCK) samples.
    fn forward_block(
        &self,
        inputs: &[Self::Input],
        workspace: &mut Self::BatchWorkspace,
        outputs: &mut [Self::Output],
    ) {
        let workspace = Self::sample_workspace(workspace);
        for (input, output) in inputs.iter().zip(outputs) {
            self.forward_into(input, workspace, output);
        }
    }

    /// Writes the outputs for each sample: `outputs[s]` for `inputs[s]`. There may be no samples.
    ///
    /// # Errors
    /// [`BatchError::Outputs`] if the lengths differ; then nothing is written.
    fn forward_batch(
        &self,
        inputs: &[Self::Input],
        workspace: &mut Self::BatchWorkspace,
        outputs: &mut [Self::Output],
    ) -> Result<(), BatchError> {
        check_outputs(inputs.len(), outputs.len())?;
        let block = block(inputs.len(), Self::BLOCK);
        for (inputs, outputs) in inputs.chunks(block).zip(outputs.chunks_mut(block)) {
            self.forward_block(inputs, workspace, outputs);
        }
        Ok(())
    }
}

/// A network with a loss, and its gradients with respect to the parameters.
pub trait Differentiable: Network {
    /// The target of one sample.
    type Target: Targets<Self::Scalar>;
    /// The gradient with respect to each parameter, in its shape.
    type Gradients: Gradients<Self::Scalar> + Default + Boxed;

    /// The number of scalars in a target.
    const TARGETS: usize;
    /// The size of the gradients in bytes.
    const GRADIENT_BYTES: usize;
    /// The reduction of the losses of a batch.
    const REDUCTION: Reduction;
    /// Whether the objective has penalties.
    const PENALIZED: bool = false;
    /// Whether the mean over a batch is one over the weights of its samples: the sum of their losses, divided by the sum of
    /// their weights.
    const WEIGHTED: bool = false;

    /// The weight of a sample in the mean over a batch; 1 where samples have no weights. The loss of a sample has this
    /// factor already.
    fn weight(&self, _target: &Self::Target, _workspace: &mut Self::Workspace) -> Self::Scalar {
        Self::Scalar::ONE
    }

    /// The loss of one sample, with its weight as a factor where samples have weights.
    #[must_use]
    fn loss(
        &self,
        input: &Self::Input,
        target: &Self::Target,
        workspace: &mut Self::Workspace,
    ) -> Self::Scalar;

    /// Adds the gradients of one sample to `gradients`, which count as 0 if it is the `first` sample. Returns its loss.
    /// This is one sum in sample order. [`backward_batch`](Self::backward_batch) adds more than 256 samples of `f32` in
    /// groups. With dropout, units are left out for the step that the workspace was used for last; a new workspace leaves
    /// out none.
    fn accumulate(
        &self,
        first: bool,
        input: &Self::Input,
        target: &Self::Target,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar;

    /// Adds the losses of a block of at most [`BLOCK`](Network::BLOCK) samples to `total`, in order.
    fn loss_block(
        &self,
        inputs: &[Self::Input],
        targets: &[Self::Target],
        workspace: &mut Self::BatchWorkspace,
        total: &mut Self::Scalar,
    ) {
        let workspace = Self::sample_workspace(workspace);
        for (input, target) in inputs.iter().zip(targets) {
            *total = *total + self.loss(input, target, workspace);
        }
    }

    /// Adds the gradients and the losses of a block of at most [`BLOCK`](Network::BLOCK) samples to `gradients` and
    /// `total`, in order. `gradients` count as 0 if it is the `first` block of the batch. After the last block of a batch
    /// with a mean, `count` is the number of its samples, or the sum of their weights, and the gradients are divided by it.
    #[allow(clippy::too_many_arguments, reason = "called by the methods for batches only")]
    fn accumulate_block(
        &self,
        first: bool,
        count: Option<Self::Scalar>,
        inputs: &[Self::Input],
        targets: &[Self::Target],
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::Gradients,
        total: &mut Self::Scalar,
    ) {
        let workspace = Self::sample_workspace(workspace);
        for (number, (input, target)) in inputs.iter().zip(targets).enumerate() {
            let loss = self.accumulate(first && number == 0, input, target, workspace, gradients);
            *total = *total + loss;
        }
        if let Some(count) = count {
            gradients.divide(count);
        }
    }

    /// The penalty that is added to the loss of a batch, once; 0 without penalties.
    fn penalty(&self, _workspace: &mut Self::Workspace) -> Self::Scalar {
        Self::Scalar::ZERO
    }

    /// Adds the gradients of the penalties to those of a batch and returns the penalty.
    fn penalize(&self, _workspace: &mut Self::Workspace, _gradients: &mut Self::Gradients) -> Self::Scalar {
        Self::Scalar::ZERO
    }

    /// Tells a workspace the number of the step whose masks of dropout are drawn, from the first sample on; 0 where no unit is
    /// left out.
    #[doc(hidden)]
    fn draw_for(_step: u64, _workspace: &mut Self::Workspace) {}

    /// Writes the gradients of the objective for a batch of one sample and returns the objective: the loss of the sample
    /// plus the penalties. Where the mean is over weights, the loss and its gradients are divided by the weight. Dropout
    /// leaves out no unit, as in [`loss`](Self::loss).
    fn backward_into(
        &self,
        input: &Self::Input,
        target: &Self::Target,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        Self::draw_for(0, workspace);
        self.gradients_into(input, target, workspace, gradients)
    }

    /// [`backward_into`](Self::backward_into) with the masks of the step that the workspace was told.
    #[doc(hidden)]
    fn gradients_into(
        &self,
        input: &Self::Input,
        target: &Self::Target,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        let mut loss = self.accumulate(true, input, target, workspace, gradients);
        if Self::WEIGHTED {
            let weight = self.weight(target, workspace);
            gradients.divide(weight);
            loss = loss / weight;
        }
        if Self::PENALIZED { loss + self.penalize(workspace, gradients) } else { loss }
    }

    /// The objective for the batch: the sum of the losses in the order of [`backward_batch`](Self::backward_batch),
    /// divided once for a mean, plus the penalties. A mean over weights that sum to 0 is infinite or NaN.
    #[must_use]
    fn loss_batch(
        &self,
        batch: Batch<'_, Self::Input, Self::Target>,
        workspace: &mut Self::BatchWorkspace,
    ) -> Self::Scalar {
        let loss = if batch.len() > Self::Scalar::GROUP {
            losses_in_groups(self, batch, workspace)
        } else {
            // The sum starts with its first term: adding −0 changes no number.
            let mut total = -Self::Scalar::ZERO;
            for (inputs, targets) in batch.blocks(Self::BLOCK) {
                self.loss_block(inputs, targets, workspace, &mut total);
            }
            match divisor(self, batch.targets(), workspace) {
                Some(count) => total / count,
                None => total,
            }
        };
        if Self::PENALIZED { loss + self.penalty(Self::sample_workspace(workspace)) } else { loss }
    }

    /// Writes the gradients of the objective for the batch and returns the objective: sums, divided once for a mean, plus
    /// the penalties. A sum runs over the samples in order. With more than 256 samples of `f32` it runs over groups of
    /// 256 in order, each of them a sum in order; groups are added and the mean is taken in 64 bits. Dropout leaves out no
    /// unit, as in [`loss_batch`](Self::loss_batch).
    fn backward_batch(
        &self,
        batch: Batch<'_, Self::Input, Self::Target>,
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        Self::draw_for(0, Self::sample_workspace(workspace));
        self.gradients_batch(batch, workspace, gradients)
    }

    /// [`backward_batch`](Self::backward_batch) with the masks of the step that the workspace was told.
    #[doc(hidden)]
    fn gradients_batch(
        &self,
        batch: Batch<'_, Self::Input, Self::Target>,
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        let loss = if batch.len() > Self::Scalar::GROUP {
            self.backward_groups(batch, workspace, gradients)
        } else {
            in_order(self, batch, workspace, gradients)
        };
        if Self::PENALIZED {
            loss + self.penalize(Self::sample_workspace(workspace), gradients)
        } else {
            loss
        }
    }

    /// [`backward_batch`](Self::backward_batch) without penalties, for a batch of more samples than a group has. Networks
    /// without memory for sums in 64 bits add the samples in order.
    #[doc(hidden)]
    fn backward_groups(
        &self,
        batch: Batch<'_, Self::Input, Self::Target>,
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        in_order(self, batch, workspace, gradients)
    }
}

/// The reduction of the losses of a batch, and of their gradients, to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
}

impl Reduction {
    /// The divisor of a sum over `samples` samples, if there is one.
    pub(crate) fn count<S: Scalar>(self, samples: usize) -> Option<S> {
        match self {
            Self::Mean => Some(S::from_f64(samples as f64)),
            Self::Sum => None,
        }
    }
}

/// The gradients with respect to all parameters that are trained, which are their [`Tensors`].
pub trait Gradients<S: Scalar>: Tensors<Scalar = S> {
    /// Sets every element to zero.
    fn clear(&mut self);

    /// Divides every element.
    fn divide(&mut self, by: S);

    /// The elements of the gradient with this number: its [`tensor`](Tensors::tensor).
    #[must_use]
    fn elements(&self, number: usize) -> Option<&[S]> {
        self.tensor(number)
    }

    /// The elements of the gradient with this number, mutable: its [`tensor_mut`](Tensors::tensor_mut).
    fn elements_mut(&mut self, number: usize) -> Option<&mut [S]> {
        self.tensor_mut(number)
    }
}

/// A training step was not taken, because its loss or a gradient is infinite or NaN. Parameters and optimizer are as they
/// were before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFinite {
    /// The loss is infinite or NaN.
    Loss,
    /// The loss is a number, and a gradient is infinite or NaN.
    Gradient,
}

impl fmt::Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Loss => "the loss",
            Self::Gradient => "a gradient",
        };
        write!(f, "{what} is infinite or NaN; no step was taken")
    }
}

impl core::error::Error for NotFinite {}

/// A network with a training rule.
pub trait Trainable: Differentiable {
    /// The settings and the state of the rule; the states are its [`Tensors`].
    type Optimizer: Tensors<Scalar = Self::Scalar> + Default + Boxed;

    /// Updates the parameters by one step of the rule.
    fn step(&mut self, optimizer: &mut Self::Optimizer, gradients: &Self::Gradients);

    /// [`accumulate_block`](Differentiable::accumulate_block) of the last block of a batch and the
    /// [`step`](Self::step), for networks without penalties. The contents of `gradients` after the call are unspecified.
    #[allow(clippy::too_many_arguments, reason = "called by `train_batch` only")]
    fn train_block(
        &mut self,
        first: bool,
        count: Option<Self::Scalar>,
        inputs: &[Self::Input],
        targets: &[Self::Target],
        optimizer: &mut Self::Optimizer,
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::Gradients,
        total: &mut Self::Scalar,
    ) {
        self.accumulate_block(first, count, inputs, targets, workspace, gradients, total);
        self.step(optimizer, gradients);
    }

    /// The number of the step that this optimizer takes next, where masks of dropout depend on it.
    #[doc(hidden)]
    fn next_step(_optimizer: &Self::Optimizer) -> u64 {
        0
    }

    /// [`backward_into`](Differentiable::backward_into) with the units left out that the next step of the optimizer leaves out:
    /// the gradients that [`train_into`](Self::train_into) takes. Without dropout it is `backward_into`.
    fn backward_step_into(
        &self,
        input: &Self::Input,
        target: &Self::Target,
        optimizer: &Self::Optimizer,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        Self::draw_for(Self::next_step(optimizer), workspace);
        self.gradients_into(input, target, workspace, gradients)
    }

    /// [`backward_batch`](Differentiable::backward_batch) with the units left out that the next step of the optimizer leaves
    /// out: the gradients that [`train_batch`](Self::train_batch) takes. Without dropout it is `backward_batch`.
    fn backward_step_batch(
        &self,
        batch: Batch<'_, Self::Input, Self::Target>,
        optimizer: &Self::Optimizer,
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        Self::draw_for(Self::next_step(optimizer), Self::sample_workspace(workspace));
        self.gradients_batch(batch, workspace, gradients)
    }

    /// One step on one sample. Returns the objective before the step. `gradients` is memory, as for
    /// [`train_batch`](Self::train_batch).
    fn train_into(
        &mut self,
        input: &Self::Input,
        target: &Self::Target,
        optimizer: &mut Self::Optimizer,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        let loss = self.backward_step_into(input, target, optimizer, workspace, gradients);
        self.step(optimizer, gradients);
        loss
    }

    /// One step on the gradients of the objective for a batch. Returns the objective before the step. `gradients` is
    /// memory for it; its contents after the call are unspecified, since some kernels take the step without storing the
    /// gradient. [`backward_step_batch`](Self::backward_step_batch) and [`step`](Self::step) give the same parameters, and
    /// the gradients, too.
    fn train_batch(
        &mut self,
        batch: Batch<'_, Self::Input, Self::Target>,
        optimizer: &mut Self::Optimizer,
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        if Self::PENALIZED || batch.len() > Self::Scalar::GROUP {
            let loss = self.backward_step_batch(batch, optimizer, workspace, gradients);
            self.step(optimizer, gradients);
            return loss;
        }
        Self::draw_for(Self::next_step(optimizer), Self::sample_workspace(workspace));
        let count = divisor(self, batch.targets(), workspace);
        let mut total = -Self::Scalar::ZERO;
        let mut done = 0;
        for (inputs, targets) in batch.blocks(Self::BLOCK) {
            let first = done == 0;
            done += inputs.len();
            if done < batch.len() {
                self.accumulate_block(first, None, inputs, targets, workspace, gradients, &mut total);
            } else {
                self.train_block(first, count, inputs, targets, optimizer, workspace, gradients, &mut total);
            }
        }
        if let Some(count) = count { total / count } else { total }
    }

    /// [`train_into`](Self::train_into), if the objective and all gradients are numbers. `gradients` has the gradients
    /// after the call. The parameters after the step are those of `train_into`, bit for bit.
    ///
    /// # Errors
    /// [`NotFinite`] if the objective or a gradient is infinite or NaN. Then no step is taken: parameters and optimizer
    /// are as they were before.
    fn try_train_into(
        &mut self,
        input: &Self::Input,
        target: &Self::Target,
        optimizer: &mut Self::Optimizer,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
    ) -> Result<Self::Scalar, NotFinite> {
        let loss = self.backward_step_into(input, target, optimizer, workspace, gradients);
        try_step(self, loss, optimizer, gradients)
    }

    /// [`train_batch`](Self::train_batch), if the objective and all gradients are numbers; as
    /// [`try_train_into`](Self::try_train_into).
    ///
    /// # Errors
    /// [`NotFinite`] if the objective or a gradient is infinite or NaN. Then no step is taken: parameters and optimizer
    /// are as they were before.
    fn try_train_batch(
        &mut self,
        batch: Batch<'_, Self::Input, Self::Target>,
        optimizer: &mut Self::Optimizer,
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::Gradients,
    ) -> Result<Self::Scalar, NotFinite> {
        let loss = self.backward_step_batch(batch, optimizer, workspace, gradients);
        try_step(self, loss, optimizer, gradients)
    }
}

/// A step, if loss and gradients are numbers.
fn try_step<N: Trainable>(
    network: &mut N,
    loss: N::Scalar,
    optimizer: &mut N::Optimizer,
    gradients: &N::Gradients,
) -> Result<N::Scalar, NotFinite> {
    if !loss.is_number() {
        return Err(NotFinite::Loss);
    }
    if !gradients.is_finite() {
        return Err(NotFinite::Gradient);
    }
    network.step(optimizer, gradients);
    Ok(loss)
}

/// An entry of the [`LAYOUT`](Network::LAYOUT) of a network, and of other [`TENSORS`](Tensors::TENSORS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name in the specification.
    pub name: &'static str,
    /// Weight or bias.
    pub kind: ParameterKind,
    /// The shape.
    pub shape: ParameterShape,
}

/// The role of a parameter in its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// It multiplies inputs.
    Weight,
    /// It is added.
    Bias,
}

/// The shape of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterShape {
    /// One element.
    Scalar,
    /// This many elements.
    Vector(usize),
    /// Rows and columns, in row-major order.
    Matrix(usize, usize),
}

impl fmt::Display for ParameterShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar => write!(f, "[]"),
            Self::Vector(size) => write!(f, "[{size}]"),
            Self::Matrix(rows, columns) => write!(f, "[{rows}, {columns}]"),
        }
    }
}

impl ParameterShape {
    /// The number of elements.
    pub const fn elements(self) -> usize {
        match self {
            Self::Scalar => 1,
            Self::Vector(size) => size,
            // Saturates where no such array exists.
            Self::Matrix(rows, columns) => rows.saturating_mul(columns),
        }
    }
}
