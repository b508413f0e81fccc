//! Instructions written out number by number: the same operations in the same order as the kernels perform them.

use mlp_dsl::{
    ir::equation::EquationId,
    number::Arithmetic,
    plan::{Assignment, Operand, Product},
    shape::Shape,
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Body, size};

/// Prints what a body writes out.
pub(super) struct Unrolled<'b>(pub(super) &'b Body<'b>);

impl Unrolled<'_> {
    pub(super) fn formula(&self, assignment: &Assignment) -> TokenStream {
        let (printer, name) = (self.0.printer(), self.0.name(&assignment.result));
        let is_scalar = |leaf: u32| self.0.context.derivation.shape(EquationId(leaf)) == Shape::Scalar;
        let mut code = TokenStream::new();
        let mut fixed = TokenStream::new();
        for place in places(assignment.result.shape) {
            let leaf = |leaf: u32| {
                let value = self.0.leaf(leaf);
                if is_scalar(leaf) { value } else { quote!(#value #place) }
            };
            let (before, statements, value) = printer.in_loop(&assignment.formula, &leaf, &is_scalar);
            fixed = before;
            code.extend(quote!({ #statements #name #place = #value; }));
        }
        quote!(#fixed #code)
    }

    pub(super) fn product(&self, product: &Product) -> TokenStream {
        let inner = product.vector.shape.count();
        let [x, w, y] =
            [&product.vector, &product.matrix, &product.result].map(|operand| self.0.name(operand));
        let mut code = TokenStream::new();
        for result in (0..product.result.shape.count()).map(size) {
            let factors = |index: usize| {
                let index = size(index);
                // The kernels multiply in this order, too; the product is the same either way.
                if product.by_rows {
                    (quote!(#w[#result][#index]), quote!(#x[#index]))
                } else {
                    (quote!(#x[#index]), quote!(#w[#index][#result]))
                }
            };
            let (a, b) = factors(0);
            code.extend(quote!(#y[#result] = #a * #b;));
            code.extend((1..inner).map(factors).map(
                |(a, b)| match self.0.context.derivation.header.arithmetic {
                    Arithmetic::Separate => quote!(#y[#result] = #y[#result] + #a * #b;),
                    Arithmetic::Fused => quote!(#y[#result] = __isa.multiply_add(#a, #b, #y[#result]);),
                },
            ));
        }
        code
    }

    /// total += a bᵀ
    pub(super) fn add_outer(
        &self,
        total: &TokenStream,
        first: &TokenStream,
        [a, b]: &[Operand; 2],
    ) -> TokenStream {
        let (rows, columns) = (a.shape.count(), b.shape.count());
        let (a, b) = (self.0.name(a), self.0.name(b));
        let mut code = TokenStream::new();
        for (number, place) in places(Shape::Matrix(rows, columns)).iter().enumerate() {
            let (i, j) = (size(number / columns.max(1)), size(number % columns.max(1)));
            let sum = quote!(if #first { 0.0 } else { #total #place });
            code.extend(match self.0.context.derivation.header.arithmetic {
                Arithmetic::Separate => quote!(#total #place = (#sum) + #a[#i] * #b[#j];),
                Arithmetic::Fused => quote!(#total #place = __isa.multiply_add(#a[#i], #b[#j], #sum);),
            });
        }
        code
    }
}

/// `[0]`, `[1]` … or `[0][0]`, `[0][1]` …
fn places(shape: Shape) -> Vec<TokenStream> {
    match shape {
        Shape::Scalar => vec![TokenStream::new()],
        Shape::Vector(n) => (0..n).map(size).map(|i| quote!([#i])).collect(),
        Shape::Matrix(rows, columns) => (0..rows)
            .flat_map(|row| (0..columns).map(move |column| (size(row), size(column))))
            .map(|(row, column)| quote!([#row][#column]))
            .collect(),
    }
}
