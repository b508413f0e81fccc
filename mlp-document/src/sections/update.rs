//! The step of training.

use mlp_dsl::ir::{
    Training,
    equation::{EquationId, Role, Symbol},
};

use crate::{
    content::{Form, Line, Section, Side},
    expression::equation::of_equation,
    phrases::{self, Items},
};

use super::{
    arithmetic::number,
    backward::others,
    facts::{Facts, ITEMS},
    lines::{left_out, lines_of, symbol},
};

/// The section.
pub(super) fn update(facts: &Facts<'_>) -> Section {
    let mut section = Section::new("update");
    let Some(training) = &facts.derivation.training else {
        section.paragraph(phrases::no_rule());
        return section;
    };
    first_step(facts, training, &mut section);
    let settings = training.settings.iter().map(|setting| setting_line(facts, *setting));
    section.paragraph(phrases::rule(&training.rule, settings.collect(), facts.derivation.frozen_count() > 0));
    if facts.at_neuron_level() && facts.samples() == 1 {
        section.paragraph(phrases::step_of_one_sample(facts.reduction()));
    }
    let mut updates = facts.named(Role::Update);
    if facts.at_neuron_level() {
        updates.retain(|id| in_full(facts, *id));
    }
    // The norm of all gradients reads those that are in the table only.
    let norm = facts.derivation.equations.iter().any(|equation| equation.symbol == Symbol::GradientNorm);
    if norm {
        others(facts, &mut section, true);
    }
    section.lines(lines_of(facts, &updates));
    left_out(&mut section, updates.len(), Items::Updates);
    if !norm {
        others(facts, &mut section, false);
    }
    section
}

/// Whether an equation of the update is written out.
fn in_full(facts: &Facts<'_>, id: EquationId) -> bool {
    let symbol = &facts.derivation.equation(id).symbol;
    match symbol {
        // A state is updated too.
        Symbol::Updated(of) if !facts.parameters.contains(of) => in_full(facts, *of),
        Symbol::Updated(of) | Symbol::State { of, .. } => facts.in_full(*of),
        Symbol::Named(_)
        | Symbol::Local(_)
        | Symbol::Net(_)
        | Symbol::Component(_)
        | Symbol::Loss
        | Symbol::BatchLoss(_)
        | Symbol::Penalty
        | Symbol::PenaltyPart(_)
        | Symbol::Objective
        | Symbol::Partial { .. }
        | Symbol::Gradient(_)
        | Symbol::BatchGradient(..)
        | Symbol::PenaltyGradient(_)
        | Symbol::ObjectiveGradient(_)
        | Symbol::Setting(_)
        | Symbol::StepNumber
        | Symbol::GradientNorm
        | Symbol::ClipFactor
        | Symbol::Step(_) => true,
    }
}

/// η = 0.5
pub(super) fn setting_line(facts: &Facts<'_>, setting: EquationId) -> Line {
    let value = of_equation(facts.derivation, setting);
    let mut sides = vec![symbol(facts, setting), Side::symbols(value.clone())];
    // A schedule has a value for this step.
    if value.nodes().len() > 1 && facts.numbers.is_some() {
        sides.push(Side::new(Form::Numbers, value));
        let mut side = symbol(facts, setting);
        side.form = Form::Value;
        sides.push(side);
    }
    Line { subject: vec![setting], sides }
}

/// A sentence about a rule that keeps state from step to step.
fn first_step(facts: &Facts<'_>, training: &Training, section: &mut Section) {
    let all = facts.derivation.parameters.iter().flat_map(mlp_dsl::ir::Parameter::state);
    let all: Vec<EquationId> = all.map(|state| state.equation).collect();
    let mut state = phrases::list(all.iter().take(ITEMS).map(|id| symbol(facts, *id)));
    if all.len() > ITEMS {
        state.push(phrases::and_more(all.len() - ITEMS));
    }
    let step = training.step.map(|step| {
        let sides = vec![symbol(facts, step), Side::symbols(number(1.0))];
        Line { subject: vec![step], sides }
    });
    if step.is_some() || !all.is_empty() {
        section.paragraph(phrases::first_step(step, state));
    }
}
