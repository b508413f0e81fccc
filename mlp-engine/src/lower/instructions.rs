//! Instructions, one by one.

use alloc::vec::Vec;

use mlp_dsl::{
    ir::equation::EquationId,
    plan::{
        self, Accumulate, Contribution, Descend, Entry, Form, Kernel, Loop, LoopForm, Operand, Output,
        Storage,
    },
    shape::Shape,
};

use super::Lowering;
use crate::{
    error::Error,
    step::{At, Call, Operation, Outer, Product, Step},
};

/// Numbers that one instruction computes up to which each has instructions of its own.
const FEW: usize = 16;

impl Lowering<'_> {
    /// Instructions in order.
    pub(super) fn all(&mut self, instructions: &[plan::Instruction]) -> Result<(), Error> {
        instructions.iter().try_for_each(|instruction| self.one(instruction))
    }

    fn one(&mut self, instruction: &plan::Instruction) -> Result<(), Error> {
        match instruction {
            plan::Instruction::Clear(fields) => {
                let fields = if self.first { fields.as_slice() } else { &[] };
                for field in fields {
                    let at = self.places.of(field)?;
                    self.push(Step::Clear { at, count: field.shape.count() });
                }
                Ok(())
            }
            plan::Instruction::Run(entry) => self.run(*entry),
            plan::Instruction::Hoisted(body) => self.all(body),
            plan::Instruction::Samples(body) => self.samples(body),
            plan::Instruction::Scalar(scalar) => self.scalar(scalar),
            plan::Instruction::Index(index) => {
                let (to, from) = (self.cell(&index.result)?, self.places.of(&index.vector)?);
                self.copy(At::once(to as usize), At { at: from.at + index.at, ..from }, 1);
                Ok(())
            }
            plan::Instruction::Stack(stack) => {
                let parts: Vec<_> = stack.elements.iter().copied().zip(0..).collect();
                self.parts(&stack.result, &parts)
            }
            plan::Instruction::Concat(concat) => self.parts(&concat.result, &concat.parts),
            plan::Instruction::Slice(slice) => {
                let (to, from) = (self.places.of(&slice.result)?, self.places.of(&slice.vector)?);
                self.copy(to, At { at: from.at + slice.start, ..from }, slice.result.shape.count());
                Ok(())
            }
            plan::Instruction::Loop(each) => self.array_loop(each),
            plan::Instruction::Product(product) => self.product(product),
            plan::Instruction::Call(call) => self.call(call),
            plan::Instruction::Accumulate(accumulate) => self.accumulate(accumulate),
            plan::Instruction::Descend(descend) => self.descend(descend),
            plan::Instruction::Count(number) => {
                let at = self.places.of(number)?;
                self.push(Step::Count(at));
                Ok(())
            }
            plan::Instruction::Draw(plan::Draw { result, masks, factor }) => {
                let (to, count) = (self.places.of(result)?, result.shape.count());
                self.push(Step::Draw { to, count, masks: masks.numbers(), factor: *factor });
                Ok(())
            }
            plan::Instruction::Drawn => {
                self.push(Step::Drawn);
                Ok(())
            }
            plan::Instruction::Divide(fields) => {
                let place = |field: &Operand| Ok((self.places.of(field)?, field.shape.count()));
                let fields = fields.iter().map(place).collect::<Result<Vec<_>, Error>>()?;
                self.push(Step::Divide(fields));
                Ok(())
            }
            plan::Instruction::Keep(number) => {
                let from = At::once(self.places.local(number.value) as usize);
                let to = self.places.of(&Operand { storage: Storage::Workspace, ..*number })?;
                self.copy(to, from, 1);
                Ok(())
            }
            plan::Instruction::Output(output) => self.output(output),
            plan::Instruction::InputGradient(values) => values.iter().try_for_each(|(value, to)| {
                let (from, to, count) = (self.value(value)?, *to, value.shape.count());
                self.push(Step::InputGradient { from, to, count });
                Ok(())
            }),
            plan::Instruction::Trace(value) => {
                let (to, from) = (self.places.traced(value.value)?, self.value(value)?);
                self.copy(to, from, value.shape.count());
                Ok(())
            }
            plan::Instruction::Return(number) => {
                let from = self.value(number)?;
                self.push(Step::Return(from));
                Ok(())
            }
            plan::Instruction::AddLoss(number) => {
                let from = self.value(number)?;
                self.push(Step::AddLoss(from));
                Ok(())
            }
        }
    }

    /// Where a value is; a number that was kept for each sample where it has been loaded.
    fn value(&mut self, operand: &Operand) -> Result<At, Error> {
        match operand.shape {
            Shape::Scalar => Ok(At::once(self.cell(operand)? as usize)),
            Shape::Vector(_) | Shape::Matrix(..) => self.places.of(operand),
        }
    }

    /// The instructions of another routine.
    fn run(&mut self, entry: Entry) -> Result<(), Error> {
        let own = core::mem::replace(&mut self.entry, entry);
        self.body(entry)?;
        self.entry = own;
        Ok(())
    }

    fn scalar(&mut self, scalar: &plan::Scalar) -> Result<(), Error> {
        let to = self.cell(&scalar.result)?;
        let mut leaves: Vec<(EquationId, u32)> = Vec::with_capacity(scalar.reads.len() + 1);
        for read in &scalar.reads {
            leaves.push((read.value, self.cell(read)?));
        }
        leaves.extend(scalar.over.map(|over| (over, to)));
        let leaf = |leaf: u32| {
            let found = leaves.iter().find(|(value, _)| value.0 == leaf);
            found.map(|(_, cell)| *cell).ok_or(Error::Program)
        };
        self.formula_to(to, &scalar.formula, &leaf)
    }

    /// Parts of a vector, one after another.
    fn parts(&mut self, result: &Operand, parts: &[(Operand, usize)]) -> Result<(), Error> {
        let to = self.places.of(result)?;
        for (part, start) in parts {
            let from = self.value(part)?;
            self.copy(At { at: to.at + start, ..to }, from, part.shape.count());
        }
        Ok(())
    }

    fn array_loop(&mut self, each: &Loop) -> Result<(), Error> {
        match each.form {
            LoopForm::Elements | LoopForm::Padded(_) if !self.is_few(each)? => {
                self.lanes(&each.assignments, &each.reads, false)
            }
            LoopForm::Block => self.lanes(&each.assignments, &each.reads, true),
            // The results of earlier assignments, and the values before later ones, are not in `reads`.
            LoopForm::Unrolled | LoopForm::Elements | LoopForm::Padded(_) => {
                let mut reads = each.reads.clone();
                reads.extend(each.assignments.iter().filter_map(|assignment| {
                    let value = assignment.over?;
                    Some(Operand { value, ..assignment.result })
                }));
                for assignment in &each.assignments {
                    self.each(assignment, &reads)?;
                    reads.push(assignment.result);
                }
                Ok(())
            }
        }
    }

    /// Whether a loop is over so few numbers that each has instructions of its own: of one sample, where no assignment
    /// reads what an earlier one has overwritten.
    fn is_few(&mut self, each: &Loop) -> Result<bool, Error> {
        let count = each.assignments.first().map_or(0, |first| first.result.shape.count());
        if count > FEW || each.assignments.iter().any(|a| a.result.storage == Storage::Temporary) {
            return Ok(false);
        }
        for (number, assignment) in each.assignments.iter().enumerate() {
            let mut later = each.assignments.iter().skip(number + 1);
            let is_read = |over: EquationId| later.any(|later| later.formula.leaves().contains(&over.0));
            if assignment.over.is_some_and(is_read) {
                return Ok(false);
            }
        }
        let results = each.assignments.iter().map(|assignment| assignment.result);
        let operands: Vec<Operand> = results.chain(each.reads.iter().copied()).collect();
        let mut once = true;
        for operand in operands.iter().filter(|operand| operand.shape != Shape::Scalar) {
            once &= self.places.of(operand)?.row == 0;
        }
        // Costly functions run over registers.
        let costly = each.assignments.iter().any(|assignment| assignment.formula.is_costly());
        Ok(once && (self.plan.unrolled || count <= 2 || !costly))
    }

    fn product(&mut self, product: &plan::Product) -> Result<(), Error> {
        let block = match product.form {
            Form::Unrolled => return self.each_product(product),
            Form::Kernel => false,
            Form::Block => true,
        };
        let step = Product {
            block,
            by_rows: product.by_rows,
            sizes: [product.vector.shape.count(), product.result.shape.count()],
            vector: self.rows(&product.vector, block)?,
            matrix: self.places.of(&product.matrix)?,
            bias: product.bias.map(|bias| self.places.of(&bias)).transpose()?,
            result: self.places.of(&product.result)?,
        };
        self.push(Step::Product(step));
        Ok(())
    }

    fn call(&mut self, call: &plan::Call) -> Result<(), Error> {
        let [first, second] = match call.operands.as_slice() {
            [one] => [*one, *one],
            [one, other] => [*one, *other],
            _ => return Err(Error::Program),
        };
        let (result, operands) =
            (self.value(&call.result)?, [self.places.of(&first)?, self.places.of(&second)?]);
        let count = first.shape.count();
        let once = operands.iter().all(|operand| operand.row == 0);
        let cells = [result, operands[0], operands[1]].map(|place| place.at as u32);
        let add = if self.fused() { Operation::FusedAdd } else { Operation::AddProduct };
        match call.kernel {
            Kernel::SumVector | Kernel::SumMatrix if once && count <= FEW => {
                self.each_sum(cells[0], cells[1], count as u32, false);
            }
            Kernel::SumSquaresVector | Kernel::SumSquaresMatrix if once && count <= FEW => {
                self.each_sum(cells[0], cells[1], count as u32, true);
            }
            Kernel::Dot if once && count <= FEW => {
                self.each_dot(cells[0], cells[1], cells[2], count as u32, add);
            }
            Kernel::SumVector
            | Kernel::SumMatrix
            | Kernel::SumSquaresVector
            | Kernel::SumSquaresMatrix
            | Kernel::Dot
            | Kernel::Outer
            | Kernel::Transpose
            | Kernel::Softmax
            | Kernel::LogSoftmax
            | Kernel::SoftmaxCrossEntropy => {
                let (rows, columns) = match first.shape {
                    Shape::Scalar => (1, 1),
                    Shape::Vector(n) => (1, n),
                    Shape::Matrix(rows, columns) => (rows, columns),
                };
                let needs = call.kernel == Kernel::SoftmaxCrossEntropy;
                let scratch = if needs { self.places.room(count) } else { 0 };
                let sizes = [rows, columns, second.shape.count()];
                self.push(Step::Call(Call { kernel: call.kernel, result, operands, sizes, scratch }));
            }
        }
        Ok(())
    }

    fn accumulate(&mut self, accumulate: &Accumulate) -> Result<(), Error> {
        let (first, total) = (self.first && accumulate.overwrites_first, &accumulate.total);
        let count = total.shape.count();
        match &accumulate.contribution {
            Contribution::Value(value) => {
                let (to, x) = (self.places.of(total)?, self.value(value)?);
                if x.row == 0 && count <= FEW {
                    self.each_add(to.at as u32, first, x.at as u32, count as u32);
                } else {
                    self.push(Step::Add { first, total: to, x, count });
                }
                Ok(())
            }
            Contribution::Outer(Form::Unrolled, outer) => self.each_outer(total, first, *outer),
            Contribution::Outer(form, outer) => {
                let total = self.places.of(total)?;
                self.outer(*form == Form::Block, first, total, *outer, None)
            }
            Contribution::Formula(assignment, reads) => {
                if first {
                    let at = self.places.of(total)?;
                    self.push(Step::Clear { at, count });
                }
                if self.plan.unrolled || total.shape == Shape::Scalar {
                    return self.each(assignment, reads);
                }
                self.lanes(core::slice::from_ref(assignment), reads, false)
            }
        }
    }

    fn outer(
        &mut self,
        block: bool,
        first: bool,
        total: At,
        [a, b]: [Operand; 2],
        descent: Option<(At, u32)>,
    ) -> Result<(), Error> {
        let sizes = [a.shape.count(), b.shape.count()];
        let factors = [self.rows(&a, block)?, self.rows(&b, block)?];
        self.push(Step::Outer(Outer { block, first, total, sizes, factors, descent }));
        Ok(())
    }

    fn descend(&mut self, descend: &Descend) -> Result<(), Error> {
        let (total, w) = (self.places.of(&descend.total)?, self.places.of(&descend.result)?);
        let rate = self.cell(&descend.rate)?;
        self.outer(descend.block, self.first, total, descend.outer, Some((w, rate)))
    }

    fn output(&mut self, output: &Output) -> Result<(), Error> {
        match output {
            Output::Whole(value) => {
                let from = self.value(value)?;
                self.push(Step::Output { from, to: 0, count: value.shape.count() });
            }
            Output::Packed(values) => {
                for (to, value) in values.iter().enumerate() {
                    let from = self.value(value)?;
                    self.push(Step::Output { from, to, count: 1 });
                }
            }
        }
        Ok(())
    }
}
