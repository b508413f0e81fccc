//! One pass over the characters before the parser runs: brackets match, nesting is bounded.
//! So the parser's recursion is bounded too, and its recovery can't backtrack over open brackets.

use crate::{diagnostic::Diagnostic, limits, problems, span::Span};

/// Checks size, brackets and nesting of the text.
pub(super) fn scan(text: &str) -> Result<(), Diagnostic> {
    if text.len() > limits::TEXT_BYTES {
        return Err(problems::text_too_long(text.len()));
    }
    let bytes = text.as_bytes();
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut deepening = 0; // `if` and `^` since the last `;`
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let width = match byte {
            b'/' if rest.starts_with(b"//") => line_length(rest),
            b'/' if rest.starts_with(b"/*") => block_comment_length(rest),
            b'"' => string_length(rest),
            b'r' if is_raw_string(rest) && !follows_word(bytes, at) => raw_string_length(rest),
            _ if is_word(byte) => rest.iter().take_while(|b| is_word(**b)).count(),
            _ => 1,
        };
        match byte {
            b'(' | b'[' | b'{' => open.push((byte, at)),
            b')' | b']' | b'}' => close(&mut open, byte, at)?,
            b';' => deepening = 0,
            b'^' => deepening += 1,
            b'i' if rest.get(..width) == Some(b"if") => deepening += 1,
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

fn follows_word(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(|b| is_word(*b))
}

fn line_length(rest: &[u8]) -> usize {
    rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
}

fn block_comment_length(rest: &[u8]) -> usize {
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
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn string_length(rest: &[u8]) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    1 // no end: a lone quote, for the parser to refuse
}

fn hashes(rest: &[u8]) -> usize {
    rest.iter().skip(1).take_while(|b| **b == b'#').count()
}

fn is_raw_string(rest: &[u8]) -> bool {
    rest.get(1 + hashes(rest)) == Some(&b'"')
}

fn raw_string_length(rest: &[u8]) -> usize {
    let count = hashes(rest);
    let ends = |at: &usize| {
        rest.get(*at) == Some(&b'"')
            && rest.get(at + 1..at + 1 + count).is_some_and(|h| h.iter().all(|b| *b == b'#'))
    };
    (count + 2..rest.len()).find(ends).map_or(1, |at| at + 1 + count)
}
