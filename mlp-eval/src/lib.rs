//! The reference interpreter: evaluates a derivation naively, one equation after another, in any number type.
//! With the complex step it checks the gradients independently: it runs the forward pass alone, and the imaginary part of
//! the loss is the derivative. Numbers that know their error say how many digits of both count.

#![warn(clippy::wildcard_enum_match_arm)]

mod array;
mod ball;
pub mod cost;
mod fault;
mod gradient_check;
mod kinks;
mod op;
mod point;
mod step;
mod warnings;

use std::collections::HashMap;

use mlp_dsl::{
    formula::{
        Formula,
        evaluate::{Real, evaluate_formula},
    },
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Per, Symbol},
    },
    number::Arithmetic,
    shape::Shape,
};

pub use array::Array;
pub use ball::Ball;
pub use fault::{Fault, FaultKind};
pub use gradient_check::{
    Compared, ENOUGH, GradientCheck, Gradients, Outcome, Verdict, Worst, check_gradients,
    check_some_gradients, checkable_samples, digits, fits,
};
pub use kinks::{Edge, NEAR, NearKink, near_kinks};
pub use point::{Missing, Point};
pub use warnings::{Effort, warnings};

/// The leaf that is the sum so far; no equation has this number.
const SUM: u32 = u32::MAX;

/// The value of each equation.
#[derive(Clone, Debug)]
pub struct Evaluation<R> {
    once: Vec<Option<Array<R>>>,
    samples: Vec<Vec<Option<Array<R>>>>,
}

impl<R> Default for Evaluation<R> {
    fn default() -> Self {
        Evaluation { once: Vec::new(), samples: Vec::new() }
    }
}

impl<R: Real> Evaluation<R> {
    /// The value of an equation, for the first sample where there is one for each.
    pub fn value(&self, id: EquationId) -> Option<&Array<R>> {
        let once = self.once.get(id.index()).and_then(Option::as_ref);
        once.or_else(|| self.samples.first()?.get(id.index())?.as_ref())
    }

    /// The same with other numbers.
    pub fn map<S: Real>(&self, f: impl Fn(R) -> S) -> Evaluation<S> {
        let all = |values: &Vec<Option<Array<R>>>| {
            values.iter().map(|value| value.as_ref().map(|value| value.map(&f))).collect()
        };
        Evaluation { once: all(&self.once), samples: self.samples.iter().map(all).collect() }
    }

    /// The value of an equation, seen from a sample.
    pub fn value_of(&self, id: EquationId, sample: usize) -> Option<&Array<R>> {
        let once = self.once.get(id.index()).and_then(Option::as_ref);
        once.or_else(|| self.samples.get(sample)?.get(id.index())?.as_ref())
    }

    /// How many samples there are.
    pub fn samples(&self) -> usize {
        self.samples.len()
    }

    /// The value of an equation as a scalar; NaN where it is none.
    pub fn scalar(&self, id: EquationId) -> R {
        self.value(id).map_or(R::from(f64::NAN), Array::scalar)
    }
}

/// The values known so far, seen from one sample.
pub struct Values<'e, R> {
    evaluation: &'e Evaluation<R>,
    sample: usize,
    derivation: &'e Derivation,
    nothing: &'e Array<R>,
}

