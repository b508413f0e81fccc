//! What is drawn of a computational graph: all, or the paths of one value.

use mlp_dsl::ir::{Derivation, equation::Symbol};

use super::{Refusal, gates::Computation};

/// How much of a gate or wire is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Nothing.
    Hidden,
    /// Its value: it is read by a gate of a path.
    Aside,
    /// With its gradient.
    Full,
    /// With its gradient, and brought out.
    Path,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) gates: Vec<Shown>,
    pub(super) wires: Vec<Shown>,
    /// The values in focus.
    pub(super) focus: Vec<usize>,
}

impl View {
    /// How many gates are drawn.
    pub(super) fn operations(&self, computation: &Computation) -> usize {
        let drawn = computation.gates.iter().zip(&self.gates);
        drawn.filter(|(gate, shown)| !gate.is_given() && **shown != Shown::Hidden).count()
    }

    pub(super) fn gate(&self, gate: usize) -> Shown {
        self.gates.get(gate).copied().unwrap_or(Shown::Hidden)
    }

    pub(super) fn wire(&self, wire: usize) -> Shown {
        self.wires.get(wire).copied().unwrap_or(Shown::Hidden)
    }
}

/// Everything.
pub(super) fn all(computation: &Computation) -> View {
    View {
        gates: vec![Shown::Full; computation.gates.len()],
        wires: vec![Shown::Full; computation.wires.len()],
        focus: Vec::new(),
    }
}

/// Names that a message lists.
const LISTED: usize = 20;

/// The paths from values to the loss, and what their gates read beside them.
pub(super) fn focus(
    computation: &Computation,
    derivation: &Derivation,
    names: &[String],
) -> Result<View, Refusal> {
    let called = |gate: &super::gates::Gate| gate.equation.map(|id| derivation.name_of(id));
    let mut view = View {
        gates: vec![Shown::Hidden; computation.gates.len()],
        wires: vec![Shown::Hidden; computation.wires.len()],
        focus: Vec::new(),
    };
    for name in names {
        let start = computation.gates.iter().position(|gate| called(gate).as_deref() == Some(name));
        let Some(start) =
            start.filter(|start| computation.gates.get(*start).is_some_and(|gate| gate.trained))
        else {
            let is_net = |id| matches!(derivation.equation(id).symbol, Symbol::Net(_));
            let named = computation.gates.iter();
            let named = named.filter(|gate| gate.trained && gate.equation.is_some_and(|id| !is_net(id)));
            let known = named.filter_map(called).take(LISTED).collect();
            return Err(Refusal::NoSuchValue { name: name.clone(), known });
        };
        mark(&mut view.gates, start, Shown::Path);
        view.focus.push(start);
    }
    // What a gate reads comes before it, so one walk finds all paths.
    for gate in 0..computation.gates.len() {
        let on_path: Vec<usize> = computation
            .read_by(gate)
            .filter(|(_, wire)| view.gate(wire.from) == Shown::Path)
            .map(|(index, _)| index)
            .collect();
        if on_path.is_empty() {
            continue;
        }
        mark(&mut view.gates, gate, Shown::Path);
        for wire in on_path {
            mark(&mut view.wires, wire, Shown::Path);
        }
    }
    for (index, wire) in computation.wires.iter().enumerate() {
        if view.gate(wire.to) == Shown::Path && view.gate(wire.from) != Shown::Path {
            mark(&mut view.wires, index, Shown::Aside);
            mark(&mut view.gates, wire.from, Shown::Aside);
        }
    }
    Ok(view)
}

fn mark(list: &mut [Shown], index: usize, shown: Shown) {
    if let Some(slot) = list.get_mut(index) {
        *slot = shown;
    }
}
