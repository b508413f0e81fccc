//! The same networks three times: `through_macro`, `emitted` and `standalone`.
#![deny(warnings)]
#![allow(missing_docs, clippy::pedantic, reason = "the module names are the files' names")]

include!(concat!(env!("OUT_DIR"), "/networks.rs"));
include!(concat!(env!("OUT_DIR"), "/list.rs"));
