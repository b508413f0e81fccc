//! `weights from "…";`: start values from a file. The compiler reads no file: its caller
//! passes the bytes. The feature `safetensors` reads them.

use std::{fmt, sync::Arc};

use crate::{never::OrNever, number::Precision, shape::Shape};

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
    /// All of it.
    bytes: Vec<u8>,
    hash: u64,
}

impl WeightFile {
    pub(crate) fn new(path: String, bytes: Vec<u8>) -> Self {
        let hash = mlp_hash::of_file(&bytes);
        WeightFile { path, bytes, hash }
    }

    /// How many bytes it has.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// A fingerprint: a hash of its length and of up to [`mlp_hash::SAMPLED`] of its bytes.
    pub fn hash(&self) -> u64 {
        self.hash
    }
}

/// Without its bytes, which may be millions.
impl fmt::Debug for WeightFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeightFile({:?}, {} bytes)", self.path, self.bytes.len())
    }
}

/// The start values of a parameter: a tensor of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The file.
    pub file: Arc<WeightFile>,
    /// Where its numbers begin, in bytes from the start of the file.
    pub at: usize,
    /// Whether rows and columns are exchanged in the file.
    pub transposed: bool,
    /// The parameter's shape.
    pub shape: Shape,
    /// The number type, in the file as in the network.
    pub precision: Precision,
    /// A hash of the numbers.
    fingerprint: u64,
}

impl Tensor {
    pub(crate) fn new(
        file: Arc<WeightFile>,
        at: usize,
        transposed: bool,
        shape: Shape,
        precision: Precision,
    ) -> Self {
        let mut tensor = Tensor { file, at, transposed, shape, precision, fingerprint: 0 };
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
        let (rows, columns) = match (self.shape, self.transposed) {
            (Shape::Matrix(rows, columns), true) => (rows, columns),
            (shape, _) => (1, shape.count()),
        };
        (0..rows).flat_map(move |row| (0..columns).map(move |column| self.number(column * rows + row)))
    }

    /// The number at a place, as they follow one another in the file.
    fn number(&self, index: usize) -> f64 {
        let at = self.at + index * self.precision.bytes();
        let bytes = self.file.bytes.get(at..).unwrap_or_default();
        let number = match self.precision {
            Precision::F32 => bytes.first_chunk().map(|bytes| f64::from(f32::from_le_bytes(*bytes))),
            Precision::F64 => bytes.first_chunk().map(|bytes| f64::from_le_bytes(*bytes)),
        };
        number.or_never("a tensor is inside its file", 0.0)
    }
}

/// A tensor in the header of a file.
pub(crate) struct Entry {
    pub(crate) name: String,
    /// The number type in the file's words: `F32`.
    pub(crate) numbers: String,
    pub(crate) sizes: Vec<usize>,
    /// Where its numbers begin in the file.
    pub(crate) at: usize,
}

/// Why the tensors of a file can't be listed.
pub(crate) enum Unlisted {
    /// This build has no reader.
    #[cfg(not(feature = "safetensors"))]
    NoReader,
    /// It is no safetensors file, for a reason.
    #[cfg(feature = "safetensors")]
    Foreign(&'static str),
    /// Bytes are missing, or there are too many.
    #[cfg(feature = "safetensors")]
    Cut,
}

/// The tensors of a file, by their names.
#[cfg(feature = "safetensors")]
pub(crate) fn entries(bytes: &[u8]) -> Result<Vec<Entry>, Unlisted> {
    use safetensors::{SafeTensorError, SafeTensors};
    // The library reads headers of up to 100 MB, which take many times that to list.
    if bytes.first_chunk().is_some_and(|length| u64::from_le_bytes(*length) > limits::WEIGHT_HEADER_BYTES) {
        return Err(Unlisted::Foreign("its first 8 bytes are not the length of its header"));
    }
    let read = SafeTensors::read_metadata(bytes);
    let (header, metadata) = read.map_err(|error| match error {
        SafeTensorError::HeaderTooSmall => Unlisted::Foreign("it has fewer than 8 bytes"),
        SafeTensorError::HeaderTooLarge | SafeTensorError::InvalidHeaderLength => {
            Unlisted::Foreign("its first 8 bytes are not the length of its header")
        }
        SafeTensorError::MetadataIncompleteBuffer => Unlisted::Cut,
        SafeTensorError::InvalidHeader(_)
        | SafeTensorError::InvalidHeaderDeserialization(_)
        | SafeTensorError::JsonError(_) => Unlisted::Foreign("its header does not list tensors"),
        SafeTensorError::TensorNotFound(_)
        | SafeTensorError::TensorInvalidInfo
        | SafeTensorError::InvalidOffset(_)
        | SafeTensorError::InvalidTensorView(..)
        | SafeTensorError::ValidationOverflow
        | SafeTensorError::MisalignedSlice => {
            Unlisted::Foreign("the shapes and offsets in its header contradict one another")
        }
    })?;
    let mut entries: Vec<Entry> = metadata
        .tensors()
        .into_iter()
        // In a checkpoint. No parameter has a dot in its name.
        .filter(|(name, _)| !name.starts_with("optimizer.") && !name.starts_with("best."))
        .map(|(name, info)| Entry {
            name,
            numbers: info.dtype.to_string(),
            sizes: info.shape.clone(),
            at: 8 + header + info.data_offsets.0,
        })
        .collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// The tensors of a file, by their names.
#[cfg(not(feature = "safetensors"))]
pub(crate) fn entries(_: &[u8]) -> Result<Vec<Entry>, Unlisted> {
    Err(Unlisted::NoReader)
}
