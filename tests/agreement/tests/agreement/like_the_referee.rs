//! The compiled code against the reference interpreter, which uses the standard library's functions and
//! 64-bit floats, and its gradients against the complex step.

use std::path::{Path, PathBuf};

use mlp::{__private::Stream, Differentiable};
use mlp_dsl::{ir::Derivation, model::Sample};
use mlp_eval::{Point, Verdict, check_gradients, evaluate};
use mlp_support::networks::Trained;

fn derivation(name: &str) -> Derivation {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places: [PathBuf; 2] = [root.join("specifications"), root.join("../../examples/course")];
    let file = places.iter().map(|p| p.join(format!("{name}.mlp"))).find(|p| p.exists()).unwrap();
    mlp_dsl::compile(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// Rounding errors grow with the number of operations in a chain; networks here have chains of
/// at most about 1100 (a sum over 1024 inputs), each losing half an ulp.
fn tolerance(derivation: &Derivation) -> f64 {
    match derivation.header.precision {
        mlp_dsl::number::Precision::F32 => 600.0 * f64::from(f32::EPSILON),
        mlp_dsl::number::Precision::F64 => 600.0 * f64::EPSILON,
    }
}

fn close(name: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    let norm = expected.iter().map(|x| x * x).sum::<f64>().sqrt();
    let difference = found.iter().zip(expected).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
    assert!(difference <= tolerance * norm.max(1e-3), "{name}: {difference:e} of {norm:e}");
}

fn numbers<S: mlp::Scalar>(values: &[S]) -> Vec<f64> {
    values.iter().map(|x| x.to_f64()).collect()
}

/// One batch through the code and through the interpreter: outputs, loss and updated parameters.
fn compare<N: Trained>(name: &str, mut network: N, mut gradients: N::Gradients) {
    let derivation = derivation(name);
    network.initialize(derivation.header.seed);
    let mut stream = Stream::new(11, 1, "samples");
    let mut draw = |count: usize, low| -> Vec<N::Scalar> {
        (0..count).map(|_| stream.uniform_scalar(low, 1.0)).collect()
    };
    let rows: Vec<(Vec<_>, Vec<_>)> =
        (0..3).map(|_| (draw(N::INPUTS, -1.0), draw(N::TARGETS, 0.0))).collect();
    let samples: Vec<Sample> = rows
        .iter()
        .map(|(input, target)| Sample { input: numbers(input), target: numbers(target) })
        .collect();
    let evaluation = evaluate::<f64>(&derivation, &Point::at(&derivation, &samples));

    let mut workspace = N::BatchWorkspace::default();
    let inputs: Vec<N::Input> = rows.iter().filter_map(|(input, _)| N::Input::try_from(input).ok()).collect();
    let targets: Vec<N::Target> =
        rows.iter().filter_map(|(_, target)| N::Target::try_from(target).ok()).collect();
    let mut output = N::Output::default();
    network.forward_into(&inputs[0], N::sample_workspace(&mut workspace), &mut output);
    let outputs = derivation.output().unwrap().value.equations().to_vec();
    let expected: Vec<f64> = outputs.iter().flat_map(|id| evaluation.value(*id).unwrap().iter()).collect();
    close(name, &numbers(output.as_ref()), &expected, tolerance(&derivation));

    let batch = mlp::Batch::new(&inputs, &targets).unwrap();
    let loss = network.train_batch(batch, &mut N::Optimizer::default(), &mut workspace, &mut gradients);
    let expected = evaluation.scalar(derivation.loss.as_ref().unwrap().objective);
    close(name, &[mlp::Scalar::to_f64(loss)], &[expected], tolerance(&derivation));
    for parameter in &derivation.parameters {
        let expected: Vec<f64> = evaluation.value(parameter.updated().unwrap()).unwrap().iter().collect();
        let found = numbers(network.parameter(&parameter.name).unwrap());
        close(&parameter.name, &found, &expected, tolerance(&derivation));
    }
}

macro_rules! compare {
    ($($name:ident),*) => { $(
        #[test]
        fn $name() {
            type N = mlp_agreement::$name::through_macro::Network;
            let network = N::new();
            let zero = [0.0; N::INPUTS];
            let (_, gradients) = network.backward(&zero, &[0.5; <N as Differentiable>::TARGETS]);
            compare::<N>(stringify!($name), network, gradients);
        }
    )* };
}

compare!(
    columns,
    exercise,
    exercise_four_biases,
    exercise_short_e,
    exercise_weights_only,
    homework,
    mixed,
    steps,
    xor
);

/// The complex step never sees the chain rule: it reads the gradient off the forward pass.
#[test]
fn gradients_agree_with_the_complex_step() {
    for name in mlp_agreement::NETWORKS {
        let derivation = derivation(name);
        for seed in 0..3 {
            let point = Point::drawn(&derivation, seed, seed > 0);
            if let Some(check) = check_gradients(&derivation, &point) {
                assert!(check.checked > 0 && check.verdict == Verdict::Right, "{name}: {check:?}");
            }
        }
    }
}

#[test]
fn derivations_and_plans_verify() {
    for name in mlp_agreement::NETWORKS {
        let derivation = derivation(name);
        assert_eq!(mlp_dsl::ir::verify::verify(&derivation), Ok(()), "{name}");
        let plan = mlp_dsl::plan::plan(&derivation);
        assert_eq!(mlp_dsl::plan::verify(&derivation, &plan), Ok(()), "{name}");
    }
}
