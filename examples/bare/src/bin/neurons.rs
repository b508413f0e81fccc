//! A network whose neurons have names: every method once.
#![no_std]
#![no_main]

use core::hint::black_box;

use mlp::{Batch, mlp};

mlp! {
    /// The course's network.
    pub network Neurons: f64 {
        input   x { i1 = 0.05, i2 = 0.10 }
        weights { w1 = 0.15, w2 = 0.20, w3 = 0.25, w4 = 0.30, w5 = 0.40, w6 = 0.45, w7 = 0.50, w8 = 0.55 }
        biases  { b1 = 0.35, b2 = 0.60 }
        layer   hidden { h1 = sigmoid(w1*i1 + w2*i2 + b1), h2 = sigmoid(w3*i1 + w4*i2 + b1) }
        layer   output { o1 = sigmoid(w5*h1 + w6*h2 + b2), o2 = sigmoid(w7*h1 + w8*h2 + b2) }
        target  t { t1 = 0.01, t2 = 0.99 }
        loss    half_squared_error(output, t);
        train   sgd(rate = 0.5);
    }
}

fn run() -> bool {
    let (inputs, targets) = (black_box(&[[0.05, 0.10]; 3][..]), black_box(&[[0.01, 0.99]; 3][..]));
    let Ok(batch) = Batch::new(inputs, targets) else { return false };
    let Some((input, target)) = batch.iter().next() else { return false };
    let mut network = Neurons::with_seed(black_box(1));
    let (mut optimizer, mut workspace, mut gradients) =
        (NeuronsOptimizer::new(), NeuronsBatchWorkspace::new(), NeuronsGradients::new());
    let mut one = NeuronsWorkspace::new();
    let before = network.train(input, target);
    black_box(network.backward(input, target));
    black_box(network.trace(input));
    black_box(network.forward(input));
    network.train_into(input, target, &mut optimizer, &mut one, &mut gradients);
    network.backward_batch(batch, &mut workspace, &mut gradients);
    network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    let mut outputs = [[0.0; 2]; 3];
    let outputs = black_box(&mut outputs[..]);
    let done = network.forward_batch(inputs, &mut workspace, outputs);
    black_box(outputs);
    done.is_ok() && network.loss(input, target) < before
}

mlp_bare::program!(run);
