//! Generates `mlp-dsl/src/syntax/grammar.rs` from `mlp.pest`. It is done ahead of time, so that
//! users compile neither the generator of pest nor its dependencies. This crate does not depend on
//! mlp-dsl, so that it can replace a stale parser while mlp-dsl does not compile.

use std::path::PathBuf;

/// Where the grammar and the generated parser live.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../src/syntax")
}

/// The parser's code for the grammar as it is now.
pub fn generate() -> Result<String, Box<dyn std::error::Error>> {
    let grammar = folder().join("mlp.pest");
    let grammar = grammar.to_str().ok_or("the path of the grammar is not UTF-8")?;
    let tokens = pest_generator::derive_parser(
        quote::quote! {
            #[grammar = #grammar]
            pub(super) struct MlpParser;
        },
        false,
    );
    let code = prettyplease::unparse(&syn::parse2(tokens)?);
    let head = "// Generated from mlp.pest by `cargo run -p mlp-grammar`.";
    Ok(format!("{head}\n\npub(super) struct MlpParser;\n\n{code}"))
}
