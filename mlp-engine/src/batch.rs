//! Batches: samples in blocks, in the order and with the roundings of the compiled code.

use core::ops::Range;

use mlp_dsl::plan::Entry;
use mlp_kernels::Scalar;

use crate::{error::Error, network::Network, program::Target, run::divide};

/// The targets of samples, one after another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Targets<'t, S> {
    /// The numbers of each target; of several targets, one after another, a class as a vector with a single 1.
    Numbers(&'t [S]),
    /// The class of each sample, counted from 0, where the target is a class.
    Classes(&'t [usize]),
}

impl<'t, S> Targets<'t, S> {
    /// The targets of a range of samples, each of `width` numbers.
    fn of(self, samples: Range<usize>, width: usize) -> Result<Self, Error> {
        match self {
            Targets::Numbers(numbers) => {
                let range = samples.start.saturating_mul(width)..samples.end.saturating_mul(width);
                numbers.get(range).map(Targets::Numbers).ok_or(Error::Program)
            }
            Targets::Classes(classes) => classes.get(samples).map(Targets::Classes).ok_or(Error::Program),
        }
    }
}

/// Samples whose lengths fit the network.
#[derive(Clone, Copy)]
pub(crate) struct Samples<'s, S> {
    pub(crate) inputs: &'s [S],
    pub(crate) targets: Targets<'s, S>,
    pub(crate) count: usize,
}

impl<'s, S: Scalar> Samples<'s, S> {
    pub(crate) fn range(self, inputs: usize, target: Target, range: Range<usize>) -> Result<Self, Error> {
        let width = match target {
            Target::Numbers(width) => width,
            Target::None | Target::Class(_) => 1,
        };
        let own = range.start.saturating_mul(inputs)..range.end.saturating_mul(inputs);
        Ok(Samples {
            inputs: self.inputs.get(own).ok_or(Error::Program)?,
            targets: self.targets.of(range.clone(), width)?,
            count: range.len(),
        })
    }
}

/// The number of samples in a block of at most `most`: as few blocks as possible, of nearly the same size.
pub(crate) fn block(samples: usize, most: usize) -> usize {
    samples.div_ceil(samples.div_ceil(most.max(1)).max(1)).max(1)
}

/// The ranges of `count` samples, each of `each` samples.
pub(crate) fn ranges(count: usize, each: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).step_by(each.max(1)).map(move |start| start..(start + each).min(count))
}

