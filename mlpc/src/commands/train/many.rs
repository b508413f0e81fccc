//! `--seeds` and `--sweep`: many runs, their mean and their spread.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use mlp_engine::Scalar;
use mlp_training::Outcome;

use super::task::{Settings, Task};
use crate::{failure::Failure, learning::digits, output};

/// A value of each swept setting.
type Values = Vec<(String, String, f64)>;

/// Trains all runs, and prints a line for each of them and two for each combination of settings.
pub(super) fn run<S: Scalar>(task: &Task<'_, S>) -> Result<(), Failure> {
    let arguments = task.arguments;
    let seeds: Vec<Option<u64>> = match arguments.seeds {
        Some(count) => (1..=count).map(Some).collect(),
        None => vec![arguments.seed],
    };
    let combinations = combinations(task);
    let all: Vec<Settings> = combinations
        .iter()
        .flat_map(|rule| seeds.iter().map(|seed| Settings { seed: *seed, rule: rule.clone() }))
        .collect();
    let outcomes = train(task, &all)?;
    let metric = arguments
        .metric
        .map_or(if task.validates() { "validation_loss" } else { "best_loss" }, |metric| metric.word());
    let sign = arguments.metric.map_or(1.0, |metric| metric.sign());
    let named: Vec<&str> = arguments.sweep.iter().map(|sweep| sweep.setting.as_str()).collect();
    let head = named.iter().map(|name| format!("{name},")).collect::<String>();
    let mut text = format!("{head}seed,epochs,best_epoch,loss,{metric}\n");
    for (rule, runs) in combinations.iter().zip(outcomes.chunks(seeds.len())) {
        let values = rule.iter().map(|(_, value, _)| format!("{value},")).collect::<String>();
        let best = |outcome: &Outcome| outcome.best.unwrap_or(f64::NAN) * sign;
        for (seed, outcome) in seeds.iter().zip(runs) {
            let seed = seed.map_or("declared".to_owned(), |seed| seed.to_string());
            let epoch = outcome.best_epoch.map_or(String::new(), |epoch| epoch.to_string());
            let (loss, best) = (digits(outcome.loss), digits(best(outcome)));
            text.push_str(&format!("{values}{seed},{},{epoch},{loss},{best}\n", outcome.epochs));
        }
        if runs.len() > 1 {
            let (losses, bests): (Vec<f64>, Vec<f64>) =
                runs.iter().map(|outcome| (outcome.loss, best(outcome))).unzip();
            let ((loss, loss_spread), (best, best_spread)) = (spread(&losses), spread(&bests));
            text.push_str(&format!("{values}mean,,,{},{}\n", digits(loss), digits(best)));
            text.push_str(&format!("{values}deviation,,,{},{}\n", digits(loss_spread), digits(best_spread)));
        }
    }
    output::print(&text)
}

/// All combinations of the swept settings, the last one changing first.
fn combinations<S>(task: &Task<'_, S>) -> Vec<Values> {
    let mut all: Vec<Values> = vec![Vec::new()];
    for sweep in &task.arguments.sweep {
        let with = |before: &Values| {
            let values = sweep.values.iter().map(|(text, value)| {
                let own = (sweep.setting.clone(), text.clone(), *value);
                before.iter().cloned().chain([own]).collect::<Values>()
            });
            values.collect::<Vec<Values>>()
        };
        all = all.iter().flat_map(with).collect();
    }
    all
}

/// Mean and standard deviation (of a sample: over n − 1).
fn spread(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (values.len() as f64 - 1.0)).sqrt())
}

/// Trains all, some at once. The outcomes are in order, whatever their number.
fn train<S: Scalar>(task: &Task<'_, S>, all: &[Settings]) -> Result<Vec<Outcome>, Failure> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..task.arguments.jobs.min(u8::try_from(all.len()).unwrap_or(u8::MAX)) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(settings) = all.get(number) else { return };
                    let outcome =
                        task.model(settings).and_then(|mut model| task.train(&mut model, settings, None));
                    if let Ok(mut done) = done.lock() {
                        done.push((number, outcome));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}
