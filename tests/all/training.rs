//! `mlp::training`: the loop takes the steps that a loop by hand takes, and stops, resumes and reports as it says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use mlp::keep::{File, Keep};
use mlp::training::{Batches, Ended, Every, Order, Progress, Samples, Training, TrainingError, metrics};
use mlp::{Batch, Class, Differentiable, NotFinite, mlp};

mlp! {
    network Bits: f32 {
        input  x[6];
        layer  hidden[8] = tanh(dense(x));
        layer  digit[3] = softmax(dense(hidden));
        target label: class[3];
        loss   cross_entropy(digit, label);
        train  adam(rate = 0.02), batch 4;
    }
}

mlp! {
    network Line: f64 {
        input  x[1];
        layer  y[1] = dense(x);
        target t[1];
        loss   squared_error(y, t);
        train  sgd(rate = 0.01), batch 4;
    }
}

type Inputs = Vec<[f32; 6]>;
type Labels = Vec<Class<3>>;

/// Six bits, and how many of them are set, at most 2.
fn bits() -> (Inputs, Labels) {
    let bit = |number: u32, bit| f32::from(u8::from(number >> bit & 1 == 1));
    let inputs = (0..64).map(|number| std::array::from_fn(|place| bit(number, place))).collect();
    let labels = (0..64_u32).map(|number| Class::at_most(number.count_ones() as usize / 2)).collect();
    (inputs, labels)
}

/// A network with its optimizer after a training.
fn trained(training: Training<'_, Bits>, samples: &Samples<'_, [f32; 6], Class<3>>) -> (Bits, BitsOptimizer) {
    let (mut network, mut optimizer) = (Bits::new(), BitsOptimizer::new());
    let mut training = training;
    training.run(&mut network, &mut optimizer, samples).unwrap();
    (network, optimizer)
}

#[test]
fn the_loop_takes_the_steps_of_a_loop_by_hand() {
    let (inputs, labels) = bits();
    let samples = Samples::new(&inputs, &labels).unwrap();
    let (mut network, mut optimizer) = (Bits::new(), BitsOptimizer::new());
    let (mut workspace, mut gradients) = (BitsWorkspace::new(), BitsGradients::new());
    let mut indices = [0; 64];
    for epoch in 0..3 {
        Order::new(5).epoch(epoch, &mut indices);
        // 64 is 5 · 12 and 4 more.
        for part in indices.chunks(12) {
            let inputs: Inputs = part.iter().map(|&index| inputs[index]).collect();
            let labels: Labels = part.iter().map(|&index| labels[index]).collect();
            let batch = Batch::new(&inputs, &labels).unwrap();
            network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
        }
    }
    assert_eq!(trained(Training::new(3).batch(12).seed(5), &samples), (network.clone(), optimizer));
    assert_ne!(trained(Training::new(3).batch(12).seed(6), &samples).0, network);
    // A part has its own numbers, from 0.
    let others = samples.clone().filter(|input, _| input[0] == 1.0);
    let kept: Inputs = inputs.iter().copied().filter(|input| input[0] == 1.0).collect();
    let kept_labels: Labels = (0..64).filter(|number| number % 2 == 1).map(|number| labels[number]).collect();
    let copied = Samples::new(&kept, &kept_labels).unwrap();
    assert_eq!(trained(Training::new(2), &others), trained(Training::new(2), &copied));
}

#[test]
fn samples_in_order_are_not_copied() {
    let (inputs, labels) = bits();
    let samples = Samples::new(&inputs, &labels).unwrap();
    let mut batches = Batches::new(5, None);
    let (mut position, mut sizes) = (0, Vec::new());
    while let Some(batch) = batches.at(&samples, 0, position) {
        assert!(std::ptr::eq(batch.inputs().first().unwrap(), &raw const inputs[position]));
        sizes.push(batch.len());
        position += batch.len();
    }
    assert_eq!((sizes.len(), sizes.iter().sum(), sizes.last()), (13, 64, Some(&4)));
}

