//! Features of the processor, detected when the program runs.

/// Whether the processor has all these features.
macro_rules! has {
    ($($feature:tt),*) => { $(std::arch::is_x86_feature_detected!($feature))&&* };
}

pub(super) use has;

/// Whether the registers of SSE2 serve few processors: most have wider ones.
pub(super) const SSE2_IS_RARE: bool = true;
