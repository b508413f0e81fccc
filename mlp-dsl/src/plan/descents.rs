//! Steps of gradient descent that the kernel of their gradient takes: it writes W − η · ∂E/∂W over W, and no gradient.

use super::{
    facts::Facts,
    instruction::{Accumulate, Contribution, Descend, Form, Instruction, Operand, Storage},
    lower::Lowering,
    schedule::{Group, Place, Schedule, joined},
};

use crate::{
    formula::{Formula, Term, TermId},
    ir::{
        Parameter,
        array::Op,
        equation::{EquationId, Per, Symbol},
    },
    shape::Shape,
};

/// The step of one parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Descent {
    /// The batch's gradient, a sum of outer products.
    pub(super) gradient: EquationId,
    /// The equation of the step.
    pub(super) updated: EquationId,
    /// η.
    rate: EquationId,
}

/// The steps that are W − η · ∂E/∂W, of parameters whose gradient is a sum of outer products; none where something
/// comes between gradients and steps: penalties, clipping.
pub(super) fn descents(facts: &Facts<'_>, step: &Schedule) -> Vec<Descent> {
    let penalized = facts.derivation.loss.as_ref().is_some_and(|loss| loss.penalty.is_some());
    if facts.unrolled || penalized {
        return Vec::new();
    }
    let is_gradient = |id: &EquationId| matches!(facts.equation(*id).symbol, Symbol::BatchGradient(..));
    let numbers = step.groups.iter().flatten().filter(|step| step.place != Place::Updated);
    if numbers.flat_map(|step| facts.reads(step.equation)).any(|id| is_gradient(&id)) {
        return Vec::new();
    }
    facts.derivation.parameters.iter().filter_map(|parameter| descent(facts, parameter)).collect()
}

fn descent(facts: &Facts<'_>, parameter: &Parameter) -> Option<Descent> {
    let (gradient, updated) = (parameter.batch()?, parameter.updated()?);
    let Op::Pointwise(formula) = &facts.equation(updated).op else { return None };
    let rate = rate(formula, parameter.equation, gradient).filter(|rate| {
        let equation = facts.equation(*rate);
        equation.shape == Shape::Scalar && equation.per == Per::Batch
    })?;
    let alone = parameter.objective() == parameter.batch() && parameter.state().is_empty();
    (alone && facts.outers.contains_key(&gradient)).then_some(Descent { gradient, updated, rate })
}

/// η, where the formula is W − η · gradient.
fn rate(formula: &Formula, parameter: EquationId, gradient: EquationId) -> Option<EquationId> {
    let leaf = |id: TermId| match formula.term(id) {
        Some(Term::Leaf(leaf)) => Some(EquationId(*leaf)),
        _ => None,
    };
    let difference = formula.fused(formula.root()?).filter(|difference| difference.negative)?;
    let [rate, of] = difference.factors.map(leaf);
    (leaf(difference.sum) == Some(parameter) && of == Some(gradient)).then_some(rate).flatten()
}

/// A step with descents: what runs before them, the descents, and what runs after them.
pub(super) struct Stepping<'s> {
    pub(super) lowering: Lowering<'s>,
    pub(super) descents: &'s [Descent],
}

impl Stepping<'_> {
    /// The number of the step and the numbers of the rule.
    pub(super) fn numbers(&self) -> Vec<Instruction> {
        let numbers = self.steps(|place| place != Place::Updated);
        count(&self.lowering).into_iter().chain(numbers).collect()
    }

    /// The steps that no kernel takes.
    pub(super) fn updates(&self) -> Vec<Instruction> {
        self.steps(|place| place == Place::Updated)
    }

    fn steps(&self, is: impl Fn(Place) -> bool) -> Vec<Instruction> {
        let groups = self.lowering.schedule.groups.iter().map(|group| {
            let is_own = |id: EquationId| self.descents.iter().all(|descent| descent.updated != id);
            group.iter().filter(|step| is(step.place) && is_own(step.equation)).copied().collect::<Group>()
        });
        let groups = joined(self.lowering.facts, groups.filter(|group| !group.is_empty()));
        self.lowering.groups(&groups)
    }

    /// The instructions of accumulation, those that descents take apart: the others, and the descents.
    pub(super) fn split(&self, accumulation: Vec<Instruction>) -> (Vec<Instruction>, Vec<Instruction>) {
        let (mut others, mut descents) = (Vec::new(), Vec::new());
        for instruction in accumulation {
            match self.descend(&instruction) {
                Some(descent) => descents.push(descent),
                None => others.push(instruction),
            }
        }
        (others, descents)
    }

    /// The descent in the place of a sum of outer products, if there is one.
    pub(super) fn descend(&self, instruction: &Instruction) -> Option<Instruction> {
        let Instruction::Accumulate(Accumulate {
            total, contribution: Contribution::Outer(form, outer), ..
        }) = instruction
        else {
            return None;
        };
        let descent = self.descents.iter().find(|descent| descent.gradient == total.value)?;
        Some(Instruction::Descend(Descend {
            block: *form == Form::Block,
            result: self.lowering.operand(descent.updated),
            total: *total,
            rate: self.lowering.operand(descent.rate),
            outer: *outer,
        }))
    }
}

/// The instruction that counts the step, where the rule or a schedule needs its number.
pub(super) fn count(lowering: &Lowering<'_>) -> Option<Instruction> {
    let training = lowering.facts.derivation.training.as_ref()?;
    let value = training.step?;
    let shape = lowering.facts.shape(value);
    Some(Instruction::Count(Operand { value, shape, storage: Storage::StepNumber }))
}
