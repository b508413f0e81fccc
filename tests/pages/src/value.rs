//! What printed mathematics is worth: intervals, as a rounded number is any number that rounds to it, and exact fractions.

use std::collections::HashMap;

use crate::latex::{Condition, Node, Sign};

/// All numbers from `low` to `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// One number, or what rounding in double precision makes of it.
    pub fn of(ends: &[f64]) -> Interval {
        let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
        let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let slack = 4.0 * f64::EPSILON * low.abs().max(high.abs());
        Interval { low: low - slack, high: high + slack }
    }

    /// Whether some number is in both.
    pub fn meets(self, other: Interval) -> bool {
        self.low <= other.high && other.low <= self.high
    }

    /// This much wider on both sides.
    pub fn wider(self, by: f64) -> Interval {
        Interval { low: self.low - by, high: self.high + by }
    }

    fn hull(self, other: Interval) -> Interval {
        Interval { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// For functions that are monotone in each operand.
    fn corners(self, other: Interval, f: impl Fn(f64, f64) -> f64) -> Interval {
        Interval::of(&[
            f(self.low, other.low),
            f(self.low, other.high),
            f(self.high, other.low),
            f(self.high, other.high),
        ])
    }

    fn map(self, f: impl Fn(f64) -> f64) -> Interval {
        Interval::of(&[f(self.low), f(self.high)])
    }

    /// The quotient; none where the divisor may be 0.
    fn over(self, below: Interval) -> Option<Interval> {
        let zero = below.low <= 0.0 && below.high >= 0.0;
        (!zero).then(|| self.corners(below, |a, b| a / b))
    }
}

/// A number, a row or a matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// The numbers, row after row.
    pub cells: Vec<Interval>,
}

impl Value {
    /// A number.
    pub fn scalar(x: Interval) -> Value {
        Value { rows: 1, columns: 1, cells: vec![x] }
    }

    fn at(&self, row: usize, column: usize) -> Option<Interval> {
        // A number serves every place, a row every row, a column every column.
        let row = if self.rows == 1 { 0 } else { row };
        let column = if self.columns == 1 { 0 } else { column };
        self.cells.get(row * self.columns + column).copied()
    }

    fn map(&self, f: impl Fn(Interval) -> Option<Interval>) -> Option<Value> {
        let cells = self.cells.iter().map(|x| f(*x)).collect::<Option<Vec<Interval>>>()?;
        Some(Value { cells, ..*self })
    }

    fn zip(&self, other: &Value, f: impl Fn(Interval, Interval) -> Option<Interval>) -> Option<Value> {
        let fits = |a: usize, b: usize| a == b || a == 1 || b == 1;
        if !fits(self.rows, other.rows) || !fits(self.columns, other.columns) {
            return None;
        }
        let (rows, columns) = (self.rows.max(other.rows), self.columns.max(other.columns));
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let cells = places.map(|(row, column)| f(self.at(row, column)?, other.at(row, column)?));
        Some(Value { rows, columns, cells: cells.collect::<Option<Vec<Interval>>>()? })
    }

    fn transposed(&self) -> Option<Value> {
        let places = (0..self.columns).flat_map(|row| (0..self.rows).map(move |column| (row, column)));
        let cells = places.map(|(row, column)| self.cells.get(column * self.columns + row).copied());
        Some(Value {
            rows: self.columns,
            columns: self.rows,
            cells: cells.collect::<Option<Vec<Interval>>>()?,
        })
    }

    fn product(&self, other: &Value) -> Option<Value> {
        if self.columns != other.rows {
            return None;
        }
        let places = (0..self.rows).flat_map(|row| (0..other.columns).map(move |column| (row, column)));
        let cell = |(row, column): (usize, usize)| {
            let mut sum = Interval { low: 0.0, high: 0.0 };
            for k in 0..self.columns {
                let a = self.cells.get(row * self.columns + k)?;
                let b = other.cells.get(k * other.columns + column)?;
                sum = sum.corners(a.corners(*b, |a, b| a * b), |a, b| a + b);
            }
            Some(sum)
        };
        let cells = places.map(cell).collect::<Option<Vec<Interval>>>()?;
        Some(Value { rows: self.rows, columns: other.columns, cells })
    }
}

/// How the numbers of a page are rounded.
#[derive(Clone, Copy, Debug)]
pub struct Rounding {
    /// Decimals of a rounded number.
    pub digits: usize,
    /// Digits after the leading zeros are counted instead.
    pub significant: bool,
    /// Every number is rounded before it is used: as printed it is exact.
    pub each: bool,
    /// The table of gradients has those of a program, which differ.
    pub apart: bool,
}

