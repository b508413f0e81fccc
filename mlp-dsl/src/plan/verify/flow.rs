//! Values from where they are written to where they are read.

use std::collections::{BTreeSet, HashMap};

use super::{
    super::{
        Accumulate, Assignment, Contribution, Descend, Entry, Form, Instruction, Loop, LoopForm, Operand,
        Output, Plan, Product, Scalar, Storage, facts::Facts, schedule::is_given,
    },
    Check, Rule,
};

use crate::{
    ir::equation::{EquationId, Per},
    shape::Shape,
};

/// Where a value was written.
#[derive(Clone, Copy)]
struct Home {
    storage: Storage,
    /// The stage of a block.
    stage: usize,
    /// Whether it is in the row of its sample.
    in_row: bool,
    /// Whether its field was overwritten.
    is_stale: bool,
}

/// The values of a routine.
pub(super) struct Flow<'f> {
    facts: &'f Facts<'f>,
    plan: &'f Plan,
    entry: Entry,
    homes: HashMap<EquationId, Home>,
    /// Fields that were overwritten.
    overwritten: BTreeSet<Storage>,
    /// Gradients of a block that are sums.
    undivided: BTreeSet<EquationId>,
    handed_over: Vec<EquationId>,
    stage: usize,
}

impl<'f> Flow<'f> {
    pub(super) fn new(facts: &'f Facts<'f>, plan: &'f Plan, entry: Entry) -> Self {
        Flow {
            facts,
            plan,
            entry,
            homes: HashMap::new(),
            overwritten: BTreeSet::new(),
            undivided: BTreeSet::new(),
            handed_over: Vec::new(),
            stage: 0,
        }
    }

    /// Whether the routine is for a block of samples.
    fn is_block(&self) -> bool {
        self.entry.is_block()
    }

    pub(super) fn follow(&mut self, instructions: &[Instruction]) -> Check {
        for instruction in instructions {
            if self.is_block() {
                self.stage += 1;
            }
            if let Instruction::Hoisted(body) | Instruction::Samples(body) = instruction {
                body.iter().try_for_each(|instruction| self.instruction(instruction))?;
            } else {
                self.instruction(instruction)?;
            }
        }
        Ok(())
    }

    /// The results were handed over; gradients of a block are means.
    pub(super) fn hands_over(&self, results: &[EquationId]) -> Check {
        if let Some(missing) = results.iter().find(|id| !self.handed_over.contains(id)) {
            return Err((Rule::Results, *missing));
        }
        match self.undivided.first() {
            Some(id) if self.entry != Entry::SamplesBlock => Err((Rule::Mean, *id)),
            _ => Ok(()),
        }
    }

    fn instruction(&mut self, instruction: &Instruction) -> Check {
        let (reads, writes) = instruction.operands();
        reads.iter().try_for_each(|read| self.read(read))?;
        self.no_alias(&reads, &writes)?;
        match instruction {
            Instruction::Loop(each) => self.array_loop(each)?,
            Instruction::Scalar(Scalar { result, over, formula, reads }) => {
                let assignment = Assignment { result: *result, over: *over, formula: formula.clone() };
                self.leaves(&assignment, reads, &[])?;
                self.write(result)?;
            }
            Instruction::Product(product) => self.product(product)?,
            Instruction::Accumulate(accumulate) => self.accumulate(accumulate)?,
            Instruction::Descend(descend) => self.descend(descend)?,
            Instruction::Divide(fields) => {
                fields.iter().for_each(|field| {
                    self.undivided.remove(&field.value);
                });
            }
            Instruction::Keep(number) => self.keep(number)?,
            Instruction::Output(Output::Whole(value))
            | Instruction::Trace(value)
            | Instruction::Return(value)
            | Instruction::AddLoss(value) => self.handed_over.push(value.value),
            Instruction::Output(Output::Packed(values)) => {
                self.handed_over.extend(values.iter().map(|value| value.value));
            }
            Instruction::InputGradient(values) => {
                self.handed_over.extend(values.iter().map(|(value, _)| value.value));
            }
            Instruction::Index(_)
            | Instruction::Draw(_)
            | Instruction::Stack(_)
            | Instruction::Concat(_)
            | Instruction::Slice(_)
            | Instruction::Call(_) => writes.iter().try_for_each(|result| self.write(result))?,
            Instruction::Clear(_)
            | Instruction::Run(_)
            | Instruction::Hoisted(_)
            | Instruction::Samples(_)
            | Instruction::Count(_)
            | Instruction::Drawn => {}
        }
        Ok(())
    }

