//! Start values from a file: its bytes stand in the program once, and are decoded in place.

use mlp_dsl::{
    ir::{Derivation, Parameter},
    model::Start,
    shape::Shape,
    weights::{Tensor, WeightFile},
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Context, size};

/// The file that a network's start values come from, if there is one.
pub fn weight_file(derivation: &Derivation) -> Option<&WeightFile> {
    derivation.parameters.iter().find_map(|parameter| match &parameter.start {
        Start::Loaded(tensor) => Some(&*tensor.file),
        _ => None,
    })
}

impl Context<'_> {
    /// The bytes of the file.
    pub(super) fn weight_file(&self) -> TokenStream {
        let Some(file) = weight_file(self.derivation) else { return TokenStream::new() };
        let (path, length, hash, runtime) = (&file.path, size(file.length()), file.hash(), &self.runtime);
        let bytes = match self.weight_bytes {
            Some(bytes) => bytes.clone(),
            None => quote!(::core::include_bytes!(#path)),
        };
        quote!(static __WEIGHT_FILE: &[u8] = #runtime::weight_file(#bytes, #length, #hash);)
    }

    /// The statement that sets a parameter of `of` to the numbers of its tensor.
    pub(super) fn load(&self, of: &TokenStream, parameter: &Parameter, tensor: &Tensor) -> TokenStream {
        let (field, at, runtime) = (self.field(parameter.equation), size(tensor.at), &self.runtime);
        let turned = if tensor.transposed { "_transposed" } else { "" };
        let load = format_ident!("load{turned}_{}", tensor.precision.rust());
        let place = match tensor.shape {
            Shape::Scalar => quote!(::core::slice::from_mut(&mut #of.#field)),
            Shape::Vector(_) => quote!(&mut #of.#field),
            Shape::Matrix(..) if tensor.transposed => quote!(&mut #of.#field),
            Shape::Matrix(..) => quote!(#of.#field.as_flattened_mut()),
        };
        quote!(#runtime::#load(__WEIGHT_FILE, #at, #place);)
    }

    /// The network with its start values as a constant, where they come from a file and none is drawn.
    pub(super) fn trained(&self) -> TokenStream {
        let d = self.derivation;
        let drawn = |p: &Parameter| matches!(p.start, Start::Uniform { .. } | Start::Normal { .. });
        if weight_file(d).is_none() || !self.plan.constant_start || d.parameters.iter().any(drawn) {
            return TokenStream::new();
        }
        let of = quote!(network);
        let statements = d.parameters.iter().map(|parameter| {
            let (field, shape) = (self.field(parameter.equation), self.shape(parameter));
            match &parameter.start {
                Start::Loaded(tensor) => self.load(&of, parameter, tensor),
                Start::Fill(value) => {
                    let value = crate::body::formula::literal(*value, d.header.precision);
                    let value = match shape {
                        Shape::Scalar => value,
                        Shape::Vector(n) => {
                            let n = size(n);
                            quote!([#value; #n])
                        }
                        Shape::Matrix(rows, columns) => {
                            let (rows, columns) = (size(rows), size(columns));
                            quote!([[#value; #columns]; #rows])
                        }
                    };
                    quote!(network.#field = #value;)
                }
                _ => self.start(&of, parameter),
            }
        });
        quote! {
            /// The network with the specification's start values. A `static` with this value is in read-only memory,
            /// such as flash.
            #[allow(long_running_const_eval)]
            pub const TRAINED: Self = {
                let mut network = Self::ZERO;
                #(#statements)*
                network
            };
        }
    }
}
