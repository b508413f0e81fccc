//! Every example of the language reference compiles, or fails as it says.

use mlp_dsl::weights::{Files, Unread};

/// The files of weights that other tests have.
struct Networks;

impl Files for Networks {
    fn read(&self, path: &str) -> Result<Vec<u8>, Unread> {
        let full = format!("{}/tests/memory/networks/{path}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(full).map_err(|error| Unread { reason: error.to_string(), help: String::new() })
    }
}

#[test]
fn the_references_examples_compile() {
    let reference = include_str!("../docs/reference.md");
    let mut count = 0;
    let mut blocks = reference.split("\n```");
    blocks.next();
    while let (Some(block), _) = (blocks.next(), blocks.next()) {
        let (mark, text) = block.split_once('\n').unwrap_or_default();
        let Some(code) = mark.strip_prefix("mlp") else { continue };
        count += 1;
        let found = match mlp_dsl::compile_with(text, &Networks) {
            Ok(_) => Vec::new(),
            Err(diagnostics) => diagnostics.iter().map(|d| d.code).collect(),
        };
        let expected: Vec<&str> = code.split(',').skip(1).collect();
        assert_eq!(found, expected, "{text}");
    }
    assert!(count >= 10, "only {count} examples were found");
}
