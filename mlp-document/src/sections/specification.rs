//! The specification, at the end of the page.

use crate::{
    content::{Block, Section},
    phrases,
};

/// The most lines of a specification that are printed.
const LINES: usize = 200;
/// The most characters of a line, and as many times a hundred of all lines.
const CHARACTERS: usize = 300;

/// The section.
pub(super) fn specification(text: &str) -> Section {
    let mut section = Section::new("specification");
    section.paragraph(phrases::specification());
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let (mut shown, mut length) = (String::new(), 0);
    let mut count = 0;
    for line in lines.iter().take(LINES) {
        let characters = line.chars().count();
        length += characters;
        if characters > CHARACTERS || length > 100 * CHARACTERS {
            break;
        }
        shown.push_str(line);
        shown.push('\n');
        count += 1;
    }
    section.blocks.push(Block::Code(shown));
    if count < lines.len() {
        section.paragraph(phrases::lines_left_out(lines.len() - count));
    }
    section
}
