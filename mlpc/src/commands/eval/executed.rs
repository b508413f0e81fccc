//! The numbers that the network's own code computes, by the engine.

use mlp_document::values::{self, Entry, Refusal, StepLoss, StepValues};
use mlp_dsl::{Compilation, ir::Derivation, model::Sample, number::Precision, shape::Shape};
use mlp_engine::{Error, Network, Scalar, Targets, Tensor};

use super::refused;
use crate::failure::Failure;

/// Performs `steps` training steps and gives what the last one computes. `keep` says of which steps the loss is kept.
pub(super) fn train(
    derivation: &Derivation,
    steps: u64,
    keep: &dyn Fn(u64) -> bool,
) -> Result<StepValues, Failure> {
    let missing = values::missing_values(derivation);
    if !missing.is_empty() || derivation.declared_samples().is_empty() {
        return Err(refused(derivation, Refusal::Missing(missing)));
    }
    let compiled = Compilation::of_derivation(derivation.clone());
    let compiled =
        compiled.map_err(|found| Failure::specification(found.title, &found.help.unwrap_or_default()))?;
    let done = match derivation.header.precision {
        Precision::F32 => Run::<f32>::new(&compiled).and_then(|run| run.steps(steps, keep)),
        Precision::F64 => Run::<f64>::new(&compiled).and_then(|run| run.steps(steps, keep)),
    };
    done.map_err(|error| {
        let title = format!("`{}` can't be run: {error}", derivation.header.name);
        Failure::specification(title, "")
    })
}

/// A network that runs.
struct Run<'r, S> {
    derivation: &'r Derivation,
    network: Network<S>,
    /// Whether the samples of a step have values of their own.
    of_data: bool,
}

/// Samples in the network's type.
struct Data<S> {
    inputs: Vec<S>,
    numbers: Vec<S>,
    classes: Option<Vec<usize>>,
}

impl<S: Scalar> Data<S> {
    fn new(derivation: &Derivation, samples: &[Sample]) -> Self {
        let of = |pick: fn(&Sample) -> &[f64]| {
            samples.iter().flat_map(pick).map(|number| S::from_f64(*number)).collect()
        };
        // Of several targets each class is a vector.
        let is_class = matches!(derivation.targets.as_slice(), [target] if target.class);
        let class = |sample: &Sample| sample.target.iter().position(|number| *number == 1.0);
        Data {
            inputs: of(|sample| &sample.input),
            numbers: of(|sample| &sample.target),
            classes: is_class.then(|| samples.iter().filter_map(class).collect()),
        }
    }

    fn targets(&self) -> Targets<'_, S> {
        self.classes.as_deref().map_or(Targets::Numbers(&self.numbers), Targets::Classes)
    }
}

impl<'r, S: Scalar> Run<'r, S> {
    fn new(compiled: &'r Compilation) -> Result<Self, Error> {
        let derivation = &compiled.derivation;
        let of_data = derivation.header.has_data && derivation.chosen.sample.is_none();
        Ok(Run { derivation, network: Network::new(compiled)?, of_data })
    }

    fn steps(mut self, steps: u64, keep: &dyn Fn(u64) -> bool) -> Result<StepValues, Error> {
        let mut losses = Vec::new();
        for step in 1..steps {
            let samples = self.derivation.samples_of_step(step - 1);
            let data = Data::new(self.derivation, self.samples(step));
            let loss = self.network.train_batch(&data.inputs, data.targets())?.to_f64();
            losses.extend(keep(step).then_some(StepLoss { step, samples, loss }));
        }
        let mut last = self.last(steps)?;
        let samples = self.derivation.samples_of_step(steps.saturating_sub(1));
        let objective = last.losses.pop().filter(|_| keep(steps));
        losses.extend(objective.map(|objective| StepLoss { samples, ..objective }));
        last.losses = losses;
        Ok(last)
    }

    /// The samples of a step, which counts from 1.
    fn samples(&self, step: u64) -> &'r [Sample] {
        let derivation = self.derivation;
        let samples = derivation.samples_of_step(step.saturating_sub(1));
        derivation.header.samples.get(samples).unwrap_or_default()
    }

    /// What the step computes; the only loss is its objective.
    fn last(&mut self, step: u64) -> Result<StepValues, Error> {
        let derivation = self.derivation;
        let samples = self.samples(step);
        let mut values = StepValues {
            network: derivation.header.name.clone(),
            single: derivation.header.precision == Precision::F32,
            step,
            samples: self.of_data.then(|| derivation.samples_of_step(step.saturating_sub(1))),
            forward: Vec::new(),
            loss: Vec::new(),
            backward: Vec::new(),
            gradients: Vec::new(),
            updated: Vec::new(),
            losses: Vec::new(),
        };
        for sample in samples {
            let data = Data::<S>::new(derivation, std::slice::from_ref(sample));
            for (number, value) in self.network.trace(&data.inputs)?.enumerate() {
                match values.forward.get_mut(number) {
                    Some(entry) => entry.values.extend(value.values.iter().map(|x| x.to_f64())),
                    None => values.forward.push(entry(value, true)),
                }
            }
        }
        if derivation.loss.is_some() {
            self.losses(samples, &mut values)?;
        }
        Ok(values)
    }

    fn losses(&mut self, samples: &[Sample], values: &mut StepValues) -> Result<(), Error> {
        let Some(loss) = &self.derivation.loss else { return Ok(()) };
        let name = |id| self.derivation.name_of(id);
        let number = |name: String, number: S| Entry {
            name,
            shape: Shape::Scalar,
            per_sample: false,
            values: vec![number.to_f64()],
        };
        let all = Data::<S>::new(self.derivation, samples);
        let mut each = Entry { per_sample: true, values: Vec::new(), ..number(name(loss.total), S::ZERO) };
        for sample in samples {
            let data = Data::<S>::new(self.derivation, std::slice::from_ref(sample));
            each.values.push(self.network.loss(&data.inputs, data.targets())?.to_f64());
        }
        values.loss.push(each);
        if self.of_data {
            let of_batch = self.network.loss_without_penalty(&all.inputs, all.targets())?;
            values.loss.push(number(name(loss.batch), of_batch));
        }
        let mut objective = self.network.loss_batch(&all.inputs, all.targets())?;
        if self.network.gradients().next().is_some() {
            // Of a step the objective and the gradients are those with its masks.
            objective = match self.derivation.dropouts.is_empty() {
                true => self.network.backward_batch(&all.inputs, all.targets())?,
                false => self.network.backward_step_batch(&all.inputs, all.targets())?,
            };
            values.gradients = self.network.gradients().map(|gradient| entry(gradient, false)).collect();
        }
        if let (Some(penalty), Some(value)) = (loss.penalty, self.network.penalty()?) {
            values.loss.push(number(name(penalty), value));
            values.loss.push(number(name(loss.objective), objective));
        }
        values.losses.push(StepLoss { step: values.step, samples: 0..0, loss: objective.to_f64() });
        if self.derivation.training.is_some() {
            self.network.train_batch(&all.inputs, all.targets())?;
            let frozen = |name: &str| self.network.gradient(name).is_none();
            let trained = self.network.parameters().filter(|parameter| !frozen(parameter.name));
            values.updated = trained.map(|parameter| entry(parameter, false)).collect();
        }
        Ok(())
    }
}

fn entry<S: Scalar>(tensor: Tensor<'_, S>, per_sample: bool) -> Entry {
    let values = tensor.values.iter().map(|number| number.to_f64()).collect();
    Entry { name: tensor.name.to_owned(), shape: tensor.shape, per_sample, values }
}
