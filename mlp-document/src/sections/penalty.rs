//! The penalties, which are added to the loss once for a batch: values, objective, gradients.

use mlp_dsl::ir::{
    Loss,
    equation::{EquationId, Role, Symbol},
};

use crate::{
    content::Section,
    phrases::{self, Items},
};

use super::{
    facts::Facts,
    lines::{left_out, line, lines_of},
};

/// The section.
pub(super) fn penalty(facts: &Facts<'_>, loss: &Loss) -> Section {
    let derivation = facts.derivation;
    let mut section = Section::new("penalty");
    section.paragraph(phrases::penalty());
    let is_value =
        |id: &EquationId| matches!(derivation.equation(*id).symbol, Symbol::Penalty | Symbol::PenaltyPart(_));
    let (values, mut gradients): (Vec<EquationId>, Vec<EquationId>) =
        facts.named(Role::Penalty).into_iter().partition(is_value);
    gradients.sort_by_key(|id| {
        if let Symbol::PenaltyGradient(of) = derivation.equation(*id).symbol { of } else { *id }
    });
    section.lines(values.iter().chain([&loss.objective]).map(|id| line(facts, *id)).collect());
    let changed = derivation.parameters.iter().filter(|p| p.objective() != p.batch());
    let changed = changed.filter(|p| facts.wants(p.equation));
    let objective = changed.filter_map(|p| p.objective());
    let all: Vec<EquationId> = gradients.into_iter().chain(objective).collect();
    if !all.is_empty() {
        section.paragraph(phrases::gradients_of_penalty());
    }
    section.lines(lines_of(facts, &all));
    left_out(&mut section, all.len(), Items::Gradients);
    section
}
