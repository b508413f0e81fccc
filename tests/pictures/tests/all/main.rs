//! Nothing in a picture overlaps: by its own places, and as a browser draws it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod hand;
mod measured;
