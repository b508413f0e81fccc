//! The engine: the same networks, from the text of a specification when the program runs.

use mlp_dsl::{Compilation, weights::NoFiles};
use mlp_engine::{Network, Scalar, Targets};

use crate::contender::Contender;
use crate::workloads::{Data, Ending, Float, Function, Rule, Workload};

struct Engine<S> {
    network: Network<S>,
    inputs: Vec<S>,
    numbers: Vec<S>,
    classes: Vec<usize>,
    outputs: Vec<S>,
    start: Vec<S>,
    alone: bool,
}

fn name(function: Function) -> &'static str {
    match function {
        Function::Sigmoid => "sigmoid",
        Function::Tanh => "tanh",
        Function::Relu => "relu",
    }
}

/// As in `ours`.
fn specification(workload: &Workload) -> String {
    let float = match workload.float {
        Float::F32 => "f32",
        Float::F64 => "f64",
    };
    let outputs = workload.outputs();
    let (last, target, loss) = match workload.ending {
        Ending::HalfSquared(function) => (name(function), format!("t[{outputs}]"), "half_squared_error"),
        Ending::MeanSquared(function) => (name(function), format!("t[{outputs}]"), "mean_squared_error"),
        Ending::CrossEntropy => ("softmax", format!("t: class[{outputs}]"), "cross_entropy"),
    };
    let mut text = format!("network Net: {float} {{ input x[{}];", workload.inputs());
    let (mut before, layers) = ("x".to_owned(), workload.layers().count());
    for (number, (_, outputs)) in workload.layers().enumerate() {
        let ends = number + 1 == layers;
        let (layer, function) =
            if ends { ("output".to_owned(), last) } else { (format!("h{number}"), name(workload.hidden)) };
        text += &format!("layer {layer}[{outputs}] = {function}(dense({before}));");
        before = layer;
    }
    let rule = match workload.rule {
        Rule::Sgd => "sgd",
        Rule::Adam => "adam",
    };
    // W3 has no fused twin.
    let fused = cfg!(feature = "native") && workload.name != "W3";
    let arithmetic = if fused { "fused" } else { "separate" };
    let batch = if workload.batch > 1 { format!(", batch {}", workload.batch) } else { String::new() };
    text + &format!(
        "target {target}; loss {loss}(output, t); arithmetic {arithmetic}; train {rule}(rate = {}){batch}; }}",
        workload.rate
    )
}

impl<S: Scalar> Engine<S> {
    #[allow(clippy::new_ret_no_self)]
    fn new(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
        let compiled = Compilation::of(&specification(workload), &NoFiles).ok()?;
        let of = |numbers: &[f64]| numbers.iter().map(|&number| S::from_f64(number)).collect::<Vec<S>>();
        let rows = data.targets.chunks_exact(workload.outputs());
        let class = |row: &[f64]| row.iter().position(|&t| t == 1.0);
        let is_class = workload.ending == Ending::CrossEntropy;
        let mut contender = Self {
            network: Network::new(&compiled).ok()?,
            inputs: of(&data.inputs),
            numbers: of(&data.targets),
            classes: if is_class { rows.map(class).collect::<Option<_>>()? } else { Vec::new() },
            outputs: vec![S::ZERO; workload.batch * workload.outputs()],
            start: of(&data.parameters),
            alone: workload.batch == 1,
        };
        contender.reset();
        Some(Box::new(contender))
    }
}

impl<S: Scalar> Contender for Engine<S> {
    fn reset(&mut self) {
        self.network.reset_optimizer();
        let mut start = self.start.iter();
        let names: Vec<String> =
            self.network.parameters().map(|parameter| parameter.name.to_owned()).collect();
        for name in names {
            let values = self.network.parameter_mut(&name).into_iter().flatten();
            values.zip(&mut start).for_each(|(value, &start)| *value = start);
        }
    }

    fn forward(&mut self) {
        self.network.forward(&self.inputs, &mut self.outputs).expect("whole samples");
    }

    fn train(&mut self) {
        let targets = if self.classes.is_empty() {
            Targets::Numbers(&self.numbers)
        } else {
            Targets::Classes(&self.classes)
        };
        let done = if self.alone {
            self.network.train(&self.inputs, targets)
        } else {
            self.network.train_batch(&self.inputs, targets)
        };
        done.expect("samples with their targets");
    }

    fn outputs(&self) -> Vec<f64> {
        self.outputs.iter().map(|y| y.to_f64()).collect()
    }

    fn parameters(&self) -> Vec<f64> {
        self.network.parameters().flat_map(|parameter| parameter.values).map(|w| w.to_f64()).collect()
    }
}

pub fn contender(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
    match workload.float {
        Float::F32 => Engine::<f32>::new(workload, data),
        Float::F64 => Engine::<f64>::new(workload, data),
    }
}
