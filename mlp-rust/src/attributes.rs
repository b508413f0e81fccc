//! The attributes of a network → those of generated items.

use mlp_dsl::{
    attribute::{Attribute, Part, Place},
    never, span,
};
use proc_macro2::TokenStream;
use quote::quote;

/// The user's tokens in a part of the specification, with their places; `None` where its text is all there is.
pub type UserTokens<'s> = &'s dyn Fn(span::Span) -> Option<TokenStream>;

/// Attributes by the items that have them.
#[derive(Default)]
pub(crate) struct Attributes {
    /// Of the module and its export.
    pub(crate) code: Vec<TokenStream>,
    /// Of the network's type.
    pub(crate) network: Vec<TokenStream>,
    /// Of all types for users, the network's too.
    pub(crate) types: Vec<TokenStream>,
    /// The traits of serde that are asked for, each with the attribute of its condition.
    pub(crate) serde: Vec<(Option<TokenStream>, TokenStream)>,
}

impl Attributes {
    /// `own_serde` says that generated code implements the traits of serde by itself.
    pub(crate) fn new(attributes: &[Attribute], tokens: UserTokens<'_>, own_serde: bool) -> Self {
        let tokens = |part: &Part| tokens(part.span).unwrap_or_else(|| parsed(part));
        let mut all = Attributes::default();
        for Attribute { condition, place } in attributes {
            let condition = condition.as_ref().map(tokens);
            let written = |content: TokenStream| match &condition {
                Some(condition) => quote!(#[cfg_attr(#condition, #content)]),
                None => quote!(#[#content]),
            };
            match place {
                Place::Derived(traits) => {
                    let traits = traits.iter().map(tokens);
                    all.types.push(written(quote!(derive(#(#traits),*))));
                }
                Place::Serde(of) if own_serde => {
                    let only_if = condition.as_ref().map(|condition| quote!(#[cfg(#condition)]));
                    all.serde.push((only_if, tokens(of)));
                }
                Place::Serde(of) => {
                    let of = tokens(of);
                    all.types.push(written(quote!(derive(#of))));
                }
                Place::Code(part) => all.code.push(written(tokens(part))),
                Place::Network(part) => all.network.push(written(tokens(part))),
                Place::Types(part) => all.types.push(written(tokens(part))),
            }
        }
        all
    }
}

/// The tokens of a text. The check refuses what is not Rust.
fn parsed(part: &Part) -> TokenStream {
    match part.text.parse() {
        Ok(tokens) => tokens,
        Err(_) => {
            never!("`{}` is no text of Rust", part.text);
            TokenStream::new()
        }
    }
}
