//! Escapes characters that act on a terminal instead of being visible: control characters, and those
//! that change the direction of the surrounding text.

use std::ops::Range;

use mlp_dsl::span::Span;

/// A text with such characters escaped, and a map from places in the original.
#[derive(Debug, Default)]
pub(crate) struct Escaped {
    /// The escaped text.
    pub(crate) text: String,
    /// For each changed character, its end in the original and in the text.
    changes: Vec<(usize, usize)>,
}

impl Escaped {
    /// Line breaks and tabs stay as they are; a `\r` before a line break is dropped.
    pub(crate) fn lines(original: &str) -> Self {
        let mut escaped = Escaped::default();
        let mut characters = original.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            let before_break = characters.peek().is_some_and(|(_, next)| *next == '\n');
            let unchanged = matches!(c, '\n' | '\t') || !acts(c);
            if unchanged {
                escaped.text.push(c);
                continue;
            }
            if !(c == '\r' && before_break) {
                escaped.text.extend(c.escape_default());
            }
            escaped.changes.push((at + c.len_utf8(), escaped.text.len()));
        }
        escaped
    }

    /// The range of an original span in the escaped text.
    pub(crate) fn range(&self, span: Span) -> Range<usize> {
        let start = self.place(span.start);
        let end = self.place(span.end).max(start);
        start..end
    }

    /// The lines that contain the ranges, and the number of the first line: the renderer reads all
    /// of the text that it receives.
    pub(crate) fn window(&self, ranges: &[Range<usize>]) -> (Range<usize>, usize) {
        let first = ranges.iter().map(|range| range.start).min().unwrap_or(0);
        let last = ranges.iter().map(|range| range.end).max().unwrap_or(0);
        let before = self.text.get(..first).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let behind = self.text.get(last..).unwrap_or_default();
        let end = last + behind.find('\n').unwrap_or(behind.len());
        (start..end, before.matches('\n').count() + 1)
    }

    fn place(&self, original: usize) -> usize {
        let passed = self.changes.partition_point(|(end, _)| *end <= original);
        let change = passed.checked_sub(1).and_then(|last| self.changes.get(last));
        let (from, to) = change.copied().unwrap_or_default();
        let mut at = (to + (original - from)).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// Escapes a single line: a title, a label, a file name.
pub(crate) fn line(original: &str) -> String {
    let mut text = String::with_capacity(original.len());
    for c in original.chars() {
        if acts(c) {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
    text
}

/// Whether a character acts on the terminal.
pub(crate) fn acts(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(c, '\u{2028}' | '\u{2029}');
    let invisible = matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    c.is_control() || turns || breaks || invisible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_follow_the_text() {
        let escaped = Escaped::lines("a\r\nb\u{1b}c\u{202e}d");
        assert_eq!(escaped.text, "a\nb\\u{1b}c\\u{202e}d");
        let shown = |start, end| escaped.text.get(escaped.range(Span::new(start, end)));
        assert_eq!(shown(3, 4), Some("b"));
        assert_eq!(shown(4, 5), Some("\\u{1b}"));
        assert_eq!(shown(5, 6), Some("c"));
        assert_eq!(shown(9, 10), Some("d"));
        assert_eq!(shown(90, 91), Some(""));
    }

    #[test]
    fn lines_hold_no_control_characters() {
        assert_eq!(line("a\n\u{9b}31m\u{2066}é"), "a\\n\\u{9b}31m\\u{2066}é");
    }
}
