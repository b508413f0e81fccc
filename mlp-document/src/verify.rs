//! Each equals sign is a test: all sides of a line have the same value.

use mlp_dsl::ir::Derivation;
use mlp_eval::Array;

use super::{Document, Line, Numbers, Side};

impl Document {
    /// How many equals signs hold at these numbers, for each sample; or the first that does not.
    pub fn verify(&self, numbers: &Numbers) -> Result<usize, String> {
        let mut compared = 0;
        for sample in 0..numbers.samples() {
            for line in self.lines() {
                compared += self.holds(line, numbers, sample)?;
            }
        }
        Ok(compared)
    }

    fn holds(&self, line: &Line, numbers: &Numbers, sample: usize) -> Result<usize, String> {
        let value = |side: &Side| -> Result<Vec<f64>, String> {
            let value = side.evaluate(&self.derivation, numbers, sample);
            Ok(value.as_ref().map(Array::iter).ok_or("a side has no value")?.collect())
        };
        let Some((first, rest @ [_, ..])) = line.sides.split_first() else {
            return Err("a line with one side".to_owned());
        };
        let expected = value(first)?;
        let tolerance = tolerance(&self.derivation, numbers, sample, line);
        for side in rest {
            let other = value(side)?;
            let same =
                |(a, b): (&f64, &f64)| (a - b).abs() <= tolerance || a == b || (a.is_nan() && b.is_nan());
            if expected.len() != other.len() || !expected.iter().zip(&other).all(same) {
                let latex = |side| self.latex_of(side).unwrap_or_default();
                return Err(format!("{} is {expected:?}, but {} is {other:?}", latex(first), latex(side)));
            }
        }
        Ok(rest.len())
    }
}

/// How far two ways to one number may be apart. Each operation errs by at most half an ulp of its
/// result, and no result is larger than the largest number on the way. The factor 4 covers what
/// the functions err beyond that and how an error grows in the few operations after it.
fn tolerance(derivation: &Derivation, numbers: &Numbers, sample: usize, line: &Line) -> f64 {
    let (mut operations, mut largest) = (0, 0.0_f64);
    for side in &line.sides {
        for value in side.expression.values(derivation, numbers, sample).unwrap_or_default() {
            operations += 1;
            largest = value.iter().filter(|x| x.is_finite()).fold(largest, |max, x| max.max(x.abs()));
        }
    }
    // A product of matrices, a sum and softmax are one node but as many operations as a row is long.
    let longest = derivation.equations.iter().map(|e| e.shape.count()).max().unwrap_or(1).min(64);
    4.0 * (operations * longest) as f64 * f64::EPSILON * largest
}
