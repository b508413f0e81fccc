//! The engine by itself: all machines, batches against single samples, and what calls refuse. Its bits are held against
//! compiled code by the random networks (`mlp-random`) and by `mlpc eval --as-executed`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod machines;
mod refused;
