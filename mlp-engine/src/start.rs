//! Start values of parameters, as the compiled code has them.

use mlp_dsl::{ir::Parameter, model::Start};
use mlp_kernels::{Scalar, random::Stream};

/// A number of the specification in the type of the network, as the printed code has it.
pub(crate) fn literal<S: Scalar>(number: f64) -> S {
    if size_of::<S>() == 8 && !number.is_finite() { S::from_f64(f64::NAN) } else { S::from_f64(number) }
}

/// Writes the start values of a parameter; random ones are drawn from `seed`.
pub(crate) fn start<S: Scalar>(parameter: &Parameter, seed: u64, place: &mut [S]) {
    match &parameter.start {
        Start::Fill(value) => place.fill(literal(*value)),
        Start::Values(values) => {
            place.iter_mut().zip(values).for_each(|(place, value)| *place = literal(*value));
        }
        Start::Loaded(tensor) => {
            place.iter_mut().zip(tensor.values()).for_each(|(place, value)| *place = S::from_f64(value));
        }
        Start::Uniform { low, high, salt, .. } => {
            let mut stream = stream(parameter, seed, *salt);
            place.iter_mut().for_each(|place| *place = stream.uniform_scalar(*low, *high));
        }
        Start::Normal { mean, deviation, salt, .. } => {
            let mut stream = stream(parameter, seed, *salt);
            place.iter_mut().for_each(|place| *place = stream.normal_scalar(*mean, *deviation));
        }
    }
}

fn stream(parameter: &Parameter, seed: u64, salt: u64) -> Stream {
    let stream = Stream::new(seed, salt, &parameter.name);
    match parameter.start.grid() {
        Ok(Some(grid)) => stream.on(grid),
        Ok(None) | Err(_) => stream,
    }
}
