//! `weights from "…";`: start values from a file. The compiler reads no file: its caller
//! passes the bytes. The feature `safetensors` reads them.

use std::{borrow::Cow, fmt, sync::Arc};

use crate::{never::OrNever, number::Precision, shape::Shape};

pub use mlp_tensors::Dtype;

#[cfg(feature = "safetensors")]
use crate::limits;

/// Gives the bytes of the files that specifications name.
pub trait Files {
    /// The bytes of a file, by its path as the specification has it.
    fn read(&self, path: &str) -> Result<Vec<u8>, Unread>;
}

/// Why a file is not there to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The reason, in a few words.
    pub reason: String,
    /// The remedy.
    pub help: String,
}

/// No files: where specifications are compiled without a place on a disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, Unread> {
        Err(Unread {
            reason: "files can't be read here".to_owned(),
            help: "compile the specification with `mlpc`, or with `mlp!` in a crate".to_owned(),
        })
    }
}

/// A path that means the same on every machine: relative, with `/` between its parts.
pub(crate) fn is_portable(path: &str) -> bool {
    let parts = || path.split('/');
    let named = parts().next_back().is_some_and(|last| !matches!(last, "" | "." | ".."));
    named && !path.contains(['\\', ':', '\0']) && parts().all(|part| !part.is_empty())
}

/// A file of weights.
#[derive(PartialEq)]
pub struct WeightFile {
    /// Its path as the specification has it.
    pub path: String,
    /// The bytes that tensors are read from: all of it, or the decoded numbers.
    bytes: Vec<u8>,
    is_decoded: bool,
    length: usize,
    hash: u64,
}

impl WeightFile {
    pub(crate) fn new(path: String, bytes: Vec<u8>) -> Self {
        let (length, hash) = (bytes.len(), mlp_hash::of_file(&bytes));
        WeightFile { path, bytes, is_decoded: false, length, hash }
    }

    /// The file with numbers that replace its bytes, where the numbers in it have another form than a program reads in place.
    pub(crate) fn with_numbers(self, numbers: Vec<u8>) -> Self {
        WeightFile { bytes: numbers, is_decoded: true, ..self }
    }

    /// How many bytes it has.
    pub fn length(&self) -> usize {
        self.length
    }

    /// A fingerprint: a hash of its length and of up to [`mlp_hash::SAMPLED`] of its bytes.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// The numbers of all tensors, little-endian, if the program cannot read them from the file.
    pub fn decoded(&self) -> Option<&[u8]> {
        self.is_decoded.then_some(&self.bytes)
    }
}

/// Without its bytes, which may be millions.
impl fmt::Debug for WeightFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeightFile({:?}, {} bytes)", self.path, self.length)
    }
}

/// The start values of a parameter: a tensor of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The file.
    pub file: Arc<WeightFile>,
    /// Where its numbers begin, in bytes from the start of the file or of its decoded numbers.
    pub at: usize,
    /// Whether rows and columns are exchanged there.
    pub transposed: bool,
    /// The parameter's shape.
    pub shape: Shape,
    /// The number type of the network.
    pub precision: Precision,
    /// The number type of the file, whose numbers are exact in that of the network.
    pub dtype: Dtype,
    /// A hash of the numbers.
    fingerprint: u64,
}

impl Tensor {
    pub(crate) fn new(
        file: Arc<WeightFile>,
        (at, transposed): (usize, bool),
        shape: Shape,
        precision: Precision,
        dtype: Dtype,
    ) -> Self {
        let mut tensor = Tensor { file, at, transposed, shape, precision, dtype, fingerprint: 0 };
        tensor.fingerprint = tensor.values().fold(0xcbf2_9ce4_8422_2325_u64, |hash, value| {
            (hash.rotate_left(5) ^ value.to_bits()).wrapping_mul(0x0000_0100_0000_01b3)
        });
        tensor
    }

    /// A hash of the numbers, in their order in the parameter.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The numbers, row by row of the parameter.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        places(self.shape, self.transposed).map(|place| self.number(place))
    }

    /// The number at a place, as they follow one another in the file.
    fn number(&self, index: usize) -> f64 {
        let at = self.at + index * self.dtype.bytes();
        let bytes = self.file.bytes.get(at..).unwrap_or_default();
        self.dtype.number(bytes).or_never("a tensor is inside its file", 0.0)
    }
}

/// For each element of a parameter, row by row, its place in a tensor, whose rows and columns may be exchanged.
pub(crate) fn places(shape: Shape, transposed: bool) -> impl Iterator<Item = usize> {
    let (rows, columns) = match (shape, transposed) {
        (Shape::Matrix(rows, columns), true) => (rows, columns),
        (shape, _) => (1, shape.count()),
    };
    (0..rows).flat_map(move |row| (0..columns).map(move |column| column * rows + row))
}

