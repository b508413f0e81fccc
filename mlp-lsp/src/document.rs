//! An open file: its text, its analysis, and the conversion between offsets and positions of the protocol.

use gen_lsp_types::{Position, Range, TextDocumentContentChangeEvent};
use line_index::{LineCol, LineIndex, TextSize, WideEncoding, WideLineCol};
use mlp_dsl::{span::Span, weights::Files};

use crate::editor::Analysis;

/// The unit of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16,
}

/// An open file.
pub(crate) struct Document {
    pub(crate) version: i32,
    pub(crate) analysis: Analysis,
    lines: LineIndex,
    encoding: Encoding,
    /// The text, if it is newer than the analysis.
    newer: Option<String>,
    /// The files around it.
    files: Box<dyn Files>,
}

impl Document {
    pub(crate) fn new(text: String, version: i32, encoding: Encoding, files: Box<dyn Files>) -> Self {
        let lines = LineIndex::new(&text);
        let analysis = Analysis::with_files(text, None, &*files);
        Document { version, analysis, lines, encoding, newer: None, files }
    }

    /// Changes the text. The analysis runs later, because changes arrive in bursts.
    pub(crate) fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let mut text = self.newer.take().unwrap_or_else(|| self.analysis.text().to_owned());
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let start = self.offset_in(&text, part.range.start);
                    let end = self.offset_in(&text, part.range.end).max(start);
                    text.replace_range(start..end, &part.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    text = whole.text;
                }
            }
            self.lines = LineIndex::new(&text);
        }
        self.version = version;
        self.newer = Some(text);
    }

    /// Analyses a changed text; returns whether the text has changed.
    pub(crate) fn update(self) -> (Self, bool) {
        match self.newer {
            Some(text) => {
                let analysis = Analysis::with_files(text, Some(self.analysis), &*self.files);
                (Document { analysis, newer: None, ..self }, true)
            }
            None => (self, false),
        }
    }

    /// The offset of a position. A position after the end of its line, or of the text, means that end.
    pub(crate) fn offset(&self, position: Position) -> usize {
        self.offset_in(self.analysis.text(), position)
    }

    fn offset_in(&self, text: &str, position: Position) -> usize {
        let Some(line) = self.lines.line(position.line) else { return text.len() };
        let (start, end) = (usize::from(line.start()), usize::from(line.end()));
        let shown = text.get(start..end).unwrap_or_default();
        let length = shown.trim_end_matches(['\n', '\r']).len();
        let (line, col) = (position.line, position.character);
        let column = match self.encoding {
            Encoding::Utf8 => Some(LineCol { line, col }),
            Encoding::Utf16 => self.lines.to_utf8(WideEncoding::Utf16, WideLineCol { line, col }),
        };
        let column = column.map_or(length, |column| column.col as usize).min(length);
        boundary(text, start + column)
    }

    pub(crate) fn position(&self, offset: usize) -> Position {
        let text = self.analysis.text();
        let offset = boundary(text, offset);
        let place = self.lines.try_line_col(TextSize::try_from(offset).unwrap_or_default());
        let place = place.unwrap_or(LineCol { line: 0, col: 0 });
        match self.encoding {
            Encoding::Utf8 => Position::new(place.line, place.col),
            Encoding::Utf16 => {
                let wide = self.lines.to_wide(WideEncoding::Utf16, place);
                wide.map_or(Position::new(place.line, place.col), |wide| Position::new(wide.line, wide.col))
            }
        }
    }

    pub(crate) fn range(&self, span: Span) -> Range {
        Range::new(self.position(span.start), self.position(span.end))
    }

    /// All of the text.
    pub(crate) fn whole(&self) -> Range {
        self.range(Span::new(0, self.analysis.text().len()))
    }
}

/// The last character boundary up to `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
