//! Sentences on the penalty.

use crate::content::Text;

use super::letter;

pub(crate) fn penalty() -> Text {
    text![
        "A penalty depends on the parameters only. It is added once per batch, not once per sample, and it is not averaged. ",
        letter("P"),
        " is the penalty and ",
        letter("J"),
        " is the objective, which training minimizes.",
    ]
}

pub(crate) fn gradients_of_penalty() -> Text {
    text!["The gradients of the penalty are added to those of the loss:"]
}
