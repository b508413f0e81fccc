//! Writes a file in one pass: the header is written twice, first to count its bytes.

use core::fmt;

use super::parts::{Item, Part, Stored, items};
use super::value::{Out, Value, float, hexadecimal, whole};
use crate::network::ParameterShape;
use mlp_tensors::safetensors::{KEYS, METADATA};

/// A file was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveError<E> {
    /// The place where it is written to has an error. Part of the file may have been written.
    Sink(E),
    /// The metadata can't be written; nothing was.
    Metadata {
        /// The number of the key, from 0.
        number: usize,
        /// The reason.
        reason: &'static str,
    },
    /// A tensor is called `__metadata__`, which the format keeps for metadata; nothing was written.
    Name,
}

impl<E: fmt::Display> fmt::Display for SaveError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sink(error) => write!(f, "{error}"),
            Self::Metadata { number, reason } => write!(f, "key {number} of the metadata (from 0) {reason}"),
            Self::Name => {
                write!(f, "the format keeps the name `{METADATA}` for metadata: rename the parameter")
            }
        }
    }
}

impl<E: core::error::Error> core::error::Error for SaveError<E> {}

/// Pairs of metadata: those of the library, then those of the user.
#[derive(Clone, Copy)]
pub(super) struct Pairs<'p> {
    pub(super) own: &'p [(&'p str, Value<'p>)],
    pub(super) user: &'p [(&'p str, Value<'p>)],
}

/// How the library's own keys begin.
pub(super) const OWN: &str = "mlp.";

impl<'p> Pairs<'p> {
    fn all(self) -> impl Iterator<Item = &'p (&'p str, Value<'p>)> {
        self.own.iter().chain(self.user)
    }

    fn check<E>(self) -> Result<(), SaveError<E>> {
        for (number, (key, _)) in self.user.iter().enumerate() {
            let is_new = self.user.iter().take(number).all(|(before, _)| before != key);
            let reason = match (key.starts_with(OWN), is_new) {
                (true, _) => "begins with `mlp.`, as those of the library do",
                (_, false) => "is there twice",
                _ if number + self.own.len() >= KEYS => "is one too many",
                _ => continue,
            };
            return Err(SaveError::Metadata { number, reason });
        }
        Ok(())
    }
}

/// Writes a file with the tensors of the parts.
pub(super) fn write<E>(
    parts: &[Part],
    of: &[&dyn Stored],
    metadata: Pairs<'_>,
    mut sink: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), SaveError<E>> {
    metadata.check()?;
    if items(parts).any(|item| item.name.prefix.is_empty() && item.name.name == METADATA) {
        return Err(SaveError::Name);
    }
    let mut error = None;
    put_file(parts, of, metadata, &mut |bytes| match sink(bytes) {
        Ok(()) => true,
        Err(failed) => {
            error = Some(failed);
            false
        }
    });
    error.map_or(Ok(()), |error| Err(SaveError::Sink(error)))
}

fn put_file(parts: &[Part], of: &[&dyn Stored], metadata: Pairs<'_>, out: Out<'_>) -> bool {
    let mut length = 0_u64;
    put_header(parts, metadata, &mut |bytes| {
        length += bytes.len() as u64;
        true
    });
    let padded = length.next_multiple_of(8);
    let padding = (padded - length) as usize;
    out(&padded.to_le_bytes())
        && put_header(parts, metadata, out)
        && out(b"       ".get(..padding).unwrap_or_default())
        && items(parts).all(|item| put_item(of, item, out))
}

fn put_item(of: &[&dyn Stored], item: Item, out: Out<'_>) -> bool {
    let Some(of) = of.get(item.part) else { return true };
    match item.number {
        Some(number) => of.put(number, out),
        None => out(&of.steps().unwrap_or(0).to_le_bytes()),
    }
}

fn put_header(parts: &[Part], metadata: Pairs<'_>, out: Out<'_>) -> bool {
    out(b"{") && {
        let is_first = metadata.all().next().is_none();
        (is_first || put_metadata(metadata, out)) && put_entries(parts, is_first, out) && out(b"}")
    }
}

fn put_metadata(metadata: Pairs<'_>, out: Out<'_>) -> bool {
    put_text(&[METADATA], out)
        && out(b":{")
        && metadata.all().enumerate().all(|(number, (key, value))| {
            (number == 0 || out(b",")) && put_text(&[key], out) && out(b":") && put_value(*value, out)
        })
        && out(b"}")
}

fn put_value(value: Value<'_>, out: Out<'_>) -> bool {
    match value {
        Value::Text(text) => put_text(&[text], out),
        Value::Whole(number) => out(b"\"") && whole(number, out) && out(b"\""),
        Value::Number(number) => out(b"\"") && float(number, out) && out(b"\""),
    }
}

fn put_entries(parts: &[Part], mut is_first: bool, out: Out<'_>) -> bool {
    let mut begin = 0_u64;
    items(parts).all(|item| {
        let end = begin.saturating_add((item.shape.elements() as u64).saturating_mul(item.dtype.bytes()));
        let offsets = core::mem::replace(&mut begin, end);
        (core::mem::take(&mut is_first) || out(b","))
            && put_text(&[item.name.prefix, item.name.name], out)
            && out(b":{\"dtype\":\"")
            && out(item.dtype.name().as_bytes())
            && out(b"\",\"shape\":[")
            && put_shape(item.shape, out)
            && out(b"],\"data_offsets\":[")
            && whole(offsets, out)
            && out(b",")
            && whole(end, out)
            && out(b"]}")
    })
}

fn put_shape(shape: ParameterShape, out: Out<'_>) -> bool {
    match shape {
        ParameterShape::Scalar => true,
        ParameterShape::Vector(size) => whole(size as u64, out),
        ParameterShape::Matrix(rows, columns) => {
            whole(rows as u64, out) && out(b",") && whole(columns as u64, out)
        }
    }
}

/// Writes texts, one after the other, as one string of JSON.
fn put_text(texts: &[&str], out: Out<'_>) -> bool {
    out(b"\"") && texts.iter().all(|text| put_part(text, out)) && out(b"\"")
}

fn put_part(text: &str, out: Out<'_>) -> bool {
    // Between the characters that are escaped.
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let (escaped, after) = from.split_at_checked(1).unwrap_or_default();
        let code = u64::from(escaped.bytes().next().unwrap_or_default());
        // The same form for all: it is rare.
        if !(out(before.as_bytes()) && out(b"\\u") && hexadecimal(code, 4, out)) {
            return false;
        }
        rest = after;
    }
    out(rest.as_bytes())
}
