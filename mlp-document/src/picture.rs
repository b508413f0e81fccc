//! The picture of the network, from its equations: what a neuron reads, and times what.

use std::collections::{HashMap, HashSet};

use mlp_dsl::{
    formula::{ConstantId, Formula, Term, scalar::Binary},
    ir::{
        array::Op,
        equation::{EquationId, Symbol},
    },
    never::OrNever,
    shape::Shape,
};

use crate::{
    content::{NodeKind, Picture, PictureNode},
    expression::equation::is_unnamed,
    phrases,
    sections::facts::Facts,
};

/// The most edges of a picture of neurons.
const EDGES: usize = 60;

/// Neurons where they have names and are few, else layers.
pub(crate) fn picture(facts: &Facts<'_>) -> Picture {
    let neurons = if facts.at_neuron_level() { neurons(facts) } else { None };
    neurons.unwrap_or_else(|| layers(facts))
}

fn neurons(facts: &Facts<'_>) -> Option<Picture> {
    let mut drawing = Drawing { facts, picture: Picture::default(), places: HashMap::new() };
    for input in &facts.derivation.inputs {
        drawing.group(&input.name, input.value.equations(), NodeKind::Input);
    }
    for layer in &facts.derivation.layers {
        drawing.group(&layer.name, layer.value.equations(), NodeKind::Neuron);
        for neuron in layer.value.equations() {
            drawing.connect(*neuron)?;
        }
    }
    Some(drawing.picture)
}

/// One node for each input and layer, one edge for each that reads another.
fn layers(facts: &Facts<'_>) -> Picture {
    let mut picture = Picture::default();
    let mut places: HashMap<EquationId, usize> = HashMap::new();
    let inputs = facts.derivation.inputs.iter().map(|d| (&d.name, &d.value, d.shape, NodeKind::Input));
    let layers = facts.derivation.layers.iter().map(|l| (&l.name, &l.value, l.shape, NodeKind::Neuron));
    for (name, value, shape, kind) in inputs.chain(layers).take(EDGES) {
        let place = picture.nodes.len();
        let count = (shape != Shape::Scalar).then(|| shape.count());
        picture.nodes.push(PictureNode { label: phrases::layer_label(name, count), kind });
        for from in sources(facts, value.equations(), &places) {
            picture.edges.push((from, place, String::new()));
        }
        places.extend(value.equations().iter().map(|id| (*id, place)));
    }
    picture.edges.truncate(4 * EDGES);
    picture
}

/// The nodes that equations read, through equations that are no node.
fn sources(facts: &Facts<'_>, ids: &[EquationId], places: &HashMap<EquationId, usize>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut seen: HashSet<EquationId> = HashSet::new();
    let mut stack: Vec<EquationId> = ids.to_vec();
    while let Some(id) = stack.pop() {
        for operand in facts.derivation.equation(id).op.operands() {
            match places.get(&operand) {
                Some(place) if !found.contains(place) => found.push(*place),
                Some(_) => {}
                None if seen.insert(operand) => stack.push(operand),
                None => {}
            }
        }
    }
    found.sort_unstable();
    found
}

/// A picture of neurons under construction.
struct Drawing<'c, 'd> {
    facts: &'c Facts<'d>,
    picture: Picture,
    places: HashMap<Source, usize>,
}

/// The value of a node.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Source {
    Equation(EquationId),
    Constant(ConstantId),
}

impl Drawing<'_, '_> {
    fn group(&mut self, name: &str, ids: &[EquationId], kind: NodeKind) {
        let mut members = Vec::new();
        for id in ids.iter().take(EDGES) {
            members.push(self.node(Source::Equation(*id), kind));
        }
        self.picture.groups.push((name.to_owned(), members));
    }

    fn node(&mut self, source: Source, kind: NodeKind) -> usize {
        let derivation = self.facts.derivation;
        let label = match source {
            Source::Equation(id) => derivation.name_of(id),
            Source::Constant(ConstantId(id)) => {
                let constant = derivation.header.constants.get(id as usize);
                constant.map(|(name, _)| name.clone()).or_never("a constant has a name", String::new())
            }
        };
        let next = self.picture.nodes.len();
        let place = *self.places.entry(source).or_insert(next);
        if place == next {
            self.picture.nodes.push(PictureNode { label, kind });
        }
        place
    }

    /// The edges into a neuron; `None` when there are too many.
    fn connect(&mut self, neuron: EquationId) -> Option<()> {
        let to = *self.places.get(&Source::Equation(neuron))?;
        let mut stack = vec![neuron];
        let mut edges = Vec::new();
        let mut seen = HashSet::new();
        while let Some(id) = stack.pop() {
            let Op::Pointwise(formula) = &self.facts.derivation.equation(id).op else { continue };
            edges.extend(self.reads(formula));
            let own = |leaf: &EquationId| self.is_part_of_neuron(*leaf);
            let leaves = formula.leaves().into_iter().map(EquationId);
            stack.extend(leaves.filter(own).filter(|leaf| seen.insert(*leaf)));
        }
        for (from, label) in edges {
            let kind = if label.is_empty() { NodeKind::Bias } else { NodeKind::Input };
            let from = self.node(from, kind);
            self.picture.edges.push((from, to, label));
        }
        (self.picture.edges.len() <= EDGES).then_some(())
    }

    fn is_part_of_neuron(&self, id: EquationId) -> bool {
        let net = matches!(self.facts.derivation.equation(id).symbol, Symbol::Net(_));
        net || is_unnamed(self.facts.derivation, id)
    }

    /// What a formula reads, each with the parameter it is multiplied by.
    fn reads(&self, formula: &Formula) -> Vec<(Source, String)> {
        let leaf = |id| match formula.term(id) {
            Some(Term::Leaf(leaf)) => Some(EquationId(*leaf)),
            _ => None,
        };
        let mut edges = Vec::new();
        let mut weights = HashSet::new();
        for term in formula.terms() {
            let Term::Binary(Binary::Multiply, a, b) = term else { continue };
            let (Some(a), Some(b)) = (leaf(*a), leaf(*b)) else { continue };
            for (weight, value) in [(a, b), (b, a)] {
                if self.is_parameter(weight) && !self.is_parameter(value) && !self.is_part_of_neuron(value) {
                    edges.push((Source::Equation(value), self.facts.derivation.name_of(weight)));
                    weights.extend([weight, value]);
                }
            }
        }
        let rest = formula.leaves().into_iter().map(EquationId);
        let rest = rest.filter(|id| !weights.contains(id) && !self.is_part_of_neuron(*id));
        edges.extend(rest.map(|id| (Source::Equation(id), String::new())));
        for term in formula.terms() {
            if let Term::Constant(id, _) = term {
                edges.push((Source::Constant(*id), String::new()));
            }
        }
        edges
    }

    fn is_parameter(&self, id: EquationId) -> bool {
        self.facts.parameters.contains(&id)
    }
}
