//! Gradients with respect to inputs, and back from a gradient with respect to the output: chained networks, batches,
//! networks that train nothing.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use mlp::{
    Batch, BatchError, Differentiable, Gradients, InputDifferentiable, Network, PullBack, Reduction, Scalar,
};
use mlp_dsl::ir::equation::EquationId;
use mlp_eval::{Array, Point, evaluate};

/// A network, and the same as two in a chain: features and a head.
mod small {
    mlp::mlp! {
        pub network Whole: f64 {
            input   x { a, b, c }
            layer   h[4] = tanh(dense(x));
            layer   y[2] = sigmoid(dense(h));
            target  t[2];
            loss    squared_error(y, t);
            backward inputs;
        }
    }
    mlp::mlp! {
        pub network Features: f64 {
            input   x { a, b, c }
            layer   h[4] = tanh(dense(x));
            backward inputs;
        }
    }
    mlp::mlp! {
        pub network Head: f64 {
            input   h[4];
            layer   y[2] = sigmoid(dense(h));
            target  t[2];
            loss    squared_error(y, t);
            backward inputs;
        }
    }
}

mod blocks {
    mlp::mlp! {
        pub network Whole: f32 {
            input   x[20];
            layer   h[48] = relu(dense(x));
            layer   y[5] = softmax(dense(h));
            target  t: class[5];
            loss    cross_entropy(y, t);
            train   adam(rate = 0.01), batch 50;
            backward inputs;
        }
    }
    mlp::mlp! {
        pub network Features: f32 {
            input   x[20];
            layer   h[48] = relu(dense(x));
            backward inputs;
        }
    }
    mlp::mlp! {
        pub network Head: f32 {
            input   h[48];
            layer   y[5] = softmax(dense(h));
            target  t: class[5];
            loss    cross_entropy(y, t);
            train   adam(rate = 0.01), batch 50;
            backward inputs;
        }
    }
}

mod fused {
    mlp::mlp! {
        pub network Whole: f32 {
            input   x[20];
            layer   h[48] = gelu(dense(x));
            layer   y[5] = dense(h);
            target  t[5];
            loss    half_squared_error(y, t);
            train   sgd(rate = 0.01), batch 50, reduction = sum;
            arithmetic fused;
            backward inputs;
        }
    }
    mlp::mlp! {
        pub network Features: f32 {
            input   x[20];
            layer   h[48] = gelu(dense(x));
            arithmetic fused;
            backward inputs;
        }
    }
    mlp::mlp! {
        pub network Head: f32 {
            input   h[48];
            layer   y[5] = dense(h);
            target  t[5];
            loss    half_squared_error(y, t);
            train   sgd(rate = 0.01), batch 50, reduction = sum;
            arithmetic fused;
            backward inputs;
        }
    }
}

