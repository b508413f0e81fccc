//! One pass over the characters before the parser runs: brackets match, nesting is bounded.
//! So the parser's recursion is bounded too, and its recovery can't backtrack over open brackets.

use crate::{diagnostic::Diagnostic, format::tokens::is_space, limits, problems, span::Span};

/// Checks size, brackets and nesting of the text.
pub(super) fn scan(text: &str) -> Result<(), Diagnostic> {
    if text.len() > limits::TEXT_BYTES {
        return Err(problems::text_too_long());
    }
    let bytes = text.as_bytes();
    let mut nesting = Nesting::default();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let width = match token_width(text, at) {
            Ok(width) => width,
            Err(Broken::Endless) => return Err(problems::endless(byte == b'/', Span::new(at, at + 1))),
            Err(Broken::Deep) => return Err(problems::comment_too_deep(Span::new(at, at + 2))),
        };
        nesting.token(bytes.get(at..at + width).unwrap_or_default(), at)?;
        if nesting.depth() > limits::NESTING {
            return Err(problems::too_deep(Span::new(at, at + width)));
        }
        at += width;
    }
    nesting.open.retain(|frame| frame.opener != LET);
    match nesting.open.last() {
        Some(&Frame { opener, at, .. }) => Err(problems::unclosed(opener as char, Span::new(at, at + 1))),
        None => Ok(()),
    }
}

/// What stands for the opener of the names of a `let`, which `in` closes.
const LET: u8 = b'l';

/// What is open at a place of the text.
#[derive(Default)]
struct Nesting {
    open: Vec<Frame>,
    inside: Inside,
}

/// A bracket, or a `let` up to its `in`; and what was open in front of it.
struct Frame {
    opener: u8,
    at: usize,
    before: Inside,
}

/// What has no end of its own.
#[derive(Clone, Copy, Default)]
struct Inside {
    /// `if`s, and the formulas behind `in`.
    formulas: usize,
    /// `^`s; another operator ends them.
    powers: usize,
}

impl Nesting {
    fn depth(&self) -> usize {
        self.open.len() + self.inside.formulas + self.inside.powers
    }

    fn token(&mut self, token: &[u8], at: usize) -> Result<(), Diagnostic> {
        match token {
            [opener @ (b'(' | b'[' | b'{')] => self.push(*opener, at),
            [closer @ (b')' | b']' | b'}')] => self.close(*closer, at)?,
            b"let" => self.push(LET, at),
            b"in" => {
                if let Some(names) = self.open.pop_if(|frame| frame.opener == LET) {
                    self.inside = names.before;
                }
                self.inside.formulas += 1;
            }
            b";" => {
                while self.open.pop_if(|frame| frame.opener == LET).is_some() {}
                self.inside = self.outside();
            }
            b"," => self.inside = self.outside(),
            b"if" => self.inside.formulas += 1,
            b"^" => self.inside.powers += 1,
            // A minus may be the sign of an exponent.
            b"+" | b"*" | b"/" | b"@" | b"<" | b">" | b"=" | b"then" | b"else" => {
                self.inside.powers = self.outside().powers;
            }
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, opener: u8, at: usize) {
        self.open.push(Frame { opener, at, before: self.inside });
    }

    /// What the innermost bracket stands in.
    fn outside(&self) -> Inside {
        self.open.last().map(|frame| frame.before).unwrap_or_default()
    }

    fn close(&mut self, closer: u8, at: usize) -> Result<(), Diagnostic> {
        while self.open.pop_if(|frame| frame.opener == LET).is_some() {}
        let here = Span::new(at, at + 1);
        let wanted = |opener| match opener {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        };
        match self.open.pop() {
            Some(frame) if wanted(frame.opener) == closer => {
                self.inside = frame.before;
                Ok(())
            }
            Some(Frame { opener, at: start, .. }) => {
                let (opener, closer) = (opener as char, closer as char);
                Err(problems::mismatched(opener, Span::new(start, start + 1), closer, here))
            }
            None => Err(problems::unopened(closer as char, here)),
        }
    }
}

/// The bracket that is open at the end of a text whose brackets match so far.
pub(super) fn open_bracket(text: &str) -> Option<char> {
    let bytes = text.as_bytes();
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'(' | b'[' | b'{' => open.push(byte),
            b')' | b']' | b'}' => drop(open.pop()),
            _ => {}
        }
        at += token_width(text, at).unwrap_or(bytes.len());
    }
    open.last().map(|byte| char::from(*byte))
}

/// What is wrong with a comment or string.
enum Broken {
    Endless,
    /// Comments inside one another: the parser recurses into them as it does into brackets.
    Deep,
}

/// The bytes of the comment, string, word or sign that starts at `at`.
fn token_width(text: &str, at: usize) -> Result<usize, Broken> {
    let text = text.get(at..).unwrap_or_default();
    let rest = text.as_bytes();
    match rest.first().copied().unwrap_or_default() {
        b'/' if rest.starts_with(b"//") => Ok(line_length(rest)),
        b'/' if rest.starts_with(b"/*") => block_comment_length(rest),
        b'"' => string_length(rest).ok_or(Broken::Endless),
        b'r' if is_raw_string(rest) => raw_string_length(rest).ok_or(Broken::Endless),
        b'0'..=b'9' => Ok(1), // as the grammar takes numbers where it finds no sense in them
        _ => {
            let first = text.chars().next().map_or(1, char::len_utf8);
            Ok(text.find(|c| !is_word(c)).unwrap_or(text.len()).max(first))
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || (!c.is_ascii() && !is_space(c))
}

fn line_length(rest: &[u8]) -> usize {
    rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
}

fn block_comment_length(rest: &[u8]) -> Result<usize, Broken> {
    let mut depth = 0_usize;
    let mut deepest = 0;
    let mut at = 0;
    while at < rest.len() {
        let here = rest.get(at..).unwrap_or_default();
        if here.starts_with(b"/*") {
            depth += 1;
            deepest = deepest.max(depth);
            at += 2;
        } else if here.starts_with(b"*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return if deepest > limits::NESTING { Err(Broken::Deep) } else { Ok(at) };
            }
        } else {
            at += 1;
        }
    }
    Err(Broken::Endless)
}

fn string_length(rest: &[u8]) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in rest.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn hashes(rest: &[u8]) -> usize {
    rest.iter().skip(1).take_while(|b| **b == b'#').count()
}

fn is_raw_string(rest: &[u8]) -> bool {
    rest.get(1 + hashes(rest)) == Some(&b'"')
}

fn raw_string_length(rest: &[u8]) -> Option<usize> {
    let count = hashes(rest);
    let ends = |at: &usize| {
        rest.get(*at) == Some(&b'"')
            && rest.get(at + 1..at + 1 + count).is_some_and(|h| h.iter().all(|b| *b == b'#'))
    };
    (count + 2..rest.len()).find(ends).map(|at| at + 1 + count)
}
