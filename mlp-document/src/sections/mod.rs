//! What the document says, section by section.

pub(crate) mod arithmetic;
mod backward;
mod check;
mod effort;
pub(crate) mod facts;
mod forward;
mod given;
mod lines;
mod loss;
mod network;
mod ones;
mod parameters;
mod penalty;
mod samples;
mod sizes;
mod specification;
mod update;

use mlp_dsl::{ir::equation::EquationId, number::Precision};
use mlp_eval::Point;

use crate::{
    Options,
    content::{Form, Section, Side, Text},
    phrases, shown,
};

use facts::Facts;

/// The sections, in order.
pub(crate) fn sections(facts: &Facts<'_>) -> Vec<Section> {
    let mut sections = vec![
        network::network(facts),
        given::given(facts),
        parameters::parameters(facts),
        forward::forward(facts),
    ];
    if let Some(loss) = &facts.derivation.loss {
        sections.push(loss::loss(facts, loss));
        if facts.is_trained() {
            sections.push(backward::backward(facts, loss));
        }
        sections.extend(loss.penalty.map(|_| penalty::penalty(facts, loss)));
        if facts.is_trained() {
            sections.extend([update::update(facts), check::check(facts, loss)]);
        }
    }
    if !facts.at_neuron_level() {
        sections.push(effort::effort(facts));
    }
    let mut sections = samples::of_batch(facts, sections);
    ones::explain(&mut sections);
    sections.extend(facts.options.specification.as_deref().map(specification::specification));
    sections
}

/// The paragraphs before the first section.
pub(crate) fn preface(facts: &Facts<'_>, options: &Options) -> Vec<Text> {
    let derivation = facts.derivation;
    let shown = facts.numbers.is_some();
    let mut preface = match options.round_each.filter(|_| shown) {
        Some(places) => vec![phrases::rounded_each(places)],
        None => {
            let decimals = shown && shown::in_decimals(derivation, options);
            vec![phrases::rounding(options.digits.clamp(1, 17), decimals, shown)]
        }
    };
    if derivation.header.precision == Precision::F32 {
        preface.push(phrases::single_precision());
    }
    preface.extend(parting(facts, options));
    match &derivation.loss {
        None => preface.push(phrases::no_loss()),
        Some(_) if !facts.is_trained() => preface.push(phrases::nothing_trained()),
        Some(_) => {}
    }
    if facts.at_neuron_level() && derivation.loss.is_some() {
        preface.push(phrases::letters(facts.has_net(), facts.has_delta()));
    }
    preface
}

/// A paragraph where doubles give other numbers than decimals do.
fn parting(facts: &Facts<'_>, options: &Options) -> Option<Text> {
    let numbers = facts.numbers.filter(|_| options.round_each.is_none() && facts.at_neuron_level())?;
    let point = Point::declared(facts.derivation).ok()?;
    let parting = shown::parting(facts.derivation, &point, numbers)?;
    let value = |id: EquationId| {
        let mut side = lines::symbol(facts, id);
        side.form = Form::Value;
        [lines::symbol(facts, id), side]
    };
    let number = |x: f64| Side::new(Form::Numbers, arithmetic::number(x));
    let because = parting.because.map(|(id, program)| (value(id), number(program)));
    Some(phrases::doubles_part(because, value(parting.equation), number(parting.program)))
}
