//! Many samples at once. A routine over samples is cut into stages: a product with a matrix that all
//! samples share is computed for a block of samples at once, by a kernel that reads the matrix once;
//! element-wise steps between products run over the elements of all samples, and what is left is computed
//! sample by sample.

use std::collections::{BTreeSet, HashMap};

use super::{
    Entry, Place, Plan, Routine, Step, UNROLLED, is_unrolled,
    loops::{MOST_ARRAYS, is_elementwise, loops, read},
    products::{is_in_rows, multiplication, outer},
    roots,
};

use crate::{
    ir::{
        Derivation,
        equation::{EquationId, Per},
    },
    shape::Shape,
};

/// Part of a routine.
#[derive(Clone, Debug)]
pub enum Stage {
    /// What belongs to no sample: computed once.
    Once(Vec<Step>),
    /// A product for all samples.
    Product(Step),
    /// One loop over the elements of all samples.
    Flat(Vec<Step>),
    /// One sample after another.
    Samples(Vec<Step>),
}

/// Samples at once where the specification says nothing of batches, and at most.
const SAMPLES: usize = 16;
const MOST_SAMPLES: usize = 128;
/// Numbers that a block may keep: so many, or as many as this part of the parameters, which each block reads.
const NUMBERS: usize = 1 << 20;
const PART: usize = 4;

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
    let most = NUMBERS.max(derivation.parameter_count() / PART);
    let most = (most / numbers.max(1)).clamp(1, wanted);
    // Blocks of nearly the same size, as few as that takes.
    wanted.div_ceil(wanted.div_ceil(most))
}

/// The stages of a routine over samples.
pub(super) fn stages(derivation: &Derivation, routine: &Routine) -> Vec<Stage> {
    let (mut once, mut last) = (Vec::new(), Vec::new());
    let mut stages: Vec<Stage> = Vec::new();
    for steps in loops(derivation, routine, &routine.steps) {
        if is_flat(derivation, routine, &steps) {
            stages.push(Stage::Flat(steps));
            continue;
        }
        for step in steps {
            let equation = derivation.equation(step.equation);
            match step.place {
                Place::Gradients if outer(derivation, routine, step.equation).is_some() => {
                    last.push(Stage::Product(step));
                }
                Place::Workspace if is_product(derivation, routine, step.equation) => {
                    stages.push(Stage::Product(step));
                }
                place if equation.per == Per::Batch && place != Place::Gradients => once.push(step),
                _ => match stages.last_mut() {
                    Some(Stage::Samples(steps)) => steps.push(step),
                    _ => stages.push(Stage::Samples(vec![step])),
                },
            }
        }
    }
    // Outputs and losses are handed over sample by sample, too.
    if !matches!(stages.last(), Some(Stage::Samples(_))) {
        stages.push(Stage::Samples(Vec::new()));
    }
    let once = (!once.is_empty()).then_some(Stage::Once(once));
    once.into_iter().chain(stages).chain(last).collect()
}

/// Whether a block can compute a product for all samples at once: with a matrix that they share.
fn is_product(derivation: &Derivation, routine: &Routine, id: EquationId) -> bool {
    multiplication(derivation, routine, id).is_some_and(|product| {
        derivation.equation(product.matrix).per == Per::Batch && is_in_rows(derivation, product.vector)
    })
}

/// Whether one loop can run over the elements of all samples: all that it reads stands side by side.
fn is_flat(derivation: &Derivation, routine: &Routine, steps: &[Step]) -> bool {
    let operands = || steps.iter().flat_map(|step| derivation.equation(step.equation).op.operands());
    let mut scalars = operands().filter(|id| derivation.shape(*id) == Shape::Scalar);
    let arrays = read(derivation, steps);
    let computed =
        |step: &Step| is_elementwise(derivation, routine, step) && is_in_rows(derivation, step.equation);
    steps.iter().all(computed)
        && arrays.iter().all(|id| is_in_rows(derivation, *id))
        && arrays.len() + steps.len() <= MOST_ARRAYS
        && scalars.all(|id| derivation.equation(id).per == Per::Batch)
}

/// The values that must be kept for each sample: those of one stage that another one uses.
pub(super) fn kept(derivation: &Derivation, routine: &Routine, stages: &[Stage]) -> BTreeSet<EquationId> {
    let mut home: HashMap<EquationId, usize> = HashMap::new();
    let mut kept = BTreeSet::new();
    for (number, stage) in stages.iter().enumerate() {
        let (steps, apart) = match stage {
            Stage::Once(_) => continue,
            Stage::Product(step) => (std::slice::from_ref(step), true),
            Stage::Flat(steps) => (steps.as_slice(), true),
            Stage::Samples(steps) => (steps.as_slice(), false),
        };
        for step in steps {
            for operand in used(derivation, routine, *step) {
                if home.get(&operand).is_some_and(|home| *home != number) {
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
            Stage::Once(steps) | Stage::Samples(steps) | Stage::Flat(steps) => (steps.as_slice(), false),
        };
        let before = done.clone();
        for step in steps {
            let name = derivation.name_of(step.equation);
            for operand in used(derivation, routine, *step).iter().filter(|id| is_step(id)) {
                let of_sample = derivation.equation(*operand).per == Per::Sample;
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
