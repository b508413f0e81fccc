//! One pass over the characters before the parser runs: brackets match, nesting is bounded.
//! So the parser's recursion is bounded too, and its recovery can't backtrack over open brackets.

use crate::{diagnostic::Diagnostic, limits, problems, span::Span};

/// What is open at a place of the text.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    /// A bracket, where it stands, and the powers in front of it.
    Bracket(u8, usize, usize),
    If,
    /// `let`, up to its `in`.
    Let,
    /// What stands behind the `in`.
    Body,
}

/// Checks size, brackets and nesting of the text.
pub(super) fn scan(text: &str) -> Result<(), Diagnostic> {
    if text.len() > limits::TEXT_BYTES {
        return Err(problems::text_too_long());
    }
    let bytes = text.as_bytes();
    let mut open: Vec<Open> = Vec::new();
    // `a^b^c`, and those in front of each open bracket.
    let (mut powers, mut outer, mut exponent) = (0, 0, false);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let Some(width) = token_width(bytes, at, byte) else {
            return Err(problems::endless(byte == b'/', Span::new(at, at + 1)));
        };
        let token = bytes.get(at..at + width).unwrap_or_default();
        match token {
            b"(" | b"[" | b"{" => {
                open.push(Open::Bracket(byte, at, powers));
                (outer, powers) = (outer + powers, 0);
            }
            b")" | b"]" | b"}" => {
                powers = close(&mut open, byte, at)?;
                outer -= powers;
            }
            b";" => end_formulas(&mut open, &[]),
            b"," => end_formulas(&mut open, &[Open::Let]),
            b"if" => open.push(Open::If),
            b"let" => open.push(Open::Let),
            b"in" => {
                end_formulas(&mut open, &[Open::Let]);
                if let Some(innermost) = open.last_mut().filter(|innermost| **innermost == Open::Let) {
                    *innermost = Open::Body;
                }
            }
            b"^" => powers += 1,
            // The sign of an exponent, and no operator.
            b"-" if exponent => {}
            b"+" | b"-" | b"*" | b"/" | b"@" | b"=" | b"<" | b">" => powers = 0,
            _ => {}
        }
        if matches!(token, b";" | b"," | b"if" | b"let" | b"in" | b"then" | b"else") {
            powers = 0;
        }
        let means_nothing =
            byte.is_ascii_whitespace() || token.starts_with(b"//") || token.starts_with(b"/*");
        exponent = token == b"^" || exponent && (token == b"-" || means_nothing);
        if open.len() + outer + powers > limits::NESTING {
            return Err(problems::too_deep(Span::new(at, at + width)));
        }
        at += width;
    }
    let bracket = open
        .iter()
        .rev()
        .find_map(|open| if let Open::Bracket(b, at, _) = open { Some((*b, *at)) } else { None });
    match bracket {
        Some((bracket, at)) => Err(problems::unclosed(bracket as char, Span::new(at, at + 1))),
        None => Ok(()),
    }
}

/// Ends the formulas inside the innermost bracket, up to one of these.
fn end_formulas(open: &mut Vec<Open>, kept: &[Open]) {
    while open.last().is_some_and(|last| !matches!(last, Open::Bracket(..)) && !kept.contains(last)) {
        open.pop();
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
        b'r' if rest.get(1) == Some(&b'#') => {
            Some(2 + rest.iter().skip(2).take_while(|b| is_word(**b)).count())
        }
        b'0'..=b'9' => Some(1), // as the grammar takes numbers where it finds no sense in them
        _ if is_word(byte) => Some(rest.iter().take_while(|b| is_word(**b)).count()),
        _ => Some(1),
    }
}

/// Closes the innermost bracket; gives the powers in front of it.
fn close(open: &mut Vec<Open>, closer: u8, at: usize) -> Result<usize, Diagnostic> {
    let here = Span::new(at, at + 1);
    let wanted = |opener| match opener {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    };
    end_formulas(open, &[]);
    match open.pop() {
        Some(Open::Bracket(opener, _, powers)) if wanted(opener) == closer => Ok(powers),
        Some(Open::Bracket(opener, start, _)) => {
            let (opener, closer) = (opener as char, closer as char);
            Err(problems::mismatched(opener, Span::new(start, start + 1), closer, here))
        }
        _ => Err(problems::unopened(closer as char, here)),
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
