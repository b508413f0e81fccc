//! The value of a formula, naively.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{
    operator::Comparison,
    scalar::{Binary, Function},
};

use crate::{
    formula::{Formula, Term, TermId},
    never::OrNever,
    number::Arithmetic,
};

/// A number type: floats, numbers that know their error, and those of the complex step.
pub trait Real:
    Copy
    + From<f64>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + std::fmt::Debug
    + 'static
{
    /// eˣ
    fn exp(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
    /// The largest whole number that is not above.
    fn floor(self) -> Self;
    /// The power.
    fn pow(self, exponent: Self) -> Self;
    /// The real part: what comparisons look at.
    fn real(self) -> f64;
    /// `self * factor + addend`, rounded once where the type has it.
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }
    /// The value of an `if`: the first of `values` where the comparison of `sides` holds.
    fn choose(comparison: Comparison, sides: [Self; 2], values: [Self; 2]) -> Self {
        let ([left, right], [then, otherwise]) = (sides, values);
        if comparison.holds(left.real(), right.real()) { then } else { otherwise }
    }
    /// The sum of numbers in order, in at least 64 bits, times a factor in as many, then rounded once. A type of fewer bits
    /// has its own.
    fn wide_sum(numbers: &[Self], factor: f64) -> Self {
        let sum = numbers.iter().copied().reduce(|sum, number| sum + number).unwrap_or(Self::from(0.0));
        sum * Self::from(factor)
    }
    /// The sum of numbers divided by the sum of weights, both in order and in at least 64 bits, then rounded once. A type of
    /// fewer bits has its own.
    fn wide_mean(numbers: &[Self], weights: &[Self]) -> Self {
        Self::wide_sum(numbers, 1.0) / Self::wide_sum(weights, 1.0)
    }
}

impl Real for f64 {
    fn exp(self) -> Self {
        f64::exp(self)
    }
    fn ln(self) -> Self {
        f64::ln(self)
    }
    fn tanh(self) -> Self {
        f64::tanh(self)
    }
    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }
    fn erf(self) -> Self {
        erf(self)
    }
    fn floor(self) -> Self {
        f64::floor(self)
    }
    fn pow(self, exponent: Self) -> Self {
        self.powf(exponent)
    }
    fn real(self) -> f64 {
        self
    }
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        self.mul_add(factor, addend)
    }
}

/// The value of a formula for given leaves.
pub fn evaluate_formula<R: Real>(
    formula: &Formula,
    leaf: &dyn Fn(u32) -> R,
    functions: &[Function],
    arithmetic: Arithmetic,
) -> R {
    let values = evaluate_terms(formula, leaf, functions, arithmetic);
    values.last().copied().or_never("a formula has a term", R::from(f64::NAN))
}

/// The value of each term of a formula.
pub fn evaluate_terms<R: Real>(
    formula: &Formula,
    leaf: &dyn Fn(u32) -> R,
    functions: &[Function],
    arithmetic: Arithmetic,
) -> Vec<R> {
    let nan = R::from(f64::NAN);
    let mut values: Vec<R> = Vec::with_capacity(formula.terms().len());
    for term in formula.terms() {
        let at = |id: &TermId| id.of(&values, nan);
        if let (Arithmetic::Fused, Some(fused)) = (arithmetic, formula.fused(term)) {
            let [a, b] = fused.factors.map(|factor| at(&factor));
            values.push(if fused.negative { -a } else { a }.multiply_add(b, at(&fused.sum)));
            continue;
        }
        let value = match term {
            Term::Number(number) | Term::Constant(_, number) => R::from(*number),
            Term::Leaf(index) => leaf(*index),
            Term::Unary(op, x) => op.evaluate(at(x)),
            Term::Binary(op, a, b) => match formula.whole_exponent(*b).filter(|_| *op == Binary::Power) {
                Some(count) => (1..count).fold(at(a), |product, _| product * at(a)),
                None => op.evaluate(at(a), at(b)),
            },
            Term::Select(s) => {
                let (sides, values) = ([s.left, s.right], [s.then, s.otherwise]);
                R::choose(s.comparison, sides.map(|id| at(&id)), values.map(|id| at(&id)))
            }
            Term::Apply(id, arguments) => match id.of(functions) {
                Some(function) => {
                    let arguments: Vec<R> = arguments.iter().map(at).collect();
                    let leaf = |index: u32| TermId(index).of(&arguments, nan);
                    evaluate_formula(&function.body, &leaf, functions, arithmetic)
                }
                None => nan,
            },
        };
        values.push(value);
    }
    values
}

/// The error function, slowly: its power series near 0, a continued fraction of the complement
/// further out (Abramowitz and Stegun, 7.1.6 and 7.1.14).
pub fn erf(x: f64) -> f64 {
    let size = x.abs();
    if size.is_nan() || size == 0.0 {
        return x;
    }
    let value = if size < 2.5 {
        // 2/√π exp(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · … · (2n + 1)): no term is negative.
        let (mut term, mut sum, mut n) = (size, size, 0.0);
        while term > sum * f64::EPSILON / 4.0 {
            n += 1.0;
            term *= 2.0 * size * size / (2.0 * n + 1.0);
            sum += term;
        }
        std::f64::consts::FRAC_2_SQRT_PI * (-size * size).exp() * sum
    } else {
        // erfc(x) = exp(−x²) / √π · 1 / (x + ½ / (x + 1 / (x + 3⁄2 / (x + …))))
        let fraction = (1..=60).rev().fold(size, |below, k| size + f64::from(k) / 2.0 / below);
        1.0 - std::f64::consts::FRAC_2_SQRT_PI / 2.0 * (-size * size).exp() / fraction
    };
    value.copysign(x)
}
