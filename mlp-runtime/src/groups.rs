//! Sums over the samples of a long batch: samples are added in groups, and the sums of groups in 64 bits.
//!
//! The error of a sum of 32-bit numbers grows with the number of its terms: 10 000 000 times 0.1 is 9 % too much. So
//! batches of more than [`Scalar::GROUP`] samples are cut into groups of that many, whatever the size of blocks. In each
//! group the samples are added in order, as in a batch of its own, and the sums of the groups are added in order, in 64
//! bits. A number of `f32` has 29 bits less than such a sum, so most additions of groups are exact. A mean is the sum times
//! 1 / n in 64 bits, rounded once to 32: a quotient for each gradient would take longer than the rest.

use super::batch::{Batch, block};
use super::isa::dispatch::dispatch;
use super::isa::portable::Portable;
use super::isa::traits::{Isa, WithIsa};
use super::network::{Differentiable, Gradients, Reduction};
use super::scalar::Scalar;

/// Loss and gradients of a batch in one sum: blocks in order, divided once for a mean.
#[inline(always)]
pub(crate) fn in_order<N: Differentiable>(
    network: &N,
    batch: Batch<'_, N::Input, N::Target>,
    workspace: &mut N::BatchWorkspace,
    gradients: &mut N::Gradients,
) -> N::Scalar {
    let count = divisor(network, batch.targets(), workspace);
    let mut total = -N::Scalar::ZERO;
    let mut done = 0;
    for (inputs, targets) in batch.blocks(N::BLOCK) {
        let first = done == 0;
        done += inputs.len();
        let count = if done == batch.len() { count } else { None };
        network.accumulate_block(first, count, inputs, targets, workspace, gradients, &mut total);
    }
    if let Some(count) = count { total / count } else { total }
}

/// The divisor of a sum over the samples with these targets, if there is one: how many they are, or the sum of their
/// weights in order.
#[inline(always)]
pub(crate) fn divisor<N: Differentiable>(
    network: &N,
    targets: &[N::Target],
    workspace: &mut N::BatchWorkspace,
) -> Option<N::Scalar> {
    if N::WEIGHTED { Some(weights(network, targets, workspace)) } else { N::REDUCTION.count(targets.len()) }
}

/// The sum of the weights of samples, in order.
fn weights<N: Differentiable>(
    network: &N,
    targets: &[N::Target],
    workspace: &mut N::BatchWorkspace,
) -> N::Scalar {
    let workspace = N::sample_workspace(workspace);
    // The sum starts with its first term.
    targets.iter().fold(-N::Scalar::ZERO, |sum, target| sum + network.weight(target, workspace))
}

/// The divisor of a sum over more samples than a group has, in 64 bits; 1 for a sum.
pub(crate) fn wide_divisor<N: Differentiable>(
    network: &N,
    targets: &[N::Target],
    workspace: &mut N::BatchWorkspace,
) -> f64 {
    if !N::WEIGHTED {
        return N::REDUCTION.count(targets.len()).unwrap_or(1.0);
    }
    let groups = targets.chunks(N::Scalar::GROUP);
    groups.fold(-0.0, |sum, group| sum + weights(network, group, workspace).to_f64())
}

/// Loss and gradients of a batch in groups. `add` adds the gradients of a group to those of the groups before; it is told
/// whether the group is the first, and after the last one the divisor of the sums.
#[inline(always)]
pub fn in_groups<N: Differentiable>(
    network: &N,
    batch: Batch<'_, N::Input, N::Target>,
    workspace: &mut N::BatchWorkspace,
    gradients: &mut N::Gradients,
    mut add: impl FnMut(bool, Option<f64>, &mut N::BatchWorkspace, &mut N::Gradients),
) -> N::Scalar {
    let divisor = wide_divisor(network, batch.targets(), workspace);
    let mut losses = Losses::new();
    let mut done = 0;
    for (inputs, targets) in batch.blocks_of(N::Scalar::GROUP) {
        let (mut total, mut first) = (-N::Scalar::ZERO, true);
        let block = block(inputs.len(), N::BLOCK);
        for (inputs, targets) in inputs.chunks(block).zip(targets.chunks(block)) {
            network.accumulate_block(first, None, inputs, targets, workspace, gradients, &mut total);
            first = false;
        }
        losses.add(total);
        let first = done == 0;
        done += inputs.len();
        add(first, (done == batch.len()).then_some(divisor), workspace, gradients);
    }
    losses.divided(divisor)
}

/// The loss of a batch in groups.
#[inline(never)]
pub(crate) fn losses_in_groups<N: Differentiable>(
    network: &N,
    batch: Batch<'_, N::Input, N::Target>,
    workspace: &mut N::BatchWorkspace,
) -> N::Scalar {
    let divisor = wide_divisor(network, batch.targets(), workspace);
    let mut losses = Losses::new();
    for (inputs, targets) in batch.blocks_of(N::Scalar::GROUP) {
        let mut total = -N::Scalar::ZERO;
        let block = block(inputs.len(), N::BLOCK);
        for (inputs, targets) in inputs.chunks(block).zip(targets.chunks(block)) {
            network.loss_block(inputs, targets, workspace, &mut total);
        }
        losses.add(total);
    }
    losses.divided(divisor)
}

