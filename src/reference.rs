//! The language reference.
//!
//! [functions]: self::functions
#![doc = include_str!("../docs/reference.md")]

/// The elementary functions: error bounds, corners, ends.
///
/// [reference]: mod@crate::reference#granularity-and-arithmetic
#[doc = include_str!("../docs/functions.md")]
pub mod functions {}
