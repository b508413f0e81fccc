//! The macro `mlp!`: turns tokens into text with a table of their spans, compiles the text, and returns
//! the code with its warnings, or the errors, as tokens.

mod file;
mod layout;
mod report;
mod runtime;
#[cfg(test)]
mod tests;
mod weights;

use file::File;
use layout::Layout;
use mlp_dsl::{
    Compilation,
    diagnostic::{Diagnostic, Diagnostics},
    names::Names,
    never,
    outline::outlines,
    syntax::ast::Ast,
};
use mlp_rust::{Options, Spans, UserTokens, weight_file};
use proc_macro2::{Ident, Span, TokenStream};
use weights::Crate;

/// Compiles a network: `mlp! { pub network Course: f64 { … } }`.
///
/// To compile a specification in a file, write `mlp!(file = "networks/course.mlp")`, with a path relative to
/// the root of the crate. Cargo rebuilds the crate when the file changes.
///
/// The reference of the project describes the language; the generated types and methods have
/// documentation.
///
/// If the crate `mlp` has another name, or only a re-export of it can be reached, start with its path:
/// `mlp! { crate = other_name; network … }`, `mlp!(crate = library::mlp; file = "networks/course.mlp")`. The path starts
/// with the name of a crate, or with `crate`, `$crate`, `self` or `super`.
#[proc_macro]
pub fn mlp(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(tokens.into()).into()
}

/// The code for a specification in tokens or in a file, and its warnings; for one with errors, a stub and a
/// `compile_error!` for each.
fn expand(tokens: TokenStream) -> TokenStream {
    let layout = Layout::new(tokens);
    if let Some(problem) = layout.problem {
        return problem;
    }
    match &layout.file {
        Some(file) => from_file(file, layout.runtime.as_ref()),
        None => from_tokens(&layout),
    }
}

fn from_tokens(layout: &Layout) -> TokenStream {
    let report = |found: &Diagnostic| report::report(found, layout);
    compile(&Source {
        text: &layout.text,
        files: Crate::root(),
        runtime: layout.runtime.as_ref(),
        spans: Some(&|span| layout.name_span(span)),
        tokens: Some(&|span| layout.attribute(span)),
        report: &report,
    })
}

fn from_file(file: &File, runtime: Option<&TokenStream>) -> TokenStream {
    let text = match file.text() {
        Ok(text) => text,
        Err(error) => return error,
    };
    let report = |found: &Diagnostic| file.report(found, &text);
    let files = Crate::around(file.path());
    let mut code = file.mention();
    code.extend(compile(&Source { text: &text, files, runtime, spans: None, tokens: None, report: &report }));
    code
}

/// A specification, and the place where it is.
struct Source<'s> {
    text: &'s str,
    /// The files of the crate.
    files: Crate,
    runtime: Option<&'s TokenStream>,
    /// The spans of its names, where they are tokens of the user: editors are told of them.
    spans: Option<Spans<'s>>,
    /// The user's tokens in an attribute.
    tokens: Option<UserTokens<'s>>,
    /// Turns an error into `compile_error!`, and a warning into one of rustc.
    report: &'s dyn Fn(&Diagnostic) -> TokenStream,
}

/// The code of the network, or a stub and the errors.
fn compile(source: &Source<'_>) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let ast = mlp_dsl::syntax::parse_with(source.text, normal, &mut diagnostics);
    let compiled = Compilation::of_ast(&ast, diagnostics, &source.files);
    compiled.and_then(|compiled| printed(source, &ast, &compiled)).unwrap_or_else(|diagnostics| {
        let mut code = mlp_rust::stub(&outlines(&ast, source.text), source.runtime, source.tokens);
        code.extend(diagnostics.iter().map(source.report));
        code
    })
}

/// The code of the network with its warnings, or a fault of the printer.
fn printed(source: &Source<'_>, ast: &Ast, compiled: &Compilation) -> Result<TokenStream, Vec<Diagnostic>> {
    let names = source.spans.map(|_| Names::of(ast));
    let options = Options {
        runtime: source.runtime.cloned(),
        standalone: false,
        public: false,
        spans: source.spans,
        tokens: source.tokens,
        hints: names.as_ref(),
        weights: weight_file(&compiled.derivation).map(|file| source.files.bytes(&file.path)),
    };
    let mut code = never::catch(|| mlp_rust::emit(compiled, &options)).map_err(|fault| vec![fault])?;
    let expects = compiled.derivation.header.expects.iter();
    code.extend(expects.filter_map(|expect| Some(source.files.watched(expect.path.as_deref()?))));
    code.extend(compiled.warnings.without_evaluation().iter().map(source.report));
    Ok(code)
}

/// A name in Unicode normal form C, to which rustc converts identifiers, including the macro's tokens.
fn normal(name: &str) -> String {
    if name.is_ascii() { name.to_owned() } else { Ident::new(name, Span::call_site()).to_string() }
}