/// The loss of a batch whose samples are written to as well. `group` gets the samples of a group, what is written for
/// them, and the total that their losses are added to.
#[inline(always)]
pub(crate) fn losses_of_groups<S: Scalar, I, T, W>(
    divisors: Divisors<S>,
    batch: Batch<'_, I, T>,
    written: &mut [W],
    mut group: impl FnMut(&[I], &[T], &mut [W], &mut S),
) -> S {
    let mut losses = Losses::new();
    let mut last = -S::ZERO;
    sums_of_groups::<S, _, _, _>(batch, written, |inputs, targets, written| {
        last = -S::ZERO;
        group(inputs, targets, written, &mut last);
        losses.add(last);
    });
    match divisors {
        Divisors::Groups(divisor) => losses.divided(divisor),
        Divisors::One(Some(count)) => last / count,
        Divisors::One(None) => last,
    }
}

/// What the sums over a batch are divided by.
#[derive(Clone, Copy)]
pub(crate) enum Divisors<S> {
    /// Of a batch of one group, if there is a divisor.
    One(Option<S>),
    /// Of a batch of more groups.
    Groups(f64),
}

impl<S: Scalar> Divisors<S> {
    /// Those of a batch of a network with a loss.
    pub(crate) fn of<N: Differentiable<Scalar = S>>(
        network: &N,
        targets: &[N::Target],
        workspace: &mut N::BatchWorkspace,
    ) -> Self {
        match targets.len() > S::GROUP {
            true => Self::Groups(wide_divisor(network, targets, workspace)),
            false => Self::One(divisor(network, targets, workspace)),
        }
    }
}

/// The groups of a batch in order, with what is written for their samples.
#[inline(always)]
pub(crate) fn sums_of_groups<S: Scalar, I, T, W>(
    batch: Batch<'_, I, T>,
    written: &mut [W],
    mut group: impl FnMut(&[I], &[T], &mut [W]),
) {
    for ((inputs, targets), written) in batch.blocks_of(S::GROUP).zip(written.chunks_mut(S::GROUP.max(1))) {
        group(inputs, targets, written);
    }
}

/// The sum of the losses of groups.
struct Losses(f64);

impl Losses {
    fn new() -> Self {
        // The sum starts with its first term.
        Self(-0.0)
    }

    fn add<S: Scalar>(&mut self, group: S) {
        self.0 += group.to_f64();
    }

    fn divided<S: Scalar>(self, divisor: f64) -> S {
        S::from_f64(self.0 * (1.0 / divisor))
    }
}

/// Adds the gradients of a group to the sums, which count as 0 if it is the `first` group. After the last one
/// `divisor` is that of the sums, and the gradients become those of the batch; the sums are then of no use.
#[inline(never)]
pub fn add_group<S: Scalar, G: Gradients<S>>(
    first: bool,
    divisor: Option<f64>,
    _: Reduction,
    sums: &mut [f64],
    gradients: &mut G,
) {
    let (mut number, mut sums) = (0, sums);
    let factor = divisor.map(|divisor| 1.0 / divisor);
    while let Some(group) = gradients.elements_mut(number) {
        let Some((own, rest)) = sums.split_at_mut_checked(group.len()) else { return };
        add(first, factor, own, group);
        sums = rest;
        number += 1;
    }
}

/// One field of [`add_group`]. Fields of one register or more are worth the choice of an instruction set.
fn add<S: Scalar>(first: bool, factor: Option<f64>, sums: &mut [f64], group: &mut [S]) {
    let addition = Addition { first, factor, sums, group };
    if addition.group.len() < 16 { addition.with_isa(Portable) } else { dispatch(addition) }
}

struct Addition<'a, S> {
    first: bool,
    /// After the last group.
    factor: Option<f64>,
    sums: &'a mut [f64],
    group: &'a mut [S],
}

impl<S: Scalar> WithIsa for Addition<'_, S> {
    type Output = ();

    #[inline(always)]
    fn with_isa<I: Isa>(self, _: I) {
        let Self { first, factor, sums, group } = self;
        let all = sums.iter_mut().zip(group);
        match (factor, first) {
            (None, true) => all.for_each(|(sum, group)| *sum = group.to_f64()),
            (None, false) => all.for_each(|(sum, group)| *sum += group.to_f64()),
            // A batch with sums has more than one group.
            (Some(factor), _) => {
                all.for_each(|(sum, group)| *group = S::from_f64((*sum + group.to_f64()) * factor));
            }
        }
    }
}
