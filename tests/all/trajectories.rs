//! Networks trained for 100 steps with each rule, by the compiled code and by the interpreter, against the
//! numbers of PyTorch that `trajectories/trajectories.py` wrote beside their specifications.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::{collections::BTreeMap, path::Path};

use mlp::{
    Batch, Tensors, Trainable,
    keep::{Checkpoint, File, Progress},
};
use mlp_eval::{Point, evaluate};

const STEPS: usize = 100;

/// Normwise. The sides add in different orders and take exp, tanh and erf from different libraries: each
/// step differs by some roundings of 1.1e-16, and the next ones carry that on. The worst seen is 8.6e-15;
/// the rest is room for other standard libraries. A misplaced epsilon of 1e-8 makes 4e-8.
const BOUND: f64 = 1e-13;

/// The objective before a step, and all parameters after it.
type Step = (f64, Vec<f64>);

fn compiled<N>(inputs: &[N::Input], targets: &[N::Target]) -> Vec<Step>
where
    N: Trainable<Scalar = f64> + Default,
{
    let mut network = N::default();
    let (mut optimizer, mut workspace) = (N::Optimizer::default(), N::BatchWorkspace::default());
    let mut gradients = N::Gradients::default();
    let batch = Batch::new(inputs, targets).unwrap();
    let step = |_| {
        let objective = network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
        let parameters = N::LAYOUT.iter().flat_map(|parameter| network.parameter(parameter.name).unwrap());
        (objective, parameters.copied().collect())
    };
    (0..STEPS).map(step).collect()
}

/// The bits of all numbers of a type, and its number of steps.
fn bits<T: Tensors<Scalar = f64>>(of: &T) -> (Vec<u64>, Option<u64>) {
    let numbers = (0..T::TENSORS.len()).flat_map(|number| of.tensor(number).unwrap());
    (numbers.map(|number| number.to_bits()).collect(), of.steps())
}

/// The same training twice: never stopped, and stopped after each step, with all that was in memory lost but the bytes of
/// the checkpoint. Panics where a bit differs.
fn resumed<N>(inputs: &[N::Input], targets: &[N::Target])
where
    N: Trainable<Scalar = f64> + Default,
{
    let (mut workspace, mut gradients) = (N::BatchWorkspace::default(), N::Gradients::default());
    let batch = Batch::new(inputs, targets).unwrap();
    let (mut network, mut optimizer) = (N::default(), N::Optimizer::default());
    let (mut other, mut state) = (N::default(), N::Optimizer::default());
    for step in 0..30 {
        network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
        other.train_batch(batch, &mut state, &mut workspace, &mut gradients);
        let progress = Progress { step, ..Progress::default() };
        let mut bytes = Vec::new();
        let checkpoint = Checkpoint { network: &other, optimizer: &state, progress, metadata: &[] };
        checkpoint
            .write(|part| {
                bytes.extend(part);
                Ok::<(), ()>(())
            })
            .unwrap();

        (other, state) = (N::default(), N::Optimizer::default());
        other.initialize(step);
        assert_eq!(File::parse(&bytes).unwrap().resume(&mut other, &mut state), Ok(progress));
        assert_eq!((bits(&network), bits(&optimizer)), (bits(&other), bits(&state)), "{} {step}", N::NAME);
    }
}

fn refereed(text: &str) -> Vec<Step> {
    let derivation = mlp_dsl::compile(text).unwrap();
    let objective = derivation.loss.as_ref().unwrap().objective;
    let mut point = Point::at(&derivation, &derivation.header.samples);
    let step = |_| {
        let evaluation = evaluate::<f64>(&derivation, &point);
        point.step(&derivation, &evaluation);
        let parameters = derivation.parameters.iter();
        let values = parameters.flat_map(|parameter| point.of(parameter.equation, 0).unwrap().iter());
        (evaluation.scalar(objective), values.collect())
    };
    (0..STEPS).map(step).collect()
}

/// A network trained both ways.
struct Run {
    name: &'static str,
    compiled: fn() -> Vec<Step>,
    resumed: fn(),
    specification: &'static str,
}

macro_rules! runs {
    ($($name:ident: $network:ident = $file:tt),* $(,)?) => {
        $(mod $name {
            mlp::mlp!(file = $file);

            pub(super) fn train() -> Vec<super::Step> {
                super::compiled::<$network>(&$network::DATA_INPUTS, &$network::DATA_TARGETS)
            }

            pub(super) fn resume() {
                super::resumed::<$network>(&$network::DATA_INPUTS, &$network::DATA_TARGETS);
            }
        })*

        const RUNS: &[Run] = &[$(Run {
            name: stringify!($name),
            compiled: $name::train,
            resumed: $name::resume,
            specification: include_str!(concat!("../../", $file)),
        }),*];
    };
}

