//! Sentences of a page about a part of the step.

use crate::content::{Line, Side, Text};

use super::{list, together};

/// Where a starting value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    Inputs,
    Targets,
    Parameters,
    Forward,
    Loss,
    Backward,
    Others,
}

impl Origin {
    fn words(self) -> &'static str {
        match self {
            Origin::Inputs => "The inputs",
            Origin::Targets => "The targets",
            Origin::Parameters => "Parameters before the step",
            Origin::Forward => "From the forward pass",
            Origin::Loss => "From the loss",
            Origin::Backward => "From the backward pass",
            Origin::Others => "From the other sections",
        }
    }
}

pub(crate) fn only(symbols: Vec<Side>) -> Text {
    let mut text = text!["This page is about the step of "];
    text.extend(together(symbols));
    text.extend(text![
        " alone: the neuron that uses it, its gradient and its new value. What the page uses and does not derive is listed first."
    ]);
    text
}

pub(crate) fn focus(symbols: Vec<Side>) -> Text {
    let mut text = text!["This page follows "];
    text.extend(together(symbols));
    text.extend(text![
        " to the loss and back: it has only what lies on a path from there to the loss. What the page uses and does not derive is listed first."
    ]);
    text
}

/// A page with one weight of each layer.
pub(crate) fn brief() -> Text {
    text![
        "One weight of each layer is written out in full; the others follow the same steps, and their numbers are in a table."
    ]
}

/// Values that fit into a sentence.
pub(crate) fn starting_values(origin: Origin, values: Vec<Line>) -> Text {
    let mut text = text![origin.words(), ": "];
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            text.push(", ".into());
        }
        text.push(value.into());
    }
    text.push(".".into());
    text
}

/// Before values that take lines of their own.
pub(crate) fn starting_arrays(origin: Origin) -> Text {
    text![origin.words(), ":"]
}

/// Values that are not printed.
pub(crate) fn without_numbers(
    origin: Origin,
    numbers: bool,
    symbols: impl IntoIterator<Item = Side>,
) -> Text {
    let why = if numbers { ", too large to be printed: " } else { ", without numbers: " };
    let mut text = text![origin.words(), why];
    text.extend(list(symbols));
    text.push(".".into());
    text
}

/// Before the gradient with respect to an element, which is a product of two numbers.
pub(crate) fn gradient_of_element(element: Side, factors: Option<[Side; 2]>) -> Text {
    let mut text = text!["How much does the loss change when only ", element, " changes?"];
    if let Some([a, b]) = factors {
        text.extend(text![
            " It is multiplied by one number and takes part in one net input, so two numbers decide it, ",
            a,
            " and ",
            b,
            ":",
        ]);
    } else {
        text.push(" The same formula, for this element:".into());
    }
    text
}

pub(crate) fn update_of_element(element: Side) -> Text {
    text!["The new value of ", element, " alone:"]
}

pub(crate) fn batch_of(count: Line) -> Text {
    text!["The number of samples in the batch: ", count, "."]
}
