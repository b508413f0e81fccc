//! Several targets, several heads of an output, and means over weights of samples, as a program uses them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use mlp::{Batch, Class, Differentiable, NotFinite, Trainable};

mlp::mlp! {
    /// Two heads, targets of each kind, and weights of samples and classes; layers in blocks.
    network Two: f32 {
        input      x[8];
        layer      trunk[40] = tanh(dense(x));
        layer      kind[3] = softmax(dense(trunk));
        weights    v[40];
        layer      size { s = trunk @ v + 0.5 }
        output     kind, size;
        target     k: class[3];
        target     g { a, b }
        target     c;
        importance w;
        loss       cross_entropy(kind, k) + 0.5 * (s - a)^2 + (s - b * c)^2 weighted by w * (concat(1, 2, 0.5) @ k);
        train      sgd(rate = 0.1), batch 8;
        unroll     never;
    }
}

mlp::mlp! {
    /// The same weights in a sum; number by number.
    network Summed: f64 {
        input      x { i }
        weights    { u = 0.5 }
        layer      y { o = u * i }
        target     t { z }
        importance w = 2;
        loss       (o - z)^2 weighted by w;
        train      sgd(rate = 0.1), reduction = sum;
    }
}

mlp::mlp! {
    /// A mean over weights; number by number, with a step that has no state.
    network Weighted: f64 {
        input      x { i }
        weights    { u = 0.5 }
        layer      y { o = u * i }
        target     t { z }
        importance w;
        loss       (o - z)^2 weighted by w;
        train      sgd(rate = 0.1);
        data       { 1 -> (2, 3), 2 -> (0, 1) }
    }
}

fn samples(count: usize) -> (Vec<[f32; 8]>, Vec<TwoTarget>) {
    let number = |seed: usize| (seed * 37 % 101) as f32 / 101.0 - 0.5;
    let target = |n: usize| TwoTarget {
        k: Class::at_most(n % 3),
        g: [number(n + 3), number(n + 5)],
        c: number(n + 7),
        w: 0.25 + (n % 5) as f32,
    };
    let input = |n: usize| core::array::from_fn(|i| number(8 * n + i));
    ((0..count).map(input).collect(), (0..count).map(target).collect())
}

#[test]
fn heads_of_an_output_have_their_names() {
    let network = Two::new();
    let (inputs, _) = samples(1);
    let output = network.forward(&inputs[0]);
    let TwoHeads { kind, size } = Two::heads(&output);
    assert_eq!([kind[0], kind[1], kind[2], size[0]], output);
    let trace = network.trace(&inputs[0]);
    assert_eq!((trace.kind, [trace.s]), (kind, size));
    assert!((kind.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    assert_eq!(<Two as Differentiable>::TARGETS, 3 + 2 + 1 + 1);
}

#[test]
fn a_batch_has_the_mean_over_its_weights() {
    // A last block and a last group that are shorter.
    for count in [1, 3, 8, 13, 256, 600] {
        let network = Two::new();
        let (inputs, targets) = samples(count);
        let batch = Batch::new(&inputs, &targets).unwrap();
        let (mut workspace, mut gradients) = (Default::default(), TwoGradients::new());
        let loss = network.backward_batch(batch, &mut workspace, &mut gradients);
        let weight = |target: &TwoTarget| target.w * [1.0, 2.0, 0.5][target.k.index()];
        let sum: f64 = targets.iter().map(|target| f64::from(weight(target))).sum();
        let (mut own, mut by_v, mut all) = (0.0, 0.0, 0.0);
        for (input, target) in inputs.iter().zip(&targets) {
            own += f64::from(network.loss(input, target));
            // Of one sample the weight cancels.
            let (one, each) = network.backward(input, target);
            assert!((one * weight(target) - network.loss(input, target)).abs() < 1e-5);
            by_v += f64::from(weight(target)) * f64::from(each.v[7]);
            all += f64::from(weight(target)) * f64::from(each.W_kind[3][1]);
        }
        let close = |found: f32, expected: f64| (f64::from(found) - expected).abs() < 1e-5;
        assert!(close(loss, own / sum), "{count}: {loss}, {}", own / sum);
        assert!(close(gradients.v[7], by_v / sum), "{count}");
        assert!(close(gradients.W_kind[3][1], all / sum), "{count}");
        assert_eq!(network.loss_batch(batch, &mut workspace), loss, "{count}");
    }
}

#[test]
fn a_step_is_that_of_the_gradients() {
    let (inputs, targets) = samples(11);
    let batch = Batch::new(&inputs, &targets).unwrap();
    let (mut one, mut other) = (Two::new(), Two::new());
    let (mut optimizer, mut workspace) = (TwoOptimizer::new(), Default::default());
    let mut gradients = TwoGradients::new();
    let loss = one.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    assert_eq!(other.backward_batch(batch, &mut workspace, &mut gradients), loss);
    other.step(&mut optimizer, &gradients);
    assert_eq!(one, other);
    // A batch of one sample is that sample.
    let first = Batch::new(&inputs[..1], &targets[..1]).unwrap();
    let loss = one.train_batch(first, &mut optimizer, &mut workspace, &mut gradients);
    assert_eq!(other.train(&inputs[0], &targets[0]), loss);
    assert_eq!(one, other);
}

#[test]
fn weights_that_sum_to_nothing_take_no_step() {
    let (inputs, mut targets) = samples(2);
    targets.iter_mut().for_each(|target| target.w = 0.0);
    let batch = Batch::new(&inputs, &targets).unwrap();
    let mut network = Two::new();
    let (mut optimizer, mut workspace) = (TwoOptimizer::new(), Default::default());
    let mut gradients = TwoGradients::new();
    assert!(network.loss_batch(batch, &mut workspace).is_nan());
    let tried = network.try_train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    assert_eq!(tried, Err(NotFinite::Loss));
    assert_eq!(network.try_train(&inputs[0], &targets[0]), Err(NotFinite::Loss));
    assert_eq!(network, Two::new());
}

#[test]
fn a_sum_has_its_weights_as_factors() {
    let mut network = Summed::new();
    let target = SummedTarget { t: [2.0], w: 3.0 };
    // (0.5 · 1 − 2)² = 2.25, and ∂/∂u is −3.
    assert_eq!(network.loss(&[1.0], &target), 6.75);
    let (loss, gradients) = network.backward(&[1.0], &target);
    assert_eq!((loss, gradients.u), (6.75, -9.0));
    network.train(&[1.0], &target);
    assert_eq!(network.u, 0.5 + 0.1 * 9.0);
}

#[test]
fn declared_samples_have_their_weights() {
    assert_eq!(Weighted::DATA_TARGETS[0], WeightedTarget { t: [2.0], w: 3.0 });
    let network = Weighted::new();
    let batch = Batch::new(&Weighted::DATA_INPUTS, &Weighted::DATA_TARGETS).unwrap();
    let (mut workspace, mut gradients) = (Default::default(), WeightedGradients::new());
    // Losses 2.25 and 1, gradients −3 and 4.
    let loss = network.backward_batch(batch, &mut workspace, &mut gradients);
    assert_eq!((loss, gradients.u), ((3.0 * 2.25 + 1.0) / 4.0, (3.0 * -3.0 + 4.0) / 4.0));
    // Negative weights count as they are.
    let target = WeightedTarget { t: [2.0], w: -3.0 };
    assert_eq!(network.loss(&[1.0], &target), -6.75);
    assert_eq!(network.backward(&[1.0], &target).0, 2.25);
}
