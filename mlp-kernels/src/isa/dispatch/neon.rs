//! NEON, which every AArch64 processor of the target has.

use super::neon::Neon;
use super::traits::WithIsa;

/// Runs a computation on NEON.
#[inline(always)]
pub fn dispatch<W: WithIsa>(with: W) -> W::Output {
    with.with_isa(Neon(()))
}
