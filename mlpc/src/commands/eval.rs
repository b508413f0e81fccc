//! `mlpc eval`: prints the numbers of a training step.

use mlp_document::values::{self, Entry, Refusal, StepValues};
use mlp_dsl::{ir::Derivation, limits, shape::Shape};

use crate::{
    arguments::{Eval, EvalFormat},
    failure::Failure,
    input,
    json::Json,
    numbers::{exact, short},
    output,
    table::{Align, Table},
};

/// The number of elements of a vector or matrix that a table shows.
const SHOWN: usize = 16;

/// Runs the command.
pub(crate) fn run(arguments: &Eval) -> Result<(), Failure> {
    let derivation = input::compile_at(&arguments.source, arguments.choice)?;
    if arguments.steps > 1 && derivation.training.is_none() {
        let title = format!("`{}` has no update rule, so it has no training steps", derivation.header.name);
        return Err(Failure::specification(title, "add `train sgd(rate = …);`, or remove --steps"));
    }
    let step =
        values::train(&derivation, arguments.steps).map_err(|refusal| refused(&derivation, refusal))?;
    let count: usize = sections(&step).iter().flat_map(|(_, entries)| *entries).map(|e| e.values.len()).sum();
    if arguments.format != EvalFormat::Table && count > limits::PRINTED_VALUES {
        let title = format!(
            "`{}` has {count} values, but at most {} can be printed",
            step.network,
            limits::PRINTED_VALUES
        );
        return Err(Failure::specification(
            title,
            "remove --format: a table shows the first elements of each vector",
        ));
    }
    output::print(&match arguments.format {
        EvalFormat::Table => table(&step),
        EvalFormat::Json => json(&step).pretty(),
        EvalFormat::Csv => csv(&step)?,
    })
}

fn refused(derivation: &Derivation, refusal: Refusal) -> Failure {
    let network = &derivation.header.name;
    match refusal {
        Refusal::TooLarge(large) => {
            let title = format!("`{network}` can't be evaluated: it has {large}");
            Failure::specification(title, "generate Rust code with `mlpc emit`, and run it")
        }
        Refusal::Missing(missing) => {
            let names: Vec<String> = missing.iter().map(|m| format!("the {} `{}`", m.what, m.name)).collect();
            let verb = if missing.len() == 1 { "has" } else { "have" };
            let title = format!("`{network}` can't be evaluated: {} {verb} no values", names.join(" and "));
            let statements: Vec<String> = missing.iter().map(|m| format!("`{}`", m.statement)).collect();
            Failure::specification(
                title,
                &format!("declare values in the specification: {}", statements.join(" and ")),
            )
        }
    }
}

/// The sections in the order they are printed.
fn sections(step: &StepValues) -> [(&'static str, &[Entry]); 4] {
    [
        ("forward", &step.forward),
        ("loss", &step.loss),
        ("gradients", &step.gradients),
        ("updated", &step.updated),
    ]
}

fn json(step: &StepValues) -> Json {
    let number = |number: f64| exact(number).map_or(Json::Null, Json::Number);
    let value = |entry: &Entry| match entry.shape {
        Shape::Scalar => entry.values.first().map_or(Json::Null, |x| number(*x)),
        Shape::Vector(_) => Json::List(entry.values.iter().map(|x| number(*x)).collect()),
        Shape::Matrix(_, columns) => {
            let rows = entry.values.chunks(columns.max(1));
            Json::List(rows.map(|row| Json::List(row.iter().map(|x| number(*x)).collect())).collect())
        }
    };
    let mut object = vec![("network".to_owned(), Json::text(&step.network))];
    for (name, entries) in sections(step) {
        let entries = entries.iter().map(|entry| (entry.name.clone(), value(entry))).collect();
        object.push((name.to_owned(), Json::Object(entries)));
    }
    Json::Object(object)
}

/// Each number on a separate line; rows and columns count from 1 and are empty for shapes that
/// have none.
fn csv(step: &StepValues) -> Result<String, Failure> {
    let broken = |error: &dyn std::fmt::Display| Failure::usage(format!("can't write CSV: {error}"), "");
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["section", "name", "row", "column", "value"]).map_err(|e| broken(&e))?;
    for (section, entries) in sections(step) {
        for entry in entries {
            for (index, number) in entry.values.iter().enumerate() {
                let (row, column) = place(entry.shape, index);
                let number = exact(*number).unwrap_or_else(|| short(*number));
                writer
                    .write_record([section, &entry.name, &row, &column, &number])
                    .map_err(|e| broken(&e))?;
            }
        }
    }
    let bytes = writer.into_inner().map_err(|e| broken(&e))?;
    String::from_utf8(bytes).map_err(|e| broken(&e))
}

fn place(shape: Shape, index: usize) -> (String, String) {
    match shape {
        Shape::Scalar => (String::new(), String::new()),
        Shape::Vector(_) => (String::new(), (index + 1).to_string()),
        Shape::Matrix(_, columns) => {
            let columns = columns.max(1);
            ((index / columns + 1).to_string(), (index % columns + 1).to_string())
        }
    }
}

fn table(step: &StepValues) -> String {
    let heads = [
        ("Forward pass", "value"),
        ("Loss", "value"),
        ("Gradients", "gradient"),
        ("Parameters after the step", "value"),
    ];
    let mut parts = vec![format!("Network {}\n", step.network)];
    for ((_, entries), (head, column)) in sections(step).into_iter().zip(heads) {
        if entries.is_empty() {
            continue;
        }
        let mut table = Table::new(&[("name", Align::Left), (column, Align::Left)]);
        entries.iter().for_each(|entry| rows(&mut table, entry));
        parts.push(format!("{head}\n{}", table.text()));
    }
    parts.join("\n")
}

fn rows(table: &mut Table, entry: &Entry) {
    let most = if entry.values.len() <= SHOWN { SHOWN } else { SHOWN / 2 };
    for (index, number) in entry.values.iter().enumerate().take(most) {
        let name = match place(entry.shape, index) {
            (row, column) if column.is_empty() => format!("{}{row}", entry.name),
            (row, column) if row.is_empty() => format!("{}[{column}]", entry.name),
            (row, column) => format!("{}[{row},{column}]", entry.name),
        };
        let space = if *number < 0.0 { "" } else { " " };
        table.row([name, format!("{space}{}", short(*number))]);
    }
    if entry.values.len() > most {
        let rest = entry.values.len() - most;
        table.row([format!("{}[…]", entry.name), format!(" {rest} more; --format json prints all")]);
    }
}
