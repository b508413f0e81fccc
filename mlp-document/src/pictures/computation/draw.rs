//! A computational graph as a picture.

use mlp_dsl::ir::{Derivation, equation::EquationId};
use mlp_graph::{Edge, Emphasis, Graph, Label, Line, Node, NodeShape, Place, Role, Tone};

use crate::phrases::computation as phrases;

use super::{
    Settings, expand,
    gates::{Computation, Gate, Kind, Part, Wire},
    label,
    view::{Shown, View},
};

/// A picture, and what its parts are.
pub(super) struct Drawn {
    pub(super) graph: Graph,
    /// The gate of each node.
    pub(super) gates: Vec<usize>,
    /// The wire of each edge.
    pub(super) wires: Vec<usize>,
    /// The rules of its gates in words.
    pub(super) words: Vec<&'static str>,
}

/// The picture of what is in view.
pub(super) fn graph(
    computation: &Computation,
    view: &View,
    derivation: &Derivation,
    settings: &Settings,
) -> Drawn {
    let uses = computation.uses();
    let pen = Pen { computation, view, derivation, settings, uses };
    let mut drawn =
        Drawn { graph: Graph::default(), gates: Vec::new(), wires: Vec::new(), words: Vec::new() };
    let mut places = vec![None; computation.gates.len()];
    for (index, gate) in computation.gates.iter().enumerate() {
        if view.gate(index) == Shown::Hidden {
            continue;
        }
        if let Some(place) = places.get_mut(index) {
            *place = Some(drawn.graph.node(pen.node(index, gate)));
        }
        drawn.gates.push(index);
    }
    for (index, wire) in computation.wires.iter().enumerate() {
        let place = |gate: usize| places.get(gate).copied().flatten();
        if let (Some(from), Some(to)) = (place(wire.from), place(wire.to))
            && view.wire(index) != Shown::Hidden
        {
            drawn.graph.edge(pen.edge(index, wire, from, to));
            drawn.wires.push(index);
        }
    }
    let name_of = |gate: &usize| Some(derivation.name_of(computation.gates.get(*gate)?.equation?));
    let focus: Vec<String> = view.focus.iter().filter_map(name_of).collect();
    drawn.graph.title = phrases::computation_title(&derivation.header.name, &focus);
    drawn.graph.description = description(computation, derivation, settings);
    drawn.graph.notes = legend(computation, view, derivation, settings);
    drawn.words = words(computation, view);
    drawn
}

/// Names and gradients that a description lists.
const DESCRIBED: usize = 24;

/// What the picture shows, for readers who do not see it.
fn description(computation: &Computation, derivation: &Derivation, settings: &Settings) -> String {
    let root = expand::root(derivation);
    let loss = computation.gates.iter().find(|gate| gate.equation.is_some() && gate.equation == root);
    let loss = loss.and_then(|gate| gate.value).map(|value| label::number(value, settings.digits).plain());
    let of = |gate: &Gate| {
        let parameter = matches!(gate.kind, Kind::Parameter { frozen: false });
        let gradient = label::number(gate.gradient.filter(|_| parameter)?, settings.digits).plain();
        Some((derivation.name_of(gate.equation?), gradient))
    };
    let gradients: Vec<(String, String)> = computation.gates.iter().filter_map(of).take(DESCRIBED).collect();
    phrases::computation_description(computation.operations(), loss, &gradients)
}

struct Pen<'c> {
    computation: &'c Computation,
    view: &'c View,
    derivation: &'c Derivation,
    settings: &'c Settings,
    uses: Vec<Vec<usize>>,
}

