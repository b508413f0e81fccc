//! Borrowed samples, and selections of them by index: no row is copied.

use alloc::vec::Vec;

use mlp_hash::Generator;
use mlp_runtime::{Batch, BatchError};

use crate::order::shuffle;

/// Samples to train or to test with: inputs with their targets, in an order, all of them or a part.
///
/// A part has the numbers of its samples, no copies of them. `I` and `T` are a network's `Input` and `Target`.
///
/// ```
/// use mlp_training::Samples;
///
/// let (inputs, targets) = ([[0.1], [0.2], [0.3], [0.4], [0.5]], [[1.0], [2.0], [3.0], [4.0], [5.0]]);
/// let (training, test) = Samples::new(&inputs, &targets)?.hold_out(2, 7);
/// assert_eq!((training.len(), test.len()), (3, 2));
/// # Ok::<(), mlp_runtime::BatchError>(())
/// ```
pub struct Samples<'a, I, T> {
    inputs: &'a [I],
    targets: &'a [T],
    /// The numbers of the chosen samples, all below the number of inputs; all samples in order without it.
    chosen: Option<Vec<usize>>,
}

// Not derived: I and T are borrowed, so they need not be `Clone`.
impl<I, T> Clone for Samples<'_, I, T> {
    fn clone(&self) -> Self {
        Self { inputs: self.inputs, targets: self.targets, chosen: self.chosen.clone() }
    }
}

impl<I, T> core::fmt::Debug for Samples<'_, I, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Samples").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl<'a, I, T> Samples<'a, I, T> {
    /// All samples: `inputs[s]` has the target `targets[s]`.
    ///
    /// # Errors
    /// As [`Batch::new`]: the lengths differ, or both are 0.
    pub fn new(inputs: &'a [I], targets: &'a [T]) -> Result<Self, BatchError> {
        Batch::new(inputs, targets).map(Self::from)
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.chosen.as_ref().map_or(self.inputs.len(), Vec::len)
    }

    /// Whether there are none, as in a part of nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sample at this position.
    pub fn get(&self, position: usize) -> Option<(&'a I, &'a T)> {
        let index = match &self.chosen {
            Some(chosen) => *chosen.get(position)?,
            None => position,
        };
        Some((self.inputs.get(index)?, self.targets.get(index)?))
    }

    /// The samples in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a I, &'a T)> {
        (0..self.len()).filter_map(|position| self.get(position))
    }

    /// The same samples in a random order, a function of the seed and their number: before a split, or where classes
    /// follow one another. Training needs no shuffled samples; it draws an order for each epoch.
    #[must_use]
    pub fn shuffled(self, seed: u64) -> Self {
        let mut chosen = self.numbers();
        shuffle(&mut Generator::new(seed, 0, "shuffled"), &mut chosen);
        Self { chosen: Some(chosen), ..self }
    }

    /// The first `count` samples, and the others. If there are fewer, the first part has all.
    #[must_use]
    pub fn split_at(self, count: usize) -> (Self, Self) {
        let mut first = self.numbers();
        let others = first.split_off(count.min(first.len()));
        let part = |chosen| Self { chosen: Some(chosen), ..self };
        (part(first), part(others))
    }

    /// Samples to train with, and `count` samples drawn with this seed that are held out, to validate or to test with: the
    /// last `count` of the [`shuffled`](Self::shuffled) samples.
    #[must_use]
    pub fn hold_out(self, count: usize, seed: u64) -> (Self, Self) {
        let kept = self.len().saturating_sub(count);
        self.shuffled(seed).split_at(kept)
    }

    /// The fold with this number, of `folds`, for cross-validation: the samples to train with, and those of the fold, to
    /// test with. The fold `number` has the positions from `number · n / folds` to `(number + 1) · n / folds`; there is none
    /// at `number = folds`.
    #[must_use]
    pub fn fold(&self, number: usize, folds: usize) -> (Self, Self) {
        let border = |number: usize| match folds {
            0 => 0,
            _ => (number.min(folds) as u128 * self.len() as u128 / folds as u128) as usize,
        };
        let (from, to) = (border(number), border(number.saturating_add(1)));
        let (mut before, others) = self.clone().split_at(from);
        let (fold, after) = others.split_at(to.saturating_sub(from));
        if let (Some(before), Some(after)) = (&mut before.chosen, after.chosen) {
            before.extend(after);
        }
        (before, fold)
    }

    /// The samples for which `keep` is true.
    #[must_use]
    pub fn filter(self, mut keep: impl FnMut(&I, &T) -> bool) -> Self {
        let mut chosen = self.numbers();
        chosen.retain(|&index| match (self.inputs.get(index), self.targets.get(index)) {
            (Some(input), Some(target)) => keep(input, target),
            _ => false,
        });
        Self { chosen: Some(chosen), ..self }
    }

    /// All samples as a batch, without a copy, if they are all samples in order; else `None`.
    pub fn as_batch(&self) -> Option<Batch<'a, I, T>> {
        match self.chosen {
            Some(_) => None,
            None => Batch::new(self.inputs, self.targets).ok(),
        }
    }

    /// Replaces the contents of the buffers by the samples at these positions.
    pub(crate) fn gather(
        &self,
        positions: impl IntoIterator<Item = usize>,
        inputs: &mut Vec<I>,
        targets: &mut Vec<T>,
    ) where
        I: Clone,
        T: Clone,
    {
        inputs.clear();
        targets.clear();
        for (input, target) in positions.into_iter().filter_map(|position| self.get(position)) {
            inputs.push(input.clone());
            targets.push(target.clone());
        }
    }

    /// The inputs, if they are all samples in order.
    pub(crate) fn plain_inputs(&self) -> Option<&'a [I]> {
        self.chosen.is_none().then_some(self.inputs)
    }

    /// The numbers of the chosen samples among all.
    fn numbers(&self) -> Vec<usize> {
        match &self.chosen {
            Some(chosen) => chosen.clone(),
            None => (0..self.inputs.len()).collect(),
        }
    }
}

impl<'a, I, T> From<Batch<'a, I, T>> for Samples<'a, I, T> {
    fn from(batch: Batch<'a, I, T>) -> Self {
        Self { inputs: batch.inputs(), targets: batch.targets(), chosen: None }
    }
}