impl Rounding {
    /// Half a unit of the last printed digit, where the number may be rounded.
    pub fn half_unit(self, digits: &str, exponent: i32) -> f64 {
        let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let significant = digits.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
        let rounded = if exponent != 0 || self.significant { significant } else { decimals };
        let places = decimals as i32 - exponent;
        if rounded == self.digits { 0.5 * 10_f64.powi(-places) } else { 0.0 }
    }

    /// How far from the exact result a printed one may be.
    pub fn of_result(self, node: &Node) -> f64 {
        match node {
            Node::Negative(inside) => self.of_result(inside),
            Node::Number(..) if self.each => 0.5 * 10_f64.powi(-(self.digits as i32)),
            Node::Number(digits, exponent) => self.half_unit(digits, *exponent),
            Node::Matrix(rows) => rows.iter().flatten().map(|cell| self.of_result(cell)).fold(0.0, f64::max),
            _ => 0.0,
        }
    }
}

/// What names are worth, and how numbers are rounded.
pub struct Reader<'r> {
    /// Values of names.
    pub names: &'r HashMap<String, Value>,
    /// The rounding of the page.
    pub rounding: Rounding,
    /// The formulas of functions, of their parameters.
    pub functions: &'r HashMap<String, (Vec<String>, Node)>,
    /// Whether vectors are columns.
    pub columns: bool,
}