/// The number type of a file that has the numbers of a network as they are.
pub(crate) fn dtype_of(precision: Precision) -> Dtype {
    match precision {
        Precision::F32 => Dtype::F32,
        Precision::F64 => Dtype::F64,
    }
}

/// Whether each number of this type in a file is one of the network's.
pub(crate) fn is_exact(dtype: Dtype, precision: Precision) -> bool {
    match dtype {
        Dtype::F32 | Dtype::F16 | Dtype::Bf16 => true,
        Dtype::F64 => precision == Precision::F64,
        Dtype::I64
        | Dtype::I32
        | Dtype::I16
        | Dtype::I8
        | Dtype::U64
        | Dtype::U32
        | Dtype::U16
        | Dtype::U8
        | Dtype::Bool => false,
    }
}

/// A tensor that a file has.
pub(crate) struct Entry<'f> {
    pub(crate) name: String,
    pub(crate) dtype: Dtype,
    pub(crate) sizes: Vec<usize>,
    /// Where its numbers begin in the file, if a program can read them there.
    pub(crate) at: Option<usize>,
    /// Whether a matrix is stored column by column.
    pub(crate) is_column_major: bool,
    is_big_endian: bool,
    bytes: Cow<'f, [u8]>,
}

impl Entry<'_> {
    /// The number at a place, as they follow one another in the file.
    pub(crate) fn number(&self, place: usize) -> f64 {
        let size = self.dtype.bytes();
        let mut number = [0; 8];
        let bytes = self.bytes.chunks_exact(size).nth(place).unwrap_or_default();
        for (place, byte) in number.iter_mut().zip(bytes) {
            *place = *byte;
        }
        if self.is_big_endian {
            number.get_mut(..size).unwrap_or_default().reverse();
        }
        self.dtype.number(&number).unwrap_or(f64::NAN)
    }
}

/// Why the tensors of a file can't be listed.
pub(crate) enum Unlisted {
    /// This build has no reader.
    #[cfg(not(feature = "safetensors"))]
    NoReader,
    /// An `.npy` file, whose array has no name.
    #[cfg(feature = "safetensors")]
    Nameless,
    /// It is no file of the format of its ending, for a reason.
    #[cfg(feature = "safetensors")]
    Foreign(&'static str, String),
    /// Bytes are missing, or there are too many.
    #[cfg(feature = "safetensors")]
    Cut,
}

/// The tensors of a file, ordered by their names.
#[cfg(feature = "safetensors")]
pub(crate) fn entries<'f>(path: &str, bytes: &'f [u8]) -> Result<Vec<Entry<'f>>, Unlisted> {
    use mlp_tensors::{Format, FormatError, Problem};
    let format = Format::of(path).unwrap_or(Format::Safetensors);
    let name = match format {
        Format::Npy => return Err(Unlisted::Nameless),
        Format::Npz => "an npz file",
        Format::Safetensors => "a safetensors file",
    };
    let no_header = "its first 8 bytes are not the length of its header";
    let is_long = |length: &[u8; 8]| u64::from_le_bytes(*length) > limits::WEIGHT_HEADER_BYTES;
    // The format allows headers of up to 100 MB, which take many times that to list.
    if format == Format::Safetensors && bytes.first_chunk().is_some_and(is_long) {
        return Err(Unlisted::Foreign(name, no_header.to_owned()));
    }
    let tensors =
        mlp_tensors::list(bytes, format, limits::WEIGHT_BYTES).map_err(|error| match error.problem {
            Problem::Safetensors(FormatError::Cut { .. } | FormatError::Extra { .. }) if bytes.len() >= 8 => {
                Unlisted::Cut
            }
            Problem::Safetensors(FormatError::Cut { .. }) => {
                Unlisted::Foreign(name, "it has fewer than 8 bytes".to_owned())
            }
            Problem::Safetensors(_)
            | Problem::Npy(_)
            | Problem::Zip(_)
            | Problem::Dtype(_)
            | Problem::Length { .. }
            | Problem::TooLarge { .. }
            | Problem::Twice
            | Problem::Inexact { .. }
            | Problem::Unwritable(_) => Unlisted::Foreign(name, error.to_string()),
        })?;
    let mut entries: Vec<Entry<'_>> = tensors
        .into_iter()
        .map(|stored| Entry {
            name: stored.name,
            dtype: stored.dtype,
            sizes: stored.shape,
            at: stored.at.filter(|_| !stored.is_big_endian),
            is_column_major: stored.is_column_major,
            is_big_endian: stored.is_big_endian,
            bytes: stored.bytes,
        })
        .collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// The tensors of a file, ordered by their names.
#[cfg(not(feature = "safetensors"))]
pub(crate) fn entries<'f>(_: &str, _: &'f [u8]) -> Result<Vec<Entry<'f>>, Unlisted> {
    Err(Unlisted::NoReader)
}
