//! Dropout: which units a step leaves out, and that nothing is left out elsewhere. PyTorch has the same masks in
//! `trajectories`, where a training that is stopped after any step and resumed has the same bits.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use mlp::{Batch, Differentiable, Gradients, Network, Tensors, Trainable, Values};
use mlp_hash::{Generator, Masks};

/// Networks that differ in one thing only.
macro_rules! networks {
    ($($module:ident: $precision:ident { $($option:tt)* } h1 = $first:expr, h2 = $second:expr;)*) => {
        $(mod $module {
            mlp::mlp! {
                pub network Net: $precision {
                    seed 5;
                    input  x[6];
                    layer  h1[40] = $first;
                    layer  h2[30] = $second;
                    layer  y[3] = softmax(dense(h2));
                    target t: class[3];
                    loss   cross_entropy(y, t);
                    train  sgd(rate = 0.1);
                    backward inputs;
                    $($option)*
                }
            }
        })*
    };
}

networks! {
    with: f32 { batch 50; } h1 = dropout(relu(dense(x)), rate = 0.5), h2 = dropout(tanh(dense(h1)), rate = 0.2);
    small_blocks: f32 { batch 7; } h1 = dropout(relu(dense(x)), rate = 0.5), h2 = dropout(tanh(dense(h1)), rate = 0.2);
    unrolled: f32 { unroll always; } h1 = dropout(relu(dense(x)), rate = 0.5), h2 = dropout(tanh(dense(h1)), rate = 0.2);
    without: f32 { batch 50; } h1 = relu(dense(x)), h2 = tanh(dense(h1));
    rate_0: f32 { batch 50; } h1 = dropout(relu(dense(x)), rate = 0), h2 = dropout(tanh(dense(h1)), rate = 1 - 1);
}

/// Inputs and classes of this many samples.
fn samples<N: Network<Scalar = f32>>(count: usize) -> (Vec<N::Input>, Vec<mlp::Class<3>>) {
    let mut stream = Generator::new(3, 0, "samples");
    let mut input = || {
        let mut input = N::Input::ZERO;
        input.as_mut().iter_mut().for_each(|x| *x = stream.uniform(-1.0, 1.0) as f32);
        input
    };
    let inputs: Vec<N::Input> = (0..count).map(|_| input()).collect();
    (inputs, (0..count).map(|number| mlp::Class::at_most(number * 7 % 3)).collect())
}

fn bits<T: Tensors<Scalar = f32>>(of: &T) -> Vec<u32> {
    (0..T::TENSORS.len()).flat_map(|number| of.tensor(number).unwrap()).map(|x| x.to_bits()).collect()
}

/// The parameters after some steps on batches of this many samples, and on single samples.
fn trained<N>(batch: usize) -> Vec<u32>
where
    N: Trainable<Scalar = f32, Target = mlp::Class<3>>,
    N: Default,
{
    let (inputs, targets) = samples::<N>(batch);
    let (mut network, mut optimizer) = (N::default(), N::Optimizer::default());
    let (mut workspace, mut gradients) = (N::BatchWorkspace::default(), N::Gradients::default());
    for _ in 0..4 {
        let batch = Batch::new(&inputs, &targets).unwrap();
        let _ = network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    }
    let one = N::sample_workspace(&mut workspace);
    for (input, target) in inputs.iter().zip(&targets).take(3) {
        let _ = network.train_into(input, target, &mut optimizer, one, &mut gradients);
    }
    bits(&network)
}

#[test]
fn blocks_and_code_that_is_written_out_draw_the_same_masks() {
    for batch in [1, 20, 100, 300, 600] {
        let expected = trained::<with::Net>(batch);
        assert_eq!(trained::<small_blocks::Net>(batch), expected, "{batch}");
        assert_eq!(trained::<unrolled::Net>(batch), expected, "{batch}");
        assert_ne!(trained::<without::Net>(batch), expected, "{batch}");
        assert_eq!(trained::<without::Net>(batch), trained::<rate_0::Net>(batch), "{batch}");
    }
}

/// What a network gives outside of training: outputs, losses and gradients.
fn outside<N>(count: usize) -> Vec<Vec<u32>>
where
    N: Trainable<Scalar = f32, Target = mlp::Class<3>> + mlp::InputDifferentiable + mlp::PullBack + Default,
{
    let (inputs, targets) = samples::<N>(count);
    let (network, mut workspace) = (N::default(), N::BatchWorkspace::default());
    let (mut gradients, mut outputs) = (N::Gradients::default(), vec![N::Output::ZERO; count]);
    let batch = Batch::new(&inputs, &targets).unwrap();
    network.forward_batch(&inputs, &mut workspace, &mut outputs).unwrap();
    let numbers = |rows: &[f32]| rows.iter().map(|x| x.to_bits()).collect::<Vec<u32>>();
    let mut all: Vec<Vec<u32>> = outputs.iter().map(|output| numbers(output.as_ref())).collect();
    all.push(vec![network.loss_batch(batch, &mut workspace).to_bits()]);
    all.push(vec![network.backward_batch(batch, &mut workspace, &mut gradients).to_bits()]);
    all.push(bits(&gradients));
    let one = N::sample_workspace(&mut workspace);
    all.push(vec![network.backward_into(&inputs[0], &targets[0], one, &mut gradients).to_bits()]);
    all.push(bits(&gradients));
    let mut by_inputs = vec![N::Input::ZERO; count];
    let loss =
        network.backward_with_input_batch(batch, &mut workspace, &mut gradients, &mut by_inputs).unwrap();
    all.push(vec![loss.to_bits()]);
    all.push(bits(&gradients));
    all.extend(by_inputs.iter().map(|row| numbers(row.as_ref())));
    all
}

