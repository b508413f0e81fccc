//! Element-wise equations that one loop computes.

use std::collections::{BTreeSet, HashSet};

use super::{Place, Routine, Step, is_unrolled, multiplication, roots};

use crate::{
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Symbol},
    },
    shape::Shape,
};

/// Arrays that one loop reads and writes, where it computes more than one equation.
pub const MOST_ARRAYS: usize = 8;

/// Steps of a routine in order, those together that one loop computes: element-wise ones of the same shape.
/// What is handed in, or computed on the way, is left out.
pub fn loops(derivation: &Derivation, routine: &Routine, steps: &[Step]) -> Vec<Vec<Step>> {
    let alone = is_unrolled(derivation); // number by number there are no loops
    let mut loops: Vec<Vec<Step>> = Vec::new();
    for step in steps.iter().filter(|step| !matches!(step.place, Place::Given | Place::Fused)) {
        match loops.last_mut() {
            Some(last) if !alone && belongs(derivation, routine, last, step) => last.push(*step),
            _ => loops.push(vec![*step]),
        }
    }
    loops
}

fn belongs(derivation: &Derivation, routine: &Routine, to: &[Step], step: &Step) -> bool {
    let Some(first) = to.first() else { return false };
    let (a, b) = (derivation.equation(first.equation), derivation.equation(step.equation));
    let together: Vec<Step> = to.iter().chain([step]).copied().collect();
    if [first, step].iter().all(|step| is_update(derivation, step)) {
        return updated(derivation, first) == updated(derivation, step)
            && together.len() + read(derivation, &together).len() <= MOST_ARRAYS;
    }
    is_elementwise(derivation, routine, first)
        && is_elementwise(derivation, routine, step)
        && (a.shape, a.per) == (b.shape, b.per)
        && together.len() + read(derivation, &together).len() <= MOST_ARRAYS
}

/// Whether a loop over elements computes a step.
pub fn is_elementwise(derivation: &Derivation, routine: &Routine, step: &Step) -> bool {
    let equation = derivation.equation(step.equation);
    matches!(equation.op, Op::Pointwise(_))
        && equation.shape != Shape::Scalar
        && matches!(step.place, Place::Workspace | Place::Local)
        && multiplication(derivation, routine, step.equation).is_none()
}

/// Whether a step writes an array over itself, element by element: a parameter or a state of the rule.
pub fn is_update(derivation: &Derivation, step: &Step) -> bool {
    let equation = derivation.equation(step.equation);
    step.place == Place::Updated && matches!(equation.op, Op::Pointwise(_)) && equation.shape != Shape::Scalar
}

/// The parameter that a step updates, or of which it updates a state.
fn updated(derivation: &Derivation, step: &Step) -> Option<EquationId> {
    let of = derivation.before_step(step.equation);
    if of == step.equation {
        return None;
    }
    match derivation.equation(of).symbol {
        Symbol::State { of, .. } => Some(of),
        _ => Some(of),
    }
}

/// The arrays that a loop reads and does not compute.
pub(super) fn read(derivation: &Derivation, steps: &[Step]) -> BTreeSet<EquationId> {
    let own: HashSet<EquationId> = steps.iter().map(|step| step.equation).collect();
    let operands = steps.iter().flat_map(|step| derivation.equation(step.equation).op.operands());
    operands.filter(|id| derivation.shape(*id) != Shape::Scalar && !own.contains(id)).collect()
}

/// Arrays that only the loop reads that computes them.
pub(super) fn passing(derivation: &Derivation, routine: &Routine) -> HashSet<EquationId> {
    let mut passing = HashSet::new();
    let mut read_elsewhere: HashSet<EquationId> = roots(derivation, routine.entry).into_iter().collect();
    for steps in loops(derivation, routine, &routine.steps) {
        read_elsewhere.extend(read(derivation, &steps));
        if steps.iter().all(|step| is_elementwise(derivation, routine, step)) {
            passing.extend(steps.iter().map(|step| step.equation));
        }
    }
    // What is computed on the way reads its operands where it is used.
    for step in routine.steps.iter().filter(|step| step.place == Place::Fused) {
        read_elsewhere.extend(derivation.equation(step.equation).op.operands());
    }
    passing.retain(|id| !read_elsewhere.contains(id));
    passing
}
