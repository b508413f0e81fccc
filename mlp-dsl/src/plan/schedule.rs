//! The equations of an entry point in order, each with its place, and those together that one loop computes.

use std::collections::{BTreeSet, HashSet};

use super::{Entry, facts::Facts, thresholds};

use crate::{
    ir::{
        Derivation, Parameter, PullBack,
        array::Op,
        equation::{EquationId, Role, Symbol},
    },
    shape::Shape,
};

/// Where an equation's value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is there before the routine runs.
    Given,
    /// A local number; of an array one for each element, in the loop that computes and reads it.
    Local,
    /// A field of the workspace.
    Workspace,
    /// Added to a field of the gradients.
    Gradients,
    /// Written over the parameter, or the state, that it updates.
    Updated,
    /// The kernel of the equation that uses it computes it.
    Contracted,
}

/// One equation of an entry point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) equation: EquationId,
    pub(super) place: Place,
}

/// Steps that one instruction computes: one, or those of one loop.
pub(super) type Group = Vec<Step>;

/// The equations of an entry point.
pub(super) struct Schedule {
    /// All of them, by number.
    steps: Vec<Step>,
    /// Those that instructions compute, in order.
    pub(super) groups: Vec<Group>,
}

impl Schedule {
    pub(super) fn new(facts: &Facts<'_>, entry: Entry) -> Self {
        let live = live(facts.derivation, entry);
        let mut steps: Vec<Step> =
            live.iter().map(|id| Step { equation: *id, place: place(facts, entry, *id) }).collect();
        let mut groups = groups(facts, &steps);
        if !facts.unrolled {
            let temporaries = temporaries(facts, entry, &steps, &groups);
            let all = steps.iter_mut().chain(groups.iter_mut().flatten());
            for step in all.filter(|step| temporaries.contains(&step.equation)) {
                step.place = Place::Local;
            }
        }
        Schedule { steps, groups }
    }

    /// Where a value is.
    pub(super) fn place(&self, id: EquationId) -> Option<Place> {
        let index = self.steps.binary_search_by_key(&id, |step| step.equation).ok()?;
        self.steps.get(index).map(|step| step.place)
    }
}

/// What an entry point must have computed at its end.
pub(super) fn roots(derivation: &Derivation, entry: Entry) -> Vec<EquationId> {
    match entry {
        Entry::Forward | Entry::ForwardBlock => {
            derivation.output().map_or(Vec::new(), |layer| layer.value.equations().to_vec())
        }
        Entry::Trace => traced(derivation),
        Entry::Loss | Entry::LossBlock => derivation.loss.iter().map(|loss| loss.total).collect(),
        Entry::Accumulate | Entry::SamplesBlock | Entry::AccumulateBlock => {
            let gradients = derivation.parameters.iter().filter_map(|parameter| parameter.batch());
            derivation.loss.iter().map(|loss| loss.total).chain(gradients).collect()
        }
        Entry::InputGradient | Entry::InputGradientBlock => {
            let loss = derivation.loss.iter();
            loss.flat_map(|loss| [loss.total].into_iter().chain(loss.inputs.iter().copied())).collect()
        }
        Entry::AccumulateWithInput | Entry::AccumulateWithInputBlock => {
            let mut roots = roots(derivation, Entry::Accumulate);
            roots.extend(derivation.loss.iter().flat_map(|loss| &loss.inputs));
            roots
        }
        Entry::PullBack | Entry::PullBackBlock => {
            let back = derivation.pull_back.iter();
            let of = |back: &PullBack| {
                let parameters = back.parameters.iter().map(|own| own.batch);
                parameters.chain(back.inputs.iter().copied()).collect::<Vec<_>>()
            };
            back.flat_map(of).collect()
        }
        Entry::Weight => derivation.loss.iter().filter_map(|loss| loss.weight).collect(),
        Entry::Penalty => derivation.loss.iter().filter_map(|loss| loss.penalty).collect(),
        Entry::Penalize => {
            let penalized =
                derivation.parameters.iter().filter(|parameter| parameter.objective() != parameter.batch());
            let gradients = penalized.filter_map(|parameter| parameter.objective());
            derivation.loss.iter().filter_map(|loss| loss.penalty).chain(gradients).collect()
        }
        Entry::Step | Entry::Train | Entry::TrainBlock => {
            let changed =
                |p: &Parameter| p.state().iter().map(|state| state.updated).chain(p.updated()).collect();
            derivation.parameters.iter().flat_map::<Vec<EquationId>, _>(changed).collect()
        }
    }
}

/// The named values of the forward pass.
pub(super) fn traced(derivation: &Derivation) -> Vec<EquationId> {
    let named = |symbol: &Symbol| matches!(symbol, Symbol::Named(_) | Symbol::Local(_) | Symbol::Net(_));
    let forward = derivation.numbered().filter(|(_, e)| e.role == Role::Forward && named(&e.symbol));
    forward.map(|(id, _)| id).collect()
}

/// Whether a value is there before an entry point runs.
pub(super) fn is_given(derivation: &Derivation, entry: Entry, id: EquationId) -> bool {
    let equation = derivation.equation(id);
    let is_given = || matches!(equation.op, Op::Given | Op::Setting(_)) && derivation.mask(id).is_none();
    is_given()
        || match entry {
            Entry::Penalize => matches!(equation.symbol, Symbol::BatchGradient(..)),
            Entry::Step => {
                matches!(equation.symbol, Symbol::BatchGradient(..) | Symbol::ObjectiveGradient(_))
            }
            Entry::Forward
            | Entry::Trace
            | Entry::Loss
            | Entry::Accumulate
            | Entry::Penalty
            | Entry::Weight
            | Entry::Train
            | Entry::ForwardBlock
            | Entry::LossBlock
            | Entry::SamplesBlock
            | Entry::AccumulateBlock
            | Entry::TrainBlock
            | Entry::InputGradient
            | Entry::AccumulateWithInput
            | Entry::PullBack
            | Entry::InputGradientBlock
            | Entry::AccumulateWithInputBlock
            | Entry::PullBackBlock => false,
        }
}

