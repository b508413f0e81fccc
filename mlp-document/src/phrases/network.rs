//! Sentences of the section on the network.

use crate::content::{Column, Inline, Line, Side, Text};

use super::code;

pub(crate) const LAYERS: [Column; 4] =
    [Column::text("Layer"), Column::text("Values"), Column::number("Size"), Column::text("Function")];

/// The function of an input.
pub(crate) const INPUT: &str = "input";
/// The function of a target.
pub(crate) const TARGET: &str = "target";
pub(crate) const IMPORTANCE: &str = "importance";
/// The function of a layer without one.
pub(crate) const NO_FUNCTION: &str = "none";

/// Beside the function of a layer.
pub(crate) fn dropout(rate: f64) -> String {
    format!("dropout {rate}")
}

pub(crate) fn functions() -> Text {
    text!["The functions that occur:"]
}

pub(crate) fn constant(name: &str, value: Line) -> Text {
    text![code(name), " is a constant: ", value, ". It is not trained."]
}

/// The title of the picture of a network.
pub(crate) fn picture_title(network: &str) -> String {
    format!("The network {network}")
}

/// The picture in words: its columns, of which some are given.
pub(crate) fn picture_description<'d>(
    columns: impl Iterator<Item = (&'d str, usize)>,
    count: usize,
) -> String {
    let mut given = 0;
    let mut text = "From left to right: ".to_owned();
    for (name, size) in columns {
        given += 1;
        text.push_str(if given == 1 { "" } else { ", then " });
        text.push_str(&format!("{name} with {}", values(size)));
    }
    if given < count {
        text.push_str(&format!(", then {} more", count - given));
    }
    text + ". An edge goes from each value to the neurons that read it."
}

fn values(count: usize) -> String {
    if count == 1 { "1 value".to_owned() } else { format!("{count} values") }
}

/// Under the name of a column: how many values it has, and the function that computes them.
pub(crate) fn column_size(count: usize, function: &str) -> String {
    match function {
        "" | NO_FUNCTION => values(count),
        function => format!("{}, {function}", values(count)),
    }
}

/// Neurons that are not drawn.
pub(crate) fn more(count: usize) -> String {
    format!("{count} more")
}

/// Under a picture: the layers that are not in it.
pub(crate) fn layers_left_out(count: usize) -> String {
    let layers =
        if count == 1 { "1 more layer follows".to_owned() } else { format!("{count} more layers follow") };
    format!("{layers}; the picture leaves them out.")
}

/// Under a picture: the biases and constants that are not in it.
pub(crate) fn biases_left_out(count: usize) -> String {
    let values = if count == 1 {
        "1 bias or constant is".to_owned()
    } else {
        format!("{count} biases and constants are")
    };
    format!("{values} not drawn.")
}

/// Under a picture: what the marks of weights mean.
pub(crate) const SHARED: &str = "* shared: one weight for several links";
pub(crate) const FROZEN: &str = "† frozen: training leaves it as it is";
/// Under a picture with numbers of a batch.
pub(crate) const FIRST_SAMPLE: &str = "The values in the nodes are those of the first sample.";

/// The title of a layer's part of a section.
pub(crate) fn layer_title(name: &str) -> String {
    format!("Layer {name}")
}

/// The title of the gradients with respect to the inputs.
pub(crate) fn inputs_title() -> String {
    "The inputs".to_owned()
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
