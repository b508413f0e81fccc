//! Reads the weights file of `weights from "…";` in the user's crate.

use std::{
    fs,
    io::{self, ErrorKind},
    path::PathBuf,
};

use mlp_dsl::{
    limits,
    weights::{Files, Unread},
};
use proc_macro2::TokenStream;
use quote::quote;

/// The files of the crate, by their paths relative to the folder of the specification.
pub(crate) struct Crate {
    /// The folder, relative to the root of the crate; empty for the root.
    folder: String,
}

impl Crate {
    /// The files around a file of the crate.
    pub(crate) fn around(file: &str) -> Self {
        Crate { folder: file.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned() }
    }

    /// The files around a specification in `mlp! { … }`: relative to the root of the crate.
    pub(crate) fn root() -> Self {
        Crate { folder: String::new() }
    }

    /// The path relative to the root of the crate; `None` if it leads out of the crate.
    fn inside(&self, path: &str) -> Option<String> {
        let mut parts: Vec<&str> = Vec::new();
        for part in self.folder.split('/').chain(path.split('/')) {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()?),
                part => parts.push(part),
            }
        }
        Some(parts.join("/"))
    }

    /// The expression that includes the bytes of the file; with it, Cargo rebuilds the crate when the file changes.
    pub(crate) fn bytes(&self, path: &str) -> TokenStream {
        let path = self.inside(path).unwrap_or_default();
        quote!(::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #path)))
    }

    /// An item that makes Cargo test the crate again when the file changes.
    pub(crate) fn watched(&self, path: &str) -> TokenStream {
        let bytes = self.bytes(path);
        quote!(#[cfg(test)] const _: &[u8] = #bytes;)
    }
}

impl Files for Crate {
    fn read(&self, path: &str) -> Result<Vec<u8>, Unread> {
        let place = match self.folder.as_str() {
            "" => "the path is relative to the crate's root, the folder of its Cargo.toml".to_owned(),
            folder => format!("the path is relative to the specification, in `{folder}` of the crate"),
        };
        let Some(path) = self.inside(path) else {
            return Err(Unread { reason: "it is outside the crate".to_owned(), help: place });
        };
        let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
        let full = root.join(path);
        let unread = |error: io::Error| match error.kind() {
            ErrorKind::NotFound => Unread { reason: "there is no such file".to_owned(), help: place.clone() },
            _ => Unread { reason: error.to_string(), help: "make the file readable".to_owned() },
        };
        let about = fs::metadata(&full).map_err(&unread)?;
        if !about.is_file() || about.len() > limits::WEIGHT_BYTES {
            let what = if about.is_file() { "it is too large" } else { "it is not a regular file" };
            let help = format!("use a file of at most {} bytes", limits::WEIGHT_BYTES);
            return Err(Unread { reason: what.to_owned(), help });
        }
        fs::read(full).map_err(unread)
    }
}
