//! Any trained network → samples for it.

use core::fmt::Debug;

use mlp_runtime::{__private::Stream, Network, Trainable};

/// A network whose samples are arrays of numbers, and whose results can be compared.
pub trait Trained:
    Trainable<
        Input: for<'a> TryFrom<&'a [<Self as Network>::Scalar]> + Sync,
        Target: for<'a> TryFrom<&'a [<Self as Network>::Scalar]> + Sync,
        Output: Default + Clone + Debug + AsRef<[<Self as Network>::Scalar]>,
        Gradients: Clone + Debug,
    > + Clone
    + Sync
{
}

impl<N> Trained for N where
    N: Trainable<
            Input: for<'a> TryFrom<&'a [<N as Network>::Scalar]> + Sync,
            Target: for<'a> TryFrom<&'a [<N as Network>::Scalar]> + Sync,
            Output: Default + Clone + Debug + AsRef<[<N as Network>::Scalar]>,
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
