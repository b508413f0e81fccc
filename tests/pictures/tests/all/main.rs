//! Nothing in a picture overlaps: by its own places, and as a browser draws it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod hand;
mod measured;
