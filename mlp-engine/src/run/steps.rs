//! Steps, one by one.

use mlp_kernels::{Scalar, dropout::draw_mask, kernels::Mean};

use super::{
    Drawing, Frame, Runner, kernels::Calling, lanes::Running, numbers::Numbers, part, products::Data,
};
use crate::{
    batch::Targets,
    error::Error,
    memory::split,
    program::Target,
    step::{At, Step},
};

/// Runs steps in order, for one sample of the frame.
pub(crate) fn run<S: Scalar>(
    runner: &Runner<'_, S>,
    steps: &[Step],
    sample: usize,
    frame: &mut Frame<'_, S>,
) -> Result<(), Error> {
    steps.iter().try_for_each(|step| runner.step(step, sample, frame))
}

impl<S: Scalar> Runner<'_, S> {
    fn step(&self, step: &Step, sample: usize, frame: &mut Frame<'_, S>) -> Result<(), Error> {
        match step {
            Step::Numbers(start, end) => {
                let instructions = self.program.instructions.get(*start..*end).ok_or(Error::Program)?;
                self.machine.run(Numbers { instructions, memory: frame.memory });
                Ok(())
            }
            Step::Input => self.input(sample, frame),
            Step::Target => self.target(sample, frame),
            Step::OutputGradient => {
                let (at, count) = (self.program.output_gradient_at, self.program.outputs);
                let Targets::Numbers(gradients) = frame.targets else { return Err(Error::Program) };
                let gradient = part(gradients, sample * count, count)?;
                place(frame.memory, At::once(at), count)?.copy_from_slice(gradient);
                Ok(())
            }
            Step::Copy { to, from, count } => copy(frame.memory, to.of(sample), from.of(sample), *count),
            Step::Clear { at, count } => {
                place(frame.memory, *at, *count)?.fill(S::ZERO);
                Ok(())
            }
            Step::Add { first, total, x, count } => {
                let (total, rest) = split(frame.memory, total.of(sample), *count).ok_or(Error::Program)?;
                let x = rest.get(x.of(sample), *count).ok_or(Error::Program)?;
                // A sum counts as +0 before, so −0 is none of its values.
                if *first {
                    total.iter_mut().zip(x).for_each(|(total, &x)| *total = S::ZERO + x);
                } else {
                    total.iter_mut().zip(x).for_each(|(total, &x)| *total = *total + x);
                }
                Ok(())
            }
            Step::Lanes(lanes) => {
                let Data { inputs, targets } = Data::of(frame.inputs, frame.targets);
                let running = Running {
                    lanes,
                    memory: frame.memory,
                    inputs,
                    targets,
                    registers_at: self.program.registers_at,
                    sample,
                    samples: frame.samples,
                };
                self.machine.run(running).ok_or(Error::Program)
            }
            Step::Product(product) => self.product(product, sample, frame),
            Step::Outer(outer) => self.outer(outer, sample, frame),
            Step::Call(call) => {
                let calling = Calling { call, memory: frame.memory, sample, fused: self.fused };
                self.machine.run(calling).ok_or(Error::Program)
            }
            Step::Divide(fields) => {
                let Some(count) = frame.count else { return Ok(()) };
                fields.iter().try_for_each(|(at, length)| {
                    divide(place(frame.memory, *at, *length)?, count);
                    Ok(())
                })
            }
            Step::Samples { first, others } => {
                for sample in 0..frame.samples {
                    run(self, if sample == 0 { first } else { others }, sample, frame)?;
                }
                Ok(())
            }
            Step::Output { from, to, count } => {
                let numbers = part(frame.memory, from.of(sample), *count)?;
                let start = sample * self.program.outputs + to;
                let outputs = frame.outputs.get_mut(start..start + count).ok_or(Error::Program)?;
                outputs.copy_from_slice(numbers);
                Ok(())
            }
            Step::InputGradient { from, to, count } => {
                let numbers = part(frame.memory, from.of(sample), *count)?;
                let start = sample * self.program.inputs + to;
                let written = frame.outputs.get_mut(start..start + count).ok_or(Error::Program)?;
                written.copy_from_slice(numbers);
                Ok(())
            }
            Step::AddLoss(at) => {
                frame.total = frame.total + one(frame.memory, *at)?;
                Ok(())
            }
            Step::Return(at) => {
                frame.result = one(frame.memory, *at)?;
                Ok(())
            }
            Step::Draw { to, count, masks, factor } => {
                let Drawing { step, next } = *frame.drawing;
                let mask = place(frame.memory, At::once(to.of(sample)), *count)?;
                draw_mask(*masks, step, next.wrapping_add(sample as u64), *factor, mask);
                Ok(())
            }
            Step::Drawn => {
                frame.drawing.next = frame.drawing.next.wrapping_add(frame.samples as u64);
                Ok(())
            }
            Step::Count(at) => {
                *frame.steps = frame.steps.saturating_add(1);
                let steps = S::from_f64(*frame.steps as f64);
                *place(frame.memory, *at, 1)?.first_mut().ok_or(Error::Program)? = steps;
                Ok(())
            }
        }
    }

    /// The input of a sample, to memory.
    fn input(&self, sample: usize, frame: &mut Frame<'_, S>) -> Result<(), Error> {
        let (at, count) = (self.program.input_at, self.program.inputs);
        let input = part(frame.inputs, sample * count, count)?;
        place(frame.memory, At::once(at), count)?.copy_from_slice(input);
        Ok(())
    }

    /// The target of a sample, to memory; a class as a vector with a single 1.
    fn target(&self, sample: usize, frame: &mut Frame<'_, S>) -> Result<(), Error> {
        let at = At::once(self.program.target_at);
        match (self.program.target, frame.targets) {
            (Target::Numbers(count), Targets::Numbers(numbers)) => {
                let target = part(numbers, sample * count, count)?;
                place(frame.memory, at, count)?.copy_from_slice(target);
            }
            (Target::Class(count), Targets::Classes(classes)) => {
                let class = classes.get(sample).copied().ok_or(Error::Program)?;
                let target = place(frame.memory, at, count)?;
                target.fill(S::ZERO);
                *target.get_mut(class).ok_or(Error::Class { class, classes: count })? = S::ONE;
            }
            (Target::None | Target::Numbers(_) | Target::Class(_), _) => return Err(Error::Program),
        }
        Ok(())
    }
}

/// The numbers of a place, mutable.
fn place<S: Scalar>(memory: &mut [S], at: At, count: usize) -> Result<&mut [S], Error> {
    let end = at.at.checked_add(count).ok_or(Error::Program)?;
    memory.get_mut(at.at..end).ok_or(Error::Program)
}

fn one<S: Scalar>(memory: &[S], at: At) -> Result<S, Error> {
    memory.get(at.at).copied().ok_or(Error::Program)
}

/// Copies neighbouring numbers; the places may overlap.
fn copy<S: Scalar>(memory: &mut [S], to: usize, from: usize, count: usize) -> Result<(), Error> {
    let end = from.checked_add(count).ok_or(Error::Program)?;
    let fits = end <= memory.len() && to.checked_add(count).is_some_and(|end| end <= memory.len());
    fits.then(|| memory.copy_within(from..end, to)).ok_or(Error::Program)
}

/// Divides all numbers, as the runtime's kernels do.
pub(crate) fn divide<S: Scalar>(numbers: &mut [S], by: S) {
    match Mean::over(Some(by)) {
        Mean::None => {}
        Mean::Times(factor) => numbers.iter_mut().for_each(|number| *number = *number * factor),
        Mean::Over(count) => numbers.iter_mut().for_each(|number| *number = *number / count),
    }
}
