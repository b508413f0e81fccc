//! `mlpc evaluate`: measures how good the outputs for a table are.

use std::sync::Arc;

use mlp_dsl::{Compilation, number::Precision};
use mlp_engine::Scalar;
use mlp_training::metrics::{Counts, Errors};

use crate::{
    arguments::{Evaluate, EvaluateFormat},
    failure::Failure,
    input,
    json::Json,
    learning::{self, Bin, Model, Report, Rows, SHOWN, class_count, digits, not_run},
    output,
    table::{Align, Table},
};

/// Runs the command.
pub(crate) fn run(arguments: &Evaluate) -> Result<(), Failure> {
    let compiled = input::compile(&arguments.source)?;
    if compiled.derivation.loss.is_none() {
        let title =
            format!("`{}` has no loss, so its outputs can't be measured", compiled.derivation.header.name);
        return Err(Failure::specification(title, "add `target …;` and `loss …;` to the specification"));
    }
    match compiled.derivation.header.precision {
        Precision::F32 => evaluate::<f32>(arguments, &compiled),
        Precision::F64 => evaluate::<f64>(arguments, &compiled),
    }
}

fn evaluate<S: Scalar>(arguments: &Evaluate, compiled: &Compilation) -> Result<(), Failure> {
    let derivation = &compiled.derivation;
    let model = Model::<S>::new(compiled, Arc::new(Rows::new(derivation)), None);
    let mut model = model.map_err(|error| not_run(derivation, error))?;
    let names = match &arguments.weights {
        Some(path) => learning::load(&mut model, path)?,
        None => None,
    };
    let given = arguments.columns.given();
    let table = learning::read(
        learning::Files { data: &arguments.data, labels: arguments.labels.as_deref() },
        derivation,
        &given,
        names.as_ref(),
    )?;
    let mut rows = Rows::new(derivation);
    rows.push(&table, derivation);
    let classes = class_count(derivation, &rows);
    let all: Vec<usize> = (0..rows.count()).collect();
    model.set_rows(Arc::new(rows));
    let report = learning::evaluate(&model, derivation, &all).map_err(|error| not_run(derivation, error))?;
    let named = table.classes.into_iter().next().flatten();
    let named = named.unwrap_or_else(|| (0..classes.unwrap_or(0)).map(|class| class.to_string()).collect());
    let page = Page { report: &report, classes: &named, targets: &table.target_columns };
    output::print(&match arguments.format {
        EvaluateFormat::Table => page.text(),
        EvaluateFormat::Json => page.json().pretty(),
    })
}

/// A report with its names.
struct Page<'p> {
    report: &'p Report,
    classes: &'p [String],
    targets: &'p [String],
}

/// A measure of errors, with its name.
type Measure = (&'static str, fn(&Errors<1>) -> f64);

const ERRORS: [Measure; 4] = [
    ("mean squared error", Errors::mean_squared),
    ("root of it", Errors::root_mean_squared),
    ("mean absolute error", Errors::mean_absolute),
    ("R²", Errors::r2),
];

impl Page<'_> {
    /// The single numbers, with their names.
    fn totals(&self) -> Vec<(&'static str, f64)> {
        let mut all = vec![("loss", self.report.loss)];
        if let Some(classes) = &self.report.classes
            && let Some(counts) = classes.counts()
        {
            all.push(("accuracy", counts.accuracy()));
            all.push(("macro F1", counts.macro_f1()));
            all.push(("log loss", classes.log_loss));
            all.push(("calibration error", classes.calibration()));
        }
        if !self.report.errors.is_empty() {
            all.extend(ERRORS.map(|(name, of)| (name, self.report.mean(of))));
        }
        all
    }

    fn text(&self) -> String {
        let mut table = Table::new(&[("rows", Align::Left), (&self.report.rows.to_string(), Align::Left)]);
        for (name, value) in self.totals() {
            table.row([name.to_owned(), digits(value)]);
        }
        let mut text = table.text();
        if let Some(classes) = &self.report.classes
            && let Some(counts) = classes.counts()
        {
            text.push_str(&self.confusion(counts));
            text.push_str(&calibration(&classes.bins));
        }
        if self.report.errors.len() > 1 && self.report.errors.len() <= SHOWN {
            text.push_str(&self.errors());
        }
        text
    }

    /// The predictions of each class, and what they are worth.
    fn confusion(&self, counts: Counts<'_>) -> String {
        if self.classes.len() > SHOWN {
            return String::new();
        }
        let mut head = vec![("actual", Align::Left)];
        head.extend(self.classes.iter().map(|class| (class.as_str(), Align::Right)));
        head.extend(["precision", "recall", "F1"].map(|name| (name, Align::Right)));
        let mut table = Table::new(&head);
        for (class, (name, row)) in self.classes.iter().zip(counts.rows()).enumerate() {
            let ratios = [counts.precision(class), counts.recall(class), counts.f1(class)];
            let cells = row.iter().map(u64::to_string).chain(ratios.map(|ratio| format!("{ratio:.4}")));
            table.row([name.clone()].into_iter().chain(cells));
        }
        format!("\npredicted classes\n{}", table.text())
    }

    fn errors(&self) -> String {
        let mut head = vec![("target", Align::Left)];
        head.extend(ERRORS.map(|(name, _)| (name, Align::Right)));
        let mut table = Table::new(&head);
        for (name, errors) in self.targets.iter().zip(&self.report.errors) {
            table.row([name.clone()].into_iter().chain(ERRORS.map(|(_, of)| digits(of(errors)))));
        }
        format!("\n{}", table.text())
    }

    fn json(&self) -> Json {
        let number =
            |value: f64| if value.is_finite() { Json::Number(value.to_string()) } else { Json::Null };
        let mut all = vec![("rows".to_owned(), Json::whole(self.report.rows as u64))];
        let key = |name: &str| name.replace(' ', "_").replace('²', "2").to_lowercase();
        all.extend(self.totals().into_iter().map(|(name, value)| (key(name), number(value))));
        if let Some(classes) = &self.report.classes
            && let Some(counts) = classes.counts()
        {
            all.push(("classes".to_owned(), Json::List(self.classes.iter().map(Json::text).collect())));
            let row = |row: &[u64]| Json::List(row.iter().map(|count| Json::whole(*count)).collect());
            all.push(("confusion".to_owned(), Json::List(counts.rows().map(row).collect())));
            let f1 = (0..self.classes.len()).map(|class| number(counts.f1(class)));
            all.push(("f1".to_owned(), Json::List(f1.collect())));
        }
        Json::Object(all)
    }
}

/// How often predictions of similar probability are right.
fn calibration(bins: &[Bin]) -> String {
    let head = [
        ("probability", Align::Left),
        ("predictions", Align::Right),
        ("mean", Align::Right),
        ("right", Align::Right),
    ];
    let mut table = Table::new(&head);
    for (number, bin) in bins.iter().enumerate().filter(|(_, bin)| bin.count > 0) {
        let (from, to) = (number as f64 / bins.len() as f64, (number + 1) as f64 / bins.len() as f64);
        let share = |of: f64| format!("{:.4}", of / bin.count as f64);
        table.row([
            format!("{from:.1} to {to:.1}"),
            bin.count.to_string(),
            share(bin.probability),
            share(bin.correct as f64),
        ]);
    }
    format!("\npredictions by their probability\n{}", table.text())
}
