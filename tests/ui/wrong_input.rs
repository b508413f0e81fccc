//! A wrong shape at the call is rustc's own error about the length of an array.

mlp::mlp! {
    network Line: f64 {
        input   x[2];
        layer   y[1] = dense(x);
        target  t[1];
        loss    squared_error(y, t);
        train   sgd(rate = 0.1);
    }
}

fn main() {
    let mut network = Line::new();
    network.forward(&[1.0, 2.0, 3.0]);
    network.train(&[1.0, 2.0], &[1.0, 2.0]);
}
