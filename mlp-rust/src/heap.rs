//! Generated types on the heap. The runtime's macro does it, with the feature `alloc`, and checks that zeros are a
//! value of them; without the feature it does nothing.

use proc_macro2::TokenStream;
use quote::quote;

use super::Context;

impl Context<'_> {
    /// `boxed()` for all types; not for a file that stands alone, whose runtime has no heap.
    pub(super) fn boxed(&self) -> TokenStream {
        if self.standalone {
            return TokenStream::new();
        }
        let (d, runtime, types) = (self.derivation, &self.runtime, &self.types);
        let (network, workspace, trace) = (&types.network, &types.workspace, &types.trace);
        let fields: Vec<_> = d.parameters.iter().map(|p| self.field(p.equation)).collect();
        let rooms = self.plan.layout.workspace.iter().map(|field| self.names.of(field.value));
        let traced: Vec<_> =
            self.plan.layout.trace.iter().map(|field| self.trace_field(field.value)).collect();
        let gradients = d.loss.as_ref().map(|_| {
            let name = &types.gradients;
            let trained = d.parameters.iter().filter(|p| !p.frozen).map(|p| self.field(p.equation));
            quote!(#runtime::__mlp_boxed!(part #name { #(#trained),* });)
        });
        let optimizer = d.training.as_ref().map(|training| {
            let name = &types.optimizer;
            let fields = self.optimizer_fields(training);
            let names = fields.iter().map(|field| &field.name);
            let settings = fields.iter().filter(|field| field.is_setting);
            let settings = settings.map(|field| {
                let (name, value) = (&field.name, &field.value);
                quote!(#name = #value)
            });
            quote!(#runtime::__mlp_boxed!(part #name { #(#names),* } #(#settings),*);)
        });
        quote! {
            #runtime::__mlp_boxed!(network #network { #(#fields),* });
            #runtime::__mlp_boxed!(part #workspace { #(#rooms),* });
            #runtime::__mlp_boxed!(part #trace { #(#traced),* });
            #gradients
            #optimizer
        }
    }
}
