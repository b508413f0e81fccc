//! A plan and its routines.

use super::{instruction::Instruction, layout::Layout};

use crate::formula::FunctionId;

/// What the generated code can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entry {
    /// The outputs of a sample.
    Forward,
    /// Every named value of the forward pass.
    Trace,
    /// The loss of a sample.
    Loss,
    /// The loss of a sample; its gradients are added to those of the batch.
    Accumulate,
    /// What is added once for a batch.
    Penalty,
    /// The same; its gradients are added to those of the batch.
    Penalize,
    /// The weight of a sample, from its targets: the divisor of a batch is the sum of the weights.
    Weight,
    /// The update from the mean gradients.
    Step,
    /// The loss of a sample and the update from its gradients.
    Train,
    /// The outputs of a block of samples.
    ForwardBlock,
    /// The loss of a block of samples, added to a total.
    LossBlock,
    /// The same; all gradients that are not sums of outer products over the block are added to those of the batch.
    SamplesBlock,
    /// The same, and the sums of outer products.
    AccumulateBlock,
    /// The same, and the update from the mean gradients after the last block.
    TrainBlock,
    /// The loss of a sample; the gradient with respect to its input is written.
    InputGradient,
    /// The loss of a sample; its gradients are added to those of the batch, and that with respect to its input is written.
    AccumulateWithInput,
    /// Back from the gradient of a sample with respect to its output: gradients are added to those of the batch, and that
    /// with respect to its input is written.
    PullBack,
    /// [`InputGradient`](Entry::InputGradient) for a block of samples, whose losses are added to a total.
    InputGradientBlock,
    /// [`AccumulateWithInput`](Entry::AccumulateWithInput) for a block of samples, sums of outer products and means
    /// after the last block included.
    AccumulateWithInputBlock,
    /// [`PullBack`](Entry::PullBack) for a block of samples, likewise.
    PullBackBlock,
}

impl Entry {
    /// Whether it belongs to a step of training, which may leave out units; the others compute what the network is outside
    /// of training.
    pub fn is_of_training(self) -> bool {
        match self {
            Entry::Accumulate
            | Entry::SamplesBlock
            | Entry::AccumulateBlock
            | Entry::Step
            | Entry::Train
            | Entry::TrainBlock => true,
            Entry::Forward
            | Entry::Trace
            | Entry::Loss
            | Entry::Penalty
            | Entry::Penalize
            | Entry::Weight
            | Entry::ForwardBlock
            | Entry::LossBlock
            | Entry::InputGradient
            | Entry::AccumulateWithInput
            | Entry::PullBack
            | Entry::InputGradientBlock
            | Entry::AccumulateWithInputBlock
            | Entry::PullBackBlock => false,
        }
    }

    /// Whether it is for a block of samples: its values are in the workspace of batches.
    pub fn is_block(self) -> bool {
        match self {
            Entry::ForwardBlock
            | Entry::LossBlock
            | Entry::SamplesBlock
            | Entry::AccumulateBlock
            | Entry::TrainBlock
            | Entry::InputGradientBlock
            | Entry::AccumulateWithInputBlock
            | Entry::PullBackBlock => true,
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
            | Entry::PullBack => false,
        }
    }
}

/// The instructions of an entry point.
#[derive(Clone, Debug, PartialEq)]
pub struct Routine {
    /// Which entry point.
    pub entry: Entry,
    /// What it does, in order.
    pub instructions: Vec<Instruction>,
    /// Whether it is compiled for each instruction set, and run on the best that the processor has.
    pub needs_isa: bool,
    /// Whether it is inlined into other routines that run it.
    pub inlined: bool,
}

/// What the generated code stores and does.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What its types hold.
    pub layout: Layout,
    /// Its entry points.
    pub routines: Vec<Routine>,
    /// Whether layers are written out number by number.
    pub unrolled: bool,
    /// Samples of a block; 1 where there are no blocks.
    pub block: usize,
    /// Functions of the specification that formulas call, directly or through another.
    pub functions: Vec<FunctionId>,
    /// Whether these functions depend on the instruction set.
    pub functions_take_isa: bool,
    /// Whether start values from a file are a constant.
    pub constant_start: bool,
}

impl Plan {
    /// The routine of an entry point; none where the network has no such entry point.
    pub fn routine(&self, entry: Entry) -> Option<&Routine> {
        self.routines.iter().find(|routine| routine.entry == entry)
    }

    /// Whether there are entry points for blocks of samples.
    pub fn has_blocks(&self) -> bool {
        self.routine(Entry::ForwardBlock).is_some()
    }
}
