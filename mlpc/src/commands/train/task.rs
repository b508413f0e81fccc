//! What is trained: a network, rows to train with, rows to validate with, and settings.

use std::sync::Arc;

use mlp_dsl::{Compilation, ir::Derivation, run::Shuffle};
use mlp_engine::Scalar;
use mlp_training::{Every, Outcome, Samples, Training, TrainingError};

use super::{
    interrupt,
    progress::{Line, Progress},
    standardize,
};
use crate::{
    arguments::{self, Train},
    failure::Failure,
    learning::{self, Files, Metric, Model, Names, Rows, class_count, evaluate, not_run},
    output,
};

/// The rows of one part, by their numbers.
pub(super) type Part<'p> = Samples<'p, usize, ()>;

/// The settings of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    /// The seed of start values, order and split.
    pub(super) seed: Option<u64>,
    /// Settings of the rule, as they are written and as numbers.
    pub(super) rule: Vec<(String, String, f64)>,
}

impl Settings {
    /// Those of the command.
    pub(super) fn of(arguments: &Train) -> Self {
        Settings { seed: arguments.seed, rule: Vec::new() }
    }
}

/// What is trained.
pub(super) struct Task<'t, S> {
    pub(super) arguments: &'t Train,
    compiled: &'t Compilation,
    rows: Arc<Rows<S>>,
    /// How many rows are those of `--data`; those of `--validate` follow.
    own: usize,
    /// The numbers of all rows.
    numbers: Vec<usize>,
    units: Vec<()>,
    /// The columns and the classes.
    pub(super) names: Names,
}

impl<'t, S: Scalar> Task<'t, S> {
    /// Reads the tables. `known` are the names of the training that goes on.
    pub(super) fn new(
        arguments: &'t Train,
        compiled: &'t Compilation,
        known: Option<&Names>,
    ) -> Result<Self, Failure> {
        let derivation = &compiled.derivation;
        let given = arguments.columns.given();
        let Some(data) = &arguments.data else {
            let help =
                "give one with `--data FILE`, or write `data from \"train.csv\";` in the specification";
            return Err(Failure::usage("there is no table to train with", help));
        };
        let files = Files { data, labels: arguments.labels.as_deref() };
        let table = learning::read(files, derivation, &given, known)?;
        let names = Names::of(&table);
        let mut rows = Rows::new(derivation);
        rows.push(&table, derivation);
        let own = rows.count();
        drop(table);
        if let Some(file) = &arguments.validate {
            let files = Files { data: file, labels: None };
            rows.push(&learning::read(files, derivation, &given, Some(&names))?, derivation);
        }
        let (numbers, units) = ((0..rows.count()).collect(), vec![(); rows.count()]);
        let task = Task { arguments, compiled, rows: Arc::new(rows), own, numbers, units, names };
        task.check()?;
        Ok(task)
    }

