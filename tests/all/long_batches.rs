//! Batches of more samples than a group has: means of many equal losses and gradients are right.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::thread;

use mlp::{Batch, Gradients, Network, Trainable};

mlp::mlp! {
    /// Named neurons: one sample at a time.
    network Named: f32 {
        input   x { a }
        weights { w = 0 }
        biases  { b = 1 }
        layer   y { o = w * a + b }
        target  t { z }
        loss    0.1 * o + 0 * z;
        train   sgd(rate = 1);
    }
}

mlp::mlp! {
    /// Layers that are written out.
    network Unrolled: f32 {
        input   x[2];
        weights W[2, 3] ~ zeros();
        biases  b[3] = 0.5;
        layer   y[3] = x @ W + b;
        target  t { z }
        loss    0.1 * (sum(y) - 0.5) + 0 * z;
        train   sgd(rate = 1);
    }
}

mlp::mlp! {
    /// Layers in blocks of 50 samples, and a penalty, which is added once: ∂P/∂s is 3.
    network Blocks: f32 {
        input   x[4];
        weights { s = 0 }
        weights W[4, 80] ~ zeros(), v[80] ~ zeros();
        biases  b[80] = 1;
        layer   h[80] = x @ W + b;
        layer   y { o = sum(h) / 80 + v @ h }
        target  t { z }
        loss    0.1 * o + 0 * z;
        penalty 3 * s;
        train   momentum(rate = 1), batch 50;
    }
}

mlp::mlp! {
    /// The sum of the losses; products and their sums rounded once; steps that kernels take.
    network Summed: f32 {
        input   x[4];
        layer   h[80] = linear(x);
        target  t { z }
        loss    0.1 * sum(h) + 0.1 + 0 * z;
        train   sgd(rate = 1), batch 100, reduction = sum;
        arithmetic fused;
    }
}

mlp::mlp! {
    /// More parameters than are returned by value: the sums are in the workspace of batches.
    network Large: f32 {
        input   x[256];
        weights W[256, 160] ~ zeros();
        biases  b[160] = 0.00625;
        layer   h[160] = x @ W + b;
        target  t { z }
        loss    0.1 * sum(h) + 0 * z;
        train   sgd(rate = 1), batch 128;
    }
}

mlp::mlp! {
    /// 64 bits have one group.
    network Wide: f64 {
        input   x[2];
        layer   y[3] = dense(x);
        target  t { z }
        loss    0.1 * (sum(y) + 1) + 0 * z;
        train   sgd(rate = 1);
    }
}

/// Groups of equal numbers are at most 3.9e-6 off, whatever the number; of 0.1 they are 2.4e-6 off.
fn near(found: f64, expected: f64, what: &str) {
    let off = (found - expected).abs();
    let bound = if expected == 0.1 { 1e-6 } else { 4e-6 * expected.abs() };
    assert!(off <= bound, "{what}: {found} instead of {expected}, {off:e} off");
}

/// Means over this many samples with a loss of 0.1; `gradients` has a gradient of each parameter.
macro_rules! check {
    ($network:ident, $samples:expr, $loss:expr, $gradients:expr, $start:expr) => {{
        let inputs = vec![[1.0; $network::INPUTS]; $samples];
        let targets = vec![[0.0; <$network as mlp::Differentiable>::TARGETS]; $samples];
        let batch = Batch::new(&inputs, &targets).unwrap();
        let mut network = $network::ZERO;
        network.initialize(1);
        for parameter in $network::LAYOUT.iter().filter(|_| $start) {
            network.parameter_mut(parameter.name).unwrap().fill(0.0);
        }
        let mut workspace = <$network as Network>::BatchWorkspace::default();
        let mut gradients = <$network as mlp::Differentiable>::Gradients::default();
        let what = format!("{} with {} samples", $network::NAME, $samples);
        let loss = mlp::Differentiable::loss_batch(&network, batch, &mut workspace);
        near(loss.into(), $loss, &what);
        assert_eq!(network.backward_batch(batch, &mut workspace, &mut gradients), loss, "{what}");
        near(network.backward_batch(batch, &mut workspace, &mut gradients).into(), $loss, &what);
        for (number, expected) in $gradients.into_iter().enumerate() {
            let found = gradients.elements(number).unwrap();
            assert!(!found.is_empty());
            found.iter().for_each(|found| near((*found).into(), expected, &format!("{what}: ∂E/∂{number}")));
        }
        assert!(gradients.elements($gradients.len()).is_none());

        // A step is that of the gradients.
        let (mut apart, mut optimizer) = (network.clone(), <$network as Trainable>::Optimizer::default());
        apart.step(&mut optimizer, &gradients);
        let loss = network.train_batch(
            batch,
            &mut <$network as Trainable>::Optimizer::default(),
            &mut workspace,
            &mut gradients,
        );
        near(loss.into(), $loss, &what);
        assert!(network == apart, "{what}: the step");
    }};
}

/// Lengths for networks that are quick and that are not; all of them where code is optimised.
fn lengths(quick: bool) -> &'static [usize] {
    match (cfg!(debug_assertions), quick) {
        (false, _) => &[1_000_000, 10_000_000],
        (true, true) => &[1_000_000],
        (true, false) => &[100_000],
    }
}

/// A thread with room for networks by value, in debug builds several times.
fn with_room(test: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(64 << 20).spawn(test).unwrap().join().unwrap();
}

#[test]
fn of_named_neurons() {
    for &samples in lengths(true) {
        check!(Named, samples, 0.1, [0.1, 0.1], false);
    }
}

#[test]
fn of_layers_that_are_written_out() {
    for &samples in lengths(true) {
        check!(Unrolled, samples, 0.1, [0.1, 0.1], false);
    }
}

#[test]
fn of_layers_in_blocks() {
    for &samples in lengths(false) {
        check!(Blocks, samples, 0.1, [3.0, 0.00125, 0.1, 0.00125], false);
    }
}

#[test]
fn of_sums() {
    for &samples in lengths(false) {
        let sum = 0.1 * samples as f64;
        check!(Summed, samples, sum, [sum], true);
    }
}

#[test]
fn of_large_networks() {
    let samples = if cfg!(debug_assertions) { 2_000 } else { 100_000 };
    with_room(move || check!(Large, samples, 0.1, [0.1, 0.1], false));
}

#[test]
fn of_64_bits() {
    for &samples in lengths(true) {
        check!(Wide, samples, 0.1, [0.1, 0.1], true);
    }
}
