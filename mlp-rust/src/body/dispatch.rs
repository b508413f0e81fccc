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

/// A method whose body is a routine.
pub(crate) struct Signature {
    pub(crate) entry: Entry,
    /// Whether it changes the network.
    pub(crate) is_mutable: bool,
    /// Its parameters beside `self`.
    pub(crate) arguments: Vec<Argument>,
    /// The type of its result, if it has one.
    pub(crate) result: Option<TokenStream>,
}

impl Context<'_> {
    /// The body of a method: its routine, in which `self` is `__network`; dispatched where the plan says so.
    pub(crate) fn dispatched(&self, method: &Signature) -> TokenStream {
        let Signature { entry, is_mutable, arguments, result } = method;
        let code = self.body_or_call(*entry);
        if !self.plan.routine(*entry).is_some_and(|routine| routine.needs_isa) {
            return quote!(let __network = self; #code);
        }
        let (runtime, network) = (&self.runtime, &self.types.network);
        let names: Vec<_> = arguments.iter().map(|argument| format_ident!("{}", argument.name)).collect();
        let types = arguments.iter().map(|argument| &argument.ty);
        let own = is_mutable.then(|| quote!(mut));
        let output = result.clone().unwrap_or_else(|| quote!(()));
        let arrow = result.as_ref().map(|result| quote!(-> #result));
        quote! {
            struct __Run<'r> { __network: &'r #own #network, #(#names: #types),* }
            impl<'r> #runtime::WithIsa for __Run<'r> {
                type Output = #output;
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
