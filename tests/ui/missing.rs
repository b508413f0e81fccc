//! Calls of methods that a network can't have: rustc says what to call instead.

mod large {
    mlp::mlp! {
        pub network Digits: f32 {
            input  image[784];
            layer  hidden[256] = relu(dense(image));
            layer  digit[10] = softmax(dense(hidden));
            target label: class[10];
            loss   cross_entropy(digit, label);
            train  sgd(rate = 0.1);
        }
    }
    mod start {
        use super::*;
        pub fn new() -> Digits {
            Digits::new()
        }
        pub fn with_seed() -> Digits {
            Digits::with_seed(7)
        }
        pub fn default() -> Digits {
            Digits::default()
        }
        pub fn boxed() {
            let _ = (Digits::boxed(), DigitsWorkspace::boxed());
        }
    }
    pub fn by_value(image: &[f32; 784], label: mlp::Class<10>) -> f32 {
        let mut network = Digits::ZERO;
        network.backward(image, &label);
        network.train(image, &label);
        network.try_train(image, &label);
        // One sample needs little memory.
        let _: ([f32; 10], DigitsTrace) = (network.forward(image), network.trace(image));
        network.loss(image, &label)
    }
}

mod wide {
    mlp::mlp! {
        pub network Wide: f32 {
            input  x[1];
            layer  hidden[40_000] = tanh(dense(x));
            layer  y[40_000] = tanh(hidden);
            target t[40_000];
            loss   squared_error(y, t);
            train  sgd(rate = 0.1), batch 1;
        }
    }
    pub fn by_value(target: &[f32; 40_000]) {
        let mut network = Wide::ZERO;
        network.forward(&[1.0]);
        network.trace(&[1.0]);
        network.loss(&[1.0], target);
        network.backward(&[1.0], target);
        network.train(&[1.0], target);
        network.try_train(&[1.0], target);
    }
    pub fn in_place(network: &Wide, target: &[f32; 40_000], workspace: &mut WideWorkspace) {
        use mlp::Differentiable;
        let _: f32 = network.loss(&[1.0], target, workspace);
    }
}

mod many_samples {
    mlp::mlp! {
        pub network Rows: f32 {
            input  x[17];
            layer  hidden1[64] = tanh(dense(x));
            layer  hidden2[64] = tanh(dense(hidden1));
            layer  y[6] = tanh(dense(hidden2));
            target t[6];
            loss   squared_error(y, t);
            train  sgd(rate = 0.1), batch 110;
        }
    }
    // Whatever the batch, these are there.
    pub fn all(x: &[f32; 17], t: &[f32; 6]) -> f32 {
        let (mut network, _, _) = (Rows::new(), Rows::with_seed(1), Rows::default());
        let (_, (loss, _)) = (network.forward(x), network.backward(x, t));
        let _ = (network.trace(x), network.try_train(x, t));
        network.loss(x, t) + network.train(x, t) + loss
    }
}

mod with_state {
    mlp::mlp! {
        pub network Xor: f64 {
            input  x[2];
            layer  hidden[2] = tanh(dense(x));
            layer  y[1] = sigmoid(dense(hidden));
            target t[1];
            loss   half_squared_error(y, t);
            train  adam(rate = 0.5);
        }
    }
    pub fn step() -> f64 {
        let mut network = Xor::new();
        network.train(&[0.0, 1.0], &[1.0])
    }
    pub fn step_by_reference(network: &mut Xor) -> f64 {
        network.train(&[0.0, 1.0], &[1.0])
    }
}

mod with_schedule {
    mlp::mlp! {
        pub network Xor: f64 {
            input  x[2];
            layer  y[1] = sigmoid(dense(x));
            target t[1];
            loss   half_squared_error(y, t);
            train  sgd(rate = 1 / step);
        }
    }
    pub fn step() -> f64 {
        Xor::new().train(&[0.0, 1.0], &[1.0])
    }
}

mod without_loss {
    mlp::mlp! {
        pub network Line: f64 {
            input x[2];
            layer y[1] = dense(x);
        }
    }
    pub fn gradients() {
        let mut network = Line::new();
        network.loss(&[0.0, 1.0], &[1.0]);
        network.backward(&[0.0, 1.0], &[1.0]);
        network.train(&[0.0, 1.0], &[1.0]);
    }
}

mod frozen {
    mlp::mlp! {
        pub network Line: f64 {
            input  x[2];
            frozen layer y[1] = dense(x);
            target t[1];
            loss   half_squared_error(y, t);
        }
    }
    pub fn step() -> f64 {
        let mut network = Line::new();
        network.train(&[0.0, 1.0], &[1.0]);
        let _ = network.backward(&[0.0, 1.0], &[1.0]);
        network.loss(&[0.0, 1.0], &[1.0])
    }
}

mod without_rule {
    mlp::mlp! {
        pub network Line: f64 {
            input  x[2];
            layer  y[1] = dense(x);
            target t[1];
            loss   half_squared_error(y, t);
        }
    }
    pub fn step() -> f64 {
        Line::new().train(&[0.0, 1.0], &[1.0])
    }

    // A method that is missing leaves its name to the user.
    pub trait Fit {
        fn train_batch(&mut self) {}
    }
    impl Fit for Line {}
    impl Line {
        pub fn train_into(&mut self) {}
    }
    pub fn fit(network: &mut Line) {
        network.train_batch();
        network.train_into();
    }
}

fn main() {}
