//! Networks that learn from tables: the engine's network in the loop of `mlp-training`.

mod files;
mod metric;
mod model;
mod report;
mod rows;
mod tables;

pub(crate) use files::{Begun, Names, begun, load, refused, save};
pub(crate) use metric::Metric;
pub(crate) use model::Model;
pub(crate) use report::{Bin, Report, SHOWN, evaluate};
pub(crate) use rows::Rows;
pub(crate) use tables::{Files, Given, read};

use mlp_dsl::ir::Derivation;
use mlp_engine::Scalar;

use crate::{failure::Failure, numbers};

/// Whether the target of a sample is one of some classes.
pub(crate) fn class_target(derivation: &Derivation) -> Option<usize> {
    match derivation.targets.as_slice() {
        [target] if target.class => Some(target.shape.count()),
        _ => None,
    }
}

/// Whether the target of a sample is numbers. Of several targets only the loss says which outputs belong to which.
pub(crate) fn is_number_target(derivation: &Derivation) -> bool {
    matches!(derivation.targets.as_slice(), [target] if !target.class)
}

/// How many classes outputs are compared with: those of the target, or two where each target is 0 or 1.
pub(crate) fn class_count<S: Scalar>(derivation: &Derivation, rows: &Rows<S>) -> Option<usize> {
    class_target(derivation).or_else(|| rows.is_binary().then_some(2))
}

/// A network that can't be run.
pub(crate) fn not_run(derivation: &Derivation, error: impl std::fmt::Display) -> Failure {
    Failure::specification(format!("`{}` can't be run: {error}", derivation.header.name), "")
}

/// At most 9 significant digits.
pub(crate) fn digits(number: f64) -> String {
    let rounded = format!("{number:.8e}").parse::<f64>().unwrap_or(number);
    numbers::short(rounded)
}