    /// Checks the options against the rows.
    fn check(&self) -> Result<(), Failure> {
        if let Some(metric) = self.arguments.metric {
            if !self.validates() {
                let title = "--metric needs rows to validate with";
                return Err(Failure::usage(title, "add --validate FILE or --hold-out 0.2"));
            }
            let of_classes = class_count(self.derivation(), &self.rows).is_some();
            let of_numbers = learning::is_number_target(self.derivation());
            if !(if metric.is_of_classes() { of_classes } else { of_numbers }) {
                let title = format!("--metric {} does not fit the target", metric.word());
                return Err(Failure::usage(
                    title,
                    "for classes there are accuracy, macro-f1 and log-loss, for numbers r2, mse, rmse and mae",
                ));
            }
        }
        match self.held_out() {
            Some(held) if held >= self.own => {
                let title = format!("--hold-out takes {held} of {} rows, and none are left", self.own);
                Err(Failure::usage(title, "give a smaller share"))
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn derivation(&self) -> &'t Derivation {
        &self.compiled.derivation
    }

    /// Whether there are rows to validate with.
    pub(super) fn validates(&self) -> bool {
        self.arguments.validate.is_some() || self.arguments.hold_out.is_some()
    }

    /// How many rows are held out.
    fn held_out(&self) -> Option<usize> {
        let share = self.arguments.hold_out?;
        let count = if share < 1.0 { (share * self.own as f64).round().max(1.0) } else { share };
        Some(count as usize)
    }

    /// The seed of the order of rows and of those held out; none for the order of the table.
    fn order(&self, settings: &Settings) -> Option<u64> {
        match self.arguments.shuffle {
            Some(Shuffle::None) => None,
            Some(Shuffle::Seed(seed)) => Some(seed),
            None => Some(settings.seed.unwrap_or(0)),
        }
    }

    /// The rows of a batch: asked for, or declared, or 32.
    fn batch(&self) -> usize {
        let asked = self.arguments.batch.and_then(|batch| usize::try_from(batch).ok());
        let declared = || self.derivation().training.as_ref().and_then(|training| training.batch);
        asked.or_else(declared).unwrap_or(32)
    }

    /// The rows to train with and those to validate with.
    pub(super) fn parts(&self, settings: &Settings) -> Result<(Part<'_>, Option<Part<'_>>), Failure> {
        let part = |range: std::ops::Range<usize>| {
            let (numbers, units) = (self.numbers.get(range.clone()), self.units.get(range));
            Samples::new(numbers.unwrap_or_default(), units.unwrap_or_default())
                .map_err(|error| not_run(self.derivation(), error))
        };
        let own = part(0..self.own)?;
        if let Some(held) = self.held_out() {
            let (training, validation) = match self.order(settings) {
                Some(seed) => own.hold_out(held, seed),
                None => own.split_at(self.own - held),
            };
            return Ok((training, Some(validation)));
        }
        let validation = self.arguments.validate.as_ref().map(|_| part(self.own..self.numbers.len()));
        Ok((own, validation.transpose()?))
    }

    /// Says once what may surprise.
    pub(super) fn notes(&self) {
        let (count, batch) = (self.own - self.held_out().unwrap_or(0), self.batch());
        let rest = count % batch;
        if rest > 0 && count > batch {
            output::warn(&format!("note: the last batch of each epoch has {rest} of {batch} rows"));
        }
        if let Some(note) = standardize::note(self.derivation(), count) {
            output::warn(&note);
        }
    }

    /// The network with its start values and settings.
    pub(super) fn model(&self, settings: &Settings) -> Result<Model<S>, Failure> {
        let mut model = Model::new(self.compiled, self.rows.clone(), settings.seed)
            .map_err(|error| not_run(self.derivation(), error))?;
        for (name, _, value) in &settings.rule {
            let Some(place) = model.network().setting_mut(name) else {
                let all: Vec<String> =
                    model.network().settings().map(|setting| format!("`{}`", setting.name)).collect();
                let title =
                    format!("the rule has no setting `{}` that is a number", crate::escape::line(name));
                return Err(Failure::usage(title, &format!("its settings are {}", all.join(", "))));
            };
            *place = S::from_f64(*value);
        }
        Ok(model)
    }

    /// Trains, and shows each epoch.
    pub(super) fn train(
        &self,
        model: &mut Model<S>,
        settings: &Settings,
        mut progress: Option<&mut Progress>,
    ) -> Result<Outcome, Failure> {
        let (samples, validation) = self.parts(settings)?;
        let arguments = self.arguments;
        standardize::fill(self, model, &samples)?;
        let mut training = Training::<Model<S>>::new(arguments.epochs()).batch(self.batch());
        training = match self.order(settings) {
            Some(seed) => training.seed(seed),
            None => training.in_order(),
        };
        training = training.each_step(|step| {
            if interrupt::is_asked() {
                step.stop();
            }
        });
        if let Some(validation) = &validation {
            training = training.validation(validation);
        }
        if let Some(metric) = arguments.metric {
            training = training.score(move |model, samples| self.score(model, samples, metric));
        }
        if let Some(patience) = arguments.patience {
            training = training.patience(patience);
        }
        if let Some(path) = arguments.resume.as_ref().or(arguments.checkpoint.as_ref()) {
            let every = match arguments.every {
                arguments::Every::Epochs(count) => Every::Epochs(count),
                arguments::Every::Steps(count) => Every::Steps(count),
            };
            training = training.checkpoint(path, every);
            for (key, text) in self.names.pairs() {
                training = training.note(key, text);
            }
        }
        if let Some(progress) = progress.take() {
            training = training.each_epoch(|epoch| {
                let metric = epoch.score.zip(arguments.metric).map(|(score, metric)| score * metric.sign());
                let validation = epoch.validation.map(|loss| loss.to_f64());
                let (epoch, steps, loss) = (epoch.epoch, epoch.steps, epoch.loss);
                progress.epoch(Line { epoch, steps, loss, validation, metric });
            });
        }
        training.run(model, &mut (), &samples).map_err(|error| self.refused(&error))
    }

    /// The score of an epoch: higher is better.
    fn score(&self, model: &Model<S>, samples: &Part<'_>, metric: Metric) -> f64 {
        let rows: Vec<usize> = samples.iter().map(|(row, ())| *row).collect();
        let report = evaluate(model, self.derivation(), &rows);
        report.map_or(f64::NAN, |report| report.value(metric) * metric.sign())
    }

    /// A training that can't go on.
    fn refused(&self, error: &TrainingError) -> Failure {
        let kept = self.arguments.checkpoint.as_ref().or(self.arguments.resume.as_ref());
        match error {
            TrainingError::Checkpoint(error) => learning::refused(error, "checkpoint"),
            TrainingError::OtherSamples { .. } | TrainingError::OtherOrder { .. } => {
                Failure::usage(error, "")
            }
            TrainingError::NotFinite { .. } | TrainingError::Parameters { .. } => {
                let kept = kept
                    .filter(|path| path.exists())
                    .map(|path| format!("{} has the last good checkpoint", crate::file::shown_name(path)));
                Failure::specification(error, kept.as_deref().unwrap_or("nothing was saved"))
            }
            _ => Failure::specification(error, ""),
        }
    }
}
