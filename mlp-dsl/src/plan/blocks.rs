//! Many samples at once. The equations of samples are cut into stages: a product with a matrix that all samples
//! share is computed for a block of samples at once, by a kernel that reads the matrix once; element-wise steps
//! between products run over the elements of all samples, and what is left is computed sample by sample.

use std::collections::{BTreeSet, HashMap};

use super::{
    Entry,
    facts::Facts,
    instruction::{Accumulate, Form, Instruction, LoopForm},
    lower::Lowering,
    schedule::{Group, Place, Schedule, Step, arrays_read, is_elementwise, joined},
    thresholds,
    verify::results,
};

use crate::{
    ir::{
        Derivation,
        equation::{EquationId, Per},
    },
    shape::Shape,
};

/// Part of a routine over samples.
pub(super) enum Stage {
    /// Steps that run once: they belong to no sample.
    Hoisted(Vec<Group>),
    /// A product for all samples.
    Product(Step),
    /// One loop over the elements of all samples.
    Loop(Group),
    /// Steps for each sample in turn.
    Samples(Vec<Group>),
}

/// A routine over samples in stages.
pub(super) struct Stages {
    pub(super) stages: Vec<Stage>,
    /// The gradients that are sums of outer products over the block.
    pub(super) sums: Vec<EquationId>,
}

/// Samples of a block before it is known how much it keeps; 1 where blocks gain nothing.
pub(super) fn wanted(facts: &Facts<'_>) -> usize {
    if facts.multiply_adds <= thresholds::UNROLLED || facts.unrolled {
        return 1;
    }
    facts.derivation.header.batch.unwrap_or(thresholds::SAMPLES).clamp(1, thresholds::MOST_SAMPLES)
}

/// Samples of a block that keeps these values for each.
pub(super) fn size(derivation: &Derivation, wanted: usize, kept: &BTreeSet<EquationId>) -> usize {
    let numbers: usize = kept.iter().map(|id| derivation.shape(*id).count()).sum();
    let most = thresholds::BLOCK_NUMBERS.max(derivation.parameter_count() / thresholds::BLOCK_PART);
    let most = (most / numbers.max(1)).clamp(1, wanted);
    // Blocks of nearly the same size, as few as that takes.
    wanted.div_ceil(wanted.div_ceil(most))
}

impl Stages {
    pub(super) fn new(facts: &Facts<'_>, schedule: &Schedule) -> Self {
        let (mut hoisted, mut sums) = (Vec::new(), Vec::new());
        let mut stages: Vec<Stage> = Vec::new();
        for group in &schedule.groups {
            let Some(first) = group.first() else { continue };
            let equation = facts.equation(first.equation);
            if is_flat(facts, group) {
                stages.push(Stage::Loop(group.clone()));
            } else if first.place == Place::Gradients && facts.outers.contains_key(&first.equation) {
                sums.push(first.equation);
            } else if first.place == Place::Workspace && is_shared_product(facts, first.equation) {
                stages.push(Stage::Product(*first));
            } else if equation.per == Per::Batch && first.place != Place::Gradients {
                hoisted.push(group.clone());
            } else if let Some(Stage::Samples(groups)) = stages.last_mut() {
                groups.push(group.clone());
            } else {
                stages.push(Stage::Samples(vec![group.clone()]));
            }
        }
        // Outputs and losses are written sample by sample, too.
        if !matches!(stages.last(), Some(Stage::Samples(_))) {
            stages.push(Stage::Samples(Vec::new()));
        }
        if !hoisted.is_empty() {
            stages.insert(0, Stage::Hoisted(hoisted));
        }
        Stages { stages, sums }
    }

    pub(super) fn has_products(&self) -> bool {
        !self.sums.is_empty() || self.stages.iter().any(|stage| matches!(stage, Stage::Product(_)))
    }

