//! All prose of the document: what is to be said as a sentence. Mathematics in it is given as a tree or a line.

/// A paragraph of pieces.
macro_rules! text {
    ($($piece:expr),* $(,)?) => { vec![$($crate::content::Inline::from($piece)),*] };
}

mod backward;
mod check;
pub(crate) mod computation;
mod effort;
mod forward;
mod given;
mod loss;
mod network;
mod parameters;
mod penalty;
mod preface;
mod questions;
mod samples;
mod selection;
mod sizes;
mod steps;
mod update;

pub(crate) use self::{
    backward::*, check::*, effort::*, forward::*, given::*, loss::*, network::*, parameters::*, penalty::*,
    preface::*, questions::*, samples::*, selection::*, sizes::*, steps::*, update::*,
};

use crate::{
    content::{Inline, Side, Text},
    notation::math::{Math, Name},
};

/// What the sums over a batch are divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// Nothing: they stay sums.
    Nothing,
    /// The number of samples.
    Count,
    /// The sum of the weights of the samples.
    Weights,
}

/// Things of which only the first are spelled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Items {
    Layers,
    Parameters,
    Values,
    Derivatives,
    Gradients,
    Parts,
    Updates,
}

fn code(text: impl Into<String>) -> Inline {
    Inline::Code(text.into())
}

fn letter(letter: &str) -> Math {
    Name::letter(letter).into()
}

/// Items that are not spelled out.
pub(crate) fn left_out(count: usize, items: Items) -> Text {
    let item = match items {
        Items::Layers => "layer",
        Items::Parameters => "parameter",
        Items::Values => "value",
        Items::Derivatives => "derivative",
        Items::Gradients => "gradient",
        Items::Parts => "part",
        Items::Updates => "update",
    };
    let are = if count == 1 { "is" } else { "are" };
    text![format!("The remaining {} {are} left out.", plural(count, item))]
}

/// Marks of a question.
pub(crate) fn marks(marks: f64) -> String {
    format!("{marks} {}", if marks == 1.0 { "mark" } else { "marks" })
}

/// In place of a formula that is too long.
pub(crate) const TOO_LONG: &str = " (too long to print)";
/// Before the comparison that decides a choice.
pub(crate) const SINCE: &str = ", since ";
/// Between two such comparisons.
pub(crate) const AND: &str = " and ";
/// Below the sign of a sum over the samples of a batch.
pub(crate) const BATCH: &str = "batch";

/// The most symbols that a sentence lists.
pub(crate) const SHORT: usize = 4;

/// Some symbols as a list with `and`.
fn together(mut symbols: Vec<Side>) -> Text {
    let last = symbols.pop();
    let mut text = list(symbols);
    if !text.is_empty() {
        text.push(" and ".into());
    }
    text.extend(last.map(Inline::from));
    text
}

/// A number of things.
fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