impl<'e, R: Real> Values<'e, R> {
    /// The value of an equation.
    pub fn of(&self, id: EquationId) -> &'e Array<R> {
        let once = self.evaluation.once.get(id.index()).and_then(Option::as_ref);
        let sample = || self.evaluation.samples.get(self.sample)?.get(id.index())?.as_ref();
        once.or_else(sample).unwrap_or(self.nothing)
    }

    /// A formula, element by element.
    pub fn pointwise(&self, formula: &Formula, shape: Shape) -> Array<R> {
        self.pointwise_by(formula, shape, None)
    }

    fn pointwise_by(&self, formula: &Formula, shape: Shape, sum: Option<&Array<R>>) -> Array<R> {
        let of = |leaf| sum.filter(|_| leaf == SUM).unwrap_or_else(|| self.of(EquationId(leaf)));
        let leaves: HashMap<u32, &Array<R>> =
            formula.leaves().into_iter().map(|leaf| (leaf, of(leaf))).collect();
        Array::build(shape, |row, column| {
            let leaf =
                |leaf: u32| leaves.get(&leaf).map_or(R::from(f64::NAN), |array| array.spread(row, column));
            evaluate_formula(
                formula,
                &leaf,
                &self.derivation.header.functions,
                self.derivation.header.arithmetic,
            )
        })
    }

    /// The matrix product, each cell summed in order from its first product.
    pub fn product(&self, a: &Array<R>, b: &Array<R>) -> Array<R> {
        a.product(b, self.derivation.header.arithmetic)
    }

    /// The sum of a sample's value over the batch, in order from 0; divided at the end for a mean. A batch of more samples
    /// than a group has is a sum of groups in 64 bits, whose mean is a product with 1 / n.
    pub fn over_batch(&self, id: EquationId, mean: bool) -> Array<R> {
        let samples: Vec<usize> = (0..self.evaluation.samples.len()).collect();
        let group = self.derivation.header.precision.group().unwrap_or(samples.len().max(1));
        let groups: Vec<Array<R>> = samples.chunks(group).map(|samples| self.in_order(id, samples)).collect();
        let count = samples.len() as f64;
        match (groups.as_slice(), mean) {
            ([sum], false) => sum.clone(),
            ([sum], true) => sum.map(|x| x / R::from(count)),
            (sums, _) => Array::build(self.of(id).shape(), |row, column| {
                let numbers: Vec<R> = sums.iter().map(|sum| sum.at(row, column)).collect();
                R::wide_sum(&numbers, if mean { 1.0 / count } else { 1.0 })
            }),
        }
    }

    /// The sum of a sample's value over the batch, divided by the sum of its weights; each as in
    /// [`over_batch`](Self::over_batch). The mean of a batch of groups is a product with 1 / sum.
    pub fn over_weights(&self, id: EquationId, weight: EquationId) -> Array<R> {
        let samples: Vec<usize> = (0..self.evaluation.samples.len()).collect();
        let group = self.derivation.header.precision.group().unwrap_or(samples.len().max(1));
        let sums = |id| samples.chunks(group).map(|samples| self.in_order(id, samples)).collect::<Vec<_>>();
        let weights: Vec<R> = sums(weight).iter().map(Array::scalar).collect();
        match (sums(id).as_slice(), weights.as_slice()) {
            ([sum], [weight]) => sum.map(|x| x / *weight),
            (sums, weights) => Array::build(self.of(id).shape(), |row, column| {
                let numbers: Vec<R> = sums.iter().map(|sum| sum.at(row, column)).collect();
                R::wide_mean(&numbers, weights)
            }),
        }
    }

    /// The sum of a sample's value over these samples, in order from 0.
    fn in_order(&self, id: EquationId, samples: &[usize]) -> Array<R> {
        let of_sample = samples.iter().map(|sample| Values { sample: *sample, ..*self });
        let zero = Array::constant(self.of(id).shape(), R::from(0.0));
        of_sample.fold(zero, |sum, sample| sample.added_to(&sum, id))
    }

    /// This sample's value added to the sum of those before it; a product at once, where it is fused.
    fn added_to(&self, sum: &Array<R>, id: EquationId) -> Array<R> {
        if self.derivation.header.arithmetic == Arithmetic::Separate {
            return sum.plus(self.of(id));
        }
        let equation = self.derivation.equation(id);
        let (op, is_gradient) = (&equation.op, matches!(equation.symbol, Symbol::Gradient(_)));
        if let Op::Outer(a, b) = op {
            let (a, b) = (self.of(*a), self.of(*b));
            return Array::build(sum.shape(), |row, column| {
                a.at(0, row).multiply_add(b.at(0, column), sum.at(row, column))
            });
        }
        if let Op::Pointwise(formula) = op
            && is_gradient
            && formula.as_product().is_some()
        {
            return self.pointwise_by(&formula.added_to(SUM), sum.shape(), Some(sum));
        }
        sum.plus(self.of(id))
    }
}

/// Evaluates all equations at a point.
pub fn evaluate<R: Real>(derivation: &Derivation, point: &Point) -> Evaluation<R> {
    evaluate_given(
        derivation,
        derivation.equations.len(),
        &|id, sample| point.of(id, sample).map(Array::convert),
        point.samples(),
    )
}

/// Evaluates all equations at a point; each value goes through `after` before it is used.
pub fn evaluate_with<R: Real>(
    derivation: &Derivation,
    point: &Point,
    after: &dyn Fn(EquationId, Array<R>) -> Array<R>,
) -> Evaluation<R> {
    let given = |id, sample| point.of(id, sample).map(Array::convert);
    evaluate_equations(derivation, derivation.equations.len(), &given, point.samples(), after)
}

/// Evaluates the first `count` equations; `given` says what comes from outside.
fn evaluate_given<R: Real>(
    derivation: &Derivation,
    count: usize,
    given: &dyn Fn(EquationId, usize) -> Option<Array<R>>,
    samples: usize,
) -> Evaluation<R> {
    evaluate_equations(derivation, count, given, samples, &|_, value| value)
}

fn evaluate_equations<R: Real>(
    derivation: &Derivation,
    count: usize,
    given: &dyn Fn(EquationId, usize) -> Option<Array<R>>,
    samples: usize,
    after: &dyn Fn(EquationId, Array<R>) -> Array<R>,
) -> Evaluation<R> {
    let nothing = Array::constant(Shape::Scalar, R::from(f64::NAN));
    let mut evaluation = Evaluation { once: Vec::new(), samples: vec![Vec::new(); samples] };
    for (id, equation) in derivation.numbered().take(count) {
        let value = |evaluation: &Evaluation<R>, sample| {
            let value = if equation.op == Op::Given {
                given(id, sample)
            } else {
                let values = Values { evaluation, sample, derivation, nothing: &nothing };
                Some(values.evaluate(&equation.op, equation.shape))
            };
            value.map(|value| after(id, value))
        };
        let once = if equation.per == Per::Batch { value(&evaluation, 0) } else { None };
        evaluation.once.push(once);
        for sample in 0..samples {
            let own = if equation.per == Per::Sample { value(&evaluation, sample) } else { None };
            if let Some(list) = evaluation.samples.get_mut(sample) {
                list.push(own);
            }
        }
    }
    evaluation
}
