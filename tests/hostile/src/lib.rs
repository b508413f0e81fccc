//! What is done with a hostile text: each target takes any bytes and panics where a promise is broken.
//! `fuzz/` drives them guided by coverage, `tests/corpus.rs` runs what the fuzzer found once more.

#![allow(clippy::panic, clippy::expect_used, reason = "a target fails by panicking")]

#[allow(dead_code, reason = "what reads files is no target")]
#[path = "../../../mlp-macros/src/file.rs"]
mod file;
#[path = "../../../mlp-macros/src/layout.rs"]
mod layout;
#[path = "../../../mlp-macros/src/report.rs"]
mod report;
#[path = "../../../mlp-macros/src/runtime.rs"]
mod runtime;
#[allow(dead_code, reason = "what reads files is no target")]
#[path = "../../../mlp-macros/src/weights.rs"]
mod weights;

mod arrays;
mod editor;
pub mod kept;
mod macros;
mod models;
mod tables;
mod text;

/// A target: it takes any bytes.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: [(&str, Target); 9] = [
    ("parser", text::parser),
    ("pipeline", text::pipeline),
    ("formatter", text::formatter),
    ("macro_layout", macros::layout),
    ("language_server", editor::language_server),
    ("kept", kept::kept),
    ("arrays", arrays::arrays),
    ("tables", tables::tables),
    ("models", models::models),
];

/// Runs the target of this name.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    (target.expect("a target of this name").1)(data);
}

/// The tree of a text, without places; none where the text has syntax errors.
pub fn tree(text: &str) -> Option<String> {
    let mut found = mlp_dsl::diagnostic::Diagnostics::default();
    let debug = format!("{:?}", mlp_dsl::syntax::parse(text, &mut found));
    if !found.is_empty() {
        return None;
    }
    let mut out = String::new();
    let mut rest = debug.as_str();
    while let Some((before, behind)) = rest.split_once("Span {") {
        out.push_str(before);
        rest = behind.split_once('}').map_or("", |(_, behind)| behind);
    }
    Some(out + rest)
}
