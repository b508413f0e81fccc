//! The engine against compiled code, bit for bit.

use std::collections::HashMap;

use mlp_dsl::{
    Compilation,
    ir::Derivation,
    model::{Reduction, Sample},
    number::Precision,
};
use mlp_engine::{Error, Network, Scalar, Targets};

use crate::compiled::{LONG, STEPS};

/// Numbers by network and name.
type Printed = HashMap<(u64, String), Vec<f64>>;

/// The machines that the processor has.
pub(crate) fn machines() -> Vec<&'static str> {
    Network::<f64>::machines().collect()
}

/// How many numbers of the engine, on all machines, have the bits of compiled code, and what does not.
pub(crate) fn other_bits(number: u64, compiled: &Compilation, printed: &Printed) -> (usize, Vec<String>) {
    let (mut same, mut wrong) = (0, Vec::new());
    for machine in machines() {
        let computed = match compiled.derivation.header.precision {
            Precision::F32 => computed::<f32>(compiled, machine),
            Precision::F64 => computed::<f64>(compiled, machine),
        };
        let computed = match computed {
            Ok(computed) => computed,
            Err(error) => {
                wrong.push(format!("R{number} by the engine on {machine}: {error}"));
                continue;
            }
        };
        // The engine saves nothing.
        let is_computed = |what: &str| what != "kept";
        let expected =
            printed.keys().filter(|(network, what)| *network == number && is_computed(what)).count();
        if expected != computed.len() {
            wrong.push(format!("R{number}: {expected} lines, and {} of the engine", computed.len()));
        }
        for (what, values) in computed {
            match printed.get(&(number, what.clone())) {
                Some(found) if are_same(found, &values) => same += values.len(),
                found => wrong.push(format!(
                    "R{number}: {what} is {values:?} by the engine on {machine}, {found:?} compiled"
                )),
            }
        }
    }
    (same, wrong)
}

/// The same bits; processors choose the bits of what is no number.
fn are_same(a: &[f64], b: &[f64]) -> bool {
    let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
    a.len() == b.len() && a.iter().zip(b).all(same)
}

/// Samples in the network's type.
struct Data<S> {
    inputs: Vec<S>,
    numbers: Vec<S>,
    classes: Vec<usize>,
    is_class: bool,
}

impl<S: Scalar> Data<S> {
    fn new<'s>(derivation: &Derivation, samples: impl Iterator<Item = &'s Sample>) -> Self {
        // Of several targets each class is a vector.
        let is_class = matches!(derivation.targets.as_slice(), [target] if target.class);
        let (mut inputs, mut numbers, mut classes) = (Vec::new(), Vec::new(), Vec::new());
        for sample in samples {
            inputs.extend(sample.input.iter().map(|number| S::from_f64(*number)));
            numbers.extend(sample.target.iter().map(|number| S::from_f64(*number)));
            classes.extend(sample.target.iter().position(|number| *number == 1.0));
        }
        Data { inputs, numbers, classes, is_class }
    }

    fn targets(&self) -> Targets<'_, S> {
        if self.is_class { Targets::Classes(&self.classes) } else { Targets::Numbers(&self.numbers) }
    }
}

