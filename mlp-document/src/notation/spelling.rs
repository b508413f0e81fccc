//! Names of the specification as names of mathematics.

use super::math::Name;

/// The usual letter of a setting.
pub(super) fn setting(name: &str) -> Name {
    match name {
        "rate" => Name::letter("η"),
        "momentum" => Name::letter("μ"),
        "decay" => Name::letter("λ"),
        "smoothing" => Name::letter("ρ"),
        "beta1" => Name::letter("β").with(Name::digits("1")),
        "beta2" => Name::letter("β").with(Name::digits("2")),
        "epsilon" => Name::letter("ε"),
        name => pretty(name),
    }
}

/// `w5` as w₅, `W_hidden1` as W with a word below, words upright.
pub(super) fn pretty(name: &str) -> Name {
    match name.split_once('_') {
        Some((head, tail)) if head.chars().count() == 1 && !tail.is_empty() => word(head).with(word(tail)),
        _ => word(name),
    }
}

fn word(name: &str) -> Name {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mut rest = name.chars();
    let letter = rest.next().filter(|c| is_letter(*c));
    let rest = rest.as_str();
    match letter {
        Some(letter) if rest.is_empty() => Name::letter(letter),
        Some(letter) if digits(rest) => Name::letter(letter).with(Name::digits(rest)),
        _ if digits(name) => Name::digits(name),
        _ => Name::word(name),
    }
}

/// Letters that mathematics writes slanted: Latin ones, and the Greek ones that are no Latin ones.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ".contains(c)
}
