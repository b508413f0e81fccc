//! Sentences of the section on the parameters.

use crate::content::{Column, Inline, Side, Text};

use super::{code, plural};

pub(crate) const PARAMETERS: [Column; 5] = [
    Column::text("Parameter"),
    Column::text("Kind"),
    Column::number("Size"),
    Column::text("Initial value"),
    Column::text("Used in"),
];

pub(crate) fn no_parameters() -> Text {
    text!["This network has no parameters."]
}

pub(crate) fn kind(weight: bool, frozen: bool) -> Text {
    text![match (weight, frozen) {
        (true, false) => "weight",
        (false, false) => "bias",
        (true, true) => "weight, frozen",
        (false, true) => "bias, frozen",
    }]
}

/// The size of a value.
pub(crate) fn size(rows: Option<usize>, columns: usize) -> Text {
    text![rows.map_or(columns.to_string(), |rows| format!("{rows} × {columns}"))]
}

pub(crate) fn declared() -> Text {
    text!["declared"]
}

pub(crate) fn from_file(path: &str) -> Text {
    text!["from ", code(path)]
}

pub(crate) fn drawn_uniform(rule: &str, low: Side, high: Side, step: Option<Side>) -> Text {
    in_steps(text![format!("random ({rule}), uniform from "), low, " to ", high], step)
}

pub(crate) fn drawn_normal(mean: Side, deviation: Side, step: Option<Side>) -> Text {
    in_steps(text!["random, normal with mean ", mean, " and standard deviation ", deviation], step)
}

fn in_steps(mut text: Text, step: Option<Side>) -> Text {
    if let Some(step) = step {
        text.extend(text![" in steps of ", step]);
    }
    text
}

pub(crate) fn and_more(count: usize) -> Inline {
    format!(" and {count} more").into()
}

/// Links and distinct parameters.
pub(crate) fn links(weights: u64, biases: u64, shared: usize, distinct: usize) -> Text {
    let [weights, biases] =
        [(weights, "weight link"), (biases, "bias link")].map(|(n, noun)| plural(n as usize, noun));
    let shared = match shared {
        0 => "No parameter has several links".to_owned(),
        1 => "1 parameter is shared by several links".to_owned(),
        n => format!("{n} parameters are shared by several links"),
    };
    text![format!(
        "A link is a place where a neuron uses a parameter. The network has {weights} and {biases}. {shared}; the number of distinct parameters is {distinct}."
    )]
}

/// Trained and frozen parameters apart.
pub(crate) fn trained_and_frozen(trained: usize, frozen: usize) -> Text {
    let verb = |n: usize| if n == 1 { "is" } else { "are" };
    text![format!(
        "Of these parameters, {trained} {} trained and {frozen} {} frozen: training does not change a frozen parameter.",
        verb(trained),
        verb(frozen)
    )]
}

pub(crate) fn weights_and_biases(layers: bool) -> Text {
    text![if layers {
        "The number of weights and biases of each layer, then of the whole network:"
    } else {
        "The number of weights and biases:"
    }]
}
