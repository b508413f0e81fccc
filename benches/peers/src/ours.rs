//! Our networks.

use mlp::{Batch, Class, Trainable, mlp};

use crate::contender::Contender;
use crate::workloads::{Data, Workload};

macro_rules! networks {
    ($arithmetic:ident) => {
        mlp! {
            pub(crate) network W1: f64 {
                input  x[2];
                layer  hidden[2] = sigmoid(dense(x));
                layer  output[2] = sigmoid(dense(hidden));
                target t[2];
                loss   half_squared_error(output, t);
                arithmetic $arithmetic;
                train  sgd(rate = 0.5);
            }
        }
        mlp! {
            pub(crate) network W2 {
                input  x[4];
                layer  hidden1[16] = tanh(dense(x));
                layer  hidden2[16] = tanh(dense(hidden1));
                layer  output[2]   = tanh(dense(hidden2));
                target t[2];
                loss   mean_squared_error(output, t);
                arithmetic $arithmetic;
                train  sgd(rate = 0.01);
            }
        }
        mlp! {
            pub(crate) network W3 {
                input  x[17];
                layer  hidden1[64] = tanh(dense(x));
                layer  hidden2[64] = tanh(dense(hidden1));
                layer  output[6]   = tanh(dense(hidden2));
                target t[6];
                loss   mean_squared_error(output, t);
                train  sgd(rate = 0.01);
            }
        }
        mlp! {
            network W4 {
                input  x[1024];
                layer  hidden1[20] = sigmoid(dense(x));
                layer  hidden2[15] = sigmoid(dense(hidden1));
                layer  output[10]  = softmax(dense(hidden2));
                target t: class[10];
                loss   cross_entropy(output, t);
                arithmetic $arithmetic;
                train  sgd(rate = 0.1), batch 50;
            }
        }
        mlp! {
            network W4F64: f64 {
                input  x[1024];
                layer  hidden1[20] = sigmoid(dense(x));
                layer  hidden2[15] = sigmoid(dense(hidden1));
                layer  output[10]  = softmax(dense(hidden2));
                target t: class[10];
                loss   cross_entropy(output, t);
                arithmetic $arithmetic;
                train  sgd(rate = 0.1), batch 50;
            }
        }
        mlp! {
            network W5 {
                input  x[784];
                layer  hidden[128] = relu(dense(x));
                layer  output[10]  = softmax(dense(hidden));
                target t: class[10];
                loss   cross_entropy(output, t);
                arithmetic $arithmetic;
                train  sgd(rate = 0.1), batch 64;
            }
        }
        mlp! {
            network W5Adam {
                input  x[784];
                layer  hidden[128] = relu(dense(x));
                layer  output[10]  = softmax(dense(hidden));
                target t: class[10];
                loss   cross_entropy(output, t);
                arithmetic $arithmetic;
                train  adam(rate = 0.001), batch 64;
            }
        }
        mlp! {
            network W6 {
                input  x[784];
                layer  hidden1[512] = relu(dense(x));
                layer  hidden2[512] = relu(dense(hidden1));
                layer  output[10]   = softmax(dense(hidden2));
                target t: class[10];
                loss   cross_entropy(output, t);
                arithmetic $arithmetic;
                train  sgd(rate = 0.1), batch 128;
            }
        }
        mlp! {
            network W6F64: f64 {
                input  x[784];
                layer  hidden1[512] = relu(dense(x));
                layer  hidden2[512] = relu(dense(hidden1));
                layer  output[10]   = softmax(dense(hidden2));
                target t: class[10];
                loss   cross_entropy(output, t);
                arithmetic $arithmetic;
                train  sgd(rate = 0.1), batch 128;
            }
        }
    };
}
// The baseline has no instruction that fuses.
#[cfg(feature = "native")]
networks!(fused);
#[cfg(not(feature = "native"))]
networks!(separate);

pub trait Number: Copy + Into<f64> + 'static {
    fn of(value: f64) -> Self;
}

impl Number for f32 {
    fn of(value: f64) -> Self {
        value as Self
    }
}

impl Number for f64 {
    fn of(value: f64) -> Self {
        value
    }
}

/// What a network takes as a target.
pub trait Target: 'static {
    fn of(row: &[f64]) -> Self;
}

