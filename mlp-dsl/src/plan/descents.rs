//! Steps of gradient descent that the kernel of their gradient can take: it writes W − η · ∂E/∂W over W and
//! no gradient.

use std::collections::BTreeSet;

use super::{Entry, Place, Plan, Stage, Step, is_unrolled, outer};

use crate::{
    formula::{Formula, Term, TermId},
    ir::{
        Derivation, Parameter,
        array::Op,
        equation::{EquationId, Per, Symbol},
    },
    shape::Shape,
};

/// The step of one parameter.
#[derive(Clone, Copy, Debug)]
pub struct Descent {
    /// W.
    pub parameter: EquationId,
    /// The batch's gradient, a sum of outer products.
    pub gradient: EquationId,
    /// The equation of the step.
    pub updated: EquationId,
    /// η.
    pub rate: EquationId,
}

/// The steps that are W − η · ∂E/∂W, of parameters whose gradient is a sum of outer products; none where
/// something stands between gradients and steps: penalties, clipping.
pub fn descents(derivation: &Derivation, plan: &Plan) -> Vec<Descent> {
    let penalized = derivation.loss.as_ref().is_some_and(|loss| loss.penalty.is_some());
    if is_unrolled(derivation) || penalized {
        return Vec::new();
    }
    let (Some(accumulate), Some(step)) = (plan.routine(Entry::Accumulate), plan.routine(Entry::Step)) else {
        return Vec::new();
    };
    let is_gradient = |id: EquationId| matches!(derivation.equation(id).symbol, Symbol::BatchGradient(..));
    let computed = |step: &&Step| !matches!(step.place, Place::Given | Place::Updated);
    let operands = |step: &Step| derivation.equation(step.equation).op.operands();
    if step.steps.iter().filter(computed).flat_map(operands).any(is_gradient) {
        return Vec::new();
    }
    let descents = derivation.parameters.iter().filter_map(|parameter| descent(derivation, parameter));
    descents
        .filter(|descent| {
            outer(derivation, accumulate, descent.gradient).is_some()
                && accumulate.place(descent.gradient) == Some(Place::Gradients)
        })
        .collect()
}

fn descent(derivation: &Derivation, parameter: &Parameter) -> Option<Descent> {
    let (gradient, updated) = (parameter.batch()?, parameter.updated()?);
    let Op::Pointwise(formula) = &derivation.equation(updated).op else { return None };
    let rate = rate(formula, parameter.equation, gradient).filter(|rate| {
        let equation = derivation.equation(*rate);
        equation.shape == Shape::Scalar && equation.per == Per::Batch
    })?;
    let found = Descent { parameter: parameter.equation, gradient, updated, rate };
    (parameter.objective() == parameter.batch() && parameter.state().is_empty()).then_some(found)
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

/// Proves that steps may be taken by the kernels of gradients: each once, of a parameter that nothing reads from
/// there on, by products that come behind everything else; or says what does not hold.
pub(super) fn verify(derivation: &Derivation, plan: &Plan) -> Result<(), String> {
    let descents = descents(derivation, plan);
    let routines = (plan.routine(Entry::Accumulate), plan.routine(Entry::Step));
    let (Some(accumulate), Some(step)) = routines else { return Ok(()) };
    let taken: BTreeSet<EquationId> = descents.iter().flat_map(|d| [d.parameter, d.gradient]).collect();
    if taken.len() != 2 * descents.len() {
        return Err("a step is taken twice".to_string());
    }
    for Descent { parameter, gradient, updated, .. } in &descents {
        let name = derivation.name_of(*parameter);
        let others = step.steps.iter().filter(|step| step.equation != *updated);
        let read = others.flat_map(|step| derivation.equation(step.equation).op.operands());
        if read.into_iter().any(|id| [parameter, gradient, updated].contains(&&id)) {
            return Err(format!("another step reads {name}, which a kernel has written"));
        }
        let factors = outer(derivation, accumulate, *gradient);
        let on_the_way = |id: EquationId| accumulate.place(id) == Some(Place::Fused);
        if factors.is_none_or(|(a, b)| on_the_way(a) || on_the_way(b)) {
            return Err(format!("what {name} is stepped by is computed in its kernel"));
        }
    }
    let is_sum = |stage: &Stage| matches!(stage, Stage::Product(step) if step.place == Place::Gradients);
    match accumulate.stages.iter().skip_while(|stage| !is_sum(stage)).all(is_sum) {
        true => Ok(()),
        false => Err("a block goes on behind its sums of products".to_string()),
    }
}
