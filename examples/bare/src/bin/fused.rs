//! What the other programs leave out: `f64`, fused arithmetic, a matrix before its vector and transposed,
//! frozen parameters, flat batches, parameters by name.
#![no_std]
#![no_main]

use core::hint::black_box;

use mlp::{Batch, Network, mlp};

mlp! {
    /// An encoder whose decoder is its transpose.
    pub network Tied: f64 {
        input   x[24];
        weights W[16, 24], V[16, 16];
        frozen weights F[24, 24];
        biases  b[16], c[24];
        layer   code[16]  = silu(W @ (x @ F) + b);
        layer   mixed[16] = softplus(code @ V);
        layer   back[24]  = transpose(W) @ mixed + c;
        target  same[24];
        loss    huber(back, same);
        train   nesterov(rate = 0.01), batch 16, reduction = sum;
        arithmetic fused;
    }
}

static SAMPLES: [f64; 24 * 40] = [0.5; 24 * 40];

fn run() -> bool {
    let samples = black_box(&SAMPLES[..]);
    let Ok(batch) = Batch::from_flat(samples, samples) else { return false };
    let mut network = Tied::with_seed(black_box(1));
    let (mut optimizer, mut workspace, mut gradients) =
        (TiedOptimizer::new(), TiedBatchWorkspace::new(), TiedGradients::new());
    let mut one = TiedWorkspace::new();
    let name = black_box("c");
    let Some(biases) = network.parameter_mut(name) else { return false };
    for bias in biases {
        *bias += 0.1;
    }
    let before = network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    for (input, target) in batch {
        network.train_into(input, target, &mut optimizer, &mut one, &mut gradients);
    }
    let mut outputs = [[0.0; 24]; 40];
    let outputs = black_box(&mut outputs[..]);
    let done = network.forward_batch(batch.inputs(), &mut workspace, outputs);
    black_box(outputs);
    done.is_ok() && network.backward_batch(batch, &mut workspace, &mut gradients) < before
}

mlp_bare::program!(run);
