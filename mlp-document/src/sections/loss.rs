//! The loss: its parts, then the total of a sample or of a batch.

use mlp_dsl::ir::{
    Loss,
    equation::{Role, Symbol},
};

use crate::{
    content::Section,
    phrases::{self, Items},
};

use super::{
    facts::{Facts, ITEMS},
    lines::{left_out, line, lines_of},
};

/// The section.
pub(super) fn loss(facts: &Facts<'_>, loss: &Loss) -> Section {
    if facts.at_neuron_level() { neurons(facts) } else { layers(facts, loss) }
}

fn neurons(facts: &Facts<'_>) -> Section {
    let mut section = Section::new("loss");
    let named = facts.named(Role::Loss);
    let parts = named.iter().any(|id| matches!(facts.derivation.equation(*id).symbol, Symbol::Component(_)));
    section.paragraph(phrases::loss_of_neurons(parts, facts.derivation.target.is_some()));
    let (parts, total) = named.split_at(named.len().saturating_sub(1));
    let shown = parts.iter().take(ITEMS).chain(total);
    section.lines(shown.map(|id| line(facts, *id)).collect());
    left_out(&mut section, parts.len(), Items::Parts);
    section
}

fn layers(facts: &Facts<'_>, loss: &Loss) -> Section {
    let mut section = Section::new("loss");
    section.paragraph(phrases::loss_of_batch(facts.reduction(), loss.penalty.is_some()));
    let named = facts.named(Role::Loss);
    section.lines(lines_of(facts, &named));
    section.more_lines(vec![line(facts, loss.batch)]);
    section
}
