//! Sentences of the section on time and memory.

use crate::content::Text;

use super::{code, plural};

pub(crate) fn samples_unknown() -> Text {
    text![
        "The specification does not declare the number of samples, so the batches of an epoch are not counted."
    ]
}

/// The batches of an epoch; `rest` samples are in the last, shorter one.
pub(crate) fn epoch(samples: usize, batch: usize, rest: usize) -> Text {
    let samples = plural(samples, "sample");
    text![match rest {
        0 => format!("One epoch processes {samples} in batches of {batch}:"),
        rest => format!(
            "One epoch processes {samples} in batches of {batch}. The last batch has only {}: it is either used (first line) or dropped (second line).",
            plural(rest, "sample")
        ),
    }]
}

pub(crate) fn memory(parameters: usize, number: &str, bytes: usize) -> Text {
    text![
        format!("The network has {}, each a number of type ", plural(parameters, "parameter")),
        code(number),
        format!(" with {bytes} bytes. Memory of the parameters in bytes:"),
    ]
}

pub(crate) fn work(multiply_adds: usize) -> Text {
    text![format!(
        "The forward pass of one sample takes {}, not counting those inside functions. Multiply-adds of a batch:",
        plural(multiply_adds, "multiply-add")
    )]
}
