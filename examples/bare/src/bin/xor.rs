//! Learns the exclusive or with 2-8-1 neurons; ends with status 0 if it has learnt all four samples.
#![no_std]
#![no_main]

use core::hint::black_box;

use mlp::{Batch, mlp};

mlp! {
    /// Exclusive or.
    pub network Xor: f32 {
        input  x[2];
        layer  hidden[8] = tanh(dense(x));
        layer  output[1] = sigmoid(dense(hidden));
        target t[1];
        loss   half_squared_error(output, t);
        train  sgd(rate = 0.5), batch 4;
    }
}

const INPUTS: [[f32; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
const TARGETS: [[f32; 1]; 4] = [[0.0], [1.0], [1.0], [0.0]];

fn learn() -> bool {
    // `black_box` hides the values, so that the compiler doesn't compute the result in advance.
    let (inputs, targets) = (black_box(&INPUTS[..]), black_box(&TARGETS[..]));
    let Ok(batch) = Batch::new(inputs, targets) else { return false };
    let mut network = Xor::new();
    let (mut optimizer, mut workspace, mut gradients) =
        (XorOptimizer::new(), XorBatchWorkspace::new(), XorGradients::new());
    for _ in 0..3000 {
        network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    }
    #[cfg(feature = "reachable")]
    let [_] = TARGETS[black_box(4)]; // a panic, for the test that the check finds it
    batch.iter().all(|(input, target)| {
        let [output] = network.forward(input);
        (output - target[0]).abs() < 0.1
    })
}

mlp_bare::program!(learn);
