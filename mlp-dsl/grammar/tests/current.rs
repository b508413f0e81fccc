//! The checked-in parser is the grammar's.

#[test]
fn the_parser_is_current() -> Result<(), Box<dyn std::error::Error>> {
    let checked_in = std::fs::read_to_string(mlp_grammar::folder().join("grammar.rs"))?;
    let same = checked_in == mlp_grammar::generate()?;
    assert!(same, "src/syntax/grammar.rs is stale: run `cargo run -p mlp-grammar`");
    Ok(())
}
