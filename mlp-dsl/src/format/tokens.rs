//! Splits a text into tokens, including comments, with the line breaks before them.

/// The kinds of token that the layout distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name, keyword, number or string.
    Word,
    /// An operator or punctuation.
    Sign,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// A comment to the end of the line, or documentation.
    Line,
    /// A comment in `/* … */`.
    Block,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// Its text.
    pub text: &'t str,
    /// Its kind.
    pub kind: Kind,
    /// Its offset.
    pub start: usize,
    /// The number of line breaks before it.
    pub breaks: usize,
}

/// All tokens of a text; for a text with syntax errors, approximate tokens.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches(is_space);
        let space = rest.get(..rest.len() - trimmed.len()).unwrap_or_default();
        let Some(first) = trimmed.chars().next() else { return found };
        let breaks = space.matches('\n').count();
        let (length, kind) = next(trimmed, first);
        let start = text.len() - trimmed.len();
        let (token, behind) = trimmed.split_at_checked(length.max(1)).unwrap_or((trimmed, ""));
        found.push(Token { text: token.trim_end(), kind, start, breaks });
        rest = behind;
    }
}

/// Whether the character is white space of the language; the parser rejects other white space anyway.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200e}' | '\u{200f}')
}

fn next(text: &str, first: char) -> (usize, Kind) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || (!c.is_ascii() && !is_space(c));
    let width = |f: &dyn Fn(char) -> bool| text.find(|c| !f(c)).unwrap_or(text.len());
    match first {
        '/' if text.starts_with("//") => (text.find('\n').unwrap_or(text.len()), Kind::Line),
        '/' if text.starts_with("/*") => (block_comment(text), Kind::Block),
        '"' => (string(text), Kind::Word),
        'r' if text.starts_with("r\"") || (text.starts_with("r#") && is_raw(text)) => {
            (raw_string(text), Kind::Word)
        }
        'r' if text.starts_with("r#") => {
            let name = text.get(2..).unwrap_or_default();
            (2 + name.find(|c| !is_word(c)).unwrap_or(name.len()), Kind::Word)
        }
        '0'..='9' => (number(text), Kind::Word),
        '(' | '[' | '{' => (1, Kind::Open),
        ')' | ']' | '}' => (1, Kind::Close),
        c if is_word(c) => (width(&is_word), Kind::Word),
        c => {
            let double = ["<=", ">=", "==", "!=", "->"].iter().any(|sign| text.starts_with(sign));
            (if double { 2 } else { c.len_utf8() }, Kind::Sign)
        }
    }
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn is_raw(text: &str) -> bool {
    text.trim_start_matches('r').trim_start_matches('#').starts_with('"')
}

fn raw_string(text: &str) -> usize {
    let hashes = text.chars().skip(1).take_while(|c| *c == '#').count();
    let end = format!("\"{}", "#".repeat(hashes));
    let inside = text.get(hashes + 2..).unwrap_or_default();
    inside.find(&end).map_or(text.len(), |at| hashes + 2 + at + end.len())
}

/// A number as in the grammar: digits, a fraction, an exponent.
fn number(text: &str) -> usize {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(rest.len())
    };
    let at = |index: usize| text.get(index..).and_then(|rest| rest.chars().next());
    let mut end = digits(0);
    if at(end) == Some('.') && !at(end + 1).is_some_and(|c| c == '.' || c.is_alphabetic()) {
        end = digits(end + 1);
    }
    if matches!(at(end), Some('e' | 'E')) {
        let sign = usize::from(matches!(at(end + 1), Some('+' | '-')));
        if at(end + 1 + sign).is_some_and(|c| c.is_ascii_digit() || c == '_') {
            end = digits(end + 1 + sign);
        }
    }
    end
}
