//! `cargo run -p mlp-grammar` generates the parser again.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::fs::write(mlp_grammar::folder().join("grammar.rs"), mlp_grammar::generate()?)?;
    Ok(())
}