/// A number for each place, in (−1, 1).
fn number(seed: usize) -> f64 {
    let mixed =
        (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (mixed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// Copies the parameters of a network that a part has under other names: those from the `first` on.
fn copy<N: Network, P: Network<Scalar = N::Scalar>>(whole: &N, first: usize, part: &mut P) {
    for (from, to) in N::LAYOUT.iter().skip(first).zip(P::LAYOUT) {
        part.parameter_mut(to.name).unwrap().copy_from_slice(whole.parameter(from.name).unwrap());
    }
}

fn gradients<S: Scalar, G: Gradients<S>>(gradients: &G) -> Vec<Vec<S>> {
    (0..).map_while(|number| Some(gradients.elements(number)?.to_vec())).collect()
}

#[test]
fn a_chain_of_two_small_networks_has_the_gradients_of_one() {
    let whole = small::Whole::new();
    let (mut features, mut head) = (small::Features::new(), small::Head::new());
    copy(&whole, 0, &mut features);
    copy(&whole, 2, &mut head);
    let (input, target) = ([0.3, -0.7, 0.9], [0.1, 0.8]);
    let (loss, all) = whole.backward(&input, &target);
    let (same, input_gradient) = whole.input_gradient(&input, &target);
    assert_eq!(loss, same);

    let hidden = features.forward(&input);
    let (loss_of_head, hidden_gradient) = head.input_gradient(&hidden, &target);
    let (of_features, chained) = features.pull_back(&input, &hidden_gradient);
    let (_, of_head) = head.backward(&hidden, &target);
    assert_eq!((loss, input_gradient), (loss_of_head, chained));
    assert_eq!(gradients(&all), [gradients(&of_features), gradients(&of_head)].concat());
}

/// The chain, over batches of this many samples; all results have the same bits.
macro_rules! chained {
    ($module:ident, $samples:expr, $target:expr) => {{
        use $module::{Features, FeaturesGradients, Head, HeadGradients, Whole, WholeGradients};
        let mut whole = Whole::ZERO;
        whole.initialize(7);
        let (mut features, mut head) = (Features::ZERO, Head::ZERO);
        copy(&whole, 0, &mut features);
        copy(&whole, 2, &mut head);
        let samples = $samples;
        let inputs: Vec<[f32; 20]> = (0..samples)
            .map(|sample| std::array::from_fn(|index| number(sample * 20 + index) as f32))
            .collect();
        let targets: Vec<<Whole as Differentiable>::Target> = (0..samples).map($target).collect();
        let batch = Batch::new(&inputs, &targets).unwrap();
        let (mut all, mut expected) = (WholeGradients::ZERO, vec![[0.0; 20]; samples]);
        let loss =
            whole.backward_with_input_batch(batch, &mut Default::default(), &mut all, &mut expected).unwrap();
        let mut plain = WholeGradients::ZERO;
        assert_eq!(loss, whole.backward_batch(batch, &mut Default::default(), &mut plain));
        assert_eq!(gradients(&all), gradients(&plain));
        let mut alone = vec![[0.0; 20]; samples];
        assert_eq!(whole.input_gradient_batch(batch, &mut Default::default(), &mut alone), Ok(loss));
        assert_eq!(alone, expected);
        for ((input, target), gradient) in inputs.iter().zip(&targets).zip(&expected) {
            assert_eq!(whole.input_gradient(input, target).1, *gradient);
        }

        let mut hidden = vec![[0.0; 48]; samples];
        features.forward_batch(&inputs, &mut Default::default(), &mut hidden).unwrap();
        let (mut of_head, mut output_gradients) = (HeadGradients::ZERO, vec![[0.0; 48]; samples]);
        let batch = Batch::new(&hidden, &targets).unwrap();
        let same = head
            .backward_with_input_batch(batch, &mut Default::default(), &mut of_head, &mut output_gradients)
            .unwrap();
        let (mut of_features, mut chained) = (FeaturesGradients::ZERO, vec![[0.0; 20]; samples]);
        features
            .pull_back_batch(
                Batch::new(&inputs, &output_gradients).unwrap(),
                <Whole as Differentiable>::REDUCTION,
                &mut Default::default(),
                &mut of_features,
                &mut chained,
            )
            .unwrap();
        assert_eq!((loss, &expected), (same, &chained));
        assert_eq!(gradients(&all), [gradients(&of_features), gradients(&of_head)].concat());
    }};
}

#[test]
fn a_chain_of_two_networks_has_the_gradients_of_one_in_blocks_and_groups() {
    for samples in [1, 7, 50, 130, 600] {
        chained!(blocks, samples, |sample| mlp::Class::new(sample % 5).unwrap());
    }
}

#[test]
fn a_chain_of_two_networks_has_the_gradients_of_one_where_sums_are_fused() {
    for samples in [1, 63, 300] {
        chained!(fused, samples, |sample| std::array::from_fn(|index| number(sample * 5 + index) as f32));
    }
}

mod several {
    mlp::mlp! {
        /// Trains nothing; two inputs, one of which has named numbers, and a part of the loss that reads one alone.
        pub network Fixed: f64 {
            input   state[3];
            input   action { push, pull }
            frozen weights W[3, 3] ~ xavier();
            frozen weights V[2, 3] ~ xavier();
            layer   h[3] = tanh(state @ W + action @ V);
            target  t: class[3];
            loss    cross_entropy(softmax(h), t) + 0.1 * push ^ 2;
            backward inputs;
        }
    }
}

/// The derivative along one input, from losses on both sides.
fn difference<N>(network: &N, input: &[f64; 5], target: &N::Target, place: usize) -> f64
where
    N: Differentiable<Scalar = f64, Input = [f64; 5]>,
{
    let step = 1e-5;
    let at = |by: f64| {
        let mut moved = *input;
        *moved.get_mut(place).unwrap() += by;
        network.loss(&moved, target, &mut N::Workspace::default())
    };
    (at(step) - at(-step)) / (2.0 * step)
}

#[test]
fn a_network_that_trains_nothing_has_gradients_with_respect_to_several_inputs() {
    let network = several::Fixed::new();
    let (input, target) = ([0.3, -0.7, 0.9, 0.5, -0.2], mlp::Class::new(1).unwrap());
    let (loss, gradient) = network.input_gradient(&input, &target);
    assert_eq!(loss, network.loss(&input, &target));
    for (place, slope) in gradient.iter().enumerate() {
        let expected = difference(&network, &input, &target, place);
        assert!((slope - expected).abs() < 1e-9, "{place}: {slope} and {expected}");
    }
}

#[test]
fn a_wrong_number_of_gradients_is_an_error_and_writes_nothing() {
    let network = small::Whole::new();
    let (inputs, targets) = ([[0.0; 3]; 2], [[0.0; 2]; 2]);
    let batch = Batch::new(&inputs, &targets).unwrap();
    let mut written = [[5.0; 3]; 3];
    let wrong = network.input_gradient_batch(batch, &mut Default::default(), &mut written);
    let error = BatchError::InputGradients { samples: 2, gradients: 3 };
    assert_eq!(wrong, Err(error));
    assert_eq!(written, [[5.0; 3]; 3]);
    assert_eq!(
        error.to_string(),
        "the numbers of samples and of input gradients differ, 2 and 3; pass a slice with one gradient for each sample"
    );
    let mut gradients = small::WholeGradients::ZERO;
    let batch = Batch::new(&inputs, &targets).unwrap();
    let wrong =
        network.pull_back_batch(batch, Reduction::Sum, &mut Default::default(), &mut gradients, &mut []);
    assert_eq!(wrong, Err(BatchError::InputGradients { samples: 2, gradients: 0 }));
}

/// Code for any network that reaches its inputs: one step of an adversary.
fn attack<N, const I: usize>(network: &N, input: &mut [f64; I], target: &N::Target, rate: f64) -> f64
where
    N: InputDifferentiable<Scalar = f64, Input = [f64; I]>,
{
    let mut gradient = [0.0; I];
    let loss = network.input_gradient_into(input, target, &mut N::Workspace::default(), &mut gradient);
    for (x, slope) in input.iter_mut().zip(gradient) {
        *x += rate * slope.signum();
    }
    loss
}

/// The gradient of one output: a row of the Jacobian.
fn row<N, const I: usize, const O: usize>(network: &N, input: &[f64; I], output: usize) -> [f64; I]
where
    N: PullBack<Scalar = f64, Input = [f64; I], Output = [f64; O]>,
{
    let seed = std::array::from_fn(|index| f64::from(u8::from(index == output)));
    let (mut gradients, mut row) = (N::ParameterGradients::default(), [0.0; I]);
    network.pull_back_into(input, &seed, &mut N::Workspace::default(), &mut gradients, &mut row);
    row
}

#[test]
fn generic_code_attacks_and_reads_the_jacobian() {
    let network = small::Whole::new();
    let (mut input, target) = ([0.3, -0.7, 0.9], [0.1, 0.8]);
    let before = attack(&network, &mut input, &target, 0.01);
    assert!(network.loss(&input, &target) > before);
    for output in 0..2 {
        for (place, slope) in row(&network, &input, output).into_iter().enumerate() {
            let at = |by: f64| {
                let mut moved = input;
                *moved.get_mut(place).unwrap() += by;
                network.forward(&moved).get(output).copied().unwrap()
            };
            let expected = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((slope - expected).abs() < 1e-9, "{output} {place}: {slope} and {expected}");
        }
    }
}

/// The networks of `tests/inputs/inputs.py`.
macro_rules! beside_pytorch {
    ($($module:ident: $network:ident = $file:tt),* $(,)?) => {
        $(mod $module {
            mlp::mlp!(file = $file);

            /// Loss and gradient with respect to the input; that back from the output, and those of the parameters.
            pub(super) fn numbers(sample: usize) -> [Vec<f64>; 2] {
                let network = $network::new();
                let (input, target) = (&$network::DATA_INPUTS[sample], &$network::DATA_TARGETS[sample]);
                let (loss, gradient) = network.input_gradient(input, target);
                let seed = std::array::from_fn(|index| 1.0 - 0.375 * index as f64);
                let (gradients, pulled) = network.pull_back(input, &seed);
                let parameters = super::gradients(&gradients).concat();
                [[vec![loss], gradient.to_vec()].concat(), [pulled.to_vec(), parameters].concat()]
            }
        })*

        const BESIDE: &[(&str, fn(usize) -> [Vec<f64>; 2], &str)] =
            &[$((stringify!($network), $module::numbers, include_str!(concat!("../../", $file)))),*];
    };
}

beside_pytorch! {
    regression: Regression = "tests/inputs/specifications/regression.mlp",
    classes: Classes = "tests/inputs/specifications/classes.mlp",
    tied: Tied = "tests/inputs/specifications/tied.mlp",
}

/// The same numbers by the referee.
fn refereed(text: &str, sample: usize) -> [Vec<f64>; 2] {
    let derivation = mlp_dsl::compile(text).unwrap().with_pull_back().unwrap().unwrap();
    let (loss, back) = (derivation.loss.as_ref().unwrap(), derivation.pull_back.as_ref().unwrap());
    let mut point = Point::at(&derivation, &derivation.header.samples);
    let seed: Vec<f64> =
        (0..derivation.shape(back.output[0]).count()).map(|index| 1.0 - 0.375 * index as f64).collect();
    point.give(back.output[0], sample, Array::from_row_major(derivation.shape(back.output[0]), &seed));
    let evaluation = evaluate::<f64>(&derivation, &point);
    let of = |id: &EquationId| evaluation.value_of(*id, sample).unwrap().iter().collect::<Vec<f64>>();
    let parameters = back.parameters.iter().map(|own| &own.gradient);
    [
        [&loss.total].into_iter().chain(&loss.inputs).flat_map(of).collect(),
        back.inputs.iter().chain(parameters).flat_map(of).collect(),
    ]
}

/// The difference as a part of what is expected.
fn normwise(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let norm = |numbers: &mut dyn Iterator<Item = f64>| numbers.map(|x| x * x).sum::<f64>().sqrt();
    norm(&mut found.iter().zip(expected).map(|(a, b)| a - b)) / norm(&mut expected.iter().copied())
}

#[test]
fn gradients_with_respect_to_inputs_are_those_of_pytorch() {
    let mut compared = 0;
    for line in include_str!("../inputs/pytorch.csv").lines().skip(2) {
        let words: Vec<&str> = line.split(',').collect();
        let (name, sample, what) = (words[0], words[1].parse().unwrap(), words[2]);
        let expected: Vec<f64> = words[3..].iter().map(|number| number.parse().unwrap()).collect();
        let (_, compiled, text) = BESIDE.iter().find(|(network, ..)| *network == name).unwrap();
        for (side, [loss, pulled]) in [("code", compiled(sample)), ("referee", refereed(text, sample))] {
            let error = normwise(if what == "loss" { &loss } else { &pulled }, &expected);
            assert!(error < 1e-14, "{side}, {name}, sample {sample}, {what}: {error:e}");
            compared += expected.len();
        }
    }
    assert_eq!(compared, 2 * 4 * (1 + 3 + 3 + 32 + 1 + 4 + 4 + 51 + 1 + 4 + 4 + 35));
}