runs! {
    sgd: Regression = "tests/trajectories/specifications/sgd.mlp",
    sgd_decay: Classes = "tests/trajectories/specifications/sgd_decay.mlp",
    momentum: Tied = "tests/trajectories/specifications/momentum.mlp",
    momentum_settings: Regression = "tests/trajectories/specifications/momentum_settings.mlp",
    nesterov: Classes = "tests/trajectories/specifications/nesterov.mlp",
    nesterov_settings: Tied = "tests/trajectories/specifications/nesterov_settings.mlp",
    rmsprop: Regression = "tests/trajectories/specifications/rmsprop.mlp",
    rmsprop_settings: Classes = "tests/trajectories/specifications/rmsprop_settings.mlp",
    adam: Tied = "tests/trajectories/specifications/adam.mlp",
    adam_settings: Classes = "tests/trajectories/specifications/adam_settings.mlp",
    adamw: Regression = "tests/trajectories/specifications/adamw.mlp",
    adamw_settings: Tied = "tests/trajectories/specifications/adamw_settings.mlp",
    clip_norm: Classes = "tests/trajectories/specifications/clip_norm.mlp",
    clip_value: Regression = "tests/trajectories/specifications/clip_value.mlp",
    schedule: Regression = "tests/trajectories/specifications/schedule.mlp",
    sum: Classes = "tests/trajectories/specifications/sum.mlp",
    penalty: Regression = "tests/trajectories/specifications/penalty.mlp",
    frozen: Classes = "tests/trajectories/specifications/frozen.mlp",
    together: Tied = "tests/trajectories/specifications/together.mlp",
    class_weights: Weighted = "tests/trajectories/specifications/class_weights.mlp",
    importances: Important = "tests/trajectories/specifications/importances.mlp",
    heads: Heads = "tests/trajectories/specifications/heads.mlp",
    dropout: Dropped = "tests/trajectories/specifications/dropout.mlp",
    dropout_state: Dropped = "tests/trajectories/specifications/dropout_state.mlp",
}

/// The steps of each run by PyTorch; parameters where they are written down.
fn pytorch() -> BTreeMap<&'static str, Vec<Step>> {
    let mut runs = BTreeMap::<_, Vec<Step>>::new();
    for line in include_str!("../trajectories/pytorch.csv").lines().skip(2) {
        let (name, numbers) = line.split_once(',').unwrap();
        let numbers: Vec<f64> = numbers.split(',').map(|number| number.parse().unwrap()).collect();
        let steps = runs.entry(name).or_default();
        steps.push((numbers[1], numbers[2..].to_vec()));
        assert_eq!(numbers[0], steps.len() as f64, "{name}");
    }
    runs
}

/// The difference as a part of what is expected.
fn normwise(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let norm = |numbers: &mut dyn Iterator<Item = f64>| numbers.map(|x| x * x).sum::<f64>().sqrt();
    norm(&mut found.iter().zip(expected).map(|(a, b)| a - b)) / norm(&mut expected.iter().copied())
}

/// Holds each run against PyTorch and says how far off the worst is.
fn like_pytorch(side: &str, train: fn(&Run) -> Vec<Step>) {
    let pytorch = pytorch();
    let (mut errors, mut numbers) = (Vec::new(), 0);
    let mut compare = |found: &[f64], expected: &[f64], what: String| {
        numbers += expected.len();
        errors.push((normwise(found, expected), what));
    };
    for run in RUNS {
        let (found, expected) = (train(run), &pytorch[run.name]);
        let objectives = |steps: &[Step]| steps.iter().map(|step| step.0).collect::<Vec<_>>();
        compare(&objectives(&found), &objectives(expected), format!("{}: objectives", run.name));
        for (number, (found, expected)) in (1..).zip(found.iter().zip(expected)) {
            if !expected.1.is_empty() {
                compare(&found.1, &expected.1, format!("{}: parameters after step {number}", run.name));
            }
        }
    }
    let worst = errors.iter().max_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
    println!("{side}: {numbers} numbers of {} runs, worst {:.1e} ({})", RUNS.len(), worst.0, worst.1);
    errors.retain(|(error, _)| error.is_nan() || *error > BOUND);
    assert!(errors.is_empty(), "{side}: {errors:#?}");
}

#[test]
fn compiled_code_trains_like_pytorch() {
    like_pytorch("compiled", |run| (run.compiled)());
}

#[test]
fn the_referee_trains_like_pytorch() {
    like_pytorch("referee", |run| refereed(run.specification));
}

#[test]
fn a_run_that_is_stopped_and_resumed_has_the_same_bits() {
    for run in RUNS {
        (run.resumed)();
    }
}

#[test]
fn every_run_and_specification_is_tested() {
    let mut tested: Vec<_> = RUNS.iter().map(|run| run.name.to_owned()).collect();
    tested.sort();
    assert!(pytorch().values().all(|steps| steps.len() == STEPS));
    assert_eq!(tested, pytorch().into_keys().collect::<Vec<_>>());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trajectories/specifications");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
    let mut files: Vec<_> = files.map(|file| file.into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files, tested.iter().map(|name| format!("{name}.mlp")).collect::<Vec<_>>());
}
