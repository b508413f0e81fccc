//! The backward pass: the chain rule, neuron by neuron or layer by layer.

mod chain;
mod layers;
mod neurons;
mod others;
mod questions;
mod sigmoid;
mod softmax;
mod spelled;

use mlp_dsl::ir::{
    Loss,
    equation::{EquationId, Symbol},
};

use crate::{
    content::{Block, Section, Text},
    phrases,
};

use super::{facts::Facts, lines::symbol};

pub(super) use others::others;

/// The section.
pub(super) fn backward(facts: &Facts<'_>, loss: &Loss) -> Section {
    let mut section =
        if facts.at_neuron_level() { neurons::backward(facts, loss.total) } else { layers::backward(facts) };
    let place = section.blocks.len().min(1);
    section.blocks.splice(place..place, other_uses(facts, loss).map(Block::Paragraph));
    section
}

/// A sentence where the derivative with respect to a probability has its other uses only: the loss is computed from the
/// net input.
fn other_uses(facts: &Facts<'_>, loss: &Loss) -> Option<Text> {
    let whole = |value: EquationId| loss.gradients.iter().any(|(of, _)| *of == value);
    let is_partly = |symbol: &Symbol| matches!(symbol, Symbol::Gradient(of) if !whole(*of));
    let partly = facts.derivation.numbered().find(|(_, equation)| is_partly(&equation.symbol));
    let (id, _) = partly?;
    Some(phrases::other_uses(symbol(facts, id)))
}
