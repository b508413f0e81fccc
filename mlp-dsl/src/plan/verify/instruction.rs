//! An instruction against the equation of its result.

use super::{
    super::{
        Accumulate, Assignment, Call, Concat, Contribution, Descend, Draw, Entry, Index, Instruction, Kernel,
        Loop, Operand, Product, Scalar, Slice, Stack, facts::Facts,
    },
    Check, Rule,
};

use crate::{
    formula::Formula,
    ir::{array::Op, equation::EquationId},
    shape::Shape,
};

/// The equations that an instruction computes: that of its result, and those that its kernel contracts.
pub(super) fn equations(
    facts: &Facts<'_>,
    entry: Entry,
    instruction: &Instruction,
) -> Check<Vec<EquationId>> {
    let held = |result: EquationId, holds: bool| match holds {
        true => Ok(vec![result]),
        false => Err((Rule::Equation, result)),
    };
    let op = |id: EquationId| &facts.equation(id).op;
    match instruction {
        Instruction::Scalar(Scalar { result, over, formula, .. }) => {
            let assignment = Assignment { result: *result, over: *over, formula: formula.clone() };
            held(result.value, is_formula(facts, &assignment))
        }
        Instruction::Loop(Loop { assignments, .. }) => {
            match assignments.iter().find(|assignment| !is_formula(facts, assignment)) {
                Some(wrong) => Err((Rule::Equation, wrong.result.value)),
                None => Ok(assignments.iter().map(|assignment| assignment.result.value).collect()),
            }
        }
        Instruction::Index(Index { result, vector, at }) => {
            held(result.value, *op(result.value) == Op::Index(vector.value, *at))
        }
        Instruction::Slice(Slice { result, vector, start }) => {
            held(result.value, *op(result.value) == Op::Slice(vector.value, *start))
        }
        Instruction::Stack(Stack { result, elements }) => {
            held(result.value, *op(result.value) == Op::Stack(values(elements)))
        }
        Instruction::Concat(concat) => held(concat.result.value, is_concat(facts, concat)),
        Instruction::Product(product) => is_product(facts, product),
        Instruction::Call(call) => held(call.result.value, is_call(facts, call)),
        Instruction::Draw(draw) => held(draw.result.value, is_mask(facts, draw)),
        Instruction::Accumulate(accumulate) => accumulated(facts, entry, accumulate),
        Instruction::Descend(descend) => descended(facts, entry, descend),
        Instruction::Clear(_)
        | Instruction::Run(_)
        | Instruction::Hoisted(_)
        | Instruction::Samples(_)
        | Instruction::Count(_)
        | Instruction::Drawn
        | Instruction::Divide(_)
        | Instruction::Keep(_)
        | Instruction::Output(_)
        | Instruction::InputGradient(_)
        | Instruction::Trace(_)
        | Instruction::Return(_)
        | Instruction::AddLoss(_) => Ok(Vec::new()),
    }
}

fn values(operands: &[Operand]) -> Vec<EquationId> {
    operands.iter().map(|operand| operand.value).collect()
}

/// The mask of its layer, from its stream.
fn is_mask(facts: &Facts<'_>, draw: &Draw) -> bool {
    facts.derivation.mask(draw.result.value).is_some_and(|dropout| {
        draw.masks == dropout.masks(facts.derivation.header.seed) && draw.factor == dropout.factor()
    })
}

fn is_formula(facts: &Facts<'_>, assignment: &Assignment) -> bool {
    let id = assignment.result.value;
    let over = facts.overwritten(id);
    matches!(&facts.equation(id).op, Op::Pointwise(formula) if *formula == assignment.formula)
        && assignment.over == over
        && assignment.result.shape == facts.shape(id)
}

fn is_concat(facts: &Facts<'_>, concat: &Concat) -> bool {
    let Op::Concat(parts) = &facts.equation(concat.result.value).op else { return false };
    let mut next = 0;
    let in_order = concat.parts.iter().all(|(part, start)| {
        let begins = next;
        next += facts.shape(part.value).count();
        *start == begins
    });
    let own: Vec<EquationId> = concat.parts.iter().map(|(part, _)| part.value).collect();
    in_order && own == *parts
}

fn is_call(facts: &Facts<'_>, call: &Call) -> bool {
    let operands: Vec<Shape> = call.operands.iter().map(|operand| facts.shape(operand.value)).collect();
    let op = &facts.equation(call.result.value).op;
    let is = match (call.kernel, operands.as_slice()) {
        (Kernel::SumVector, [Shape::Vector(_)]) | (Kernel::SumMatrix, [Shape::Matrix(..)]) => {
            matches!(op, Op::Sum(_))
        }
        (Kernel::SumSquaresVector, [Shape::Scalar | Shape::Vector(_)])
        | (Kernel::SumSquaresMatrix, [Shape::Matrix(..)]) => matches!(op, Op::SumSquares(_)),
        (Kernel::Dot, _) => matches!(op, Op::Dot(..)),
        (Kernel::Outer, _) => matches!(op, Op::Outer(..)),
        (Kernel::Transpose, _) => matches!(op, Op::Transpose(_)),
        (Kernel::Softmax, _) => matches!(op, Op::Softmax(_)),
        (Kernel::LogSoftmax, _) => matches!(op, Op::LogSoftmax(_)),
        (Kernel::SoftmaxCrossEntropy, _) => matches!(op, Op::SoftmaxCrossEntropy(..)),
        (Kernel::SumVector | Kernel::SumMatrix | Kernel::SumSquaresVector | Kernel::SumSquaresMatrix, _) => {
            false
        }
    };
    is && op.operands() == values(&call.operands)
}

