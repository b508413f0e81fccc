//! Samples → batches in the order of an epoch.

use alloc::vec::Vec;

use mlp_runtime::Batch;

use crate::{Order, Samples};

/// The batches of epochs, for a loop of your own: the batch at a position of an epoch is a function of the order's seed, the
/// epoch and the position.
///
/// It has a buffer of one batch, into which rows are copied once, and the order of one epoch. Samples that are neither
/// shuffled nor chosen are not copied.
///
/// ```
/// use mlp_training::{Batches, Order, Samples};
///
/// let (inputs, targets) = ([[0.1], [0.2], [0.3]], [[1.0], [2.0], [3.0]]);
/// let samples = Samples::new(&inputs, &targets)?;
/// let mut batches = Batches::new(2, Some(Order::new(7)));
/// for epoch in 0..10 {
///     let mut position = 0;
///     while let Some(batch) = batches.at(&samples, epoch, position) {
///         position += batch.len(); // 2 samples, then 1
///     }
/// }
/// # Ok::<(), mlp_runtime::BatchError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batches<I, T> {
    size: usize,
    order: Option<Order>,
    /// The epoch of `indices`.
    epoch: Option<u64>,
    indices: Vec<usize>,
    inputs: Vec<I>,
    targets: Vec<T>,
}

impl<I: Clone, T: Clone> Batches<I, T> {
    /// Batches of `size` samples, at least one; the last of an epoch has those that are left. Without an order, epochs have
    /// the order of the samples.
    pub fn new(size: usize, order: Option<Order>) -> Self {
        let (indices, inputs, targets) = (Vec::new(), Vec::new(), Vec::new());
        Self { size: size.max(1), order, epoch: None, indices, inputs, targets }
    }

    /// The batch that begins at this position of an epoch, both counted from 0; `None` at its end.
    pub fn at<'a>(
        &'a mut self,
        samples: &Samples<'a, I, T>,
        epoch: u64,
        position: usize,
    ) -> Option<Batch<'a, I, T>> {
        let positions = position..position.saturating_add(self.size).min(samples.len());
        match self.order {
            Some(order) => {
                if self.epoch != Some(epoch) || self.indices.len() != samples.len() {
                    self.indices.resize(samples.len(), 0);
                    order.epoch(epoch, &mut self.indices);
                    self.epoch = Some(epoch);
                }
                let chosen = self.indices.get(positions)?.iter().copied();
                samples.gather(chosen, &mut self.inputs, &mut self.targets);
            }
            None => match samples.as_batch() {
                Some(all) => {
                    return Batch::new(all.inputs().get(positions.clone())?, all.targets().get(positions)?)
                        .ok();
                }
                None => samples.gather(positions, &mut self.inputs, &mut self.targets),
            },
        }
        Batch::new(&self.inputs, &self.targets).ok()
    }
}
