//! Turns generated types into types with `boxed()`, made on the heap: by a macro of the runtime, which checks that
//! memory of zeros is a value of the type, and which does nothing without the feature `alloc`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::surface::{Kind, print::Printer};

/// `boxed()` for all types of a network.
pub(super) fn boxed(printer: &Printer<'_>) -> TokenStream {
    let runtime = printer.runtime;
    let parts = printer.surface.exported().map(|part| {
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

/// The same for a stub, whose types may not be zeros.
pub(super) fn boxed_stub(printer: &Printer<'_>) -> TokenStream {
    let runtime = printer.runtime;
    let parts = printer.surface.exported().map(|part| {
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

/// The macro's word for a type.
fn word(kind: Kind) -> TokenStream {
    match kind {
        Kind::Network => quote!(network),
        Kind::Gradients | Kind::Optimizer | Kind::Workspace | Kind::BatchWorkspace | Kind::Trace => {
            quote!(part)
        }
    }
}
