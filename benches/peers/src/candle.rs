//! candle, with its derivatives and optimizers.

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, SGD, loss, ops};

use crate::contender::Contender;
use crate::workloads::{Data, Ending, Float, Function, Rule, Workload};

enum Steps {
    Sgd(SGD),
    Adam(AdamW),
}

struct Candle {
    /// Weights and biases in turn.
    variables: Vec<Var>,
    start: Vec<Tensor>,
    steps: Steps,
    inputs: Tensor,
    /// Classes for a cross-entropy.
    targets: Tensor,
    outputs: Tensor,
    hidden: Function,
    ending: Ending,
    rule: Rule,
    rate: f64,
}

pub fn contender(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
    match Candle::new(workload, data) {
        Ok(candle) => Some(Box::new(candle)),
        Err(error) => {
            eprintln!("{}: candle: {error}", workload.name);
            None
        }
    }
}

impl Candle {
    fn new(workload: &Workload, data: &Data) -> Result<Self> {
        let float = match workload.float {
            Float::F32 => DType::F32,
            Float::F64 => DType::F64,
        };
        let matrix = |values: &[f64], rows, columns| {
            Tensor::from_slice(values, (rows, columns), &Device::Cpu)?.to_dtype(float)
        };
        let mut start = Vec::new();
        let mut rest = &*data.parameters;
        for (inputs, outputs) in workload.layers() {
            for rows in [inputs, 1] {
                let (values, behind) = rest.split_at(rows * outputs);
                start.push(matrix(values, rows, outputs)?);
                rest = behind;
            }
        }
        let targets = matrix(&data.targets, workload.batch, workload.outputs())?;
        let targets = match workload.ending {
            Ending::CrossEntropy => targets.argmax(1)?,
            _ => targets,
        };
        let variables = start.iter().map(Var::from_tensor).collect::<Result<Vec<_>>>()?;
        Ok(Self {
            steps: steps(&variables, workload.rule, workload.rate)?,
            variables,
            start,
            inputs: matrix(&data.inputs, workload.batch, workload.inputs())?,
            outputs: targets.clone(),
            targets,
            hidden: workload.hidden,
            ending: workload.ending,
            rule: workload.rule,
            rate: workload.rate,
        })
    }

    /// The net inputs of the last layer.
    fn net(&self) -> Result<Tensor> {
        let mut x = self.inputs.clone();
        let layers = self.variables.as_chunks::<2>().0;
        for (at, [weights, biases]) in layers.iter().enumerate() {
            x = x.matmul(weights)?.broadcast_add(biases)?;
            if at + 1 < layers.len() {
                x = activate(self.hidden, &x)?;
            }
        }
        Ok(x)
    }

    fn loss(&self) -> Result<Tensor> {
        let net = self.net()?;
        match self.ending {
            Ending::HalfSquared(f) => (activate(f, &net)? - &self.targets)?.sqr()?.sum_all()? * 0.5,
            Ending::MeanSquared(f) => loss::mse(&activate(f, &net)?, &self.targets),
            Ending::CrossEntropy => loss::cross_entropy(&net, &self.targets),
        }
    }

    fn step(&mut self) -> Result<()> {
        let gradients = self.loss()?.backward()?;
        match &mut self.steps {
            Steps::Sgd(steps) => steps.step(&gradients),
            Steps::Adam(steps) => steps.step(&gradients),
        }
    }

    fn restart(&mut self) -> Result<()> {
        for (variable, start) in self.variables.iter().zip(&self.start) {
            variable.set(start)?;
        }
        self.steps = steps(&self.variables, self.rule, self.rate)?;
        Ok(())
    }
}

fn steps(variables: &[Var], rule: Rule, rate: f64) -> Result<Steps> {
    let adam = ParamsAdamW { lr: rate, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0 };
    Ok(match rule {
        Rule::Sgd => Steps::Sgd(SGD::new(variables.to_vec(), rate)?),
        Rule::Adam => Steps::Adam(AdamW::new(variables.to_vec(), adam)?),
    })
}

fn activate(function: Function, x: &Tensor) -> Result<Tensor> {
    match function {
        Function::Sigmoid => ops::sigmoid(x),
        Function::Tanh => x.tanh(),
        Function::Relu => x.relu(),
    }
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    let flat = tensor.to_dtype(DType::F64).and_then(|tensor| tensor.flatten_all()?.to_vec1());
    flat.expect("a tensor of floats")
}

impl Contender for Candle {
    fn reset(&mut self) {
        self.restart().expect("the same shapes as at first");
    }

    fn forward(&mut self) {
        let outputs = self.net().and_then(|net| match self.ending {
            Ending::HalfSquared(f) | Ending::MeanSquared(f) => activate(f, &net),
            Ending::CrossEntropy => ops::softmax_last_dim(&net),
        });
        self.outputs = outputs.expect("shapes that were checked");
    }

    fn train(&mut self) {
        self.step().expect("shapes that were checked");
    }

    fn outputs(&self) -> Vec<f64> {
        numbers(&self.outputs)
    }

    fn parameters(&self) -> Vec<f64> {
        self.variables.iter().flat_map(|variable| numbers(variable)).collect()
    }
}
