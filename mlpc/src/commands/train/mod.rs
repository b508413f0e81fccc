//! `mlpc train`: trains a network with a table.

mod interrupt;
mod many;
mod plot;
mod progress;
mod rewrite;
mod settled;
mod standardize;
mod task;

use mlp_dsl::number::Precision;
use mlp_engine::Scalar;
use mlp_training::Ended;

use self::{
    progress::Progress,
    task::{Settings, Task},
};
use crate::{
    arguments::Train,
    failure::Failure,
    file::{is_standard, shown_name},
    input,
    learning::{self, Begun, Model, digits},
    numbers::counted,
    output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Train) -> Result<(), Failure> {
    let mut read = input::read(&arguments.source)?;
    read.report(&read.compiled.warnings.without_evaluation(), &arguments.source)?;
    // The specification that the parameters belong to, where it is another one.
    let mut written = None;
    if arguments.standardize == Some(None) && read.compiled.derivation.header.run.standardized.is_empty() {
        let text = rewrite::standardized(read.text())?;
        read = input::read_text(text, &arguments.source)?;
        written = Some(read.text().to_owned());
    }
    let compiled = read.compiled;
    let arguments = &settled::settled(arguments, &compiled.derivation.header.run);
    if compiled.derivation.training.is_none() {
        let title =
            format!("`{}` has no update rule, so it can't be trained", compiled.derivation.header.name);
        return Err(Failure::specification(title, "add `train sgd(rate = …);` to the specification"));
    }
    match compiled.derivation.header.precision {
        Precision::F32 => train::<f32>(arguments, &compiled, written.as_deref()),
        Precision::F64 => train::<f64>(arguments, &compiled, written.as_deref()),
    }
}

fn train<S: Scalar>(
    arguments: &Train,
    compiled: &mlp_dsl::Compilation,
    written: Option<&str>,
) -> Result<(), Failure> {
    let begun = begun(arguments)?;
    let names = begun.as_ref().and_then(|begun| begun.names.as_ref());
    let task = Task::<S>::new(arguments, compiled, names)?;
    task.notes();
    if arguments.seeds.is_some() || !arguments.sweep.is_empty() {
        return many::run(&task);
    }
    let settings = Settings::of(arguments);
    let mut model = task.model(&settings)?;
    if let Some(begun) = &begun {
        let (epochs, steps) = (counted(begun.epoch, "epoch"), counted(begun.step, "step"));
        output::warn(&format!("goes on after {epochs} and {steps}"));
    }
    if let Some(text) = written {
        save_specification(arguments, text)?;
    }
    interrupt::listen()?;
    let mut progress = Progress::new(arguments, begun.as_ref().map_or(0, |begun| begun.epoch))?;
    let outcome = task.train(&mut model, &settings, Some(&mut progress))?;
    let epochs = progress.finish()?;
    if let (Some(path), Some(picture)) = (&arguments.plot, plot::picture(&epochs)) {
        output::write(&picture, path)?;
    }
    if outcome.ended == Ended::Callback {
        return Err(interrupted(arguments, outcome.epochs, outcome.steps));
    }
    finish(&task, &model, &outcome)
}

/// Saves the specification with `standardize`, beside the one without it, where parameters are saved.
fn save_specification(arguments: &Train, text: &str) -> Result<(), Failure> {
    if arguments.output.is_none() && arguments.checkpoint.is_none() && arguments.resume.is_none() {
        return Ok(());
    }
    let source = &arguments.source.file;
    let stem = if is_standard(source) { None } else { source.file_stem().and_then(|stem| stem.to_str()) };
    let path = source.with_file_name(format!("{}-standardized.mlp", stem.unwrap_or("network")));
    output::write(text, &path)?;
    output::warn(&format!("saved {}, the specification that the parameters belong to", shown_name(&path)));
    Ok(())
}

/// The checkpoint to go on from.
fn begun(arguments: &Train) -> Result<Option<Begun>, Failure> {
    match (&arguments.resume, &arguments.checkpoint) {
        (Some(path), _) => learning::begun(path).map(Some),
        (None, Some(path)) if path.exists() => learning::begun(path).map(Some),
        (None, _) => Ok(None),
    }
}

/// Says what the training came to, and saves the parameters.
fn finish<S: Scalar>(
    task: &Task<'_, S>,
    model: &Model<S>,
    outcome: &mlp_training::Outcome,
) -> Result<(), Failure> {
    let arguments = task.arguments;
    let mut said = format!("{}, {}", counted(outcome.epochs, "epoch"), counted(outcome.steps, "step"));
    if let (Some(epoch), Some(best)) = (outcome.best_epoch, outcome.best) {
        let (name, best) = match arguments.metric {
            Some(metric) => (metric.word(), best * metric.sign()),
            None if task.validates() => ("validation loss", best),
            None => ("loss", best),
        };
        said = format!("{said}; best epoch {epoch}, {name} {}", digits(best));
        if arguments.patience.is_some() {
            said.push_str("; the parameters are those of the best epoch");
        }
    }
    output::warn(&said);
    match &arguments.output {
        Some(path) => {
            learning::save(model, &task.names, path)?;
            output::warn(&format!("saved {}", shown_name(path)));
        }
        None if arguments.checkpoint.is_none() && arguments.resume.is_none() => {
            output::warn("nothing is saved: give a file with -o");
        }
        None => {}
    }
    Ok(())
}

fn interrupted(arguments: &Train, epochs: u64, steps: u64) -> Failure {
    let done = format!("interrupted after {} and {}", counted(epochs, "epoch"), counted(steps, "step"));
    let help = match arguments.checkpoint.as_ref().or(arguments.resume.as_ref()) {
        Some(path) => format!("the same command goes on from {}", shown_name(path)),
        None => "nothing is saved: with `--checkpoint FILE` a training can go on".to_owned(),
    };
    Failure::Interrupted(format!("{done}\n  = help: {help}"))
}
