//! Numbers that are drawn: the step of their decimals, and the draws of inputs and targets.

use mlp_hash::{Generator, Grid};

use crate::model::{Data, Start};

/// The step of drawn decimals, such as 0.05: numerator / denominator, where the denominator is a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The digits as a whole number, at least 1.
    pub numerator: i64,
    /// A power of ten.
    pub denominator: i64,
}

/// Why a range has no multiples of a step that can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoGrid {
    /// It contains one multiple at most.
    Coarse,
    /// The digits of its multiples are more than a float has.
    Fine,
}

/// A number in its shortest decimal digits: digits · 10^exponent.
fn decimal(x: f64) -> Option<(i128, i32)> {
    let text = format!("{x:e}");
    let (digits, exponent) = text.split_once('e')?;
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let exponent = exponent.parse::<i32>().ok()?.checked_sub(i32::try_from(decimals).ok()?)?;
    Some((digits.replace('.', "").parse().ok()?, exponent))
}

fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

impl Step {
    /// The most decimal places of a step.
    pub const DECIMALS: u32 = 9;
    /// Whole numbers up to this one are floats.
    const EXACT: i128 = 1 << 53;

    /// A step greater than 0, if it has few decimal places.
    pub fn of(step: f64) -> Option<Self> {
        let (digits, exponent) = decimal(step)?;
        let scale = power_of_ten(exponent.unsigned_abs())?;
        let (numerator, denominator) =
            if exponent >= 0 { (digits.checked_mul(scale)?, 1) } else { (digits, scale) };
        let fits = numerator <= Self::EXACT && exponent >= -(Self::DECIMALS as i32);
        fits.then_some(Self { numerator: numerator as i64, denominator: denominator as i64 })
    }

    /// The step as a number.
    pub fn value(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// The multiples from `low` to `high`, where these are the decimals of their shortest digits.
    pub fn grid(self, low: f64, high: f64) -> Result<Grid, NoGrid> {
        // The least k with low ≤ k · step: the largest multiple up to −low, with the other sign.
        let least = self.multiples(-low).map(|multiple| -multiple);
        let (Some(least), Some(greatest)) = (least, self.multiples(high)) else { return Err(NoGrid::Fine) };
        let most = least.abs().max(greatest.abs());
        match most.checked_mul(self.numerator.into()) {
            _ if least >= greatest => Err(NoGrid::Coarse),
            Some(digits) if digits <= Self::EXACT => {
                Ok(Grid::new(self.numerator, self.denominator, least as i64, greatest as i64))
            }
            _ => Err(NoGrid::Fine),
        }
    }

    /// The largest k with k · step ≤ x.
    fn multiples(self, x: f64) -> Option<i128> {
        let (digits, exponent) = decimal(x)?;
        let digits = digits.checked_mul(self.denominator.into())?;
        let numerator = i128::from(self.numerator);
        match power_of_ten(exponent.unsigned_abs()) {
            Some(scale) if exponent >= 0 => Some(digits.checked_mul(scale)?.div_euclid(numerator)),
            Some(scale) if numerator.checked_mul(scale).is_some() => {
                Some(digits.div_euclid(numerator * scale))
            }
            // Almost 0.
            _ if exponent < 0 => Some(if digits < 0 { -1 } else { 0 }),
            _ => None,
        }
    }
}

impl Start {
    /// The decimals of a drawn start value, if they have a step.
    pub fn grid(&self) -> Result<Option<Grid>, NoGrid> {
        match self {
            Start::Uniform { low, high, step: Some(step), .. } => step.grid(*low, *high).map(Some),
            Start::Normal { mean, deviation, step: Some(step), .. } => {
                // Further away no number is drawn: the polar method ends before 9 deviations.
                let most = 10.0 * deviation;
                step.grid(mean - most, mean + most).map(Some)
            }
            Start::Uniform { step: None, .. }
            | Start::Normal { step: None, .. }
            | Start::Fill(_)
            | Start::Values(_)
            | Start::Loaded(_) => Ok(None),
        }
    }
}

/// Numbers of an input or a target that are drawn, evenly between two bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The name of their stream.
    pub name: String,
    /// The place of the first.
    pub first: usize,
    /// How many they are.
    pub length: usize,
    /// The least value.
    pub low: f64,
    /// The bound above.
    pub high: f64,
    /// The initializer's own seed.
    pub salt: u64,
    /// The step of their decimals.
    pub step: Option<Step>,
}

/// The numbers of an input or a target, sample after sample.
pub(crate) struct Draws<'m> {
    data: &'m Data,
    streams: Vec<(&'m Drawn, Generator, Option<Grid>)>,
}

impl<'m> Draws<'m> {
    pub(crate) fn new(data: &'m Data, seed: u64) -> Self {
        let stream = |drawn: &'m Drawn| {
            let grid = drawn.step.and_then(|step| step.grid(drawn.low, drawn.high).ok());
            (drawn, Generator::new(seed, drawn.salt, &drawn.name), grid)
        };
        Self { data, streams: data.drawn.iter().map(stream).collect() }
    }

    /// The numbers of the next sample; those that are written are the same in all samples.
    pub(crate) fn next(&mut self) -> Vec<f64> {
        let mut numbers = self.data.values.clone().unwrap_or_default();
        for (drawn, generator, grid) in &mut self.streams {
            let places = numbers.iter_mut().skip(drawn.first).take(drawn.length);
            if self.data.class {
                let class = generator.uniform(0.0, drawn.high) as usize;
                places.enumerate().for_each(|(index, place)| *place = f64::from(u8::from(index == class)));
                continue;
            }
            for place in places {
                let number = generator.uniform(drawn.low, drawn.high);
                *place = grid.map_or(number, |grid| grid.nearest(number));
            }
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(step: f64, low: f64, high: f64) -> Result<Grid, NoGrid> {
        Step::of(step).map_or(Err(NoGrid::Fine), |step| step.grid(low, high))
    }

    #[test]
    fn bounds_that_are_multiples_are_in_the_grid() {
        // 0.6 / 0.2 is 2.9999999999999996.
        assert_eq!(grid(0.2, 0.2, 0.6), Ok(Grid::new(2, 10, 1, 3)));
        assert_eq!(grid(0.05, -1.0, 1.0), Ok(Grid::new(5, 100, -20, 20)));
        assert_eq!(grid(0.5, -0.7, 1.2), Ok(Grid::new(5, 10, -1, 2)));
        assert_eq!(grid(20.0, -50.0, 100.0), Ok(Grid::new(20, 1, -2, 5)));
        assert_eq!(grid(0.1, 1e-40, 1.0), Ok(Grid::new(1, 10, 1, 10)));
        assert_eq!(grid(0.1, -1e-40, 1.0), Ok(Grid::new(1, 10, 0, 10)));
    }

    #[test]
    fn steps_that_do_not_fit() {
        assert_eq!(grid(3.0, -1.0, 1.0), Err(NoGrid::Coarse));
        assert_eq!(grid(1.0, 0.2, 0.4), Err(NoGrid::Coarse));
        assert_eq!(grid(0.1, 0.0, 1e300), Err(NoGrid::Fine));
        assert_eq!(grid(1e-9, 0.0, 1e8), Err(NoGrid::Fine));
        assert_eq!(Step::of(1.0 / 3.0), None);
        assert_eq!(Step::of(1e-10), None);
        assert_eq!(Step::of(1e300), None);
        assert_eq!(Step::of(0.25), Some(Step { numerator: 25, denominator: 100 }));
    }
}
