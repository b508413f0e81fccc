//! Instructions that run for each sample of a block, and what a sample brings with it.

use alloc::{collections::BTreeSet, vec::Vec};

use mlp_dsl::{
    ir::equation::EquationId,
    plan::{Entry, Form, Instruction, LoopForm, Operand, Storage},
    shape::Shape,
};

use super::Lowering;
use crate::{
    error::Error,
    step::{At, Step},
};

impl Lowering<'_> {
    /// Brings the input and the target of the sample to memory, where instructions read them.
    pub(super) fn data(&mut self, instructions: &[Instruction]) {
        let reads = reads(instructions);
        if reads.iter().any(|read| read.storage == Storage::Input) {
            self.push(Step::Input);
        }
        if reads.iter().any(|read| read.storage == Storage::Target) {
            self.push(Step::Target);
        }
        if reads.iter().any(|read| read.storage == Storage::OutputGradient) {
            self.push(Step::OutputGradient);
        }
    }

    /// Instructions for each sample: those of a sample that begins a batch, and those of others.
    pub(super) fn samples(&mut self, body: &[Instruction]) -> Result<(), Error> {
        self.flush();
        let accumulates = [Entry::SamplesBlock, Entry::AccumulateWithInputBlock, Entry::PullBackBlock]
            .contains(&self.entry);
        let begins = self.first && accumulates;
        let outside = core::mem::take(&mut self.steps);
        self.first = false;
        let others = self.sample(body)?;
        self.first = begins;
        let first = if begins { self.sample(body)? } else { others.clone() };
        self.steps = outside;
        self.steps.push(Step::Samples { first, others });
        Ok(())
    }

    /// The steps of one sample.
    fn sample(&mut self, body: &[Instruction]) -> Result<Vec<Step>, Error> {
        self.data(body);
        let mut kept: BTreeSet<EquationId> = BTreeSet::new();
        for read in reads(body) {
            let is_kept = read.storage == Storage::Workspace && read.shape == Shape::Scalar;
            if is_kept && kept.insert(read.value) {
                let from = self.places.of(&read)?;
                let to = self.places.local(read.value);
                self.copy(At::once(to as usize), from, 1);
                self.loaded.insert(read.value, to);
            }
        }
        self.all(body)?;
        self.flush();
        self.loaded.clear();
        Ok(core::mem::take(&mut self.steps))
    }
}

/// What instructions read of one sample; those of a block read the rows of the caller.
fn reads(instructions: &[Instruction]) -> Vec<Operand> {
    let of_block = |instruction: &&Instruction| {
        matches!(instruction, Instruction::Product(product) if product.form == Form::Block)
            || matches!(instruction, Instruction::Loop(each) if each.form == LoopForm::Block)
    };
    let of_sample = instructions.iter().filter(|instruction| !of_block(instruction));
    of_sample.flat_map(|instruction| instruction.operands().0).collect()
}
