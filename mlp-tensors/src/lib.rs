//! Files of named tensors.
//!
//! [`safetensors::File`] reads safetensors in place and takes no heap. With the feature `files`, [`list`] finds the tensors of
//! safetensors, `.npy` and `.npz` files, [`read`] reads their numbers, and [`write_safetensors`], [`write_npy`] and [`write_npz`] write them.
//! No call touches a file system, and none panics on any bytes.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(any(feature = "files", test))]
extern crate std;

mod dtype;
mod error;
mod excerpt;
#[cfg(feature = "files")]
mod files;
mod json;
mod metadata;
pub mod naming;
#[cfg(feature = "files")]
mod npy;
#[cfg(feature = "files")]
mod npz;
pub mod safetensors;
#[cfg(all(test, feature = "files"))]
mod tests;
pub mod widen;
#[cfg(feature = "files")]
mod write;

pub use dtype::Dtype;
pub use error::FormatError;
pub use excerpt::Excerpt;
#[cfg(feature = "files")]
pub use files::{Error, Format, Numbers, Problem, Stored, Tensor, list, read};
pub use json::Text;
#[cfg(feature = "files")]
pub use write::{write_npy, write_npz, write_safetensors};

/// The text of the module [`widen`], for programs that do without the crate.
#[cfg(feature = "source")]
pub const WIDEN: &str = include_str!("widen.rs");
