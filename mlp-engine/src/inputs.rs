//! Gradients with respect to inputs, and back from the output, in the order of the compiled code.

use mlp_dsl::{model::Reduction, plan::Entry};
use mlp_kernels::Scalar;

use crate::{
    batch::{Samples, Targets, block, ranges},
    error::Error,
    network::Network,
    program::Target,
};

/// What a network with `backward inputs` computes beside the others.
impl<S: Scalar> Network<S> {
    /// Writes the gradient of the loss of each sample with respect to its input, one after another; returns the objective
    /// for the batch, as [`loss_batch`](Self::loss_batch) does.
    ///
    /// # Errors
    /// As [`loss_batch`](Self::loss_batch); [`Error::Missing`] without `backward inputs`, [`Error::Length`] if the gradients
    /// are not as many numbers as the inputs.
    pub fn input_gradient(
        &mut self,
        inputs: &[S],
        targets: Targets<'_, S>,
        input_gradients: &mut [S],
    ) -> Result<S, Error> {
        let samples = self.samples(inputs, targets)?;
        self.reaches_inputs(inputs, input_gradients)?;
        let losses = |network: &mut Self, own: Samples<'_, S>, written: &mut [S], _: bool| {
            network.input_gradients(own, written)
        };
        let loss = self.in_parts(samples, input_gradients, losses, |_, _, _| Ok(()))?;
        if self.program.penalized { Ok(loss + self.penalty_by(Entry::Penalty)?) } else { Ok(loss) }
    }

    /// Computes the gradients of the objective for a batch, as [`backward_batch`](Self::backward_batch) does, and writes the
    /// gradient of the loss of each sample with respect to its input. Returns the objective.
    ///
    /// # Errors
    /// As [`input_gradient`](Self::input_gradient).
    pub fn backward_with_input(
        &mut self,
        inputs: &[S],
        targets: Targets<'_, S>,
        input_gradients: &mut [S],
    ) -> Result<S, Error> {
        let samples = self.samples(inputs, targets)?;
        self.reaches_inputs(inputs, input_gradients)?;
        let grouped = self.grouped(samples.count);
        let divisor = if grouped { None } else { self.divisor(samples)? };
        let factor =
            if grouped { self.factor(samples, self.program.group.unwrap_or(usize::MAX))? } else { 1.0 };
        let both = |network: &mut Self, own: Samples<'_, S>, written: &mut [S], last: bool| {
            let count = divisor.filter(|_| last);
            network.gradients_of(Entry::AccumulateWithInput, own, count, written)
        };
        let add = |network: &mut Self, first: bool, last: bool| match grouped {
            true => network.add_group(first, last.then_some(factor)),
            false => Ok(()),
        };
        let loss = self.in_parts(samples, input_gradients, both, add)?;
        if self.program.penalized { Ok(loss + self.penalty_by(Entry::Penalize)?) } else { Ok(loss) }
    }

    /// Takes the gradient of each sample with respect to its output back: computes the gradients with respect to the
    /// parameters, their mean or their sum over the samples, and writes those with respect to the inputs.
    ///
    /// # Errors
    /// [`Error::Missing`] without `backward inputs`, [`Error::Empty`] without samples, [`Error::Length`] if the lengths do not
    /// fit the network or one another.
    pub fn pull_back(
        &mut self,
        inputs: &[S],
        output_gradients: &[S],
        reduction: Reduction,
        input_gradients: &mut [S],
    ) -> Result<(), Error> {
        let count = self.count(inputs)?;
        if count == 0 {
            return Err(Error::Empty);
        }
        let (found, expected) = (output_gradients.len(), count.saturating_mul(self.program.outputs));
        if found != expected {
            return Err(Error::Length { what: "output gradients", found, expected });
        }
        self.reaches_inputs(inputs, input_gradients)?;
        let samples = Samples { inputs, targets: Targets::Numbers(output_gradients), count };
        let grouped = self.grouped(count);
        let mean = reduction == Reduction::Mean;
        let divisor = mean.then(|| S::from_f64(count as f64));
        let factor = if mean { 1.0 / count as f64 } else { 1.0 };
        let group = if grouped { self.program.group.unwrap_or(count) } else { count };
        for range in ranges(count, group) {
            let (first, last) = (range.start == 0, range.end == count);
            let written = part(input_gradients, range.start, range.end, self.program.inputs)?;
            let own = samples.range(self.program.inputs, Target::Numbers(self.program.outputs), range)?;
            self.gradients_of(Entry::PullBack, own, divisor.filter(|_| !grouped), written)?;
            if grouped {
                self.add_group(first, last.then_some(factor))?;
            }
        }
        Ok(())
    }

    fn reaches_inputs(&self, inputs: &[S], written: &[S]) -> Result<(), Error> {
        if self.program.routine(Entry::PullBack, true).is_none() {
            return Err(Error::Missing { what: "`backward inputs`" });
        }
        let (found, expected) = (written.len(), inputs.len());
        if found == expected {
            Ok(())
        } else {
            Err(Error::Length { what: "input gradients", found, expected })
        }
    }

    /// Whether gradients are added in groups.
    fn grouped(&self, samples: usize) -> bool {
        self.in_groups(samples) && self.program.parameters.iter().any(|one| one.gradient.is_some())
    }

    /// The loss of a batch whose groups are computed by `one`, which is told whether it is the last; `add` follows each.
    fn in_parts(
        &mut self,
        samples: Samples<'_, S>,
        written: &mut [S],
        mut one: impl FnMut(&mut Self, Samples<'_, S>, &mut [S], bool) -> Result<S, Error>,
        mut add: impl FnMut(&mut Self, bool, bool) -> Result<(), Error>,
    ) -> Result<S, Error> {
        let in_groups = self.in_groups(samples.count);
        let group = if in_groups { self.program.group.unwrap_or(samples.count) } else { samples.count };
        let (mut losses, mut total) = (-0.0, S::ZERO);
        for range in ranges(samples.count, group) {
            let (first, last) = (range.start == 0, range.end == samples.count);
            let written = part(written, range.start, range.end, self.program.inputs)?;
            let own = self.parts(samples, range)?;
            total = one(self, own, written, last)?;
            losses += total.to_f64();
            add(self, first, last)?;
        }
        if in_groups {
            return Ok(S::from_f64(losses * self.factor(samples, group)?));
        }
        Ok(self.divisor(samples)?.map_or(total, |count| total / count))
    }

    /// The losses of samples in one sum, and the gradients with respect to their inputs.
    fn input_gradients(&mut self, samples: Samples<'_, S>, written: &mut [S]) -> Result<S, Error> {
        let mut total = -S::ZERO;
        for range in ranges(samples.count, block(samples.count, self.program.block)) {
            let written = part(written, range.start, range.end, self.program.inputs)?;
            let own = self.parts(samples, range)?;
            if self.program.routine(Entry::InputGradientBlock, true).is_some() {
                total = self.run(Entry::InputGradientBlock, true, own, written, None, total)?.total;
                continue;
            }
            for number in 0..own.count {
                let written = part(written, number, number + 1, self.program.inputs)?;
                let sample = self.parts(own, number..number + 1)?;
                total = total + self.run(Entry::InputGradient, true, sample, written, None, S::ZERO)?.result;
            }
        }
        Ok(total)
    }

    /// The losses and the gradients of samples in one sum, those with respect to inputs too; or gradients back from the
    /// output.
    fn gradients_of(
        &mut self,
        entry: Entry,
        samples: Samples<'_, S>,
        count: Option<S>,
        written: &mut [S],
    ) -> Result<S, Error> {
        let inputs = self.program.inputs;
        let (of_block, target) = if entry == Entry::PullBack {
            (Entry::PullBackBlock, Target::Numbers(self.program.outputs))
        } else {
            (Entry::AccumulateWithInputBlock, self.program.target)
        };
        let mut total = -S::ZERO;
        for range in ranges(samples.count, block(samples.count, self.program.block)) {
            let (first, last) = (range.start == 0, range.end == samples.count);
            let written = part(written, range.start, range.end, inputs)?;
            let own = samples.range(inputs, target, range)?;
            let count = count.filter(|_| last);
            if self.program.routine(of_block, first).is_some() {
                total = self.run(of_block, first, own, written, count, total)?.total;
                continue;
            }
            for number in 0..own.count {
                let written = part(written, number, number + 1, inputs)?;
                let sample = own.range(inputs, target, number..number + 1)?;
                let first = first && number == 0;
                total = total + self.run(entry, first, sample, written, None, S::ZERO)?.result;
            }
            if let Some(count) = count {
                self.divide_gradients(count);
            }
        }
        Ok(total)
    }
}

/// The numbers of these samples, of `each` numbers.
fn part<S>(all: &mut [S], start: usize, end: usize, each: usize) -> Result<&mut [S], Error> {
    all.get_mut(start.saturating_mul(each)..end.saturating_mul(each)).ok_or(Error::Program)
}
