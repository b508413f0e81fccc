//! Calls of methods that need the backward pass to the inputs.

mod without_the_word {
    mlp::mlp! {
        pub network Critic: f64 {
            input  x[2];
            layer  y[1] = dense(x);
            target t[1];
            loss   squared_error(y, t);
        }
    }
    pub fn attack() -> (f64, [f64; 2]) {
        Critic::new().input_gradient(&[0.0, 1.0], &[1.0])
    }
}

mod without_loss {
    mlp::mlp! {
        pub network Features: f64 {
            input x[2];
            layer y[3] = tanh(dense(x));
            backward inputs;
        }
    }
    pub fn attack() {
        Features::new().input_gradient(&[0.0, 1.0], &[1.0]);
    }
    pub fn chain() -> [f64; 2] {
        Features::new().pull_back(&[0.0, 1.0], &[1.0, 0.0, 0.0]).1
    }
}

mod other_word {
    mlp::mlp! {
        pub network Other: f64 {
            input x[2];
            layer y[3] = tanh(dense(x));
            backward outputs;
        }
    }
}

fn main() {}
