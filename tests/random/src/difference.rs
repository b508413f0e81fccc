//! Central differences, the verdict on them, and what they can't see.

use crate::checks::Findings;

/// What a difference says of a slope.
enum Verdict {
    /// The error, relative to 1 + slope + value.
    Error(f64),
    /// The slopes of the two sides differ, and the one in question is one of them or between.
    Kink,
}

/// Holds the slope of `at` at 0 against central differences. `what` says by what it is.
pub fn hold(slope: f64, at: impl Fn(f64) -> f64, what: &str, found: &mut Findings) {
    let here = at(0.0);
    match verdict(slope, here, &at) {
        Verdict::Kink => found.kinks += 1,
        Verdict::Error(error) => {
            found.differences += 1;
            found.difference = found.difference.max(error);
            if error > 1e-6 || error.is_nan() {
                found.wrong.push(format!("{what}: the difference is not {slope}, error {error:.1e}"));
            }
        }
    }
}

fn verdict(slope: f64, here: f64, at: &impl Fn(f64) -> f64) -> Verdict {
    let step = f64::EPSILON.cbrt();
    let central = |step: f64| (at(step) - at(-step)) / (2.0 * step);
    let error = |central: f64| (central - slope).abs() / (1.0 + slope.abs() + here.abs());
    let coarse = central(step);
    if error(coarse) <= 1e-7 {
        return Verdict::Error(error(coarse));
    }
    let bend = ((at(step) - here) - (here - at(-step))).abs() / step;
    if (coarse - slope).abs() <= bend {
        return Verdict::Kink;
    }
    // Where the second derivative jumps, as softsign's at 0, the error is proportional to the step: half a step removes it.
    Verdict::Error(error(2.0 * central(step / 2.0) - coarse))
}