impl Reader<'_> {
    /// The value of mathematics; none where something in it is not known.
    pub fn value(&self, node: &Node) -> Option<Value> {
        let both = |a: &Node, b: &Node| Some((self.value(a)?, self.value(b)?));
        match node {
            Node::Number(digits, exponent) => Some(Value::scalar(self.number(digits, *exponent)?)),
            Node::Name(_) | Node::Derivative(..) => {
                let name = key(node)?;
                let element = || {
                    let (whole, place) = element_of(&name)?;
                    let whole = self.names.get(whole).filter(|whole| whole.rows == 1 && whole.columns > 1)?;
                    Some(Value::scalar(whole.at(0, place.checked_sub(1)?)?))
                };
                self.names.get(&name).cloned().or_else(element)
            }
            Node::Negative(inside) => self.value(inside)?.map(|x| Some(x.map(|x| -x))),
            Node::Binary(Sign::Product, a, b) => {
                let (a, b) = both(a, b)?;
                // A number before a matrix: 1/m.
                if a.cells.len() == 1 || b.cells.len() == 1 && a.columns != b.rows {
                    return a.zip(&b, |a, b| Some(a.corners(b, |a, b| a * b)));
                }
                a.product(&b)
            }
            Node::Binary(sign, a, b) => {
                let (a, b) = both(a, b)?;
                a.zip(&b, |a, b| {
                    Some(match sign {
                        Sign::Plus => a.corners(b, |a, b| a + b),
                        Sign::Minus => a.corners(b, |a, b| a - b),
                        Sign::Dot | Sign::Elementwise | Sign::Product | Sign::Times => {
                            a.corners(b, |a, b| a * b)
                        }
                    })
                })
            }
            Node::Fraction(a, b) => {
                let (a, b) = both(a, b)?;
                a.zip(&b, Interval::over)
            }
            Node::Power(base, exponent) => {
                if **base == Node::Name("e".to_owned()) && !self.names.contains_key("e") {
                    return self.value(exponent)?.map(|x| Some(x.map(f64::exp)));
                }
                let (base, exponent) = both(base, exponent)?;
                base.zip(&exponent, power)
            }
            Node::Root(inside) => self.value(inside)?.map(|x| (x.low >= 0.0).then(|| x.map(f64::sqrt))),
            Node::Transposed(inside) => self.value(inside)?.transposed(),
            Node::Call(function, arguments) => self.call(function, arguments),
            Node::Cases(then, condition, otherwise) => match self.holds(condition)? {
                Some(true) => self.value(then),
                Some(false) => self.value(otherwise),
                None => self.value(then)?.zip(&self.value(otherwise)?, |a, b| Some(a.hull(b))),
            },
            Node::Matrix(rows) => {
                let cells = rows.iter().flatten().map(|cell| self.value(cell)?.cells.first().copied());
                let cells = cells.collect::<Option<Vec<Interval>>>()?;
                let columns = rows.first()?.len();
                (rows.iter().all(|row| row.len() == columns)).then_some(Value {
                    rows: rows.len(),
                    columns,
                    cells,
                })
            }
            Node::List(items) => {
                let items = items.iter().map(|item| self.value(item)).collect::<Option<Vec<Value>>>()?;
                let rows = items.iter().map(|item| item.rows).max()?;
                let mut cells = Vec::new();
                for row in 0..rows {
                    for item in &items {
                        let columns = 0..item.columns;
                        cells.extend(
                            columns.map(|column| item.at(row, column)).collect::<Option<Vec<Interval>>>()?,
                        );
                    }
                }
                let columns = items.iter().map(|item| item.columns).sum();
                Some(Value { rows, columns, cells })
            }
            Node::Whole(up, inside) => {
                self.value(inside)?.map(|x| Some(x.map(if *up { f64::ceil } else { f64::floor })))
            }
            Node::Element(inside, below) => self.element(inside, below),
            Node::Sum(..) | Node::LeftOut => None,
            Node::Sized(inside, ..) => self.value(inside),
        }
    }

    fn number(&self, digits: &str, exponent: i32) -> Option<Interval> {
        let value: f64 = format!("{digits}e{exponent}").parse().ok()?;
        let half = if self.rounding.each { 0.0 } else { self.rounding.half_unit(digits, exponent) };
        Some(Interval::of(&[value - half, value + half]))
    }

    fn call(&self, function: &Node, arguments: &[Node]) -> Option<Value> {
        let Node::Name(name) = function else { return None };
        if let Some((parameters, body)) = self.functions.get(name) {
            let values =
                arguments.iter().map(|argument| self.value(argument)).collect::<Option<Vec<Value>>>()?;
            let mut names = self.names.clone();
            names.extend(parameters.iter().cloned().zip(values));
            return Reader { names: &names, ..*self }.value(body);
        }
        if let [a, b] = arguments {
            let (a, b) = (self.value(a)?, self.value(b)?);
            return match name.as_str() {
                "\\mathrm{max}" => a.zip(&b, |a, b| Some(a.corners(b, f64::max))),
                "\\mathrm{min}" => a.zip(&b, |a, b| Some(a.corners(b, f64::min))),
                _ => None,
            };
        }
        let [argument] = arguments else { return None };
        let x = self.value(argument)?;
        match name.as_str() {
            "\\exp" => x.map(|x| Some(x.map(f64::exp))),
            "\\ln" => x.map(|x| (x.low > 0.0).then(|| x.map(f64::ln))),
            "\\tanh" => x.map(|x| Some(x.map(f64::tanh))),
            "\\mathrm{abs}" => x.map(|x| {
                let zero = x.low <= 0.0 && x.high >= 0.0;
                let ends = x.map(f64::abs);
                Some(if zero { ends.hull(Interval { low: 0.0, high: 0.0 }) } else { ends })
            }),
            "\\mathrm{erf}" => x.map(|x| Some(x.map(erf))),
            "\\mathrm{softmax}" => softmax(&x, self.columns),
            _ => None,
        }
    }

    fn element(&self, inside: &Node, below: &str) -> Option<Value> {
        let whole = self.value(inside)?;
        let places: Option<Vec<usize>> = below.split(',').map(|place| place.trim().parse().ok()).collect();
        match places?.as_slice() {
            // A column of one sample.
            [row] if self.columns && whole.columns == 1 => {
                Some(Value::scalar(whole.at(row.checked_sub(1)?, 0)?))
            }
            // Of each sample.
            [column] => {
                let column = column.checked_sub(1)?;
                let cells =
                    (0..whole.rows).map(|row| whole.at(row, column)).collect::<Option<Vec<Interval>>>()?;
                Some(Value { rows: whole.rows, columns: 1, cells })
            }
            [row, column] => Some(Value::scalar(whole.at(row.checked_sub(1)?, column.checked_sub(1)?)?)),
            _ => None,
        }
    }

    /// Whether a condition holds; nothing inside where rounding leaves it open.
    fn holds(&self, Condition { left, sign, right }: &Condition) -> Option<Option<bool>> {
        let (a, b) = (self.value(left)?, self.value(right)?);
        let ([a], [b]) = (a.cells.as_slice(), b.cells.as_slice()) else { return None };
        let apart = !a.meets(*b);
        // Both are printed in full.
        let point = |x: &Interval| x.high - x.low <= 1e-14 * x.high.abs();
        let same = !apart && point(a) && point(b);
        if !apart && !same {
            return Some(None);
        }
        Some(Some(match *sign {
            "<" => apart && a.high < b.low,
            "<=" => same || a.high < b.low,
            ">" => apart && a.low > b.high,
            ">=" => same || a.low > b.high,
            "=" => same,
            _ => apart,
        }))
    }
}

/// A name with a number below it: the row that it may be an element of, and its place, counted from 1.
pub fn element_of(name: &str) -> Option<(&str, usize)> {
    let (whole, below) = name.strip_suffix('}')?.rsplit_once("_{")?;
    Some((whole, below.parse().ok()?))
}

