//! One pass over the characters before the parser runs: brackets match, nesting is bounded.
//! So the parser's recursion is bounded too, and its recovery can't backtrack over open brackets.

use crate::{diagnostic::Diagnostic, limits, problems, span::Span};

/// Checks size, brackets and nesting of the text.
pub(super) fn scan(text: &str) -> Result<(), Diagnostic> {
    if text.len() > limits::TEXT_BYTES {
        return Err(problems::text_too_long());
    }
    let bytes = text.as_bytes();
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut deepening = 0; // `if`, `let` and `^` since the last `;`
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let Some(width) = token_width(bytes, at, byte) else {
            return Err(problems::endless(byte == b'/', Span::new(at, at + 1)));
        };
        let rest = bytes.get(at..).unwrap_or_default();
        match byte {
            b'(' | b'[' | b'{' => open.push((byte, at)),
            b')' | b']' | b'}' => close(&mut open, byte, at)?,
            b';' => deepening = 0,
            b'^' => deepening += 1,
            b'i' if rest.get(..width) == Some(b"if") => deepening += 1,
            b'l' if rest.get(..width) == Some(b"let") => deepening += 1,
            _ => {}
        }
        if open.len() + deepening > limits::NESTING {
            return Err(problems::too_deep(Span::new(at, at + width)));
        }
        at += width;
    }
    match open.last() {
        Some(&(bracket, at)) => Err(problems::unclosed(bracket as char, Span::new(at, at + 1))),
        None => Ok(()),
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
        at += token_width(bytes, at, byte).unwrap_or(bytes.len());
    }
    open.last().map(|byte| char::from(*byte))
}

/// The bytes of the comment, string, word or sign that starts at `at`; `None` where a comment or
/// string has no end.
fn token_width(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    let rest = bytes.get(at..).unwrap_or_default();
    match byte {
        b'/' if rest.starts_with(b"//") => Some(line_length(rest)),
        b'/' if rest.starts_with(b"/*") => block_comment_length(rest),
        b'"' => string_length(rest),
        b'r' if is_raw_string(rest) => raw_string_length(rest),
        b'0'..=b'9' => Some(1), // as the grammar takes numbers where it finds no sense in them
        _ if is_word(byte) => Some(rest.iter().take_while(|b| is_word(**b)).count()),
        _ => Some(1),
    }
}

fn close(open: &mut Vec<(u8, usize)>, closer: u8, at: usize) -> Result<(), Diagnostic> {
    let here = Span::new(at, at + 1);
    let wanted = |opener| match opener {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    };
    match open.pop() {
        Some((opener, _)) if wanted(opener) == closer => Ok(()),
        Some((opener, start)) => {
            let (opener, closer) = (opener as char, closer as char);
            Err(problems::mismatched(opener, Span::new(start, start + 1), closer, here))
        }
        None => Err(problems::unopened(closer as char, here)),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn line_length(rest: &[u8]) -> usize {
    rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
}

fn block_comment_length(rest: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        let here = rest.get(at..).unwrap_or_default();
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += 1;
        }
    }
    None
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
