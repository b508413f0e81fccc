//! A network with what the language has beside layers: several inputs put together, classes, penalties,
//! clipping, a rule with state and a schedule; every method once.
#![no_std]
#![no_main]

use core::hint::black_box;

use mlp::{Batch, Class, Differentiable, mlp};

mlp! {
    /// One of four classes from a picture and a place.
    pub network Many: f32 {
        seed    5;
        input   image[24];
        input   place { u, v }
        layer   seen[24] = gelu(dense(image));
        layer   both[16] = tanh(dense(concat(seen, place)));
        layer   class[4] = softmax(dense(both) + linear(seen));
        target  label: class[4];
        loss    cross_entropy(class, label);
        penalty l2(W_seen, 0.0001) + l1(W_both, 0.0001);
        train   adam(rate = 0.01 * min(1, step / 10) * 0.5^floor(step / 1000)), batch 32, clip_norm = 1, clip_value = 0.5;
    }
}

static INPUTS: [[f32; 26]; 40] = [[0.5; 26]; 40];
static TARGETS: [Class<4>; 40] = [Class::at_most(2); 40];

fn run() -> bool {
    let (inputs, targets) = (black_box(&INPUTS[..]), black_box(&TARGETS[..]));
    let Ok(batch) = Batch::new(inputs, targets) else { return false };
    let Some((input, target)) = batch.iter().next() else { return false };
    let mut network = Many::with_seed(black_box(1));
    let (mut optimizer, mut workspace, mut gradients) =
        (ManyOptimizer::new(), ManyBatchWorkspace::new(), ManyGradients::new());
    let mut one = ManyWorkspace::new();
    let before = network.loss_batch(batch, &mut workspace);
    black_box(network.backward(input, target));
    black_box(network.trace(input));
    black_box(network.forward(input));
    network.train_into(input, target, &mut optimizer, &mut one, &mut gradients);
    network.backward_batch(batch, &mut workspace, &mut gradients);
    for _ in 0..20 {
        network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    }
    let mut outputs = [[0.0; 4]; 40];
    let outputs = black_box(&mut outputs[..]);
    let done = network.forward_batch(inputs, &mut workspace, outputs);
    black_box(outputs);
    done.is_ok() && network.loss_batch(batch, &mut workspace) < before
}

mlp_bare::program!(run);
