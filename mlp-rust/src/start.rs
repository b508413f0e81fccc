//! Turns the start values of parameters into the statements that set them.

use mlp_dsl::{ir::Parameter, model::Start, number::Precision, shape::Shape};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::{Context, body::formula::literal, weights::load};

/// The statements that set every parameter of the network at `of` to its start value.
pub(super) fn starts(context: &Context<'_>, of: &TokenStream) -> TokenStream {
    let statements = context.derivation.parameters.iter().map(|parameter| start(context, of, parameter));
    quote!(#(#statements)*)
}

/// The statement that sets one of them.
pub(super) fn start(context: &Context<'_>, of: &TokenStream, parameter: &Parameter) -> TokenStream {
    let precision = context.derivation.header.precision;
    let (field, shape) = (context.field(parameter.equation), context.derivation.shape(parameter.equation));
    let place = quote!(#of.#field);
    match &parameter.start {
        Start::Fill(value) => fill(&place, shape, &literal(*value, precision)),
        Start::Values(values) => {
            let values: Vec<TokenStream> = values.iter().map(|value| literal(*value, precision)).collect();
            match shape {
                Shape::Matrix(_, columns) => {
                    let rows = values.chunks(columns.max(1)).map(|row| quote!([#(#row),*]));
                    quote!(#place = [#(#rows),*];)
                }
                Shape::Vector(_) | Shape::Scalar => quote!(#place = [#(#values),*];),
            }
        }
        Start::Loaded(tensor) => load(&context.runtime, &place, tensor),
        Start::Uniform { low, high, salt, .. } => {
            let drawn = Drawn { distribution: "uniform", numbers: [*low, *high], salt: *salt };
            draw(context, &place, parameter, &drawn)
        }
        Start::Normal { mean, deviation, salt, .. } => {
            let drawn = Drawn { distribution: "normal", numbers: [*mean, *deviation], salt: *salt };
            draw(context, &place, parameter, &drawn)
        }
    }
}

/// The random numbers of a parameter: a distribution of two numbers.
struct Drawn {
    distribution: &'static str,
    numbers: [f64; 2],
    salt: u64,
}

/// The statement that draws a parameter.
fn draw(context: &Context<'_>, place: &TokenStream, parameter: &Parameter, drawn: &Drawn) -> TokenStream {
    let (runtime, name, Drawn { distribution, numbers, salt }) = (&context.runtime, &parameter.name, drawn);
    let mut stream = quote!(#runtime::Stream::new(seed, #salt, #name));
    if let Ok(Some(grid)) = parameter.start.grid() {
        let numbers = grid.numbers().map(Literal::i64_unsuffixed);
        stream = quote!(#stream.on(#runtime::Grid::new(#(#numbers),*)));
    }
    let [first, second] = numbers.map(|number| literal(number, Precision::F64));
    let method = |shape| format_ident!("{distribution}_{shape}");
    let (scalar, vector, matrix) = (method("scalar"), method("vector"), method("matrix"));
    match context.derivation.shape(parameter.equation) {
        Shape::Scalar => quote!(#place = #stream.#scalar(#first, #second);),
        Shape::Vector(_) => quote!(#stream.#vector(#first, #second, &mut #place);),
        Shape::Matrix(..) => quote!(#stream.#matrix(#first, #second, &mut #place);),
    }
}

/// Sets every element in place, so that a large array is never on the stack.
pub(super) fn fill(place: &TokenStream, shape: Shape, value: &TokenStream) -> TokenStream {
    match shape {
        Shape::Scalar => quote!(#place = #value;),
        Shape::Vector(_) => quote!(#place.fill(#value);),
        Shape::Matrix(..) => quote!(#place.as_flattened_mut().fill(#value);),
    }
}
