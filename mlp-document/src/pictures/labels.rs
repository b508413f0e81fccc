//! Names and numbers as labels of a picture.

use mlp_graph::{Label, Level};

use crate::{
    known::Known,
    notation::{
        decimal::decimal,
        math::{Mark, Name},
    },
};

/// The most letters of a label.
pub(crate) const LETTERS: usize = 24;

/// The most letters of a vector's name in the label of an element.
const NAME: usize = 10;

/// A name.
pub(crate) fn name(name: &Name) -> Label {
    let mark = match name.mark {
        None | Some(Mark::Norm | Mark::Sample(_)) => "",
        Some(Mark::Bar) => "\u{304}",
        Some(Mark::Hat) => "\u{302}",
        Some(Mark::Plus) => "⁺",
        Some(Mark::Prime) => "′",
    };
    let below: Vec<String> = name.subscripts.iter().map(plain).collect();
    Label::from(name.letters.as_str()).then(mark, Level::Base).sub(&below.join(",")).shortened(LETTERS)
}

fn plain(name: &Name) -> String {
    let below: Vec<String> = name.subscripts.iter().map(plain).collect();
    format!("{}{}", name.letters, below.join(","))
}

/// A number.
pub(crate) fn number(x: Known, digits: usize) -> Label {
    let decimal = decimal(x, digits);
    let digits = decimal.digits.replace('-', "−");
    match decimal.exponent {
        None => Label::from(digits),
        Some(exponent) => Label::from(format!("{digits} · 10")).sup(&exponent.to_string().replace('-', "−")),
    }
}

/// A name and its value: `=` where all digits of the value are there.
pub(crate) fn equality(name: Label, x: Known, digits: usize) -> Label {
    let rounded = decimal(x, digits);
    let is_exact = x.exact().is_some() && x.exact() == rounded.read();
    let sign = if is_exact { " = " } else { " ≈ " };
    name.then(sign, Level::Base).join(&number(x, digits))
}

/// An element of a vector: with the name of the whole where that is short, or where other vectors are beside it.
pub(crate) fn element(name: &Label, index: usize, is_beside: bool) -> Label {
    let number = (index + 1).to_string();
    let letters = name.plain().chars().count();
    match name.runs.as_slice() {
        [_] if letters == 1 => name.clone().sub(&number),
        [_, _] if letters <= 4 => name.clone().sub(&format!(",{number}")),
        [_] if is_beside => name.shortened(NAME).sub(&number),
        _ if is_beside => name.shortened(NAME).sub(&format!(",{number}")),
        _ => Label::from(number),
    }
}
