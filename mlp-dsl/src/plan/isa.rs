//! Which routines depend on the instruction set of the processor.

use super::{
    facts::Facts,
    instruction::{
        Assignment, Call, Contribution, Form, Instruction, Kernel, Loop, Operand, Product, Scalar,
    },
};

use crate::shape::Shape;

/// Whether a routine gains from code for an instruction set: it rounds sums once, takes roots, runs kernels of
/// products, or loops over arrays. What is written out number by number is the same on all processors.
pub(super) fn needs_isa(facts: &Facts<'_>, instructions: &[Instruction]) -> bool {
    instructions.iter().any(|instruction| takes_isa(facts, instruction))
}

fn takes_isa(facts: &Facts<'_>, instruction: &Instruction) -> bool {
    let fused = facts.fused();
    let takes = |assignment: &Assignment| facts.formula_takes_isa(&assignment.formula);
    let is_array = |operand: &Operand| !facts.unrolled && operand.shape != Shape::Scalar;
    match instruction {
        Instruction::Hoisted(body) | Instruction::Samples(body) => needs_isa(facts, body),
        Instruction::Scalar(Scalar { formula, .. }) => facts.formula_takes_isa(formula),
        Instruction::Loop(Loop { assignments, .. }) => {
            assignments.iter().any(|assignment| takes(assignment) || is_array(&assignment.result))
        }
        Instruction::Product(Product { form, vector, result, .. }) => match form {
            Form::Kernel | Form::Block => true,
            // A row of one element is one product, without a sum.
            Form::Unrolled => fused && vector.shape.count() > 1 && result.shape.count() > 0,
        },
        Instruction::Call(Call { kernel, result, .. }) => *kernel == Kernel::Dot || is_array(result),
        Instruction::Accumulate(accumulate) => {
            is_array(&accumulate.total)
                || match &accumulate.contribution {
                    Contribution::Value(_) => false,
                    Contribution::Outer(Form::Kernel | Form::Block, _) => true,
                    Contribution::Outer(Form::Unrolled, _) => fused,
                    Contribution::Formula(assignment, _) => takes(assignment),
                }
        }
        Instruction::Descend(_) => true,
        Instruction::Index(_) => false,
        Instruction::Stack(stack) => is_array(&stack.result),
        Instruction::Concat(concat) => is_array(&concat.result),
        Instruction::Slice(slice) => is_array(&slice.result),
        Instruction::Divide(fields) => fields.iter().any(is_array),
        Instruction::Clear(_)
        | Instruction::Run(_)
        | Instruction::Count(_)
        | Instruction::Draw(_)
        | Instruction::Drawn
        | Instruction::Keep(_)
        | Instruction::Output(_)
        | Instruction::InputGradient(_)
        | Instruction::Trace(_)
        | Instruction::Return(_)
        | Instruction::AddLoss(_) => false,
    }
}
