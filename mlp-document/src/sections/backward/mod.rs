//! The backward pass: the chain rule, neuron by neuron or layer by layer.

mod chain;
mod layers;
mod neurons;
mod sigmoid;
mod softmax;

use mlp_dsl::ir::Loss;

use crate::content::Section;

use super::facts::Facts;

/// The section.
pub(super) fn backward(facts: &Facts<'_>, loss: &Loss) -> Section {
    if facts.at_neuron_level() { neurons::backward(facts, loss.total) } else { layers::backward(facts) }
}
