//! `mlpc eval`: prints the numbers of a training step, and the losses of all steps up to it.

mod csv;
mod executed;
mod json;
mod table;

use mlp_document::values::{self, Entry, Refusal, StepValues, TooLarge};
use mlp_dsl::{ir::Derivation, limits, shape::Shape};

use crate::{
    arguments::{Eval, EvalFormat},
    failure::Failure,
    input, output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Eval) -> Result<(), Failure> {
    let derivation = input::compile_at(&arguments.source, arguments.choice)?;
    if arguments.steps > 1 && derivation.training.is_none() {
        let title = format!("`{}` has no update rule, so it has no training steps", derivation.header.name);
        return Err(Failure::specification(title, "add `train sgd(rate = …);`, or remove --steps"));
    }
    let network = &derivation.header.name;
    let whole = arguments.format != EvalFormat::Table;
    if whole && arguments.steps > limits::PRINTED_VALUES as u64 {
        return Err(too_many_values(network, arguments.steps, "losses"));
    }
    let keep = |step: u64| whole || table::shows(step, arguments.steps);
    let step = if arguments.as_executed {
        executed::train(&derivation, arguments.steps, &keep)?
    } else {
        values::train(&derivation, arguments.steps, &keep).map_err(|refusal| refused(&derivation, refusal))?
    };
    let entries = sections(&step).into_iter().flat_map(|(_, entries)| entries);
    let count = entries.map(|entry| entry.values.len()).sum::<usize>() + step.losses.len();
    if whole && count > limits::PRINTED_VALUES {
        return Err(too_many_values(network, count as u64, "values"));
    }
    output::print(&match arguments.format {
        EvalFormat::Table => table::text(&step, derivation.batch_beyond_data()),
        EvalFormat::Json => json::json(&step).pretty(),
        EvalFormat::Csv => csv::text(&step)?,
    })
}

fn too_many_values(network: &str, count: u64, what: &str) -> Failure {
    let title =
        format!("`{network}` has {count} {what}, but at most {} can be printed", limits::PRINTED_VALUES);
    Failure::specification(title, "remove --format: a table shows the first of many")
}

fn refused(derivation: &Derivation, refusal: Refusal) -> Failure {
    let network = &derivation.header.name;
    match refusal {
        Refusal::TooLarge(large) => {
            let title = format!("`{network}` can't be evaluated: it has {large}");
            let one = values::affordable(derivation).is_ok();
            let help = match large {
                TooLarge::Values(_) | TooLarge::Operations(_) if one => {
                    "declare a smaller `batch`, or take one sample with --sample"
                }
                TooLarge::Parameters(_) | TooLarge::Values(_) | TooLarge::Operations(_) => {
                    "let the network's own code compute it with --as-executed"
                }
            };
            Failure::specification(title, help)
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
fn sections(step: &StepValues) -> [(&'static str, &[Entry]); 5] {
    [
        ("forward", &step.forward),
        ("loss", &step.loss),
        ("backward", &step.backward),
        ("gradients", &step.gradients),
        ("updated", &step.updated),
    ]
}

/// Row and column of an element, counted from 1, empty for shapes that have none.
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
