//! Bodies that run on the best instruction set that the processor has: the runtime finds it and runs code that was
//! compiled for it.

use mlp_dsl::plan::Entry;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::Context;

/// A parameter of an entry point.
pub(crate) struct Argument {
    name: &'static str,
    ty: TokenStream,
}

pub(crate) fn argument(name: &'static str, ty: TokenStream) -> Argument {
    Argument { name, ty }
}

impl Context<'_> {
    /// The body of a method with these parameters beside `self`, which is `__network` in `code`: dispatched where
    /// the plan says so.
    pub(crate) fn method(
        &self,
        entry: Entry,
        own: &TokenStream,
        arguments: &[Argument],
        result: &TokenStream,
        code: &TokenStream,
    ) -> TokenStream {
        if !self.plan.routine(entry).is_some_and(|routine| routine.needs_isa) {
            return quote!(let __network = self; #code);
        }
        let (runtime, network) = (&self.runtime, &self.types.network);
        let names: Vec<_> = arguments.iter().map(|argument| format_ident!("{}", argument.name)).collect();
        let types = arguments.iter().map(|argument| &argument.ty);
        let arrow = (result.to_string() != "()").then(|| quote!(-> #result));
        quote! {
            struct __Run<'r> { __network: &'r #own #network, #(#names: #types),* }
            impl<'r> #runtime::WithIsa for __Run<'r> {
                type Output = #result;
                #[inline(always)]
                fn with_isa<__I: #runtime::Isa>(self, __isa: __I) #arrow {
                    let Self { __network, #(#names),* } = self;
                    #code
                }
            }
            #runtime::dispatch(__Run { __network: self, #(#names),* })
        }
    }

    /// Whether a product and the sum that it is added to are rounded once, as kernels take it.
    pub(crate) fn fused(&self) -> bool {
        self.derivation.header.arithmetic == mlp_dsl::number::Arithmetic::Fused
    }
}
