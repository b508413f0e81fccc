//! Where a derivation is evaluated: values of parameters, inputs and targets.

use std::collections::HashMap;

use mlp_dsl::{
    formula::evaluate::Real,
    ir::{Data, Derivation, Value, equation::EquationId},
    model::{Sample, Start},
    number::Precision,
};
use mlp_runtime::random::Stream;

use super::{Array, Evaluation};

/// Values of all that is given.
#[derive(Clone, Debug)]
pub struct Point {
    once: HashMap<EquationId, Array<f64>>,
    samples: Vec<HashMap<EquationId, Array<f64>>>,
}

/// An input or target without declared values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing(pub String);

impl Point {
    /// The declared step: start values, and the samples that it takes (see [`Derivation::declared_samples`]).
    pub fn declared(derivation: &Derivation) -> Result<Self, Missing> {
        let samples = derivation.declared_samples();
        if samples.is_empty() {
            let mut all = derivation.inputs.iter().chain(&derivation.targets);
            let missing = all.find(|data| data.values.is_none());
            return Err(Missing(missing.map_or_else(String::new, |data| data.name.clone())));
        }
        Ok(Point::at(derivation, samples))
    }

    /// Start values, with these samples.
    pub fn at(derivation: &Derivation, samples: &[Sample]) -> Self {
        let once = start_values(derivation, derivation.header.seed);
        let mut point = Point { once, samples: Vec::new() };
        point.take_samples(derivation, samples);
        point
    }

    /// One sample with drawn inputs in (−1, 1), targets in (0, 1), and drawn parameters where asked for.
    pub fn drawn(derivation: &Derivation, seed: u64, parameters: bool) -> Self {
        Point::drawn_batch(derivation, seed, parameters, 1)
    }

    /// Several drawn samples; the first is that of [`Point::drawn`].
    pub fn drawn_batch(derivation: &Derivation, seed: u64, parameters: bool, samples: usize) -> Self {
        let mut stream = Stream::new(seed, 1, "sample");
        let samples: Vec<Sample> = (0..samples).map(|_| drawn_sample(derivation, &mut stream)).collect();
        let mut point = Point::at(derivation, &samples);
        if parameters {
            for parameter in &derivation.parameters {
                let mut stream = Stream::new(seed, 2, &parameter.name);
                let shape = derivation.shape(parameter.equation);
                let drawn = Array::build(shape, |_, _| stream.uniform(-1.0, 1.0));
                point.once.insert(parameter.equation, drawn);
            }
        }
        point
    }

    /// Puts other samples in the place of those that are there.
    pub fn take_samples(&mut self, derivation: &Derivation, samples: &[Sample]) {
        self.samples = samples.iter().map(|sample| place(derivation, sample)).collect();
        self.draw_masks(derivation);
    }

    /// Draws the masks of dropout for the samples that are there, in the step that comes next.
    fn draw_masks(&mut self, derivation: &Derivation) {
        let step = derivation.training.as_ref().and_then(|training| training.step);
        let step = step.and_then(|step| self.once.get(&step)).map_or(1, |step| step.scalar() as u64);
        for dropout in &derivation.dropouts {
            let (masks, shape) = (dropout.masks(derivation.header.seed), derivation.shape(dropout.mask));
            for (number, sample) in self.samples.iter_mut().enumerate() {
                let kept = masks.kept(step, number as u64).take(shape.count());
                let mask: Vec<f64> = kept.map(|kept| if kept { dropout.factor() } else { 0.0 }).collect();
                sample.insert(dropout.mask, Array::from_row_major(shape, &mask));
            }
        }
    }

    /// How many samples there are.
    pub fn samples(&self) -> usize {
        self.samples.len()
    }

    /// The value of a given equation.
    pub fn of(&self, id: EquationId, sample: usize) -> Option<&Array<f64>> {
        self.once.get(&id).or_else(|| self.samples.get(sample)?.get(&id))
    }

    /// Makes the step that has been evaluated here: parameters and state are updated.
    pub fn step<R: Real>(&mut self, derivation: &Derivation, evaluation: &Evaluation<R>) {
        for parameter in &derivation.parameters {
            let state = parameter.state().iter().map(|state| (state.equation, state.updated));
            let own = parameter.updated().map(|updated| (parameter.equation, updated));
            for (id, updated) in state.chain(own) {
                if let Some(value) = evaluation.value(updated) {
                    self.once.insert(id, value.map(|x| x.real()));
                }
            }
        }
        let step = derivation.training.as_ref().and_then(|training| training.step);
        if let Some(number) = step.and_then(|step| self.once.get_mut(&step)) {
            *number = Array::scalar_of(number.scalar() + 1.0);
        }
        self.draw_masks(derivation);
    }

