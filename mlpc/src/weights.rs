//! Reads the weights file of `weights from "…";`, relative to the specification.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use mlp_dsl::{
    limits,
    weights::{Files, Unread},
};

use crate::file::{is_standard, reason};

/// The files around a specification.
pub(crate) struct Beside {
    folder: PathBuf,
}

impl Beside {
    /// The files around this one; for standard input, those of the current folder.
    pub(crate) fn new(specification: &Path) -> Self {
        let folder = if is_standard(specification) { None } else { specification.parent() };
        Beside { folder: folder.unwrap_or(Path::new("")).to_owned() }
    }

    /// The files around the file of a URI.
    pub(crate) fn uri(uri: &str) -> Self {
        let path = uri.strip_prefix("file://").unwrap_or_default();
        // `file:///c%3A/nets/course.mlp` is a file on a drive.
        let path = decoded(path);
        let disk = cfg!(windows) && path.as_bytes().get(2) == Some(&b':');
        Beside::new(Path::new(if disk { path.trim_start_matches('/') } else { &path }))
    }
}

impl Files for Beside {
    fn read(&self, path: &str) -> Result<Vec<u8>, Unread> {
        let full = self.folder.join(path);
        let unread = |error: std::io::Error| Unread {
            reason: reason(&error),
            help: match error.kind() {
                ErrorKind::NotFound => "the path is relative to the specification",
                _ => "make the file readable",
            }
            .to_owned(),
        };
        let about = fs::metadata(&full).map_err(unread)?;
        if !about.is_file() || about.len() > limits::WEIGHT_BYTES {
            let what = if about.is_file() { "it is too large" } else { "it is not a regular file" };
            let help = format!("use a file of at most {} bytes", limits::WEIGHT_BYTES);
            return Err(Unread { reason: what.to_owned(), help });
        }
        fs::read(full).map_err(unread)
    }
}

/// A URI's path with percent escapes such as `%20` decoded.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.first_chunk::<2>().filter(|_| *first == b'%');
        let byte = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The path of a weights file, relative to the folder of the file that includes it: if both are on one drive, it
/// contains no folder above their common one.
pub(crate) fn from_output(specification: &Path, output: Option<&Path>, path: &str) -> String {
    let folder_of = |file: &Path| file.parent().map(Path::to_owned).unwrap_or_default();
    let beside = if is_standard(specification) { PathBuf::new() } else { folder_of(specification) };
    let Some(output) = output.filter(|output| !is_standard(output)) else { return path.to_owned() };
    let real = |folder: &Path| {
        fs::canonicalize(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).ok()
    };
    let (Some(here), Some(there)) = (real(&folder_of(output)), real(&beside)) else { return path.to_owned() };
    let common = here.iter().zip(there.iter()).take_while(|(a, b)| a == b).count();
    let up = here.iter().skip(common).map(|_| "..".to_owned());
    let down = there.iter().skip(common).map(|part| part.to_string_lossy().into_owned());
    up.chain(down).chain([path.to_owned()]).collect::<Vec<_>>().join("/")
}
