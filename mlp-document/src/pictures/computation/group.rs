//! Large graphs: a node for each neuron, or for each layer.

use std::collections::BTreeMap;

use mlp_dsl::ir::{Derivation, equation::EquationId};
use mlp_graph::{Edge, Graph, Label, Node, NodeShape, Place, Role, Tone};

use crate::{known::Known, phrases::computation as phrases};

use super::{
    Refusal, Settings, expand,
    gates::{Computation, Kind, Part},
    label,
};

/// The most neurons that are drawn one by one, and the most edges between them.
const NEURONS: usize = 60;
const EDGES: usize = 400;
/// The most layers.
pub(super) const LAYERS: usize = 60;
/// The most edges that have numbers.
const NUMBERED: usize = 60;

/// A node for each input, neuron and part of the loss; none where they are too many.
pub(super) fn neurons(
    computation: &Computation,
    derivation: &Derivation,
    settings: &Settings,
) -> Option<Graph> {
    let mut group: Vec<Option<usize>> = vec![None; computation.gates.len()];
    let mut graph =
        Graph { title: phrases::computation_title(&derivation.header.name, &[]), ..Graph::default() };
    let mut of_neuron: BTreeMap<EquationId, usize> = BTreeMap::new();
    let mut loss = None;
    // The gates of the parts: each part is one node, and inputs and targets are nodes of their own.
    for (index, gate) in computation.gates.iter().enumerate() {
        let place = match (gate.part, &gate.kind) {
            (Part::Given, Kind::Input | Kind::Target) => {
                let name = label::name_of_gate(gate, derivation)?;
                Some(graph.node(Node::new(name, NodeShape::Box, Role::Input)))
            }
            (Part::Given, _) => None,
            (Part::Neuron(id), _) => Some(*of_neuron.entry(id).or_insert_with(|| {
                graph.node(Node::new(label::name(derivation, id), NodeShape::Pill, Role::Neuron))
            })),
            (Part::Loss, _) => {
                Some(*loss.get_or_insert_with(|| graph.node(Node::new("E", NodeShape::Pill, Role::Loss))))
            }
        };
        if let Some(slot) = group.get_mut(index) {
            *slot = place;
        }
        if graph.nodes.len() > NEURONS {
            return None;
        }
    }
    numbers_of_ends(computation, derivation, settings, &group, &mut graph);
    edges(computation, settings, &group, &mut graph)?;
    graph.description = phrases::grouped_by_neuron(computation.operations());
    graph.notes = vec![
        graph.description.as_str().into(),
        phrases::reading_of_neurons(graph.edges.len() <= NUMBERED),
        phrases::used_often(),
    ];
    Some(graph)
}

/// Value and gradient of each neuron, and of the loss.
fn numbers_of_ends(
    computation: &Computation,
    derivation: &Derivation,
    settings: &Settings,
    group: &[Option<usize>],
    graph: &mut Graph,
) {
    let root = expand::root(derivation);
    for (gate, place) in computation.gates.iter().zip(group) {
        let end = match gate.part {
            Part::Neuron(id) => gate.equation == Some(id),
            Part::Loss => gate.equation.is_some() && gate.equation == root,
            Part::Given => true,
        };
        let Some(node) = place.and_then(|place| graph.nodes.get_mut(place)).filter(|_| end) else { continue };
        if let Some(value) = gate.value {
            node.lines.push((label::number(value, settings.digits), Tone::Value));
        }
        if let Some(gradient) = gate.gradient {
            let gradient = label::number(gradient, settings.digits);
            node.lines
                .push((Label::from(phrases::GRADIENT).join(&" ".into()).join(&gradient), Tone::Gradient));
        }
    }
}

/// An edge for each pair of nodes of which one reads the other, with the share of the gradient.
fn edges(
    computation: &Computation,
    settings: &Settings,
    group: &[Option<usize>],
    graph: &mut Graph,
) -> Option<()> {
    let mut shares: BTreeMap<(usize, usize), Option<Known>> = BTreeMap::new();
    for wire in &computation.wires {
        let of = |gate: usize| group.get(gate).copied().flatten();
        if let (Some(from), Some(to)) = (of(wire.from), of(wire.to))
            && from != to
        {
            let share = shares.entry((from, to)).or_default();
            *share = match (*share, wire.gradient) {
                (Some(sum), Some(own)) => Some(sum + own),
                (sum, own) => sum.or(own),
            };
        }
    }
    if shares.len() > EDGES {
        return None;
    }
    let numbered = shares.len() <= NUMBERED;
    for ((from, to), share) in shares {
        let mut edge = Edge::new(from, to);
        if let Some(share) = share.filter(|_| numbered) {
            edge = edge.text(label::number(share, settings.digits), Place::Below, Tone::Gradient);
        }
        graph.edge(edge);
    }
    Some(())
}

/// A node for each input, layer and the loss.
pub(super) fn layers(derivation: &Derivation) -> Result<Graph, Refusal> {
    let inputs = derivation.inputs.iter().map(|data| (&data.name, &data.value, data.shape, Role::Input));
    let layers = derivation.layers.iter().map(|layer| (&layer.name, &layer.value, layer.shape, Role::Neuron));
    let target = derivation.targets.iter().map(|data| (&data.name, &data.value, data.shape, Role::Input));
    let all: Vec<_> = inputs.chain(layers).chain(target).collect();
    if all.len() >= LAYERS {
        return Err(Refusal::TooLarge { layers: all.len(), most: LAYERS });
    }
    let mut graph =
        Graph { title: phrases::computation_title(&derivation.header.name, &[]), ..Graph::default() };
    let mut places: BTreeMap<EquationId, usize> = BTreeMap::new();
    for (name, value, shape, role) in all {
        let label = phrases::layer_of(name, (shape != mlp_dsl::shape::Shape::Scalar).then(|| shape.count()));
        let place = graph.node(Node::new(label, NodeShape::Box, role));
        for from in sources(derivation, value.equations(), &places) {
            graph.edge(Edge::new(from, place));
        }
        places.extend(value.equations().iter().map(|id| (*id, place)));
    }
    if let Some(root) = expand::root(derivation) {
        let place = graph.node(Node::new("E", NodeShape::Pill, Role::Loss));
        for from in sources(derivation, &[root], &places) {
            graph.edge(Edge::new(from, place));
        }
    }
    graph.description = phrases::grouped_by_layer();
    graph.notes = vec![graph.description.as_str().into()];
    Ok(graph)
}

/// The nodes that equations read, through equations that are no node.
fn sources(derivation: &Derivation, ids: &[EquationId], places: &BTreeMap<EquationId, usize>) -> Vec<usize> {
    let mut found = std::collections::BTreeSet::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut stack: Vec<EquationId> = ids.to_vec();
    while let Some(id) = stack.pop() {
        for operand in derivation.equation(id).op.operands() {
            match places.get(&operand) {
                Some(place) => {
                    found.insert(*place);
                }
                None if seen.insert(operand) => stack.push(operand),
                None => {}
            }
        }
    }
    found.into_iter().collect()
}
