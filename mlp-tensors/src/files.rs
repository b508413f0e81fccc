//! The tensors of a file of one of the formats, and their numbers.

use core::fmt;
use std::{
    borrow::Cow,
    collections::BTreeSet,
    string::{String, ToString},
    vec::Vec,
};

use crate::{Dtype, Excerpt, FormatError, npy, npz, safetensors::File};

/// A format of files of tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `.safetensors`.
    Safetensors,
    /// `.npy`: one array of NumPy, without a name.
    Npy,
    /// `.npz`: arrays of NumPy in a zip file, stored or deflated.
    Npz,
}

impl Format {
    /// The format of a file by its ending, in any case of letters.
    pub fn of(path: &str) -> Option<Self> {
        let (_, ending) = path.rsplit_once('.')?;
        let formats = [(Format::Safetensors, "safetensors"), (Format::Npy, "npy"), (Format::Npz, "npz")];
        formats.into_iter().find(|(_, of)| ending.eq_ignore_ascii_case(of)).map(|(format, _)| format)
    }
}

/// A tensor of a file; its numbers are still in the form of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored<'f> {
    /// Its name; empty in an `.npy` file.
    pub name: String,
    /// Its sizes, the outermost first; none for a scalar.
    pub shape: Vec<usize>,
    /// The type of its numbers.
    pub dtype: Dtype,
    /// Whether the numbers are stored with the first index running fastest (NumPy's `fortran_order`).
    pub is_column_major: bool,
    /// Whether each number begins with its highest byte.
    pub is_big_endian: bool,
    /// Where the numbers begin, in bytes from the start of the file, if they are there as they are.
    pub at: Option<usize>,
    /// The numbers, one after the other.
    pub bytes: Cow<'f, [u8]>,
}

impl Stored<'_> {
    /// How many numbers it has.
    pub fn count(&self) -> usize {
        self.bytes.len() / self.dtype.bytes()
    }

    /// A number by its place in row-major order, exactly. `None` beyond the last one, and for a whole number that no `f64` equals.
    pub fn number(&self, index: usize) -> Option<f64> {
        let index = if self.is_column_major { self.column_major(index) } else { index };
        let size = self.dtype.bytes();
        let begin = index.checked_mul(size)?;
        let bytes = self.bytes.get(begin..begin.checked_add(size)?)?;
        if !self.is_big_endian {
            return self.dtype.number(bytes);
        }
        let mut turned = [0; 8];
        for (place, byte) in turned.iter_mut().zip(bytes.iter().rev()) {
            *place = *byte;
        }
        self.dtype.number(turned.get(..size)?)
    }

    /// The numbers in row-major order, exactly.
    ///
    /// # Errors
    /// [`Problem::Inexact`] for a whole number that no `f64` equals.
    pub fn to_f64(&self) -> Result<Vec<f64>, Error> {
        (0..self.count()).map(|index| self.number(index).ok_or_else(|| self.inexact(index))).collect()
    }

    /// The tensor with its numbers: `f32` for types whose numbers are all numbers of `f32`, otherwise `f64`.
    ///
    /// # Errors
    /// As [`to_f64`](Self::to_f64).
    pub fn tensor(&self) -> Result<Tensor, Error> {
        let numbers = if self.dtype.is_exact_in_f32() {
            let number = |index| self.number(index).map(|number| number as f32);
            let numbers = (0..self.count()).map(|index| number(index).ok_or_else(|| self.inexact(index)));
            Numbers::F32(numbers.collect::<Result<_, _>>()?)
        } else {
            Numbers::F64(self.to_f64()?)
        };
        Ok(Tensor { name: self.name.clone(), shape: self.shape.clone(), numbers })
    }

    fn inexact(&self, index: usize) -> Error {
        Error::of(&self.name, Problem::Inexact { index })
    }

    /// The place of an element that is `index` in row-major order.
    fn column_major(&self, index: usize) -> usize {
        let (mut rest, mut stride, mut place) = (index, self.count(), 0);
        // From the last index, which runs fastest in row-major order and slowest in the file.
        for size in self.shape.iter().rev().filter(|size| **size > 0) {
            stride /= size;
            place += rest % size * stride;
            rest /= size;
        }
        if rest == 0 { place } else { usize::MAX }
    }
}

/// A tensor with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Its sizes, the outermost first; none for a scalar.
    pub shape: Vec<usize>,
    /// Its numbers in row-major order.
    pub numbers: Numbers,
}

/// Numbers of one type.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// In 64 bits.
    F64(Vec<f64>),
    /// In 32 bits.
    F32(Vec<f32>),
}

impl Numbers {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Numbers::F64(numbers) => numbers.len(),
            Numbers::F32(numbers) => numbers.len(),
        }
    }
}

/// The tensors of a file can't be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The name of the tensor, if it is about one.
    pub tensor: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

