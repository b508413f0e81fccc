//! Sentences of the section that checks the gradients.

use mlp_eval::{Fault, Verdict};

use crate::{
    content::{Column, Inline, Text},
    notation::math::{Math, Operator},
    values::MissingValues,
};

use super::{code, forward::named};

pub(crate) const LOSSES: [Column; 2] = [Column::text("Loss"), Column::number("Value")];

pub(crate) const GRADIENTS: [Column; 6] = [
    Column::text("Parameter"),
    Column::number("Gradient"),
    Column::number("Central difference"),
    Column::number("Relative error"),
    Column::number("Complex step"),
    Column::number("Relative error"),
];

pub(crate) fn too_large_to_check() -> Text {
    text![
        "The network is too large to compare its gradients here; ",
        code("mlpc check"),
        " compares some of them.",
    ]
}

pub(crate) fn drawn_sample(missing: &[MissingValues]) -> Text {
    let mut text = named(missing, "The specification declares no values for the ");
    text.push(", so this section uses one randomly drawn sample.".into());
    text
}

/// How the loss changed; nothing where it is not a number. `masked` says that units are left out.
pub(crate) fn verdict(change: Option<std::cmp::Ordering>, masked: bool) -> Text {
    let masks = if masked { " Both losses are those with the masks of this step." } else { "" };
    let verdict = match change {
        Some(std::cmp::Ordering::Less) => "The step decreases the loss.",
        Some(std::cmp::Ordering::Equal) => "The step does not change the loss.",
        Some(std::cmp::Ordering::Greater) => "The step increases the loss.",
        None => "The loss after the step is not a number.",
    };
    text![format!("{verdict}{masks}")]
}

pub(crate) fn before_the_step() -> Text {
    text!["before the step"]
}

pub(crate) fn after_the_step() -> Text {
    text!["after the step"]
}

pub(crate) fn two_other_ways(brief: bool) -> Text {
    if brief {
        return text![
            "The gradients are compared with the central difference and the complex step, which use the forward pass only. The table shows the next power of ten above each relative error."
        ];
    }
    text![
        "The gradients are compared with two other methods, which use the forward pass only. The central difference moves one parameter slightly in both directions and is accurate to some digits. The complex step moves it by an imaginary amount and takes the derivative from the imaginary part of the loss; nothing cancels, so it is accurate to the last digits. The relative error is the difference from the gradient of the equations, divided by that gradient; the table shows the next larger power of ten."
    ]
}

/// What the comparison says.
pub(crate) fn gradients_verdict(verdict: &Verdict) -> Text {
    let digits = |digits: u32| match digits {
        0 => "no digit of the gradients counts".to_owned(),
        1 => "1 digit of the gradients counts".to_owned(),
        digits => format!("{digits} digits of the gradients count"),
    };
    text![match verdict {
        Verdict::Right => "The gradients are right.".to_owned(),
        Verdict::Limited(count) => format!(
            "The gradients are right as far as these values allow: {}. The formulas lose the others to rounding, because they subtract numbers that are almost equal.",
            digits(*count)
        ),
        Verdict::Undefined(_) => "The gradients are not defined here.".to_owned(),
        Verdict::Wrong => "The gradients are wrong: rounding does not explain the difference.".to_owned(),
    }]
}

/// A value or a derivative that does not exist.
pub(crate) fn gradients_undefined(fault: Option<&Fault>) -> Text {
    let Some(fault) = fault else {
        return text!["At these values the loss is no finite number, so the gradients can't be compared."];
    };
    let of = if fault.kind.is_slope() { "the gradients are" } else { "the loss is" };
    let mut text = text![format!("At these values {of} not defined: {}", fault.kind)];
    for name in &fault.functions {
        text.extend(text![" in ", code(name)]);
    }
    text.extend(text![". There is nothing to compare."]);
    text
}

pub(crate) fn gradients_at_kinks(count: usize) -> Text {
    let lie = if count == 1 { "gradient lies" } else { "gradients lie" };
    text![format!(
        "{count} {lie} at a kink, between the slopes on its two sides. There the derivative is a matter of convention, and the other methods may take another value."
    )]
}

/// In place of an error.
pub(crate) fn at_a_kink() -> Text {
    text!["at a kink"]
}

pub(crate) fn rough_differences() -> Text {
    text![
        "A central difference with a large error shows the limits of that method: the loss has a kink nearby, or changes by less than its rounding."
    ]
}

pub(crate) fn checked_with_all_digits() -> Text {
    text![
        "The gradients in the following table are computed with all digits. They differ from those above by what rounding each number has changed."
    ]
}

pub(crate) fn checked_in_doubles() -> Text {
    text![
        "The gradients in the following table are those of a program in double precision. Some of them differ from those above."
    ]
}

pub(crate) fn some_gradients(shown: usize, total: usize) -> Text {
    text![format!("The table shows {shown} of {total} gradients:")]
}

/// An error by the power of ten above it; nothing where it is not a number.
pub(crate) fn error_below(power: Option<i32>, absolute: bool) -> Text {
    let Some(power) = power else { return text!["not a number"] };
    let mut text = text![Math::Row(vec![Operator::Less.into(), Math::power_of_ten(power)])];
    text.extend(absolute.then(|| Inline::from(" (absolute)")));
    text
}
