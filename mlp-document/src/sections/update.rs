//! The step of training.

use std::collections::HashSet;

use mlp_dsl::{
    ir::{
        Training,
        equation::{EquationId, Role, Symbol},
        written::{NAMES, Statement, WrittenRule},
    },
    shape::Shape,
};

use crate::{
    content::{Form, Line, Section, Side},
    expression::{Expression, Node, NodeId, Quantity, equation::of_equation},
    phrases::{self, Items},
};

use super::{
    arithmetic::number,
    backward::others,
    facts::{Facts, ITEMS},
    lines::{is_written_out, left_out, line, symbol},
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
        section.paragraph(phrases::step_of_one_sample(facts.over()));
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
    for lines in steps(facts, &updates) {
        section.lines(lines);
    }
    left_out(&mut section, updates.len(), Items::Updates);
    if !norm {
        others(facts, &mut section, false);
    }
    section
}

/// Whether an equation of the update is written out: those of some parameters are in a table.
fn in_full(facts: &Facts<'_>, id: EquationId) -> bool {
    let of = facts.derivation.before_step(id);
    if let Symbol::State { of, .. } = facts.derivation.equation(of).symbol {
        return facts.in_full(of);
    }
    of == id || facts.in_full(of)
}

/// The lines of the rule, parameter after parameter, as many as a section spells out.
fn steps(facts: &Facts<'_>, updates: &[EquationId]) -> Vec<Vec<Line>> {
    let shown: HashSet<EquationId> = updates.iter().take(ITEMS).copied().collect();
    let Some(rule) = WrittenRule::of(facts.derivation) else { return Vec::new() };
    // What all parameters share is not of the rule: the norm of the gradients, the factor of clipping.
    let shared = |id: &&EquationId| !matches!(facts.derivation.equation(**id).symbol, Symbol::Updated(_));
    let lines: Vec<Line> =
        updates.iter().filter(|id| shown.contains(id)).filter(shared).map(|id| line(facts, *id)).collect();
    let mut blocks = vec![lines];
    for parameter in &facts.derivation.parameters {
        let statements = rule.statements(parameter);
        let is_shown = |statement: &Statement| statement.updated.is_some_and(|id| shown.contains(&id));
        if statements.iter().any(is_shown) {
            let own = of_parameter(facts, parameter.equation, &statements);
            // The lines of a rule of several statements are together.
            match blocks.last_mut().filter(|_| own.len() == 1) {
                Some(last) => last.extend(own),
                None => blocks.push(own),
            }
        }
    }
    blocks
}

/// The lines of the rule for one parameter; what the rule names has a line of its own.
fn of_parameter(facts: &Facts<'_>, parameter: EquationId, statements: &[Statement]) -> Vec<Line> {
    let derivation = facts.derivation;
    // What each name is: its letter, or another value that it only renames.
    let mut named: Vec<Expression> = Vec::new();
    let mut lines = Vec::new();
    for Statement { name, updated, formula } in statements {
        let mut written = Expression::default();
        let leaf = |written: &mut Expression, leaf: u32| match leaf.checked_sub(NAMES) {
            Some(place) => match named.get(place as usize) {
                Some(known) => written.append(known),
                None => NodeId::NOWHERE,
            },
            None => written.push_quantity(derivation, Quantity::Equation(EquationId(leaf))),
        };
        let root = written.formula(formula, &leaf);
        let written = written.ending_at(Some(root)).pruned();
        match (name, updated) {
            // What a rule names is no value of the network, so nobody rounds it.
            (Some(_), _) if written.nodes().len() == 1 || facts.options.round_each.is_some() => {
                named.push(written);
            }
            (Some(name), _) => {
                let math = facts.names.of_rule(derivation, name, parameter);
                let mut letter = Expression::default();
                letter.push_letter(math.into(), written.clone());
                lines.push(step_line(
                    facts,
                    parameter,
                    Side::symbols(letter.clone()),
                    letter.clone(),
                    written,
                ));
                named.push(letter);
            }
            (None, Some(id)) => {
                let value = Expression::symbol(derivation, *id);
                lines.push(step_line(facts, *id, symbol(facts, *id), value, written));
            }
            (None, None) => {}
        }
    }
    lines
}

/// symbol = formula = numbers put in = value
fn step_line(
    facts: &Facts<'_>,
    subject: EquationId,
    symbol: Side,
    value: Expression,
    written: Expression,
) -> Line {
    let chooses = written.nodes().iter().any(|node| matches!(node, Node::Select(..)));
    let scalar = written.shape() == Shape::Scalar;
    let taken = chooses && scalar && facts.numbers.is_some();
    let form = if taken { Form::Taken } else { Form::Symbols };
    let mut sides = vec![symbol, Side::new(form, written.clone())];
    if facts.numbers.is_some() {
        if scalar || is_written_out(facts, &written) {
            sides.push(Side::new(Form::Numbers, written));
        }
        sides.push(Side::new(Form::Value, value));
    }
    Line { subject: vec![subject], sides }
}

/// The settings that change from step to step.
pub(super) fn schedules(facts: &Facts<'_>) -> Vec<Line> {
    let settings = facts.derivation.training.iter().flat_map(|training| &training.settings);
    let changes = |id: &&EquationId| of_equation(facts.derivation, **id).nodes().len() > 1;
    settings.filter(changes).map(|id| setting_line(facts, *id)).collect()
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
