//! Reads printed mathematics back: a small evaluator of LaTeX in intervals, where a rounded number
//! stands for all numbers that round to it.

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

/// The value of printed mathematics, rounded to so many digits.
pub(crate) fn read(latex: &str, digits: usize) -> Interval {
    let mut reader = Reader { rest: latex, digits };
    let value = reader.sum();
    assert!(reader.rest.trim().is_empty(), "not read: {} of {latex}", reader.rest);
    value
}

struct Reader<'t> {
    rest: &'t str,
    digits: usize,
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn within(&mut self, open: &str, close: &str) -> Interval {
        assert!(self.take(open), "expected {open} before {}", self.rest);
        let value = self.sum();
        assert!(self.take(close), "expected {close} before {}", self.rest);
        value
    }

    fn sum(&mut self) -> Interval {
        let mut sum = if self.take("-") { self.product().map(|x| -x) } else { self.product() };
        loop {
            if self.take("+") {
                sum = sum.corners(self.product(), |a, b| a + b);
            } else if self.take("-") {
                sum = sum.corners(self.product(), |a, b| a - b);
            } else {
                return sum;
            }
        }
    }

    fn product(&mut self) -> Interval {
        let mut product = self.power();
        while self.take(r"\cdot") {
            product = product.corners(self.power(), |a, b| a * b);
        }
        product
    }

    fn power(&mut self) -> Interval {
        let base = self.atom();
        if !self.rest.starts_with('^') {
            return base;
        }
        let exponent = self.within("^{", "}");
        if base.low > 0.0 {
            return base.corners(exponent, f64::powf);
        }
        // A whole exponent, read with the slack of the evaluator.
        let n = exponent.high.round() as i32;
        let ends =
            [base.low.powi(n), base.high.powi(n), if base.high > 0.0 { 0.0 } else { base.low.powi(n) }];
        Interval::of(&ends)
    }

    fn atom(&mut self) -> Interval {
        if self.take(r"\frac") {
            let above = self.within("{", "}");
            return above.corners(self.within("{", "}"), |a, b| a / b);
        }
        if self.take("e^") {
            return self.within("{", "}").map(f64::exp);
        }
        for (name, f) in [(r"\ln", f64::ln as fn(f64) -> f64), (r"\tanh", f64::tanh), (r"\exp", f64::exp)] {
            if self.take(name) {
                return self.within(r"\left(", r"\right)").map(f);
            }
        }
        if self.rest.trim_start().starts_with(r"\left(") {
            return self.within(r"\left(", r"\right)");
        }
        self.number()
    }

    /// A number with all its decimals is rounded: the last one may be off by half.
    fn number(&mut self) -> Interval {
        let text = self.rest.trim_start();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, rest) = text.split_at(end);
        self.rest = rest;
        let value: f64 = number.parse().unwrap_or_else(|_| panic!("no number before {text}"));
        let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let scientific = rest.trim_start().starts_with(r"\cdot 10^{");
        let rounded = decimals == if scientific { self.digits - 1 } else { self.digits };
        let half = if rounded { 0.5 * 10f64.powi(-(decimals as i32)) } else { 0.0 };
        Interval::of(&[value - half, value + half])
    }
}
