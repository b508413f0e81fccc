//! The traits of networks whose backward pass goes on to the inputs: `backward inputs;` in their specification.

use super::batch::{Batch, BatchError, block, check_input_gradients};
use super::groups::{Divisors, divisor, losses_of_groups, sums_of_groups, wide_divisor};
use super::network::{Differentiable, Gradients, Network, Reduction};
use super::scalar::Scalar;

/// A network with a loss, and the gradient of the loss with respect to the input. Its specification has a loss and
/// `backward inputs;`.
///
/// The gradient has the type of the input: ∂E/∂input\[i\] in the place of input\[i\], one input after another where there are
/// several. It is that of the loss of one sample with its weight, in a batch too: it is never divided by the number of samples, and a penalty
/// does not depend on the input. For the gradient of the mean over a batch divide it by the number of samples.
pub trait InputDifferentiable: Differentiable {
    /// Writes the gradient of the loss of one sample with respect to its input. Returns the loss.
    fn input_gradient_into(
        &self,
        input: &Self::Input,
        target: &Self::Target,
        workspace: &mut Self::Workspace,
        input_gradient: &mut Self::Input,
    ) -> Self::Scalar;

    /// [`accumulate`](Differentiable::accumulate), and the gradient with respect to the input is written.
    fn accumulate_with_input(
        &self,
        first: bool,
        input: &Self::Input,
        target: &Self::Target,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
        input_gradient: &mut Self::Input,
    ) -> Self::Scalar;

    /// [`backward_into`](Differentiable::backward_into), and the gradient with respect to the input is written. All other
    /// results are the same, bit for bit.
    fn backward_with_input_into(
        &self,
        input: &Self::Input,
        target: &Self::Target,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::Gradients,
        input_gradient: &mut Self::Input,
    ) -> Self::Scalar {
        let mut loss = self.accumulate_with_input(true, input, target, workspace, gradients, input_gradient);
        if Self::WEIGHTED {
            let weight = self.weight(target, workspace);
            gradients.divide(weight);
            loss = loss / weight;
        }
        if Self::PENALIZED { loss + self.penalize(workspace, gradients) } else { loss }
    }

    /// [`loss_block`](Differentiable::loss_block), and `input_gradients[s]` is written for each sample.
    fn input_gradient_block(
        &self,
        inputs: &[Self::Input],
        targets: &[Self::Target],
        workspace: &mut Self::BatchWorkspace,
        input_gradients: &mut [Self::Input],
        total: &mut Self::Scalar,
    ) {
        let workspace = Self::sample_workspace(workspace);
        for ((input, target), gradient) in inputs.iter().zip(targets).zip(input_gradients) {
            *total = *total + self.input_gradient_into(input, target, workspace, gradient);
        }
    }

    /// [`accumulate_block`](Differentiable::accumulate_block), and `input_gradients[s]` is written for each sample.
    #[allow(clippy::too_many_arguments, reason = "called by the methods for batches only")]
    fn accumulate_with_input_block(
        &self,
        first: bool,
        count: Option<Self::Scalar>,
        inputs: &[Self::Input],
        targets: &[Self::Target],
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::Gradients,
        input_gradients: &mut [Self::Input],
        total: &mut Self::Scalar,
    ) {
        let workspace = Self::sample_workspace(workspace);
        let samples = inputs.iter().zip(targets).zip(input_gradients);
        for (number, ((input, target), written)) in samples.enumerate() {
            let first = first && number == 0;
            let loss = self.accumulate_with_input(first, input, target, workspace, gradients, written);
            *total = *total + loss;
        }
        if let Some(count) = count {
            gradients.divide(count);
        }
    }

    /// Writes the gradient of the loss of each sample with respect to its input. Returns the objective for the batch, as
    /// [`loss_batch`](Differentiable::loss_batch) does.
    ///
    /// # Errors
    /// [`BatchError::InputGradients`] if there are not as many gradients as samples; then nothing is written.
    fn input_gradient_batch(
        &self,
        batch: Batch<'_, Self::Input, Self::Target>,
        workspace: &mut Self::BatchWorkspace,
        input_gradients: &mut [Self::Input],
    ) -> Result<Self::Scalar, BatchError> {
        check_input_gradients(batch.len(), input_gradients.len())?;
        let divisors = Divisors::of(self, batch.targets(), workspace);
        let loss = losses_of_groups(divisors, batch, input_gradients, |inputs, targets, written, total| {
            let block = block(inputs.len(), Self::BLOCK);
            let blocks = inputs.chunks(block).zip(targets.chunks(block)).zip(written.chunks_mut(block));
            for ((inputs, targets), written) in blocks {
                self.input_gradient_block(inputs, targets, workspace, written, total);
            }
        });
        Ok(if Self::PENALIZED { loss + self.penalty(Self::sample_workspace(workspace)) } else { loss })
    }

