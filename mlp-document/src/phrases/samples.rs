//! Sentences on the samples of a batch.

use crate::{
    content::{Line, Text},
    notation::math::{Fence, Math, Name},
};

use super::{Over, letter, plural};

/// The head of the column with the numbers of samples.
pub(crate) const SAMPLE: &str = "Sample";
/// The heading of the part that combines the samples.
pub(crate) const BATCH_TITLE: &str = "The batch";

/// The samples of a step of neurons; `more` of them are not written out.
pub(crate) fn samples_of_neurons(count: usize, more: usize) -> Text {
    let mark = |number: usize| Math::Row(Vec::new()).raised(Math::whole(number).fenced(Fence::Round));
    let mut text = text![
        format!(
            "The step takes a batch of {count} samples. Each formula holds for every sample; the superscripts "
        ),
        mark(1),
        ", ",
        mark(2),
        ", … mark the values of the first sample, the second, and so on.",
    ];
    if more > 0 {
        let written = count - more;
        text.push(
            format!(
                " The numbers of the first {written} samples are written out; the other {more} follow the same formulas, and their gradients are in a table."
            )
            .into(),
        );
    }
    text
}

pub(crate) fn batch_beyond_data(declared: usize, count: usize) -> Text {
    let all = if count == 1 { "it" } else { "all of them" };
    text![format!(
        "The declared batch is {declared}, but the specification has {} only: the step takes {all}.",
        plural(count, "sample")
    )]
}

pub(crate) fn samples_left_out(count: usize) -> Text {
    text![format!("{} more are not listed.", count)]
}

pub(crate) fn row_by_row() -> Text {
    text![
        "Where a formula does not fit all rows at once, it is given for one row: the superscript ",
        Math::Row(Vec::new()).raised(Math::from(Name::letter("i")).fenced(Fence::Round)),
        " marks the row of sample ",
        letter("i"),
        ".",
    ]
}

pub(crate) fn mean_of_losses(over: Over, batch: Line) -> Text {
    match over {
        Over::Nothing => text!["Training minimizes the sum of the losses of the batch:"],
        Over::Weights => text![
            "Training minimizes the mean of the losses of the batch over their weights: the sum of the losses, divided by the sum of the weights:",
        ],
        Over::Count => text![
            "Training minimizes the mean of the losses of the batch; the number of samples is ",
            batch,
            ":",
        ],
    }
}

/// The gradients of each sample; of the first parameters where there are many.
pub(crate) fn gradients_of_samples(some: bool) -> Text {
    text![if some {
        "The gradients of each sample, with respect to the first parameters:"
    } else {
        "The gradients of each sample:"
    }]
}