impl Pen<'_> {
    fn number(&self, x: crate::known::Known) -> Label {
        label::number(x, self.settings.digits)
    }

    /// How often a gate's value is used in the picture.
    fn uses_in_view(&self, gate: usize) -> usize {
        let uses = self.uses.get(gate).map_or(&[][..], Vec::as_slice);
        uses.iter().filter(|wire| self.view.wire(**wire) != Shown::Hidden).count()
    }

    fn node(&self, index: usize, gate: &Gate) -> Node {
        let shown = self.view.gate(index);
        let name = label::name_of_gate(gate, self.derivation);
        let mut node = match (shown, gate.is_given(), &name) {
            (Shown::Aside, false, _) => {
                Node::new(name.clone().unwrap_or_else(|| "…".into()), NodeShape::Box, Role::Rest)
            }
            (_, true, Some(name)) => Node::new(name.clone(), NodeShape::Box, role(gate)),
            (_, true, None) => {
                let sign = label::sign(&gate.kind, self.derivation, self.settings.digits);
                Node::new(sign, NodeShape::Box, role(gate))
            }
            (_, false, _) => {
                let sign = label::sign(&gate.kind, self.derivation, self.settings.digits);
                self.gate(index, gate, sign, name)
            }
        };
        if shown == Shown::Path {
            node.emphasis = Emphasis::Strong;
        }
        let full = matches!(shown, Shown::Full | Shown::Path);
        let once = self.uses_in_view(index) == 1;
        let partly = self.uses.get(index).is_some_and(|uses| uses.len() > 1);
        if gate.is_given() && full && gate.trained && (!once || partly) {
            node = self.gradient_line(node, gate);
        }
        if let (true, Some(updated), Some(name)) =
            (full, gate.updated, label::name_of_gate(gate, self.derivation))
        {
            let after = name.sup("+").join(&" = ".into()).join(&self.number(updated));
            node = node.line(after, Tone::Note);
        }
        node
    }

    /// A gate: a circle; a box where its value has a name, with its numbers where no single wire carries them.
    fn gate(&self, index: usize, gate: &Gate, sign: Label, name: Option<Label>) -> Node {
        let Some(name) = name else { return Node::new(sign, NodeShape::Circle, Role::Gate) };
        let role = if gate.part == Part::Loss { Role::Loss } else { Role::Neuron };
        let node = Node::new(sign, NodeShape::Box, role);
        let once = self.uses_in_view(index) == 1 && self.uses.get(index).is_some_and(|uses| uses.len() == 1);
        match gate.value.filter(|_| !once) {
            None => node.line(name, Tone::Name),
            Some(value) => {
                let value = name.join(&" = ".into()).join(&self.number(value));
                self.gradient_line(node.line(value, Tone::Value), gate)
            }
        }
    }

    fn gradient_line(&self, node: Node, gate: &Gate) -> Node {
        match gate.gradient {
            Some(gradient) => {
                let text = Label::from(phrases::GRADIENT).join(&" ".into()).join(&self.number(gradient));
                node.line(text, Tone::Gradient)
            }
            None => node,
        }
    }

    fn edge(&self, index: usize, wire: &Wire, from: usize, to: usize) -> Edge {
        let shown = self.view.wire(index);
        let mut edge = Edge::new(from, to);
        let Some(gate) = self.computation.gates.get(wire.from) else { return edge };
        let value = match gate.value {
            Some(value) => Some(self.number(value)),
            None => Some(label::sizes(gate.shape)).filter(|sizes| !sizes.is_empty()),
        };
        if let Some(tag) = label::tag(wire.tag) {
            edge = edge.text(tag, Place::Above, Tone::Title);
        }
        if let Some(value) = value.filter(|_| !matches!(gate.kind, Kind::Number(_))) {
            edge = edge.text(value, Place::Above, Tone::Value);
        }
        let full = matches!(shown, Shown::Full | Shown::Path);
        if let Some(gradient) = wire.gradient.filter(|_| full) {
            edge = edge.text(self.number(gradient), Place::Below, Tone::Gradient);
            if let Some(local) = wire.local.filter(|local| local.value() != 1.0) {
                edge = edge.text(
                    phrases::times_local(&self.number(local), local.value() < 0.0),
                    Place::Below,
                    Tone::Note,
                );
            }
        }
        edge.emphasis = match shown {
            Shown::Path => Emphasis::Strong,
            Shown::Hidden | Shown::Aside | Shown::Full => Emphasis::Normal,
        };
        if !gate.trained {
            edge.line = Line::Dashed;
        }
        edge
    }
}

fn role(gate: &Gate) -> Role {
    match gate.kind {
        Kind::Input | Kind::Target => Role::Input,
        Kind::Parameter { .. } => Role::Parameter,
        Kind::Constant(_) | Kind::Number(_) => Role::Constant,
        Kind::Unary(_)
        | Kind::Binary(_)
        | Kind::Literal { .. }
        | Kind::Function(_)
        | Kind::If(..)
        | Kind::Array(_) => Role::Gate,
    }
}

/// The rules of the gates that occur, in words.
fn words(computation: &Computation, view: &View) -> Vec<&'static str> {
    let mut words = Vec::new();
    for (index, gate) in computation.gates.iter().enumerate() {
        let drawn = matches!(view.gate(index), Shown::Full | Shown::Path);
        let own = phrases::in_words(&gate.kind).filter(|own| drawn && !words.contains(own));
        words.extend(own);
    }
    words.sort_by_key(|rule| *rule == phrases::ANY_OTHER);
    if computation.uses().iter().zip(&computation.gates).any(|(uses, gate)| uses.len() > 1 && gate.trained) {
        words.push(phrases::USED_OFTEN);
    }
    words
}

/// What the marks mean, and the rules of the gates that occur.
fn legend(
    computation: &Computation,
    view: &View,
    derivation: &Derivation,
    settings: &Settings,
) -> Vec<Label> {
    let drawn = || {
        let gates = computation.gates.iter().enumerate();
        gates
            .filter(|(index, _)| matches!(view.gate(*index), Shown::Full | Shown::Path))
            .map(|(_, gate)| gate)
    };
    let numbers = drawn().any(|gate| gate.gradient.is_some());
    let mut notes = vec![phrases::reading(numbers)];
    let name = |id: EquationId| label::name(derivation, id);
    let used_twice =
        computation.uses().iter().zip(&computation.gates).any(|(uses, gate)| uses.len() > 1 && gate.trained);
    let mut rules: Vec<Label> = Vec::new();
    for gate in drawn() {
        let rule = phrases::rule(&gate.kind, &label::sign(&gate.kind, derivation, settings.digits));
        rules.extend(rule.filter(|rule| !rules.contains(rule)));
    }
    rules.truncate(phrases::RULES);
    notes.append(&mut rules);
    if used_twice {
        notes.push(phrases::used_often());
    }
    if drawn().any(|gate| gate.updated.is_some())
        && let Some(training) = &derivation.training
    {
        let setting = |id: &EquationId| {
            let mlp_dsl::ir::array::Op::Setting(value) = derivation.equation(*id).op else { return None };
            Some((name(*id), label::number(crate::known::Known::from(value), settings.digits)))
        };
        let given: Vec<(Label, Label)> = training.settings.iter().filter_map(setting).collect();
        notes.push(phrases::updated(&training.rule, &given));
    }
    if derivation.loss.as_ref().is_some_and(|loss| loss.penalty.is_some()) {
        notes.push(phrases::without_penalty());
    }
    if derivation.declared_samples().len() > 1 {
        notes.push(phrases::one_sample(derivation.samples_of_step(0).start + 1));
    }
    notes
}
