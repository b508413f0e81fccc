//! burn on ndarray, with its derivatives and optimizers; in `f32`.

use burn::backend::{Autodiff, NdArray};
use burn::module::{AutodiffModule, Module, Param};
use burn::optim::adaptor::OptimizerAdaptor;
use burn::optim::{Adam, AdamConfig, GradientsParams, Optimizer, Sgd, SgdConfig};
use burn::tensor::{Tensor, TensorData, activation};

use crate::contender::Contender;
use crate::workloads::{Data, Ending, Float, Function, Rule, Workload};

type Plain = NdArray<f32>;
type Derived = Autodiff<Plain>;

#[derive(Module, Debug)]
struct Network<B: burn::tensor::backend::Backend> {
    weights: Vec<Param<Tensor<B, 2>>>,
    biases: Vec<Param<Tensor<B, 2>>>,
}

enum Steps {
    Sgd(OptimizerAdaptor<Sgd<Plain>, Network<Derived>, Derived>),
    Adam(OptimizerAdaptor<Adam, Network<Derived>, Derived>),
}

struct Burn {
    start: Network<Derived>,
    network: Network<Derived>,
    /// The network without what derivatives need, made when it is first asked for.
    plain: Option<Network<Plain>>,
    steps: Steps,
    inputs: Tensor<Plain, 2>,
    targets: Tensor<Derived, 2>,
    outputs: Tensor<Plain, 2>,
    hidden: Function,
    ending: Ending,
    rule: Rule,
    rate: f64,
}

pub fn contender(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
    (workload.float == Float::F32).then(|| Box::new(Burn::new(workload, data)) as Box<dyn Contender>)
}

fn matrix<B>(values: &[f64], rows: usize, columns: usize) -> Tensor<B, 2>
where
    B: burn::tensor::backend::Backend,
{
    let values: Vec<f32> = values.iter().map(|&x| x as f32).collect();
    Tensor::from_data(TensorData::new(values, [rows, columns]), &B::Device::default())
}

impl Burn {
    fn new(workload: &Workload, data: &Data) -> Self {
        let mut start = Network { weights: Vec::new(), biases: Vec::new() };
        let mut rest = &*data.parameters;
        for (inputs, outputs) in workload.layers() {
            let (weights, behind) = rest.split_at(inputs * outputs);
            let (biases, behind) = behind.split_at(outputs);
            start.weights.push(Param::from_tensor(matrix(weights, inputs, outputs)));
            start.biases.push(Param::from_tensor(matrix(biases, 1, outputs)));
            rest = behind;
        }
        let inputs = matrix(&data.inputs, workload.batch, workload.inputs());
        Self {
            network: start.clone(),
            start,
            plain: None,
            steps: steps(workload.rule),
            outputs: inputs.clone(),
            inputs,
            targets: matrix(&data.targets, workload.batch, workload.outputs()),
            hidden: workload.hidden,
            ending: workload.ending,
            rule: workload.rule,
            rate: workload.rate,
        }
    }

    fn loss(&self) -> Tensor<Derived, 1> {
        let net = net(&self.network, self.hidden, Tensor::from_inner(self.inputs.clone()));
        let targets = self.targets.clone();
        match self.ending {
            Ending::HalfSquared(f) => (activate(f, net) - targets).powi_scalar(2).sum() * 0.5,
            Ending::MeanSquared(f) => (activate(f, net) - targets).powi_scalar(2).mean(),
            Ending::CrossEntropy => {
                let batch = self.inputs.dims()[0];
                (activation::log_softmax(net, 1) * targets).sum() / -(batch as f64)
            }
        }
    }
}

fn steps(rule: Rule) -> Steps {
    match rule {
        Rule::Sgd => Steps::Sgd(SgdConfig::new().init()),
        Rule::Adam => Steps::Adam(AdamConfig::new().with_epsilon(1e-8).init()),
    }
}

/// The net inputs of the last layer.
fn net<B>(network: &Network<B>, hidden: Function, inputs: Tensor<B, 2>) -> Tensor<B, 2>
where
    B: burn::tensor::backend::Backend,
{
    let layers = network.weights.iter().zip(&network.biases);
    layers.enumerate().fold(inputs, |x, (at, (weights, biases))| {
        let x = if at > 0 { activate(hidden, x) } else { x };
        x.matmul(weights.val()) + biases.val()
    })
}

fn activate<B>(function: Function, x: Tensor<B, 2>) -> Tensor<B, 2>
where
    B: burn::tensor::backend::Backend,
{
    match function {
        Function::Sigmoid => activation::sigmoid(x),
        Function::Tanh => activation::tanh(x),
        Function::Relu => activation::relu(x),
    }
}

fn numbers<B: burn::tensor::backend::Backend>(tensor: &Tensor<B, 2>) -> Vec<f64> {
    tensor.to_data().iter::<f32>().map(f64::from).collect()
}

impl Contender for Burn {
    fn reset(&mut self) {
        self.network = self.start.clone();
        self.plain = None;
        self.steps = steps(self.rule);
    }

    fn forward(&mut self) {
        let plain = self.plain.get_or_insert_with(|| self.network.valid());
        let net = net(plain, self.hidden, self.inputs.clone());
        self.outputs = match self.ending {
            Ending::HalfSquared(f) | Ending::MeanSquared(f) => activate(f, net),
            Ending::CrossEntropy => activation::softmax(net, 1),
        };
    }

    fn train(&mut self) {
        let gradients = GradientsParams::from_grads(self.loss().backward(), &self.network);
        let network = self.network.clone();
        self.network = match &mut self.steps {
            Steps::Sgd(steps) => steps.step(self.rate, network, gradients),
            Steps::Adam(steps) => steps.step(self.rate, network, gradients),
        };
    }

    fn outputs(&self) -> Vec<f64> {
        numbers(&self.outputs)
    }

    fn parameters(&self) -> Vec<f64> {
        let layers = self.network.weights.iter().zip(&self.network.biases);
        layers
            .flat_map(|(weights, biases)| [numbers(&weights.val()), numbers(&biases.val())])
            .flatten()
            .collect()
    }
}
