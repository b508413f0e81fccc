//! Shows a training: a bar on a terminal, a line of comma-separated values for each epoch elsewhere.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, IsTerminal, Write},
    path::Path,
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    arguments::Train,
    failure::Failure,
    file::{reason, shown_name},
    learning::digits,
    output,
};

/// The columns of an epoch.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The epoch, counted from 1.
    pub(super) epoch: u64,
    /// The steps of all epochs.
    pub(super) steps: u64,
    /// The mean objective of its steps.
    pub(super) loss: f64,
    /// The objective of the rows to validate with.
    pub(super) validation: Option<f64>,
    /// The metric of these rows.
    pub(super) metric: Option<f64>,
}

/// Where lines go.
enum Lines {
    Nowhere,
    Printed,
    Logged(File),
}

/// What shows a training.
pub(super) struct Progress {
    bar: ProgressBar,
    lines: Lines,
    /// The epochs of this run.
    epochs: Vec<Line>,
    /// The first line that could not be written.
    failure: Option<Failure>,
}

impl Progress {
    /// After this number of epochs, whose lines a log keeps.
    pub(super) fn new(arguments: &Train, done: u64) -> Result<Self, Failure> {
        let on_terminal = io::stderr().is_terminal();
        let bar = if on_terminal { ProgressBar::new(arguments.epochs()) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("epoch {pos}/{len} {wide_bar} {msg} {eta}") {
            bar.set_style(style);
        }
        bar.set_position(done);
        let mut head = "epoch,steps,loss".to_owned();
        if arguments.validate.is_some() || arguments.hold_out.is_some() {
            head.push_str(",validation_loss");
        }
        if let Some(metric) = arguments.metric {
            head = format!("{head},{}", metric.word());
        }
        head.push('\n');
        let lines = match &arguments.log {
            Some(path) => Lines::Logged(log(path, &head, done)?),
            None if on_terminal && io::stdout().is_terminal() => Lines::Nowhere,
            None => {
                output::print(&head)?;
                Lines::Printed
            }
        };
        Ok(Progress { bar, lines, epochs: Vec::new(), failure: None })
    }

    /// Shows an epoch.
    pub(super) fn epoch(&mut self, line: Line) {
        self.bar.set_position(line.epoch);
        self.bar.set_message(format!("loss {}", digits(line.validation.unwrap_or(line.loss))));
        let optional = [line.validation, line.metric].into_iter().flatten();
        let values: Vec<String> = [line.loss].into_iter().chain(optional).map(digits).collect();
        let text = format!("{},{},{}\n", line.epoch, line.steps, values.join(","));
        let written = match &mut self.lines {
            Lines::Nowhere => Ok(()),
            Lines::Printed => output::print(&text),
            Lines::Logged(file) => file
                .write_all(text.as_bytes())
                .map_err(|error| Failure::usage(format!("can't write the log: {}", reason(&error)), "")),
        };
        self.failure = self.failure.take().or(written.err());
        self.epochs.push(line);
    }

    /// Ends the bar; the epochs of this run.
    ///
    /// # Errors
    /// The first line that could not be written.
    pub(super) fn finish(self) -> Result<Vec<Line>, Failure> {
        self.bar.finish_and_clear();
        self.failure.map_or(Ok(self.epochs), Err)
    }
}

/// Begins a log, or goes on with one: the lines of the epochs that are done remain.
fn log(path: &Path, head: &str, done: u64) -> Result<File, Failure> {
    let before = if done > 0 { fs::read_to_string(path).unwrap_or_default() } else { String::new() };
    let mut text = head.to_owned();
    if before.starts_with(head) {
        let epoch = |line: &str| line.split(',').next().and_then(|epoch| epoch.parse::<u64>().ok());
        let kept = before.lines().skip(1).filter(|line| epoch(line).is_some_and(|epoch| epoch <= done));
        kept.for_each(|line| text.extend([line, "\n"]));
    }
    output::write(&text, path)?;
    OpenOptions::new()
        .append(true)
        .open(path)
        .map_err(|error| Failure::usage(format!("can't write {}: {}", shown_name(path), reason(&error)), ""))
}
