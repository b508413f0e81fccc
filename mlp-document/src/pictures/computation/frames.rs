//! One picture for each step: values from left to right, then gradients from right to left. All pictures of a network
//! have the same places, so they can be shown one after the other.

use mlp_dsl::ir::Derivation;
use mlp_graph::{Emphasis, Label, Scene, Tone, layered::layered};

use crate::phrases::computation as phrases;

use super::{
    Settings,
    draw::Drawn,
    gates::{Computation, Wire},
    label,
    view::{Shown, View},
};

/// The steps of a computation.
#[derive(Clone, Debug)]
pub struct Frames {
    layout: Scene,
    steps: Vec<Step>,
    /// When the value, and when the gradient, of each node appears.
    nodes: Vec<[usize; 2]>,
    /// The same of each edge.
    edges: Vec<[usize; 2]>,
}

#[derive(Clone, Debug)]
struct Step {
    lines: Vec<Label>,
}

/// Lines of a step.
const LINES: usize = 10;

/// Never.
const NEVER: usize = usize::MAX;

/// The steps of what is in view.
pub(super) fn frames(
    computation: &Computation,
    view: &View,
    drawn: Drawn,
    derivation: &Derivation,
    settings: &Settings,
) -> Frames {
    let Drawn { mut graph, gates, wires, words: _ } = drawn;
    // Gates that wait for the same number of gates are one step.
    let ranks = graph.ranks();
    let last = ranks.iter().max().copied().unwrap_or(0);
    let text = Text { computation, derivation, settings };
    let mut steps: Vec<Step> = Vec::new();
    let is_gate = |node: usize| {
        let gate = gates.get(node).and_then(|gate| computation.gates.get(*gate));
        gate.is_some_and(|gate| !gate.is_given())
    };
    let mut of_rank = vec![[NEVER; 2]; last + 1];
    for rank in 0..=last {
        let here = || (0..gates.len()).filter(|node| ranks.get(*node) == Some(&rank) && is_gate(*node));
        if here().next().is_none() {
            continue;
        }
        let lines = here().filter_map(|node| text.forwards(*gates.get(node)?)).collect();
        steps.push(Step { lines });
        if let Some(slot) = of_rank.get_mut(rank) {
            slot[0] = steps.len() - 1;
        }
    }
    let forwards = steps.len();
    for rank in (0..=last).rev() {
        let here: Vec<usize> = (0..graph.edges.len())
            .filter(|edge| {
                let edge_to = graph.edges.get(*edge).map(|edge| edge.to);
                edge_to.and_then(|to| ranks.get(to)).is_some_and(|own| *own == rank)
            })
            .collect();
        let lines: Vec<Label> = here
            .iter()
            .filter_map(|edge| {
                let wire = *wires.get(*edge)?;
                matches!(view.wire(wire), Shown::Full | Shown::Path).then_some(())?;
                text.backwards(computation.wires.get(wire)?)
            })
            .collect();
        if lines.is_empty() {
            continue;
        }
        steps.push(Step { lines });
        if let Some(slot) = of_rank.get_mut(rank) {
            slot[1] = steps.len() - 1;
        }
    }
    let rank_of =
        |node: usize| ranks.get(node).and_then(|rank| of_rank.get(*rank)).copied().unwrap_or([NEVER; 2]);
    let nodes = (0..gates.len()).map(|node| {
        // What is given is there from the start; a gradient is complete when the last gate that reads the value is done.
        let value = if is_gate(node) { rank_of(node)[0] } else { 0 };
        let uses = graph.edges.iter().filter(|edge| edge.from == node).map(|edge| rank_of(edge.to)[1]);
        let gradient = uses.filter(|step| *step != NEVER).max().unwrap_or(forwards);
        [value, gradient]
    });
    let nodes: Vec<[usize; 2]> = nodes.collect();
    let edges =
        graph.edges.iter().map(|edge| [nodes.get(edge.from).map_or(0, |own| own[0]), rank_of(edge.to)[1]]);
    let edges = edges.collect();
    number(&mut steps, forwards);
    graph.notes = room(&steps);
    Frames { layout: layered(&graph), steps, nodes, edges }
}

/// Titles of the steps, and as many lines for each.
fn number(steps: &mut [Step], forwards: usize) {
    let count = steps.len();
    for (index, step) in steps.iter_mut().enumerate() {
        if step.lines.len() > LINES {
            let more = step.lines.len() - LINES + 1;
            step.lines.truncate(LINES - 1);
            step.lines.push(phrases::more_lines(more));
        }
        step.lines.insert(0, phrases::step(index + 1, count, index < forwards));
    }
}

