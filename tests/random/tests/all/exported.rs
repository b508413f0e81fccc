//! Random networks as ONNX models, read back.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use mlp_random::exported::campaign;

/// The longer campaign is in `docs/correctness.md`.
#[test]
fn models_are_read_back() {
    let folder = std::env::temp_dir().join(format!("mlp-exported-{}", std::process::id()));
    let found = campaign(0..24, &folder).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(found.wrong.is_empty() && found.refused.is_empty(), "{found}");
    assert_eq!(found.read_back, 24, "{found}");
    assert!(found.same >= 12, "{found}");
}
