//! Turns the facts of an error into a diagnostic: its code, title, labels and help.
//! The phases pass facts; all wording is in this module.

mod elsewhere;
mod limits;
mod names;
mod reading;
mod shapes;
mod structure;
mod syntax;
mod values;
mod weights;

pub(crate) use elsewhere::called_elsewhere;
pub(crate) use limits::*;
pub(crate) use names::*;
pub(crate) use reading::{Unreadable, cannot_read};
pub(crate) use shapes::*;
pub(crate) use structure::*;
pub(crate) use syntax::*;
pub(crate) use values::*;
pub(crate) use weights::*;

use crate::visible::acts;

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "nothing".to_owned(),
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("{count} {word}") } else { format!("{count} {word}s") }
}

/// Escapes the characters that act on a terminal or reorder a source line.
fn visible(text: &str) -> String {
    text.chars().flat_map(|c| if acts(c) { c.escape_default().collect() } else { vec![c] }).collect()
}
