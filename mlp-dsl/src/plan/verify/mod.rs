//! Proves of a plan that its routines compute the equations of their entry points; or says which rule is broken.
//!
//! What is verified are the instructions that are printed: [`instruction`] holds each against its equation,
//! [`Flow`] follows values from where they are written to where they are read.

mod flow;
mod instruction;

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

use super::{
    Entry, Instruction, Plan, Routine,
    facts::{Both, Facts},
    isa::needs_isa,
    schedule::{is_given, live, roots},
};

use crate::ir::{Derivation, array::Op, equation::EquationId};

use flow::Flow;

/// A rule that a plan breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// An instruction computes the equation of its result from the operands of that equation.
    Equation,
    /// Each equation that an entry point needs is computed once; a transposed matrix is read as it is stored, as
    /// often as it is used.
    Once,
    /// Nothing else is computed.
    Needed,
    /// Results are handed over.
    Results,
    /// Operands are computed before they are read.
    Order,
    /// Operands are read where they are stored; the layout has their fields.
    Storage,
    /// A temporary is read in its loop only.
    Temporary,
    /// A value of a sample that another stage of a block reads is kept in the row of the sample.
    Rows,
    /// A parameter, or a state, is not read after it is overwritten.
    Overwritten,
    /// An instruction does not read an array that it writes, but for the values that it overwrites.
    Alias,
    /// A gradient of a batch is divided before it is used.
    Mean,
    /// A routine that depends on the instruction set is compiled for each.
    Isa,
    /// Each sample of a step has masks of its own: a routine that draws masks says once that its samples have theirs.
    Masks,
    /// A block is part of a group of samples, and each gradient has a sum where batches have groups.
    Groups,
}

/// A rule that a routine breaks, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The rule.
    pub rule: Rule,
    /// The entry point.
    pub entry: Entry,
    /// The name of the equation.
    pub name: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.rule {
            Rule::Equation => "is computed by an instruction for another equation",
            Rule::Once => "is not computed once",
            Rule::Needed => "is computed, but not needed",
            Rule::Results => "is not handed over",
            Rule::Order => "is read before it is computed",
            Rule::Storage => "is not read from where it is stored",
            Rule::Temporary => "is a temporary that is read outside of its loop",
            Rule::Rows => "is read by another stage, but not kept for each sample",
            Rule::Overwritten => "is read after it is overwritten",
            Rule::Alias => "is read and written by one instruction",
            Rule::Mean => "is used before it is divided",
            Rule::Isa => "depends on the instruction set",
            Rule::Masks => "is a mask that other samples would have again",
            Rule::Groups => "has no sum over groups of samples, or its blocks are no part of a group",
        };
        write!(f, "{:?}: {} {text}", self.entry, self.name)
    }
}

impl std::error::Error for Broken {}

/// Verifies the routines of a plan.
///
/// # Errors
/// The first rule that is broken.
pub fn verify(derivation: &Derivation, plan: &Plan) -> Result<(), Broken> {
    let inference = derivation.inference();
    let both = Both { training: Facts::new(derivation), inference: inference.as_ref().map(Facts::new) };
    for routine in &plan.routines {
        let (entry, facts) = (routine.entry, both.of(routine.entry));
        let broken = |(rule, id): (Rule, EquationId)| Broken { rule, entry, name: derivation.name_of(id) };
        routine_is_right(facts, plan, routine).map_err(broken)?;
    }
    match derivation.loss.as_ref().filter(|_| !has_sums(derivation, plan)) {
        Some(loss) => {
            let name = derivation.name_of(loss.objective);
            Err(Broken { rule: Rule::Groups, entry: Entry::Accumulate, name })
        }
        None => Ok(()),
    }
}

/// Sums over groups of samples have their memory, and a block is never cut by the end of a group.
fn has_sums(derivation: &Derivation, plan: &Plan) -> bool {
    let Some(group) = derivation.header.precision.group() else { return plan.layout.sums.is_none() };
    let gradients: usize = plan.layout.gradients.iter().map(|field| field.shape.count()).sum();
    plan.block <= group && plan.layout.sums.map_or(0, |sums| sums.numbers) == gradients
}

/// A rule that is broken, and the equation.
type Check<T = ()> = Result<T, (Rule, EquationId)>;

fn routine_is_right(facts: &Facts<'_>, plan: &Plan, routine: &Routine) -> Check {
    let instructions = inlined(plan, &routine.instructions);
    let computed = computed(facts, routine.entry, &instructions)?;
    draws_on(facts, &instructions)?;
    let mut flow = Flow::new(facts, plan, routine.entry);
    flow.follow(&instructions)?;
    // The samples of a block are part of the routines that begin with them.
    if routine.entry != Entry::SamplesBlock {
        covers(facts, routine.entry, &computed)?;
        flow.hands_over(&results(facts.derivation, routine.entry))?;
    }
    let needs_isa = routine.entry != Entry::Trace && needs_isa(facts, &routine.instructions);
    match computed.keys().next() {
        Some(id) if needs_isa && !routine.needs_isa => Err((Rule::Isa, *id)),
        _ => Ok(()),
    }
}