/// What the program of [`crate::compiled`] prints.
fn computed<S: Scalar>(compiled: &Compilation, machine: &str) -> Result<Vec<(String, Vec<f64>)>, Error> {
    let derivation = &compiled.derivation;
    let mut network: Network<S> = Network::new(compiled)?;
    network.run_on(machine);
    let samples = &derivation.header.samples;
    let one: Vec<Data<S>> =
        samples.iter().map(|sample| Data::new(derivation, std::iter::once(sample))).collect();
    let mut all = Said::default();
    for (k, data) in one.iter().enumerate() {
        let mut outputs = vec![S::ZERO; network.outputs()];
        network.forward(&data.inputs, &mut outputs)?;
        all.say(format!("output{k}"), &outputs);
    }
    if derivation.header.to_inputs {
        of_inputs(&mut network, derivation, &one, &mut all)?;
    }
    if derivation.training.is_none() {
        return Ok(all.0);
    }
    let batch: Data<S> = Data::new(derivation, samples.iter());
    let mut outputs = vec![S::ZERO; network.outputs() * samples.len()];
    network.forward(&batch.inputs, &mut outputs)?;
    for (k, row) in outputs.chunks(network.outputs().max(1)).enumerate() {
        all.again(&format!("output{k}"), row);
    }
    for k in 0..STEPS {
        let loss = network.train_batch(&batch.inputs, batch.targets())?;
        all.say(format!("loss{k}"), &[loss]);
    }
    for parameter in network.parameters() {
        all.say(parameter.name.to_owned(), parameter.values);
    }

    network.initialize(derivation.header.seed);
    network.reset_optimizer();
    let losses = [
        network.loss_batch(&batch.inputs, batch.targets())?,
        network.backward_batch(&batch.inputs, batch.targets())?,
    ];
    all.say("mean".to_owned(), &losses);
    for (k, gradient) in network.gradients().enumerate() {
        all.say(format!("gradient{k}"), gradient.values);
    }
    for (k, data) in one.iter().enumerate() {
        let losses =
            [network.loss(&data.inputs, data.targets())?, network.train(&data.inputs, data.targets())?];
        all.say(format!("step{k}"), &losses);
    }
    let long: Data<S> = Data::new(derivation, samples.iter().cycle().take(LONG));
    let losses = [
        network.loss_batch(&long.inputs, long.targets())?,
        network.train_batch(&long.inputs, long.targets())?,
    ];
    all.say("long".to_owned(), &losses);
    for parameter in network.parameters() {
        all.say(format!("{}+", parameter.name), parameter.values);
    }
    Ok(all.0)
}

/// Gradients with respect to inputs, and back from the output.
fn of_inputs<S: Scalar>(
    network: &mut Network<S>,
    derivation: &Derivation,
    one: &[Data<S>],
    all: &mut Said,
) -> Result<(), Error> {
    let outputs: Vec<S> =
        (0..network.outputs()).map(|number| S::from_f64(crate::inputs::given(number))).collect();
    let parameters = |network: &Network<S>| -> Vec<S> {
        network.gradients().flat_map(|gradient| gradient.values).copied().collect()
    };
    let mut many = Vec::new();
    for (k, data) in one.iter().enumerate() {
        let mut written = vec![S::ZERO; network.inputs()];
        network.pull_back(&data.inputs, &outputs, Reduction::Sum, &mut written)?;
        all.say(format!("pulled{k}"), &written);
        all.say(format!("pulled_parameters{k}"), &parameters(network));
        if derivation.loss.is_some() {
            network.input_gradient(&data.inputs, data.targets(), &mut written)?;
            all.say(format!("input{k}"), &written);
            network.backward_with_input(&data.inputs, data.targets(), &mut written)?;
            all.again(&format!("input{k}"), &written);
        }
        many.extend(outputs.iter().copied());
    }
    let batch: Data<S> = Data::new(derivation, derivation.header.samples.iter());
    let mut written = vec![S::ZERO; batch.inputs.len()];
    network.pull_back(&batch.inputs, &many, Reduction::Mean, &mut written)?;
    all.say("pulled_many".to_owned(), &written);
    all.say("pulled_mean".to_owned(), &parameters(network));
    if derivation.loss.is_some() {
        network.input_gradient(&batch.inputs, batch.targets(), &mut written)?;
        all.say("input_many".to_owned(), &written);
        network.backward_with_input(&batch.inputs, batch.targets(), &mut written)?;
        all.again("input_many", &written);
    }
    Ok(())
}

/// Numbers under their names.
#[derive(Default)]
struct Said(Vec<(String, Vec<f64>)>);

impl Said {
    fn say<S: Scalar>(&mut self, what: String, values: &[S]) {
        self.0.push((what, values.iter().map(|value| value.to_f64()).collect()));
    }

    /// The same numbers in another way: they take the place of those that are there.
    fn again<S: Scalar>(&mut self, what: &str, values: &[S]) {
        for (_, place) in self.0.iter_mut().filter(|(name, _)| name == what) {
            *place = values.iter().map(|value| value.to_f64()).collect();
        }
    }
}
