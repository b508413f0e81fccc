//! Files by path: written beside and renamed, read as a whole.

use core::fmt;
use std::ffi::OsString;
use std::fs::{self, File as Handle, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::sync::atomic::{AtomicU64, Ordering};
use std::vec::Vec;

use super::checkpoint::Progress;
use super::error::LoadError;
use super::file::File;
use super::write::SaveError;
use crate::network::Trainable;
use mlp_tensors::safetensors::header_length;

/// A file was not saved or not loaded. Memory and the file at the path are as they were before.
#[derive(Debug)]
pub struct FileError {
    /// The path.
    pub path: PathBuf,
    /// The reason.
    pub reason: Reason,
}

/// Why a file was not saved or loaded.
#[derive(Debug)]
pub enum Reason {
    /// The file system refuses.
    System(io::Error),
    /// The file is damaged, or one of something else.
    Contents(LoadError),
    /// Names or metadata can't be written; the error has the reason.
    Names(SaveError<io::Error>),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        match &self.reason {
            Reason::System(error) => write!(f, "{error}"),
            Reason::Contents(error) => write!(f, "{error}"),
            Reason::Names(error) => write!(f, "{error}"),
        }
    }
}

impl core::error::Error for FileError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(match &self.reason {
            Reason::System(error) => error,
            Reason::Contents(error) => error,
            Reason::Names(error) => error,
        })
    }
}

/// A run that was resumed.
#[derive(Clone, Debug, PartialEq)]
pub struct Resumed {
    /// How far it is.
    pub progress: Progress,
    /// The metadata of the user, in the order of the file.
    pub metadata: Vec<(String, String)>,
}

impl Resumed {
    /// The value of a key of the metadata.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.metadata.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
    }
}

/// Reads a checkpoint; as [`File::resume`].
///
/// # Errors
/// [`FileError`] with the path, if the file can't be read or is no checkpoint of a network with the same layout. Then nothing
/// is changed.
pub fn resume<N: Trainable>(
    path: impl AsRef<Path>,
    network: &mut N,
    optimizer: &mut N::Optimizer,
) -> Result<Resumed, FileError> {
    load(path.as_ref(), |file| {
        let progress = file.resume(network, optimizer)?;
        let own = |key: &String| key.starts_with(super::write::OWN);
        let pairs = file.all_metadata().map(|(key, value)| (key.to_string(), value.to_string()));
        Ok(Resumed { progress, metadata: pairs.filter(|(key, _)| !own(key)).collect() })
    })
}

/// Loads a file and gives it to `read`.
///
/// # Errors
/// [`FileError`] with the path, if the file can't be read or damaged, or with the error of `read`.
pub fn load<T>(path: &Path, read: impl FnOnce(&File<'_>) -> Result<T, LoadError>) -> Result<T, FileError> {
    let failed = |reason| FileError { path: path.to_path_buf(), reason };
    let bytes = bytes(path).map_err(failed)?;
    File::parse(&bytes).and_then(|file| read(&file)).map_err(|error| failed(Reason::Contents(error)))
}

/// The bytes of a file. Its first bytes are looked at before memory is taken for the rest.
fn bytes(path: &Path) -> Result<Vec<u8>, Reason> {
    let mut file = Handle::open(path).map_err(Reason::System)?;
    let about = file.metadata().map_err(Reason::System)?;
    if !about.is_file() {
        return Err(Reason::System(io::Error::new(ErrorKind::InvalidInput, "this is no regular file")));
    }
    let mut bytes = Vec::new();
    Read::take(&mut file, 8).read_to_end(&mut bytes).map_err(Reason::System)?;
    if let Some(length) = bytes.first_chunk() {
        header_length(*length).map_err(|error| Reason::Contents(error.into()))?;
    }
    let reserved = usize::try_from(about.len()).ok().and_then(|count| bytes.try_reserve_exact(count).ok());
    if reserved.is_none() {
        return Err(Reason::System(ErrorKind::OutOfMemory.into()));
    }
    file.read_to_end(&mut bytes).map_err(Reason::System)?;
    Ok(bytes)
}

/// Takes the bytes of a file, some at a time.
type Sink<'s> = &'s mut dyn FnMut(&[u8]) -> io::Result<()>;

/// Writes a file beside the one at `path`, and renames it: what `write` writes to the sink that it gets. After an error the
/// file at the path is as it was.
///
/// # Errors
/// [`FileError`] with the path, if it can't be written.
pub fn save(
    path: &Path,
    write: impl FnOnce(Sink<'_>) -> Result<(), SaveError<io::Error>>,
) -> Result<(), FileError> {
    write_beside(path, write).map_err(|error| {
        let reason = match error {
            SaveError::Sink(error) => Reason::System(error),
            names => Reason::Names(names),
        };
        FileError { path: path.to_path_buf(), reason }
    })
}

fn write_beside(
    path: &Path,
    write: impl FnOnce(Sink<'_>) -> Result<(), SaveError<io::Error>>,
) -> Result<(), SaveError<io::Error>> {
    // A link stays one: the file that it names is replaced.
    let is_link = fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink());
    let target = if is_link { fs::canonicalize(path).map_err(SaveError::Sink)? } else { path.to_path_buf() };
    if fs::metadata(&target).is_ok_and(|about| !about.is_file()) {
        let error =
            io::Error::new(ErrorKind::InvalidInput, "there is something else than a file of that name");
        return Err(SaveError::Sink(error));
    }
    let beside = Beside::new(&target).map_err(SaveError::Sink)?;
    let mut writer = BufWriter::with_capacity(1 << 16, &beside.file);
    write(&mut |bytes| writer.write_all(bytes))?;
    writer.flush().map_err(SaveError::Sink)?;
    drop(writer);
    beside.rename(&target).map_err(SaveError::Sink)
}

/// A file that is removed unless it gets its name.
struct Beside {
    path: PathBuf,
    file: Handle,
    is_renamed: bool,
}

impl Beside {
    /// A new file in the folder of `target`. No other process, and no other call, uses its name.
    fn new(target: &Path) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let Some(name) = target.file_name() else {
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                "the path does not end with the name of a file",
            ));
        };
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let mut beside = OsString::from(".");
            beside.push(name);
            beside.push(std::format!(".{}.{count}.tmp", std::process::id()));
            let path = target.with_file_name(beside);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Beside { path, file, is_renamed: false }),
                // Left by a process that was killed, and whose number is used again.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives it its name, once its bytes are on the disk.
    fn rename(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        // Who may read the file that is replaced may read this one.
        if let Ok(about) = fs::metadata(target) {
            let _ = self.file.set_permissions(about.permissions());
        }
        fs::rename(&self.path, target)?;
        self.is_renamed = true;
        sync_folder(target);
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.is_renamed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Writes the new name to the disk, where folders can be written so. The file is whole in any case.
fn sync_folder(target: &Path) {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    if cfg!(unix)
        && let Ok(folder) = Handle::open(folder.unwrap_or(Path::new(".")))
    {
        let _ = folder.sync_all();
    }
}
