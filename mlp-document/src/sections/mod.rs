//! What the document says, section by section.

pub(crate) mod arithmetic;
mod backward;
mod check;
mod effort;
pub(crate) mod facts;
mod forward;
mod lines;
mod loss;
mod network;
mod parameters;
mod penalty;
mod samples;
mod sizes;
mod update;

use mlp_dsl::{ir::Derivation, number::Precision};

use crate::{
    content::{Section, Text},
    phrases,
};

use facts::Facts;

/// The sections, in order.
pub(crate) fn sections(facts: &Facts<'_>) -> Vec<Section> {
    let mut sections = vec![network::network(facts), parameters::parameters(facts), forward::forward(facts)];
    if let Some(loss) = &facts.derivation.loss {
        sections.extend([loss::loss(facts, loss), backward::backward(facts, loss)]);
        sections.extend(loss.penalty.map(|_| penalty::penalty(facts, loss)));
        sections.extend([update::update(facts), check::check(facts, loss)]);
    }
    if !facts.at_neuron_level() {
        sections.push(effort::effort(facts));
    }
    samples::of_batch(facts, sections)
}

/// The paragraphs before the first section.
pub(crate) fn preface(derivation: &Derivation, digits: usize, neurons: bool) -> Vec<Text> {
    let mut preface = vec![phrases::rounding(digits)];
    if derivation.header.precision == Precision::F32 {
        preface.push(phrases::single_precision());
    }
    if derivation.loss.is_none() {
        preface.push(phrases::no_loss());
    }
    if neurons && derivation.loss.is_some() {
        preface.push(phrases::letters());
    }
    preface
}