    /// The values that are kept for each sample: those of one stage that another one reads.
    pub(super) fn kept(&self, facts: &Facts<'_>, entry: Entry) -> BTreeSet<EquationId> {
        let mut home: HashMap<EquationId, usize> = HashMap::new();
        let mut kept = BTreeSet::new();
        let mut read = |id: EquationId, number: usize, home: &HashMap<EquationId, usize>| {
            for operand in facts.reads(id) {
                if home.get(&operand).is_some_and(|home| *home != number) {
                    kept.insert(operand);
                }
            }
        };
        let mut rows = Vec::new();
        for (number, stage) in self.stages.iter().enumerate() {
            let steps: Vec<Step> = match stage {
                Stage::Hoisted(_) => continue,
                Stage::Product(step) => vec![*step],
                Stage::Loop(group) => group.clone(),
                Stage::Samples(groups) => groups.iter().flatten().copied().collect(),
            };
            let over_block = !matches!(stage, Stage::Samples(_));
            for step in steps {
                read(step.equation, number, &home);
                home.insert(step.equation, number);
                if over_block && step.place == Place::Workspace {
                    rows.push(step.equation);
                }
            }
        }
        self.sums.iter().for_each(|id| read(*id, self.stages.len(), &home));
        kept.extend(rows);
        // The last samples write the results.
        let last = self.stages.iter().rposition(|stage| matches!(stage, Stage::Samples(_)));
        let results = results(facts.derivation, entry);
        kept.extend(results.into_iter().filter(|id| home.contains_key(id) && home.get(id) != last.as_ref()));
        kept
    }

    /// The instructions of a block without the sums of outer products; `last` runs for each sample at the end.
    pub(super) fn instructions(
        &self,
        lowering: &mut Lowering<'_>,
        kept: &BTreeSet<EquationId>,
        last: impl Fn(&Lowering<'_>) -> Vec<Instruction>,
    ) -> Vec<Instruction> {
        let facts = lowering.facts;
        let mut instructions = Vec::new();
        let last_samples = self.stages.iter().rposition(|stage| matches!(stage, Stage::Samples(_)));
        for (number, stage) in self.stages.iter().enumerate() {
            match stage {
                Stage::Hoisted(groups) => {
                    let groups = joined(facts, groups.iter().cloned());
                    instructions.push(Instruction::Hoisted(lowering.groups(&groups)));
                }
                Stage::Product(step) => instructions.extend(lowering.product(step.equation, Form::Block)),
                Stage::Loop(group) => instructions.push(lowering.array_loop(group, LoopForm::Block)),
                Stage::Samples(groups) => {
                    let groups = joined(facts, groups.iter().cloned());
                    let here: BTreeSet<EquationId> =
                        groups.iter().flatten().map(|step| step.equation).collect();
                    let is_number = |id: &&EquationId| facts.shape(**id) == Shape::Scalar;
                    let (own, others): (BTreeSet<_>, BTreeSet<_>) =
                        kept.iter().filter(is_number).partition(|id| here.contains(id));
                    lowering.kept = others;
                    let mut body = lowering.groups(&groups);
                    body.extend(own.iter().map(|id| Instruction::Keep(lowering.operand(*id))));
                    if Some(number) == last_samples {
                        body.extend(last(lowering));
                    }
                    lowering.kept = BTreeSet::new();
                    if !body.is_empty() {
                        instructions.push(Instruction::Samples(body));
                    }
                }
            }
        }
        instructions
    }

    /// The sums of outer products over the block.
    pub(super) fn sums(&self, lowering: &Lowering<'_>) -> Vec<Accumulate> {
        let outer = |id: &EquationId| Some((*id, *lowering.facts.outers.get(id)?));
        self.sums.iter().filter_map(outer).map(|(id, outer)| lowering.outer_sum(id, outer)).collect()
    }
}

/// Whether a block can compute a product for all samples at once: with a matrix that they share.
fn is_shared_product(facts: &Facts<'_>, id: EquationId) -> bool {
    facts.products.get(&id).is_some_and(|product| {
        facts.equation(product.matrix).per == Per::Batch && facts.is_in_rows(product.vector)
    })
}

/// Whether one loop can run over the elements of all samples: all arrays that it reads are rows.
fn is_flat(facts: &Facts<'_>, group: &[Step]) -> bool {
    let operands = group.iter().flat_map(|step| facts.equation(step.equation).op.operands());
    let mut numbers = operands.filter(|id| facts.shape(*id) == Shape::Scalar);
    let arrays = arrays_read(facts, group);
    group.iter().all(|step| is_elementwise(facts, step) && facts.is_in_rows(step.equation))
        && arrays.iter().all(|id| facts.is_in_rows(*id))
        && arrays.len() + group.len() <= thresholds::LOOP_ARRAYS
        && numbers.all(|id| facts.equation(id).per == Per::Batch)
}
