//! The step of training.

use mlp_dsl::ir::{
    Training,
    equation::{EquationId, Role},
};

use crate::{
    content::{Form, Line, Section, Side},
    expression::equation::of_equation,
    phrases::{self, Items},
};

use super::{
    arithmetic::number,
    facts::Facts,
    lines::{left_out, lines_of, symbol},
};

/// The section.
pub(super) fn update(facts: &Facts<'_>) -> Section {
    let mut section = Section::new("update");
    let Some(training) = &facts.derivation.training else {
        section.paragraph(phrases::no_rule());
        return section;
    };
    let settings = training.settings.iter().map(|setting| setting_line(facts, *setting));
    section.paragraph(phrases::rule(&training.rule, settings.collect()));
    if facts.at_neuron_level() && facts.samples() == 1 {
        section.paragraph(phrases::step_of_one_sample(facts.reduction()));
    }
    first_step(facts, training, &mut section);
    let updates = facts.named(Role::Update);
    section.lines(lines_of(facts, &updates));
    left_out(&mut section, updates.len(), Items::Updates);
    section
}

/// η = 0.5
fn setting_line(facts: &Facts<'_>, setting: EquationId) -> Line {
    let value = of_equation(facts.derivation, setting);
    Line { subject: vec![setting], sides: vec![symbol(facts, setting), Side::new(Form::Numbers, value)] }
}

/// A sentence about a rule that keeps state from step to step.
fn first_step(facts: &Facts<'_>, training: &Training, section: &mut Section) {
    if let Some(step) = training.step {
        let sides = vec![symbol(facts, step), Side::symbols(number(1.0))];
        section.paragraph(phrases::first_step(Some(Line { subject: vec![step], sides })));
    } else if facts.derivation.has_optimizer_state() {
        section.paragraph(phrases::first_step(None));
    }
}
