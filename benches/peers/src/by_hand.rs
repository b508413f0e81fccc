//! Loops as one writes them by hand in Rust for sizes that are constants.

mod chain;
mod dense;
pub mod functions;
mod rules;

use std::hint::black_box;

use crate::contender::Contender;
use crate::workloads::{Data, Workload};
use chain::{Chain, CrossEntropy, Hidden, Last, Squared};
use dense::Row;
use functions::{Real, Relu, Sigmoid, Tanh};
use rules::{Adam, Rule, Sgd};

#[rustfmt::skip]
mod networks {
    use super::*;

    pub type W1 = Hidden<f64, Sgd<f64>, Sigmoid, 2, 2, 1, 2, 1,
        Last<f64, Sgd<f64>, Squared<Sigmoid, false>, 2, 2, 1, 2, 1>>;
    pub type W2 = Hidden<f32, Sgd<f32>, Tanh, 4, 16, 1, 16, 1,
        Hidden<f32, Sgd<f32>, Tanh, 16, 16, 1, 16, 1,
        Last<f32, Sgd<f32>, Squared<Tanh, true>, 16, 2, 1, 2, 1>>>;
    pub type W3 = Hidden<f32, Sgd<f32>, Tanh, 17, 64, 2, 32, 1,
        Hidden<f32, Sgd<f32>, Tanh, 64, 64, 2, 32, 1,
        Last<f32, Sgd<f32>, Squared<Tanh, true>, 64, 6, 1, 8, 1>>>;
    pub type W4 = Hidden<f32, Sgd<f32>, Sigmoid, 1024, 20, 1, 24, 50,
        Hidden<f32, Sgd<f32>, Sigmoid, 20, 15, 1, 16, 50,
        Last<f32, Sgd<f32>, CrossEntropy, 15, 10, 1, 16, 50>>>;
    pub type W4F64 = Hidden<f64, Sgd<f64>, Sigmoid, 1024, 20, 1, 24, 50,
        Hidden<f64, Sgd<f64>, Sigmoid, 20, 15, 1, 16, 50,
        Last<f64, Sgd<f64>, CrossEntropy, 15, 10, 1, 16, 50>>>;
    pub type W5<R, const B: usize> = Hidden<f32, R, Relu, 784, 128, 8, 16, B,
        Last<f32, R, CrossEntropy, 128, 10, 1, 16, B>>;
    pub type W6<T, const N: usize, const L: usize> = Hidden<T, Sgd<T>, Relu, 784, 512, N, L, 128,
        Hidden<T, Sgd<T>, Relu, 512, 512, N, L, 128,
        Last<T, Sgd<T>, CrossEntropy, 512, 10, 1, 16, 128>>>;
}
use networks::*;

struct ByHand<T, U, C, const I: usize, const O: usize, const B: usize> {
    network: C,
    rule: U,
    rate: f64,
    parameters: Vec<f64>,
    inputs: Box<[Row<T, 1, I>; B]>,
    targets: Box<[[T; O]; B]>,
}

impl<T: Real, U: Rule<T> + 'static, C, const I: usize, const O: usize, const B: usize>
    ByHand<T, U, C, I, O, B>
where
    C: Chain<T, U, 1, I, O, B> + 'static,
{
    #[allow(clippy::new_ret_no_self)]
    fn new(workload: &Workload, data: &Data) -> Box<dyn Contender> {
        let mut contender = Self {
            network: C::new(),
            rule: U::new(workload.rate, B),
            rate: workload.rate,
            parameters: data.parameters.clone(),
            inputs: dense::boxed([[T::ZERO; I]]),
            targets: dense::boxed([T::ZERO; O]),
        };
        let values = |numbers: &[f64]| numbers.iter().map(|&x| T::of(x)).collect::<Vec<_>>();
        let inputs = contender.inputs.as_flattened_mut().as_flattened_mut();
        inputs.copy_from_slice(&values(&data.inputs));
        contender.targets.as_flattened_mut().copy_from_slice(&values(&data.targets));
        contender.reset();
        Box::new(contender)
    }
}

impl<T: Real, U: Rule<T>, C: Chain<T, U, 1, I, O, B>, const I: usize, const O: usize, const B: usize>
    Contender for ByHand<T, U, C, I, O, B>
{
    fn reset(&mut self) {
        self.network.load(&mut self.parameters.iter().copied());
        self.rule = U::new(self.rate, B);
    }

    fn forward(&mut self) {
        self.network.forward(black_box(&self.inputs));
    }

    fn train(&mut self) {
        self.rule.begin();
        self.network.train(black_box(&self.inputs), &self.targets, &self.rule, None);
    }

    fn outputs(&self) -> Vec<f64> {
        self.network.outputs()
    }

    fn parameters(&self) -> Vec<f64> {
        let mut parameters = Vec::new();
        self.network.save(&mut parameters);
        parameters
    }
}

pub fn contender(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
    let new = match workload.name {
        "W1" => ByHand::<f64, Sgd<f64>, W1, 2, 2, 1>::new,
        "W2" => ByHand::<f32, Sgd<f32>, W2, 4, 2, 1>::new,
        "W3" => ByHand::<f32, Sgd<f32>, W3, 17, 6, 1>::new,
        "W4" => ByHand::<f32, Sgd<f32>, W4, 1024, 10, 50>::new,
        "W4-f64" => ByHand::<f64, Sgd<f64>, W4F64, 1024, 10, 50>::new,
        "W5" => ByHand::<f32, Sgd<f32>, W5<Sgd<f32>, 64>, 784, 10, 64>::new,
        "W5-one" => ByHand::<f32, Sgd<f32>, W5<Sgd<f32>, 1>, 784, 10, 1>::new,
        "W5-adam" => ByHand::<f32, Adam<f32>, W5<Adam<f32>, 64>, 784, 10, 64>::new,
        "W6" => ByHand::<f32, Sgd<f32>, W6<f32, 32, 16>, 784, 10, 128>::new,
        "W6-f64" => ByHand::<f64, Sgd<f64>, W6<f64, 64, 8>, 784, 10, 128>::new,
        _ => return None,
    };
    Some(new(workload, data))
}