impl Error {
    pub(crate) fn of(tensor: &str, problem: Problem) -> Self {
        Error { tensor: (!tensor.is_empty()).then(|| tensor.to_string()), problem }
    }
}

/// What is wrong with a file of tensors, or with one of its tensors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is no whole safetensors file.
    Safetensors(FormatError),
    /// It is no array of NumPy, for a reason.
    Npy(&'static str),
    /// It is no zip file, or one of another kind, for a reason.
    Zip(&'static str),
    /// The type of its numbers is not read.
    Dtype(String),
    /// The file ends too early, or has bytes after the last number.
    Length {
        /// The bytes that the numbers need.
        expected: u64,
        /// The bytes that there are.
        found: u64,
    },
    /// It needs more memory than the caller allows.
    TooLarge {
        /// The bytes of all tensors up to this one.
        bytes: u64,
        /// The bytes allowed.
        limit: u64,
    },
    /// There are two tensors of this name.
    Twice,
    /// A whole number that no `f64` equals.
    Inexact {
        /// Its place in row-major order.
        index: usize,
    },
    /// A tensor to be written has not the number of elements of its shape, or a name that the format does not allow.
    Unwritable(&'static str),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Safetensors(error) => write!(f, "{error}"),
            Problem::Npy(reason) => write!(f, "it is no array of NumPy: {reason}"),
            Problem::Zip(reason) => write!(f, "it is no zip file of arrays: {reason}"),
            Problem::Dtype(found) => {
                write!(
                    f,
                    "its numbers are of type {}, which is not read; save it as 32-bit floats",
                    Excerpt::fixed(found)
                )
            }
            Problem::Length { expected, found } => {
                write!(f, "its numbers need {expected} bytes, and {found} are there")
            }
            Problem::TooLarge { bytes, limit } => {
                write!(f, "{bytes} bytes of numbers are more than the {limit} allowed")
            }
            Problem::Twice => f.write_str("it is in the file twice"),
            Problem::Inexact { index } => {
                write!(
                    f,
                    "its number {} is a whole number that no 64-bit float equals",
                    index.saturating_add(1)
                )
            }
            Problem::Unwritable(reason) => write!(f, "it can't be written: {reason}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(tensor) = &self.tensor {
            write!(f, "tensor `{}`: ", Excerpt::fixed(tensor))?;
        }
        write!(f, "{}", self.problem)
    }
}

impl core::error::Error for Error {}

/// The tensors of a file, in its order. Numbers that are deflated take at most `limit` bytes of memory; the others stay in `bytes`.
///
/// # Errors
/// [`Error`] if the file is damaged, of another format, has a tensor of an unread type, or two of one name.
pub fn list(bytes: &[u8], format: Format, limit: u64) -> Result<Vec<Stored<'_>>, Error> {
    let tensors = match format {
        Format::Safetensors => safetensors(bytes)?,
        Format::Npy => std::vec![npy::array("", Cow::Borrowed(bytes), Some(0))?],
        Format::Npz => npz::arrays(bytes, limit)?,
    };
    let mut names = BTreeSet::new();
    match tensors.iter().find(|tensor| !names.insert(tensor.name.as_str())) {
        Some(twice) => Err(Error::of(&twice.name, Problem::Twice)),
        None => Ok(tensors),
    }
}

/// The tensors of a file with their numbers, in its order. The numbers of the result take at most 8 times `limit` bytes, which also bounds
/// the bytes of the file.
///
/// # Errors
/// As [`list`]; also for a whole number that no `f64` equals.
pub fn read(bytes: &[u8], format: Format, limit: u64) -> Result<Vec<Tensor>, Error> {
    let found = bytes.len() as u64;
    if found > limit {
        return Err(Error { tensor: None, problem: Problem::TooLarge { bytes: found, limit } });
    }
    list(bytes, format, limit)?.iter().map(Stored::tensor).collect()
}

fn safetensors(bytes: &[u8]) -> Result<Vec<Stored<'_>>, Error> {
    let file =
        File::parse(bytes).map_err(|error| Error { tensor: None, problem: Problem::Safetensors(error) })?;
    file.tensors()
        .map(|tensor| {
            let name = tensor.name().to_string();
            let found = tensor.dtype().to_string();
            let Some(dtype) = Dtype::named(&found) else {
                return Err(Error::of(&name, Problem::Dtype(found)));
            };
            // No size is larger than the file, unless another one is 0.
            let size = |size| usize::try_from(size).unwrap_or(usize::MAX);
            Ok(Stored {
                name,
                shape: tensor.shape().map(size).collect(),
                dtype,
                is_column_major: false,
                is_big_endian: false,
                at: Some(tensor.at()),
                bytes: Cow::Borrowed(tensor.bytes()),
            })
        })
        .collect()
}
