//! Networks on each machine that is here: the same bits of outputs, losses, gradients and trained
//! parameters, however samples are cut into blocks and batches.

use core::fmt::Debug;

use mlp_agreement::forced::{self, Batch, Gradients, On, Scalar};
use mlp_support::networks::{Trained, one_by_one, samples};

/// More samples than two blocks of 50, and than the largest block.
const SAMPLES: usize = 130;

/// Lengths of batches around those of groups; fewer without optimization.
const AROUND_GROUPS: &[usize] =
    if cfg!(debug_assertions) { &[256, 257, 513] } else { &[255, 256, 257, 258, 511, 512, 513, 1000] };

/// Numbers as the shortest texts that give their bits again, the sign of a zero with them.
fn text(what: &impl Debug) -> String {
    format!("{what:?}")
}

/// What a network gives on some machine.
#[derive(PartialEq)]
struct Seen {
    outputs: String,
    losses: Vec<String>,
    gradients: Vec<String>,
    steps: Vec<String>,
    parameters: Vec<String>,
    /// Losses and gradients of long batches, and steps on them.
    long: Vec<String>,
}

/// The lengths of batches around those of blocks.
fn around_blocks(length: usize) -> bool {
    [1, 2, 3, 16, 17, 49, 50, 51, 100, 101, 127, 128, 129, 130].contains(&length)
}

fn seen<N: Trained>(network: &N, machine: On) -> Seen {
    forced::choose(machine);
    let (inputs, targets) = samples::<N>(SAMPLES);
    let (mut workspace, mut one) = (N::BatchWorkspace::default(), N::Workspace::default());

    let mut alone = vec![N::Output::default(); SAMPLES];
    for (input, output) in inputs.iter().zip(&mut alone) {
        network.forward_into(input, &mut one, output);
    }
    let outputs = text(&alone);
    for part in [SAMPLES, 128, 101, 50, 49, 7, 1] {
        let mut found = vec![N::Output::default(); SAMPLES];
        for (inputs, found) in inputs.chunks(part).zip(found.chunks_mut(part)) {
            network.forward_batch(inputs, &mut workspace, found).unwrap();
        }
        assert!(text(&found) == outputs, "outputs in calls of {part} on {machine:?}");
    }

    // Batches of every length where time allows it.
    let all = machine == On::Best && !cfg!(debug_assertions);
    let (mut losses, mut gradients) = (Vec::new(), Vec::new());
    let (mut total, mut added) = (-N::Scalar::ZERO, N::Gradients::default());
    for (number, (input, target)) in inputs.iter().zip(&targets).enumerate() {
        total = total + network.accumulate(number == 0, input, target, &mut one, &mut added);
        let length = number + 1;
        if !all && !around_blocks(length) {
            continue;
        }
        let (count, mut mean) = (N::Scalar::from_f64(length as f64), added.clone());
        mean.divide(count);
        let batch = Batch::new(&inputs[..length], &targets[..length]).unwrap();
        let mut found = N::Gradients::default();
        let loss = text(&network.backward_batch(batch, &mut workspace, &mut found));
        let found = text(&found);
        assert!(found == text(&mean), "gradients of {length} samples on {machine:?}");
        assert_eq!(loss, text(&(total / count)), "{length} samples on {machine:?}");
        assert_eq!(loss, text(&network.loss_batch(batch, &mut workspace)), "{length} samples on {machine:?}");
        if around_blocks(length) {
            losses.push(loss);
            gradients.push(found);
        }
    }

    let (mut trained, mut apart) = (network.clone(), network.clone());
    let (mut optimizer, mut found) = (N::Optimizer::default(), N::Gradients::default());
    let mut optimizer_apart = N::Optimizer::default();
    let mut steps = Vec::new();
    for from in (0..20).map(|step| step * 13 % (SAMPLES - 50)) {
        let batch = Batch::new(&inputs[from..from + 50], &targets[from..from + 50]).unwrap();
        steps.push(text(&trained.train_batch(batch, &mut optimizer, &mut workspace, &mut found)));
        // The kernels take steps; gradients that are written first give the same.
        apart.backward_batch(batch, &mut workspace, &mut found);
        apart.step(&mut optimizer_apart, &found);
    }
    let all = |network: &N| -> Vec<String> {
        N::LAYOUT.iter().map(|parameter| text(&network.parameter(parameter.name))).collect()
    };
    let parameters = all(&trained);
    assert_eq!(parameters, all(&apart), "steps apart on {machine:?}");
    let mut alone = apart.clone();
    let (mut optimizer_alone, mut optimizer_apart) = (N::Optimizer::default(), N::Optimizer::default());
    for (input, target) in inputs.iter().zip(&targets).take(3) {
        alone.train_into(input, target, &mut optimizer_alone, &mut one, &mut found);
        apart.backward_into(input, target, &mut one, &mut found);
        apart.step(&mut optimizer_apart, &found);
    }
    assert_eq!(all(&alone), all(&apart), "steps on one sample on {machine:?}");
    let long = long(network);
    forced::choose(On::Best);
    Seen { outputs, losses, gradients, steps, parameters, long }
}