    /// A value is read from where it is.
    fn read(&self, operand: &Operand) -> Check {
        let id = operand.value;
        if operand.storage == Storage::Temporary {
            return Err((Rule::Temporary, id));
        }
        if operand.shape != self.facts.shape(id) {
            return Err((Rule::Storage, id));
        }
        let Some(home) = self.homes.get(&id) else { return self.read_given(operand) };
        if home.is_stale {
            return Err((Rule::Overwritten, id));
        }
        if self.undivided.contains(&id) {
            return Err((Rule::Mean, id));
        }
        let of_sample = self.facts.equation(id).per == Per::Sample;
        if home.stage != self.stage && of_sample && self.is_block() {
            let kept = home.in_row && self.has_rows(id);
            return if kept && operand.storage == Storage::Workspace {
                Ok(())
            } else {
                Err((Rule::Rows, id))
            };
        }
        if home.storage == operand.storage { Ok(()) } else { Err((Rule::Storage, id)) }
    }

    fn read_given(&self, operand: &Operand) -> Check {
        let id = operand.value;
        let step = matches!(self.entry, Entry::Step | Entry::Train | Entry::TrainBlock);
        let entry = if step { Entry::Step } else { self.entry };
        let is_gradient = matches!(operand.storage, Storage::Gradient(_));
        // Gradients are there for the step alone; where they are computed in the routine they have a home.
        if !is_given(self.facts.derivation, entry, id) || is_gradient && self.entry != Entry::Step {
            return Err((Rule::Order, id));
        }
        if self.facts.stored(id) != Some(operand.storage) {
            return Err((Rule::Storage, id));
        }
        match self.overwritten.contains(&operand.storage) {
            true => Err((Rule::Overwritten, id)),
            false => Ok(()),
        }
    }

    fn has_rows(&self, id: EquationId) -> bool {
        let rows = self.plan.layout.in_rows(id).filter(|_| self.is_block());
        rows.is_some_and(|rows| rows.samples == Some(self.plan.block))
    }

    /// A value is written to a place that can hold it.
    fn write(&mut self, operand: &Operand) -> Check {
        let id = operand.value;
        let fits = match operand.storage {
            Storage::Workspace => {
                let rows = self.plan.layout.in_rows(id).filter(|_| self.is_block());
                let field = rows.or_else(|| self.plan.layout.in_workspace(id));
                field.is_some_and(|field| field.shape == operand.shape)
            }
            Storage::Local => operand.shape == Shape::Scalar,
            Storage::Temporary => operand.shape != Shape::Scalar,
            Storage::Parameter(_) | Storage::State(_) | Storage::Gradient(_) => {
                self.facts.stored(id) == Some(operand.storage)
            }
            Storage::Input
            | Storage::Target
            | Storage::OutputGradient
            | Storage::Setting(_)
            | Storage::StepNumber => false,
        };
        if !fits || operand.shape != self.facts.shape(id) {
            return Err((Rule::Storage, id));
        }
        if matches!(operand.storage, Storage::Parameter(_) | Storage::State(_)) {
            self.overwritten.insert(operand.storage);
            for (_, home) in self.homes.iter_mut().filter(|(_, home)| home.storage == operand.storage) {
                home.is_stale = true;
            }
        }
        let in_row = operand.storage == Storage::Workspace && self.has_rows(id);
        self.homes.insert(id, Home { storage: operand.storage, stage: self.stage, in_row, is_stale: false });
        Ok(())
    }

    /// A result of a kernel for all samples is in rows.
    fn write_rows(&mut self, operand: &Operand) -> Check {
        self.write(operand)?;
        match self.has_rows(operand.value) {
            true => Ok(()),
            false => Err((Rule::Rows, operand.value)),
        }
    }

