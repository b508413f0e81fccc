//! What the document says, section by section.

pub(crate) mod arithmetic;
mod backward;
pub(crate) mod check;
mod classes;
mod effort;
pub(crate) mod facts;
pub(crate) mod forward;
pub(crate) mod given;
mod graph;
pub(crate) mod lines;
mod loss;
pub(crate) mod network;
mod ones;
mod parameters;
mod penalty;
mod primitives;
mod samples;
mod sizes;
mod specification;
mod steps;
mod update;

use mlp_dsl::{ir::equation::EquationId, number::Precision};
use mlp_eval::Point;

use crate::{
    Options,
    content::{Form, Section, Side, Text},
    phrases,
    selection::{Place, element, filter, starts},
    shown,
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
        if facts.is_differentiated() {
            sections.push(backward::backward(facts, loss));
        }
        sections.extend(loss.penalty.map(|_| penalty::penalty(facts, loss)));
        if facts.is_trained() {
            sections.extend([update::update(facts), check::check(facts, loss)]);
        }
    }
    sections.extend(graph::graph(facts));
    if !facts.at_neuron_level() {
        sections.push(effort::effort(facts));
    }
    element::elements(facts, &mut sections);
    let mut sections = filter::filtered(facts, sections);
    // The picture of the gates takes a page or two.
    let without = facts.options.is_brief() && facts.options.selection.is_all();
    sections.retain(|section| section.key != "graph" || !without);
    if !facts.options.selection.is_all() {
        let start = starts::starts(facts, &sections);
        sections.splice(0..0, start);
    }
    let mut sections = samples::of_batch(facts, sections);
    ones::explain(&mut sections);
    let later = steps::steps(facts, &sections);
    let place = sections.iter().position(|section| section.key == "check");
    let place = place.map_or(sections.len(), |check| check + 1);
    sections.splice(place..place, later);
    if facts.options.selection.is_all() && !facts.options.is_brief() {
        sections.extend(facts.options.specification.as_deref().map(specification::specification));
    }
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
    preface.extend(selected(facts, options));
    preface.extend(parting(facts, options));
    match &derivation.loss {
        None => preface.push(phrases::no_loss()),
        Some(_) if !facts.is_trained() => {
            preface.push(phrases::nothing_trained(facts.is_differentiated()));
        }
        Some(_) => {}
    }
    if facts.at_neuron_level() && derivation.loss.is_some() {
        preface.push(phrases::letters(facts.has_net(), facts.has_delta()));
    }
    preface
}

/// What the page is about, where it is not everything.
fn selected(facts: &Facts<'_>, options: &Options) -> Vec<Text> {
    let symbols = |places: &[Place]| -> Vec<Side> {
        places.iter().map(|place| element::symbol_of(facts, *place)).collect()
    };
    let selection = &options.selection;
    let mut paragraphs = Vec::new();
    if !selection.only.is_empty() {
        paragraphs.push(phrases::only(symbols(&selection.only)));
    }
    if !selection.focus.is_empty() {
        paragraphs.push(phrases::focus(symbols(&selection.focus)));
    }
    if options.is_brief() && facts.parameters_in_table() > 0 && selection.is_all() {
        paragraphs.push(phrases::brief());
    }
    paragraphs
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
