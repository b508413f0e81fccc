//! Printers of a derivation.

pub mod rust;
#[cfg(feature = "document")]
pub mod summary;
#[cfg(feature = "document")]
pub mod values;
