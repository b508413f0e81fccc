//! Any trained network → samples for it.

use core::fmt::Debug;

use mlp_runtime::{__private::Stream, Batch, Gradients, Scalar, Tensors, Trainable};

/// A network whose samples are arrays of numbers, and whose results can be compared.
pub trait Trained:
    Trainable<
        Input: for<'a> TryFrom<&'a [<Self as Tensors>::Scalar]> + Sync,
        Target: for<'a> TryFrom<&'a [<Self as Tensors>::Scalar]> + Sync,
        Output: Default + Clone + Debug + AsRef<[<Self as Tensors>::Scalar]>,
        Gradients: Clone + Debug,
    > + Clone
    + Sync
{
}

impl<N> Trained for N where
    N: Trainable<
            Input: for<'a> TryFrom<&'a [<N as Tensors>::Scalar]> + Sync,
            Target: for<'a> TryFrom<&'a [<N as Tensors>::Scalar]> + Sync,
            Output: Default + Clone + Debug + AsRef<[<N as Tensors>::Scalar]>,
            Gradients: Clone + Debug,
        > + Clone
        + Sync
{
}

/// Samples with inputs from −1 to 1 and targets from 0 to 1: first all inputs are drawn, then all targets.
pub fn samples<N: Trained>(count: usize) -> (Vec<N::Input>, Vec<N::Target>) {
    let mut stream = Stream::new(11, 1, "samples");
    let mut draw =
        |count, low| -> Vec<N::Scalar> { (0..count).map(|_| stream.uniform_scalar(low, 1.0)).collect() };
    let inputs = (0..count).filter_map(|_| N::Input::try_from(&draw(N::INPUTS, -1.0)).ok()).collect();
    let targets = (0..count).filter_map(|_| N::Target::try_from(&draw(N::TARGETS, 0.0)).ok()).collect();
    (inputs, targets)
}

/// The mean loss and the mean gradients of a batch from samples one by one, in the order that the reference gives: more
/// than 256 samples of 32 bits in groups, and groups in 64 bits.
pub fn one_by_one<N: Trained>(
    network: &N,
    batch: Batch<'_, N::Input, N::Target>,
    workspace: &mut N::Workspace,
    mean: &mut N::Gradients,
) -> N::Scalar {
    let group = if size_of::<N::Scalar>() == 4 { 256 } else { batch.len() };
    let (mut sums, mut losses) = (Vec::new(), 0.0);
    for (inputs, targets) in batch.inputs().chunks(group).zip(batch.targets().chunks(group)) {
        let mut loss = -N::Scalar::ZERO;
        for (number, (input, target)) in inputs.iter().zip(targets).enumerate() {
            loss = loss + network.accumulate(number == 0, input, target, workspace, mean);
        }
        if batch.len() <= group {
            let count = N::Scalar::from_f64(batch.len() as f64);
            mean.divide(count);
            return loss / count;
        }
        losses += loss.to_f64();
        let fields = (0..).map_while(|number| mean.elements(number));
        let elements: Vec<f64> = fields.flatten().map(|x| x.to_f64()).collect();
        sums.resize(elements.len(), 0.0);
        sums.iter_mut().zip(elements).for_each(|(sum, element)| *sum += element);
    }
    let factor = 1.0 / batch.len() as f64;
    let mut sums = sums.into_iter();
    let mut number = 0;
    while let Some(elements) = mean.elements_mut(number) {
        elements
            .iter_mut()
            .zip(&mut sums)
            .for_each(|(x, sum): (_, f64)| *x = N::Scalar::from_f64(sum * factor));
        number += 1;
    }
    N::Scalar::from_f64(losses * factor)
}
