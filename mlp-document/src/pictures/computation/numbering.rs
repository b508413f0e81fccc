//! The numbers of wires, as the course counts them: neuron after neuron from the output back, and in each from its
//! function back, gate after gate. Of the inputs of a sum those that go on as a sum come last.

use std::collections::{BTreeSet, VecDeque};

use mlp_dsl::ir::Derivation;

use super::gates::{Computation, Kind, Part, Tag};

/// Numbers the wires. A value that is given or is a neuron's goes into a product under its own name.
pub(super) fn number(computation: &mut Computation, derivation: &Derivation) {
    let mut next = 0;
    for layer in derivation.layers.iter().rev() {
        for neuron in layer.value.equations() {
            let part = Part::Neuron(*neuron);
            let end = computation
                .gates
                .iter()
                .rposition(|gate| gate.equation == Some(*neuron) && gate.part == part);
            for wire in end.map(|end| in_order(computation, end, part)).unwrap_or_default() {
                next += 1;
                set(computation, wire, Tag::Inner(next));
            }
        }
    }
    let loss = computation.gates.iter().rposition(|gate| gate.part == Part::Loss);
    let mut inside = 0;
    for wire in loss.map(|end| in_order(computation, end, Part::Loss)).unwrap_or_default() {
        let named = computation.wires.get(wire).and_then(|wire| computation.gates.get(wire.from));
        if named.is_some_and(|gate| gate.equation.is_none() && gate.part == Part::Loss) {
            inside += 1;
            set(computation, wire, Tag::OfLoss(inside));
        }
    }
}

fn set(computation: &mut Computation, wire: usize, tag: Tag) {
    if let Some(wire) = computation.wires.get_mut(wire) {
        wire.tag = tag;
    }
}

/// The wires inside a part that have no name of their own, from its last gate back.
fn in_order(computation: &Computation, end: usize, part: Part) -> Vec<usize> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([end]);
    let mut queue = VecDeque::from([end]);
    while let Some(index) = queue.pop_front() {
        let Some(gate) = computation.gates.get(index) else { continue };
        let mut into: Vec<(usize, usize)> =
            computation.read_by(index).map(|(wire, own)| (wire, own.from)).collect();
        let goes_on = |from: usize| {
            computation.gates.get(from).is_some_and(|from| from.part == part && from.kind.is_sum())
        };
        if gate.kind.is_sum() {
            into.sort_by_key(|(_, from)| goes_on(*from));
        }
        for (wire, from) in into {
            let Some(read) = computation.gates.get(from) else { continue };
            let inner = read.part == part;
            let literal = matches!(read.kind, Kind::Number(_));
            if inner || !(gate.kind.is_product() || literal) {
                found.push(wire);
            }
            if inner && seen.insert(from) {
                queue.push_back(from);
            }
        }
    }
    found
}
