//! Networks of different shapes in one list.

use super::{Curve, CurveBatchWorkspace, CurveGradients, CurveOptimizer, Sorter, Two, TwoTarget, Wide};
use crate::on_a_small_stack;
use mlp::{
    Batch, Class, DynError, DynNetwork, DynTrainable, Learner, Predictor, TargetError, Targets, Tensors,
    WrongLength, keep::Progress,
};

fn held() -> Vec<Box<dyn DynTrainable<f32>>> {
    let two = Learner::<Two>::new();
    vec![Box::new(Learner::<Sorter>::new()), Box::new(Learner::<Curve>::with_seed(7)), Box::new(two)]
}

/// Flat inputs and targets of samples for any network.
fn samples(network: &dyn DynTrainable<f32>, count: u8) -> (Vec<f32>, Vec<f32>) {
    let numbers = |each: usize, scale: f32| {
        (0..each * usize::from(count)).map(|number| (number % 3) as f32 * scale).collect::<Vec<_>>()
    };
    // A third of them is a class, too.
    (numbers(network.inputs(), 0.25), numbers(network.targets(), 1.0))
}

#[test]
fn any_network_learns_through_slices() {
    for network in &mut held() {
        let (inputs, targets) = samples(&**network, 11);
        let before = network.loss(&inputs, &targets).unwrap();
        let first = network.train(&inputs, &targets).unwrap();
        assert_eq!(before.to_bits(), first.to_bits());
        for _ in 0..20 {
            network.try_train(&inputs, &targets).unwrap();
        }
        assert!(network.loss(&inputs, &targets).unwrap() < before && network.is_finite());
    }
}

/// The bits are those of the same calls without `dyn`.
#[test]
fn through_dyn_everything_is_the_same() {
    let mut learner = Learner::<Curve>::with_seed(7);
    let mut network = Curve::with_seed(7);
    let (mut optimizer, mut gradients) = (CurveOptimizer::new(), CurveGradients::new());
    let mut workspace = CurveBatchWorkspace::new();
    let (inputs, targets) = ([[0.5, -0.25, 1.0], [0.1, 0.2, 0.3]], [[1.0, 0.0], [0.5, 0.25]]);
    let batch = Batch::new(&inputs, &targets).unwrap();
    let held: &mut dyn DynTrainable<f32> = &mut learner;
    let loss = held.backward(inputs.as_flattened(), targets.as_flattened()).unwrap();
    assert_eq!(loss, network.backward_batch(batch, &mut workspace, &mut gradients));
    assert_eq!(held.gradient("scale"), Some(&[gradients.scale][..]));
    assert_eq!((held.gradient("shift"), held.parameter("shift")), (None, Some(&[0.5][..])));
    for _ in 0..3 {
        held.train(inputs.as_flattened(), targets.as_flattened()).unwrap();
        network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    }
    let mut outputs = [0.0; 4];
    held.forward(inputs.as_flattened(), &mut outputs).unwrap();
    assert_eq!(outputs, *[network.forward(&inputs[0]), network.forward(&inputs[1])].as_flattened());
    assert_eq!(*learner.network(), network);
}

#[test]
fn a_copy_is_one_of_its_own() {
    let mut all = held();
    let mut copies = all.clone();
    for (network, copy) in all.iter_mut().zip(&mut copies) {
        let (inputs, targets) = samples(&**network, 4);
        let same = [&*network, &*copy].map(|network| format!("{network:?} {:?}", network.steps()));
        assert_eq!(same[0], same[1]);
        let loss = network.train(&inputs, &targets).unwrap();
        assert_eq!(copy.loss(&inputs, &targets), Ok(loss));
        assert_eq!(network.clone().loss(&inputs, &targets), network.loss(&inputs, &targets));
        assert_ne!(network.loss(&inputs, &targets), Ok(loss));
        // The state, carried over tensor by tensor.
        let mut numbers = Vec::new();
        network.visit(&mut |_, tensor| numbers.extend_from_slice(tensor));
        let mut at = 0;
        copy.visit_mut(&mut |_, tensor| {
            tensor.copy_from_slice(&numbers[at..at + tensor.len()]);
            at += tensor.len();
        });
        copy.set_steps(network.steps().unwrap_or(0));
        for network in [&mut *network, copy] {
            network.train(&inputs, &targets).unwrap();
        }
        assert_eq!(network.loss(&inputs, &targets), copy.loss(&inputs, &targets));
        copy.reset_optimizer();
        assert!(copy.steps().unwrap_or(0) == 0 && copy.optimizer_state("m_b_y").is_none_or(|m| m[0] == 0.0));
    }
}

