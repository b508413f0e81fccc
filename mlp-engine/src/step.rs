//! What a program consists of: steps over one memory.

use alloc::{boxed::Box, vec::Vec};

use mlp_dsl::{formula::operator::Comparison, plan::Kernel};

/// A place in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    /// The first number.
    pub(crate) at: usize,
    /// How much further the place of the next sample is; 0 where all samples share it.
    pub(crate) row: usize,
}

impl At {
    /// A place that all samples share.
    #[inline(always)]
    pub(crate) fn once(at: usize) -> Self {
        At { at, row: 0 }
    }

    /// The place of a sample of the block.
    #[inline(always)]
    pub(crate) fn of(self, sample: usize) -> usize {
        self.at + self.row * sample
    }
}

/// Vectors of one sample, or those of all samples of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// The inputs of the caller.
    Inputs,
    /// The targets of the caller.
    Targets,
    /// Memory.
    Memory(At),
}

/// What an instruction computes of its operands, which are o, a, b, c in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Copy,
    Negate,
    Exp,
    Ln,
    Sqrt,
    Tanh,
    Erf,
    Floor,
    /// The functions of `arithmetic fused`.
    FusedExp,
    FusedLn,
    FusedTanh,
    FusedErf,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    /// o + a b, rounded twice.
    AddProduct,
    /// o − a b, rounded twice.
    SubtractProduct,
    /// o + a b, rounded once.
    FusedAdd,
    /// o − a b, rounded once.
    FusedSubtract,
    /// `if o < a then b else c`.
    Select(Comparison),
}

impl Operation {
    /// How many operands it has.
    pub(crate) fn arity(self) -> usize {
        match self {
            Operation::Copy
            | Operation::Negate
            | Operation::Exp
            | Operation::Ln
            | Operation::Sqrt
            | Operation::Tanh
            | Operation::Erf
            | Operation::Floor
            | Operation::FusedExp
            | Operation::FusedLn
            | Operation::FusedTanh
            | Operation::FusedErf => 1,
            Operation::Add
            | Operation::Subtract
            | Operation::Multiply
            | Operation::Divide
            | Operation::Power => 2,
            Operation::AddProduct
            | Operation::SubtractProduct
            | Operation::FusedAdd
            | Operation::FusedSubtract => 3,
            Operation::Select(_) => 4,
        }
    }

    /// Whether the result may overwrite its first operand.
    pub(crate) fn in_place(self) -> bool {
        matches!(self.arity(), 2 | 3) && self != Operation::Power
    }
}

/// `to = operation(operands)`; operands that the operation doesn't have are of no use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Instruction<P> {
    pub(crate) operation: Operation,
    pub(crate) to: P,
    pub(crate) operands: [P; 4],
}

/// An operand of an instruction over many numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// One number of memory, for all elements.
    Cell(u32),
    /// The elements of this array of the loop.
    Array(u32),
    /// Numbers in a register of the loop: one for each element of a part.
    Register(u32),
}

/// A loop over the elements of arrays of one shape.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lanes {
    /// The elements of one sample.
    pub(crate) count: usize,
    /// Whether it runs over the elements of all samples of a block.
    pub(crate) block: bool,
    pub(crate) arrays: Vec<Rows>,
    /// Numbers that registers are filled with before the loop.
    pub(crate) filled: Vec<(u32, u32)>,
    pub(crate) instructions: Vec<Instruction<Source>>,
}

/// A vector times a matrix, or a matrix times a vector, plus a bias.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Product {
    pub(crate) block: bool,
    pub(crate) by_rows: bool,
    /// Elements of the vector and of the result.
    pub(crate) sizes: [usize; 2],
    pub(crate) vector: Rows,
    pub(crate) matrix: At,
    pub(crate) bias: Option<At>,
    pub(crate) result: At,
}

/// a bᵀ, added to a total, or a step along it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outer {
    pub(crate) block: bool,
    /// Whether the total counts as 0 before.
    pub(crate) first: bool,
    pub(crate) total: At,
    pub(crate) sizes: [usize; 2],
    pub(crate) factors: [Rows; 2],
    /// The matrix that takes the step, and the rate.
    pub(crate) descent: Option<(At, u32)>,
}

/// A kernel that is no product.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) kernel: Kernel,
    pub(crate) result: At,
    pub(crate) operands: [At; 2],
    /// Rows and columns of the first operand, elements of the second.
    pub(crate) sizes: [usize; 3],
    /// As many numbers as the first operand has.
    pub(crate) scratch: usize,
}

/// One step of a routine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Instructions over single numbers: a range of the program's.
    Numbers(usize, usize),
    /// The input of the sample, from the caller to memory.
    Input,
    /// Its target.
    Target,
    /// Brings the gradient with respect to the output of the sample to memory.
    OutputGradient,
    Copy {
        to: At,
        from: At,
        count: usize,
    },
    Clear {
        at: At,
        count: usize,
    },
    /// total += x, for each element; the total counts as 0 before if it is the `first`.
    Add {
        first: bool,
        total: At,
        x: At,
        count: usize,
    },
    Lanes(Box<Lanes>),
    Product(Product),
    Outer(Outer),
    Call(Call),
    /// Divides by the number of samples, after the last block.
    Divide(Vec<(At, usize)>),
    /// For each sample of the block: the first sample of a batch, and others.
    Samples {
        first: Vec<Step>,
        others: Vec<Step>,
    },
    Output {
        from: At,
        to: usize,
        count: usize,
    },
    /// Writes numbers of the gradient with respect to the input of the sample.
    InputGradient {
        from: At,
        to: usize,
        count: usize,
    },
    AddLoss(At),
    Return(At),
    /// Draws the mask of the sample: its numbers, and that of units that are kept.
    Draw {
        to: At,
        count: usize,
        masks: [u64; 2],
        factor: f64,
    },
    /// The next masks are those of the samples after these.
    Drawn,
    /// Counts the step and writes its number.
    Count(At),
}
