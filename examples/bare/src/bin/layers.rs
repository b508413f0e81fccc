//! A network of layers that computes batches in blocks of samples: every method once.
#![no_std]
#![no_main]

use core::hint::black_box;

use mlp::{Batch, mlp};

mlp! {
    /// More than 300 multiply-adds a sample.
    pub network Layers: f32 {
        input  x[32];
        layer  hidden[32] = tanh(dense(x));
        layer  y[4] = sigmoid(dense(hidden));
        target t[4];
        loss   half_squared_error(y, t);
        train  sgd(rate = 0.1), batch 16;
    }
}

/// More than a block, and a last block that isn't full.
static INPUTS: [[f32; 32]; 40] = [[0.5; 32]; 40];
static TARGETS: [[f32; 4]; 40] = [[0.1, 0.9, 0.2, 0.8]; 40];

fn run() -> bool {
    let (inputs, targets) = (black_box(&INPUTS[..]), black_box(&TARGETS[..]));
    let Ok(batch) = Batch::new(inputs, targets) else { return false };
    let Some((input, target)) = batch.iter().next() else { return false };
    let mut network = Layers::with_seed(black_box(1));
    let (mut optimizer, mut workspace, mut gradients) =
        (LayersOptimizer::new(), LayersBatchWorkspace::new(), LayersGradients::new());
    let mut one = LayersWorkspace::new();
    let before = network.train(input, target);
    black_box(network.backward(input, target));
    black_box(network.trace(input));
    black_box(network.forward(input));
    network.train_into(input, target, &mut optimizer, &mut one, &mut gradients);
    network.backward_batch(batch, &mut workspace, &mut gradients);
    network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    let mut outputs = [[0.0; 4]; 40];
    let outputs = black_box(&mut outputs[..]);
    let done = network.forward_batch(inputs, &mut workspace, outputs);
    black_box(outputs);
    done.is_ok() && network.loss(input, target) < before
}

mlp_bare::program!(run);
