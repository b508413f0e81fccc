//! Sentences of the preface.

use crate::{
    content::{Side, Text},
    notation::{
        decimal::{ALL_DIGITS, LARGE, small},
        math::{Math, Name, Operator},
    },
};

use super::{code, letter, plural};

/// How numbers are printed. `decimals` says that decimals are computed with as decimals, `shown` that formulas are given with numbers.
pub(crate) fn rounding(digits: usize, decimals: bool, shown: bool) -> Text {
    let how = match digits {
        0..ALL_DIGITS => format!("to the nearest number with {}", plural(digits, "decimal place")),
        _ => format!("with {ALL_DIGITS} significant digits, which identify a number in double precision"),
    };
    let mut text = text![format!(
        "{} rounded only when printed: {how}, or with fewer if the number itself is shorter. Numbers below ",
        if decimals {
            "Sums and products of decimals are computed exactly, everything else in double precision. All numbers are"
        } else {
            "All numbers are computed in double precision and"
        }
    )];
    text.extend(in_scientific_notation(digits));
    text.push(
        format!(" are printed in scientific notation with {}.", plural(digits, "significant digit")).into(),
    );
    if shown {
        text.extend(text![
            " The sign ",
            Math::from(Operator::Approximately),
            " says that digits were dropped."
        ]);
    }
    text
}

fn in_scientific_notation(digits: usize) -> Text {
    text![
        Math::decimal(small(digits)),
        " or of ",
        Math::power_of_ten(LARGE.log10().round() as i32),
        " and more in absolute value",
    ]
}

/// Each number is rounded before it is used.
pub(crate) fn rounded_each(places: usize) -> Text {
    let places = plural(places, "decimal place");
    let mut text = text![format!(
        "Each computed number, and each start value that is drawn or read from a file, is rounded to {places} before it is used further, as with a calculator: what is printed is what is used next. The sign "
    )];
    text.extend(text![
        Math::from(Operator::Approximately),
        " says that digits were dropped. The gradients are therefore those of a hand calculation; the section that checks them says how far they are from the exact ones. Numbers below ",
    ]);
    text.extend(in_scientific_notation(ALL_DIGITS));
    text.push(" are printed in scientific notation.".into());
    text
}

pub(crate) fn single_precision() -> Text {
    text![
        "The network itself computes in single precision, where numbers above ",
        code("3.4e38"),
        " are infinite. Its other results usually agree with these numbers to about seven significant digits.",
    ]
}

/// Doubles give something else; each value with its number here, and the program's number.
pub(crate) fn doubles_part(
    because: Option<([Side; 2], Side)>,
    [value, here]: [Side; 2],
    program: Side,
) -> Text {
    let mut text = text![
        "These numbers are those of a reader who computes with decimals. A program in double precision rounds decimals, and here this changes a result: "
    ];
    if let Some(([value, here], program)) = because {
        text.extend(text![value, " is ", here, ", but a program gets ", program, ", and so "]);
    }
    text.extend(text![value, " is ", here, ", but a program gets ", program, "."]);
    text
}

pub(crate) fn no_loss() -> Text {
    text!["The specification declares no loss, so there are no gradients and there is no update."]
}

/// `inputs`: there are gradients with respect to the inputs.
pub(crate) fn nothing_trained(inputs: bool) -> Text {
    if inputs {
        return text![
            "No parameter is trained, so there is no update. The gradients are those with respect to the inputs."
        ];
    }
    text!["No parameter is trained, so there are no gradients and there is no update."]
}

/// The letters of the document's own notation: net inputs and their derivatives where there are some.
pub(crate) fn letters(net: bool, delta: bool) -> Text {
    let mut text = text![letter("E"), " is the loss"];
    if net {
        text.extend(text![if delta { ", " } else { " and " }, Math::from(Name::word("net"))]);
        text.push(" is the net input of a neuron".into());
    }
    if delta {
        let delta = ", and ";
        text.extend(text![delta, letter("δ"), " is the derivative of the loss with respect to a net input"]);
    }
    text.push(".".into());
    text
}
