//! Many samples at once. A routine over samples is cut into stages: a product with a matrix that all
//! samples share is computed for a block of samples at once, by a kernel that reads the matrix once;
//! what stands between products is computed sample by sample.

use std::collections::{BTreeSet, HashMap};

use super::{Entry, Place, Plan, Routine, Step, UNROLLED, is_unrolled, roots};
use crate::ir::{
    Derivation,
    array::Op,
    equation::{EquationId, Scope, Shape},
};

/// Part of a routine.
#[derive(Clone, Debug)]
pub enum Stage {
    /// What belongs to no sample: computed once.
    Once(Vec<Step>),
    /// A product for all samples.
    Product(Step),
    /// One sample after another.
    Samples(Vec<Step>),
}

/// Samples at once where the specification says nothing of batches, and at most.
const SAMPLES: usize = 16;
const MOST_SAMPLES: usize = 128;
/// Numbers that a block may keep.
const NUMBERS: usize = 1 << 20;

/// Samples of a block before it is known what it keeps.
pub(super) fn wanted(derivation: &Derivation) -> usize {
    if derivation.multiply_adds() <= UNROLLED || is_unrolled(derivation) {
        return 1; // nothing to gain
    }
    let declared = derivation.training.as_ref().and_then(|training| training.batch);
    declared.unwrap_or(SAMPLES).clamp(1, MOST_SAMPLES)
}

/// Samples of a block that keeps these values for each.
pub(super) fn block(derivation: &Derivation, wanted: usize, kept: &BTreeSet<EquationId>) -> usize {
    let numbers: usize = kept.iter().map(|id| derivation.shape(*id).count()).sum();
    wanted.min((NUMBERS / numbers.max(1)).max(1))
}

/// The stages of a routine over samples.
pub(super) fn stages(derivation: &Derivation, routine: &Routine) -> Vec<Stage> {
    let (mut once, mut last) = (Vec::new(), Vec::new());
    let mut stages: Vec<Stage> = Vec::new();
    for step in routine.steps.iter().copied() {
        match step.place {
            Place::Given | Place::Fused => {}
            Place::Gradients if outer(derivation, routine, step.equation).is_some() => {
                last.push(Stage::Product(step));
            }
            Place::Workspace if product(derivation, step.equation).is_some() => {
                stages.push(Stage::Product(step));
            }
            place if derivation.equation(step.equation).scope == Scope::Once && place != Place::Gradients => {
                once.push(step);
            }
            _ => match stages.last_mut() {
                Some(Stage::Samples(steps)) => steps.push(step),
                _ => stages.push(Stage::Samples(vec![step])),
            },
        }
    }
    // Outputs and losses are handed over sample by sample, too.
    if !matches!(stages.last(), Some(Stage::Samples(_))) {
        stages.push(Stage::Samples(Vec::new()));
    }
    let once = (!once.is_empty()).then_some(Stage::Once(once));
    once.into_iter().chain(stages).chain(last).collect()
}

/// The vector of each sample and the matrix that are multiplied, where a block can do it at once.
pub fn product(derivation: &Derivation, id: EquationId) -> Option<(EquationId, EquationId)> {
    let (Op::VectorMatrix(x, w) | Op::MatrixVector(w, x)) = derivation.equation(id).op else { return None };
    let shared = derivation.equation(w).scope == Scope::Once;
    (shared && is_in_rows(derivation, x)).then_some((x, w))
}

/// The vectors whose outer product a step adds to the gradients of a batch.
pub fn outer(derivation: &Derivation, routine: &Routine, id: EquationId) -> Option<(EquationId, EquationId)> {
    let (Op::BatchMean(gradient) | Op::BatchSum(gradient)) = derivation.equation(id).op else { return None };
    let Op::Outer(a, b) = derivation.equation(gradient).op else { return None };
    let fused = routine.place(gradient) == Some(Place::Fused);
    (fused && is_in_rows(derivation, a) && is_in_rows(derivation, b)).then_some((a, b))
}

