//! Networks, their gradients and their optimizers in files, and checkpoints of a training run.
//!
//! The files have the format [safetensors](https://github.com/huggingface/safetensors), which Python and others read and
//! write. They are the same bytes on every machine: tensors are in the order of [`TENSORS`](Tensors::TENSORS), numbers are
//! little-endian. Nothing here uses the heap, except the functions for paths, which need the feature `std`.
//!
//! [`Keep::save`] and [`Keep::load`] keep one type by path, [`Keep::write`] and [`Keep::read`] in any place for bytes.
//! A [`Checkpoint`] has a network, its optimizer and the [`Progress`] of the run: training that is stopped, read from its
//! checkpoint and continued gives the same bits as training that was never stopped.
//!
//! A file is read as a whole or not at all: it is checked before the first number is written, and a [`LoadError`] means that
//! everything is as it was. A file is written as a whole, too: `save` writes another one beside it, and renames it.

mod best;
mod checkpoint;
#[cfg(feature = "std")]
mod disk;
mod error;
mod file;
mod listed;
mod map;
mod parts;
mod read;
mod value;
mod write;

use crate::tensors::Tensors;
use parts::Part;
use read::Accepted;
use write::Pairs;

pub use checkpoint::{Checkpoint, ListedCheckpoint, Progress};
#[cfg(feature = "std")]
pub use disk::{FileError, Reason, Resumed, load, resume, save};
pub use error::{FoundShape, LoadError, TensorName};
pub use file::File;
pub use listed::Listed;
pub use map::Map;
pub use mlp_tensors::safetensors::Tensor;
pub use mlp_tensors::{Excerpt, FormatError, Text};
pub use value::Value;
pub use write::SaveError;

