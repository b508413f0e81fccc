//! Sentences of the section on the network.

use crate::content::{Column, Inline, Line, Side, Text};

use super::code;

pub(crate) const LAYERS: [Column; 4] =
    [Column::text("Layer"), Column::text("Values"), Column::number("Size"), Column::text("Function")];

/// The function of an input.
pub(crate) const INPUT: &str = "input";
/// The function of a target.
pub(crate) const TARGET: &str = "target";
/// The function of a layer without one.
pub(crate) const NO_FUNCTION: &str = "none";

pub(crate) fn functions() -> Text {
    text!["The functions that occur:"]
}

pub(crate) fn constant(name: &str, value: Line) -> Text {
    text![code(name), " is a constant: ", value, ". It is not trained."]
}

/// The label of a layer in a picture.
pub(crate) fn layer_label(name: &str, count: Option<usize>) -> String {
    match count {
        None => format!("{name}: a scalar"),
        Some(1) => format!("{name}: 1 value"),
        Some(count) => format!("{name}: {count} values"),
    }
}

/// The title of a layer's part of a section.
pub(crate) fn layer_title(name: &str) -> String {
    format!("Layer {name}")
}

/// Symbols with commas; `more` of them are left out.
pub(crate) fn list(symbols: impl IntoIterator<Item = Side>) -> Text {
    let mut text = Text::new();
    for symbol in symbols {
        if !text.is_empty() {
            text.push(", ".into());
        }
        text.push(symbol.into());
    }
    text
}

/// After a list of which the rest is left out.
pub(crate) fn and_so_on() -> Inline {
    ", …".into()
}
