//! Sentences on what is given.

use std::ops::Range;

use crate::{
    content::{Column, Inline, Line, Side, Text},
    notation::{
        given::left_out as left_out_of,
        math::{Math, Name, Operator, Style},
    },
};

use super::{code, plural};

pub(crate) fn given_numbers() -> Text {
    text!["The page starts from these numbers. All others follow from them."]
}

/// Which samples of `data` the step takes.
pub(crate) fn samples_of_first_step(step: Range<usize>, all: usize) -> Text {
    let count = step.len();
    let (first, last) = (step.start + 1, step.end);
    let which = match (count, all) {
        (1, 1) => "the one sample".to_owned(),
        (1, _) => format!("sample {first} of the {all} samples"),
        (count, all) if count == all => format!("all {all} samples"),
        (_, _) => format!("samples {first} to {last} of the {all} samples"),
    };
    text![format!("The step takes {which} of "), code("data"), "."]
}

pub(crate) fn inputs(count: usize, rows: bool) -> &'static str {
    match (count, rows) {
        (_, true) => "The inputs, one sample in each row:",
        (1, false) => "The input:",
        (_, false) => "The inputs:",
    }
}

pub(crate) fn given_targets(count: usize, rows: bool) -> &'static str {
    match (count, rows) {
        (_, true) => "The targets, one sample in each row:",
        (1, false) => "The target:",
        (_, false) => "The targets:",
    }
}

pub(crate) fn given_importances(count: usize, rows: bool) -> &'static str {
    match (count, rows) {
        (1, true) => "The importances, one sample in each row:",
        (1, false) => "The importance of the sample:",
        (_, true) => "The importances of the samples, one sample in each row:",
        (_, false) => "The importances of the sample:",
    }
}

/// A class as a vector; where the page is about one sample, which class.
pub(crate) fn one_hot(class: Option<usize>) -> Text {
    let which = class.map_or_else(String::new, |class| format!(" Counted from 0, it is the class {class}."));
    text![format!(
        "The target is one-hot: it has a single 1, in the place of the right class, and 0 in the other places.{which}"
    )]
}

pub(crate) fn parameters_before_step() -> &'static str {
    "The weights and biases before the step:"
}

pub(crate) const DRAWN: [Column; 3] =
    [Column::text("Parameter"), Column::text("Where its numbers come from"), Column::number("Own seed")];

/// A uniform distribution, and the rule that gives its bounds.
pub(crate) fn drawn_evenly(rule: &str, low: Side, high: Side, step: Option<Side>) -> Text {
    let mut text = text!["random, evenly from ", low, " to ", high];
    if rule != "uniform" {
        text.extend(text![", the bounds of ", code(rule)]);
    }
    if let Some(step) = step {
        text.extend(text![", in steps of ", step]);
    }
    text
}

/// Before the table of drawn numbers; `printed` says that they are on the page.
pub(crate) fn drawn(seed: Option<u64>, printed: bool) -> Text {
    let mut text = text!["Some of these numbers are not in the specification."];
    if let Some(seed) = seed {
        text.push(
            format!(
                " Random ones are drawn with the seed {seed} of the network and the own seed of the parameter, where it has one."
            )
            .into(),
        );
    }
    if printed {
        text.extend(text![
            " Where a sign is ",
            Math::from(Operator::Approximately),
            ", the number has more digits than are printed, and the page computes with all of them.",
        ]);
    }
    text
}

/// Arrays of which the corners are printed: each with its rows and columns.
pub(crate) fn corners(arrays: Vec<(Side, usize, usize)>) -> Text {
    let mut text = text![
        "Of a large array the corners are printed: of many rows or columns the first two and the last. The dots are for what is left out."
    ];
    for (array, rows, columns) in arrays {
        let missing = left_out_of(rows, columns);
        text.extend(text![
            " ",
            array,
            format!(" has {rows} × {columns} numbers; {missing} of them are left out.")
        ]);
    }
    text
}

pub(crate) fn constants(constants: Vec<Line>) -> Text {
    let mut text = text![if constants.len() == 1 { "The constant " } else { "The constants " }];
    append(&mut text, constants);
    text.push(".".into());
    text
}

pub(crate) fn number_of_step(step: Line) -> Text {
    text!["It is the first step of the training: ", step, "."]
}

/// A mask of dropout: of a layer, with the rate, and the number of units that are kept; `known` says that its numbers follow.
pub(crate) fn mask(layer: Side, rate: Side, mask: Side, factor: Line, seed: u64, known: bool) -> Text {
    let end = if known { ":" } else { "." };
    text![
        "Dropout: the step leaves out units of the layer ",
        layer,
        ", each with the probability ",
        rate,
        ". The mask ",
        mask,
        " is 0 for a unit that is left out and ",
        factor,
        format!(
            " for the others, so that on average a unit is what it is without dropout. Masks are drawn from the seed {seed}, the name of the layer, the number of the step and the place of the sample in its batch{end}"
        ),
    ]
}

/// The rule, its settings, and the batch where it is more than one sample.
pub(crate) fn training(rule: &str, settings: Vec<Line>, batch: Option<usize>) -> Text {
    let mut text = text!["The rule of the step is ", code(rule)];
    if !settings.is_empty() {
        text.push(" with ".into());
        append(&mut text, settings);
    }
    text.push(".".into());
    text.extend(
        batch
            .map(|batch| format!(" The declared batch has {}.", plural(batch, "sample")).into())
            .into_iter()
            .collect::<Vec<Inline>>(),
    );
    text
}

fn append(text: &mut Text, lines: Vec<Line>) {
    for (index, line) in lines.into_iter().enumerate() {
        if index > 0 {
            text.push(", ".into());
        }
        text.push(line.into());
    }
}

fn one() -> Math {
    Name { style: Style::Bold, ..Name::digits("1") }.into()
}

pub(crate) fn ones_of_samples() -> Text {
    text![
        one(),
        " is a column of ones, one for each sample; its product, transposed, with a matrix is the sum of the rows."
    ]
}

pub(crate) fn ones_of_places() -> Text {
    text![one(), " is a row of ones: a number times ", one(), " has this number in each place."]
}

pub(crate) fn specification() -> Text {
    text!["The page was written from this specification:"]
}

pub(crate) fn lines_left_out(count: usize) -> Text {
    text![format!(
        "The remaining {} {} left out.",
        plural(count, "line"),
        if count == 1 { "is" } else { "are" }
    )]
}

/// Once on a page, where some formula has too many numbers.
pub(crate) fn too_large() -> Text {
    text![
        "Some arrays have more numbers than fit on a line. They are not printed, and formulas with them are given in symbols only."
    ]
}

/// Below a matrix of which some columns are printed.
pub(crate) const COLUMNS: &str = "columns ";

/// Vectors as columns.
pub(crate) fn columns() -> Text {
    text![
        "The specification writes the product of a matrix and a vector with the vector on the right, so each value of a layer is a column."
    ]
}
