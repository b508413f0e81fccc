//! The guides are followed as a reader would.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;

use mlp_support::{cargo::Crate, guide::follow, root};

#[test]
fn a_reader_can_keep_stop_and_resume() {
    let page = fs::read_to_string(root().join("docs/guides/keep-stop-resume.md")).unwrap();
    assert_eq!(follow(&page, &Crate::new("curve", ""), None), (20, 6));
}