/// Kept in bytes, stopped and continued in another program.
#[test]
fn a_checkpoint_continues_with_the_same_bits() {
    for (mut network, mut other) in held().into_iter().zip(held()) {
        let (inputs, targets) = samples(&*network, 4);
        network.train(&inputs, &targets).unwrap();
        let progress = Progress { step: 1, ..Progress::default() };
        let bytes = network.checkpoint(progress).unwrap();
        assert_eq!(other.resume(&bytes), Ok(progress));
        for network in [&mut network, &mut other] {
            network.train(&inputs, &targets).unwrap();
        }
        let loss = network.loss(&inputs, &targets);
        assert_eq!(other.loss(&inputs, &targets), loss);
        // The parameters alone; what is no file of it changes nothing.
        let bytes = network.to_bytes().unwrap();
        other.initialize(5);
        other.load_bytes(&bytes).unwrap();
        assert_eq!(other.loss(&inputs, &targets), loss);
        assert!(other.load_bytes(&bytes[..bytes.len() - 1]).is_err() && other.resume(&bytes).is_err());
        assert_eq!(other.loss(&inputs, &targets), loss);
    }
}

#[test]
fn what_runs_only_is_held_too() {
    let mut all: Vec<Box<dyn DynNetwork<f32>>> = vec![Box::new(Predictor::<Sorter>::new())];
    all.extend(held().into_iter().map(|network| -> Box<dyn DynNetwork<f32>> { network }));
    let [first, second, third, _] = &mut all[..] else { panic!() };
    let inputs = [0.5; 80];
    let [mut outputs, mut same] = [[0.0; 10]; 2];
    first.forward(&inputs, &mut outputs).unwrap();
    second.forward(&inputs, &mut same).unwrap();
    assert_eq!(outputs, same);
    assert_eq!((first.name(), first.layout_hash()), ("Sorter", Sorter::LAYOUT_HASH));
    assert_eq!(format!("{third:?}"), "Curve([3, 2, 28])");
    first.parameter_mut("b_y").unwrap().fill(f32::NAN);
    assert!(!first.is_finite() && !first.clone().is_finite());
    first.initialize(Sorter::SEED);
    first.forward(&inputs, &mut outputs).unwrap();
    assert_eq!(outputs, same);
    first.forward(&[], &mut []).unwrap();
}

#[test]
fn wrong_lengths_are_errors_that_name_both() {
    let [sorter, curve, two] = &mut held()[..] else { panic!() };
    let mut outputs = [7.0; 10];
    let said = |error: DynError| error.to_string();
    let error = sorter.forward(&[0.5; 79], &mut outputs).unwrap_err();
    assert_eq!(said(error), "inputs of length 79 do not divide into samples of length 40");
    let error = sorter.forward(&[0.5; 120], &mut outputs).unwrap_err();
    assert_eq!(said(error), "the outputs have length 10, but the samples need length 15");
    assert_eq!(outputs, [7.0; 10]);
    let error = curve.train(&[0.5; 6], &[0.5; 3]).unwrap_err();
    assert_eq!(said(error), "the targets have length 3, but the samples need length 4");
    assert_eq!(curve.loss(&[], &[]), Err(DynError::Empty));
    let error = two.train(&[0.5; 3], &[3.0, 0.5, 0.5]).unwrap_err();
    assert!(said(error).starts_with("sample 0: there is no class 3;"));
    let before = sorter.clone();
    let error = sorter.train(&[0.5; 80], &[1.0, 5.0]).unwrap_err();
    let none = TargetError::NoClass { number: 5.0, classes: 5 };
    assert_eq!(error, DynError::Target { sample: 1, error: none });
    assert!(said(error).starts_with("sample 1: there is no class 5;"));
    let error = sorter.try_train(&[f32::NAN; 40], &[1.0]).unwrap_err();
    assert_eq!(error, DynError::NotFinite(mlp::NotFinite::Loss));
    let (inputs, targets) = samples(&**sorter, 2);
    assert_eq!(sorter.loss(&inputs, &targets), before.clone().loss(&inputs, &targets));
}

/// Made, run, trained and copied with a stack of 2 MiB.
#[test]
fn a_large_network_is_held_in_place() {
    on_a_small_stack(|| {
        let mut learner = Learner::<Wide>::new();
        learner.train(&[0.25; 784], &[3.0]).unwrap();
        let copy = learner.clone();
        assert_eq!(copy.optimizer().steps, 1);
        assert_eq!(copy.optimizer().tensor(1), learner.optimizer().tensor(1));
        let (network, _) = copy.into_parts();
        let mut outputs = [0.0; 10];
        Predictor::of(network).forward(&[0.25; 784], &mut outputs).unwrap();
        assert!(Class::<10>::new(3).is_some_and(|class| outputs[class.index()] > 0.0));
    });
}

/// Several targets are told one after another.
#[test]
fn several_targets() {
    let target = TwoTarget { label: Class::new(2).unwrap(), goal: [0.5, -1.0] };
    let mut numbers = [7.0; 3];
    target.write_numbers(&mut numbers).unwrap();
    assert_eq!((numbers, TwoTarget::from_numbers(&numbers)), ([2.0, 0.5, -1.0], Ok(target)));
    let wrong = WrongLength { length: 2, expected: 3 };
    assert_eq!(TwoTarget::from_numbers(&numbers[1..]), Err(TargetError::Length(wrong)));
    assert_eq!((target.write_numbers(&mut numbers[1..]), numbers), (Err(wrong), [2.0, 0.5, -1.0]));
    let mut network = Two::new();
    let loss = network.train(&[0.5; 3], &target);
    assert_eq!(Learner::<Two>::new().train(&[0.5; 3], &numbers), Ok(loss));
}
