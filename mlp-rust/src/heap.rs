//! Turns generated types into types with `boxed()`, made on the heap: by a macro of the runtime, which checks that
//! memory of zeros is a value of the type, and which does nothing without the feature `alloc`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::surface::{Kind, Struct, Type, print::Printer};

/// `boxed()` for all types of a network.
pub(super) fn boxed(printer: &Printer<'_>) -> TokenStream {
    let runtime = printer.runtime;
    let parts = boxed_types(printer).map(|part| {
        let (word, name) = (word(part.kind), printer.name(part.kind));
        let fields = part.fields.iter().map(|field| &field.name);
        let settings = part.fields.iter().filter(|field| field.setting.is_some()).map(|field| {
            let (name, value) = (&field.name, printer.first(field));
            quote!(#name = #value)
        });
        quote!(#runtime::__mlp_boxed!(#word #name { #(#fields),* } #(#settings),*);)
    });
    quote!(#(#parts)*)
}

/// The traits of serde for what is saved: by a macro that does nothing without the feature `serde`. A trait that the
/// specification asks for is an error without it.
pub(super) fn serde(printer: &Printer<'_>) -> TokenStream {
    let runtime = printer.runtime;
    let saved = |kind| matches!(kind, Kind::Network | Kind::Gradients | Kind::Optimizer);
    let parts = printer.surface.exported().filter(|part| saved(part.kind)).map(|part| {
        let name = printer.name(part.kind);
        let settings = part.fields.iter().filter(|field| field.setting.is_some()).map(|field| {
            let (name, text) = (&field.name, field.name.to_string());
            let text = text.trim_start_matches("r#");
            quote!(#name = #text)
        });
        let steps = part.fields.iter().any(|field| field.ty == Type::Whole).then_some("steps");
        quote!(#runtime::__mlp_serde!(#name { #(#settings),* } #steps);)
    });
    let asked = printer.surface.attributes.serde.iter().map(|(condition, of)| {
        let place = of.clone().into_iter().last().map_or(Span::call_site(), |token| token.span());
        let needed = quote_spanned!(place=> #runtime::needs_serde::<()>);
        quote!(#condition const _: fn() = #needed;)
    });
    quote!(#(#parts)* #(#asked)*)
}

/// The same for a stub, whose types may not be zeros.
pub(super) fn boxed_stub(printer: &Printer<'_>) -> TokenStream {
    let runtime = printer.runtime;
    let parts = boxed_types(printer).map(|part| {
        let (word, name) = (word(part.kind), printer.name(part.kind));
        quote!(#runtime::__mlp_boxed!(#word stub #name);)
    });
    quote!(#(#parts)*)
}

/// Memory on the stack with any contents is a value of the workspace of one sample and of the gradients; checked by a macro
/// of the runtime.
pub(super) fn scratch(printer: &Printer<'_>) -> TokenStream {
    let runtime = printer.runtime;
    let is_scratch = |kind: Kind| matches!(kind, Kind::Workspace | Kind::Gradients);
    let parts = printer.surface.exported().filter(|part| is_scratch(part.kind)).map(|part| {
        let (name, fields) = (printer.name(part.kind), part.fields.iter().map(|field| &field.name));
        quote!(#name { #(#fields),* })
    });
    quote!(#runtime::__mlp_scratch!(#(#parts)*);)
}

/// The types with `boxed()`: not those of a sample.
fn boxed_types<'p>(printer: &'p Printer<'_>) -> impl Iterator<Item = &'p Struct> {
    printer.surface.exported().filter(|part| !part.kind.is_of_sample())
}

/// The macro's word for a type.
fn word(kind: Kind) -> TokenStream {
    match kind {
        Kind::Network => quote!(network),
        Kind::Gradients
        | Kind::Optimizer
        | Kind::Workspace
        | Kind::BatchWorkspace
        | Kind::Trace
        | Kind::Target
        | Kind::Heads => quote!(part),
    }
}
