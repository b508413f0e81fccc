//! The homework: what the constants of a 1024-20-15-10 network say.

#![allow(clippy::print_stdout, reason = "an example shows what it computes")]

use mlp::mlp;

mlp! {
    /// Images of 32 × 32 pixels, ten digits, 5000 images in batches of 50.
    pub network Digits: f32 {
        input  image[32 * 32];
        layer  hidden1[20] = sigmoid(dense(image));
        layer  hidden2[15] = sigmoid(dense(hidden1));
        layer  digit[10]   = softmax(dense(hidden2));
        target label[10];
        loss   cross_entropy(digit, label);
        train  sgd(rate = 0.1), batch 50, samples 5000;
    }
}

fn main() {
    println!("{} weights + {} biases = {}", Digits::WEIGHTS, Digits::BIASES, Digits::PARAMETERS);
    println!("{} bytes of parameters, {} of workspace", Digits::PARAMETER_BYTES, Digits::WORKSPACE_BYTES);
    println!("{} multiply-adds for each image", Digits::MULTIPLY_ADDS);

    let mut network = Digits::new();
    let image = [0.5; Digits::INPUTS];
    let label = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    for _ in 0..5 {
        println!("loss {:.6}", network.train(&image, &label));
    }
}
