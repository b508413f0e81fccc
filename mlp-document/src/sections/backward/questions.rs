//! What each step of the backward pass of neurons asks: the first of its kind with an explanation, the next ones shortly.

use std::collections::HashSet;

use mlp_dsl::{
    ir::equation::{EquationId, Role, Symbol},
    kind::ParameterKind,
};

use crate::{
    content::{Side, Text},
    expression::{Expression, Node, equation::is_unnamed},
    notation::CELLS,
    phrases::{self, SHORT, Way},
    sections::{facts::Facts, lines::symbol},
};

use super::chain::Chain;

/// What has been explained so far.
#[derive(Default)]
pub(super) struct Questions {
    ways: HashSet<Way>,
    slope: bool,
    parameter: bool,
    same: bool,
    bias: bool,
    shared: bool,
}

impl Questions {
    /// Before ∂E/∂value; nothing for a net input and for parts of the loss.
    pub(super) fn value(
        &mut self,
        facts: &Facts<'_>,
        chain: &Chain<'_, '_>,
        value: EquationId,
    ) -> Option<Text> {
        if !matches!(facts.derivation.equation(value).symbol, Symbol::Named(_)) {
            return None;
        }
        let (readers, of_loss) = readers(facts, chain, value);
        let way = match readers.len() {
            _ if of_loss => Way::Loss,
            0 => return None,
            1 => Way::One,
            2..=SHORT => Way::Several,
            _ => Way::Many,
        };
        let value = symbol(facts, value);
        // An output that other neurons read too has paths of both kinds.
        let way = if of_loss && readers.len() > 1 { Way::Several } else { way };
        if way == Way::Loss && readers.is_empty() {
            return Some(phrases::read_by_loss(value, self.ways.insert(way)));
        }
        Some(if self.ways.insert(way) {
            phrases::first_neuron(value, way, readers)
        } else {
            phrases::next_neuron(value, way, readers)
        })
    }

    /// Before the slope of the first neuron.
    pub(super) fn slope(
        &mut self,
        facts: &Facts<'_>,
        value: EquationId,
        net: EquationId,
        name: Option<&str>,
    ) -> Option<Text> {
        let is_net = matches!(facts.derivation.equation(net).symbol, Symbol::Net(_));
        let first = is_net && !std::mem::replace(&mut self.slope, true);
        first.then(|| phrases::slope(symbol(facts, value), symbol(facts, net), name))
    }

    /// Before each of these parameters of a layer.
    pub(super) fn parameters(
        &mut self,
        facts: &Facts<'_>,
        chain: &Chain<'_, '_>,
        parameters: &[EquationId],
        factors: &dyn Fn(EquationId) -> Option<Expression>,
    ) -> Vec<Option<Text>> {
        let mut texts = Vec::with_capacity(parameters.len());
        let mut before: Option<Vec<EquationId>> = None;
        let mut first_of_layer = true;
        for (index, parameter) in parameters.iter().enumerate() {
            let now = chain.readers(*parameter);
            let rest = parameters.get(index..).unwrap_or_default();
            let run: Vec<Side> = rest
                .iter()
                .take_while(|other| chain.readers(**other) == now && !self.is_first_bias(facts, **other))
                .map(|other| symbol(facts, *other))
                .collect();
            let repeats = before.as_ref() == Some(&now);
            let text =
                self.parameter(facts, chain, *parameter, Place { run, repeats, first_of_layer }, factors);
            before = Some(now);
            first_of_layer = false;
            texts.push(text);
        }
        texts
    }

    fn is_first_bias(&self, facts: &Facts<'_>, parameter: EquationId) -> bool {
        let of = facts.derivation.parameters.iter().find(|other| other.equation == parameter);
        !self.bias && of.is_some_and(|of| of.kind == ParameterKind::Bias)
    }

