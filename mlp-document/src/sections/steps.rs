//! The next steps of training: what is carried over, then forward pass, loss, backward pass and update with new numbers.

use mlp_dsl::ir::{
    Derivation, Parameter,
    equation::{EquationId, Per},
};

use crate::{
    content::{Block, Form, Line, Section, Side, Text},
    expression::{Expression, Quantity, evaluate::Numbers},
    notation::is_printed,
    phrases::{self, Items},
};

use super::{
    arithmetic::number,
    facts::{Facts, ITEMS},
    lines::symbol,
    update::schedules,
};

/// The sections that are computed again.
const AGAIN: [&str; 5] = ["forward", "loss", "backward", "penalty", "update"];

/// The section, where more than one step is asked for; `sections` are those of the first step.
pub(super) fn steps(facts: &Facts<'_>, sections: &[Section]) -> Option<Section> {
    let later = facts.numbers.map_or(0, Numbers::later);
    if later == 0 || facts.derivation.training.is_none() {
        return None;
    }
    let mut section = Section::new("steps");
    for step in 1..=later {
        section.blocks.push(Block::Heading(phrases::step_title(step + 1)));
        carried_over(facts, &mut section, step);
        for own in AGAIN.iter().filter_map(|key| sections.iter().find(|section| section.key == *key)) {
            let lines: Vec<Line> = own.blocks.iter().flat_map(|block| again(facts, block, step)).collect();
            if !lines.is_empty() {
                section.paragraph(phrases::part_of_step(own.key));
                section.lines(lines);
            }
        }
    }
    Some(section)
}

/// The lines of a block that have numbers, with those of a later step.
fn again(facts: &Facts<'_>, block: &Block, step: usize) -> Vec<Line> {
    let Block::Lines(lines) = block else { return Vec::new() };
    let has_numbers = |line: &&Line| {
        let own = |side: &Side| matches!(side.form, Form::Value | Form::Numbers | Form::Terms);
        line.sides.iter().any(own) && !line.subject.is_empty()
    };
    lines.iter().filter(has_numbers).map(|line| moved(facts, line, step)).collect()
}

/// A line in a later step.
fn moved(facts: &Facts<'_>, line: &Line, step: usize) -> Line {
    let of_step = |side: &Side| {
        let expression = side.expression.of_step(facts.derivation, step);
        Side { expression, ..side.clone() }
    };
    Line { subject: line.subject.clone(), sides: line.sides.iter().map(of_step).collect() }
}

/// What the step begins with: the number of the step, its samples, parameters and state.
fn carried_over(facts: &Facts<'_>, section: &mut Section, step: usize) {
    let derivation = facts.derivation;
    let of_step = |id: EquationId| {
        let value = Box::new(Expression::symbol(derivation, id));
        Expression::quantity(derivation, Quantity::OfStep { step, value })
    };
    let count = derivation.training.as_ref().and_then(|training| training.step).map(|id| {
        let sides = vec![symbol(facts, id), Side::symbols(number((step + 1) as f64))];
        let sides = sides
            .into_iter()
            .map(|side| Side { expression: side.expression.of_step(derivation, step), ..side });
        Line { subject: vec![id], sides: sides.collect() }
    });
    let carried: Vec<EquationId> = derivation.parameters.iter().flat_map(changed).collect();
    let state = derivation.parameters.iter().any(|parameter| !parameter.state().is_empty());
    section.paragraph(phrases::next_step(step, count, state));
    let row = |id: &EquationId| -> Vec<Text> {
        let value = Side::new(Form::Value, of_step(*id));
        vec![vec![symbol(facts, *id).into()], vec![value.into()]]
    };
    let printed: Vec<EquationId> =
        carried.iter().copied().filter(|id| is_printed(derivation.shape(*id))).collect();
    section.table(&phrases::CARRIED, printed.iter().take(ITEMS).map(row).collect());
    let shown = printed.len().min(ITEMS);
    if shown < carried.len() {
        section.paragraph(phrases::left_out(carried.len() - shown, Items::Values));
    }
    let schedules = schedules(facts);
    if !schedules.is_empty() {
        section.paragraph(phrases::settings_of_step());
        section.lines(schedules.iter().map(|line| moved(facts, line, step)).collect());
    }
    samples(facts, section, step);
    masks(facts, section, step);
}

/// The parameter and its state, where a step changes them.
fn changed(parameter: &Parameter) -> Vec<EquationId> {
    let own = parameter.updated().map(|_| parameter.equation);
    own.into_iter().chain(parameter.state().iter().map(|state| state.equation)).collect()
}

/// The inputs and targets of a step that has others than the one before it.
fn samples(facts: &Facts<'_>, section: &mut Section, step: usize) {
    let derivation = facts.derivation;
    let of = |step: usize| derivation.samples_of_step(step as u64);
    if !derivation.header.has_data || of(step) == of(step - 1) {
        return;
    }
    let lines = given_lines(facts, &data(derivation), step);
    if lines.len() <= ITEMS {
        section.paragraph(phrases::samples_of_step(of(step).start, of(step).len()));
        section.lines(lines);
    }
}

/// The masks of dropout of a step.
fn masks(facts: &Facts<'_>, section: &mut Section, step: usize) {
    let derivation = facts.derivation;
    let masks = derivation.dropouts.iter().map(|dropout| dropout.mask);
    let masks: Vec<EquationId> = masks.filter(|id| is_printed(derivation.shape(*id))).collect();
    let lines = given_lines(facts, &masks, step);
    if !lines.is_empty() && lines.len() <= ITEMS {
        section.paragraph(phrases::masks_of_step());
        section.lines(lines);
    }
}

/// What is given for each sample of a step.
fn given_lines(facts: &Facts<'_>, ids: &[EquationId], step: usize) -> Vec<Line> {
    let derivation = facts.derivation;
    let mut lines = Vec::new();
    for id in ids.iter().copied() {
        let whole = Expression::symbol(derivation, id);
        for sample in 0..facts.samples() {
            let own =
                if facts.samples() == 1 { whole.clone() } else { whole.one_of_sample(derivation, sample) };
            let own = own.of_step(derivation, step);
            let sides = vec![Side::symbols(own.clone()), Side::new(Form::Value, own)];
            lines.push(Line { subject: vec![id], sides });
        }
    }
    lines
}

/// The equations of inputs and targets whose numbers can be printed.
fn data(derivation: &Derivation) -> Vec<EquationId> {
    let all = derivation.inputs.iter().chain(&derivation.targets);
    let ids = all.flat_map(|data| data.value.equations().iter().copied());
    ids.filter(|id| derivation.equation(*id).per == Per::Sample && is_printed(derivation.shape(*id)))
        .collect()
}
