//! The facts about a network from which its API follows.

use mlp_dsl::{model::Reduction, number::Precision};
use proc_macro2::Span;

use super::{Field, LayoutEntry, Type};
use crate::attributes::Attributes;

/// The facts about a network.
pub(super) struct Facts {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) visibility: String,
    pub(super) attributes: Attributes,
    pub(super) precision: Precision,
    pub(super) network: Part,
    pub(super) workspace: Part,
    /// The workspace of batches; `None` where it is that of one sample.
    pub(super) batch_workspace: Option<Part>,
    pub(super) trace: Part,
    /// The gradients; `None` without a loss, unless the backward pass goes on to the inputs.
    pub(super) gradients: Option<Part>,
    /// Whether there is a loss.
    pub(super) has_loss: bool,
    /// Whether the backward pass goes on to the inputs.
    pub(super) to_inputs: bool,
    /// Whether there is a gradient: a parameter is trained.
    pub(super) has_gradients: bool,
    /// The optimizer; `None` without an update rule.
    pub(super) optimizer: Option<Part>,
    pub(super) input: Data,
    pub(super) output: Data,
    pub(super) target: Data,
    /// The targets, where there are several.
    pub(super) targets: Option<Part>,
    /// The heads of the output, where there are several.
    pub(super) heads: Option<Part>,
    pub(super) counts: Counts,
    pub(super) seed: u64,
    pub(super) fingerprint: u64,
    pub(super) layout_hash: u64,
    pub(super) loss: Loss,
    pub(super) by_value: ByValue,
    /// Whether the types have `boxed()`.
    pub(super) has_heap: bool,
    /// Whether the start values are a constant.
    pub(super) trained: bool,
    /// The declared samples, if there is `data`.
    pub(super) samples: Option<Samples>,
    /// The samples of a block; `None` without code for blocks.
    pub(super) block: Option<usize>,
}

/// A generated type.
pub(super) struct Part {
    pub(super) docs: Vec<String>,
    pub(super) alignment: Option<usize>,
    pub(super) fields: Vec<Field>,
    /// The tensors among the fields that generic code sees.
    pub(super) tensors: Vec<LayoutEntry>,
}

/// An input, an output or a target.
pub(super) struct Data {
    /// Its type; a guess where it is unknown.
    pub(super) ty: Type,
    /// How many numbers it has.
    pub(super) count: usize,
    /// Whether the type is known.
    pub(super) known: bool,
}

impl Data {
    /// The type of a parameter that takes it: anything where the type is unknown.
    pub(super) fn accepted(&self, letter: char) -> Type {
        if self.known { self.ty.clone() } else { Type::Any(letter) }
    }
}

/// The loss of a batch.
pub(super) struct Loss {
    pub(super) reduction: Reduction,
    /// Whether a penalty is added.
    pub(super) penalized: bool,
    /// Whether the mean is over weights of samples.
    pub(super) weighted: bool,
}

/// Whether methods return their results, or have memory on the stack, which takes small networks.
pub(super) struct ByValue {
    /// The network itself.
    pub(super) network: bool,
    /// Outputs, the loss and the trace, with a workspace of one sample on the stack.
    pub(super) sample: bool,
    /// Gradients, with such a workspace.
    pub(super) gradients: bool,
    /// A training step, which also needs an optimizer without state.
    pub(super) train: bool,
}

/// The types of the declared samples.
pub(super) struct Samples {
    pub(super) count: usize,
    pub(super) input: Type,
    pub(super) target: Option<Type>,
}

/// The numbers that a network's constants give.
pub(super) struct Counts {
    pub(super) weights: usize,
    pub(super) biases: usize,
    /// Layers, including the input.
    pub(super) layers: usize,
    pub(super) multiply_adds: usize,
    pub(super) parameter_bytes: usize,
    pub(super) workspace_bytes: usize,
    pub(super) batch_workspace_bytes: usize,
    pub(super) frozen: usize,
    pub(super) optimizer_bytes: usize,
}
