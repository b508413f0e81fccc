//! The storage of a network: which values its types hold, their shapes and sizes.

use crate::{ir::equation::EquationId, shape::Shape};

/// A value that a type of the network holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The equation: a parameter, a setting, a state, a value of the workspace or of the trace.
    pub value: EquationId,
    /// Its shape, of one sample.
    pub shape: Shape,
    /// How many samples it is kept for; `None` where for one.
    pub samples: Option<usize>,
}

/// Memory for sums over the samples of a batch of more than one group, in 64 bits: one for each trained number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// How many there are.
    pub numbers: usize,
    /// Whether the workspace of batches holds them; else they are on the stack while such a batch is computed.
    pub in_workspace: bool,
}

impl Sums {
    /// Bytes of the workspace of batches.
    pub fn workspace_bytes(&self) -> usize {
        if self.in_workspace { self.numbers * size_of::<f64>() } else { 0 }
    }
}

/// What the types of a network hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Fields of the network.
    pub parameters: Vec<Field>,
    /// Fields of the gradients, under their parameters: those that are not frozen.
    pub gradients: Vec<Field>,
    /// Fields of the optimizer: the numbers of the rule.
    pub settings: Vec<Field>,
    /// Whether the optimizer counts steps.
    pub counts_steps: bool,
    /// Fields of the optimizer: what the rule keeps from step to step.
    pub states: Vec<Field>,
    /// Fields of the workspace of one sample.
    pub workspace: Vec<Field>,
    /// What the workspace of batches has beside a workspace of one sample: a row for each sample of a block.
    pub rows: Vec<Field>,
    /// Whether the workspace of one sample has the numbers of the step and of the sample, from which masks are drawn.
    pub draws: bool,
    /// Sums of groups of samples; none where a batch is one group, or without a loss.
    pub sums: Option<Sums>,
    /// Fields of the trace: the named values of the forward pass.
    pub trace: Vec<Field>,
    /// To how many bytes the types are aligned, where kernels run: a register loaded from two cache lines takes
    /// twice as long.
    pub alignment: Option<usize>,
    /// Bytes of the network.
    pub parameter_bytes: usize,
    /// Bytes of the workspace of one sample.
    pub workspace_bytes: usize,
    /// Bytes of the workspace of batches.
    pub batch_workspace_bytes: usize,
    /// Bytes of the optimizer.
    pub optimizer_bytes: usize,
    /// Whether the network is small enough to be returned by value, and so are its gradients.
    pub by_value: bool,
    /// Whether the workspace of one sample and its trace are small enough to be on the stack.
    pub sample_by_value: bool,
}

impl Layout {
    /// The field of the workspace of one sample that holds a value.
    pub fn in_workspace(&self, value: EquationId) -> Option<&Field> {
        find(&self.workspace, value)
    }

    /// The rows of the workspace of batches that hold a value.
    pub fn in_rows(&self, value: EquationId) -> Option<&Field> {
        find(&self.rows, value)
    }

    /// Whether batches have a workspace of a type of their own; else they have that of one sample.
    pub fn has_batch_workspace(&self) -> bool {
        !self.rows.is_empty() || self.sums.is_some_and(|sums| sums.in_workspace)
    }
}

/// The field of a value; fields are in the order of their values.
fn find(fields: &[Field], value: EquationId) -> Option<&Field> {
    let index = fields.binary_search_by_key(&value, |field| field.value).ok()?;
    fields.get(index)
}
