//! The macro `mlp!`: turns tokens into text with a table of their spans, compiles the text, and returns
//! the code or the errors as tokens.

mod file;
mod layout;
mod report;
#[cfg(test)]
mod tests;
mod weights;

use layout::Layout;
use mlp_dsl::{diagnostic::Diagnostics, names::Names};
use mlp_rust::weight_file;
use proc_macro2::TokenStream;
use weights::Crate;

/// Compiles a network: `mlp! { pub network Course: f64 { … } }`.
///
/// To compile a specification in a file, write `mlp!(file = "networks/course.mlp")`, with a path relative to
/// the root of the crate. Cargo rebuilds the crate when the file changes.
///
/// The reference of the project describes the language; the generated types and methods have
/// documentation. If the crate `mlp` has another name, start with `crate = other_name;`.
#[proc_macro]
pub fn mlp(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(tokens.into()).into()
}

/// The code for a specification in tokens; for one with errors, a stub and a `compile_error!` for each.
fn expand(tokens: TokenStream) -> TokenStream {
    let layout = Layout::new(tokens);
    if let Some(file) = &layout.file {
        return file.expand(layout.runtime.as_ref());
    }
    let mut diagnostics = Diagnostics::default();
    let ast = mlp_dsl::syntax::parse(&layout.text, &mut diagnostics);
    let files = Crate::root();
    match mlp_dsl::derive_with(&ast, diagnostics, &files) {
        Ok(derivation) => {
            let names = Names::of(&ast);
            let spans = |span: mlp_dsl::span::Span| layout.name_span(span);
            let options = mlp_rust::Options {
                runtime: layout.runtime.clone(),
                standalone: false,
                spans: Some(&spans),
                spelled: Some(&names),
                weights: weight_file(&derivation).map(|file| files.bytes(&file.path)),
            };
            mlp_rust::emit(&derivation, &options)
        }
        Err(diagnostics) => {
            let mut code = mlp_rust::stub(&layout.text, layout.runtime.as_ref());
            code.extend(diagnostics.iter().map(|diagnostic| report::compile_error(diagnostic, &layout)));
            code
        }
    }
}
