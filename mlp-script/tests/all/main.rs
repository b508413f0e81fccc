//! Tests of the listings: CPython and Node run them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod bound;
mod examples;
mod printed;
mod run;
mod text;
