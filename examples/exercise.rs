//! The course's 2-2-2 exercise: one forward pass, one backward pass, one step.

#![allow(clippy::print_stdout, reason = "an example shows what it computes")]

mlp::mlp! {
    /// Two inputs, two hidden and two output neurons.
    pub network Course: f64 {
        input   x { i1 = 0.05, i2 = 0.10 }

        weights { w1 = 0.15, w2 = 0.20, w3 = 0.25, w4 = 0.30,
                  w5 = 0.40, w6 = 0.45, w7 = 0.50, w8 = 0.55 }
        biases  { b1 = 0.35, b2 = 0.60 }

        layer hidden {
            h1 = sigmoid(w1*i1 + w2*i2 + b1),
            h2 = sigmoid(w3*i1 + w4*i2 + b1),
        }
        layer output {
            o1 = sigmoid(w5*h1 + w6*h2 + b2),
            o2 = sigmoid(w7*h1 + w8*h2 + b2),
        }

        target  t { t1 = 0.01, t2 = 0.99 }
        loss    half_squared_error(output, t);
        train   sgd(rate = 0.5);
    }
}

fn main() {
    let (input, target) = ([0.05, 0.10], [0.01, 0.99]);
    let mut network = Course::new();

    let trace = network.trace(&input);
    println!("h1 = {:.9}, o1 = {:.9}", trace.h1, trace.o1);

    let (loss, gradients) = network.backward(&input, &target);
    println!("E = {loss:.9}, ∂E/∂w5 = {:.9}", gradients.w5);

    network.train(&input, &target);
    println!("w5⁺ = {:.9}, E⁺ = {:.9}", network.w5, network.loss(&input, &target));
}
