//! Every example of the language reference and of the changelog compiles, or fails with the diagnostic that is named.

use mlp_dsl::weights::{Files, Unread};

/// The files of weights of other tests.
struct Networks;

impl Files for Networks {
    fn read(&self, path: &str) -> Result<Vec<u8>, Unread> {
        let full = format!("{}/tests/memory/networks/{path}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(full).map_err(|error| Unread { reason: error.to_string(), help: String::new() })
    }
}

/// Compiles the blocks of a page that are marked `mlp`; returns their number.
fn compile_blocks(page: &str) -> usize {
    let mut count = 0;
    let mut blocks = page.split("\n```");
    blocks.next();
    while let (Some(block), _) = (blocks.next(), blocks.next()) {
        let (mark, text) = block.split_once('\n').unwrap_or_default();
        let Some(code) = mark.strip_prefix("mlp") else { continue };
        count += 1;
        let found = match mlp_dsl::Compilation::of(text, &Networks) {
            Ok(_) => Vec::new(),
            Err(diagnostics) => diagnostics.iter().map(|d| d.code).collect(),
        };
        let expected: Vec<&str> = code.split(',').skip(1).collect();
        assert_eq!(found, expected, "{text}");
    }
    count
}

#[test]
fn the_references_examples_compile() {
    let count = compile_blocks(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference.md")));
    assert!(count >= 10, "only {count} examples were found");
}

#[test]
fn the_changelogs_examples_compile() {
    assert_eq!(compile_blocks(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/CHANGELOG.md"))), 2);
}
