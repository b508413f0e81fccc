//! Sentences of the section on the loss.

use crate::{
    content::{Line, Text},
    notation::math::{Math, Name},
};

use super::Over;

/// `parts` says that each output has a part of the loss, `target` that the loss depends on a target.
pub(crate) fn loss_of_neurons(parts: bool, target: bool) -> Text {
    text![match (parts, target) {
        (true, _) => "Each output contributes one part of the loss, and the parts are added up.",
        (false, true) => "The loss is a single number, computed from the output and the target.",
        (false, false) => "The loss is a single number. It depends on no target.",
    }]
}

pub(crate) fn loss_of_batch(over: Over, penalty: bool) -> Text {
    let minimized = if penalty { "" } else { ", which training minimizes" };
    let over = match over {
        Over::Nothing => "sum",
        Over::Count => "mean",
        Over::Weights => {
            return text![format!(
                "The loss of one sample, then the sum over the batch, divided by the sum of the weights{minimized}."
            )];
        }
    };
    text![format!("The loss of one sample, then the {over} over the batch{minimized}.")]
}

/// Where the loss is a sum over heads.
pub(crate) fn loss_of_heads() -> Text {
    text![
        "The loss is a single number. Each head contributes a part of it, computed from its output and its target."
    ]
}

/// Where samples have weights.
pub(crate) fn weight_of_loss() -> Text {
    text![
        "The loss of a sample is its weight times the loss without weight, ",
        Math::from(Name::letter("L")),
        ".",
    ]
}

/// The targets of the classes, one by one.
pub(crate) fn targets(lines: Vec<Line>) -> Text {
    let mut text = text!["The targets of the classes are "];
    for (index, line) in lines.into_iter().enumerate() {
        text.extend(text![if index == 0 { "" } else { ", " }, line]);
    }
    text.push(".".into());
    text
}
