//! Why a file can't be read.

use core::fmt;

use super::json::{Malformed, Sizes, Text};
use crate::network::ParameterShape;

/// A text of a file as far as an error keeps it: the first 46 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Excerpt {
    bytes: [u8; 46],
    length: u8,
    is_cut: bool,
}

impl Excerpt {
    pub(super) fn new(text: Text<'_>) -> Self {
        Self::of(text.chars())
    }

    pub(super) fn fixed(text: &str) -> Self {
        Self::of(text.chars())
    }

    fn of(text: impl Iterator<Item = char>) -> Self {
        let mut excerpt = Excerpt { bytes: [0; 46], length: 0, is_cut: false };
        for of in text {
            let mut encoded = [0; 4];
            let encoded = of.encode_utf8(&mut encoded).as_bytes();
            let end = usize::from(excerpt.length) + encoded.len();
            let Some(place) = excerpt.bytes.get_mut(usize::from(excerpt.length)..end) else {
                excerpt.is_cut = true;
                break;
            };
            place.copy_from_slice(encoded);
            excerpt.length = end as u8;
        }
        excerpt
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        let text = core::str::from_utf8(bytes).unwrap_or_default();
        // Nothing that a terminal obeys, and nothing that turns the direction of the text.
        text.chars().try_for_each(|of| {
            let is_visible = of.is_ascii_graphic() || of == ' ' || of.is_alphanumeric();
            if is_visible { write!(f, "{of}") } else { write!(f, "{}", of.escape_unicode()) }
        })?;
        f.write_str(if self.is_cut { "…" } else { "" })
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// The name of a tensor in a file: that of its field, after `optimizer.` for a tensor of the optimizer in a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TensorName {
    /// `optimizer.`, or nothing.
    pub prefix: &'static str,
    /// The name in the specification.
    pub name: &'static str,
}

impl fmt::Display for TensorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.prefix)?;
        f.write_str(self.name)
    }
}

/// The shape of a tensor in a file, as far as an error keeps it: the first 2 sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundShape {
    sizes: [u64; 2],
    rank: usize,
}

impl FoundShape {
    pub(super) fn new(found: Sizes<'_>) -> Self {
        let mut shape = FoundShape { sizes: [0; 2], rank: 0 };
        for size in found.iter() {
            if let Some(place) = shape.sizes.get_mut(shape.rank) {
                *place = size;
            }
            shape.rank += 1;
        }
        shape
    }
}

impl fmt::Display for FoundShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (number, size) in self.sizes.iter().take(self.rank).enumerate() {
            write!(f, "{}{size}", if number == 0 { "" } else { ", " })?;
        }
        f.write_str(if self.rank > self.sizes.len() { ", …]" } else { "]" })
    }
}

/// A file was not read. Everything is as it was before: a file is checked as a whole before the first number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The file ends too early.
    Cut {
        /// The bytes that there should be.
        expected: u64,
        /// The bytes that there are.
        found: u64,
    },
    /// The first 8 bytes are not the length of a header: more than the format allows.
    HeaderLength(u64),
    /// The header is no text in UTF-8.
    NotText {
        /// The first byte of the header that is not.
        at: usize,
    },
    /// The header is no list of tensors in the form of the format.
    Header {
        /// The byte of the header where it is not.
        at: usize,
        /// The thing that was expected there.
        expected: &'static str,
    },
    /// There are bytes after the last tensor.
    Extra {
        /// How many.
        bytes: u64,
    },
    /// Two tensors overlap, or there is a gap before one.
    Offsets {
        /// The tensor.
        tensor: Excerpt,
        /// The byte where it begins.
        begins: u64,
        /// The byte where the tensor before it ends.
        expected: u64,
    },
    /// Shape, number type and bytes of a tensor do not agree.
    Length {
        /// The tensor.
        tensor: Excerpt,
        /// The bytes that it has in the file.
        bytes: u64,
    },
    /// The tensors are not listed in the order of their bytes, and too many to be checked all the same.
    Order {
        /// How many may be out of order.
        limit: usize,
    },
    /// A tensor of the file has no place to be read into.
    Unknown {
        /// The tensor.
        tensor: Excerpt,
    },
    /// A tensor is not in the file.
    Missing {
        /// The tensor.
        tensor: TensorName,
        /// A tensor of the file that has no place, if there is one.
        instead: Option<Excerpt>,
    },
    /// A tensor, or a key of the metadata, is in the file twice.
    Twice {
        /// The tensor or the key.
        name: Excerpt,
    },
    /// A tensor has another shape.
    Shape {
        /// The tensor.
        tensor: TensorName,
        /// The shape of its place.
        expected: ParameterShape,
        /// The shape in the file.
        found: FoundShape,
    },
    /// A tensor has another number type.
    Numbers {
        /// The tensor.
        tensor: TensorName,
        /// The number type of its place.
        expected: &'static str,
        /// The number type in the file.
        found: Excerpt,
    },
    /// There are too many keys in the metadata.
    Keys {
        /// How many there may be.
        limit: usize,
    },
    /// The file is no checkpoint, or one of a later version: a value of the metadata is not there, or it is not what it
    /// should be.
    NoCheckpoint {
        /// The key of the value.
        key: &'static str,
    },
    /// The checkpoint is one of a network with another layout.
    Layout {
        /// The `LAYOUT_HASH` of the network.
        expected: u64,
        /// That of the checkpoint.
        found: u64,
    },
}

