//! From a plan to a program: each instruction as steps, each value at a place of memory.

mod formula;
mod instructions;
mod lanes;
mod places;
mod samples;
mod unrolled;

use alloc::{collections::BTreeMap, vec::Vec};

use mlp_dsl::{
    Compilation,
    ir::{Derivation, equation::EquationId},
    number::{Arithmetic, Precision},
    plan::{Entry, Plan},
};
use mlp_kernels::Scalar;

use crate::{
    error::Error,
    program::{Program, Routines},
    run::PART,
    start::literal,
    step::{At, Instruction, Operation, Step},
};
use places::Places;

/// Makes the program of a network.
pub(crate) fn program<S: Scalar>(compiled: &Compilation) -> Result<Program<S>, Error> {
    let declared = compiled.derivation.header.precision;
    let own = if size_of::<S>() == 4 { Precision::F32 } else { Precision::F64 };
    if declared != own {
        return Err(Error::Precision { declared: declared.rust() });
    }
    let mut lowering = Lowering::new(compiled.executed(), &compiled.plan);
    let mut routines = Routines::default();
    for routine in &compiled.plan.routines {
        for first in [true, false] {
            routines.insert(routine.entry, first, lowering.routine(routine.entry, first)?);
        }
    }
    lowering.finish(routines)
}

/// What lowers instructions.
struct Lowering<'l> {
    derivation: &'l Derivation,
    plan: &'l Plan,
    places: Places,
    /// Numbers of formulas that are of use only until the next instruction.
    temporaries: Vec<u32>,
    /// How many of them are in use.
    taken: usize,
    /// The most numbers in registers of a loop.
    registers: usize,
    instructions: Vec<Instruction<u32>>,
    /// Where the instructions begin that belong to no step yet.
    flushed: usize,
    steps: Vec<Step>,
    /// The routine.
    entry: Entry,
    /// Whether the samples that follow begin a batch.
    first: bool,
    /// Where the numbers are that the workspace keeps for each sample, inside of samples.
    loaded: BTreeMap<EquationId, u32>,
}

impl<'l> Lowering<'l> {
    fn new(derivation: &'l Derivation, plan: &'l Plan) -> Self {
        Lowering {
            derivation,
            plan,
            places: Places::new(derivation, plan),
            temporaries: Vec::new(),
            taken: 0,
            registers: 0,
            instructions: Vec::new(),
            flushed: 0,
            steps: Vec::new(),
            entry: Entry::Forward,
            first: true,
            loaded: BTreeMap::new(),
        }
    }

    fn fused(&self) -> bool {
        self.derivation.header.arithmetic == Arithmetic::Fused
    }

    /// The steps of a routine.
    fn routine(&mut self, entry: Entry, first: bool) -> Result<Vec<Step>, Error> {
        (self.entry, self.first) = (entry, first);
        self.places.in_block = entry.is_block();
        // A step on one sample begins a batch.
        self.first |= entry == Entry::Train;
        self.body(entry)?;
        self.flush();
        Ok(core::mem::take(&mut self.steps))
    }

    /// The instructions of an entry point, after the steps that are there.
    fn body(&mut self, entry: Entry) -> Result<(), Error> {
        let plan = self.plan;
        let instructions = plan.routine(entry).map_or(&[][..], |routine| &routine.instructions);
        match entry {
            Entry::Forward
            | Entry::Trace
            | Entry::Loss
            | Entry::Accumulate
            | Entry::Penalty
            | Entry::Penalize
            | Entry::Weight
            | Entry::Step
            | Entry::Train
            | Entry::InputGradient
            | Entry::AccumulateWithInput
            | Entry::PullBack => self.data(instructions),
            Entry::ForwardBlock
            | Entry::LossBlock
            | Entry::SamplesBlock
            | Entry::AccumulateBlock
            | Entry::TrainBlock
            | Entry::InputGradientBlock
            | Entry::AccumulateWithInputBlock
            | Entry::PullBackBlock => {}
        }
        self.all(instructions)
    }

    /// Appends an instruction over single numbers.
    fn number(&mut self, operation: Operation, to: u32, operands: &[u32]) {
        let mut all = [0; 4];
        all.iter_mut().zip(operands).for_each(|(place, operand)| *place = *operand);
        self.instructions.push(Instruction { operation, to, operands: all });
    }

    /// Appends a step.
    fn push(&mut self, step: Step) {
        self.flush();
        self.steps.push(step);
    }

    /// Ends a run of instructions over single numbers.
    fn flush(&mut self) {
        let end = self.instructions.len();
        if self.flushed < end {
            self.steps.push(Step::Numbers(self.flushed, end));
        }
        self.flushed = end;
    }

    /// A number that is of use until it is released.
    fn temporary(&mut self) -> u32 {
        if self.taken == self.temporaries.len() {
            let cell = self.places.cell();
            self.temporaries.push(cell);
        }
        self.taken += 1;
        self.temporaries.get(self.taken - 1).copied().unwrap_or_default()
    }

    /// Copies neighbouring numbers.
    fn copy(&mut self, to: At, from: At, count: usize) {
        if count == 1 && to.row == 0 && from.row == 0 {
            self.number(Operation::Copy, to.at as u32, &[from.at as u32]);
        } else {
            self.push(Step::Copy { to, from, count });
        }
    }

    fn finish<S: Scalar>(mut self, routines: Routines) -> Result<Program<S>, Error> {
        let registers_at = self.places.room(self.registers * PART);
        let mut initial: Vec<(usize, S)> = self.places.constants().collect();
        initial.extend(self.places.settings(self.derivation).map(|(at, value)| (at, literal(value))));
        let size = self.places.size();
        if u32::try_from(size).is_err() {
            return Err(Error::Memory { bytes: size.saturating_mul(size_of::<S>()) });
        }
        self.places.program(self.derivation, self.plan, registers_at, initial, self.instructions, routines)
    }
}
