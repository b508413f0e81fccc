//! What is trained: the parameters, where they are used, and how many there are.

use std::collections::BTreeMap;

use mlp_dsl::{ir::Parameter, kind::ParameterKind, model::Start, shape::Shape};
use mlp_eval::Point;

use crate::{
    content::{Form, Line, Section, Side, Text},
    expression::Count,
    notation::CELLS,
    phrases::{self, Items},
    summary::links_of_neurons,
};

use super::{
    arithmetic::{arithmetic, counted, number, sum_of_products},
    facts::{Facts, ITEMS},
    lines::{left_out, symbol},
};

/// The section.
pub(super) fn parameters(facts: &Facts<'_>) -> Section {
    let mut section = Section::new("parameters");
    let derivation = facts.derivation;
    if derivation.parameters.is_empty() {
        section.paragraph(phrases::no_parameters());
        return section;
    }
    let neurons = facts.at_neuron_level();
    let point = neurons.then(|| Point::at(derivation, &[]));
    let row = |parameter: &Parameter| parameter_row(facts, parameter, point.as_ref());
    // A brief page of neurons has them where it says what is given.
    if !(facts.options.is_brief() && neurons && facts.has_start_values()) {
        section.table(&phrases::PARAMETERS, derivation.parameters.iter().take(ITEMS).map(row).collect());
        left_out(&mut section, derivation.parameters.len(), Items::Parameters);
    }
    if neurons {
        section.paragraph(links(facts));
    }
    section.paragraph(phrases::weights_and_biases(!neurons));
    section.lines(counts(facts));
    let frozen = derivation.frozen_count();
    if frozen > 0 {
        section.paragraph(phrases::trained_and_frozen(derivation.parameter_count() - frozen, frozen));
    }
    section
}

fn parameter_row(facts: &Facts<'_>, parameter: &Parameter, point: Option<&Point>) -> Vec<Text> {
    let size = match facts.derivation.shape(parameter.equation) {
        Shape::Scalar => phrases::size(None, 1),
        Shape::Vector(n) => phrases::size(None, n),
        Shape::Matrix(rows, columns) => phrases::size(Some(rows), columns),
    };
    let uses = facts.named_uses(parameter.equation);
    let mut used = phrases::list(uses.iter().take(CELLS).map(|id| symbol(facts, *id)));
    if uses.len() > CELLS {
        used.push(phrases::and_more(uses.len() - CELLS));
    }
    let name = vec![symbol(facts, parameter.equation).into()];
    let kind = phrases::kind(parameter.kind == ParameterKind::Weight, parameter.frozen);
    vec![name, kind, size, start(parameter, point), used]
}

/// The start value, or where it comes from.
fn start(parameter: &Parameter, point: Option<&Point>) -> Text {
    let declared = matches!(parameter.start, Start::Fill(_) | Start::Values(_));
    let form = if declared { Form::Symbols } else { Form::Numbers };
    let value = |x: f64| Side::new(form, number(x));
    if let Some(start) = point.and_then(|point| point.of(parameter.equation, 0)) {
        return vec![value(start.scalar()).into()];
    }
    match &parameter.start {
        Start::Fill(x) => vec![value(*x).into()],
        Start::Values(_) => phrases::declared(),
        Start::Loaded(tensor) => phrases::from_file(&tensor.file.path),
        Start::Uniform { rule, low, high, step, .. } => {
            let step = step.map(|step| value(step.value()));
            phrases::drawn_uniform(rule, value(*low), value(*high), step)
        }
        Start::Normal { mean, deviation, step, .. } => {
            let step = step.map(|step| value(step.value()));
            phrases::drawn_normal(value(*mean), value(*deviation), step)
        }
    }
}

/// Links and distinct parameters, counted separately.
fn links(facts: &Facts<'_>) -> Text {
    let parameters = &facts.derivation.parameters;
    let links = links_of_neurons(facts.derivation);
    let uses = |parameter: &Parameter| links.get(&parameter.equation).copied().unwrap_or(0);
    let count = |kind| parameters.iter().filter(|p| p.kind == kind).map(uses).sum::<u64>();
    let shared = parameters.iter().filter(|p| uses(p) > 1).count();
    let (weights, biases) = (count(ParameterKind::Weight), count(ParameterKind::Bias));
    phrases::links(weights, biases, shared, facts.derivation.parameter_count())
}

/// How many numbers there are: for each layer, then all together.
fn counts(facts: &Facts<'_>) -> Vec<Line> {
    let layers = by_layer(facts);
    let terms: Vec<usize> = match layers.as_slice() {
        [] | [_] => {
            [ParameterKind::Weight, ParameterKind::Bias].map(|kind| facts.derivation.count(kind)).to_vec()
        }
        layers => layers.iter().map(|terms| total(terms)).collect(),
    };
    let terms: Vec<Vec<usize>> = terms.into_iter().map(|term| vec![term]).collect();
    let mut lines: Vec<Line> =
        layers.iter().map(|terms| arithmetic(sum_of_products(terms), total(terms))).collect();
    lines.push(Line::of([sum_of_products(&terms), counted(Count::Parameters)]));
    lines.dedup_by(|line, before| line.sides.first() == before.sides.first());
    lines
}

/// The numbers that each layer adds, as products: rows and columns of its weights, and its biases.
fn by_layer(facts: &Facts<'_>) -> Vec<Vec<Vec<usize>>> {
    if facts.at_neuron_level() {
        return Vec::new();
    }
    let mut layers: BTreeMap<usize, Vec<Vec<usize>>> = BTreeMap::new();
    for parameter in &facts.derivation.parameters {
        let terms = layers.entry(facts.layer_of_parameter(parameter.equation)).or_default();
        terms.push(match facts.derivation.shape(parameter.equation) {
            Shape::Matrix(rows, columns) => vec![rows, columns],
            shape @ (Shape::Scalar | Shape::Vector(_)) => vec![shape.count()],
        });
    }
    if layers.len() > ITEMS { Vec::new() } else { layers.into_values().collect() }
}

fn total(terms: &[Vec<usize>]) -> usize {
    terms.iter().map(|term| term.iter().product::<usize>()).sum()
}
