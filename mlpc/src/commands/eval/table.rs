//! The numbers of a step as text tables: values in rows, samples in columns.

use std::ops::Range;

use mlp_document::values::{Entry, StepLoss, StepValues};

use super::{place, sections};
use crate::{
    numbers::short_of,
    table::{Align, Table},
};

/// The number of elements of a vector or matrix that a table shows.
const SHOWN: usize = 16;
/// The number of samples that have a column.
const SAMPLES: usize = 8;
/// The number of losses that are shown, at the beginning and at the end.
const LOSSES: u64 = 20;

/// The heads of the sections, and that of a column of values.
const HEADS: [(&str, &str); 5] = [
    ("Forward pass", "value"),
    ("Loss", "value"),
    ("Backward pass", "∂E/∂name"),
    ("Gradients", "gradient"),
    ("Parameters after the step", "value"),
];

/// Whether the table of losses shows this step, of this number of steps.
pub(super) fn shows(step: u64, steps: u64) -> bool {
    steps <= LOSSES || step <= LOSSES / 2 || step > steps - LOSSES / 2
}

/// The tables; `beyond` is a declared batch that is larger than `data`.
pub(super) fn text(step: &StepValues, beyond: Option<usize>) -> String {
    let mut parts = vec![format!("Network {}\n", step.network)];
    if let Some(samples) = &step.samples {
        parts.push(batch(step.step, samples, beyond));
    }
    for ((_, entries), (head, column)) in sections(step).into_iter().zip(HEADS) {
        let samples = step.samples.clone().filter(|_| entries.iter().any(|entry| entry.per_sample));
        let (each, once): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|entry| entry.per_sample && samples.is_some());
        if let Some(samples) = samples {
            parts.push(format!("{}\n{}", head_of(head, column), of_samples(&each, &samples, step.single)));
        }
        if !once.is_empty() {
            let rest = if each.is_empty() { "" } else { ", once for the batch" };
            parts.push(format!("{head}{rest}\n{}", of_one(&once, column, step.single)));
        }
    }
    if step.step > 1 && !step.losses.is_empty() {
        parts.push(format!("Losses\n{}", losses(step)));
    }
    parts.join("\n")
}

/// Which samples the step takes; `beyond` is a declared batch that is larger than `data`.
fn batch(step: u64, samples: &Range<usize>, beyond: Option<usize>) -> String {
    let fewer = beyond.map_or_else(String::new, |batch| format!("; the declared batch is {batch}"));
    format!("Step {step}: {} of `data`{fewer}\n", numbers(samples))
}

/// The head of a table whose columns are samples.
fn head_of(head: &str, column: &str) -> String {
    if column == "value" { head.to_owned() } else { format!("{head}, {column}") }
}

/// `sample 3`, `samples 1 to 4`
fn numbers(samples: &Range<usize>) -> String {
    match samples.len() {
        1 => format!("sample {}", samples.end),
        _ => format!("samples {} to {}", samples.start + 1, samples.end),
    }
}

fn of_one(entries: &[&Entry], column: &str, single: bool) -> String {
    let mut table = Table::new(&[("name", Align::Left), (column, Align::Left)]);
    for entry in entries {
        for (name, cells) in rows(entry, 1, single) {
            table.row([name].into_iter().chain(cells));
        }
    }
    table.text()
}

fn of_samples(entries: &[&Entry], samples: &Range<usize>, single: bool) -> String {
    let shown = samples.len().min(SAMPLES);
    let titles: Vec<String> = samples.clone().take(shown).map(|i| format!("sample {}", i + 1)).collect();
    let columns = titles.iter().map(|title| (title.as_str(), Align::Left));
    let mut table = Table::new(&[("name", Align::Left)].into_iter().chain(columns).collect::<Vec<_>>());
    for entry in entries {
        for (name, cells) in rows(entry, shown, single) {
            table.row([name].into_iter().chain(cells));
        }
    }
    let rest = samples.len() - shown;
    let more =
        if rest > 0 { format!("  {rest} more samples; --format json prints all\n") } else { String::new() };
    table.text() + &more
}

/// The elements of a value, each with a cell for each sample; those of long arrays are left out.
fn rows(entry: &Entry, samples: usize, single: bool) -> Vec<(String, Vec<String>)> {
    let length = entry.shape.count();
    let most = if length <= SHOWN { SHOWN } else { SHOWN / 2 };
    let mut rows = Vec::new();
    for index in 0..length.min(most) {
        let name = match place(entry.shape, index) {
            (row, column) if column.is_empty() => format!("{}{row}", entry.name),
            (row, column) if row.is_empty() => format!("{}[{column}]", entry.name),
            (row, column) => format!("{}[{row},{column}]", entry.name),
        };
        let cells = entry.values.iter().skip(index).step_by(length.max(1)).take(samples);
        rows.push((name, cells.map(|number| signed(*number, single)).collect()));
    }
    if length > most {
        let rest = format!(" {} more; --format json prints all", length - most);
        rows.push((format!("{}[…]", entry.name), vec![rest]));
    }
    rows
}

/// A number with room for a sign.
fn signed(number: f64, single: bool) -> String {
    format!("{}{}", if number < 0.0 { "" } else { " " }, short_of(number, single))
}

fn losses(step_values: &StepValues) -> String {
    let name = step_values.loss.last().map_or("loss", |objective| objective.name.as_str());
    let of_data = step_values.samples.is_some();
    let mut heads = vec![("step", Align::Right), (name, Align::Left)];
    if of_data {
        heads.push(("samples", Align::Left));
    }
    let mut table = Table::new(&heads);
    let mut before = 0;
    for StepLoss { step, samples, loss } in &step_values.losses {
        if *step > before + 1 {
            table.row(["…".to_owned(), format!(" {} more; --format json prints all", step - before - 1)]);
        }
        before = *step;
        let which = if samples.len() == 1 {
            samples.end.to_string()
        } else {
            format!("{} to {}", samples.start + 1, samples.end)
        };
        table.row(
            [step.to_string(), signed(*loss, step_values.single)].into_iter().chain(of_data.then_some(which)),
        );
    }
    table.text()
}
