//! The layout of JSON: objects over several lines, lists of numbers and words in one.

use std::io::{self, Write};

use mlp_dsl::never::OrNever;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// The text, with a line break at its end.
pub(super) fn text(data: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let written = data.serialize(&mut Serializer::with_formatter(&mut bytes, Layout::default()));
    written.ok().or_never("data that is written to memory is written", ());
    bytes.push(b'\n');
    String::from_utf8(bytes).ok().or_never("JSON is text", String::new())
}

/// An object in a list has a line of its own; another item has not. Which it is shows when the item begins.
#[derive(Default)]
struct Layout {
    depth: usize,
    /// Whether each open list has objects.
    broken: Vec<bool>,
    /// What comes before the next item of a list, if it is no object.
    space: Option<&'static [u8]>,
}

impl Layout {
    fn line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }

    fn spaced<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.space.take().map_or(Ok(()), |space| writer.write_all(space))
    }
}

impl Formatter for Layout {
    fn write_null<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.spaced(writer)?;
        writer.write_all(b"null")
    }

    fn write_bool<W: ?Sized + Write>(&mut self, writer: &mut W, value: bool) -> io::Result<()> {
        self.spaced(writer)?;
        write!(writer, "{value}")
    }

    fn write_u64<W: ?Sized + Write>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        self.spaced(writer)?;
        write!(writer, "{value}")
    }

    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        self.spaced(writer)?;
        // Whole numbers need no point; the shortest digits of a large one have a power of ten.
        if value.fract() == 0.0 && value.abs() < 1e15 {
            write!(writer, "{value:.0}")
        } else {
            write!(writer, "{value:?}")
        }
    }

    fn begin_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.spaced(writer)?;
        writer.write_all(b"\"")
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.spaced(writer)?;
        self.depth += 1;
        self.broken.push(false);
        writer.write_all(b"[")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.space = Some(if first { b"" } else { b" " });
        if first { Ok(()) } else { writer.write_all(b",") }
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        self.space = None;
        if self.broken.pop() == Some(true) {
            self.line(writer)?;
        }
        writer.write_all(b"]")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.space.take().is_some() {
            if let Some(broken) = self.broken.last_mut() {
                *broken = true;
            }
            self.line(writer)?;
        }
        self.depth += 1;
        writer.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.line(writer)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        self.line(writer)?;
        writer.write_all(b"}")
    }
}
