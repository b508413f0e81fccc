//! A network that runs.

use alloc::{sync::Arc, vec::Vec};
use core::fmt;

use mlp_dsl::{Compilation, ir::Parameter, kind::ParameterKind, plan::Entry, shape::Shape};
use mlp_kernels::{Scalar, isa::machine::Machine};

use crate::{
    batch::{Samples, Targets},
    error::Error,
    lower,
    memory::Memory,
    program::{Named, Program},
    run::{Drawing, Frame, Runner, run},
    start::start,
};

/// A training step was not taken, because its loss or a gradient is infinite or NaN. Parameters and optimizer are as
/// they were before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFinite {
    /// The loss is infinite or NaN.
    Loss,
    /// The loss is a number, and a gradient is infinite or NaN.
    Gradient,
}

impl fmt::Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Loss => "the loss",
            Self::Gradient => "a gradient",
        };
        write!(f, "{what} is infinite or NaN; no step was taken")
    }
}

impl core::error::Error for NotFinite {}

/// A named array of a network, row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tensor<'n, S> {
    /// Its name: of a parameter as in the specification, of a state with its parameter, such as `m_w`.
    pub name: &'n str,
    /// Its shape.
    pub shape: Shape,
    /// Its numbers.
    pub values: &'n [S],
}

/// What a routine gives.
pub(crate) struct Ran<S> {
    pub(crate) total: S,
    pub(crate) result: S,
}

/// A network with its parameters, its gradients, its optimizer and its workspace, for numbers of type `f32` or `f64`.
///
/// Methods take samples as slices: the numbers of all inputs, one sample after another, and [`Targets`]. They compute the
/// bits that the compiled methods of the same names compute.
pub struct Network<S> {
    pub(crate) program: Arc<Program<S>>,
    declared: Arc<[Parameter]>,
    seed: u64,
    fused: bool,
    machine: Machine,
    pub(crate) memory: Memory<S>,
    steps: u64,
    drawing: Drawing,
    /// Sums over groups of samples: empty before the first batch of more than one group.
    pub(crate) sums: Vec<f64>,
}

impl<S: Scalar> fmt::Debug for Network<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("name", &self.program.name)
            .field("parameters", &self.parameter_count())
            .field("machine", &self.machine.name())
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

impl<S: Scalar> Network<S> {
    /// Prepares a compiled specification and sets the parameters to their start values, random ones from the declared
    /// seed.
    ///
    /// # Errors
    /// [`Error::Precision`] if the specification declares the other type of number, [`Error::Memory`] if there is not
    /// enough memory.
    pub fn new(compiled: &Compilation) -> Result<Self, Error> {
        Self::with_seed(compiled, compiled.derivation.header.seed)
    }

    /// [`new`](Self::new) with another seed.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_seed(compiled: &Compilation, seed: u64) -> Result<Self, Error> {
        let program: Program<S> = lower::program(compiled)?;
        let mut network = Network {
            memory: Memory::new(program.size)?,
            program: Arc::new(program),
            declared: compiled.derivation.parameters.clone().into(),
            seed: compiled.derivation.header.seed,
            fused: compiled.derivation.header.arithmetic == mlp_dsl::number::Arithmetic::Fused,
            machine: Machine::best(),
            steps: 0,
            drawing: Drawing::default(),
            sums: Vec::new(),
        };
        for (at, value) in &network.program.initial {
            if let Some(place) = network.memory.all_mut().get_mut(*at) {
                *place = *value;
            }
        }
        network.initialize(seed);
        Ok(network)
    }

    /// Another network with the same numbers. The program is shared.
    ///
    /// # Errors
    /// [`Error::Memory`] if there is not enough memory.
    pub fn copied(&self) -> Result<Self, Error> {
        Ok(Network {
            program: self.program.clone(),
            declared: self.declared.clone(),
            memory: self.memory.copied()?,
            sums: Vec::new(),
            ..*self
        })
    }

    /// Sets every parameter to its start value; random ones are drawn from `seed`.
    pub fn initialize(&mut self, seed: u64) {
        for (parameter, declared) in self.program.parameters.iter().zip(&*self.declared) {
            let range = range(&parameter.array);
            if let Some(place) = self.memory.all_mut().get_mut(range) {
                start(declared, seed, place);
            }
        }
    }

    /// The name of the network in its specification.
    pub fn name(&self) -> &str {
        &self.program.name
    }

    /// The declared seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The numbers of an input of one sample.
    pub fn inputs(&self) -> usize {
        self.program.inputs
    }

    /// The numbers of an output of one sample.
    pub fn outputs(&self) -> usize {
        self.program.outputs
    }

    /// The number of parameters, counted by element.
    pub fn parameter_count(&self) -> usize {
        self.program.parameters.iter().map(|parameter| parameter.array.shape.count()).sum()
    }

    /// The instruction set that it runs on: `portable`, `sse2`, `avx2`, `avx512` or `neon`. All give the same bits.
    pub fn machine(&self) -> &'static str {
        self.machine.name()
    }

    /// The instruction sets that the processor has, plain Rust first.
    pub fn machines() -> impl Iterator<Item = &'static str> {
        Machine::all().into_iter().flatten().map(Machine::name)
    }

    /// Runs on this instruction set from now on; `false` if the processor does not have it.
    pub fn run_on(&mut self, machine: &str) -> bool {
        let found = Machine::all().into_iter().flatten().find(|known| known.name() == machine);
        self.machine = found.unwrap_or(self.machine);
        found.is_some()
    }
}

