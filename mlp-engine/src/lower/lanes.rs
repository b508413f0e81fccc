//! Loops over the elements of arrays: formulas as instructions over registers of many numbers.

use alloc::{boxed::Box, collections::BTreeMap, vec, vec::Vec};

use mlp_dsl::{
    ir::equation::EquationId,
    plan::{Assignment, Operand, Storage},
    shape::Shape,
};

use super::{
    Lowering,
    formula::{Many, cell},
};
use crate::{
    error::Error,
    step::{Instruction, Lanes, Operation, Rows, Source, Step},
};

/// A loop that is being made.
#[derive(Default)]
struct Making {
    arrays: Vec<Rows>,
    many: Many,
    /// Where a leaf is.
    leaves: BTreeMap<u32, Source>,
}

impl Making {
    /// The number of an array.
    fn array(&mut self, rows: Rows) -> Source {
        let place = self.arrays.iter().position(|array| *array == rows).unwrap_or_else(|| {
            self.arrays.push(rows);
            self.arrays.len() - 1
        });
        Source::Array(place as u32)
    }

    /// Writes a value to an array.
    fn write(&mut self, to: Source, value: Source, before: usize) {
        let own = self.many.len() > before;
        if let Some(last) = self.many.last_mut().filter(|last| own && last.to == value) {
            let reads = last.operands.iter().take(last.operation.arity());
            let first = usize::from(last.operation.in_place());
            if reads.skip(first).all(|operand| *operand != to) {
                last.to = to;
                return;
            }
        }
        self.many.push(Instruction {
            operation: Operation::Copy,
            to,
            operands: [value, Source::Cell(0), Source::Cell(0), Source::Cell(0)],
        });
    }

    /// A register with the numbers of an array, before the array is written.
    fn kept(&mut self, array: Source) -> Source {
        let register = Source::Register(self.many.len() as u32);
        self.write(register, array, self.many.len());
        register
    }
}

