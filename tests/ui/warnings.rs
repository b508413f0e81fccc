//! Warnings reach the user at the token, and the program compiles.

mlp::mlp! {
    network Classes: f64 {
        input   x[2];
        weights W[2, 3] ~ zeros();
        biases  b[3];
        layer   h[3] = tanh(x @ W + b);
        layer   y[1] = softmax(dense(h));
        target  t[1];
        loss    cross_entropy(y, t);
        train   sgd(rate = 0.1);
    }
}

mlp::mlp! {
    network Allowed: f64 {
        input  x[2];
        layer  y[1] = softmax(dense(x));
        target t[1];
        loss   cross_entropy(y, t);
        train  sgd(rate = 0.1);
        allow  W0101, W0205, W0104;
    }
}

mod around {
    #![allow(deprecated)]
    mlp::mlp! {
        pub network Around: f64 {
            input  x[2];
            layer  y[1] = softmax(dense(x));
            target t[1];
            loss   half_squared_error(y, t);
        }
    }
}

fn main() {
    let _ = (Classes::new(), Allowed::new(), around::Around::new());
}