impl<S: Scalar> Network<S> {
    /// The samples of a batch, if they fit the network.
    pub(crate) fn samples<'s>(
        &self,
        inputs: &'s [S],
        targets: Targets<'s, S>,
    ) -> Result<Samples<'s, S>, Error> {
        let program = &self.program;
        let count = self.count(inputs)?;
        if count == 0 {
            return Err(Error::Empty);
        }
        let (found, expected) = match (program.target, targets) {
            (Target::None, _) => return Err(Error::Missing { what: "loss" }),
            (Target::Numbers(width), Targets::Numbers(numbers)) => {
                (numbers.len(), count.saturating_mul(width))
            }
            (Target::Class(classes), Targets::Classes(all)) => {
                if let Some(class) = all.iter().copied().find(|class| *class >= classes) {
                    return Err(Error::Class { class, classes });
                }
                (all.len(), count)
            }
            (Target::Numbers(_), Targets::Classes(_)) => {
                return Err(Error::Targets { expected: "numbers" });
            }
            (Target::Class(_), Targets::Numbers(_)) => {
                return Err(Error::Targets { expected: "classes" });
            }
        };
        if found != expected {
            return Err(Error::Length { what: "targets", found, expected });
        }
        Ok(Samples { inputs, targets, count })
    }

    /// How many samples these inputs are.
    pub(crate) fn count(&self, inputs: &[S]) -> Result<usize, Error> {
        let width = self.program.inputs.max(1);
        if inputs.len() == width {
            return Ok(1);
        }
        if !inputs.len().is_multiple_of(width) {
            return Err(Error::Length { what: "inputs", found: inputs.len(), expected: width });
        }
        Ok(inputs.len() / width)
    }

    /// Whether a batch is added in groups.
    pub(crate) fn in_groups(&self, samples: usize) -> bool {
        self.program.group.is_some_and(|group| samples > group)
    }

    /// The divisor of sums over samples: their number, or the sum of their weights in order.
    pub(crate) fn divisor(&mut self, samples: Samples<'_, S>) -> Result<Option<S>, Error> {
        if self.program.weighted {
            return self.weights(samples).map(Some);
        }
        Ok(self.program.mean.then(|| S::from_f64(samples.count as f64)))
    }

    /// The sum of the weights of samples, in order.
    fn weights(&mut self, samples: Samples<'_, S>) -> Result<S, Error> {
        // The sum starts with its first term.
        (0..samples.count).try_fold(-S::ZERO, |sum, number| {
            let one = self.parts(samples, number..number + 1)?;
            Ok(sum + self.run(Entry::Weight, true, one, &mut [], None, S::ZERO)?.result)
        })
    }

    pub(crate) fn parts<'s>(
        &self,
        samples: Samples<'s, S>,
        range: Range<usize>,
    ) -> Result<Samples<'s, S>, Error> {
        samples.range(self.program.inputs, self.program.target, range)
    }

    /// Writes the outputs of all samples.
    pub(crate) fn forward_all(&mut self, inputs: &[S], outputs: &mut [S], count: usize) -> Result<(), Error> {
        let (width, height) = (self.program.inputs, self.program.outputs);
        if count == 1 {
            let samples = Samples { inputs, targets: Targets::Numbers(&[]), count };
            return self.run(Entry::Forward, true, samples, outputs, None, S::ZERO).map(drop);
        }
        for range in ranges(count, block(count, self.program.block)) {
            let inputs = inputs.get(range.start * width..range.end * width).ok_or(Error::Program)?;
            let outputs = outputs.get_mut(range.start * height..range.end * height);
            self.forward_block(inputs, outputs.ok_or(Error::Program)?, range.len())?;
        }
        Ok(())
    }

    fn forward_block(&mut self, inputs: &[S], outputs: &mut [S], count: usize) -> Result<(), Error> {
        let samples = Samples { inputs, targets: Targets::Numbers(&[]), count };
        if self.program.routine(Entry::ForwardBlock, true).is_some() {
            return self.run(Entry::ForwardBlock, true, samples, outputs, None, S::ZERO).map(drop);
        }
        let (width, height) = (self.program.inputs, self.program.outputs);
        for number in 0..count {
            let input = inputs.get(number * width..(number + 1) * width).ok_or(Error::Program)?;
            let output = outputs.get_mut(number * height..(number + 1) * height);
            let one = Samples { inputs: input, count: 1, ..samples };
            self.run(Entry::Forward, true, one, output.ok_or(Error::Program)?, None, S::ZERO)?;
        }
        Ok(())
    }

    /// The losses of a block, added to `total`.
    fn loss_block(&mut self, samples: Samples<'_, S>, total: S) -> Result<S, Error> {
        if self.program.routine(Entry::LossBlock, true).is_some() {
            let ran = self.run(Entry::LossBlock, true, samples, &mut [], None, total)?;
            return Ok(ran.total);
        }
        (0..samples.count).try_fold(total, |total, number| {
            let one = self.parts(samples, number..number + 1)?;
            Ok(total + self.run(Entry::Loss, true, one, &mut [], None, S::ZERO)?.result)
        })
    }

    /// The losses and the gradients of a block, added to `total` and to those that are there.
    fn accumulate_block(
        &mut self,
        first: bool,
        count: Option<S>,
        samples: Samples<'_, S>,
        total: S,
    ) -> Result<S, Error> {
        if self.program.routine(Entry::AccumulateBlock, first).is_some() {
            let ran = self.run(Entry::AccumulateBlock, first, samples, &mut [], count, total)?;
            return Ok(ran.total);
        }
        let total = (0..samples.count).try_fold(total, |total, number| {
            let one = self.parts(samples, number..number + 1)?;
            let first = first && number == 0;
            Ok::<S, Error>(total + self.run(Entry::Accumulate, first, one, &mut [], None, S::ZERO)?.result)
        })?;
        if let Some(count) = count {
            self.divide_gradients(count);
        }
        Ok(total)
    }

    /// The last block of a batch, and the step.
    fn train_block(
        &mut self,
        first: bool,
        count: Option<S>,
        samples: Samples<'_, S>,
        total: S,
    ) -> Result<S, Error> {
        if self.program.routine(Entry::TrainBlock, first).is_some() {
            let ran = self.run(Entry::TrainBlock, first, samples, &mut [], count, total)?;
            return Ok(ran.total);
        }
        let total = self.accumulate_block(first, count, samples, total)?;
        self.take_step()?;
        Ok(total)
    }

    /// The loss of a batch, without penalties.
    pub(crate) fn loss_all(&mut self, samples: Samples<'_, S>) -> Result<S, Error> {
        let Some(group) = self.program.group.filter(|_| self.in_groups(samples.count)) else {
            let total = self.losses(samples)?;
            return Ok(self.divisor(samples)?.map_or(total, |count| total / count));
        };
        // The sum starts with its first term: adding −0 changes no number.
        let mut losses = -0.0;
        for range in ranges(samples.count, group) {
            let own = self.parts(samples, range)?;
            losses += self.losses(own)?.to_f64();
        }
        Ok(S::from_f64(losses * self.factor(samples, group)?))
    }

    /// The losses of samples in one sum.
    fn losses(&mut self, samples: Samples<'_, S>) -> Result<S, Error> {
        ranges(samples.count, block(samples.count, self.program.block)).try_fold(-S::ZERO, |total, range| {
            let own = self.parts(samples, range)?;
            self.loss_block(own, total)
        })
    }

    /// What a sum over groups is multiplied by.
    pub(crate) fn factor(&mut self, samples: Samples<'_, S>, group: usize) -> Result<f64, Error> {
        if self.program.weighted {
            let mut sum = -0.0;
            for range in ranges(samples.count, group) {
                let own = self.parts(samples, range)?;
                sum += self.weights(own)?.to_f64();
            }
            return Ok(1.0 / sum);
        }
        Ok(if self.program.mean { 1.0 / samples.count as f64 } else { 1.0 })
    }

    /// What is added once for a batch; with [`Entry::Penalize`] its gradients are added, too.
    pub(crate) fn penalty_by(&mut self, entry: Entry) -> Result<S, Error> {
        let none = Samples { inputs: &[], targets: Targets::Numbers(&[]), count: 0 };
        Ok(self.run(entry, false, none, &mut [], None, S::ZERO)?.result)
    }

    /// The objective of a batch; its gradients are in memory.
    pub(crate) fn backward_all(&mut self, samples: Samples<'_, S>) -> Result<S, Error> {
        let trained = self.program.parameters.iter().any(|parameter| parameter.gradient.is_some());
        let loss = if trained && self.in_groups(samples.count) {
            self.backward_groups(samples)?
        } else {
            let count = self.divisor(samples)?;
            let mut total = -S::ZERO;
            for range in ranges(samples.count, block(samples.count, self.program.block)) {
                let (first, last) = (range.start == 0, range.end == samples.count);
                let own = self.parts(samples, range)?;
                total = self.accumulate_block(first, count.filter(|_| last), own, total)?;
            }
            count.map_or(total, |count| total / count)
        };
        if self.program.penalized { Ok(loss + self.penalty_by(Entry::Penalize)?) } else { Ok(loss) }
    }

    /// Groups are added in 64 bits.
    fn backward_groups(&mut self, samples: Samples<'_, S>) -> Result<S, Error> {
        let group = self.program.group.unwrap_or(usize::MAX);
        let (mut losses, factor) = (-0.0, self.factor(samples, group)?);
        for range in ranges(samples.count, group) {
            let (start, end) = (range.start, range.end);
            let own = self.parts(samples, range)?;
            let mut total = -S::ZERO;
            for block in ranges(own.count, block(own.count, self.program.block)) {
                let first = block.start == 0;
                let block = self.parts(own, block)?;
                total = self.accumulate_block(first, None, block, total)?;
            }
            losses += total.to_f64();
            self.add_group(start == 0, (end == samples.count).then_some(factor))?;
        }
        Ok(S::from_f64(losses * factor))
    }

    /// One step on a batch.
    pub(crate) fn train_all(&mut self, samples: Samples<'_, S>) -> Result<S, Error> {
        if self.program.penalized || self.in_groups(samples.count) {
            let loss = self.backward_all(samples)?;
            self.take_step()?;
            return Ok(loss);
        }
        let count = self.divisor(samples)?;
        let mut total = -S::ZERO;
        for range in ranges(samples.count, block(samples.count, self.program.block)) {
            let (first, last) = (range.start == 0, range.end == samples.count);
            let own = self.parts(samples, range)?;
            total = if last {
                self.train_block(first, count, own, total)?
            } else {
                self.accumulate_block(first, None, own, total)?
            };
        }
        Ok(count.map_or(total, |count| total / count))
    }

    /// One step on one sample.
    pub(crate) fn train_one(&mut self, sample: Samples<'_, S>) -> Result<S, Error> {
        if self.program.routine(Entry::Train, true).is_some() {
            return Ok(self.run(Entry::Train, true, sample, &mut [], None, S::ZERO)?.result);
        }
        let loss = self.backward_one(sample)?;
        self.take_step()?;
        Ok(loss)
    }

    /// The objective of one sample; its gradients are in memory.
    pub(crate) fn backward_one(&mut self, sample: Samples<'_, S>) -> Result<S, Error> {
        let mut loss = self.run(Entry::Accumulate, true, sample, &mut [], None, S::ZERO)?.result;
        if self.program.weighted {
            let weight = self.weights(sample)?;
            self.divide_gradients(weight);
            loss = loss / weight;
        }
        if self.program.penalized { Ok(loss + self.penalty_by(Entry::Penalize)?) } else { Ok(loss) }
    }

    /// The step of the rule.
    pub(crate) fn take_step(&mut self) -> Result<(), Error> {
        let none = Samples { inputs: &[], targets: Targets::Numbers(&[]), count: 0 };
        self.run(Entry::Step, false, none, &mut [], None, S::ZERO).map(drop)
    }

    pub(crate) fn divide_gradients(&mut self, by: S) {
        for parameter in &self.program.parameters {
            let Some(at) = parameter.gradient else { continue };
            let end = at + parameter.array.shape.count();
            if let Some(gradient) = self.memory.all_mut().get_mut(at..end) {
                divide(gradient, by);
            }
        }
    }

    /// Adds the gradients of a group to the sums in 64 bits; after the last group, with a factor, the gradients become
    /// those of the batch.
    pub(crate) fn add_group(&mut self, first: bool, factor: Option<f64>) -> Result<(), Error> {
        let mut next = 0;
        for parameter in &self.program.parameters {
            let Some(at) = parameter.gradient else { continue };
            let count = parameter.array.shape.count();
            let group = self.memory.all_mut().get_mut(at..at + count).ok_or(Error::Program)?;
            if self.sums.len() < next + count {
                let more = next + count - self.sums.len();
                let bytes = (next + count) * size_of::<f64>();
                self.sums.try_reserve(more).map_err(|_| Error::Memory { bytes })?;
                self.sums.resize(next + count, 0.0);
            }
            let sums = self.sums.get_mut(next..next + count).ok_or(Error::Program)?;
            for (sum, group) in sums.iter_mut().zip(group) {
                let added = if first { group.to_f64() } else { *sum + group.to_f64() };
                match factor {
                    None => *sum = added,
                    Some(factor) => *group = S::from_f64(added * factor),
                }
            }
            next += count;
        }
        Ok(())
    }
}