    fn parameter(
        &mut self,
        facts: &Facts<'_>,
        chain: &Chain<'_, '_>,
        parameter: EquationId,
        Place { mut run, repeats, first_of_layer }: Place,
        factors: &dyn Fn(EquationId) -> Option<Expression>,
    ) -> Option<Text> {
        let name = symbol(facts, parameter);
        if chain.ends_at(parameter) {
            return Some(phrases::at_the_loss(name));
        }
        let (readers, _) = readers(facts, chain, parameter);
        if chain.readers(parameter).len() > 1 {
            return (!readers.is_empty())
                .then(|| phrases::shared(name, readers, !std::mem::replace(&mut self.shared, true)));
        }
        let paths = factors(parameter);
        let is_one = |paths: &Expression| matches!(paths.nodes().last(), Some(Node::Binary(..)) if chain.is_one(parameter));
        if !first_of_layer && self.is_first_bias(facts, parameter) && paths.as_ref().is_some_and(is_one) {
            self.bias = true;
            return Some(phrases::first_bias(name));
        }
        if readers.is_empty() {
            return None;
        }
        if !std::mem::replace(&mut self.parameter, true) {
            return Some(phrases::first_parameter(
                name,
                readers,
                paths.map_or(1, |paths| paths.nodes().len()),
            ));
        }
        if first_of_layer {
            return Some(phrases::first_of_layer(name, readers));
        }
        if repeats {
            let reader = readers.into_iter().next()?;
            let first = !std::mem::replace(&mut self.same, true) && run.len() <= CELLS;
            return first.then(|| phrases::same_neuron(run, reader));
        }
        let more = run.len().saturating_sub(CELLS);
        run.truncate(CELLS);
        Some(phrases::next_parameters(if run.is_empty() { vec![name] } else { run }, more, readers))
    }
}

/// Where a parameter comes in its layer.
struct Place {
    /// It, and those after it that act on the same value.
    run: Vec<Side>,
    /// The one before it acts on the same value.
    repeats: bool,
    first_of_layer: bool,
}

/// The named readers of a value on its paths to the loss, and whether all of them are of the loss.
fn readers(facts: &Facts<'_>, chain: &Chain<'_, '_>, value: EquationId) -> (Vec<Side>, bool) {
    let readers = chain.readers(value);
    let of_loss = readers.iter().all(|id| {
        let symbol = &facts.derivation.equation(*id).symbol;
        matches!(symbol, Symbol::Component(_) | Symbol::Loss)
    });
    let named = readers.into_iter().filter(|id| !is_unnamed(facts.derivation, *id));
    let is_part = |id: &EquationId| !matches!(facts.derivation.equation(*id).symbol, Symbol::Loss);
    (named.filter(is_part).map(|id| symbol(facts, id)).collect(), of_loss)
}

/// The derivatives of layers by what they are about, with what is asked of each layer.
pub(super) fn of_layers(
    facts: &Facts<'_>,
    derivatives: &[EquationId],
) -> Vec<(Option<Text>, Vec<EquationId>)> {
    let about = |id: &EquationId| {
        let symbol = &facts.derivation.equation(*id).symbol;
        if let Symbol::Gradient(of) | Symbol::Partial { of, .. } = symbol { *of } else { *id }
    };
    let mut explained = HashSet::new();
    let mut groups = Vec::new();
    for group in derivatives.chunk_by(|a, b| facts.layer_of(about(a)) == facts.layer_of(about(b))) {
        let gradient =
            |id: &&EquationId| matches!(facts.derivation.equation(**id).symbol, Symbol::Gradient(_));
        let first = group.iter().find(gradient).map(about);
        groups.push((first.and_then(|value| of_layer(facts, value, &mut explained)), group.to_vec()));
    }
    groups
}

fn of_layer(facts: &Facts<'_>, value: EquationId, explained: &mut HashSet<Way>) -> Option<Text> {
    let named = facts.named_uses(value);
    let is_loss = |id: &EquationId| facts.derivation.equation(*id).role == Role::Loss;
    let name = symbol(facts, value);
    if matches!(facts.derivation.equation(value).symbol, Symbol::Net(_)) {
        return explained.insert(Way::One).then(|| phrases::net_of_layer(name));
    }
    if !matches!(facts.derivation.equation(value).symbol, Symbol::Named(_)) {
        return None;
    }
    if named.iter().all(is_loss) {
        return Some(phrases::output_of_layer(name, explained.insert(Way::Loss)));
    }
    let readers: Vec<Side> =
        named.into_iter().filter(|id| !is_loss(id)).map(|id| symbol(facts, id)).collect();
    let way = if readers.len() > SHORT { Way::Many } else { Way::Several };
    Some(phrases::value_of_layer(name, readers, explained.insert(way)))
}
