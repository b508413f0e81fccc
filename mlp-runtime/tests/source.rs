//! The modules' text, for code that stands without the crate.

#![allow(dead_code, unreachable_pub, reason = "the pasted modules are used in part")]

// Compiles only if the modules need no more than `core` and each other.
mod pasted;

use pasted::scalar::Scalar;

#[test]
fn pasted_modules_compute_the_same() {
    let mut ours = mlp_runtime::random::Stream::new(1, 2, "x");
    let mut pasted = pasted::random::Stream::new(1, 2, "x");
    for _ in 0..1000 {
        let (x, y) = (ours.uniform(-9.0, 9.0), pasted.uniform(-9.0, 9.0));
        assert_eq!(mlp_runtime::Scalar::exp(x).to_bits(), Scalar::exp(y).to_bits());
    }
}

#[cfg(feature = "source")]
#[test]
fn source_holds_the_modules_in_order() {
    let names: Vec<_> = mlp_runtime::SOURCE.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "arithmetic",
            "scalar",
            "functions",
            "special",
            "single",
            "kernels",
            "fused",
            "isa",
            "random",
            "weight_file",
            "batch",
            "class",
            "network"
        ]
    );
    for (name, text) in mlp_runtime::SOURCE {
        assert!(text.starts_with("//!"), "{name} does not start with its documentation");
        for foreign in ["crate::", "std::", "ndarray", "unsafe"] {
            assert!(!text.contains(foreign), "{name} mentions {foreign}");
        }
    }
}