/// Stopped after any step and continued with copies of what it had: the same bits, also those of the best epoch.
#[test]
fn a_training_that_continues_has_the_bits_of_one_that_never_stopped() {
    let (inputs, labels) = bits();
    let (samples, validation) = Samples::new(&inputs, &labels).unwrap().hold_out(16, 3);
    let training = || Training::<Bits>::new(40).batch(10).seed(9).validation(&validation).patience(3);
    let mut whole = (Bits::new(), BitsOptimizer::new());
    let mut expected = Progress::default();
    let outcome = training().resume(&mut whole.0, &mut whole.1, &samples, &mut expected).unwrap();
    assert_eq!(outcome.ended, Ended::Patience);
    assert!(outcome.epochs < 40 && outcome.best_epoch == Some(outcome.epochs - 3), "{outcome:?}");

    let mut parts = (Bits::new(), BitsOptimizer::new());
    let mut progress = Progress::default();
    loop {
        let (mut network, mut optimizer) = parts.clone();
        let stop = progress.steps + 1 + progress.steps % 3;
        let outcome = training()
            .each_step(|step| {
                if step.moment.step == stop {
                    step.stop();
                }
            })
            .resume(&mut network, &mut optimizer, &samples, &mut progress)
            .unwrap();
        parts = (network.clone(), optimizer.clone());
        if outcome.ended != Ended::Callback {
            break;
        }
    }
    assert_eq!((parts, progress), (whole, expected));
}

/// Stopped after any step, it continues from the last checkpoint, which may be some steps older.
#[test]
fn a_training_that_runs_again_has_the_bits_of_one_that_never_stopped() {
    let (inputs, labels) = bits();
    let (samples, validation) = Samples::new(&inputs, &labels).unwrap().hold_out(16, 3);
    let folder = tempfile::tempdir().unwrap();
    let training = || Training::<Bits>::new(40).batch(10).seed(9).validation(&validation).patience(3);
    let mut whole = (Bits::new(), BitsOptimizer::new());
    let expected = training().run(&mut whole.0, &mut whole.1, &samples).unwrap();
    for (every, name) in [(Every::Steps(4), "steps"), (Every::Epochs(2), "epochs")] {
        let path = folder.path().join(name);
        let (mut stop, mut runs) = (5, 0);
        loop {
            runs += 1;
            // A process that starts again has nothing but the file.
            let (mut network, mut optimizer) = (Bits::new(), BitsOptimizer::new());
            if path.exists() {
                network.initialize(runs);
            }
            let count = std::cell::Cell::new(0);
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let mut training = training().checkpoint(&path, every).each_step(|_| {
                    count.set(count.get() + 1);
                    if count.get() == stop {
                        // So that no last checkpoint is written.
                        std::panic::resume_unwind(Box::new("stopped"));
                    }
                });
                training.run(&mut network, &mut optimizer, &samples)
            }));
            stop += 3;
            let Ok(outcome) = outcome else { continue };
            assert_eq!(outcome.unwrap(), expected);
            assert_eq!((&network, &optimizer), (&whole.0, &whole.1));
            break;
        }
        assert!(runs > 3, "{runs}");
        // Nothing is left to do.
        let (mut network, mut optimizer) = (Bits::new(), BitsOptimizer::new());
        let mut again = training().checkpoint(&path, every).each_step(|_| panic!("a step"));
        let outcome = again.run(&mut network, &mut optimizer, &samples).unwrap();
        assert_eq!(
            (outcome.ended, outcome.steps, network),
            (Ended::Patience, expected.steps, whole.0.clone())
        );
    }
}

