//! Batches on several threads: outputs, losses, gradients and trained parameters have the same bits in pools
//! of any size, those of samples that are computed one by one, which one thread does.
//! `cargo test --workspace --features mlp/rayon --test threads`

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fmt::Debug, thread};

use mlp::{Batch, Network};
use mlp_support::networks::{self, Trained, samples};
use rayon::ThreadPoolBuilder;

mlp::mlp! {
    /// One large layer, of which columns are cut, and one that is too small for threads.
    network Columns: f32 {
        input  x[385];
        layer  hidden[257] = tanh(dense(x));
        layer  y[3] = dense(hidden);
        target t[3];
        loss   squared_error(y, t);
        train  adam(rate = 0.01), batch 128;
    }
}

mlp::mlp! {
    /// Few columns, so rows are cut: samples, and rows of weights. The other type and arithmetic.
    network Rows: f64 {
        input  x[2401];
        layer  hidden[39] = sigmoid(dense(x));
        layer  y[2] = dense(hidden);
        target t[2];
        loss   squared_error(y, t);
        train  sgd(rate = 0.1), batch 128, clip_norm = 1;
        arithmetic fused;
    }
}

mlp::mlp! {
    /// Gradients that go back through a large layer; the last part of a cut has half a panel.
    network Deep: f32 {
        input  x[9];
        layer  first[351] = relu(dense(x));
        layer  second[288] = relu(dense(first));
        layer  y[2] = dense(second);
        target t[2];
        loss   squared_error(y, t);
        train  adam(rate = 0.01), batch 100;
    }
}

/// More than two groups of 256 samples.
const SAMPLES: usize = 513;

/// Room for networks and workspaces by value, in debug builds several times.
const STACK: usize = 64 << 20;

/// One sample, all, and others around blocks and around the size that is worth several threads; fewer
/// without optimization.
fn lengths(multiply_adds: usize) -> Vec<usize> {
    let first = (1_usize << 23).div_ceil(multiply_adds);
    if cfg!(debug_assertions) {
        return vec![1, first - 1, first, 129, 257];
    }
    vec![1, 2, first - 1, first, first + 1, 127, 128, 129, 128 + first, 255, 256, 257, 511, 512, SAMPLES]
}

/// Samples by chance.
struct Samples<N: Trained> {
    inputs: Vec<N::Input>,
    targets: Vec<N::Target>,
}

impl<N: Trained> Samples<N> {
    fn draw() -> Self {
        let (inputs, targets) = samples::<N>(SAMPLES);
        Self { inputs, targets }
    }

    fn batch(&self, from: usize, length: usize) -> Batch<'_, N::Input, N::Target> {
        Batch::new(&self.inputs[from..from + length], &self.targets[from..from + length]).unwrap()
    }
}

/// What was computed, as the shortest texts that give its bits again, with what it is.
type Seen = Vec<(String, String)>;

fn saw(seen: &mut Seen, what: &str, length: usize, value: &impl Debug) {
    seen.push((format!("{what} of {length} samples"), format!("{value:?}")));
}

/// By the methods that take batches.
fn batches<N: Trained>(network: &N, samples: &Samples<N>, lengths: &[usize]) -> Seen {
    let (mut workspace, mut gradients) = (N::BatchWorkspace::default(), N::Gradients::default());
    let mut seen = Seen::new();
    for &length in lengths {
        let mut outputs = vec![N::Output::default(); length];
        network.forward_batch(&samples.inputs[..length], &mut workspace, &mut outputs).unwrap();
        saw(&mut seen, "outputs", length, &outputs);
        let loss = network.backward_batch(samples.batch(0, length), &mut workspace, &mut gradients);
        saw(&mut seen, "the loss", length, &loss);
        saw(&mut seen, "gradients", length, &gradients);
    }
    let (mut trained, mut optimizer) = (network.clone(), N::Optimizer::default());
    for (step, &length) in lengths.iter().rev().enumerate() {
        let batch = samples.batch(step.min(SAMPLES - length), length);
        let loss = trained.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
        saw(&mut seen, "the loss of a step", length, &loss);
    }
    parameters(&mut seen, &trained);
    seen
}

/// The same by samples one after another.
fn one_by_one<N: Trained>(network: &N, samples: &Samples<N>, lengths: &[usize]) -> Seen {
    let (mut workspace, mut gradients) = (N::Workspace::default(), N::Gradients::default());
    let mut outputs = vec![N::Output::default(); SAMPLES];
    let mut room = N::Workspace::default();
    for (input, output) in samples.inputs.iter().zip(&mut outputs) {
        network.forward_into(input, &mut room, output);
    }
    let mut seen = Seen::new();
    for &length in lengths {
        let loss = networks::one_by_one(network, samples.batch(0, length), &mut workspace, &mut gradients);
        saw(&mut seen, "outputs", length, &&outputs[..length]);
        saw(&mut seen, "the loss", length, &loss);
        saw(&mut seen, "gradients", length, &gradients);
    }
    let (mut trained, mut optimizer) = (network.clone(), N::Optimizer::default());
    for (step, &length) in lengths.iter().rev().enumerate() {
        let batch = samples.batch(step.min(SAMPLES - length), length);
        let loss = networks::one_by_one(&trained, batch, &mut workspace, &mut gradients);
        trained.step(&mut optimizer, &gradients);
        saw(&mut seen, "the loss of a step", length, &loss);
    }
    parameters(&mut seen, &trained);
    seen
}

fn parameters<N: Network>(seen: &mut Seen, network: &N) {
    for parameter in N::LAYOUT {
        seen.push((parameter.name.to_owned(), format!("{:?}", network.parameter(parameter.name))));
    }
}

/// In pools of several sizes the same as one by one; `multiply_adds` are those of a large layer.
fn compare<N: Trained>(network: &N, multiply_adds: usize) {
    let (samples, lengths) = (Samples::<N>::draw(), lengths(multiply_adds));
    let expected = one_by_one(network, &samples, &lengths);
    assert!(expected.len() == 4 * lengths.len() + N::LAYOUT.len() && expected[0].1.len() > 10);
    let check = |threads: &str, found: &Seen| {
        assert_eq!(found.len(), expected.len());
        for ((what, found), (_, expected)) in found.iter().zip(&expected) {
            assert!(found == expected, "{what}: others on {threads}");
        }
    };
    for threads in [1, 2, 3, 7] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build().unwrap();
        let found = pool.install(|| batches(network, &samples, &lengths));
        check(&format!("{threads} threads"), &found);
    }
    check("the threads that are there", &batches(network, &samples, &lengths));
}

macro_rules! cut {
    ($($test:ident: $network:ident, $multiply_adds:expr;)*) => {$(
        #[test]
        fn $test() {
            let test = || {
                let mut network = $network::ZERO;
                network.initialize(5);
                compare(&network, $multiply_adds);
            };
            thread::Builder::new().stack_size(STACK).spawn(test).unwrap().join().unwrap();
        }
    )*};
}

cut! {
    columns_are_cut: Columns, 385 * 257;
    rows_are_cut: Rows, 2401 * 39;
    gradients_go_back_through_what_is_cut: Deep, 351 * 288;
}
