//! Compares the values that `expect` says with those that the network's own code has, by the engine.

use mlp_dsl::{
    Compilation,
    model::{Expect, Expected},
    number::Precision,
};
use mlp_engine::{Error, Network, Scalar};

use super::Shown;
use crate::failure::Failure;

/// Multiplications that all samples of an `expect` take, at most: some ten seconds. Of more samples the first are compared.
const WORK: usize = 1 << 34;

/// A value that is too far from the expected one.
struct Wrong {
    name: String,
    sample: usize,
    value: f64,
    expected: f64,
}

/// Adds a line to the report for each `expect`.
pub(super) fn hold(compiled: &Compilation, text: &str, report: &mut String) -> Result<(), Failure> {
    if compiled.derivation.header.expects.is_empty() {
        return Ok(());
    }
    match compiled.derivation.header.precision {
        Precision::F32 => hold_in::<f32>(compiled, text, report),
        Precision::F64 => hold_in::<f64>(compiled, text, report),
    }
}

fn hold_in<S: Scalar>(compiled: &Compilation, text: &str, report: &mut String) -> Result<(), Failure> {
    let failed = |error: Error| {
        let title = format!("the values of `expect` can't be computed: {error}");
        Failure::specification(title, "remove `expect`, or use a smaller network")
    };
    let mut network: Network<S> = Network::new(compiled).map_err(failed)?;
    for expect in &compiled.derivation.header.expects {
        let most = (WORK / network.parameter_count().max(1)).max(1);
        let compared = expect.samples.min(most);
        let line = text.get(..expect.span.start).map_or(0, |before| before.matches('\n').count()) + 1;
        let farthest = farthest(&mut network, expect, compared).map_err(failed)?;
        let within = expect.tolerance;
        let count = compared * expect.values.iter().map(|value| value.length).sum::<usize>();
        let samples = match (compared, expect.samples) {
            (1, 1) => "1 sample".to_owned(),
            (some, all) if some < all => format!("the first {some} of {all} samples"),
            (_, all) => format!("{all} samples"),
        };
        match farthest {
            Ok(distance) => report.push_str(&format!(
                "  expected   {} of {samples} are within {within:e}; largest distance {distance:.1e}\n",
                if count == 1 { "1 value".to_owned() } else { format!("{count} values") },
            )),
            Err(wrong) => {
                let (distance, allowed) =
                    ((wrong.value - wrong.expected).abs(), expect.allowed(wrong.expected));
                let shown = told_apart(wrong.value, wrong.expected);
                let title = format!(
                    "`{}` of sample {} is {} instead of {}: the distance {distance:.1e} is more than {allowed:.1e}, \
                     the tolerance of `expect` in line {line}",
                    wrong.name,
                    wrong.sample + 1,
                    shown[0],
                    shown[1],
                );
                let help = "correct the formulas or the start values, or the expected value; \
                            rounding alone explains a distance near 1e-6 in `f32`, and near 1e-14 in `f64`";
                return Err(Failure::specification(title, help));
            }
        }
    }
    Ok(())
}

/// The largest distance relative to max(1, |expected|), or the first value that is too far away.
fn farthest<S: Scalar>(
    network: &mut Network<S>,
    expect: &Expect,
    samples: usize,
) -> Result<Result<f64, Wrong>, Error> {
    let inputs: Vec<S> = expect.inputs.iter().map(|number| S::from_f64(*number)).collect();
    let mut largest = 0.0;
    for (sample, input) in inputs.chunks_exact(network.inputs().max(1)).enumerate().take(samples) {
        for found in network.trace(input)? {
            let Some(expected) = expect.values.iter().find(|value| value.name == found.name) else {
                continue;
            };
            for (index, (value, wanted)) in found.values.iter().zip(of_sample(expected, sample)).enumerate() {
                let (value, wanted) = (value.to_f64(), *wanted);
                let distance = (value - wanted).abs();
                if distance.is_nan() || distance > expect.allowed(wanted) {
                    let name = super::element(found.name, found.shape, index);
                    return Ok(Err(Wrong { name, sample, value, expected: wanted }));
                }
                largest = f64::max(largest, distance / wanted.abs().max(1.0));
            }
        }
    }
    Ok(Ok(largest))
}

/// Two numbers, with all digits where few are the same.
fn told_apart(a: f64, b: f64) -> [String; 2] {
    let few = [a, b].map(|number| Shown(number).to_string());
    if few[0] == few[1] { [a, b].map(|number| number.to_string()) } else { few }
}

fn of_sample(expected: &Expected, sample: usize) -> &[f64] {
    expected.numbers.chunks(expected.length.max(1)).nth(sample).unwrap_or_default()
}
