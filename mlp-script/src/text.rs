//! Pieces of text that know how tightly they bind, and lines that are not too long.

/// Columns of a line.
pub(crate) const WIDTH: usize = 88;

/// Where a line may be broken; it is a space elsewhere.
pub(crate) const BREAK: char = '\n';

/// Where a line that is too long is broken first.
pub(crate) const APART: char = '\r';

/// Where a line may be broken in a product.
pub(crate) const SOFT: char = '\t';

/// How tightly a piece of text binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// A choice between two values.
    Choice,
    /// A sum or difference.
    Sum,
    /// A product or quotient.
    Product,
    /// A sign before an operand.
    Sign,
    /// A power.
    Power,
    /// A name, a number, a call, brackets.
    Atom,
}

/// A piece of text.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    /// The characters.
    pub(crate) text: String,
    /// How tightly its outermost operation binds.
    pub(crate) level: Level,
}

impl Text {
    /// A piece that needs no brackets.
    pub(crate) fn atom(text: impl Into<String>) -> Self {
        Text { text: text.into(), level: Level::Atom }
    }

    /// A piece with this outermost operation.
    pub(crate) fn of(level: Level, text: String) -> Self {
        Text { text, level }
    }

    /// The text where only what binds at least as tightly as this needs no brackets.
    pub(crate) fn within(&self, level: Level) -> String {
        if self.level < level { format!("({})", self.text) } else { self.text.clone() }
    }

    /// The text on one line.
    pub(crate) fn flat(&self) -> String {
        flat(&self.text)
    }
}

/// A text on one line.
pub(crate) fn flat(text: &str) -> String {
    text.replace([BREAK, APART, SOFT], " ")
}

/// A text on one line, or broken into lines of this width.
pub(crate) fn broken(text: &str, width: usize) -> Vec<String> {
    let one = flat(text);
    if one.chars().count() <= width {
        return vec![one];
    }
    let parts = text.split(APART);
    parts.flat_map(|part| joined(pieces(part, width).iter().map(String::as_str), width)).collect()
}

/// The pieces of a text, each as wide as that at most: broken outside of brackets first.
fn pieces(text: &str, width: usize) -> Vec<String> {
    let one = flat(text);
    let mut depth = 0_usize;
    let mut depths: Vec<(usize, usize)> = Vec::new();
    for (index, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            BREAK => depths.push((index, 2 * depth)),
            SOFT => depths.push((index, 2 * depth + 1)),
            _ => {}
        }
    }
    let Some(least) = depths.iter().map(|(_, depth)| *depth).min().filter(|_| one.chars().count() > width)
    else {
        return vec![one];
    };
    let mut found = Vec::new();
    let mut start = 0;
    let ends = depths.iter().filter(|(_, depth)| *depth == least).map(|(index, _)| *index);
    for end in ends.chain([text.len()]) {
        found.extend(pieces(text.get(start..end).unwrap_or_default(), width));
        start = end + BREAK.len_utf8();
    }
    found
}

/// The pieces between breaks on as few lines as their width allows.
pub(crate) fn filled(text: &str, width: usize) -> Vec<String> {
    joined(text.split(BREAK), width)
}

fn joined<'t>(pieces: impl Iterator<Item = &'t str>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut columns = 0;
    for piece in pieces {
        let own = piece.chars().count();
        match lines.last_mut() {
            Some(line) if columns + 1 + own <= width => {
                line.push(' ');
                line.push_str(piece);
                columns += 1 + own;
            }
            _ => {
                lines.push(piece.to_owned());
                columns = own;
            }
        }
    }
    lines
}

/// Words on as few lines as their width allows.
pub(crate) fn paragraph(text: &str, width: usize) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    filled(&words.join("\n"), width)
}
