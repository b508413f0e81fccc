//! Turns values into JSON text. A number keeps the digits that it is given, which general libraries do not do.

use crate::escape::acts;

/// A JSON value.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    Null,
    /// Digits that are valid JSON.
    Number(String),
    Text(String),
    List(Vec<Json>),
    /// Names and values in order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A whole number.
    pub(crate) fn whole(number: u64) -> Json {
        Json::Number(number.to_string())
    }

    /// A text.
    pub(crate) fn text(text: impl Into<String>) -> Json {
        Json::Text(text.into())
    }

    /// An object with fixed names.
    pub(crate) fn object<const N: usize>(entries: [(&str, Json); N]) -> Json {
        Json::Object(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The text: objects over several lines, lists of plain values in one.
    pub(crate) fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out.push('\n');
        out
    }

    /// The text in one line.
    pub(crate) fn line(&self) -> String {
        let mut out = String::new();
        self.write_line(&mut out);
        out
    }

    fn write_line(&self, out: &mut String) {
        match self {
            Json::List(values) => {
                out.push('[');
                for (index, value) in values.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    value.write_line(out);
                }
                out.push(']');
            }
            Json::Object(entries) => {
                out.push('{');
                for (index, (name, value)) in entries.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    quote(out, name);
                    out.push(':');
                    value.write_line(out);
                }
                out.push('}');
            }
            plain => plain.write(out, 0),
        }
    }

    fn write(&self, out: &mut String, depth: usize) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Number(digits) => out.push_str(digits),
            Json::Text(text) => quote(out, text),
            Json::List(values) => {
                let plain = !values.iter().any(|v| matches!(v, Json::List(_) | Json::Object(_)));
                block(out, "[]", depth, !plain, values, |out, value| value.write(out, depth + 1));
            }
            Json::Object(entries) => block(out, "{}", depth, true, entries, |out, (name, value)| {
                quote(out, name);
                out.push_str(": ");
                value.write(out, depth + 1);
            }),
        }
    }
}

/// Parts between brackets, separated by commas.
fn block<T>(
    out: &mut String,
    brackets: &str,
    depth: usize,
    broken: bool,
    parts: &[T],
    part: impl Fn(&mut String, &T),
) {
    let (open, close) = brackets.split_at(1);
    let line = |out: &mut String, depth: usize| {
        if broken && !parts.is_empty() {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    out.push_str(open);
    for (index, value) in parts.iter().enumerate() {
        if index > 0 {
            out.push_str(if broken { "," } else { ", " });
        }
        line(out, depth + 1);
        part(out, value);
    }
    line(out, depth);
    out.push_str(close);
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if acts(c) => {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|u| out.push_str(&format!("\\u{u:04x}")))
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