    /// [`backward_batch`](Differentiable::backward_batch), and the gradient of the loss of each sample with respect to its
    /// input is written. All other results are the same, bit for bit.
    ///
    /// # Errors
    /// [`BatchError::InputGradients`] if there are not as many gradients with respect to inputs as samples; then nothing is
    /// written.
    fn backward_with_input_batch(
        &self,
        batch: Batch<'_, Self::Input, Self::Target>,
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::Gradients,
        input_gradients: &mut [Self::Input],
    ) -> Result<Self::Scalar, BatchError> {
        check_input_gradients(batch.len(), input_gradients.len())?;
        let loss = if batch.len() > Self::Scalar::GROUP {
            self.backward_with_input_groups(batch, workspace, gradients, input_gradients)
        } else {
            with_input_in_order(self, batch, workspace, gradients, input_gradients)
        };
        Ok(if Self::PENALIZED {
            loss + self.penalize(Self::sample_workspace(workspace), gradients)
        } else {
            loss
        })
    }

    /// [`backward_with_input_batch`](Self::backward_with_input_batch) without penalties, for a batch of more samples than a
    /// group has.
    #[doc(hidden)]
    fn backward_with_input_groups(
        &self,
        batch: Batch<'_, Self::Input, Self::Target>,
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::Gradients,
        input_gradients: &mut [Self::Input],
    ) -> Self::Scalar {
        with_input_in_order(self, batch, workspace, gradients, input_gradients)
    }
}

/// A network that takes a gradient with respect to its output back to its parameters and its input: a vector-Jacobian
/// product. Its specification has `backward inputs;`; a loss it need not have.
///
/// The output may be anything's input: that of another network, whose gradient with respect to its input is this one's
/// with respect to its output, or that of a loss of the caller. Penalties of the specification are not part of it; they are
/// added by [`penalize`](Differentiable::penalize).
pub trait PullBack: Network {
    /// The gradient with respect to each trained parameter, in its shape: the type
    /// [`Gradients`](Differentiable::Gradients) of a network with a loss.
    type ParameterGradients: Gradients<Self::Scalar> + Default;

    /// Takes the gradient of one sample with respect to its output back: adds those with respect to the parameters to
    /// `gradients`, which count as 0 if it is the `first` sample, and writes that with respect to the input.
    fn accumulate_pull_back(
        &self,
        first: bool,
        input: &Self::Input,
        output_gradient: &Self::Output,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::ParameterGradients,
        input_gradient: &mut Self::Input,
    );

    /// Takes the gradient of one sample with respect to its output back: writes those with respect to the parameters and to
    /// the input. The forward pass is computed from `input`.
    fn pull_back_into(
        &self,
        input: &Self::Input,
        output_gradient: &Self::Output,
        workspace: &mut Self::Workspace,
        gradients: &mut Self::ParameterGradients,
        input_gradient: &mut Self::Input,
    ) {
        self.accumulate_pull_back(true, input, output_gradient, workspace, gradients, input_gradient);
    }

    /// [`accumulate_pull_back`](Self::accumulate_pull_back) for each sample of a block of at most
    /// [`BLOCK`](Network::BLOCK) samples, in order. If there is a `count`, the sums in `gradients` are divided by it after
    /// the block.
    #[allow(clippy::too_many_arguments, reason = "called by the methods for batches only")]
    fn pull_back_block(
        &self,
        first: bool,
        count: Option<Self::Scalar>,
        inputs: &[Self::Input],
        output_gradients: &[Self::Output],
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::ParameterGradients,
        input_gradients: &mut [Self::Input],
    ) {
        let workspace = Self::sample_workspace(workspace);
        let samples = inputs.iter().zip(output_gradients).zip(input_gradients);
        for (number, ((input, output), written)) in samples.enumerate() {
            self.accumulate_pull_back(first && number == 0, input, output, workspace, gradients, written);
        }
        if let Some(count) = count {
            gradients.divide(count);
        }
    }

    /// Takes the gradient of each sample with respect to its output back: the batch has inputs and, in the place of targets,
    /// gradients with respect to outputs. Writes the gradient with respect to each input, and those with respect to the
    /// parameters: their mean over the samples, or their sum, in the order of
    /// [`backward_batch`](Differentiable::backward_batch). Where the gradients with respect to outputs are those of the
    /// losses of samples, as [`InputDifferentiable`] gives them, the reduction is that of the loss.
    ///
    /// # Errors
    /// [`BatchError::InputGradients`] if there are not as many gradients with respect to inputs as samples; then nothing is
    /// written.
    fn pull_back_batch(
        &self,
        batch: Batch<'_, Self::Input, Self::Output>,
        reduction: Reduction,
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::ParameterGradients,
        input_gradients: &mut [Self::Input],
    ) -> Result<(), BatchError> {
        check_input_gradients(batch.len(), input_gradients.len())?;
        if batch.len() > Self::Scalar::GROUP {
            self.pull_back_groups(batch, reduction, workspace, gradients, input_gradients);
        } else {
            pulled_in_order(self, batch, reduction, workspace, gradients, input_gradients);
        }
        Ok(())
    }

