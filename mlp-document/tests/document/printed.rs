//! Computes with printed mathematics, in intervals: a rounded number is any number that rounds to it.

use mlp_document::{Decimal, Fence, Math, Number, Operator};

/// All numbers from `low` to `high`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interval {
    low: f64,
    high: f64,
}

impl Interval {
    /// Whether some number is in both.
    pub(crate) fn meets(self, other: Interval) -> bool {
        self.low <= other.high && other.low <= self.high
    }

    fn of(ends: &[f64]) -> Interval {
        let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
        let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // The evaluator itself rounds.
        let slack = 4.0 * f64::EPSILON * low.abs().max(high.abs());
        Interval { low: low - slack, high: high + slack }
    }

    /// For operations that are monotone in each operand.
    fn corners(self, other: Interval, f: impl Fn(f64, f64) -> f64) -> Interval {
        let Interval { low, high } = self;
        Interval::of(&[f(low, other.low), f(low, other.high), f(high, other.low), f(high, other.high)])
    }

    fn map(self, f: impl Fn(f64) -> f64) -> Interval {
        Interval::of(&[f(self.low), f(self.high)])
    }
}

/// The value of printed mathematics, rounded to this number of digits.
pub(crate) fn value(math: &Math, digits: usize) -> Interval {
    match math {
        Math::Row(items) => row(items, digits),
        Math::Number(printed) => number(printed, digits),
        Math::Fraction(above, below) => value(above, digits).corners(value(below, digits), |a, b| a / b),
        Math::Fenced(Fence::Round, inside) => value(inside, digits),
        Math::Scripts { base, below: None, above: Some(above) } => {
            let exponent = value(above, digits);
            if matches!(base.as_ref(), Math::Name(name) if name.letters == "e") {
                return exponent.map(f64::exp);
            }
            power(value(base, digits), exponent)
        }
        other => panic!("{other:?} has no value"),
    }
}

/// A sum, a product, a negated value, or a function's value.
fn row(items: &[Math], digits: usize) -> Interval {
    match items {
        [Math::Operator(Operator::Negative), rest @ ..] => row(rest, digits).map(|x| -x),
        [Math::Name(function), argument] => {
            let f = match function.letters.as_str() {
                "ln" => f64::ln,
                "tanh" => f64::tanh,
                "exp" => f64::exp,
                other => panic!("{other} is no function"),
            };
            value(argument, digits).map(f)
        }
        [first, rest @ ..] => rest.chunks(2).fold(value(first, digits), |so_far, pair| {
            let [Math::Operator(operator), operand] = pair else { panic!("{pair:?} is no operation") };
            let operand = value(operand, digits);
            match operator {
                Operator::Plus => so_far.corners(operand, |a, b| a + b),
                Operator::Minus => so_far.corners(operand, |a, b| a - b),
                Operator::Dot => so_far.corners(operand, |a, b| a * b),
                other => panic!("{other:?} is no operation"),
            }
        }),
        [] => panic!("nothing is printed"),
    }
}

fn power(base: Interval, exponent: Interval) -> Interval {
    if base.low > 0.0 {
        return base.corners(exponent, f64::powf);
    }
    // A whole exponent, read with the slack of the evaluator.
    let n = exponent.high.round() as i32;
    let ends = [base.low.powi(n), base.high.powi(n), if base.high > 0.0 { 0.0 } else { base.low.powi(n) }];
    Interval::of(&ends)
}

/// A number with all its decimals is rounded: the last one may be off by half.
fn number(number: &Number, digits: usize) -> Interval {
    let (printed, exponent) = match number {
        Number::Decimal(Decimal { digits, exponent }) => (digits, *exponent),
        Number::Half => return Interval::of(&[0.5]),
        other => panic!("{other:?} is no number"),
    };
    let value: f64 = printed.parse().unwrap();
    let decimals = printed.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let rounded = decimals == if exponent.is_some() { digits - 1 } else { digits };
    let half = if rounded { 0.5 * 10f64.powi(-(decimals as i32)) } else { 0.0 };
    let scale = 10f64.powi(exponent.unwrap_or(0));
    Interval::of(&[(value - half) * scale, (value + half) * scale])
}
