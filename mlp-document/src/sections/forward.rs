//! The forward pass: neuron by neuron, or layer by layer with the sizes of matrices.

use mlp_dsl::ir::equation::Role;

use crate::{
    content::{Block, Line, Section, Side},
    expression::Expression,
    notation::math::Name,
    phrases::{self, Items},
};

use super::{
    arithmetic::{counted, number},
    facts::{Facts, ITEMS},
    lines::{left_out, line, lines_of},
    samples::samples,
    sizes::sizes,
};

/// The section.
pub(super) fn forward(facts: &Facts<'_>) -> Section {
    if facts.at_neuron_level() { neurons(facts) } else { layers(facts) }
}

fn neurons(facts: &Facts<'_>) -> Section {
    let mut section = Section::new("forward");
    section.paragraph(match facts.numbers {
        Some(_) => phrases::neurons(),
        None if facts.has_samples() => phrases::too_large_for_numbers(),
        None => phrases::neurons_without_values(),
    });
    samples(facts, &mut section);
    let named = facts.named(Role::Forward);
    let shown = named.get(..ITEMS).unwrap_or(&named);
    for own in shown.chunk_by(|a, b| facts.layer_of(*a) == facts.layer_of(*b)) {
        let layer = own.first().and_then(|id| facts.derivation.layers.get(facts.layer_of(*id)));
        section.blocks.extend(layer.map(|layer| Block::Heading(phrases::layer_title(&layer.name))));
        section.lines(own.iter().map(|id| line(facts, *id)).collect());
    }
    left_out(&mut section, named.len(), Items::Values);
    section
}

fn layers(facts: &Facts<'_>) -> Section {
    let mut section = Section::new("forward");
    section.paragraph(phrases::rows_of_samples(batch_line(facts)));
    if facts.numbers.is_none() {
        section.paragraph(if facts.has_samples() {
            phrases::too_large_for_numbers()
        } else {
            phrases::layers_without_values()
        });
    }
    if facts.numbers.is_some() && facts.batch_size() == 1 && facts.batch_of_sizes() > 1 {
        section.paragraph(phrases::numbers_of_one_sample());
    }
    samples(facts, &mut section);
    let named = facts.named(Role::Forward);
    section.lines(lines_of(facts, &named));
    left_out(&mut section, named.len(), Items::Values);
    sizes(facts, &mut section, &named, true);
    section
}

/// m = the samples of a batch
fn batch_line(facts: &Facts<'_>) -> Line {
    let mut letter = Expression::default();
    letter.push_letter(Name::letter("m").into(), counted(facts.batch()));
    Line {
        subject: Vec::new(),
        sides: vec![Side::symbols(letter), Side::symbols(number(facts.batch_size() as f64))],
    }
}
