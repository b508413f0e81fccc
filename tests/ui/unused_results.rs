//! Results that nobody uses.

mlp::mlp! {
    #[must_use = "a network does nothing by itself"]
    network Unused: f64 { input x[1]; layer y[1] = dense(x); }
}

mlp::mlp! {
    network Used: f64 {
        input  x[1];
        layer  y[1] = dense(x);
        target t[1];
        loss   squared_error(y, t);
        train  sgd(rate = 0.1);
    }
}

fn main() {
    unused();
    let mut network = Used::new();
    Used::with_seed(3);
    network.forward(&[0.5]);
    network.loss(&[0.5], &[1.0]);
    network.backward(&[0.5], &[1.0]);
    network.is_finite();
    mlp::Network::parameter(&network, "b_y");
    mlp::Class::<3>::new(2);
    // These do something.
    network.train(&[0.5], &[1.0]);
    let (mut workspace, mut gradients) = (UsedWorkspace::new(), UsedGradients::new());
    network.backward_into(&[0.5], &[1.0], &mut workspace, &mut gradients);
    // Errors are results that must be used.
    mlp::Batch::new(&[[0.5]], &[[1.0]]);
    network.try_train(&[0.5], &[1.0]);
    network.forward_batch(&[[0.5]], &mut workspace, &mut [[0.0]]);
}

fn unused() -> Unused {
    Unused::ZERO
}
