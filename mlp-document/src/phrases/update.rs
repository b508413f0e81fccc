//! Sentences of the section on the update.

use crate::{
    content::{Line, Text},
    notation::math::{Math, Operator},
};

use super::{Over, code};

pub(crate) fn no_rule() -> Text {
    text!["The specification declares no update rule, so the parameters do not change."]
}

/// The rule and its settings.
pub(crate) fn rule(name: &str, settings: Vec<Line>, frozen: bool) -> Text {
    let mut text = text!["The update rule is ", code(name)];
    for (index, setting) in settings.into_iter().enumerate() {
        text.push(if index == 0 { " with " } else { ", " }.into());
        text.push(setting.into());
    }
    text.extend(text![
        if frozen { ". All trained" } else { ". All" },
        " parameters are updated at the same time, from the gradients at the old values. The sign ",
        Math::Row(Vec::new()).raised(Operator::Plus.into()),
        " marks a new value.",
    ]);
    text
}

pub(crate) fn step_of_one_sample(over: Over) -> Text {
    let over = match over {
        Over::Nothing => "sum",
        Over::Count => "mean",
        Over::Weights => "weighted mean",
    };
    text![format!(
        "This step uses one sample only. For a batch, each gradient is the {over} over the samples of the batch."
    )]
}

/// The first step of a rule that keeps state; `step` is its number, where the rule reads it.
pub(crate) fn first_step(step: Option<Line>, mut state: Text) -> Text {
    let mut text = text!["This is the first step"];
    if let Some(step) = step {
        text.extend(text![": ", step]);
    }
    text.push(".".into());
    if !state.is_empty() {
        text.push(" The state of the rule is 0 before it: ".into());
        text.append(&mut state);
        text.push(".".into());
    }
    text
}
