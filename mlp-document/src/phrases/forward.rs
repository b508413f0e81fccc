//! Sentences of the forward pass.

use crate::{
    content::{Line, Side, Text},
    notation::math::{Math, Operator},
    values::MissingValues,
};

use super::code;

/// What the net inputs of a network are.
pub(crate) enum Nets {
    /// There are none.
    None,
    /// Sums of weighted inputs and a bias.
    Weighted,
    /// Something else.
    Other,
}

pub(crate) fn neurons(nets: &Nets) -> Text {
    text![match nets {
        Nets::Weighted => {
            "The net input of a neuron combines its weighted inputs and its bias. The activation function turns the net input into the output of the neuron."
        }
        Nets::Other => {
            "The net input of a neuron is what its activation function is applied to; the result is the output of the neuron."
        }
        Nets::None => "Each neuron is computed from the values before it.",
    }]
}

pub(crate) fn neurons_without_values(missing: &[MissingValues]) -> Text {
    let mut text = only_symbols(missing);
    if !missing.is_empty() {
        text.extend(text![
            " To see numbers, declare values in the specification, for example ",
            code("input x { i1 = 0.05 }"),
            ".",
        ]);
    }
    text
}

/// Why no numbers are shown.
fn only_symbols(missing: &[MissingValues]) -> Text {
    if missing.is_empty() {
        return text![
            "The network or the batch is too large to be computed here, so all formulas are given in symbols only."
        ];
    }
    let mut text = named(missing, "The ");
    let verb = if missing.len() == 1 { " has" } else { " have" };
    text.push(format!("{verb} no declared values, so all formulas are given in symbols only.").into());
    text
}

/// The inputs and targets without values.
pub(super) fn named(missing: &[MissingValues], start: &str) -> Text {
    let mut text = Text::new();
    for (index, missing) in missing.iter().enumerate() {
        text.push(if index == 0 { start } else { " and the " }.into());
        text.extend(text![format!("{} ", missing.what), code(&missing.name)]);
    }
    text
}

/// Values as matrices; `batch` is the number of samples. `bias`, `softmax` and `elementwise` say what occurs.
pub(crate) fn rows_of_samples(batch: Line, bias: bool, softmax: bool, elementwise: bool) -> Text {
    let mut text = text![
        "Each row is one sample: the values of a layer form a matrix with one row for each sample of the batch (",
        batch,
        ").",
    ];
    text.push(" Rows and columns are below the symbols.".into());
    if bias {
        text.push(" A bias is a single row, which is added to every row.".into());
    }
    text.push(" Functions are applied to each element".into());
    text.push(if softmax { ", softmax to each row." } else { "." }.into());
    if elementwise {
        text.extend(text![" ", Math::from(Operator::Elementwise), " is the element-wise product."]);
    }
    text
}

/// The same for one sample.
pub(crate) fn row_of_one_sample(batch: Line, softmax: bool, elementwise: bool) -> Text {
    let mut text = text![
        "The step takes one sample (",
        batch,
        "). Below the symbols are rows and columns. Functions are applied to each element",
        if softmax { ", softmax to all elements together." } else { "." },
    ];
    if elementwise {
        text.extend(text![" ", Math::from(Operator::Elementwise), " is the element-wise product."]);
    }
    text
}

pub(crate) fn layers_without_values(missing: &[MissingValues]) -> Text {
    let mut text = only_symbols(missing);
    if !missing.is_empty() {
        text.extend(text![
            " Where values are declared, as in ",
            code("input x[2] = [0.05, 0.10];"),
            ", small arrays are shown as numbers.",
        ]);
    }
    text
}

/// Layers with dropout, each with its values before dropout.
pub(crate) fn without_dropout(layers: Vec<[Side; 2]>) -> Text {
    let mut text =
        text!["Units are left out in steps of training only. Whenever the trained network is used"];
    let last = layers.len().saturating_sub(1);
    for (index, [layer, full]) in layers.into_iter().enumerate() {
        text.push(
            if index == 0 {
                ", "
            } else if index == last {
                " and "
            } else {
                ", "
            }
            .into(),
        );
        text.extend(text![layer, " is ", full]);
    }
    text.push(": there is no mask and no factor.".into());
    text
}

pub(crate) fn numbers_of_one_sample() -> Text {
    text![
        "The numbers shown are those of a batch with one sample. In a larger batch, each matrix has one row per sample, and each sum over the batch has one term per sample."
    ]
}

/// Before the steps of a softmax.
pub(crate) fn softmax_by_parts() -> Text {
    text![
        "Softmax takes the exponential of each argument, adds the exponentials up, and divides each by the sum. So the results are positive and sum to 1. The program subtracts the largest argument from all of them first: the quotients stay the same, and no exponential overflows."
    ]
}
