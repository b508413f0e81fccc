//! Products of vectors and matrices as calls of kernels.

use mlp_dsl::plan::{Descend, Form, Operand, Product, Storage};
use proc_macro2::TokenStream;
use quote::quote;

use super::Body;

impl Body<'_> {
    pub(super) fn product(&self, product: &Product) -> TokenStream {
        match product.form {
            Form::Kernel => self.sample_product(product),
            Form::Block => self.block_product(product),
            Form::Unrolled => self.unrolled_product(product),
        }
    }

    fn sample_product(&self, product: &Product) -> TokenStream {
        let fused = self.context.fused();
        let [x, w, y] = [&product.vector, &product.matrix, &product.result].map(|operand| self.name(operand));
        let bias = product.bias.map(|bias| {
            let name = self.name(&bias);
            quote!(#name)
        });
        let bias = option(bias);
        if product.by_rows {
            quote!(__isa.matrix_vector::<#fused, _, _, _>(#w, #x, #bias, #y);)
        } else {
            quote!(__isa.vector_matrix::<#fused, _, _, _>(#x, #w, #bias, #y);)
        }
    }

    fn block_product(&self, product: &Product) -> TokenStream {
        let (fused, x, y) = (self.context.fused(), self.rows(&product.vector), self.name(&product.result));
        let (w, bias) = (self.of_block(&product.matrix), product.bias.map(|bias| self.of_block(&bias)));
        let bias = option(bias);
        if product.by_rows {
            quote!(__isa.matrix_vectors::<#fused, _, _, _>(#w, #x, #bias, &mut __workspace.#y);)
        } else {
            quote!(__isa.vectors_matrix::<#fused, _, _, _>(#x, #w, #bias, &mut __workspace.#y);)
        }
    }

    /// A value that all samples of a block share.
    fn of_block(&self, operand: &Operand) -> TokenStream {
        let name = self.name(operand);
        match operand.storage {
            Storage::Workspace => quote!(&__workspace.#name),
            Storage::Input
            | Storage::Target
            | Storage::Parameter(_)
            | Storage::Gradient(_)
            | Storage::Setting(_)
            | Storage::StepNumber
            | Storage::State(_)
            | Storage::Local
            | Storage::Temporary => quote!(#name),
        }
    }

    /// total += a bᵀ, or the sum over the samples of a block.
    pub(super) fn add_outer(
        &self,
        form: Form,
        first: &TokenStream,
        total: &Operand,
        [a, b]: &[Operand; 2],
    ) -> TokenStream {
        let (fused, field) = (self.context.fused(), self.field(total));
        if form == Form::Block {
            let (a, b) = (self.rows(a), self.rows(b));
            quote!(__isa.add_outers::<#fused, _, _, _>(#first, __samples, &mut #field, #a, #b);)
        } else {
            let (a, b) = (self.name(a), self.name(b));
            quote!(__isa.add_outer::<#fused, _, _, _>(#first, &mut #field, #a, #b);)
        }
    }

    pub(super) fn descend(&self, descend: &Descend) -> TokenStream {
        let (fused, rate, [a, b]) = (self.context.fused(), self.name(&descend.rate), &descend.outer);
        if descend.block {
            let (w, total) = (self.field(&descend.result), self.field(&descend.total));
            let (a, b) = (self.rows(a), self.rows(b));
            return quote! {
                __isa.descend_outers::<#fused, _, _, _>(
                    __first, __samples, #rate, &mut #w, &mut #total, #a, #b,
                );
            };
        }
        let (a, b) = (self.name(a), self.name(b));
        let w = match descend.result.storage {
            Storage::Parameter(of) => Some(self.context.field(of)),
            Storage::Input
            | Storage::Target
            | Storage::Gradient(_)
            | Storage::Setting(_)
            | Storage::StepNumber
            | Storage::State(_)
            | Storage::Workspace
            | Storage::Local
            | Storage::Temporary => None,
        };
        quote!(__isa.descend_outer::<#fused, _, _, _>(#rate, &mut __trained.#w, #a, #b);)
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
