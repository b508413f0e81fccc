//! One pass over the characters before the parser runs. In its result brackets match and nesting is bounded,
//! so the parser's recursion is bounded and its recovery can't backtrack over open brackets. Unmatched
//! brackets are reported and replaced byte by byte, so that offsets do not change.

use super::{
    lexer::{self, Kind, comments_inside},
    nesting::Nesting,
    words,
};
use crate::{
    diagnostic::Diagnostics,
    limits,
    span::Span,
    syntax::errors::{self, Bulk},
};

/// A text whose brackets match: missing ones are appended at the end.
pub(super) struct Scanned {
    pub(super) text: String,
    /// Places of unclosed brackets. They are reported; the enclosing sentence can't be parsed.
    pub(super) lost: Vec<usize>,
}

/// Replaces an unclosed bracket: not a token of the language.
const LOST: u8 = 0;

/// Checks size, brackets and nesting; `None` if the text can't be parsed.
pub(super) fn scan(text: &str, found: &mut Diagnostics) -> Option<Scanned> {
    if text.len() > limits::TEXT_BYTES {
        let (bulk, at) = bulk(text);
        found.push(errors::text_too_long(bulk, at));
        return None;
    }
    let mut scan = Scan {
        text,
        bytes: text.as_bytes().to_vec(),
        found,
        open: Vec::new(),
        nesting: Nesting::default(),
        lost: Vec::new(),
        quiet: false,
        comments: Vec::new(),
    };
    scan.all()?;
    scan.end();
    let text = String::from_utf8(scan.bytes).ok()?;
    Some(Scanned { text, lost: scan.lost })
}

/// What most of a text is, and where it starts. The text has any length: one pass, no tokens.
fn bulk(text: &str) -> (Bulk, Span) {
    const DATA: &str = "data";
    let half = text.len() / 2;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(DATA)) {
        let start = at + found;
        at = start + DATA.len();
        let rest = text.get(at..).unwrap_or_default();
        if rest.trim_start().starts_with('{') {
            let length = rest.find('}').unwrap_or(rest.len());
            if length > half {
                return (Bulk::Samples, Span::new(start, at));
            }
            at += length;
        }
    }
    match text.find("= [") {
        Some(start) if listed(text) > half => (Bulk::Numbers, Span::new(start, start + 1)),
        Some(_) | None => (Bulk::Formulas, Span::default()),
    }
}

/// The bytes between square brackets.
fn listed(text: &str) -> usize {
    let (mut depth, mut listed) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ => listed += usize::from(depth > 0),
        }
    }
    listed
}

struct Scan<'s> {
    text: &'s str,
    bytes: Vec<u8>,
    found: &'s mut Diagnostics,
    open: Vec<(u8, usize)>,
    nesting: Nesting,
    lost: Vec<usize>,
    /// Whether a bracket of this statement is reported: further errors in it may be consequences.
    quiet: bool,
    /// Places of `#` that starts a comment.
    comments: Vec<usize>,
}

