//! XOR trained to convergence on batches of its four samples.

#![allow(clippy::print_stdout, reason = "an example shows what it computes")]

use mlp::{Batch, mlp};

mlp! {
    /// Exclusive or, which no single layer can compute.
    pub network Xor: f64 {
        input   x[2];
        weights W1[2, 4] ~ uniform(-1, 1, seed = 3);
        biases  b1[4];
        weights W2[4, 1] ~ uniform(-1, 1, seed = 3);
        biases  b2[1];

        layer   hidden[4] = tanh(x @ W1 + b1);
        layer   output[1] = sigmoid(hidden @ W2 + b2);

        target  t[1];
        loss    half_squared_error(output, t);
        train   sgd(rate = 0.5), batch 4, samples 4;
    }
}

const INPUTS: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
const TARGETS: [[f64; 1]; 4] = [[0.0], [1.0], [1.0], [0.0]];

fn main() -> Result<(), mlp::BatchError> {
    let batch = Batch::new(&INPUTS, &TARGETS)?;
    let mut network = Xor::new();
    let (mut optimizer, mut workspace, mut gradients) =
        (XorOptimizer::new(), XorBatchWorkspace::new(), XorGradients::new());
    for epoch in 0..=5000 {
        let loss = network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
        if epoch % 1000 == 0 {
            println!("epoch {epoch:4}: mean loss {loss:.6}");
        }
    }
    for input in &INPUTS {
        println!("{input:?} → {:.3}", network.forward(input)[0]);
    }
    Ok(())
}
