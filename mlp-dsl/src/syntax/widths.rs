//! The length of tokens in bytes, independent of their meaning.

/// The text without trailing white space and comments.
pub(super) fn code(text: &str) -> &str {
    let bytes = text.as_bytes();
    let (mut at, mut end) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        let width = token_width(bytes, at, byte).unwrap_or(bytes.len());
        let comment = byte == b'/' && matches!(bytes.get(at + 1), Some(b'/' | b'*'));
        at += width;
        if !comment && !byte.is_ascii_whitespace() {
            end = at;
        }
    }
    text.get(..end).unwrap_or(text)
}

/// The length in bytes of the comment, string, word or sign that starts at `at`; `None` if a comment or
/// string has no end.
pub(super) fn token_width(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    let rest = bytes.get(at..).unwrap_or_default();
    match byte {
        b'/' if rest.starts_with(b"//") => Some(line_length(rest)),
        b'/' if rest.starts_with(b"/*") => block_comment_length(rest),
        b'"' => string_length(rest),
        b'r' if is_raw_string(rest) => raw_string_length(rest),
        b'r' if rest.get(1) == Some(&b'#') => {
            Some(2 + rest.iter().skip(2).take_while(|b| is_word(**b)).count())
        }
        b'0'..=b'9' => Some(1), // one digit, like the grammar, which takes any character in a bad sentence
        _ => Some(unicode_space(rest).unwrap_or_else(|| word_length(rest).max(1))),
    }
}

fn word_length(rest: &[u8]) -> usize {
    let ends = |at: &usize| match rest.get(*at) {
        Some(byte) if !byte.is_ascii() => unicode_space(rest.get(*at..).unwrap_or_default()).is_some(),
        Some(byte) => !is_word(*byte),
        None => true,
    };
    (0..rest.len()).find(ends).unwrap_or(rest.len())
}

/// The length in bytes of a non-ASCII character that is white space in Rust.
fn unicode_space(rest: &[u8]) -> Option<usize> {
    const SPACES: [&str; 5] = ["\u{85}", "\u{200E}", "\u{200F}", "\u{2028}", "\u{2029}"];
    SPACES.iter().find(|space| rest.starts_with(space.as_bytes())).map(|space| space.len())
}

/// The nesting depth of a block comment; the parser recurses into nested comments.
pub(super) fn comments_inside(comment: &[u8]) -> usize {
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while let Some(here) = comment.get(at..).filter(|here| !here.is_empty()) {
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth = depth.saturating_sub(1);
            at += 2;
        } else {
            at += 1;
        }
        deepest = deepest.max(depth);
    }
    deepest
}

pub(super) fn is_word(byte: u8) -> bool {
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
