//! Names of files, and why one can't be read or written.

use std::{io, path::Path};

use crate::escape;

/// The file name as shown to the user.
pub(crate) fn shown_name(file: &Path) -> String {
    if is_standard(file) { "<stdin>".to_owned() } else { escape::line(&file.to_string_lossy()) }
}

/// Whether a file name means standard input or output.
pub(crate) fn is_standard(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// The reason of the operating system, without its error number.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}
