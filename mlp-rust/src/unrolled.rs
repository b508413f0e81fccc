//! Steps written out number by number, where a network is small or `unroll always` asks for it: the same
//! operations in the same order as the kernels perform them.

use mlp_dsl::{
    formula::Formula,
    ir::{array::Op, equation::EquationId},
    number::Arithmetic,
    shape::Shape,
};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Context, size};

impl Context<'_> {
    /// A step that fills an array, written out; `None` where a kernel is to do it.
    pub(super) fn unrolled(&self, name: &Ident, shape: Shape, op: &Op) -> Option<TokenStream> {
        if !self.plan.unrolled {
            return None;
        }
        match op {
            Op::Pointwise(formula) => Some(self.unrolled_formula(name, shape, formula)),
            Op::VectorMatrix(x, w) | Op::MatrixVector(w, x) => {
                let by_rows = matches!(op, Op::MatrixVector(..));
                // A transposed matrix is read where it stands.
                let (w, flipped) = match self.derivation.equation(*w).op {
                    Op::Transpose(original) => (original, true),
                    _ => (*w, false),
                };
                Some(self.unrolled_product(name, shape, *x, w, by_rows != flipped))
            }
            _ => None,
        }
    }

    /// total += a bᵀ, written out; `None` where a kernel is to do it.
    pub(super) fn unrolled_outer(
        &self,
        total: &TokenStream,
        first: &TokenStream,
        [a, b]: [EquationId; 2],
    ) -> Option<TokenStream> {
        if !self.plan.unrolled {
            return None;
        }
        let (rows, columns) = (self.derivation.shape(a).count(), self.derivation.shape(b).count());
        let (a, b) = (self.names.of(a), self.names.of(b));
        let mut code = TokenStream::new();
        for place in places(Shape::Matrix(rows, columns)).iter().zip(0..) {
            let (place, number): (_, usize) = place;
            let (i, j) = (size(number / columns.max(1)), size(number % columns.max(1)));
            let sum = quote!(if #first { 0.0 } else { #total #place });
            code.extend(match self.derivation.header.arithmetic {
                Arithmetic::Separate => quote!(#total #place = (#sum) + #a[#i] * #b[#j];),
                Arithmetic::Fused => quote!(#total #place = __isa.multiply_add(#a[#i], #b[#j], #sum);),
            });
        }
        Some(code)
    }

    fn unrolled_formula(&self, name: &Ident, shape: Shape, formula: &Formula) -> TokenStream {
        let (functions, constants) = (quote!(functions), quote!(constants));
        let printer = self.printer(&functions, &constants);
        let scalar = |leaf: u32| self.derivation.shape(EquationId(leaf)) == Shape::Scalar;
        let mut code = TokenStream::new();
        let mut fixed = TokenStream::new();
        for place in places(shape) {
            let leaf = |leaf: u32| {
                let value = self.leaf(leaf);
                if scalar(leaf) { value } else { quote!(#value #place) }
            };
            let (before, statements, value) = printer.in_loop(formula, &leaf, &scalar);
            fixed = before;
            code.extend(quote!({ #statements #name #place = #value; }));
        }
        quote!(#fixed #code)
    }

    fn unrolled_product(
        &self,
        name: &Ident,
        shape: Shape,
        x: EquationId,
        w: EquationId,
        by_rows: bool,
    ) -> TokenStream {
        let inner = self.derivation.shape(x).count();
        let (x, w) = (self.names.of(x), self.names.of(w));
        let mut code = TokenStream::new();
        for result in (0..shape.count()).map(size) {
            let product = |index: usize| {
                let index = size(index);
                // The kernels multiply in this order, too; the product is the same either way.
                if by_rows {
                    (quote!(#w[#result][#index]), quote!(#x[#index]))
                } else {
                    (quote!(#x[#index]), quote!(#w[#index][#result]))
                }
            };
            let (a, b) = product(0);
            code.extend(quote!(#name[#result] = #a * #b;));
            code.extend((1..inner).map(product).map(|(a, b)| match self.derivation.header.arithmetic {
                Arithmetic::Separate => quote!(#name[#result] = #name[#result] + #a * #b;),
                Arithmetic::Fused => {
                    quote!(#name[#result] = __isa.multiply_add(#a, #b, #name[#result]);)
                }
            }));
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
