//! Metrics of a network for samples.

use alloc::vec;
use alloc::vec::Vec;

use mlp_runtime::{Differentiable, NoSuchClass, Scalar, Values};

use super::{Confusion, Errors, Label, in_top, log_loss, predicted};
use crate::Samples;
use crate::memory::in_place;

/// The number of samples whose outputs are computed at once.
const ROWS: usize = 256;

/// Calls `f` for each sample in order, with the network's outputs and the target. Samples that are all in order are not copied;
/// of others, 256 at a time.
pub fn for_each_output<N: Differentiable>(
    network: &N,
    samples: &Samples<'_, N::Input, N::Target>,
    mut f: impl FnMut(&N::Output, &N::Target),
) {
    let mut workspace = in_place::<N::BatchWorkspace>();
    let mut outputs = vec![N::Output::ZERO; ROWS.min(samples.len())];
    let mut rows = Vec::new();
    for from in (0..samples.len()).step_by(ROWS) {
        let positions = from..samples.len().min(from + ROWS);
        let inputs = match samples.plain_inputs() {
            Some(inputs) => inputs.get(positions.clone()).unwrap_or_default(),
            None => {
                rows.clear();
                rows.extend(positions.clone().filter_map(|position| Some(*samples.get(position)?.0)));
                &rows
            }
        };
        let outputs = outputs.get_mut(..inputs.len()).unwrap_or_default();
        // There are as many outputs as inputs.
        let _ = network.forward_batch(inputs, &mut workspace, outputs);
        for (output, position) in outputs.iter().zip(positions) {
            if let Some((_, target)) = samples.get(position) {
                f(output, target);
            }
        }
    }
}

/// The share of samples whose class is [`predicted`]; NaN without samples.
pub fn accuracy<N>(network: &N, samples: &Samples<'_, N::Input, N::Target>) -> f64
where
    N: Differentiable<Target: Label>,
{
    share(network, samples, |output, class| predicted(output) == class)
}

/// The share of samples whose class is among the k greatest outputs; NaN without samples.
pub fn top_k<N>(network: &N, samples: &Samples<'_, N::Input, N::Target>, k: usize) -> f64
where
    N: Differentiable<Target: Label>,
{
    share(network, samples, |output, class| in_top(output, class, k))
}

/// The share of samples for which `right` is true of outputs and class.
fn share<N>(
    network: &N,
    samples: &Samples<'_, N::Input, N::Target>,
    right: impl Fn(&[N::Scalar], usize) -> bool,
) -> f64
where
    N: Differentiable<Target: Label>,
{
    let mut count = 0_u64;
    for_each_output(network, samples, |output, target| {
        count += u64::from(right(output.as_ref(), target.class()))
    });
    count as f64 / samples.len() as f64
}

/// The mean of [`log_loss`] over the samples, a sum of 64 bits in their order; NaN without samples.
pub fn mean_log_loss<N>(network: &N, samples: &Samples<'_, N::Input, N::Target>) -> f64
where
    N: Differentiable<Target: Label>,
{
    let mut sum = 0.0;
    for_each_output(network, samples, |output, target| sum += log_loss(output.as_ref(), target.class()));
    sum / samples.len() as f64
}

/// How often each class is [`predicted`] for each class of the samples.
///
/// # Errors
/// [`NoSuchClass`] if a class of the samples, or a predicted one, is `CLASSES` or more: two classes for a single output, else as many
/// as outputs.
pub fn confusion<const CLASSES: usize, N>(
    network: &N,
    samples: &Samples<'_, N::Input, N::Target>,
) -> Result<Confusion<CLASSES>, NoSuchClass>
where
    N: Differentiable<Target: Label>,
{
    let (mut confusion, mut result) = (Confusion::new(), Ok(()));
    for_each_output(network, samples, |output, target| {
        if result.is_ok() {
            result = confusion.add(target.class(), predicted(output.as_ref()));
        }
    });
    result.map(|()| confusion)
}

/// The errors of the outputs: mean squared, mean absolute, R².
pub fn errors<N, S: Scalar, const OUTPUTS: usize>(
    network: &N,
    samples: &Samples<'_, N::Input, N::Target>,
) -> Errors<OUTPUTS>
where
    N: Differentiable<Scalar = S, Output = [S; OUTPUTS], Target = [S; OUTPUTS]>,
{
    let mut errors = Errors::new();
    for_each_output(network, samples, |output, target| errors.add(target, output));
    errors
}