impl Scan<'_> {
    fn all(&mut self) -> Option<()> {
        let mut tokens = lexer::tokens(self.text);
        while let Some(token) = tokens.next() {
            let at = token.start;
            if !token.ends {
                self.found.push(errors::endless(token.kind == Kind::Block, Span::new(at, at + 1)));
                return None;
            }
            if token.kind == Kind::Block && comments_inside(token.text) > limits::NESTING {
                self.found.push(errors::comment_too_deep(Span::new(at, at + 2)));
                return None;
            }
            let byte = token.text.bytes().next().unwrap_or_default();
            match token.kind {
                Kind::Open => {
                    self.open.push((byte, at));
                    self.nesting.open();
                }
                Kind::Close => self.close(byte, at),
                Kind::Sign if byte == b';' => {
                    self.close_before("`;`");
                    self.quiet = false;
                }
                Kind::Sign if byte == b'#' => tokens.skip_to(at + self.hash(at)),
                Kind::Word => self.word(token.text, at),
                Kind::Sign | Kind::Line | Kind::Block => {}
            }
            if !matches!(token.kind, Kind::Open | Kind::Close | Kind::Line | Kind::Block) {
                self.nesting.token(token.text);
            }
            if self.nesting.depth() > limits::NESTING {
                self.found.push(errors::too_deep(Span::new(at, token.end())));
                return None;
            }
        }
        Some(())
    }

    fn close(&mut self, closer: u8, at: usize) {
        let here = Span::new(at, at + 1);
        if closer == b'}' {
            self.close_before("`}`");
        }
        match self.open.last().copied() {
            Some((opener, _)) if closing(opener) == closer => drop(self.pop()),
            Some((opener, start)) if opener != b'{' => {
                self.pop();
                let outer = self.open.last().is_some_and(|(opener, _)| closing(*opener) == closer);
                if outer {
                    self.lose(opener, start, &format!("`{}`", closer as char));
                    self.pop();
                } else {
                    let opened = Span::new(start, start + 1);
                    self.report(errors::mismatched(opener as char, opened, closer as char, here));
                    self.write(at, closing(opener));
                }
            }
            _ => {
                self.report(errors::unopened(closer as char, here));
                self.write(at, b' ');
            }
        }
        self.quiet &= closer != b'}';
    }

    /// Closes parentheses and square brackets at the end of the statement or the enclosing braces.
    fn close_before(&mut self, what: &str) {
        while self.open.last().is_some_and(|(opener, _)| *opener != b'{') {
            if let Some((opener, start)) = self.pop() {
                self.lose(opener, start, what);
            }
        }
    }

    fn pop(&mut self) -> Option<(u8, usize)> {
        let innermost = self.open.pop();
        if innermost.is_some() {
            self.nesting.close();
        }
        innermost
    }

    fn lose(&mut self, opener: u8, start: usize, before: &str) {
        self.report(errors::unclosed_before(opener as char, Span::new(start, start + 1), before));
        self.write(start, LOST);
        self.lost.push(start);
    }

    fn report(&mut self, problem: crate::diagnostic::Diagnostic) {
        if !self.quiet {
            self.found.push(problem);
        }
        self.quiet = true;
    }

    fn write(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.bytes.get_mut(at) {
            *place = byte;
        }
    }

    /// A keyword of a statement inside the braces of another statement: those braces are not closed.
    fn word(&mut self, word: &str, at: usize) {
        if !words::starts_statement(word) {
            return;
        }
        let behind = self.text.get(at + word.len()..).unwrap_or_default().trim_start();
        let starts = behind.starts_with(|c: char| c.is_alphabetic() || c == '{');
        let inside = self.open.iter().filter(|(opener, _)| *opener == b'{').count() > 1;
        let apart =
            at.checked_sub(1).filter(|before| self.bytes.get(*before).is_some_and(u8::is_ascii_whitespace));
        let (true, true, Some(before)) = (starts, inside, apart) else { return };
        self.close_before(&format!("`{word}`"));
        if let Some((opener, start)) = self.pop() {
            self.report(errors::unclosed_before(
                opener as char,
                Span::new(start, start + 1),
                &format!("`{word}`"),
            ));
            self.write(before, b'}');
            self.quiet = false;
        }
    }

    /// The number of bytes to skip at a `#`, which starts a comment in other languages. It counts as a
    /// comment if a line ends after it; tokens of a macro have no lines.
    fn hash(&mut self, at: usize) -> usize {
        let rest = self.text.get(at + 1..).unwrap_or_default();
        if rest.trim_start().starts_with('[') {
            return 1;
        }
        let Some(line) = rest.find('\n') else { return 1 };
        self.bytes.iter_mut().skip(at).take(line + 1).for_each(|byte| *byte = b' ');
        self.comments.push(at);
        line + 1
    }

    /// Reports the errors that are known only at the end: open brackets, and the comments with `#`.
    fn end(&mut self) {
        if let Some((first, others)) = self.comments.split_first() {
            self.found.push(errors::hash_comment(Span::new(*first, first + 1), others.len()));
        }
        self.close_before("the end");
        self.quiet = false;
        if !self.open.is_empty() {
            self.bytes.push(b'\n'); // the text may end with a comment
        }
        while let Some((opener, start)) = self.open.pop() {
            self.report(errors::unclosed(opener as char, Span::new(start, start + 1)));
            self.bytes.push(closing(opener));
        }
    }
}

fn closing(opener: u8) -> u8 {
    match opener {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}
