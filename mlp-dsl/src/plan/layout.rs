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
    /// Whether the workspace holds them; else they are on the stack while such a batch is computed.
    pub in_workspace: bool,
}

impl Sums {
    /// Bytes of the workspace.
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
    /// Fields of the workspace.
    pub workspace: Vec<Field>,
    /// Sums of groups of samples; none where a batch is one group, or without a loss.
    pub sums: Option<Sums>,
    /// Fields of the trace: the named values of the forward pass.
    pub trace: Vec<Field>,
    /// To how many bytes the types are aligned, where kernels run: a register loaded from two cache lines takes
    /// twice as long.
    pub alignment: Option<usize>,
    /// Bytes of the network.
    pub parameter_bytes: usize,
    /// Bytes of the workspace.
    pub workspace_bytes: usize,
    /// Bytes of the optimizer.
    pub optimizer_bytes: usize,
    /// Whether the network is small enough to be returned by value.
    pub by_value: bool,
}

impl Layout {
    /// The field of the workspace that holds a value.
    pub fn in_workspace(&self, value: EquationId) -> Option<&Field> {
        let index = self.workspace.binary_search_by_key(&value, |field| field.value).ok()?;
        self.workspace.get(index)
    }
}
