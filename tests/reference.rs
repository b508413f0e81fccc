//! Every example of the language reference compiles, or fails as it says.

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
        let found = match mlp_dsl::compile(text) {
            Ok(_) => Vec::new(),
            Err(diagnostics) => diagnostics.iter().map(|d| d.code).collect(),
        };
        let expected: Vec<&str> = code.split(',').skip(1).collect();
        assert_eq!(found, expected, "{text}");
    }
    assert!(count >= 10, "only {count} examples were found");
}