/// Batches of more than a group: the same as from samples that are added one by one, groups in 64 bits.
fn long<N: Trained>(network: &N) -> Vec<String> {
    let (inputs, targets) = samples::<N>(*AROUND_GROUPS.iter().max().unwrap());
    let (mut workspace, mut one) = (N::BatchWorkspace::default(), N::Workspace::default());
    let mut seen = Vec::new();
    for &length in AROUND_GROUPS {
        let (mut found, mut expected) = (N::Gradients::default(), N::Gradients::default());
        let batch = Batch::new(&inputs[..length], &targets[..length]).unwrap();
        let loss = text(&network.backward_batch(batch, &mut workspace, &mut found));
        assert_eq!(loss, text(&network.loss_batch(batch, &mut workspace)), "{length} samples");
        let mean = one_by_one(network, batch, &mut one, &mut expected);
        assert_eq!(loss, text(&mean), "{length} samples");
        assert!(text(&found) == text(&expected), "gradients of {length} samples");
        let (mut trained, mut apart) = (network.clone(), network.clone());
        let (mut optimizer, mut optimizer_apart) = (N::Optimizer::default(), N::Optimizer::default());
        apart.step(&mut optimizer_apart, &found);
        assert_eq!(loss, text(&trained.train_batch(batch, &mut optimizer, &mut workspace, &mut expected)));
        let all = |network: &N| -> Vec<String> {
            N::LAYOUT.iter().map(|parameter| text(&network.parameter(parameter.name))).collect()
        };
        assert_eq!(all(&trained), all(&apart), "a step on {length} samples");
        seen.extend([loss, text(&found)]);
        seen.extend(all(&trained));
    }
    seen
}

/// The same on all machines, and no number missing or of no use.
fn compare<N: Trained>(network: &N) {
    let portable = seen(network, On::Portable);
    assert_eq!((portable.losses.len(), portable.gradients.len(), portable.steps.len()), (14, 14, 20));
    assert!(portable.steps[0] != portable.steps[19] && !portable.outputs.contains("NaN"));
    for machine in On::all() {
        let here = seen(network, machine);
        assert!(here.outputs == portable.outputs, "outputs on {machine:?}");
        assert_eq!(here.losses, portable.losses, "on {machine:?}");
        assert!(here.gradients == portable.gradients, "gradients on {machine:?}");
        assert_eq!(here.steps, portable.steps, "on {machine:?}");
        assert!(here.parameters == portable.parameters, "parameters on {machine:?}");
        assert!(here.long == portable.long, "long batches on {machine:?}");
    }
}

macro_rules! each_network {
    ($($name:ident),* $(,)?) => {$(
        #[test]
        fn $name() {
            let mut network = Box::new(mlp_agreement::machines::$name::Net::ZERO);
            network.initialize(5);
            compare(&*network);
        }
    )*};
}

mlp_agreement::with_each_network!();

/// Blocks of samples are what is tested: layers have them, neurons don't.
#[test]
fn blocks_are_used() {
    use mlp_agreement::{forced::Network, machines::*};
    assert_eq!(layers_f32_separate_layers::Net::BLOCK, 50);
    assert_eq!(named_f64_fused_layers::Net::BLOCK, 50);
    assert_eq!(wide_f64_separate_layers::Net::BLOCK, 50);
    assert_eq!(layers_f32_separate_neurons::Net::BLOCK, 1);
}
