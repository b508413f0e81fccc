//! Turns the outline of a network whose specification has errors into a stub: the API with bodies that do nothing,
//! so that rustc reports the errors of the specification and none that only follow from them.

use mlp_dsl::{outline::Outline, span::Span};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::{
    UserTokens,
    bodies::sample_workspace,
    heap,
    surface::{
        Body, Constant, Method, Provided, Surface, Trait,
        print::{Bodies, Printer},
    },
    targets,
};

/// The stubs of the networks in a text with errors, as far as they are known.
pub fn stub(
    outlines: &[Outline],
    runtime: Option<&TokenStream>,
    tokens: Option<UserTokens<'_>>,
) -> TokenStream {
    let no_tokens = |_: Span| None;
    let tokens = tokens.unwrap_or(&no_tokens);
    let default = quote!(::mlp::__private);
    let runtime = runtime.unwrap_or(&default);
    outlines
        .iter()
        .filter(|outline| is_identifier(&outline.name))
        .map(|outline| one(outline, runtime, tokens))
        .collect()
}

fn one(outline: &Outline, runtime: &TokenStream, tokens: UserTokens<'_>) -> TokenStream {
    let surface = Surface::outlined(outline, tokens);
    let printer = Printer { surface: &surface, runtime, bodies: &Nothing };
    let (types, interface, boxed) = (printer.types(), printer.interface(), heap::boxed_stub(&printer));
    let traits = [
        Trait::Tensors,
        Trait::Network,
        Trait::Differentiable,
        Trait::Trainable,
        Trait::InputDifferentiable,
        Trait::PullBack,
    ];
    let traits = traits.map(|of| printer.implementation(of));
    let allowed = quote!(
        non_snake_case,
        non_camel_case_types,
        non_upper_case_globals,
        missing_docs,
        unused_variables,
        unused_imports,
        dead_code,
        clippy::all
    );
    let targets = targets::targets(&printer, true);
    printer.module(&allowed, &quote!(#types #interface #boxed #targets #(#traits)*))
}

/// Whether a word is one identifier.
fn is_identifier(word: &str) -> bool {
    let Ok(tokens) = word.parse::<TokenStream>() else { return false };
    let mut tokens = tokens.into_iter();
    matches!((tokens.next(), tokens.next()), (Some(TokenTree::Ident(_)), None))
}

/// Bodies that do nothing and return zeros.
struct Nothing;

impl Bodies for Nothing {
    fn method(&self, printer: &Printer<'_>, method: &Method) -> TokenStream {
        if method.body == Body::SampleWorkspace {
            return sample_workspace(printer);
        }
        method.result.as_ref().map(|result| printer.zero(result)).unwrap_or_default()
    }

    fn constant(&self, printer: &Printer<'_>, constant: &Constant) -> TokenStream {
        printer.zero(&constant.ty)
    }

    fn provided(&self, _: Provided) -> TokenStream {
        TokenStream::new()
    }
}
