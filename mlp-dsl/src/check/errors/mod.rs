//! Errors in what a specification means: code, words and remedy of each.
//! The check hands over facts; sentences are written here.

mod attributes;
mod expect;
mod limits;
mod names;
mod shapes;
mod structure;
mod tables;
mod values;
mod weights;

pub(super) use attributes::*;
pub(super) use expect::*;
pub(crate) use limits::too_many_operations;
pub(super) use limits::*;
pub(crate) use names::name_is_generated;
pub(super) use names::*;
pub(super) use shapes::*;
pub(super) use structure::*;
pub(super) use tables::*;
pub(super) use values::*;
pub(super) use weights::*;
