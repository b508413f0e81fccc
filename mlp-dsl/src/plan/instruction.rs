//! Instructions: what a routine does, each with its operands and where they are stored.
//!
//! A back end prints, or runs, a routine by one match over [`Instruction`]. Every decision is in the
//! instruction: which kernel, how a loop runs, for one sample or for a block.

use mlp_hash::Masks;

use crate::{formula::Formula, ir::equation::EquationId, shape::Shape};

/// Where a value is read from or written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Storage {
    /// The array of a sample's input.
    Input,
    /// A sample's target.
    Target,
    /// The gradient with respect to a sample's output, which is given.
    OutputGradient,
    /// The field of this parameter in the network.
    Parameter(EquationId),
    /// The field of this parameter in the gradients of the batch.
    Gradient(EquationId),
    /// The field of this setting in the optimizer.
    Setting(EquationId),
    /// The number of steps that the optimizer counts.
    StepNumber,
    /// The field of this state in the optimizer.
    State(EquationId),
    /// A field of the workspace; in a block the row of the sample, where the field has one for each.
    Workspace,
    /// A local number.
    Local,
    /// A local number in each turn of the loop that computes and reads it.
    Temporary,
}

/// A value that an instruction reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operand {
    /// The equation whose value it is.
    pub value: EquationId,
    /// Its shape, of one sample.
    pub shape: Shape,
    /// Where it is stored.
    pub storage: Storage,
}

/// One instruction of a routine.
#[derive(Clone, Debug, PartialEq)]
pub enum Instruction {
    /// Sets gradients to 0 that no sample adds to, before the first sample of a batch.
    Clear(Vec<Operand>),
    /// Runs another routine.
    Run(super::Entry),
    /// Instructions that run once for a block.
    Hoisted(Vec<Instruction>),
    /// Instructions that run for each sample of a block in turn.
    Samples(Vec<Instruction>),
    /// A number from a formula.
    Scalar(Scalar),
    /// An element of a vector.
    Index(Index),
    /// A vector of numbers.
    Stack(Stack),
    /// A vector of numbers and vectors.
    Concat(Concat),
    /// Neighbouring elements of a vector.
    Slice(Slice),
    /// Formulas over the elements of arrays of one shape.
    Loop(Loop),
    /// A vector times a matrix, or a matrix times a vector.
    Product(Product),
    /// A kernel of the runtime.
    Call(Call),
    /// Adds to a gradient of the batch.
    Accumulate(Accumulate),
    /// W ← W − η · gradient, in the kernel of the gradient.
    Descend(Descend),
    /// Counts the step; the result is its number.
    Count(Operand),
    /// Draws the mask of a sample.
    Draw(Draw),
    /// The samples have their masks: the next masks are those of the samples after them.
    Drawn,
    /// Divides gradients by the number of samples, after the last block of a batch.
    Divide(Vec<Operand>),
    /// Writes a local number to the workspace, in the row of the sample.
    Keep(Operand),
    /// Writes the output of a sample.
    Output(Output),
    /// Writes the gradient with respect to the input of a sample: one value for each of the inputs, with its first
    /// number's place in the array.
    InputGradient(Vec<(Operand, usize)>),
    /// Writes a field of the trace.
    Trace(Operand),
    /// The number that the routine returns.
    Return(Operand),
    /// Adds the loss of a sample to that of the block.
    AddLoss(Operand),
}

/// `result = formula`, for numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// The result: a local number, a parameter or a state.
    pub result: Operand,
    /// The value before, which the formula reads under this number, where the result overwrites one.
    pub over: Option<EquationId>,
    /// The formula; its leaves are the numbers of `reads`.
    pub formula: Formula,
    /// The leaves, in order of first appearance, without `over`.
    pub reads: Vec<Operand>,
}

/// `result = vector[at]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Index {
    /// A number.
    pub result: Operand,
    /// A vector.
    pub vector: Operand,
    /// The element, counted from 0.
    pub at: usize,
}

/// `result = [elements]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// A vector.
    pub result: Operand,
    /// Numbers.
    pub elements: Vec<Operand>,
}

/// `result = [parts]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Concat {
    /// A vector.
    pub result: Operand,
    /// Numbers and vectors, each with its first element in the result.
    pub parts: Vec<(Operand, usize)>,
}

/// `result = vector[start..]`, as many elements as the result has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    /// A vector.
    pub result: Operand,
    /// A vector.
    pub vector: Operand,
    /// The first element.
    pub start: usize,
}

/// Formulas over the elements of arrays of one shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Loop {
    /// How it runs.
    pub form: LoopForm,
    /// Its formulas, in order: one may read the result of another before it.
    pub assignments: Vec<Assignment>,
    /// Arrays and numbers that it reads and does not compute, in order of first appearance.
    pub reads: Vec<Operand>,
}

/// How a loop runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopForm {
    /// Element by element.
    Elements,
    /// The same, over copies padded to this length, which are whole registers.
    Padded(usize),
    /// Over the elements of all samples of a block.
    Block,
    /// Written out, one statement for each element.
    Unrolled,
}

/// `result = formula`, for one element.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The array; a temporary has no array.
    pub result: Operand,
    /// The value before, which formulas of the loop read under this number, where the result overwrites one.
    pub over: Option<EquationId>,
    /// The formula; its leaves are elements of arrays, or numbers.
    pub formula: Formula,
}

