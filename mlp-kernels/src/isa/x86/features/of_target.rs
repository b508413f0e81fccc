//! Features of the target that the program is compiled for.

/// Whether all processors of the target have all these features.
macro_rules! has {
    ($($feature:tt),*) => { cfg!(all($(target_feature = $feature),*)) };
}

pub(super) use has;

/// Whether the registers of SSE2 serve few processors: SSE2 may be all that there is.
pub(super) const SSE2_IS_RARE: bool = false;
