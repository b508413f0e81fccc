//! The numbers that a page shows: those of a reader who computes with decimals, those of the program, or those of a
//! calculator that rounds each of them.

use std::collections::HashMap;

use mlp_dsl::{
    ir::{
        Derivation,
        equation::{EquationId, Role, Symbol},
    },
    model::Start,
};
use mlp_eval::{Array, Evaluation, Point, cost, evaluate, evaluate_with};

use crate::{
    Options,
    expression::{
        equation::is_unnamed,
        evaluate::{Numbers, take_samples_of},
    },
    known::{Exact, Known},
    notation::decimal::ALL_DIGITS,
    sections::facts::is_of_neurons,
};

/// Networks with more operations than this are computed in doubles alone.
const AFFORDABLE: u64 = 2_000_000;
/// Decimals with more digits than this are taken for doubles.
const DIGITS: usize = 12;

/// Whether sums and products of decimals are computed as decimals.
pub(crate) fn in_decimals(derivation: &Derivation, options: &Options) -> bool {
    let affordable = cost::evaluation(derivation, derivation.equations.len()) <= AFFORDABLE;
    affordable && options.digits + 1 < ALL_DIGITS
}

/// The numbers at a point, and those of the next steps: a later step begins with what the one before it has shown.
pub(crate) fn numbers(derivation: &Derivation, point: &Point, options: &Options) -> Numbers<Known> {
    let mut all: Vec<Evaluation<Known>> = Vec::new();
    let mut point = point.clone();
    for step in 0..options.steps.max(1) {
        let before = all.last();
        if let Some(before) = before {
            point.step(derivation, before);
            take_samples_of(derivation, &mut point, step);
        }
        let own = of_one_step(derivation, &point, options, before);
        all.push(own);
    }
    Numbers::of_steps(all)
}

/// The numbers of a step, which begins where the one before it ended.
fn of_one_step(
    derivation: &Derivation,
    point: &Point,
    options: &Options,
    before: Option<&Evaluation<Known>>,
) -> Evaluation<Known> {
    let mut carried: HashMap<EquationId, EquationId> = HashMap::new();
    for parameter in derivation.parameters.iter().filter(|_| before.is_some()) {
        carried.extend(parameter.updated().map(|updated| (parameter.equation, updated)));
        carried.extend(parameter.state().iter().map(|state| (state.equation, state.updated)));
    }
    let kept = |id: EquationId| before?.value(*carried.get(&id)?).cloned();
    if let Some(places) = options.round_each {
        return rounded(derivation, point, places, &kept);
    }
    if in_decimals(derivation, options) {
        return evaluate_with(derivation, point, &|id, value| kept(id).unwrap_or(value));
    }
    let affordable = cost::evaluation(derivation, derivation.equations.len()) <= AFFORDABLE;
    evaluate::<f64>(derivation, point).map(if affordable { short } else { Known::inexact })
}

/// A double, as a decimal where it is a short one.
fn short(x: f64) -> Known {
    let known = Known::from(x);
    let is_short = |exact: Exact| exact.text().bytes().filter(u8::is_ascii_digit).count() <= DIGITS;
    if known.exact().is_some_and(is_short) { known } else { Known::inexact(x) }
}

/// Each drawn start value and each computed value with a name rounded before it is used.
fn rounded(
    derivation: &Derivation,
    point: &Point,
    places: usize,
    kept: &dyn Fn(EquationId) -> Option<Array<Known>>,
) -> Evaluation<Known> {
    let round = |value: Array<Known>| value.map(|x| x.rounded(places));
    let drawn = |id: EquationId| {
        let parameter = derivation.parameters.iter().find(|parameter| parameter.equation == id);
        parameter.is_some_and(|parameter| !matches!(parameter.start, Start::Fill(_) | Start::Values(_)))
    };
    // The gradients of one sample are printed for named neurons, and where there is one sample only.
    let single = point.samples() == 1 && (derivation.header.has_data || derivation.batch_of_epoch() == 1);
    let neurons = single || is_of_neurons(derivation);
    let is_parameter = |id: EquationId| derivation.parameters.iter().any(|p| p.equation == id);
    let is_printed = |id: EquationId| {
        let of_sample = matches!(derivation.equation(id).symbol, Symbol::Gradient(by) if is_parameter(by));
        neurons || !of_sample
    };
    let after = |id: EquationId, value: Array<Known>| {
        if let Some(kept) = kept(id) {
            return kept;
        }
        let named = derivation.equation(id).role != Role::Given && !is_unnamed(derivation, id);
        let computed = named && is_printed(id);
        if computed || drawn(id) { round(value) } else { value }
    };
    evaluate_with(derivation, point, &after)
}

/// Where a program that computes in doubles gets another number than a reader who computes with decimals, and not
/// only in the last digits: the first named equation, with both numbers, and what it reads that differs at all.
pub(crate) struct Parting {
    /// The equation.
    pub(crate) equation: EquationId,
    /// The double.
    pub(crate) program: f64,
    /// What it reads that differs, and the double.
    pub(crate) because: Option<(EquationId, f64)>,
}

/// The first such place.
pub(crate) fn parting(derivation: &Derivation, point: &Point, numbers: &Numbers<Known>) -> Option<Parting> {
    let program = evaluate::<f64>(derivation, point);
    let pair = |id: EquationId| {
        let (ours, theirs) = (numbers.value(id, 0)?.scalar().value(), program.value(id)?.scalar());
        Some((ours, theirs))
    };
    let apart = |id: &EquationId| {
        pair(*id).is_some_and(|(ours, theirs)| (ours - theirs).abs() > 1e-9 * (1.0 + ours.abs()))
    };
    let all = derivation.numbered().map(|(id, _)| id);
    let named: Vec<EquationId> = all.filter(|id| !is_unnamed(derivation, *id)).collect();
    let equation = *named.iter().find(|id| apart(id))?;
    let before = named.into_iter().take_while(|id| *id < equation);
    let mut because = before.filter_map(|id| {
        let (ours, theirs) = pair(id)?;
        (ours == 0.0 && theirs != 0.0).then_some((id, theirs))
    });
    Some(Parting { equation, program: pair(equation)?.1, because: because.next() })
}
