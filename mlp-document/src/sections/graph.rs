//! The computational graph.

use crate::{
    content::{Block, Section},
    notation::decimal::ALL_DIGITS,
    phrases::computation as phrases,
    pictures::computation::{self, Settings},
};

use super::facts::Facts;

/// Significant digits of a number in the picture, unless the page has fewer.
const DIGITS: usize = 5;

/// The section; none where nothing is computed, or where even the layers are too many for a picture.
pub(super) fn graph(facts: &Facts<'_>) -> Option<Section> {
    let digits = facts.options.digits.clamp(1, ALL_DIGITS).min(DIGITS);
    let places = facts.options.selection.places();
    let focus = places.map(|place| facts.derivation.name_of(place.parameter)).collect();
    let (picture, words) =
        computation::in_words(facts.derivation, facts.numbers, &Settings { digits, focus }).ok()?;
    let mut section = Section::new("graph");
    section.paragraph(phrases::section(facts.numbers.is_some(), digits));
    section.blocks.push(Block::Picture(picture));
    if !words.is_empty() {
        section.paragraph(phrases::section_rules(&words));
    }
    Some(section)
}
