//! The loss: its parts, then the total of a sample or of a batch.

use mlp_dsl::ir::{
    Loss,
    array::Op,
    equation::{Role, Symbol},
};

use crate::{
    content::Section,
    phrases::{self, Items},
};

use super::{
    classes,
    facts::{Facts, ITEMS},
    forward::batch_line,
    lines::{left_out, line, lines_of},
};

/// The section.
pub(super) fn loss(facts: &Facts<'_>, loss: &Loss) -> Section {
    if facts.at_neuron_level() { neurons(facts, loss) } else { layers(facts, loss) }
}

/// A sentence about logarithms of probabilities, where the loss takes some.
fn logarithms(facts: &Facts<'_>, section: &mut Section) {
    let log_sigmoid = facts.derivation.prelude_function("log_sigmoid");
    let of_loss = facts.derivation.equations.iter().filter(|equation| equation.role == Role::Loss);
    let (mut sigmoid, mut softmax) = (false, false);
    for equation in of_loss {
        softmax |= matches!(equation.op, Op::LogSoftmax(_));
        sigmoid |=
            log_sigmoid.zip(equation.formula()).is_some_and(|(function, formula)| formula.calls(function));
    }
    if sigmoid || softmax {
        section.paragraph(phrases::logarithms_of_probabilities(sigmoid));
    }
}

fn neurons(facts: &Facts<'_>, loss: &Loss) -> Section {
    let mut section = Section::new("loss");
    let named = facts.named(Role::Loss);
    let parts = named.iter().any(|id| matches!(facts.derivation.equation(*id).symbol, Symbol::Component(_)));
    let target = !facts.derivation.targets.is_empty();
    section.paragraph(if loss.parts.len() > 1 && facts.has_several_targets() {
        phrases::loss_of_heads()
    } else {
        phrases::loss_of_neurons(parts, target)
    });
    if loss.weight.is_some() {
        section.paragraph(phrases::weight_of_loss());
    }
    logarithms(facts, &mut section);
    let target = classes::target(facts);
    if facts.samples() == 1 && !target.is_empty() {
        section.paragraph(phrases::targets(target));
    } else {
        section.lines(target);
    }
    let (parts, total) = named.split_at(named.len().saturating_sub(1));
    let shown = parts.iter().take(ITEMS).chain(total);
    section.lines(shown.map(|id| line(facts, *id)).collect());
    left_out(&mut section, parts.len(), Items::Parts);
    if !facts.is_one_sample() {
        section.paragraph(phrases::mean_of_losses(facts.over(), batch_line(facts)));
        section.lines(vec![line(facts, loss.batch)]);
    }
    section
}

fn layers(facts: &Facts<'_>, loss: &Loss) -> Section {
    let mut section = Section::new("loss");
    let single = facts.is_single();
    section.paragraph(if single {
        phrases::loss_of_neurons(false, !facts.derivation.targets.is_empty())
    } else {
        phrases::loss_of_batch(facts.over(), loss.penalty.is_some())
    });
    if loss.weight.is_some() {
        section.paragraph(phrases::weight_of_loss());
    }
    logarithms(facts, &mut section);
    let named = facts.named(Role::Loss);
    section.lines(lines_of(facts, &named));
    if !single {
        section.more_lines(vec![line(facts, loss.batch)]);
    }
    section
}
