//! Steps as instructions.

use std::collections::BTreeSet;

use super::{
    Entry,
    facts::Facts,
    instruction::{
        Accumulate, Assignment, Call, Concat, Contribution, Draw, Form, Index, Instruction, Kernel, Loop,
        LoopForm, Operand, Product, Scalar, Slice, Stack, Storage,
    },
    schedule::{Group, Place, Schedule, Step, is_elementwise},
    thresholds,
};

use crate::{
    formula::Formula,
    ir::{array::Op, equation::EquationId},
    never,
    never::OrNever,
    shape::Shape,
};

/// What steps are lowered with.
pub(super) struct Lowering<'l> {
    pub(super) facts: &'l Facts<'l>,
    pub(super) entry: Entry,
    pub(super) schedule: &'l Schedule,
    /// Numbers that other instructions of a block have kept in the workspace.
    pub(super) kept: BTreeSet<EquationId>,
}

impl<'l> Lowering<'l> {
    pub(super) fn new(facts: &'l Facts<'l>, entry: Entry, schedule: &'l Schedule) -> Self {
        Lowering { facts, entry, schedule, kept: BTreeSet::new() }
    }

    /// The instructions of groups, in order.
    pub(super) fn groups(&self, groups: &[Group]) -> Vec<Instruction> {
        groups.iter().flat_map(|group| self.group(group)).collect()
    }

    fn group(&self, group: &[Step]) -> Vec<Instruction> {
        let Some(first) = group.first() else { return Vec::new() };
        let is_update = first.place == Place::Updated && self.facts.shape(first.equation) != Shape::Scalar;
        if is_update {
            vec![self.array_loop(group, LoopForm::Elements)]
        } else if is_elementwise(self.facts, first) {
            vec![self.array_loop(group, self.form(group))]
        } else {
            group.iter().map(|step| self.step(step)).collect()
        }
    }

    /// How the loop of one sample runs.
    fn form(&self, group: &[Step]) -> LoopForm {
        if self.facts.unrolled {
            return LoopForm::Unrolled;
        }
        self.padded(group).map_or(LoopForm::Elements, LoopForm::Padded)
    }

    /// The length to which vectors are padded so that all of them are computed in registers: where a formula is
    /// costly.
    fn padded(&self, group: &[Step]) -> Option<usize> {
        let is_costly = |step: &Step| matches!(&self.facts.equation(step.equation).op, Op::Pointwise(formula) if formula.is_costly());
        let Shape::Vector(n) = self.facts.shape(group.first()?.equation) else { return None };
        let widest = thresholds::REGISTER_BYTES / self.facts.derivation.header.precision.bytes();
        let lanes = if n <= widest / 4 {
            widest / 4
        } else if n <= widest / 2 {
            widest / 2
        } else {
            widest
        };
        (n > 1 && n % lanes != 0 && group.iter().any(is_costly)).then(|| n.next_multiple_of(lanes))
    }

    /// A loop over steps with arrays of one shape.
    pub(super) fn array_loop(&self, group: &[Step], form: LoopForm) -> Instruction {
        let mut assignments = Vec::with_capacity(group.len());
        let mut own: BTreeSet<EquationId> = group.iter().filter_map(|step| self.overwritten(step)).collect();
        let mut reads: Vec<Operand> = Vec::new();
        for step in group {
            let Op::Pointwise(formula) = &self.facts.equation(step.equation).op else {
                never!("{:?} is in a loop but has no formula", step.equation);
                continue;
            };
            for id in formula.leaves().into_iter().map(EquationId) {
                if !own.contains(&id) && reads.iter().all(|read| read.value != id) {
                    reads.push(self.operand(id));
                }
            }
            own.insert(step.equation);
            assignments.push(Assignment {
                result: self.operand(step.equation),
                over: self.overwritten(step),
                formula: formula.clone(),
            });
        }
        Instruction::Loop(Loop { form, assignments, reads })
    }

    fn overwritten(&self, step: &Step) -> Option<EquationId> {
        self.facts.overwritten(step.equation).filter(|_| step.place == Place::Updated)
    }

    /// A value and where it is stored.
    pub(super) fn operand(&self, value: EquationId) -> Operand {
        let shape = self.facts.shape(value);
        let storage = match (self.schedule.place(value), shape) {
            (Some(Place::Local), Shape::Scalar) if self.kept.contains(&value) => Storage::Workspace,
            (Some(Place::Local), Shape::Scalar) => Storage::Local,
            (Some(Place::Local), Shape::Vector(_) | Shape::Matrix(..)) => Storage::Temporary,
            (Some(Place::Workspace), _) => Storage::Workspace,
            (Some(Place::Given | Place::Gradients | Place::Updated), _) => {
                self.facts.stored(value).or_never("a given value is stored", Storage::Local)
            }
            (Some(Place::Contracted) | None, _) => {
                never!("{value:?} of {:?} has no value", self.entry);
                Storage::Local
            }
        };
        Operand { value, shape, storage }
    }

    fn operands(&self, ids: &[EquationId]) -> Vec<Operand> {
        ids.iter().map(|id| self.operand(*id)).collect()
    }

    fn leaves(&self, formula: &Formula, without: Option<EquationId>) -> Vec<Operand> {
        let leaves = formula.leaves().into_iter().map(EquationId);
        leaves.filter(|id| Some(*id) != without).map(|id| self.operand(id)).collect()
    }

