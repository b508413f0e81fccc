//! The macro `mlp!`: a shell around the compiler. Tokens are laid out as text with a table back
//! to their places, the text is compiled, and the code or the mistakes come back as tokens.

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
/// Or a specification in a file: `mlp!(file = "networks/course.mlp")`, a path from the root of the
/// crate. A change of the file is a change of the crate.
///
/// The language is described in the project's reference; the generated types and methods carry
/// their own documentation. If the crate `mlp` has another name, begin with `crate = other_name;`.
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
