//! Turns string literals and documentation comments into their text.

use crate::visible::visible;

/// The lines of `/// words` or of `#[doc = "words"]`.
pub(super) fn doc(text: &str) -> Vec<String> {
    if let Some(line) = text.strip_prefix("///") {
        return vec![visible(line.trim_end_matches('\r'))];
    }
    let literal = text.split_once('=').map_or("", |(_, rest)| rest.trim_start());
    self::text(literal.trim_end_matches([' ', ']'])).split('\n').map(str::to_owned).collect()
}

/// The text of a string literal, raw or not.
pub(super) fn text(literal: &str) -> String {
    visible(&written(literal))
}

fn written(literal: &str) -> String {
    let raw = literal.strip_prefix('r');
    let inside = raw.unwrap_or(literal).trim_matches('#');
    let inside = inside.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
    if raw.is_some() { inside.to_owned() } else { unescape(inside) }
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('0') => out.push('\0'),
            Some('x') => {
                let digits: String = characters.by_ref().take(2).collect();
                out.extend(u8::from_str_radix(&digits, 16).ok().map(char::from));
            }
            // A line continuation: the white space at the start of the next line is not part of the string.
            Some('\n') => {
                let rest = characters.as_str().trim_start();
                characters = rest.chars();
            }
            Some('u') => {
                let digits: String = characters.by_ref().skip(1).take_while(|c| *c != '}').collect();
                out.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}
