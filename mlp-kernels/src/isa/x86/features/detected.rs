//! Features of the processor, detected when the program runs.

/// Whether the processor has all these features.
macro_rules! has {
    ($($feature:tt),*) => { $(std::arch::is_x86_feature_detected!($feature))&&* };
}

pub(super) use has;
