//! Turns start values from a file into code: the program includes the bytes of the file once and decodes them in
//! place.

use mlp_dsl::{
    ir::{Derivation, Parameter},
    model::Start,
    shape::Shape,
    weights::{Tensor, WeightFile},
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::{
    Context,
    body::formula::literal,
    size,
    start::start,
    surface::{print::array, sizes},
};

/// The file that a network's start values come from, if there is one.
pub fn weight_file(derivation: &Derivation) -> Option<&WeightFile> {
    derivation.parameters.iter().find_map(|parameter| match &parameter.start {
        Start::Loaded(tensor) => Some(&*tensor.file),
        Start::Fill(_) | Start::Values(_) | Start::Uniform { .. } | Start::Normal { .. } => None,
    })
}

/// The static with the bytes of the file, if there is one.
pub(super) fn included(context: &Context<'_>) -> Option<TokenStream> {
    let file = weight_file(context.derivation)?;
    let (path, length, hash, runtime) = (&file.path, size(file.length()), file.hash(), &context.runtime);
    let bytes = match context.weight_bytes {
        Some(bytes) => bytes.clone(),
        None => quote!(::core::include_bytes!(#path)),
    };
    Some(quote!(static __WEIGHT_FILE: &[u8] = #runtime::weight_file(#bytes, #length, #hash);))
}

/// The statement that sets a parameter to the numbers of its tensor.
pub(super) fn load(runtime: &TokenStream, place: &TokenStream, tensor: &Tensor) -> TokenStream {
    let turned = if tensor.transposed { "_transposed" } else { "" };
    let load = format_ident!("load{turned}_{}", tensor.precision.rust());
    let at = size(tensor.at);
    let place = match tensor.shape {
        Shape::Scalar => quote!(::core::slice::from_mut(&mut #place)),
        Shape::Vector(_) => quote!(&mut #place),
        Shape::Matrix(..) if tensor.transposed => quote!(&mut #place),
        Shape::Matrix(..) => quote!(#place.as_flattened_mut()),
    };
    quote!(#runtime::#load(__WEIGHT_FILE, #at, #place);)
}

/// Whether the start values are a constant: they come from a file, none is drawn, and they are few.
pub(super) fn is_constant(context: &Context<'_>) -> bool {
    let d = context.derivation;
    let drawn = |p: &Parameter| matches!(p.start, Start::Uniform { .. } | Start::Normal { .. });
    weight_file(d).is_some() && context.plan.constant_start && !d.parameters.iter().any(drawn)
}

/// The network with its start values, evaluated by rustc.
pub(super) fn trained(context: &Context<'_>) -> TokenStream {
    let d = context.derivation;
    let of = quote!(network);
    let statements = d.parameters.iter().map(|parameter| match &parameter.start {
        // `fill` is not `const`.
        Start::Fill(value) => {
            let field = context.field(parameter.equation);
            let value = array(&sizes(d.shape(parameter.equation)), literal(*value, d.header.precision));
            quote!(network.#field = #value;)
        }
        Start::Values(_) | Start::Loaded(_) | Start::Uniform { .. } | Start::Normal { .. } => {
            start(context, &of, parameter)
        }
    });
    quote!({
        let mut network = Self::ZERO;
        #(#statements)*
        network
    })
}