    fn step(&self, step: &Step) -> Instruction {
        let (id, op) = (step.equation, &self.facts.equation(step.equation).op);
        if step.place == Place::Gradients {
            return self.accumulate(id, op);
        }
        if let Some(product) =
            self.product(id, if self.facts.unrolled { Form::Unrolled } else { Form::Kernel })
        {
            return product;
        }
        let result = self.operand(id);
        if let Some(dropout) = self.facts.derivation.mask(id) {
            let masks = dropout.masks(self.facts.derivation.header.seed);
            return Instruction::Draw(Draw { result, masks, factor: dropout.factor() });
        }
        match op {
            Op::Pointwise(formula) => {
                let over = self.overwritten(step);
                let reads = self.leaves(formula, over);
                Instruction::Scalar(Scalar { result, over, formula: formula.clone(), reads })
            }
            Op::Index(x, at) => Instruction::Index(Index { result, vector: self.operand(*x), at: *at }),
            Op::Stack(elements) => Instruction::Stack(Stack { result, elements: self.operands(elements) }),
            Op::Slice(x, start) => {
                Instruction::Slice(Slice { result, vector: self.operand(*x), start: *start })
            }
            Op::Concat(parts) => {
                let starts = parts.iter().scan(0, |next, part| {
                    let start = *next;
                    *next += self.facts.shape(*part).count();
                    Some((self.operand(*part), start))
                });
                Instruction::Concat(Concat { result, parts: starts.collect() })
            }
            Op::Sum(_)
            | Op::SumSquares(_)
            | Op::Dot(..)
            | Op::Outer(..)
            | Op::Transpose(_)
            | Op::Softmax(_)
            | Op::LogSoftmax(_)
            | Op::SoftmaxCrossEntropy(..)
            | Op::Given
            | Op::Setting(_)
            | Op::VectorMatrix(..)
            | Op::MatrixVector(..)
            | Op::BatchMean(_)
            | Op::BatchSum(_)
            | Op::BatchWeightedMean(..) => self.call(result, op),
        }
    }

    fn call(&self, result: Operand, op: &Op) -> Instruction {
        let is_matrix = |id: &EquationId| matches!(self.facts.shape(*id), Shape::Matrix(..));
        let kernel = match op {
            Op::Sum(x) if is_matrix(x) => Kernel::SumMatrix,
            Op::Sum(_) => Kernel::SumVector,
            Op::SumSquares(x) if is_matrix(x) => Kernel::SumSquaresMatrix,
            Op::SumSquares(_) => Kernel::SumSquaresVector,
            Op::Dot(..) => Kernel::Dot,
            Op::Outer(..) => Kernel::Outer,
            Op::Transpose(_) => Kernel::Transpose,
            Op::Softmax(_) => Kernel::Softmax,
            Op::LogSoftmax(_) => Kernel::LogSoftmax,
            Op::SoftmaxCrossEntropy(..) => Kernel::SoftmaxCrossEntropy,
            Op::Given
            | Op::Setting(_)
            | Op::Pointwise(_)
            | Op::Stack(_)
            | Op::Concat(_)
            | Op::Index(..)
            | Op::Slice(..)
            | Op::VectorMatrix(..)
            | Op::MatrixVector(..)
            | Op::BatchMean(_)
            | Op::BatchSum(_)
            | Op::BatchWeightedMean(..) => {
                never!("no kernel for {op:?}");
                Kernel::SumVector
            }
        };
        Instruction::Call(Call { kernel, result, operands: self.operands(&op.operands()) })
    }

    /// The product that an equation is, with its bias.
    pub(super) fn product(&self, id: EquationId, form: Form) -> Option<Instruction> {
        let factors = self.facts.products.get(&id)?;
        Some(Instruction::Product(Product {
            form,
            result: self.operand(id),
            vector: self.operand(factors.vector),
            matrix: self.operand(factors.matrix),
            by_rows: factors.by_rows,
            bias: factors.bias.map(|bias| self.operand(bias)),
        }))
    }

    /// What is added to the gradient `id` of a batch.
    fn accumulate(&self, id: EquationId, op: &Op) -> Instruction {
        let gradient = if let Some(gradient) = op.reduced() {
            gradient
        } else {
            // The gradient of a batch is there; that of the penalty, the last operand, is added.
            op.operands().last().copied().or_never("a gradient has a contribution", id)
        };
        let total = self.operand(id);
        let contracted = self.schedule.place(gradient) == Some(Place::Contracted);
        let op = &self.facts.equation(gradient).op;
        let contribution = if let (Op::Outer(a, b), true) = (op, contracted) {
            let form = if self.facts.unrolled { Form::Unrolled } else { Form::Kernel };
            Contribution::Outer(form, [self.operand(*a), self.operand(*b)])
        } else if let (Op::Pointwise(formula), true) = (op, contracted) {
            self.contracted(total, formula)
        } else {
            Contribution::Value(self.operand(gradient))
        };
        // A penalty adds after the samples.
        let overwrites_first = self.entry != Entry::Penalize;
        Instruction::Accumulate(Accumulate { total, overwrites_first, contribution })
    }

    /// A gradient that is a copy of a value, or a product that is rounded once with its sum.
    fn contracted(&self, total: Operand, formula: &Formula) -> Contribution {
        if let Some(leaf) = formula.as_leaf() {
            return Contribution::Value(self.operand(EquationId(leaf)));
        }
        let formula = formula.added_to(total.value.0);
        let reads = self.leaves(&formula, Some(total.value));
        Contribution::Formula(Assignment { result: total, over: Some(total.value), formula }, reads)
    }

    /// A gradient that is a sum of outer products over a block.
    pub(super) fn outer_sum(&self, id: EquationId, outer: [EquationId; 2]) -> Accumulate {
        Accumulate {
            total: self.operand(id),
            overwrites_first: true,
            contribution: Contribution::Outer(Form::Block, outer.map(|id| self.operand(id))),
        }
    }
}
