//! The same networks three times: `through_macro`, `emitted` and `standalone`.
#![deny(warnings)]
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::pedantic,
    reason = "the module names are the files' names"
)]

include!(concat!(env!("OUT_DIR"), "/networks.rs"));
include!(concat!(env!("OUT_DIR"), "/list.rs"));

pub mod forced;

/// Networks that run on the machine which [`forced`] is told.
pub mod machines {
    include!(concat!(env!("OUT_DIR"), "/machines.rs"));
}

/// Calls `each_network!`, which must be there, with the names of those networks.
#[macro_export]
macro_rules! with_each_network {
    () => {
        include!(concat!(env!("OUT_DIR"), "/machine_list.rs"));
    };
}
