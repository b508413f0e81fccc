//! Features of the target that the program is compiled for.

/// Whether all processors of the target have all these features.
macro_rules! has {
    ($($feature:tt),*) => { cfg!(all($(target_feature = $feature),*)) };
}

pub(super) use has;