/// Parameters, gradients, optimizer.
impl<S: Scalar> Network<S> {
    fn tensor<'n>(&'n self, array: &'n Named) -> Tensor<'n, S> {
        let values = self.memory.all().get(range(array)).unwrap_or(&[]);
        Tensor { name: &array.name, shape: array.shape, values }
    }

    /// The parameters in order.
    pub fn parameters(&self) -> impl Iterator<Item = Tensor<'_, S>> {
        self.program.parameters.iter().map(|parameter| self.tensor(&parameter.array))
    }

    /// Whether the parameter `name` is a weight or a bias; none if there is no such parameter.
    pub fn kind(&self, name: &str) -> Option<ParameterKind> {
        let mut all = self.program.parameters.iter();
        all.find(|parameter| parameter.array.name == name).map(|parameter| parameter.kind)
    }

    /// The elements of the parameter `name` in row-major order; none if there is no such parameter.
    pub fn parameter(&self, name: &str) -> Option<&[S]> {
        self.parameters().find(|parameter| parameter.name == name).map(|parameter| parameter.values)
    }

    /// The elements of the parameter `name`, mutable; as [`parameter`](Self::parameter).
    pub fn parameter_mut(&mut self, name: &str) -> Option<&mut [S]> {
        let mut all = self.program.parameters.iter();
        let range = range(&all.find(|parameter| parameter.array.name == name)?.array);
        self.memory.all_mut().get_mut(range)
    }

    /// The gradients of the last `backward`, under the names of their parameters, without frozen ones. Training leaves
    /// unspecified numbers in them.
    pub fn gradients(&self) -> impl Iterator<Item = Tensor<'_, S>> {
        self.program.parameters.iter().filter_map(|parameter| {
            let at = parameter.gradient?;
            let Named { name, shape, .. } = &parameter.array;
            let values = self.memory.all().get(at..at + shape.count())?;
            Some(Tensor { name, shape: *shape, values })
        })
    }

    /// The gradient of the parameter `name`; none if there is no such parameter, or if it is frozen.
    pub fn gradient(&self, name: &str) -> Option<&[S]> {
        self.gradients().find(|gradient| gradient.name == name).map(|gradient| gradient.values)
    }

    /// The settings of the rule that are numbers.
    pub fn settings(&self) -> impl Iterator<Item = Tensor<'_, S>> {
        self.program.settings.iter().map(|setting| self.tensor(setting))
    }

    /// A setting of the rule; none if there is no such setting, or if it is a schedule.
    pub fn setting_mut(&mut self, name: &str) -> Option<&mut S> {
        let at = self.program.settings.iter().find(|setting| setting.name == name)?.at;
        self.memory.all_mut().get_mut(at)
    }

    /// What the rule keeps from step to step.
    pub fn states(&self) -> impl Iterator<Item = Tensor<'_, S>> {
        self.program.states.iter().map(|state| self.tensor(state))
    }

    /// The elements of the state `name`, mutable; none if there is no such state.
    pub fn state_mut(&mut self, name: &str) -> Option<&mut [S]> {
        let range = range(self.program.states.iter().find(|state| state.name == name)?);
        self.memory.all_mut().get_mut(range)
    }

    /// How many steps the optimizer has counted; rules that do not need the number count none.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Sets the number of steps that the optimizer has counted.
    pub fn set_steps(&mut self, steps: u64) {
        self.steps = steps;
    }

    /// Puts the optimizer back to what it is before the first step, with the settings that it has.
    pub fn reset_optimizer(&mut self) {
        self.steps = 0;
        for state in &self.program.states {
            if let Some(place) = self.memory.all_mut().get_mut(range(state)) {
                place.fill(S::ZERO);
            }
        }
    }

    /// Whether all parameters are numbers: none is infinite or NaN.
    pub fn is_finite(&self) -> bool {
        self.parameters().flat_map(|parameter| parameter.values).all(|number| number.is_number())
    }
}

