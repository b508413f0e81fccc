//! Plain Rust, for processors without vector registers and for safe code.

use super::portable::Portable;
use super::traits::WithIsa;

/// Runs a computation in plain Rust.
#[inline(always)]
pub fn dispatch<W: WithIsa>(with: W) -> W::Output {
    with.with_isa(Portable)
}
