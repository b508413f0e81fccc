//! Our networks by methods that return their results: `forward` of one sample, beside `forward_into`.

use mlp::Trainable;

use crate::contender::Contender;
use crate::ours::{Number, Ours, Target, W1, W2, W3, ours};
use crate::workloads::{Data, Pass, Workload};

struct ByValue<N: Trainable> {
    ours: Box<Ours<N>>,
    forward: fn(&N, &N::Input) -> N::Output,
}

impl<N, T: Number, const I: usize, const O: usize> Contender for ByValue<N>
where
    N: Trainable<Scalar = T, Input = [T; I], Output = [T; O]> + 'static,
    N::Target: Target,
{
    fn reset(&mut self) {
        self.ours.reset();
    }

    fn forward(&mut self) {
        let Ours { network, inputs, outputs, .. } = &mut *self.ours;
        for (input, output) in inputs.iter().zip(outputs) {
            *output = (self.forward)(network, input);
        }
    }

    fn train(&mut self) {
        self.ours.train();
    }

    fn outputs(&self) -> Vec<f64> {
        self.ours.outputs()
    }

    fn parameters(&self) -> Vec<f64> {
        self.ours.parameters()
    }

    fn does(&self, pass: Pass) -> bool {
        pass == Pass::Forward
    }
}

macro_rules! by_value {
    ($network:ty, $data:expr) => {
        Some(Box::new(ByValue { ours: ours!($network, $data), forward: <$network>::forward }))
    };
}

pub fn contender(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
    match workload.name {
        "W1" => by_value!(W1, data),
        "W2" => by_value!(W2, data),
        "W3" => by_value!(W3, data),
        _ => None,
    }
}