/// The longest line of all steps at each place.
fn room(steps: &[Step]) -> Vec<Label> {
    let count = steps.iter().map(|step| step.lines.len()).max().unwrap_or(0);
    let longest = |line: usize| {
        let all = steps.iter().filter_map(|step| step.lines.get(line));
        let width = |label: &&Label| label.extent(1.0).width;
        all.max_by(|a, b| width(a).total_cmp(&width(b))).cloned().unwrap_or_default()
    };
    (0..count).map(longest).collect()
}

struct Text<'c> {
    computation: &'c Computation,
    derivation: &'c Derivation,
    settings: &'c Settings,
}

impl Text<'_> {
    /// `d9 = w7 × h1 = 0.5 × 0.59327 = 0.29664`, in short: the name and the value.
    fn forwards(&self, gate: usize) -> Option<Label> {
        let own = self.computation.gates.get(gate)?;
        let sign = label::sign(&own.kind, self.derivation, self.settings.digits);
        let wire = self.computation.wires.iter().find(|wire| wire.from == gate);
        let name = wire.map(|wire| label::called(self.computation, wire, self.derivation));
        let name = label::name_of_gate(own, self.derivation).or(name)?;
        let operand = |wire: &Wire| {
            let from = self.computation.gates.get(wire.from);
            let value =
                from.and_then(|from| from.value).map(|value| label::number(value, self.settings.digits));
            value.unwrap_or_else(|| label::called(self.computation, wire, self.derivation))
        };
        let operands: Vec<Label> = self.computation.read_by(gate).map(|(_, wire)| operand(wire)).collect();
        let right = super::label::applied(&own.kind, &sign, &operands);
        let line = name.join(&" = ".into()).join(&right);
        Some(match own.value {
            Some(value) => line.join(&" = ".into()).join(&label::number(value, self.settings.digits)),
            None => line,
        })
    }

    /// `grad w7 = up × local = −0.038098 × 0.59327 = −0.022603`
    fn backwards(&self, wire: &Wire) -> Option<Label> {
        let number = |x| label::number(x, self.settings.digits);
        let name = label::called(self.computation, wire, self.derivation);
        let up = self.computation.gates.get(wire.to)?.gradient?;
        let line = Label::from(phrases::GRADIENT).join(&" ".into()).join(&name).join(&" = ".into());
        let line = match wire.local {
            Some(local) => {
                let (open, close) = if local.value() < 0.0 { (" × (", ")") } else { (" × ", "") };
                line.join(&number(up))
                    .join(&open.into())
                    .join(&number(local))
                    .join(&close.into())
                    .join(&" = ".into())
            }
            None => line,
        };
        Some(line.join(&number(wire.gradient?)))
    }
}

impl Frames {
    /// How many pictures there are.
    pub fn count(&self) -> usize {
        self.steps.len()
    }

    /// The picture of a step, counted from 0.
    pub fn scene(&self, step: usize) -> Option<Scene> {
        let own = self.steps.get(step)?;
        let mut scene = self.layout.clone();
        let seen = |times: Option<&[usize; 2]>, tone: Tone| {
            let Some([value, gradient]) = times else { return true };
            match tone {
                Tone::Gradient => *gradient <= step && *gradient != NEVER,
                Tone::Note => *gradient <= step && *gradient != NEVER,
                Tone::Value => *value <= step,
                Tone::Name | Tone::Title => true,
            }
        };
        let mut notes = own.lines.iter();
        scene.texts.retain_mut(|text| match text.owner {
            mlp_graph::Owner::Edge(edge) => seen(self.edges.get(edge), text.tone),
            mlp_graph::Owner::Node(node) => seen(self.nodes.get(node), text.tone),
            mlp_graph::Owner::Caption(_) | mlp_graph::Owner::Group(_) => true,
            mlp_graph::Owner::Picture => match notes.next() {
                Some(line) => {
                    text.bounds.width = line.extent(text.size).width;
                    text.label = line.clone();
                    true
                }
                None => false,
            },
        });
        for edge in &mut scene.edges {
            let now = self.edges.get(edge.edge).is_some_and(|times| times[1] == step);
            edge.emphasis = if now { Emphasis::Strong } else { Emphasis::Normal };
        }
        for node in &mut scene.nodes {
            let now = self
                .nodes
                .get(node.node)
                .is_some_and(|times| times[0] == step && (step > 0 || node.role == mlp_graph::Role::Gate));
            node.emphasis = if now { Emphasis::Strong } else { Emphasis::Normal };
        }
        Some(scene)
    }

    /// The graph of what the pictures have in common: a title and a description.
    pub fn title(&self) -> &str {
        &self.layout.title
    }
}
