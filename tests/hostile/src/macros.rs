//! Tokens through the macro's layout: as text, and back to their places.

use proc_macro2::TokenStream;

use super::{layout::Layout, report, text::check_places};

/// The layout of tokens as text is read as the same specification, and each error finds its tokens.
pub(crate) fn layout(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(tokens) = text.parse::<TokenStream>() else { return };
    let layout = Layout::new(tokens);
    if layout.file.is_some() || layout.problem.is_some() {
        return; // reads files
    }
    match mlp_dsl::Compilation::of(&layout.text, &mlp_dsl::weights::NoFiles) {
        Ok(compiled) => {
            let spans = |span: mlp_dsl::span::Span| layout.name_span(span);
            let tokens = |span: mlp_dsl::span::Span| layout.attribute(span);
            let options = mlp_rust::Options {
                runtime: layout.runtime.clone(),
                spans: Some(&spans),
                tokens: Some(&tokens),
                ..Default::default()
            };
            drop(mlp_rust::emit(&compiled, &options));
        }
        Err(found) => {
            check_places(&layout.text, &found);
            for diagnostic in &found {
                drop(report::report(diagnostic, &layout));
            }
        }
    }
}