/// Saving and loading, for all types that are [`Tensors`]: networks, gradients, optimizers.
///
/// A file has each tensor under its name, and of an optimizer that counts them also the number of steps, as `steps`.
///
/// ```
/// # use mlp_runtime::{Parameter, ParameterKind, ParameterShape, Tensors};
/// # #[derive(Debug, PartialEq)]
/// # struct Line { w: [f32; 2] }
/// # impl Tensors for Line {
/// #     type Scalar = f32;
/// #     const TENSORS: &'static [Parameter] =
/// #         &[Parameter { name: "w", kind: ParameterKind::Weight, shape: ParameterShape::Vector(2) }];
/// #     fn tensor(&self, number: usize) -> Option<&[f32]> { (number == 0).then_some(&self.w) }
/// #     fn tensor_mut(&mut self, number: usize) -> Option<&mut [f32]> { (number == 0).then_some(&mut self.w) }
/// # }
/// use mlp_runtime::keep::Keep;
///
/// // Into a place of fixed size, such as a page of flash.
/// let (mut page, mut used) = ([0; 256], 0);
/// let network = Line { w: [0.5, -1.25] };
/// network.write(&[("author", "Ada".into())], |bytes| {
///     page.get_mut(used..used + bytes.len()).ok_or("the page is full")?.copy_from_slice(bytes);
///     used += bytes.len();
///     Ok::<(), &str>(())
/// }).unwrap();
///
/// let mut other = Line { w: [0.0; 2] };
/// other.read(&page[..used])?;
/// assert_eq!(other, network);
/// # Ok::<(), mlp_runtime::keep::LoadError>(())
/// ```
pub trait Keep: Tensors + Sized {
    /// Writes a file in one pass: `sink` gets its bytes, some at a time. Equal numbers and metadata give equal bytes.
    ///
    /// # Errors
    /// [`SaveError::Sink`] with the first error of `sink`; it is not called any more then. [`SaveError::Metadata`] if a key is
    /// there twice, begins with `mlp.` or is one of more than 1024.
    fn write<E>(
        &self,
        metadata: &[(&str, Value<'_>)],
        sink: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), SaveError<E>> {
        write(self, metadata, sink)
    }

    /// Reads the numbers from the bytes of a file. The file must have all tensors, by name and shape, and no others; a network
    /// is also read from a checkpoint. A scalar may have the shape `[]` or `[1]`. Numbers of the type F32 are
    /// read into a type of `f64`, exactly.
    ///
    /// # Errors
    /// [`LoadError`], with the name of a tensor, both shapes or both number types. Then nothing is changed.
    fn read(&mut self, bytes: &[u8]) -> Result<(), LoadError> {
        read_file(self, &File::parse(bytes)?, Accepted::Values, &Map::default())
    }

    /// [`read`](Self::read) of a file of another tool, in which the parameters have the names of a map. The file must have all of them, and no
    /// tensor that is neither mapped nor ignored. Numbers of the types F16 and BF16 are read, too, exactly.
    ///
    /// ```
    /// # use mlp_runtime::{Tensors, keep::{LoadError, Map}};
    /// # fn example<N: Tensors>(network: &mut N, bytes: &[u8]) -> Result<(), LoadError> {
    /// use mlp_runtime::keep::Keep;
    ///
    /// const NAMES: Map<'_> = Map::new(&[("hidden", "net.0"), ("y", "net.2")]).ignore(&["head.*"]);
    /// network.read_mapped(bytes, &NAMES)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`read`](Self::read), and [`LoadError::Orientation`] of a square matrix. Then nothing is changed.
    fn read_mapped(&mut self, bytes: &[u8], map: &Map<'_>) -> Result<(), LoadError> {
        read_file(self, &File::parse(bytes)?, Accepted::Values, map)
    }

    /// [`read`](Self::read), which also rounds numbers of the type F64 to `f32`, ties to even.
    ///
    /// # Errors
    /// As [`read`](Self::read), but for number types.
    fn read_rounded(&mut self, bytes: &[u8]) -> Result<(), LoadError> {
        read_file(self, &File::parse(bytes)?, Accepted::Rounded, &Map::default())
    }

    /// Saves a file: writes another file in the same folder, to the disk, and renames it. At no moment is there a torn
    /// file at the path, and after an error there is the one that was there before.
    ///
    /// ```
    /// # use mlp_runtime::{Parameter, Tensors, keep::FileError};
    /// # fn example<N: Tensors>(network: &N, other: &mut N, path: &std::path::Path) -> Result<(), FileError> {
    /// use mlp_runtime::keep::Keep;
    ///
    /// network.save(path)?;
    /// other.load(path)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`FileError`] with the path: a folder that can't be written to, a full disk.
    #[cfg(feature = "std")]
    fn save(&self, path: impl AsRef<std::path::Path>) -> Result<(), FileError> {
        disk::save(path.as_ref(), |sink| self.write(&[], sink))
    }

    /// Loads a file; as [`read`](Self::read).
    ///
    /// # Errors
    /// [`FileError`] with the path, if the file can't be read or does not fit. Then nothing is changed.
    #[cfg(feature = "std")]
    fn load(&mut self, path: impl AsRef<std::path::Path>) -> Result<(), FileError> {
        disk::load(path.as_ref(), |file| read_file(self, file, Accepted::Values, &Map::default()))
    }

    /// Loads a file of another tool; as [`read_mapped`](Self::read_mapped).
    ///
    /// # Errors
    /// [`FileError`] with the path, if the file can't be read or does not fit. Then nothing is changed.
    #[cfg(feature = "std")]
    fn load_mapped(&mut self, path: impl AsRef<std::path::Path>, map: &Map<'_>) -> Result<(), FileError> {
        disk::load(path.as_ref(), |file| read_file(self, file, Accepted::Values, map))
    }

    /// [`load`](Self::load), which also rounds numbers of the type F64 to `f32`, ties to even.
    ///
    /// # Errors
    /// As [`load`](Self::load), but for number types.
    #[cfg(feature = "std")]
    fn load_rounded(&mut self, path: impl AsRef<std::path::Path>) -> Result<(), FileError> {
        disk::load(path.as_ref(), |file| read_file(self, file, Accepted::Rounded, &Map::default()))
    }
}

impl<T: Tensors> Keep for T {}

/// Writes a file in one pass; as [`Keep::write`].
///
/// # Errors
/// As [`Keep::write`].
pub fn write<T: Listed, E>(
    of: &T,
    metadata: &[(&str, Value<'_>)],
    sink: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), SaveError<E>> {
    write::write(&[Part::new("", of)], &[of], Pairs { own: &[], user: metadata }, sink)
}

impl File<'_> {
    /// Reads the numbers of a network; as [`Keep::read`].
    ///
    /// # Errors
    /// As [`Keep::read`].
    pub fn read_into(&self, of: &mut impl Listed) -> Result<(), LoadError> {
        read_file(of, self, Accepted::Values, &Map::default())
    }
}

fn read_file<T: Listed>(
    of: &mut T,
    file: &File<'_>,
    accepted: Accepted,
    map: &Map<'_>,
) -> Result<(), LoadError> {
    let parts = [Part::new("", of)];
    read::check(file, &parts, accepted, map)?;
    read::fill(file, &parts, &mut [of], accepted, map);
    Ok(())
}