/// All equations that the roots of an entry point need, operands first.
pub(super) fn live(derivation: &Derivation, entry: Entry) -> Vec<EquationId> {
    let mut wanted: HashSet<EquationId> = roots(derivation, entry).into_iter().collect();
    for (id, equation) in derivation.numbered().rev() {
        if wanted.contains(&id) && !is_given(derivation, entry, id) {
            wanted.extend(equation.op.operands());
        }
    }
    let mut live: Vec<EquationId> = wanted.into_iter().collect();
    live.sort_unstable();
    live
}

fn place(facts: &Facts<'_>, entry: Entry, id: EquationId) -> Place {
    let equation = facts.equation(id);
    if is_given(facts.derivation, entry, id) {
        return Place::Given;
    }
    if matches!(
        equation.symbol,
        Symbol::BatchGradient(..) | Symbol::ObjectiveGradient(_) | Symbol::BatchPulled(_)
    ) {
        Place::Gradients
    } else if matches!(equation.symbol, Symbol::Updated(_)) {
        Place::Updated
    } else if facts.contracted.contains(&id) {
        Place::Contracted
    } else if equation.shape == Shape::Scalar {
        Place::Local
    } else {
        Place::Workspace
    }
}

/// Steps in order, those together that one loop computes: element-wise ones of the same shape. What is given or
/// contracted is left out.
fn groups(facts: &Facts<'_>, steps: &[Step]) -> Vec<Group> {
    let computed = steps.iter().filter(|step| !matches!(step.place, Place::Given | Place::Contracted));
    joined(facts, computed.map(|step| vec![*step]))
}

/// Neighbouring groups, those together that one loop computes.
pub(super) fn joined(facts: &Facts<'_>, groups: impl IntoIterator<Item = Group>) -> Vec<Group> {
    let mut joined: Vec<Group> = Vec::new();
    for group in groups {
        match joined.last_mut() {
            // Number by number there are no loops.
            Some(last) if !facts.unrolled && are_one_loop(facts, last, &group) => last.extend(group),
            _ => joined.push(group),
        }
    }
    joined
}

fn are_one_loop(facts: &Facts<'_>, to: &[Step], group: &[Step]) -> bool {
    let (Some(first), Some(step)) = (to.first(), group.first()) else { return false };
    let (a, b) = (facts.equation(first.equation), facts.equation(step.equation));
    let alike = match [first, step].map(|step| updated_parameter(facts, step)) {
        [Some(a), Some(b)] => a == b,
        [Some(_), None] | [None, Some(_)] => false,
        [None, None] => {
            is_elementwise(facts, first)
                && is_elementwise(facts, step)
                && (a.shape, a.per) == (b.shape, b.per)
        }
    };
    // A loop writes an array once: what a rule assigns again is another loop.
    let written = |step: &Step| facts.overwritten(step.equation).and(facts.stored(step.equation));
    let twice = group
        .iter()
        .any(|step| written(step).is_some_and(|field| to.iter().any(|a| written(a) == Some(field))));
    let together: Vec<Step> = to.iter().chain(group).copied().collect();
    alike && !twice && together.len() + arrays_read(facts, &together).len() <= thresholds::LOOP_ARRAYS
}

/// Whether a loop over elements computes a step.
pub(super) fn is_elementwise(facts: &Facts<'_>, step: &Step) -> bool {
    let equation = facts.equation(step.equation);
    matches!(equation.op, Op::Pointwise(_))
        && equation.shape != Shape::Scalar
        && matches!(step.place, Place::Workspace | Place::Local)
        && !facts.products.contains_key(&step.equation)
}

/// The parameter whose array, or an array of whose state, a step overwrites.
fn updated_parameter(facts: &Facts<'_>, step: &Step) -> Option<EquationId> {
    if step.place != Place::Updated || facts.shape(step.equation) == Shape::Scalar {
        return None;
    }
    let of = facts.derivation.before_step(step.equation);
    if let Symbol::State { of, .. } = facts.equation(of).symbol {
        return Some(of);
    }
    Some(of)
}

/// The arrays that a loop reads and does not compute.
pub(super) fn arrays_read(facts: &Facts<'_>, steps: &[Step]) -> BTreeSet<EquationId> {
    let own: HashSet<EquationId> = steps.iter().map(|step| step.equation).collect();
    let operands = steps.iter().flat_map(|step| facts.equation(step.equation).op.operands());
    operands.filter(|id| facts.shape(*id) != Shape::Scalar && !own.contains(id)).collect()
}

/// Arrays that only the loop reads that computes them.
fn temporaries(facts: &Facts<'_>, entry: Entry, steps: &[Step], groups: &[Group]) -> HashSet<EquationId> {
    let mut temporaries = HashSet::new();
    let mut read_elsewhere: HashSet<EquationId> = roots(facts.derivation, entry).into_iter().collect();
    for group in groups {
        read_elsewhere.extend(arrays_read(facts, group));
        if group.iter().all(|step| is_elementwise(facts, step)) {
            temporaries.extend(group.iter().map(|step| step.equation));
        }
    }
    // What is contracted reads its operands where it is used.
    for step in steps.iter().filter(|step| step.place == Place::Contracted) {
        read_elsewhere.extend(facts.equation(step.equation).op.operands());
    }
    temporaries.retain(|id| !read_elsewhere.contains(id));
    temporaries
}
