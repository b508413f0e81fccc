//! A text with brackets that close: what is being written seldom has them. Places stay where they are.

use std::borrow::Cow;

use crate::format::tokens::{Kind, tokens};

/// The text with closing brackets appended for those left open at its end, and blanks in place of
/// those that have no counterpart.
pub(super) fn repaired(text: &str) -> Cow<'_, str> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut single = Vec::new();
    for token in tokens(text) {
        match (token.kind, token.text.chars().next()) {
            (Kind::Open, Some(bracket)) => open.push((token.start, counterpart(bracket))),
            (Kind::Close, Some(bracket)) => match open.iter().rposition(|(_, close)| *close == bracket) {
                Some(at) => single.extend(open.drain(at..).skip(1).map(|(start, _)| start)),
                None => single.push(token.start),
            },
            _ => {}
        }
    }
    if open.is_empty() && single.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.to_owned();
    for start in single {
        bytes.replace_range(start..start + 1, " ");
    }
    // On a line of their own: the text may end with a comment.
    bytes.push('\n');
    bytes.extend(open.iter().rev().map(|(_, close)| close));
    Cow::Owned(bytes)
}

fn counterpart(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}