#[test]
fn outside_of_training_it_is_the_network_without_dropout() {
    for count in [1, 60, 300] {
        let expected = outside::<without::Net>(count);
        assert_eq!(outside::<with::Net>(count), expected, "{count}");
        assert_eq!(outside::<small_blocks::Net>(count), expected, "{count}");
        assert_eq!(outside::<unrolled::Net>(count), expected, "{count}");
    }
    let (with, without) = (with::Net::new(), without::Net::new());
    let (inputs, targets) = samples::<with::Net>(1);
    assert_eq!(with.forward(&inputs[0]), without.forward(&inputs[0]));
    assert_eq!(with.loss(&inputs[0], &targets[0]), without.loss(&inputs[0], &targets[0]));
    assert_eq!(with.backward(&inputs[0], &targets[0]).0, without.backward(&inputs[0], &targets[0]).0);
    let (trace, plain) = (with.trace(&inputs[0]), without.trace(&inputs[0]));
    assert_eq!((trace.net_h1, trace.h1, trace.h2), (plain.net_h1, plain.h1, plain.h2));
    assert_eq!(with::Net::MULTIPLY_ADDS, without::Net::MULTIPLY_ADDS);
    assert_ne!(with::Net::FINGERPRINT, without::Net::FINGERPRINT);
}

/// The gradients of a step are public; a step that is tried, too, has its masks, and gives them again after a refusal.
#[test]
fn gradients_of_a_step_have_its_masks() {
    let (inputs, targets) = samples::<with::Net>(20);
    let batch = Batch::new(&inputs, &targets).unwrap();
    let mut workspace = with::NetBatchWorkspace::new();
    let (mut gradients, mut optimizer) = (with::NetGradients::new(), with::NetOptimizer::new());
    let mut networks = [(); 3].map(|()| with::Net::new());
    let [whole, parts, tried] = &mut networks;
    for step in 1..=5 {
        let mut others = [optimizer.clone(), optimizer.clone()];
        let loss = whole.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
        assert_eq!(optimizer.steps, step);
        let drawn = parts.backward_step_batch(batch, &others[0], &mut workspace, &mut gradients);
        parts.step(&mut others[0], &gradients);
        let last = tried.try_train_batch(batch, &mut others[1], &mut workspace, &mut gradients);
        assert_eq!((loss, Ok(loss)), (drawn, last));
        assert_ne!(loss, whole.loss_batch(batch, &mut workspace));
        assert_eq!((bits(whole), bits(whole)), (bits(parts), bits(tried)));
    }
    let mut broken = inputs.clone();
    broken[3][0] = f32::NAN;
    let broken = Batch::new(&broken, &targets).unwrap();
    assert!(tried.try_train_batch(broken, &mut optimizer, &mut workspace, &mut gradients).is_err());
    assert_eq!(optimizer.steps, 5);
    // A training method leaves nothing in the workspace that `backward` would see.
    let _ = whole.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    let after = whole.backward_batch(batch, &mut workspace, &mut gradients);
    assert_eq!(after, whole.loss_batch(batch, &mut workspace));
}

/// The masks of one step are what the specification says: the mean gradient of a linear network shows them.
#[test]
fn masks_are_those_of_seed_layer_step_and_sample() {
    mlp::mlp! {
        network Shown: f64 {
            seed   11;
            input  x[64];
            layer  kept = dropout(x, rate = 0.25);
            weights w[64] = 1;
            layer  y { o = w @ kept }
            target t { z }
            loss   o + 0 * z;
            train  sgd(rate = 0);
        }
    }
    let masks = Masks::new(11, "kept", 0.25);
    let (mut network, mut optimizer) = (Shown::new(), ShownOptimizer::new());
    let (mut workspace, mut gradients) = (ShownBatchWorkspace::new(), ShownGradients::new());
    for step in 1..4 {
        for sample in 0..5_usize {
            let inputs: Vec<[f64; 64]> = (0..5).map(|s| [f64::from(u8::from(s == sample)); 64]).collect();
            let batch = Batch::new(&inputs, &[[0.0]; 5]).unwrap();
            let _ = network.backward_step_batch(batch, &optimizer, &mut workspace, &mut gradients);
            let expected =
                masks.kept(step, sample as u64).take(64).map(|kept| if kept { 1.0 / 0.75 } else { 0.0 });
            assert!(
                gradients.w.iter().zip(expected).all(|(found, mask)| *found == mask / 5.0),
                "{step} {sample}"
            );
        }
        let inputs = [[1.0; 64]; 5];
        let batch = Batch::new(&inputs, &[[0.0]; 5]).unwrap();
        let _ = network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    }
    let mut one = ShownWorkspace::new();
    let _ = network.backward_into(&[1.0; 64], &[0.0], &mut one, &mut gradients);
    assert_eq!(gradients.elements(0), Some([1.0; 64].as_slice()));
}