    fn no_alias(&self, reads: &[Operand], writes: &[Operand]) -> Check {
        let is_field = |storage: Storage| {
            matches!(storage, Storage::Parameter(_) | Storage::State(_) | Storage::Gradient(_))
        };
        let alias = |read: &Operand| {
            writes.iter().any(|write| {
                read.value == write.value || read.storage == write.storage && is_field(read.storage)
            })
        };
        let twice = |(number, write): (usize, &Operand)| {
            let same = |other: &Operand| other.storage == write.storage && is_field(write.storage);
            writes.iter().take(number).any(same).then_some(write.value)
        };
        let written_twice = writes.iter().enumerate().find_map(twice);
        match reads.iter().find(|read| alias(read)).map(|read| read.value).or(written_twice) {
            Some(id) => Err((Rule::Alias, id)),
            None => Ok(()),
        }
    }

    /// The leaves of a formula are operands, results before it, or the values that it overwrites.
    fn leaves(&self, assignment: &Assignment, reads: &[Operand], before: &[EquationId]) -> Check {
        let known = |id: &EquationId| {
            before.contains(id) || assignment.over == Some(*id) || reads.iter().any(|read| read.value == *id)
        };
        let leaves = assignment.formula.leaves().into_iter().map(EquationId);
        match leaves.into_iter().find(|id| !known(id)) {
            Some(id) => Err((Rule::Order, id)),
            None => Ok(()),
        }
    }

    fn array_loop(&mut self, each: &Loop) -> Check {
        let mut before: Vec<EquationId> =
            each.assignments.iter().filter_map(|assignment| assignment.over).collect();
        for assignment in &each.assignments {
            self.leaves(assignment, &each.reads, &before)?;
            before.push(assignment.result.value);
            if assignment.result.storage == Storage::Temporary {
                let home =
                    Home { storage: Storage::Temporary, stage: self.stage, in_row: false, is_stale: false };
                self.homes.insert(assignment.result.value, home);
            } else if each.form == LoopForm::Block {
                self.write_rows(&assignment.result)?;
            } else {
                self.write(&assignment.result)?;
            }
        }
        if each.form == LoopForm::Block {
            let mut arrays = each.reads.iter().filter(|read| read.shape != Shape::Scalar);
            arrays.try_for_each(|read| self.row(read))?;
        }
        Ok(())
    }

    fn product(&mut self, product: &Product) -> Check {
        if product.form != Form::Block {
            return self.write(&product.result);
        }
        self.row(&product.vector)?;
        self.shared(&product.matrix)?;
        product.bias.iter().try_for_each(|bias| self.shared(bias))?;
        self.write_rows(&product.result)
    }

    /// A value that a kernel for all samples reads row by row.
    fn row(&self, operand: &Operand) -> Check {
        let is_row = self.facts.is_in_rows(operand.value)
            && (operand.storage != Storage::Workspace || self.has_rows(operand.value));
        if is_row { Ok(()) } else { Err((Rule::Rows, operand.value)) }
    }

    /// A value that all samples of a block share.
    fn shared(&self, operand: &Operand) -> Check {
        let is_shared = self.facts.equation(operand.value).per == Per::Batch;
        if is_shared { Ok(()) } else { Err((Rule::Rows, operand.value)) }
    }

    fn accumulate(&mut self, accumulate: &Accumulate) -> Check {
        let id = accumulate.total.value;
        match &accumulate.contribution {
            Contribution::Outer(Form::Block, outer) => outer.iter().try_for_each(|read| self.row(read))?,
            Contribution::Value(_) | Contribution::Outer(Form::Kernel | Form::Unrolled, _) => self.sum(id),
            Contribution::Formula(assignment, reads) => {
                self.leaves(assignment, reads, &[])?;
                self.sum(id);
            }
        }
        self.write(&accumulate.total)
    }

    fn sum(&mut self, id: EquationId) {
        if self.is_block() {
            self.undivided.insert(id);
        }
    }

    fn descend(&mut self, descend: &Descend) -> Check {
        if descend.block {
            descend.outer.iter().try_for_each(|read| self.row(read))?;
        }
        self.write(&descend.result)
    }

    fn keep(&mut self, number: &Operand) -> Check {
        let has_rows = self.has_rows(number.value);
        match self.homes.get_mut(&number.value) {
            Some(home) if has_rows && home.storage == Storage::Local => {
                home.in_row = true;
                Ok(())
            }
            Some(_) | None => Err((Rule::Rows, number.value)),
        }
    }
}