/// A product, the bias that is added to it, and a transposed matrix that is read as it is stored.
fn is_product(facts: &Facts<'_>, product: &Product) -> Check<Vec<EquationId>> {
    let result = product.result.value;
    let mut equations = vec![result];
    let mut op = &facts.equation(result).op;
    if let Some(bias) = product.bias {
        let Op::Pointwise(formula) = op else { return Err((Rule::Equation, result)) };
        let summands = formula.as_sum_of_leaves().map(|leaves| leaves.map(EquationId));
        let product = match summands {
            Some([a, b]) if b == bias.value => a,
            Some([a, b]) if a == bias.value => b,
            Some(_) | None => return Err((Rule::Equation, result)),
        };
        equations.push(product);
        op = &facts.equation(product).op;
    }
    let (Op::VectorMatrix(vector, matrix) | Op::MatrixVector(matrix, vector)) = *op else {
        return Err((Rule::Equation, result));
    };
    let by_rows = matches!(op, Op::MatrixVector(..));
    let is = if facts.equation(matrix).op == Op::Transpose(product.matrix.value) {
        equations.push(matrix);
        product.by_rows != by_rows
    } else {
        matrix == product.matrix.value && product.by_rows == by_rows
    };
    match is && vector == product.vector.value {
        true => Ok(equations),
        false => Err((Rule::Equation, result)),
    }
}

fn accumulated(facts: &Facts<'_>, entry: Entry, accumulate: &Accumulate) -> Check<Vec<EquationId>> {
    let total = accumulate.total.value;
    // A penalty is added to the gradient of the batch, the first operand.
    let op = &facts.equation(total).op;
    let (gradient, overwrites) = if let Some(gradient) = &op.reduced() {
        (Some(*gradient), true)
    } else {
        (op.operands().last().copied(), false)
    };
    let Some(gradient) = gradient else { return Err((Rule::Equation, total)) };
    let mut equations = vec![total];
    let contracts = match (&accumulate.contribution, &facts.equation(gradient).op) {
        (Contribution::Value(value), _) if value.value == gradient => Some(false),
        (Contribution::Value(value), Op::Pointwise(formula)) => {
            (formula.as_leaf() == Some(value.value.0)).then_some(true)
        }
        (Contribution::Outer(_, [a, b]), Op::Outer(x, y)) => ((a.value, b.value) == (*x, *y)).then_some(true),
        (Contribution::Formula(assignment, _), Op::Pointwise(formula)) => {
            let is = assignment.formula == formula.added_to(total.0) && assignment.over == Some(total);
            is.then_some(true)
        }
        (Contribution::Value(_) | Contribution::Outer(..) | Contribution::Formula(..), _) => None,
    };
    match contracts {
        Some(contracts) if accumulate.overwrites_first == (overwrites && entry != Entry::Penalize) => {
            equations.extend(contracts.then_some(gradient));
            Ok(equations)
        }
        Some(_) | None => Err((Rule::Equation, total)),
    }
}

/// The step of a parameter, its gradient of the batch and its gradient of a sample.
fn descended(facts: &Facts<'_>, entry: Entry, descend: &Descend) -> Check<Vec<EquationId>> {
    let (result, total) = (descend.result.value, descend.total.value);
    let sum = Accumulate {
        total: descend.total,
        overwrites_first: true,
        contribution: Contribution::Outer(super::super::Form::Block, descend.outer),
    };
    let mut equations = accumulated(facts, entry, &sum)?;
    let weight = facts.overwritten(result);
    let Op::Pointwise(formula) = &facts.equation(result).op else { return Err((Rule::Equation, result)) };
    let is = weight.is_some_and(|weight| is_descent(formula, [weight, descend.rate.value, total]));
    equations.push(result);
    match is {
        true => Ok(equations),
        false => Err((Rule::Equation, result)),
    }
}

/// W − η · gradient.
fn is_descent(formula: &Formula, [weight, rate, gradient]: [EquationId; 3]) -> bool {
    let leaf = |id| match formula.term(id) {
        Some(crate::formula::Term::Leaf(leaf)) => Some(EquationId(*leaf)),
        _ => None,
    };
    let Some(difference) = formula.root().and_then(|root| formula.fused(root)) else { return false };
    let factors = difference.factors.map(leaf);
    difference.negative && leaf(difference.sum) == Some(weight) && factors == [Some(rate), Some(gradient)]
}