/// Whether a vector of each sample can stand beside those of the others: the only input does, and what
/// is computed.
fn is_in_rows(derivation: &Derivation, id: EquationId) -> bool {
    let equation = derivation.equation(id);
    let computed = equation.op != Op::Given;
    let only_input = derivation.inputs.len() == 1;
    let input = derivation.inputs.iter().any(|data| data.value.equations() == [id]);
    equation.scope == Scope::Sample
        && matches!(equation.shape, Shape::Vector(_))
        && (computed || only_input && input)
}

/// The values that must be kept for each sample: those of one stage that another one uses.
pub(super) fn kept(derivation: &Derivation, routine: &Routine, stages: &[Stage]) -> BTreeSet<EquationId> {
    let mut home: HashMap<EquationId, usize> = HashMap::new();
    let mut kept = BTreeSet::new();
    for (number, stage) in stages.iter().enumerate() {
        let (steps, apart) = match stage {
            Stage::Once(_) => continue,
            Stage::Product(step) => (std::slice::from_ref(step), true),
            Stage::Samples(steps) => (steps.as_slice(), false),
        };
        for step in steps {
            for operand in used(derivation, routine, *step) {
                if home.get(&operand).is_some_and(|home| apart || *home != number) {
                    kept.insert(operand);
                }
            }
            home.insert(step.equation, number);
            if apart && step.place == Place::Workspace {
                kept.insert(step.equation);
            }
        }
    }
    // The last samples hand the results over.
    let last = stages.iter().rposition(|stage| matches!(stage, Stage::Samples(_)));
    let results = if routine.entry == Entry::Forward {
        roots(derivation, Entry::Forward)
    } else {
        derivation.loss.iter().map(|loss| loss.total).collect()
    };
    kept.extend(results.into_iter().filter(|id| home.contains_key(id) && home.get(id) != last.as_ref()));
    kept
}

/// What a step reads, through what is computed on the way.
fn used(derivation: &Derivation, routine: &Routine, step: Step) -> Vec<EquationId> {
    let mut found = Vec::new();
    let mut open = derivation.equation(step.equation).op.operands();
    while let Some(id) = open.pop() {
        if routine.place(id) == Some(Place::Fused) {
            open.extend(derivation.equation(id).op.operands());
        } else {
            found.push(id);
        }
    }
    found
}

/// Proves that the stages compute what the routine does, each step once and after what it uses.
pub(super) fn verify(derivation: &Derivation, plan: &Plan, routine: &Routine) -> Result<(), String> {
    let mut done = BTreeSet::new();
    let is_step = |id: &EquationId| {
        routine.place(*id).is_some_and(|place| !matches!(place, Place::Given | Place::Fused))
    };
    for stage in &routine.stages {
        let (steps, alone) = match stage {
            Stage::Product(step) => (std::slice::from_ref(step), true),
            Stage::Once(steps) | Stage::Samples(steps) => (steps.as_slice(), false),
        };
        let before = done.clone();
        for step in steps {
            let name = derivation.name_of(step.equation);
            for operand in used(derivation, routine, *step).iter().filter(|id| is_step(id)) {
                let of_sample = derivation.equation(*operand).scope == Scope::Sample;
                let kept = !of_sample || plan.kept.contains(operand);
                let sees = if alone { before.contains(operand) } else { done.contains(operand) };
                if !sees || before.contains(operand) && !kept {
                    return Err(format!("{:?} in blocks: {name} does not see its operands", routine.entry));
                }
            }
            if !done.insert(step.equation) {
                return Err(format!("{:?} in blocks computes {name} twice", routine.entry));
            }
        }
    }
    let all = routine.steps.iter().map(|step| step.equation).filter(is_step);
    if done != all.collect::<BTreeSet<_>>() {
        return Err(format!("{:?} in blocks computes something else", routine.entry));
    }
    Ok(())
}