impl From<Malformed> for LoadError {
    fn from(malformed: Malformed) -> Self {
        LoadError::Header { at: malformed.at, expected: malformed.expected }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut { expected, found } => {
                write!(f, "the file is cut short: it has {found} bytes instead of {expected}")
            }
            Self::HeaderLength(length) => write!(
                f,
                "this is no safetensors file: its first 8 bytes, {length}, are not the length of its header"
            ),
            Self::NotText { at } => write!(f, "byte {at} of the header is not UTF-8"),
            Self::Header { at, expected } => {
                write!(f, "the header does not list tensors: at its byte {at}, {expected} is expected")
            }
            Self::Extra { bytes } => write!(f, "bytes after the last tensor: {bytes}"),
            Self::Offsets { tensor, begins, expected } => write!(
                f,
                "tensor `{tensor}` begins at byte {begins} of the data instead of {expected}: tensors overlap, or \
                 there is a gap"
            ),
            Self::Length { tensor, bytes } => {
                write!(f, "shape and number type of tensor `{tensor}` do not agree with its {bytes} bytes")
            }
            Self::Order { limit } => {
                write!(f, "the header lists more than {limit} tensors, and not in the order of their bytes")
            }
            Self::Unknown { tensor } => {
                write!(f, "the file has a tensor `{tensor}`, which has no place here")
            }
            Self::Missing { tensor, instead: None } => write!(f, "the file has no tensor `{tensor}`"),
            Self::Missing { tensor, instead: Some(instead) } => {
                write!(f, "the file has no tensor `{tensor}`; it has `{instead}`, which has no place here")
            }
            Self::Twice { name } => write!(f, "`{name}` is in the file twice"),
            Self::Shape { tensor, expected, found } => {
                write!(f, "tensor `{tensor}` has the shape {found} in the file and ")?;
                write_shape(f, *expected)?;
                f.write_str(" here")
            }
            Self::Numbers { tensor, expected, found } => {
                write!(f, "tensor `{tensor}` has numbers of type {found} in the file and {expected} here")?;
                let rounds = *expected == "F32" && *found == Excerpt::fixed("F64");
                f.write_str(if rounds { "; `load_rounded` and `read_rounded` round them" } else { "" })
            }
            Self::Keys { limit } => write!(f, "the metadata has more than {limit} keys"),
            Self::NoCheckpoint { key } => {
                write!(
                    f,
                    "the file is no checkpoint of this version: `{key}` is missing in its metadata, or wrong"
                )
            }
            Self::Layout { expected, found } => write!(
                f,
                "the checkpoint has the layout {found:016x}, and the network {expected:016x}: names, shapes or \
                 number type differ"
            ),
        }
    }
}

fn write_shape(f: &mut fmt::Formatter<'_>, shape: ParameterShape) -> fmt::Result {
    match shape {
        ParameterShape::Scalar => f.write_str("[]"),
        ParameterShape::Vector(size) => write!(f, "[{size}]"),
        ParameterShape::Matrix(rows, columns) => write!(f, "[{rows}, {columns}]"),
    }
}

impl core::error::Error for LoadError {}
