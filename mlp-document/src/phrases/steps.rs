//! Sentences of the section on the next steps.

use crate::content::{Column, Line, Text};

pub(crate) const CARRIED: [Column; 2] =
    [Column::text("Parameter or state"), Column::number("Before this step")];

/// The heading of a step, counted from 1.
pub(crate) fn step_title(step: usize) -> String {
    format!("Step {step}")
}

/// What a step begins with; `step` is counted from 0, `count` the equality of its number, where the rule reads it.
pub(crate) fn next_step(step: usize, count: Option<Line>, state: bool) -> Text {
    let mut text = text![if state {
        "This step begins with the parameters and the state that the step before it has left."
    } else {
        "This step begins with the parameters that the step before it has left."
    }];
    if step == 1 && state {
        text.push(" The state is no longer 0, so the earlier gradients count now.".into());
    }
    if let Some(count) = count {
        text.extend(text![" The number of the step is ", count, "."]);
    }
    text
}

/// Before the lines of a section, with the numbers of this step.
pub(crate) fn part_of_step(key: &str) -> Text {
    text![match key {
        "forward" => "Forward pass:",
        "loss" => "The loss:",
        "backward" => "Backward pass:",
        "penalty" => "The penalty:",
        _ => "The update:",
    }]
}

/// Before the settings that have another value in this step.
pub(crate) fn settings_of_step() -> Text {
    text!["The settings that depend on the number of the step:"]
}

pub(crate) fn masks_of_step() -> Text {
    text!["Dropout has other masks in this step:"]
}

/// The samples of a step, where they are others than before.
pub(crate) fn samples_of_step(first: usize, count: usize) -> Text {
    text![if count == 1 {
        format!("It takes sample {}:", first + 1)
    } else {
        format!("It takes the samples {} to {}:", first + 1, first + count)
    }]
}