/// What a network computes.
impl<S: Scalar> Network<S> {
    /// Writes the outputs of samples, one after another.
    ///
    /// # Errors
    /// [`Error::Length`] if inputs or outputs are no whole samples, or of different samples.
    pub fn forward(&mut self, inputs: &[S], outputs: &mut [S]) -> Result<(), Error> {
        let count = self.count(inputs)?;
        let expected = count.saturating_mul(self.program.outputs);
        if outputs.len() != expected {
            return Err(Error::Length { what: "outputs", found: outputs.len(), expected });
        }
        self.forward_all(inputs, outputs, count)
    }

    /// Every named value of the forward pass of one sample, in order.
    ///
    /// # Errors
    /// [`Error::Length`] if the input is not that of one sample.
    pub fn trace(&mut self, input: &[S]) -> Result<impl Iterator<Item = Tensor<'_, S>>, Error> {
        let expected = self.program.inputs;
        if input.len() != expected {
            return Err(Error::Length { what: "input", found: input.len(), expected });
        }
        let sample = Samples { inputs: input, targets: Targets::Numbers(&[]), count: 1 };
        self.run(Entry::Trace, true, sample, &mut [], None, S::ZERO)?;
        Ok(self.program.trace.iter().map(|value| self.tensor(value)))
    }

    /// The loss of one sample, without penalties.
    ///
    /// # Errors
    /// As [`loss_batch`](Self::loss_batch), and [`Error::Length`] if there is more than one sample.
    pub fn loss(&mut self, input: &[S], target: Targets<'_, S>) -> Result<S, Error> {
        let sample = self.sample(input, target)?;
        Ok(self.run(Entry::Loss, true, sample, &mut [], None, S::ZERO)?.result)
    }

    /// The objective for a batch: the mean or the sum of its losses, plus the penalties.
    ///
    /// # Errors
    /// [`Error::Missing`] without a loss, [`Error::Empty`] without samples, [`Error::Length`], [`Error::Targets`] or
    /// [`Error::Class`] if the samples do not fit the network.
    pub fn loss_batch(&mut self, inputs: &[S], targets: Targets<'_, S>) -> Result<S, Error> {
        let samples = self.samples(inputs, targets)?;
        let loss = self.loss_all(samples)?;
        match self.penalty()? {
            Some(penalty) => Ok(loss + penalty),
            None => Ok(loss),
        }
    }

    /// The mean or the sum of the losses of a batch, without penalties.
    ///
    /// # Errors
    /// As [`loss_batch`](Self::loss_batch).
    pub fn loss_without_penalty(&mut self, inputs: &[S], targets: Targets<'_, S>) -> Result<S, Error> {
        let samples = self.samples(inputs, targets)?;
        self.loss_all(samples)
    }

    /// The penalties, which are added to the loss of a batch once; none where the specification declares none.
    ///
    /// # Errors
    /// [`Error::Program`] never.
    pub fn penalty(&mut self) -> Result<Option<S>, Error> {
        if !self.program.penalized {
            return Ok(None);
        }
        self.penalty_by(Entry::Penalty).map(Some)
    }

    /// Computes the gradients of the objective for a batch of one sample, and returns the objective.
    ///
    /// # Errors
    /// As [`loss`](Self::loss).
    pub fn backward(&mut self, input: &[S], target: Targets<'_, S>) -> Result<S, Error> {
        let sample = self.sample(input, target)?;
        self.draw_for(0);
        self.backward_one(sample)
    }

    /// Computes the gradients of the objective for a batch, and returns the objective.
    ///
    /// # Errors
    /// As [`loss_batch`](Self::loss_batch).
    pub fn backward_batch(&mut self, inputs: &[S], targets: Targets<'_, S>) -> Result<S, Error> {
        let samples = self.samples(inputs, targets)?;
        self.draw_for(0);
        self.backward_all(samples)
    }

    /// [`backward_batch`](Self::backward_batch) with the units left out that the next step leaves out: the gradients that
    /// [`train_batch`](Self::train_batch) takes. Without dropout it is `backward_batch`.
    ///
    /// # Errors
    /// As [`train_batch`](Self::train_batch).
    pub fn backward_step_batch(&mut self, inputs: &[S], targets: Targets<'_, S>) -> Result<S, Error> {
        self.trainable()?;
        let samples = self.samples(inputs, targets)?;
        self.draw_for(self.steps.saturating_add(1));
        self.backward_all(samples)
    }

    /// Updates the parameters by one step of the rule, from the gradients that are there.
    ///
    /// # Errors
    /// [`Error::Missing`] without a training rule.
    pub fn step(&mut self) -> Result<(), Error> {
        self.trainable()?;
        self.take_step()
    }

    /// One step on one sample. Returns the objective before the step.
    ///
    /// # Errors
    /// As [`loss`](Self::loss), and [`Error::Missing`] without a training rule.
    pub fn train(&mut self, input: &[S], target: Targets<'_, S>) -> Result<S, Error> {
        self.trainable()?;
        let sample = self.sample(input, target)?;
        self.draw_for(self.steps.saturating_add(1));
        self.train_one(sample)
    }

    /// One step on the gradients of the objective for a batch. Returns the objective before the step.
    ///
    /// # Errors
    /// As [`loss_batch`](Self::loss_batch), and [`Error::Missing`] without a training rule.
    pub fn train_batch(&mut self, inputs: &[S], targets: Targets<'_, S>) -> Result<S, Error> {
        self.trainable()?;
        let samples = self.samples(inputs, targets)?;
        self.draw_for(self.steps.saturating_add(1));
        self.train_all(samples)
    }

    /// [`train_batch`](Self::train_batch), if the objective and all gradients are numbers; else the inner error, and no
    /// step is taken.
    ///
    /// # Errors
    /// As [`train_batch`](Self::train_batch).
    pub fn try_train_batch(
        &mut self,
        inputs: &[S],
        targets: Targets<'_, S>,
    ) -> Result<Result<S, NotFinite>, Error> {
        self.trainable()?;
        let samples = self.samples(inputs, targets)?;
        self.draw_for(self.steps.saturating_add(1));
        let loss = self.backward_all(samples)?;
        if !loss.is_number() {
            return Ok(Err(NotFinite::Loss));
        }
        if !self.gradients().flat_map(|gradient| gradient.values).all(|number| number.is_number()) {
            return Ok(Err(NotFinite::Gradient));
        }
        self.take_step()?;
        Ok(Ok(loss))
    }

    /// The masks of dropout are from now on those of this step, from the first sample on; with 0 no unit is left out.
    fn draw_for(&mut self, step: u64) {
        self.drawing = Drawing { step, next: 0 };
    }

    fn trainable(&self) -> Result<(), Error> {
        let step = self.program.routine(Entry::Step, false);
        step.map(drop).ok_or(Error::Missing { what: "training rule" })
    }

    pub(crate) fn sample<'s>(&self, input: &'s [S], target: Targets<'s, S>) -> Result<Samples<'s, S>, Error> {
        let expected = self.program.inputs;
        if input.len() != expected {
            return Err(Error::Length { what: "input", found: input.len(), expected });
        }
        self.samples(input, target)
    }

    /// Runs a routine.
    pub(crate) fn run(
        &mut self,
        entry: Entry,
        first: bool,
        samples: Samples<'_, S>,
        outputs: &mut [S],
        count: Option<S>,
        total: S,
    ) -> Result<Ran<S>, Error> {
        let steps = self.program.routine(entry, first);
        let steps = steps.ok_or(Error::Missing { what: "loss or training rule" })?;
        let runner = Runner { program: &self.program, machine: self.machine, fused: self.fused };
        let mut frame = Frame {
            memory: self.memory.all_mut(),
            inputs: samples.inputs,
            targets: samples.targets,
            outputs,
            samples: samples.count,
            count,
            total,
            result: S::ZERO,
            steps: &mut self.steps,
            drawing: &mut self.drawing,
        };
        run(&runner, steps, 0, &mut frame)?;
        Ok(Ran { total: frame.total, result: frame.result })
    }
}

/// The numbers of an array.
fn range(array: &Named) -> core::ops::Range<usize> {
    array.at..array.at + array.shape.count()
}
