//! Writes results to standard output, or to a file that is replaced atomically.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::{
    arguments::{Source, Target},
    failure::Failure,
    file::{is_standard, reason, shown_name},
};

/// Writes to standard output. Readers may close the pipe.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    print_bytes(text.as_bytes())
}

/// The same with bytes.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
        _ => Failure::usage(format!("can't write to standard output: {}", reason(&error)), ""),
    })
}

/// Writes warnings to the standard error. A closed one is ignored.
pub(crate) fn warn(message: &str) {
    let _ = writeln!(anstream::stderr(), "{message}");
}

/// Writes generated text to its destination, or compares it with the file there; `refresh` is the
/// command that writes the file.
pub(crate) fn deliver(text: &str, source: &Source, target: &Target, refresh: &str) -> Result<(), Failure> {
    let Some(output) = target.output.as_deref().filter(|output| !is_standard(output)) else {
        if target.check {
            return Err(Failure::usage("--check needs a file to compare with", "give it with -o FILE"));
        }
        return print(text);
    };
    let same = |a: &Path, b: &Path| Some(fs::canonicalize(a).ok()? == fs::canonicalize(b).ok()?);
    if same(&source.file, output) == Some(true) {
        let title = format!("{} is the specification itself", shown_name(output));
        return Err(Failure::usage(title, "give another file to -o"));
    }
    if target.check { compare(text, output, refresh) } else { write(text, output) }
}

fn compare(text: &str, output: &Path, refresh: &str) -> Result<(), Failure> {
    let name = shown_name(output);
    let help = format!("regenerate it with `{refresh}`");
    let mut there = Vec::new();
    let read = File::open(output).and_then(|file| file.take(text.len() as u64 + 1).read_to_end(&mut there));
    match read {
        Ok(_) if there == text.as_bytes() => Ok(()),
        Ok(_) => Err(Failure::specification(format!("{name} is not up to date"), &help)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Failure::specification(format!("{name} is missing"), &help))
        }
        Err(error) => Err(Failure::usage(format!("can't read {name}: {}", reason(&error)), "")),
    }
}

/// Writes a temporary file and renames it to `output`. A special file, such as `/dev/null`, is
/// written directly.
pub(crate) fn write(text: &str, output: &Path) -> Result<(), Failure> {
    write_bytes(text.as_bytes(), output)
}

/// The same with bytes.
pub(crate) fn write_bytes(bytes: &[u8], output: &Path) -> Result<(), Failure> {
    // A link stays a link: its target is replaced.
    let place = fs::canonicalize(output).unwrap_or_else(|_| output.to_owned());
    let old = fs::metadata(&place).ok();
    let written = match &old {
        Some(old) if !old.is_file() => {
            fs::OpenOptions::new().write(true).open(&place).and_then(|mut file| file.write_all(bytes))
        }
        _ => replace(bytes, &place, old.map(|old| old.permissions())),
    };
    written.map_err(|error| {
        Failure::usage(format!("can't write {}: {}", shown_name(output), reason(&error)), "")
    })
}

fn replace(bytes: &[u8], place: &Path, permissions: Option<fs::Permissions>) -> io::Result<()> {
    let folder = match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mlpc-");
    if let Some(permissions) = permissions.clone().or(default_permissions()) {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?; // the permissions of the old file, regardless of the mask
    }
    file.persist(place).map(drop).map_err(|error| error.error)
}

/// The permissions of a new file, before the user's mask; a temporary file has fewer.
#[cfg(unix)]
fn default_permissions() -> Option<fs::Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
fn default_permissions() -> Option<fs::Permissions> {
    None
}
