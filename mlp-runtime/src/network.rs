//! The traits that generated networks implement, for code that is generic over networks.

use super::batch::{Batch, BatchError, block, check_outputs};
use super::scalar::Scalar;

/// A network: parameters, and the function they define.
pub trait Network {
    /// The type of all numbers.
    type Scalar: Scalar;
    /// One sample's inputs, `[Scalar; INPUTS]`.
    type Input;
    /// One sample's outputs, `[Scalar; OUTPUTS]`.
    type Output;
    /// Room for intermediate values; what it holds before a call does not matter.
    type Workspace: Default;

    /// The network's name in its specification.
    const NAME: &'static str;
    /// The number of parameters, each element counted.
    const PARAMETERS: usize;
    /// The number of them that are weights.
    const WEIGHTS: usize;
    /// The number of them that are biases.
    const BIASES: usize;
    /// The number of inputs of a sample.
    const INPUTS: usize;
    /// The number of outputs of a sample.
    const OUTPUTS: usize;
    /// The number of layers, the input layer counted.
    const LAYERS: usize;
    /// Multiply-adds in one sample's forward pass.
    const MULTIPLY_ADDS: usize;
    /// The size of the parameters in bytes.
    const PARAMETER_BYTES: usize;
    /// The size of the workspace in bytes.
    const WORKSPACE_BYTES: usize;
    /// The number of parameters, each element counted, that are frozen: kept as they start.
    const FROZEN: usize;
    /// The size of the optimizer in bytes; 0 without one.
    const OPTIMIZER_BYTES: usize;
    /// A hash of the specification: parameters fit networks with an equal one.
    const FINGERPRINT: u64;
    /// The parameters in order.
    const LAYOUT: &'static [Parameter];

    /// Sets every parameter to its start value, drawn anew from `seed`.
    fn initialize(&mut self, seed: u64);

    /// Writes the outputs for one sample.
    fn forward_into(&self, input: &Self::Input, workspace: &mut Self::Workspace, output: &mut Self::Output);

    /// The elements of the parameter `name`, row after row; `None` if there is none such.
    fn parameter(&self, name: &str) -> Option<&[Self::Scalar]>;

    /// As [`parameter`](Self::parameter), to be changed.
    fn parameter_mut(&mut self, name: &str) -> Option<&mut [Self::Scalar]>;

    /// How many samples are computed at once in a batch.
    const BLOCK: usize = 1;

    /// Writes the outputs for each sample of a block, at most [`BLOCK`](Self::BLOCK).
    fn forward_block(
        &self,
        inputs: &[Self::Input],
        workspace: &mut Self::Workspace,
        outputs: &mut [Self::Output],
    ) {
        for (input, output) in inputs.iter().zip(outputs) {
            self.forward_into(input, workspace, output);
        }
    }

    /// Writes the outputs for each sample, `outputs[s]` for `inputs[s]`; there may be none.
    ///
    /// # Errors
    /// [`BatchError::Outputs`] if the lengths differ; nothing is written then.
    fn forward_batch(
        &self,
        inputs: &[Self::Input],
        workspace: &mut Self::Workspace,
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
    /// One sample's target.
    type Target;
    /// A gradient for each parameter, of its shape.
    type Gradients: Gradients<Self::Scalar> + Default;

    /// The number of scalars in a target.
    const TARGETS: usize;
    /// The size of the gradients in bytes.
    const GRADIENT_BYTES: usize;
    /// How the losses of a batch become one.
    const REDUCTION: Reduction;
    /// Whether there are penalties.
    const PENALIZED: bool = false;

    /// The loss of one sample.
    fn loss(
        &self,
        input: &Self::Input,
        target: &Self::Target,
        workspace: &mut Self::Workspace,
    ) -> Self::Scalar;

    /// Adds one sample's gradients to `gradients`, or to 0 where it is the first, and returns its
    /// loss.
    fn accumulate(
        &self,
        first: bool,
        input: &Self::Input,
        target: &Self::Target,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar;

    /// Adds the losses of a block of samples in order, at most [`BLOCK`](Network::BLOCK), to `total`.
    fn loss_block(
        &self,
        inputs: &[Self::Input],
        targets: &[Self::Target],
        workspace: &mut Self::Workspace,
        total: &mut Self::Scalar,
    ) {
        for (input, target) in inputs.iter().zip(targets) {
            *total = *total + self.loss(input, target, workspace);
        }
    }

    /// Adds the gradients and the losses of a block of samples in order, at most
    /// [`BLOCK`](Network::BLOCK), to `gradients` and `total`; gradients to 0 where it is the batch's
    /// first block, and divided by the `count` of its samples behind the last.
    #[allow(
        clippy::too_many_arguments,
        reason = "the last block of a batch and the first are one's own business"
    )]
    fn accumulate_block(
        &self,
        first: bool,
        count: Option<Self::Scalar>,
        inputs: &[Self::Input],
        targets: &[Self::Target],
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
        total: &mut Self::Scalar,
    ) {
        for (number, (input, target)) in inputs.iter().zip(targets).enumerate() {
            let loss = self.accumulate(first && number == 0, input, target, workspace, gradients);
            *total = *total + loss;
        }
        if let Some(count) = count {
            gradients.divide(count);
        }
    }

    /// What is added to the loss of a batch, once: 0 without penalties.
    fn penalty(&self, _workspace: &mut Self::Workspace) -> Self::Scalar {
        Self::Scalar::ZERO
    }

