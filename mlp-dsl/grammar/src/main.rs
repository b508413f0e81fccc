//! `cargo run -p mlp-grammar` makes the parser anew.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::fs::write(mlp_grammar::folder().join("grammar.rs"), mlp_grammar::generate()?)?;
    Ok(())
}
