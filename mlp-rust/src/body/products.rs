//! Products of vectors and matrices as calls of kernels.

use mlp_dsl::plan::{Descend, Form, Operand, Product, Storage};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Body, loops::Loops, unrolled::Unrolled};

/// Prints the products of a body.
pub(super) struct Products<'b>(pub(super) &'b Body<'b>);

impl Products<'_> {
    pub(super) fn product(&self, product: &Product) -> TokenStream {
        match product.form {
            Form::Kernel => self.sample_product(product),
            Form::Block => self.block_product(product),
            Form::Unrolled => Unrolled(self.0).product(product),
        }
    }

    fn sample_product(&self, product: &Product) -> TokenStream {
        let fused = self.0.context.fused();
        let [x, w, y] =
            [&product.vector, &product.matrix, &product.result].map(|operand| self.0.name(operand));
        let bias = product.bias.map(|bias| {
            let name = self.0.name(&bias);
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
        let (fused, x) = (self.0.context.fused(), Loops(self.0).rows(&product.vector));
        let y = self.0.context.batch_field(product.result.value);
        let (w, bias) = (self.of_block(&product.matrix), product.bias.map(|bias| self.of_block(&bias)));
        let bias = option(bias);
        if product.by_rows {
            quote!(__isa.matrix_vectors::<#fused, _, _, _>(#w, #x, #bias, &mut #y);)
        } else {
            quote!(__isa.vectors_matrix::<#fused, _, _, _>(#x, #w, #bias, &mut #y);)
        }
    }

    /// A value that all samples of a block share.
    fn of_block(&self, operand: &Operand) -> TokenStream {
        let name = self.0.name(operand);
        match operand.storage {
            Storage::Workspace => {
                let field = self.0.context.batch_field(operand.value);
                quote!(&#field)
            }
            Storage::Input
            | Storage::Target
            | Storage::OutputGradient
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
        let (fused, field) = (self.0.context.fused(), self.0.field(total));
        if form == Form::Block {
            let (a, b) = (Loops(self.0).rows(a), Loops(self.0).rows(b));
            quote!(__isa.add_outers::<#fused, _, _, _>(#first, __samples, &mut #field, #a, #b);)
        } else {
            let (a, b) = (self.0.name(a), self.0.name(b));
            quote!(__isa.add_outer::<#fused, _, _, _>(#first, &mut #field, #a, #b);)
        }
    }

    pub(super) fn descend(&self, descend: &Descend) -> TokenStream {
        let (fused, rate, [a, b]) = (self.0.context.fused(), self.0.name(&descend.rate), &descend.outer);
        if descend.block {
            let (w, total) = (self.0.field(&descend.result), self.0.field(&descend.total));
            let (a, b) = (Loops(self.0).rows(a), Loops(self.0).rows(b));
            return quote! {
                __isa.descend_outers::<#fused, _, _, _>(
                    __first, __samples, #rate, &mut #w, &mut #total, #a, #b,
                );
            };
        }
        let (a, b) = (self.0.name(a), self.0.name(b));
        let w = match descend.result.storage {
            Storage::Parameter(of) => Some(self.0.context.field(of)),
            Storage::Input
            | Storage::Target
            | Storage::OutputGradient
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
