//! The numbers of a step as comma-separated values, one number on a line.

use csv::Writer;
use mlp_document::values::{Entry, StepValues};

use super::{place, sections};
use crate::{
    failure::Failure,
    numbers::{exact_of, short_of},
};

/// Samples, rows and columns count from 1 and are empty for what has none. For a loss the row is the number of the step.
pub(super) fn text(step: &StepValues) -> Result<String, Failure> {
    let broken = |error: &dyn std::fmt::Display| Failure::usage(format!("can't write CSV: {error}"), "");
    let mut writer = Writer::from_writer(Vec::new());
    let mut line = |cells: [&str; 6]| writer.write_record(cells).map_err(|e| broken(&e));
    line(["section", "name", "sample", "row", "column", "value"])?;
    for (section, entries) in sections(step) {
        for entry in entries {
            for (index, number) in entry.values.iter().enumerate() {
                let sample = sample(step, entry, index);
                let (row, column) = place(entry.shape, index % entry.shape.count().max(1));
                line([section, &entry.name, &sample, &row, &column, &digits(*number, step.single)])?;
            }
        }
    }
    let name = step.loss.last().map_or("", |objective| objective.name.as_str());
    for of in &step.losses {
        line(["losses", name, "", &of.step.to_string(), "", &digits(of.loss, step.single)])?;
    }
    let bytes = writer.into_inner().map_err(|e| broken(&e))?;
    String::from_utf8(bytes).map_err(|e| broken(&e))
}

/// The number of the sample that a value belongs to.
fn sample(step: &StepValues, entry: &Entry, index: usize) -> String {
    match &step.samples {
        Some(samples) if entry.per_sample => {
            (samples.start + index / entry.shape.count().max(1) + 1).to_string()
        }
        Some(_) | None => String::new(),
    }
}

fn digits(number: f64, single: bool) -> String {
    exact_of(number, single).unwrap_or_else(|| short_of(number, single))
}
