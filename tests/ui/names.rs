//! Misspelt and unused names: each reported once, with what was meant; uses of the network below
//! add nothing.

mlp::mlp! {
    pub network Course: f64 {
        input   x { i1 = 0.05, i2 = 0.10 }
        weights { w1 = 0.15, w2 = 0.20, w3 = 0.25, w4 = 0.30 }
        biases  { b1 = 0.35 }
        layer hidden {
            h1 = sigmoid(w1*i1 + w22*i2 + b1),
            h2 = sigmod(w3*i1 + w4*i2 + b1),
        }
        target  t { t1 = 0.01, t2 = 0.99 }
        loss    half_squared_error(hidden, t);
        train   sgd(rte = 0.5);
    }
}

fn train<N: mlp::Trainable>(_: &N) {}

fn main() {
    let mut network = Course::new();
    let [a, b] = network.forward(&[0.05, 0.10]);
    network.w1 = a + b;
    let loss = network.train(&[0.05, 0.10], &[0.01, 0.99]);
    println!("{loss} {}", network.trace(&[0.05, 0.10]).h1);
    train(&network);
}
