//! Means and deviations of the inputs, as frozen parameters of the network: those of `standardize(x)`, or two that are named.

use std::ops::Range;

use mlp_dsl::{ir::Derivation, model::Start};
use mlp_engine::Scalar;

use super::task::{Part, Task};
use crate::{
    escape,
    failure::Failure,
    learning::{Model, Rows},
};

/// Two parameters, and the numbers of a sample that they are about.
struct Filled<'f> {
    mean: &'f str,
    deviation: &'f str,
    inputs: Range<usize>,
}

/// Sets parameters to the mean and the standard deviation (over n) of each input over these rows; of an input that never
/// changes the deviation is 1.
pub(super) fn fill<S: Scalar>(
    task: &Task<'_, S>,
    model: &mut Model<S>,
    rows: &Part<'_>,
) -> Result<(), Failure> {
    let mut all: Vec<Filled<'_>> = declared(task.derivation()).collect();
    let width = inputs(task.derivation(), usize::MAX).end;
    if let Some(Some(pair)) = &task.arguments.standardize {
        check(task.derivation(), [&pair.0, &pair.1], width)?;
        all.push(Filled { mean: &pair.0, deviation: &pair.1, inputs: 0..width });
    }
    if all.is_empty() {
        return Ok(());
    }
    let moments = moments(model.rows(), rows);
    for Filled { mean, deviation, inputs } in all {
        let moments = moments.get(inputs).unwrap_or_default();
        for (name, is_mean) in [(mean, true), (deviation, false)] {
            let place = model.network().parameter_mut(name).into_iter().flatten();
            for (place, (mean, deviation)) in place.zip(moments) {
                *place = S::from_f64(if is_mean { *mean } else { *deviation });
            }
        }
    }
    Ok(())
}

/// What a training says of the calls of `standardize`.
pub(super) fn note(derivation: &Derivation, rows: usize) -> Option<String> {
    let names: Vec<&str> = declared(derivation).flat_map(|filled| [filled.mean, filled.deviation]).collect();
    let run = &derivation.header.run;
    if let Some(other) =
        run.standardized.iter().find(|of| of.input.is_none() && !is_loaded(derivation, &of.mean))
    {
        let (mean, deviation) = (&other.mean, &other.deviation);
        return Some(format!(
            "note: `{mean}` stays 0 and `{deviation}` 1, since they are not about an input alone"
        ));
    }
    (!names.is_empty())
        .then(|| format!("note: {} are those of the {rows} rows to train with", names.join(", ")))
}

/// The calls of `standardize` of an input whose numbers are not from a file.
fn declared(derivation: &Derivation) -> impl Iterator<Item = Filled<'_>> {
    derivation.header.run.standardized.iter().filter_map(|of| {
        let input = of.input.filter(|_| !is_loaded(derivation, &of.mean))?;
        Some(Filled { mean: &of.mean, deviation: &of.deviation, inputs: inputs(derivation, input) })
    })
}

fn is_loaded(derivation: &Derivation, name: &str) -> bool {
    let own = derivation.parameters.iter().find(|own| own.name == name);
    own.is_some_and(|own| matches!(own.start, Start::Loaded(_)))
}

/// The numbers of a sample that are those of an input; beyond the last one, none after all.
fn inputs(derivation: &Derivation, input: usize) -> Range<usize> {
    let count = |until: usize| derivation.inputs.iter().take(until).map(|input| input.shape.count()).sum();
    count(input)..count(input.saturating_add(1))
}

/// Whether both are frozen parameters with as many numbers as there are inputs.
fn check(derivation: &Derivation, names: [&String; 2], width: usize) -> Result<(), Failure> {
    for name in names {
        let fits = |own: &mlp_dsl::ir::Parameter| {
            own.name == *name && own.frozen && derivation.shape(own.equation).count() == width
        };
        if !derivation.parameters.iter().any(fits) {
            let title = format!(
                "`{}` is no frozen parameter with as many numbers as the network has inputs, {width}",
                escape::line(name),
            );
            let help = "write `standardize(x)` in place of the input x, and `--standardize` without names";
            return Err(Failure::usage(title, help));
        }
    }
    Ok(())
}
/// Mean and deviation of each input, in 64 bits, in the order of the rows.
fn moments<S: Scalar>(all: &Rows<S>, rows: &Part<'_>) -> Vec<(f64, f64)> {
    let count = rows.len() as f64;
    let width = all.input(0).len();
    let mut means = vec![0.0; width];
    for (row, ()) in rows.iter() {
        means.iter_mut().zip(all.input(*row)).for_each(|(sum, number)| *sum += number.to_f64());
    }
    means.iter_mut().for_each(|mean| *mean /= count);
    let mut squares = vec![0.0; width];
    for (row, ()) in rows.iter() {
        let numbers = all.input(*row).iter().zip(&means);
        squares
            .iter_mut()
            .zip(numbers)
            .for_each(|(sum, (number, mean))| *sum += (number.to_f64() - mean).powi(2));
    }
    let deviation = |squares: f64| if squares > 0.0 { (squares / count).sqrt() } else { 1.0 };
    means.into_iter().zip(squares.into_iter().map(deviation)).collect()
}