    /// Adds the gradients of the penalties to those of a batch and returns the penalty.
    fn penalize(&self, _workspace: &mut Self::Workspace, _gradients: &mut Self::Gradients) -> Self::Scalar {
        Self::Scalar::ZERO
    }

    /// Writes the gradients of the objective for a batch of one sample and returns the objective:
    /// the sample's loss and the penalties.
    fn backward_into(
        &self,
        input: &Self::Input,
        target: &Self::Target,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        let loss = self.accumulate(true, input, target, workspace, gradients);
        if Self::PENALIZED { loss + self.penalize(workspace, gradients) } else { loss }
    }

    /// The objective for the batch: the sum of the losses in sample order, divided once for a
    /// mean, and the penalties.
    fn loss_batch(
        &self,
        batch: Batch<'_, Self::Input, Self::Target>,
        workspace: &mut Self::Workspace,
    ) -> Self::Scalar {
        // The sum starts with its first term: −0 changes none.
        let mut total = -Self::Scalar::ZERO;
        for (inputs, targets) in batch.blocks(Self::BLOCK) {
            self.loss_block(inputs, targets, workspace, &mut total);
        }
        let loss = match Self::REDUCTION {
            Reduction::Mean => total / Self::Scalar::from_f64(batch.len() as f64),
            Reduction::Sum => total,
        };
        if Self::PENALIZED { loss + self.penalty(workspace) } else { loss }
    }

    /// Writes the gradients of the objective and returns it: sums in sample order, divided once
    /// for a mean, and then the penalties.
    fn backward_batch(
        &self,
        batch: Batch<'_, Self::Input, Self::Target>,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        let count = Self::REDUCTION.count(batch.len());
        let mut total = -Self::Scalar::ZERO;
        let mut done = 0;
        for (inputs, targets) in batch.blocks(Self::BLOCK) {
            let first = done == 0;
            done += inputs.len();
            let count = if done == batch.len() { count } else { None };
            self.accumulate_block(first, count, inputs, targets, workspace, gradients, &mut total);
        }
        let loss = if let Some(count) = count { total / count } else { total };
        if Self::PENALIZED { loss + self.penalize(workspace, gradients) } else { loss }
    }
}

/// How the losses of a batch, and with them the gradients, become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
}

impl Reduction {
    /// What the sum over so many samples is divided by, if it is.
    fn count<S: Scalar>(self, samples: usize) -> Option<S> {
        match self {
            Self::Mean => Some(S::from_f64(samples as f64)),
            Self::Sum => None,
        }
    }
}

/// Gradients, as a total over samples.
pub trait Gradients<S> {
    /// Sets every element to zero.
    fn clear(&mut self);

    /// Divides every element.
    fn divide(&mut self, by: S);
}

/// A network with a rule to learn by.
pub trait Trainable: Differentiable {
    /// The rule's own state, with its settings.
    type Optimizer: Default;

    /// Changes the parameters by one step of the rule.
    fn step(&mut self, optimizer: &mut Self::Optimizer, gradients: &Self::Gradients);

    /// [`accumulate_block`](Differentiable::accumulate_block) of a batch's last block and the
    /// [`step`](Self::step), where there are no penalties. What `gradients` holds then does not matter.
    #[allow(
        clippy::too_many_arguments,
        reason = "the last block of a batch and the first are one's own business"
    )]
    fn train_block(
        &mut self,
        first: bool,
        count: Option<Self::Scalar>,
        inputs: &[Self::Input],
        targets: &[Self::Target],
        optimizer: &mut Self::Optimizer,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
        total: &mut Self::Scalar,
    ) {
        self.accumulate_block(first, count, inputs, targets, workspace, gradients, total);
        self.step(optimizer, gradients);
    }

    /// One step on one sample; returns the objective before the step.
    /// `gradients` is room, as for [`train_batch`](Self::train_batch).
    fn train_into(
        &mut self,
        input: &Self::Input,
        target: &Self::Target,
        optimizer: &mut Self::Optimizer,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        let loss = self.backward_into(input, target, workspace, gradients);
        self.step(optimizer, gradients);
        loss
    }

    /// One step on the gradients of the objective for a batch; returns the objective before the step.
    /// `gradients` is room for it: a gradient that a kernel hands on to the step is not written.
    /// [`backward_batch`](Differentiable::backward_batch) and [`step`](Self::step) give the same
    /// parameters, and the gradients as well.
    fn train_batch(
        &mut self,
        batch: Batch<'_, Self::Input, Self::Target>,
        optimizer: &mut Self::Optimizer,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
    ) -> Self::Scalar {
        if Self::PENALIZED {
            let loss = self.backward_batch(batch, workspace, gradients);
            self.step(optimizer, gradients);
            return loss;
        }
        let count = Self::REDUCTION.count(batch.len());
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
}

/// A parameter's place in a network's [`LAYOUT`](Network::LAYOUT).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in the specification.
    pub name: &'static str,
    /// Weight or bias.
    pub kind: ParameterKind,
    /// Its shape.
    pub shape: ParameterShape,
}

/// What a parameter is to its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// Multiplies inputs.
    Weight,
    /// Is added.
    Bias,
}

/// The shape of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterShape {
    /// One element.
    Scalar,
    /// This many elements.
    Vector(usize),
    /// Rows and columns, row after row.
    Matrix(usize, usize),
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
