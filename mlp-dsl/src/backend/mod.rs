//! Printers of a derivation.

#[cfg(feature = "document")]
pub mod document;
pub mod rust;
#[cfg(feature = "document")]
pub mod summary;
#[cfg(feature = "document")]
pub mod values;
