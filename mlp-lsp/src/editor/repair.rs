//! Balances the brackets of an unfinished text. Offsets do not change.

use std::borrow::Cow;

use mlp_dsl::syntax::lexer::{Kind, tokens};

/// The text with closing brackets appended for all open ones, and with spaces instead of unmatched brackets.
pub(super) fn repaired(text: &str) -> Cow<'_, str> {
    let mut open: Vec<(usize, char)> = Vec::new();
    // The number of open brackets of each kind, to skip the search if there is none.
    let mut counts = [0_usize; 3];
    let mut single = Vec::new();
    for token in tokens(text) {
        match (token.kind, token.text.chars().next()) {
            (Kind::Open, Some(bracket)) => {
                let close = counterpart(bracket);
                *count_of(&mut counts, close) += 1;
                open.push((token.start, close));
            }
            (Kind::Close, Some(bracket)) if *count_of(&mut counts, bracket) == 0 => single.push(token.start),
            (Kind::Close, Some(bracket)) => {
                while let Some((start, close)) = open.pop() {
                    *count_of(&mut counts, close) -= 1;
                    if close == bracket {
                        break;
                    }
                    single.push(start);
                }
            }
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
    // On a new line, because the text may end with a comment.
    bytes.push('\n');
    bytes.extend(open.iter().rev().map(|(_, close)| close));
    Cow::Owned(bytes)
}

fn count_of(counts: &mut [usize; 3], close: char) -> &mut usize {
    let [round, square, curly] = counts;
    match close {
        ')' => round,
        ']' => square,
        _ => curly,
    }
}

fn counterpart(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}