/// A vector times a matrix, plus a bias.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Product {
    /// How it is computed.
    pub form: Form,
    /// A vector.
    pub result: Operand,
    /// A vector.
    pub vector: Operand,
    /// The matrix as it is stored.
    pub matrix: Operand,
    /// Whether the vector is multiplied by rows of the matrix: W x or x Wᵀ.
    pub by_rows: bool,
    /// What the kernel adds in its epilogue.
    pub bias: Option<Operand>,
}

/// How a product is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// By a kernel, for one sample.
    Kernel,
    /// By a kernel, for all samples of a block.
    Block,
    /// Written out, one statement for each multiply-add.
    Unrolled,
}

/// `result = kernel(operands)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The kernel.
    pub kernel: Kernel,
    /// A number or an array.
    pub result: Operand,
    /// Its operands, in order.
    pub operands: Vec<Operand>,
}

/// A kernel of the runtime that is no product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// The sum of a vector.
    SumVector,
    /// The sum of a matrix.
    SumMatrix,
    /// The sum of the squares of a vector.
    SumSquaresVector,
    /// The sum of the squares of a matrix.
    SumSquaresMatrix,
    /// a · b.
    Dot,
    /// a bᵀ.
    Outer,
    /// Rows and columns exchanged.
    Transpose,
    /// The softmax of a vector.
    Softmax,
    /// The logarithms of the softmax of a vector.
    LogSoftmax,
    /// The cross-entropy of the softmax of net inputs and targets.
    SoftmaxCrossEntropy,
}

/// `result = mask` of a sample, by its number in the batch and that of the step, which the workspace has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// A vector.
    pub result: Operand,
    /// Which masks.
    pub masks: Masks,
    /// The number for units that are kept; the others are 0.
    pub factor: f64,
}

/// Adds to a gradient of the batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Accumulate {
    /// The gradient of the batch.
    pub total: Operand,
    /// Whether the first sample of a batch overwrites it; else it is added to in any case.
    pub overwrites_first: bool,
    /// What is added.
    pub contribution: Contribution,
}

/// What is added to a gradient of a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Contribution {
    /// A value.
    Value(Operand),
    /// a bᵀ; in a block the sum over its samples, divided by the number of samples after the last block.
    Outer(Form, [Operand; 2]),
    /// A product that is rounded once with its sum: `assignment` overwrites the gradient.
    Formula(Assignment, Vec<Operand>),
}

/// W ← W − η · a bᵀ, in a block with the sum over its samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descend {
    /// Whether it is for a block of samples; else for one.
    pub block: bool,
    /// The equation of the step; its storage is the parameter W.
    pub result: Operand,
    /// The gradient of the batch: sums of earlier blocks.
    pub total: Operand,
    /// η.
    pub rate: Operand,
    /// a and b.
    pub outer: [Operand; 2],
}

/// The output of a sample.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// A vector.
    Whole(Operand),
    /// Numbers.
    Packed(Vec<Operand>),
}

impl Instruction {
    /// The values that it reads, and those that it writes; of nested instructions too.
    pub fn operands(&self) -> (Vec<Operand>, Vec<Operand>) {
        let (mut reads, mut writes) = (Vec::new(), Vec::new());
        self.visit(&mut reads, &mut writes);
        (reads, writes)
    }

    fn visit(&self, reads: &mut Vec<Operand>, writes: &mut Vec<Operand>) {
        match self {
            Instruction::Run(_) | Instruction::Drawn => {}
            Instruction::Draw(Draw { result, .. }) => writes.push(*result),
            Instruction::Clear(fields) | Instruction::Divide(fields) => writes.extend(fields),
            Instruction::Hoisted(body) | Instruction::Samples(body) => {
                body.iter().for_each(|instruction| instruction.visit(reads, writes));
            }
            Instruction::Scalar(Scalar { result, reads: read, .. }) => {
                reads.extend(read);
                writes.push(*result);
            }
            Instruction::Index(Index { result, vector, .. })
            | Instruction::Slice(Slice { result, vector, .. }) => {
                reads.push(*vector);
                writes.push(*result);
            }
            Instruction::Stack(Stack { result, elements }) => {
                reads.extend(elements);
                writes.push(*result);
            }
            Instruction::Concat(Concat { result, parts }) => {
                reads.extend(parts.iter().map(|(part, _)| *part));
                writes.push(*result);
            }
            Instruction::Loop(Loop { assignments, reads: read, .. }) => {
                reads.extend(read);
                writes.extend(assignments.iter().map(|assignment| assignment.result));
            }
            Instruction::Product(Product { result, vector, matrix, bias, .. }) => {
                reads.extend([*vector, *matrix]);
                reads.extend(bias);
                writes.push(*result);
            }
            Instruction::Call(Call { result, operands, .. }) => {
                reads.extend(operands);
                writes.push(*result);
            }
            Instruction::Accumulate(Accumulate { total, contribution, .. }) => {
                match contribution {
                    Contribution::Value(value) => reads.push(*value),
                    Contribution::Outer(_, outer) => reads.extend(outer),
                    Contribution::Formula(_, read) => reads.extend(read),
                }
                writes.push(*total);
            }
            Instruction::Descend(Descend { result, rate, outer, .. }) => {
                reads.push(*rate);
                reads.extend(outer);
                writes.push(*result);
            }
            Instruction::Count(result) => writes.push(*result),
            Instruction::Keep(value)
            | Instruction::Output(Output::Whole(value))
            | Instruction::Trace(value)
            | Instruction::Return(value)
            | Instruction::AddLoss(value) => reads.push(*value),
            Instruction::Output(Output::Packed(values)) => reads.extend(values),
            Instruction::InputGradient(values) => reads.extend(values.iter().map(|(value, _)| *value)),
        }
    }
}