/// A checkpoint has the parameters of the best epoch beside the last ones.
#[test]
fn the_best_network_is_in_the_checkpoint() {
    let (inputs, labels) = bits();
    let (samples, validation) = Samples::new(&inputs, &labels).unwrap().hold_out(16, 3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bits");
    let (mut network, mut optimizer) = (Bits::new(), BitsOptimizer::new());
    let mut last = None;
    Training::<Bits>::new(40)
        .validation(&validation)
        .patience(2)
        .checkpoint(&path, Every::Epochs(3))
        .each_epoch(|epoch| last = Some(epoch.network.clone()))
        .run(&mut network, &mut optimizer, &samples)
        .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let (mut read, mut own, mut best) = (Bits::with_seed(1), BitsOptimizer::new(), Bits::with_seed(1));
    let file = File::parse(&bytes).unwrap();
    file.resume(&mut read, &mut own).unwrap();
    assert!(file.best(&mut best).unwrap());
    assert_eq!((Some(&read), &own, &best), (last.as_ref(), &optimizer, &network));
    assert_ne!(best, read);
    let mut alone = Bits::with_seed(1);
    alone.load(&path).unwrap();
    assert_eq!(alone, read);

    // Of other shapes, or with another name: nothing is changed.
    let mut line = Line::new();
    assert!(file.best(&mut line).is_err());
    assert_eq!(line, Line::new());
    let name = b"\"best.b_hidden\"";
    let at = bytes.windows(name.len()).position(|part| part == name).unwrap();
    bytes[at..at + name.len()].copy_from_slice(b"\"best.b_hiddem\"");
    let mut best = Bits::with_seed(1);
    assert!(File::parse(&bytes).unwrap().best(&mut best).is_err());
    assert_eq!(best, Bits::with_seed(1));

    Training::<Bits>::new(1)
        .checkpoint(folder.path().join("no"), Every::Steps(1))
        .run(&mut network, &mut optimizer, &samples)
        .unwrap();
    let bytes = std::fs::read(folder.path().join("no")).unwrap();
    assert!(!File::parse(&bytes).unwrap().best(&mut best).unwrap());
}

#[test]
fn a_checkpoint_of_another_training_is_refused() {
    let (inputs, labels) = bits();
    let samples = Samples::new(&inputs, &labels).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bits");
    let training = |epochs| Training::<Bits>::new(epochs).checkpoint(&path, Every::Epochs(1));
    let trained = trained(training(1), &samples);
    let refused = |mut training: Training<'_, Bits>, samples: &Samples<'_, [f32; 6], Class<3>>| {
        let (mut network, mut optimizer) = (Bits::with_seed(8), BitsOptimizer::new());
        let error = training.run(&mut network, &mut optimizer, samples).unwrap_err();
        assert_eq!((network, optimizer), (Bits::with_seed(8), BitsOptimizer::new()));
        error.to_string()
    };
    let part = samples.clone().split_at(60).0;
    let said = refused(training(2), &part);
    assert!(said.starts_with("the checkpoint is one of 64 samples, and there are 60; "), "{said}");
    let said = refused(training(2).seed(4), &samples);
    let wanted =
        "the checkpoint is one of samples shuffled with seed 0, and here they are shuffled with seed 4; ";
    assert!(said.starts_with(wanted), "{said}");
    let said = refused(training(2).in_order(), &samples);
    assert!(said.contains("here they are in their order"), "{said}");
    // Neither a network alone nor a damaged file is one.
    trained.0.save(folder.path().join("network")).unwrap();
    let said =
        refused(Training::new(2).checkpoint(folder.path().join("network"), Every::Epochs(1)), &samples);
    assert!(said.starts_with("the checkpoint ") && said.contains("training."), "{said}");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    assert!(refused(training(2), &samples).starts_with("the checkpoint "));
    // The network alone is read from a checkpoint.
    std::fs::write(&path, bytes).unwrap();
    let mut network = Bits::with_seed(8);
    network.load(&path).unwrap();
    assert_eq!(network, trained.0);
}

#[test]
fn the_best_epoch_is_that_of_the_score_or_of_the_loss() {
    let (inputs, labels) = bits();
    let (samples, validation) = Samples::new(&inputs, &labels).unwrap().hold_out(16, 3);
    let mut seen = Vec::new();
    let (mut network, mut optimizer) = (Bits::new(), BitsOptimizer::new());
    let outcome = Training::<Bits>::new(30)
        .validation(&validation)
        .score(metrics::accuracy)
        .patience(30)
        .each_epoch(|epoch| seen.push((epoch.score.unwrap(), epoch.network.clone(), epoch.improved)))
        .run(&mut network, &mut optimizer, &samples)
        .unwrap();
    let best = seen.iter().map(|(score, ..)| *score).fold(0.0, f64::max);
    let first = seen.iter().position(|(score, ..)| *score == best).unwrap();
    assert_eq!((outcome.best, outcome.best_epoch), (Some(best), Some(first as u64 + 1)));
    assert_eq!(network, seen[first].1);
    assert!(seen[first].2 && best > seen[0].0);

    // The loss is that of all samples as one batch.
    let (kept, kept_labels): (Inputs, Labels) =
        validation.iter().map(|(input, label)| (*input, *label)).unzip();
    let batch = Batch::new(&kept, &kept_labels).unwrap();
    let mut workspace = BitsWorkspace::new();
    Training::<Bits>::new(2)
        .validation(&validation)
        .each_epoch(|epoch| {
            assert_eq!(epoch.validation, Some(epoch.network.loss_batch(batch, &mut workspace)));
            assert_eq!(epoch.score, None);
        })
        .run(&mut network, &mut optimizer, &samples)
        .unwrap();
}

#[test]
fn a_step_that_is_not_finite_is_named_or_skipped() {
    let inputs: Vec<[f64; 1]> = (0..10).map(|number| [if number == 6 { f64::NAN } else { 1.0 }]).collect();
    let targets = [[2.0]; 10];
    let samples = Samples::new(&inputs, &targets).unwrap();
    let (mut network, mut optimizer) = (Line::new(), LineOptimizer::new());
    let mut progress = Progress::default();
    let error = Training::new(3)
        .batch(2)
        .in_order()
        .resume(&mut network, &mut optimizer, &samples, &mut progress)
        .unwrap_err();
    assert!(
        matches!(error, TrainingError::NotFinite { epoch: 1, step: 4, what: NotFinite::Loss }),
        "{error}"
    );
    assert!(error.to_string().starts_with("epoch 1, step 4: the loss is infinite or NaN"), "{error}");
    assert!(network.is_finite());
    assert_eq!((progress.steps, progress.position), (3, 6));

    let outcome = Training::new(3)
        .batch(2)
        .in_order()
        .skip_not_finite()
        .run(&mut network, &mut optimizer, &samples)
        .unwrap();
    assert_eq!((outcome.steps, outcome.skipped), (12, 3));
    assert!(outcome.loss < 4.0 && network.is_finite());

    let none = samples.filter(|_, _| false);
    let error = Training::new(1).run(&mut network, &mut optimizer, &none).unwrap_err();
    assert!(matches!(error, TrainingError::NoSamples), "{error}");
}

#[test]
fn callbacks_change_the_rate_and_end_the_training() {
    let inputs: Vec<[f64; 1]> = (0..8).map(|number| [f64::from(number)]).collect();
    let targets: Vec<[f64; 1]> = inputs.iter().map(|[x]| [2.0 * x + 1.0]).collect();
    let samples = Samples::new(&inputs, &targets).unwrap();
    let run = |rate: fn(u64) -> f64| {
        let (mut network, mut optimizer) = (Line::new(), LineOptimizer::new());
        let outcome = Training::<Line>::new(10)
            .before_step(|moment, optimizer| optimizer.rate = rate(moment.step))
            .each_epoch(|epoch| {
                if epoch.epoch == 3 {
                    epoch.stop();
                }
            })
            .run(&mut network, &mut optimizer, &samples)
            .unwrap();
        assert_eq!((outcome.ended, outcome.epochs, outcome.steps), (Ended::Callback, 3, 3));
        network
    };
    assert_eq!(run(|_| 0.0), Line::new());
    let mut expected = Line::new();
    let (mut workspace, mut gradients) = (LineWorkspace::new(), LineGradients::new());
    let mut optimizer = LineOptimizer::new();
    let mut indices = [0; 8];
    for epoch in 0..3 {
        Order::new(0).epoch(epoch, &mut indices);
        let rows = indices.map(|index| inputs[index]);
        let goals = indices.map(|index| targets[index]);
        optimizer.rate = 0.01 / (epoch + 1) as f64;
        let batch = Batch::new(&rows, &goals).unwrap();
        expected.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    }
    assert_eq!(run(|step| 0.01 / step as f64), expected);
}

#[test]
fn parts_hold_each_sample_once() {
    let (inputs, labels) = bits();
    let all = Samples::new(&inputs, &labels).unwrap();
    let number = |input: &[f32; 6]| input.iter().rev().fold(0, |sum, &bit| 2 * sum + bit as usize);
    let numbers =
        |part: &Samples<'_, [f32; 6], Class<3>>| part.iter().map(|(input, _)| number(input)).collect();
    let (kept, held): (Vec<usize>, Vec<usize>) = {
        let (kept, held) = all.clone().hold_out(20, 1);
        (numbers(&kept), numbers(&held))
    };
    assert_eq!((kept.len(), held.len()), (44, 20));
    let mut both = [kept, held.clone()].concat();
    both.sort_unstable();
    assert!(both.into_iter().eq(0..64));
    assert!(!held.is_sorted());
    let folds: Vec<usize> = (0..5).flat_map(|fold| -> Vec<usize> { numbers(&all.fold(fold, 5).1) }).collect();
    assert!(folds.into_iter().eq(0..64));
    let (rest, fold): (Vec<usize>, Vec<usize>) = (numbers(&all.fold(2, 5).0), numbers(&all.fold(2, 5).1));
    assert!(rest.len() + fold.len() == 64 && rest.iter().all(|sample| !fold.contains(sample)));
    assert_eq!(all.fold(5, 5).1.len(), 0);
    assert_eq!(all.clone().split_at(100).0.len(), 64);
}

#[test]
fn metrics_of_a_network_are_those_of_its_outputs() {
    let (inputs, labels) = bits();
    // More than are computed at once.
    let (inputs, labels) = (inputs.repeat(5), labels.repeat(5));
    let samples = Samples::new(&inputs, &labels).unwrap();
    let network = trained(Training::new(2), &samples).0;
    let outputs: Vec<[f32; 3]> = inputs.iter().map(|input| network.forward(input)).collect();
    for samples in [samples.clone(), samples.clone().shuffled(0)] {
        let confusion = metrics::confusion::<3, _>(&network, &samples).unwrap();
        let right = outputs
            .iter()
            .zip(&labels)
            .filter(|(output, label)| metrics::predicted(&output[..]) == label.index());
        assert_eq!(confusion.correct(), right.count() as u64);
        assert_eq!(metrics::accuracy(&network, &samples), confusion.accuracy());
        assert_eq!(metrics::top_k(&network, &samples, 1), confusion.accuracy());
        assert_eq!(metrics::top_k(&network, &samples, 3), 1.0);
    }
    let losses =
        outputs.iter().zip(&labels).map(|(output, label)| metrics::log_loss(&output[..], label.index()));
    assert_eq!(metrics::mean_log_loss(&network, &samples), losses.sum::<f64>() / 320.0);
    assert!(metrics::confusion::<2, _>(&network, &samples).is_err());

    let (inputs, targets) = ([[1.0], [2.0], [4.0]], [[2.0], [3.0], [5.5]]);
    let line = Line::new();
    let errors = metrics::errors(&line, &Samples::new(&inputs, &targets).unwrap());
    let squares = inputs.iter().zip(&targets).map(|(input, [t])| (t - line.forward(input)[0]).powi(2));
    assert_eq!(errors.mean_squared(), squares.sum::<f64>() / 3.0);
}