    /// [`pull_back_batch`](Self::pull_back_batch) for a batch of more samples than a group has.
    #[doc(hidden)]
    fn pull_back_groups(
        &self,
        batch: Batch<'_, Self::Input, Self::Output>,
        reduction: Reduction,
        workspace: &mut Self::BatchWorkspace,
        gradients: &mut Self::ParameterGradients,
        input_gradients: &mut [Self::Input],
    ) {
        pulled_in_order(self, batch, reduction, workspace, gradients, input_gradients);
    }
}

/// Loss and gradients of a batch in one sum, and the gradients with respect to inputs.
#[inline(always)]
fn with_input_in_order<N: InputDifferentiable>(
    network: &N,
    batch: Batch<'_, N::Input, N::Target>,
    workspace: &mut N::BatchWorkspace,
    gradients: &mut N::Gradients,
    input_gradients: &mut [N::Input],
) -> N::Scalar {
    let count = divisor(network, batch.targets(), workspace);
    let (mut total, mut done) = (-N::Scalar::ZERO, 0);
    let written = input_gradients.chunks_mut(block(batch.len(), N::BLOCK));
    for ((inputs, targets), written) in batch.blocks(N::BLOCK).zip(written) {
        let first = done == 0;
        done += inputs.len();
        let count = if done == batch.len() { count } else { None };
        network.accumulate_with_input_block(
            first, count, inputs, targets, workspace, gradients, written, &mut total,
        );
    }
    if let Some(count) = count { total / count } else { total }
}

/// The same in groups. `add` is that of [`in_groups`](super::groups::in_groups).
#[inline(always)]
pub fn with_input_in_groups<N: InputDifferentiable>(
    network: &N,
    batch: Batch<'_, N::Input, N::Target>,
    workspace: &mut N::BatchWorkspace,
    gradients: &mut N::Gradients,
    input_gradients: &mut [N::Input],
    mut add: impl FnMut(bool, Option<f64>, &mut N::BatchWorkspace, &mut N::Gradients),
) -> N::Scalar {
    let wide = wide_divisor(network, batch.targets(), workspace);
    let mut done = 0;
    losses_of_groups(Divisors::Groups(wide), batch, input_gradients, |inputs, targets, written, total| {
        let (block, mut first) = (block(inputs.len(), N::BLOCK), true);
        let blocks = inputs.chunks(block).zip(targets.chunks(block)).zip(written.chunks_mut(block));
        for ((inputs, targets), written) in blocks {
            network.accumulate_with_input_block(
                first, None, inputs, targets, workspace, gradients, written, total,
            );
            first = false;
        }
        let first = done == 0;
        done += inputs.len();
        add(first, (done == batch.len()).then_some(wide), workspace, gradients);
    })
}

/// Gradients back from the output in one sum.
#[inline(always)]
fn pulled_in_order<N: PullBack>(
    network: &N,
    batch: Batch<'_, N::Input, N::Output>,
    reduction: Reduction,
    workspace: &mut N::BatchWorkspace,
    gradients: &mut N::ParameterGradients,
    input_gradients: &mut [N::Input],
) {
    let count = reduction.count(batch.len());
    let mut done = 0;
    let written = input_gradients.chunks_mut(block(batch.len(), N::BLOCK));
    for ((inputs, outputs), written) in batch.blocks(N::BLOCK).zip(written) {
        let first = done == 0;
        done += inputs.len();
        let count = if done == batch.len() { count } else { None };
        network.pull_back_block(first, count, inputs, outputs, workspace, gradients, written);
    }
}

/// The same in groups.
#[inline(always)]
pub fn pulled_in_groups<N: PullBack>(
    network: &N,
    batch: Batch<'_, N::Input, N::Output>,
    reduction: Reduction,
    workspace: &mut N::BatchWorkspace,
    gradients: &mut N::ParameterGradients,
    input_gradients: &mut [N::Input],
    mut add: impl FnMut(bool, Option<f64>, &mut N::BatchWorkspace, &mut N::ParameterGradients),
) {
    let wide: f64 = reduction.count(batch.len()).unwrap_or(1.0);
    let mut done = 0;
    sums_of_groups::<N::Scalar, _, _, _>(batch, input_gradients, |inputs, outputs, written| {
        let (block, mut first) = (block(inputs.len(), N::BLOCK), true);
        let blocks = inputs.chunks(block).zip(outputs.chunks(block)).zip(written.chunks_mut(block));
        for ((inputs, outputs), written) in blocks {
            network.pull_back_block(first, None, inputs, outputs, workspace, gradients, written);
            first = false;
        }
        let first = done == 0;
        done += inputs.len();
        add(first, (done == batch.len()).then_some(wide), workspace, gradients);
    });
}
