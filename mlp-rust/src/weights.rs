//! Turns start values from a file into code: the program includes the bytes of the file once and decodes them in
//! place.

use mlp_dsl::{
    ir::{Derivation, Parameter},
    model::Start,
    number::Precision,
    shape::Shape,
    weights::{Dtype, Tensor, WeightFile},
};
use proc_macro2::{Literal, TokenStream};
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
    let file_numbers = file.decoded();
    let bytes = match context.weight_bytes {
        Some(bytes) => bytes.clone(),
        None => quote!(::core::include_bytes!(#path)),
    };
    let file = quote!(#runtime::weight_file(#bytes, #length, #hash));
    Some(match file_numbers {
        None => quote!(static __WEIGHT_FILE: &[u8] = #file;),
        // The file is only compared: its numbers have another form.
        Some(numbers) => {
            let numbers = Literal::byte_string(numbers);
            quote! {
                const _: &[u8] = #file;
                static __WEIGHT_FILE: &[u8] = #numbers;
            }
        }
    })
}

/// The statement that sets a parameter to the numbers of its tensor.
pub(super) fn load(runtime: &TokenStream, place: &TokenStream, tensor: &Tensor) -> TokenStream {
    let turned = if tensor.transposed { "_transposed" } else { "" };
    let load = format_ident!("load{turned}_{}{}", tensor.precision.rust(), widened(tensor));
    let at = size(tensor.at);
    let place = match tensor.shape {
        Shape::Scalar => quote!(::core::slice::from_mut(&mut #place)),
        Shape::Vector(_) => quote!(&mut #place),
        Shape::Matrix(..) if tensor.transposed => quote!(&mut #place),
        Shape::Matrix(..) => quote!(#place.as_flattened_mut()),
    };
    quote!(#runtime::#load(__WEIGHT_FILE, #at, #place);)
}

/// The end of the name of a function that widens the numbers of the file.
fn widened(tensor: &Tensor) -> &'static str {
    match (tensor.dtype, tensor.precision) {
        (Dtype::F16, _) => "_from_f16",
        (Dtype::Bf16, _) => "_from_bf16",
        (Dtype::F32, Precision::F64) => "_from_f32",
        // Whole numbers are not read as weights.
        (
            Dtype::F32
            | Dtype::F64
            | Dtype::I64
            | Dtype::I32
            | Dtype::I16
            | Dtype::I8
            | Dtype::U64
            | Dtype::U32
            | Dtype::U16
            | Dtype::U8
            | Dtype::Bool,
            _,
        ) => "",
    }
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