impl<T: Number, const O: usize> Target for [T; O] {
    fn of(row: &[f64]) -> Self {
        std::array::from_fn(|o| T::of(row[o]))
    }
}

impl<const O: usize> Target for Class<O> {
    fn of(row: &[f64]) -> Self {
        let class = row.iter().position(|&t| t == 1.0);
        class.and_then(Class::new).expect("a row has its class")
    }
}

pub struct Ours<N: Trainable> {
    pub network: Box<N>,
    optimizer: N::Optimizer,
    workspace: Box<N::BatchWorkspace>,
    gradients: Box<N::Gradients>,
    pub inputs: Vec<N::Input>,
    targets: Vec<N::Target>,
    pub outputs: Vec<N::Output>,
    start: Vec<f64>,
}

impl<N, T: Number, const I: usize, const O: usize> Ours<N>
where
    N: Trainable<Scalar = T, Input = [T; I], Output = [T; O]> + 'static,
    N::Target: Target,
{
    pub fn new(
        network: Box<N>,
        workspace: Box<N::BatchWorkspace>,
        gradients: Box<N::Gradients>,
        data: &Data,
    ) -> Box<Self> {
        let inputs = data.inputs.as_chunks::<I>().0.iter().map(|row| row.map(T::of)).collect::<Vec<_>>();
        let mut contender = Self {
            network,
            optimizer: N::Optimizer::default(),
            workspace,
            gradients,
            outputs: vec![[T::of(0.0); O]; inputs.len()],
            inputs,
            targets: data.targets.chunks_exact(O).map(N::Target::of).collect(),
            start: data.parameters.clone(),
        };
        contender.reset();
        Box::new(contender)
    }
}

impl<N, T: Number, const I: usize, const O: usize> Contender for Ours<N>
where
    N: Trainable<Scalar = T, Input = [T; I], Output = [T; O]>,
{
    fn reset(&mut self) {
        self.optimizer = N::Optimizer::default();
        let mut start = self.start.iter();
        for parameter in N::LAYOUT {
            let values = self.network.parameter_mut(parameter.name).into_iter().flatten();
            for (value, &start) in values.zip(&mut start) {
                *value = T::of(start);
            }
        }
    }

    fn forward(&mut self) {
        if let ([input], [output]) = (&*self.inputs, &mut *self.outputs) {
            self.network.forward_into(input, N::sample_workspace(&mut self.workspace), output);
        } else {
            let done = self.network.forward_batch(&self.inputs, &mut self.workspace, &mut self.outputs);
            done.expect("there is an output for each input");
        }
    }

    fn train(&mut self) {
        let Self { network, optimizer, workspace, gradients, inputs, targets, .. } = self;
        if let ([input], [target]) = (&**inputs, &**targets) {
            network.train_into(input, target, optimizer, N::sample_workspace(workspace), gradients);
        } else {
            let batch = Batch::new(inputs, targets).expect("there is a target for each input");
            network.train_batch(batch, optimizer, workspace, gradients);
        }
    }

    fn outputs(&self) -> Vec<f64> {
        self.outputs.as_flattened().iter().map(|&y| y.into()).collect()
    }

    fn parameters(&self) -> Vec<f64> {
        let values = |name| self.network.parameter(name).into_iter().flatten();
        N::LAYOUT.iter().flat_map(|parameter| values(parameter.name)).map(|&w| w.into()).collect()
    }
}

/// The contender of a network, made on the heap.
macro_rules! ours {
    ($network:ty, $data:expr) => {
        $crate::ours::Ours::<$network>::new(
            <$network>::boxed(),
            <<$network as mlp::Network>::BatchWorkspace>::boxed(),
            <<$network as mlp::Differentiable>::Gradients>::boxed(),
            $data,
        )
    };
}
pub(crate) use ours;

pub fn contender(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
    match workload.name {
        "W1" => Some(ours!(W1, data)),
        "W2" => Some(ours!(W2, data)),
        "W3" => Some(ours!(W3, data)),
        "W4" => Some(ours!(W4, data)),
        "W4-f64" => Some(ours!(W4F64, data)),
        "W5" | "W5-one" => Some(ours!(W5, data)),
        "W5-adam" => Some(ours!(W5Adam, data)),
        "W6" => Some(ours!(W6, data)),
        "W6-f64" => Some(ours!(W6F64, data)),
        _ => None,
    }
}
