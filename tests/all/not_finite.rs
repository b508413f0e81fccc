//! Non-finite numbers are noticed where a user asks: a step that is refused changes neither parameters nor optimizer.

use mlp::{Batch, NotFinite};

mlp::mlp! {
    /// Clipping, state, a step number, and blocks of samples.
    network Clipped: f32 {
        input  x[20];
        layer  h[20] = relu(dense(x));
        layer  y[2] = dense(h);
        target t[2];
        loss   squared_error(y, t);
        train  adam(rate = 0.01), batch 4, clip_norm = 1, clip_value = 10;
    }
}

mlp::mlp! {
    /// Plain descent, which kernels take, and which otherwise stores no gradient.
    network Plain: f32 {
        input  x[20];
        layer  h[20] = tanh(dense(x));
        layer  y[1] = dense(h);
        target t[1];
        loss   squared_error(y, t);
        train  sgd(rate = 0.01), batch 4;
    }
}

mlp::mlp! {
    /// A penalty, and a gradient that is infinite where the loss is 0.
    network Root: f64 {
        input   x { a }
        weights { w = 0 }
        layer   y { o = sqrt(w * a) }
        target  t { z }
        loss    o + 0 * z;
        penalty 0.1 * w^2;
        train   sgd(rate = 0.1);
    }
}

/// Samples, one of them bad.
fn samples<const I: usize, const O: usize>(bad: f32) -> (Vec<[f32; I]>, Vec<[f32; O]>) {
    let mut inputs: Vec<[f32; I]> = (0..300).map(|n| [n as f32 / 300.0 - 0.4; I]).collect();
    inputs[5][I - 1] = bad;
    (inputs, vec![[0.5; O]; 300])
}

/// Inputs that make a step useless, in samples and in batches of one group and of two.
macro_rules! refuses {
    ($network:ident, $optimizer:ident, $workspace:ident, $gradients:ident, $bad:expr) => {{
        let (mut network, mut optimizer) = ($network::new(), $optimizer::new());
        let (mut workspace, mut gradients) = ($workspace::new(), $gradients::new());
        let (inputs, targets) = samples(0.3);
        let good = Batch::new(&inputs, &targets).unwrap();
        for length in [1, 4, 9, 256, 300] {
            let batch = Batch::new(&inputs[..length], &targets[..length]).unwrap();
            let (mut apart, mut other) = (network.clone(), optimizer.clone());
            let loss = network.try_train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
            assert_eq!(loss, Ok(apart.train_batch(batch, &mut other, &mut workspace, &mut gradients)));
            assert!(network == apart && optimizer == other && network.is_finite(), "{length}");
        }
        for bad in $bad {
            let (inputs, targets) = samples(bad);
            let (before, state) = (network.clone(), optimizer.clone());
            for length in [6, 9, 300] {
                let batch = Batch::new(&inputs[..length], &targets[..length]).unwrap();
                let refused = network.try_train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
                assert!(refused.is_err(), "{bad} in {length}");
            }
            let refused = network.try_train_into(
                &inputs[5],
                &targets[5],
                &mut optimizer,
                <$network as mlp::Network>::sample_workspace(&mut workspace),
                &mut gradients,
            );
            assert!(refused.is_err() && !gradients.is_finite(), "{bad}");
            assert!(network == before && optimizer == state && network.is_finite(), "{bad}");
            // What is not tried does harm.
            let mut harmed = network.clone();
            let one = <$network as mlp::Network>::sample_workspace(&mut workspace);
            harmed.train_into(&inputs[5], &targets[5], &mut state.clone(), one, &mut gradients);
            assert!(!harmed.is_finite(), "{bad}");
        }
        network.try_train_batch(good, &mut optimizer, &mut workspace, &mut gradients).unwrap();
    }};
}

#[test]
fn a_refused_step_changes_nothing() {
    // The last number is finite, and the square of what comes of it is not. To tanh it is as good as 1.
    let bad = [f32::NAN, f32::INFINITY, 3e38];
    refuses!(Clipped, ClippedOptimizer, ClippedBatchWorkspace, ClippedGradients, bad);
    refuses!(Plain, PlainOptimizer, PlainBatchWorkspace, PlainGradients, [f32::NAN, f32::INFINITY]);
}

/// A loss that is a number, and a gradient that is none.
#[test]
fn a_gradient_alone_is_noticed() {
    let mut network = Root::new();
    assert_eq!(network.try_train(&[1.0], &[0.0]), Err(NotFinite::Gradient));
    assert!(network == Root::new());
    let mut optimizer = RootOptimizer::new();
    let refused = network.try_train_into(
        &[1.0],
        &[0.0],
        &mut optimizer,
        &mut RootWorkspace::new(),
        &mut RootGradients::new(),
    );
    assert_eq!(refused, Err(NotFinite::Gradient));
    network.w = 4.0;
    let mut apart = network.clone();
    assert_eq!(network.try_train(&[1.0], &[0.0]), Ok(apart.train(&[1.0], &[0.0])));
    assert!(network == apart && network.w < 4.0);
}
