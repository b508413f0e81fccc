//! Why bytes are no safetensors file.

use core::fmt;

use crate::{excerpt::Excerpt, json::Malformed};

/// The bytes are no whole safetensors file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatError {
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
    /// There are too many keys in the metadata.
    Keys {
        /// How many there may be.
        limit: usize,
    },
    /// The metadata, or one of its keys, is in the file twice.
    Twice {
        /// The key.
        name: Excerpt,
    },
}

impl From<Malformed> for FormatError {
    fn from(malformed: Malformed) -> Self {
        FormatError::Header { at: malformed.at, expected: malformed.expected }
    }
}

impl fmt::Display for FormatError {
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
            Self::Keys { limit } => write!(f, "the metadata has more than {limit} keys"),
            Self::Twice { name } => write!(f, "`{name}` is in the file twice"),
        }
    }
}

impl core::error::Error for FormatError {}