/// The name under which a value is kept; none for what has no value of its own.
pub fn key(node: &Node) -> Option<String> {
    match node {
        Node::Name(name) => Some(name.clone()),
        Node::Derivative(of, by) => Some(format!("d {} / d {}", key(of)?, key(by)?)),
        _ => None,
    }
}

/// The error function by its power series, and 1 far out.
fn erf(x: f64) -> f64 {
    if x.abs() > 6.0 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * std::f64::consts::FRAC_2_SQRT_PI
}

/// Of each row, or of a column.
fn softmax(x: &Value, column: bool) -> Option<Value> {
    let mut cells = Vec::new();
    let together = if column { x.rows } else { x.columns };
    for row in x.cells.chunks(together) {
        let powers: Vec<Interval> = row.iter().map(|x| x.map(f64::exp)).collect();
        for (index, power) in powers.iter().enumerate() {
            let others = powers.iter().enumerate().filter(|(other, _)| *other != index);
            let (low, high) = others.fold((0.0, 0.0), |(low, high), (_, x)| (low + x.low, high + x.high));
            let ends = [power.low / (power.low + high), power.high / (power.high + low)];
            cells.push(Interval::of(&ends));
        }
    }
    Some(Value { cells, ..*x })
}

fn power(base: Interval, exponent: Interval) -> Option<Interval> {
    if base.low > 0.0 {
        return Some(base.corners(exponent, f64::powf));
    }
    let n = exponent.high.round();
    if (exponent.low - n).abs() > 1e-9 || n.abs() > 1e6 {
        return None;
    }
    if n < 0.0 && base.high >= 0.0 {
        return None;
    }
    let ends = [base.low.powf(n), base.high.powf(n)];
    let ends = Interval::of(&ends);
    Some(if base.high > 0.0 { ends.hull(Interval { low: 0.0, high: 0.0 }) } else { ends })
}

/// A fraction of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    above: i128,
    below: i128,
}

impl Ratio {
    fn new(above: i128, below: i128) -> Option<Ratio> {
        if below == 0 {
            return None;
        }
        let (mut a, mut b) = (above.unsigned_abs(), below.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let common = i128::try_from(a.max(1)).ok()? * below.signum();
        Some(Ratio { above: above / common, below: below / common })
    }

    fn plus(self, other: Ratio) -> Option<Ratio> {
        let left = self.above.checked_mul(other.below)?;
        let right = other.above.checked_mul(self.below)?;
        Ratio::new(left.checked_add(right)?, self.below.checked_mul(other.below)?)
    }

    fn times(self, other: Ratio) -> Option<Ratio> {
        let (a, b) = (Ratio::new(self.above, other.below)?, Ratio::new(other.above, self.below)?);
        Ratio::new(a.above.checked_mul(b.above)?, a.below.checked_mul(b.below)?)
    }
}

/// The exact value of printed digits; none where it is no fraction, or one too long to compute with.
pub fn exact(node: &Node) -> Option<Ratio> {
    match node {
        Node::Number(digits, exponent) => {
            let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
            let number: i128 = format!("{whole}{decimals}").parse().ok()?;
            let scale = decimals.len() as i32 - exponent;
            let power = 10_i128.checked_pow(scale.unsigned_abs())?;
            if scale < 0 { Ratio::new(number.checked_mul(power)?, 1) } else { Ratio::new(number, power) }
        }
        Node::Negative(inside) => exact(inside)?.times(Ratio::new(-1, 1)?),
        Node::Binary(Sign::Plus, a, b) => exact(a)?.plus(exact(b)?),
        Node::Binary(Sign::Minus, a, b) => exact(a)?.plus(exact(b)?.times(Ratio::new(-1, 1)?)?),
        Node::Binary(Sign::Dot, a, b) => exact(a)?.times(exact(b)?),
        Node::Fraction(a, b) => {
            let Ratio { above, below } = exact(b)?;
            exact(a)?.times(Ratio::new(below, above)?)
        }
        Node::Power(base, exponent) => {
            let (base, Ratio { above: count, below: 1 }) = (exact(base)?, exact(exponent)?) else {
                return None;
            };
            let power =
                (0..count.abs().min(200)).try_fold(Ratio::new(1, 1)?, |power, _| power.times(base))?;
            if count < 0 { Ratio::new(power.below, power.above) } else { Some(power) }
        }
        Node::Whole(up, inside) => {
            let Ratio { above, below } = exact(inside)?;
            Ratio::new(above.div_euclid(below) + i128::from(*up && above % below != 0), 1)
        }
        _ => None,
    }
}