    /// Gives a value to an equation of one sample: to a gradient with respect to the output, for example.
    pub fn give(&mut self, id: EquationId, sample: usize, value: Array<f64>) {
        if let Some(sample) = self.samples.get_mut(sample) {
            sample.insert(id, value);
        }
    }

    /// Sets a parameter.
    pub fn set(&mut self, id: EquationId, value: Array<f64>) {
        self.once.insert(id, value);
    }
}

fn drawn_sample(derivation: &Derivation, stream: &mut Stream) -> Sample {
    let inputs: usize = derivation.inputs.iter().map(|data| data.shape.count()).sum();
    let input = (0..inputs).map(|_| stream.uniform(-1.0, 1.0)).collect();
    let mut sample = Sample { input, target: Vec::new() };
    for target in &derivation.targets {
        let count = target.shape.count();
        if target.class {
            let chosen = (stream.uniform(0.0, 1.0) * count as f64) as usize;
            sample.target.extend((0..count).map(|class| f64::from(u8::from(class == chosen))));
        } else {
            sample.target.extend((0..count).map(|_| stream.uniform(0.0, 1.0)));
        }
    }
    sample
}

/// The stream of a parameter, with its step.
fn stream(parameter: &mlp_dsl::ir::Parameter, seed: u64, salt: u64) -> Stream {
    let stream = Stream::new(seed, salt, &parameter.name);
    match parameter.start.grid() {
        Ok(Some(grid)) => stream.on(grid),
        Ok(None) | Err(_) => stream,
    }
}

fn start_values(derivation: &Derivation, seed: u64) -> HashMap<EquationId, Array<f64>> {
    let round = |x: f64| match derivation.header.precision {
        Precision::F32 => f64::from(x as f32),
        Precision::F64 => x,
    };
    let value = |parameter: &mlp_dsl::ir::Parameter| {
        let shape = derivation.shape(parameter.equation);
        let array = match &parameter.start {
            Start::Fill(value) => Array::constant(shape, *value),
            Start::Values(values) => Array::from_row_major(shape, values),
            Start::Loaded(tensor) => {
                let values: Vec<f64> = tensor.values().collect();
                Array::from_row_major(shape, &values)
            }
            Start::Uniform { low, high, salt, .. } => {
                let mut stream = stream(parameter, seed, *salt);
                Array::build(shape, |_, _| round(stream.uniform_scalar(*low, *high)))
            }
            Start::Normal { mean, deviation, salt, .. } => {
                let mut stream = stream(parameter, seed, *salt);
                Array::build(shape, |_, _| round(stream.normal_scalar(*mean, *deviation)))
            }
        };
        (parameter.equation, array)
    };
    let mut values: HashMap<EquationId, Array<f64>> = derivation.parameters.iter().map(value).collect();
    // Before the first step.
    for state in derivation.parameters.iter().flat_map(mlp_dsl::ir::Parameter::state) {
        values.insert(state.equation, Array::constant(derivation.shape(state.equation), 0.0));
    }
    let step = derivation.training.as_ref().and_then(|training| training.step);
    values.extend(step.map(|step| (step, Array::scalar_of(1.0))));
    values
}

fn place(derivation: &Derivation, sample: &Sample) -> HashMap<EquationId, Array<f64>> {
    let mut placed = HashMap::new();
    for (all, numbers) in [(&derivation.inputs, &sample.input), (&derivation.targets, &sample.target)] {
        let mut numbers = numbers.as_slice();
        for data in all {
            let (own, rest) = numbers.split_at_checked(data.shape.count()).unwrap_or((numbers, &[]));
            numbers = rest;
            spread(data, own, &mut placed);
        }
    }
    placed
}

fn spread(data: &Data, values: &[f64], placed: &mut HashMap<EquationId, Array<f64>>) {
    match &data.value {
        Value::Whole(id) => {
            placed.insert(*id, Array::from_row_major(data.shape, values));
        }
        Value::Packed(ids) => {
            placed.extend(ids.iter().zip(values).map(|(id, value)| (*id, Array::scalar_of(*value))));
        }
    }
}
