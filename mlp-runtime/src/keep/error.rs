//! Why a file can't be read.

use core::fmt;

use mlp_tensors::{Excerpt, FormatError};

use crate::network::ParameterShape;

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
    pub(super) fn new(found: impl Iterator<Item = u64>) -> Self {
        let mut shape = FoundShape { sizes: [0; 2], rank: 0 };
        for size in found {
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
    /// The file is no whole safetensors file.
    Format(FormatError),
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
    /// A square matrix may be stored with rows and columns exchanged: neither its name nor the map says it.
    Orientation {
        /// The tensor.
        tensor: TensorName,
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

impl From<FormatError> for LoadError {
    fn from(error: FormatError) -> Self {
        LoadError::Format(error)
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(error) => write!(f, "{error}"),
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
            Self::Orientation { tensor } => write!(
                f,
                "the matrix `{tensor}` is square: the map must say whether it is `transposed` or `untransposed`"
            ),
            Self::Numbers { tensor, expected, found } => {
                write!(f, "tensor `{tensor}` has numbers of type {found} in the file and {expected} here")?;
                let rounds = *expected == "F32" && *found == Excerpt::fixed("F64");
                f.write_str(if rounds { "; `load_rounded` and `read_rounded` round them" } else { "" })
            }
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
