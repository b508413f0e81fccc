//! Entry points as routines of a machine: the runtime finds out which instructions the processor has
//! and runs code that was compiled for them.

use mlp_dsl::{
    ir::equation::EquationId,
    number::Arithmetic,
    plan::{Entry, Place, Step},
    shape::Shape,
};
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};

use super::Context;

/// A parameter of an entry point.
pub(super) struct Argument {
    name: &'static str,
    ty: TokenStream,
}

pub(super) fn argument(name: &'static str, ty: TokenStream) -> Argument {
    Argument { name, ty }
}

impl Context<'_> {
    /// The body of a method with these parameters beside `self`, which is `__network` in `code`: run on
    /// the best machine if it has anything to gain there.
    pub(super) fn method(
        &self,
        entry: Entry,
        own: &TokenStream,
        arguments: &[Argument],
        result: &TokenStream,
        code: &TokenStream,
    ) -> TokenStream {
        if !self.has_loops(entry) && !mentions_machine(code) {
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

    /// Whether loops over arrays are in it: they become code of vectors. What is written out number by
    /// number is the same on all machines.
    fn has_loops(&self, entry: Entry) -> bool {
        let is_array = |id: EquationId| self.derivation.shape(id) != Shape::Scalar;
        let computed = |step: &&Step| !matches!(step.place, Place::Given | Place::Fused);
        !self.plan.unrolled
            && self.plan.routine(entry).is_some_and(|routine| {
                routine.steps.iter().filter(computed).any(|step| is_array(step.equation))
            })
    }

    /// The arithmetic, as kernels are told it.
    pub(super) fn fused(&self) -> bool {
        self.derivation.header.arithmetic == Arithmetic::Fused
    }
}

/// Whether code asks something of the machine that it runs on.
fn mentions_machine(code: &TokenStream) -> bool {
    let mut open = vec![code.clone()];
    while let Some(tokens) = open.pop() {
        for token in tokens {
            match token {
                TokenTree::Ident(name) if name == "__isa" => return true,
                TokenTree::Group(group) => open.push(group.stream()),
                _ => {}
            }
        }
    }
    false
}