impl Lowering<'_> {
    /// A loop over the elements of one sample, or over those of all samples of a block.
    pub(super) fn lanes(
        &mut self,
        assignments: &[Assignment],
        reads: &[Operand],
        block: bool,
    ) -> Result<(), Error> {
        let count = assignments.first().map_or(0, |first| first.result.shape.count());
        let (mut making, taken) = (Making::default(), self.taken);
        for read in reads {
            let source = match read.shape {
                Shape::Scalar => Source::Cell(self.cell(read)?),
                Shape::Vector(_) | Shape::Matrix(..) => making.array(self.rows(read, block)?),
            };
            making.leaves.insert(read.value.0, source);
        }
        for (number, assignment) in assignments.iter().enumerate() {
            let Some(over) = assignment.over else { continue };
            let array = making.array(self.rows(&assignment.result, block)?);
            let later = assignments.iter().skip(number + 1);
            let is_read = later.flat_map(|later| later.formula.leaves()).any(|leaf| leaf == over.0);
            let source = if is_read { making.kept(array) } else { array };
            making.leaves.insert(over.0, source);
        }
        for assignment in assignments {
            self.assign(&mut making, assignment, block)?;
        }
        let lanes = self.allocated(making, count, block);
        self.push(Step::Lanes(Box::new(lanes)));
        self.taken = taken;
        Ok(())
    }

    fn assign(&mut self, making: &mut Making, assignment: &Assignment, block: bool) -> Result<(), Error> {
        let before = making.many.len();
        let Making { leaves, many, .. } = making;
        let leaf = |leaf: u32| leaves.get(&leaf).copied().ok_or(Error::Program);
        let value = self.formula(&assignment.formula, &leaf, many)?;
        let result = assignment.result;
        let source = if result.storage == Storage::Temporary {
            value
        } else {
            let to = making.array(self.rows(&result, block)?);
            making.write(to, value, before);
            to
        };
        making.leaves.insert(result.value.0, source);
        Ok(())
    }

    /// Rows of the caller, or a place of memory.
    pub(super) fn rows(&mut self, operand: &Operand, block: bool) -> Result<Rows, Error> {
        match operand.storage {
            Storage::Input if block => Ok(Rows::Inputs),
            // In the place of targets: nothing reads both.
            Storage::Target | Storage::OutputGradient if block => Ok(Rows::Targets),
            Storage::Input
            | Storage::Target
            | Storage::OutputGradient
            | Storage::Parameter(_)
            | Storage::Gradient(_)
            | Storage::Setting(_)
            | Storage::StepNumber
            | Storage::State(_)
            | Storage::Workspace
            | Storage::Local
            | Storage::Temporary => self.places.of(operand).map(Rows::Memory),
        }
    }

    /// The place of a number.
    pub(super) fn cell(&mut self, operand: &Operand) -> Result<u32, Error> {
        if let Some(cell) = self.loaded(operand.value).filter(|_| operand.storage == Storage::Workspace) {
            return Ok(cell);
        }
        self.places.of(operand).map(|place| place.at as u32)
    }

    fn loaded(&self, value: EquationId) -> Option<u32> {
        self.loaded.get(&value).copied()
    }

    /// The loop, whose registers are few: one is used again after its last use.
    fn allocated(&mut self, making: Making, count: usize, block: bool) -> Lanes {
        let Making { arrays, mut many, .. } = making;
        many.iter_mut().for_each(exchange);
        let mut last = vec![0; many.len()];
        for (index, instruction) in many.iter().enumerate() {
            for operand in instruction.operands.iter().take(instruction.operation.arity()) {
                if let Source::Register(register) = operand
                    && let Some(last) = last.get_mut(*register as usize)
                {
                    *last = index;
                }
            }
        }
        let mut filled: BTreeMap<u32, u32> = BTreeMap::new();
        let (mut free, mut next) = (Vec::new(), 0);
        let mut names: Vec<Option<u32>> = vec![None; many.len()];
        for (index, instruction) in many.iter_mut().enumerate() {
            let (arity, operation) = (instruction.operation.arity(), instruction.operation);
            let mut done = Vec::new();
            for (number, operand) in instruction.operands.iter_mut().enumerate().take(arity) {
                match *operand {
                    Source::Cell(cell) if !takes_cell(operation, number) => {
                        let register = *filled.entry(cell).or_insert_with(|| new(&mut next));
                        *operand = Source::Register(register);
                    }
                    Source::Register(register) => {
                        let name = names.get(register as usize).copied().flatten().unwrap_or_default();
                        *operand = Source::Register(name);
                        if last.get(register as usize) == Some(&index) && !done.contains(&name) {
                            done.push(name);
                        }
                    }
                    Source::Cell(_) | Source::Array(_) => {}
                }
            }
            if let Source::Register(register) = instruction.to {
                let name = free.pop().unwrap_or_else(|| new(&mut next));
                instruction.to = Source::Register(name);
                if let Some(place) = names.get_mut(register as usize) {
                    *place = Some(name);
                }
            }
            // Not before: a result never overwrites an operand in a register.
            free.extend(done);
        }
        self.registers = self.registers.max(next as usize);
        Lanes { count, block, arrays, filled: filled.into_iter().collect(), instructions: many }
    }
}

fn new(next: &mut u32) -> u32 {
    *next += 1;
    *next - 1
}

/// Of two factors the number comes first.
fn exchange(instruction: &mut Instruction<Source>) {
    let [_, a, b, _] = &mut instruction.operands;
    let is_product = matches!(
        instruction.operation,
        Operation::AddProduct | Operation::SubtractProduct | Operation::FusedAdd | Operation::FusedSubtract
    );
    if is_product && cell(*b).is_some() {
        core::mem::swap(a, b);
    }
}

/// Whether an operand may be one number for all elements; else a register is filled with it.
fn takes_cell(operation: Operation, operand: usize) -> bool {
    match operation.arity() {
        1 | 2 => true,
        3 => operand == 1,
        _ => false,
    }
}
