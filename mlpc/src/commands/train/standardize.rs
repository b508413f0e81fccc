//! `--standardize`: means and deviations of the inputs, as frozen parameters of the network.

use mlp_engine::Scalar;

use super::task::{Part, Task};
use crate::{
    arguments::Pair,
    escape,
    failure::Failure,
    learning::{Model, Rows},
};

/// Sets two parameters to the mean and the standard deviation (over n) of each input over these rows; of an input that never
/// changes the deviation is 1.
pub(super) fn fill<S: Scalar>(
    task: &Task<'_, S>,
    model: &mut Model<S>,
    names: &Pair,
    rows: &Part<'_>,
) -> Result<(), Failure> {
    let moments = moments(model.rows(), rows);
    let Pair(mean, deviation) = names;
    for (name, value) in [(mean, 0), (deviation, 1)] {
        let is_frozen = task.derivation().parameters.iter().any(|own| own.name == *name && own.frozen);
        let place =
            model.network().parameter_mut(name).filter(|place| is_frozen && place.len() == moments.len());
        let Some(place) = place else {
            let title = format!(
                "`{}` is no frozen parameter with as many numbers as the network has inputs, {}",
                escape::line(name),
                moments.len()
            );
            let help = "declare `frozen weights mean[n] = 0;` and `frozen weights deviation[n] = 1;`, and use \
                        `(x - mean) / deviation` in place of x";
            return Err(Failure::usage(title, help));
        };
        for (place, (mean, deviation)) in place.iter_mut().zip(&moments) {
            *place = S::from_f64(if value == 0 { *mean } else { *deviation });
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