/// After masks the next samples have others.
fn draws_on(facts: &Facts<'_>, instructions: &[Instruction]) -> Check {
    let written = instructions.iter().flat_map(|instruction| instruction.operands().1);
    let mask = written.map(|written| written.value).rfind(|id| facts.derivation.mask(*id).is_some());
    let counted = instructions.iter().filter(|instruction| matches!(instruction, Instruction::Drawn)).count();
    match (mask, counted) {
        (Some(_), 1) | (None, 0) => Ok(()),
        (mask, _) => Err((Rule::Masks, mask.unwrap_or(EquationId(0)))),
    }
}

/// The instructions, those of routines that they run in their places.
fn inlined(plan: &Plan, instructions: &[Instruction]) -> Vec<Instruction> {
    let each = instructions.iter().flat_map(|instruction| {
        let Instruction::Run(entry) = instruction else { return vec![instruction.clone()] };
        plan.routine(*entry).map_or(Vec::new(), |routine| inlined(plan, &routine.instructions))
    });
    each.collect()
}

/// How often each equation is computed.
fn computed(
    facts: &Facts<'_>,
    entry: Entry,
    instructions: &[Instruction],
) -> Check<HashMap<EquationId, usize>> {
    let mut computed = HashMap::new();
    for instruction in instructions {
        if let Instruction::Hoisted(body) | Instruction::Samples(body) = instruction {
            for (id, times) in self::computed(facts, entry, body)? {
                *computed.entry(id).or_default() += times;
            }
        }
        for id in instruction::equations(facts, entry, instruction)? {
            *computed.entry(id).or_default() += 1;
        }
    }
    Ok(computed)
}

/// Each equation that the entry point needs is computed once, and no other.
fn covers(facts: &Facts<'_>, entry: Entry, computed: &HashMap<EquationId, usize>) -> Check {
    let parts: &[Entry] = match entry {
        Entry::Forward | Entry::ForwardBlock => &[Entry::Forward],
        Entry::Loss | Entry::LossBlock => &[Entry::Loss],
        Entry::Accumulate | Entry::SamplesBlock | Entry::AccumulateBlock => &[Entry::Accumulate],
        Entry::Train | Entry::TrainBlock => &[Entry::Accumulate, Entry::Step],
        Entry::InputGradient | Entry::InputGradientBlock => &[Entry::InputGradient],
        Entry::AccumulateWithInput | Entry::AccumulateWithInputBlock => &[Entry::AccumulateWithInput],
        Entry::PullBack | Entry::PullBackBlock => &[Entry::PullBack],
        Entry::Trace => &[Entry::Trace],
        Entry::Penalty => &[Entry::Penalty],
        Entry::Weight => &[Entry::Weight],
        Entry::Penalize => &[Entry::Penalize],
        Entry::Step => &[Entry::Step],
    };
    let mut needed = BTreeSet::new();
    for part in parts {
        let live = live(facts.derivation, *part);
        needed.extend(live.into_iter().filter(|id| !is_given(facts.derivation, *part, *id)));
    }
    for id in &needed {
        let is_transposed = matches!(facts.equation(*id).op, Op::Transpose(_));
        match computed.get(id) {
            Some(1) => {}
            Some(_) if is_transposed => {}
            Some(_) | None => return Err((Rule::Once, *id)),
        }
    }
    match computed.keys().find(|id| !needed.contains(id)) {
        Some(id) => Err((Rule::Needed, *id)),
        None => Ok(()),
    }
}

/// The values that an entry point hands over.
pub(super) fn results(derivation: &Derivation, entry: Entry) -> Vec<EquationId> {
    match entry {
        Entry::Accumulate
        | Entry::AccumulateBlock
        | Entry::SamplesBlock
        | Entry::Train
        | Entry::TrainBlock => roots(derivation, Entry::Loss),
        Entry::InputGradient
        | Entry::InputGradientBlock
        | Entry::AccumulateWithInput
        | Entry::AccumulateWithInputBlock => roots(derivation, Entry::InputGradient),
        Entry::PullBack | Entry::PullBackBlock => {
            derivation.pull_back.iter().flat_map(|back| back.inputs.iter().copied()).collect()
        }
        Entry::Penalize => roots(derivation, Entry::Penalty),
        Entry::Step => Vec::new(),
        Entry::Forward
        | Entry::Trace
        | Entry::Loss
        | Entry::Penalty
        | Entry::Weight
        | Entry::ForwardBlock
        | Entry::LossBlock => roots(derivation, entry),
    }
}
