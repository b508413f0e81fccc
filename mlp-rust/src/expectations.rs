//! Turns `expect` into tests of the user's crate: the same samples with the same bits as in `mlpc check`.

use mlp_dsl::{
    model::{Expect, Expected},
    number::Precision,
    plan::Field,
    shape::Shape,
};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::{Context, body::formula::literal, size};

/// Samples of an `expect` that a test has.
const SAMPLES: usize = 16;
/// Numbers of an `expect` that a test has, unless one sample has more.
const NUMBERS: usize = 1 << 12;
/// Numbers of one sample that a test has: an `expect` with more has no test.
const ONE_SAMPLE: usize = 1 << 16;

/// A module of tests, if there is something to test.
pub(super) fn tests(context: &Context<'_>) -> Option<TokenStream> {
    let tests: Vec<TokenStream> = context
        .derivation
        .header
        .expects
        .iter()
        .enumerate()
        .filter_map(|(number, expect)| test(context, number, expect))
        .collect();
    let types = &context.types;
    let (network, workspace, trace) = (&types.network, &types.workspace, &types.trace);
    (!tests.is_empty()).then(|| {
        quote! {
            #[cfg(test)]
            #[allow(unnameable_test_items)]
            mod expectations {
                extern crate std as __std;

                fn compare(name: &str, sample: usize, index: usize, value: f64, expected: f64, within: f64) {
                    let (distance, allowed) = ((value - expected).abs(), within * expected.abs().max(1.0));
                    ::core::assert!(
                        distance <= allowed,
                        "`{}[{}]` of sample {} is {} instead of {}: the distance {:e} is more than {:e}",
                        name, index + 1, sample + 1, value, expected, distance, allowed
                    );
                }

                // In a static, because a network may be too large for the stack.
                static MEMORY: __std::sync::Mutex<(super::#network, super::#workspace, super::#trace)> =
                    __std::sync::Mutex::new((
                        super::#network::ZERO,
                        super::#workspace::ZERO,
                        super::#trace::ZERO,
                    ));

                #(#tests)*
            }
        }
    })
}

/// How many samples of it are tested.
fn tested(expect: &Expect) -> usize {
    let numbers = expect.inputs.len() + expect.values.iter().map(|value| value.numbers.len()).sum::<usize>();
    match numbers.div_ceil(expect.samples.max(1)) {
        large if large > ONE_SAMPLE => 0,
        each => (NUMBERS / each.max(1)).clamp(1, SAMPLES).min(expect.samples),
    }
}

fn test(context: &Context<'_>, number: usize, expect: &Expect) -> Option<TokenStream> {
    let samples = tested(expect);
    if samples == 0 {
        return None;
    }
    let name = format_ident!("expect_{}", number + 1);
    let inputs = rows(&expect.inputs, context.input_count(), samples, context.derivation.header.precision);
    let input = context.array(Shape::Vector(context.input_count()));
    let compared = expect.values.iter().filter_map(|value| compared(context, value, samples));
    let (network, count, within) =
        (&context.types.network, size(samples), Literal::f64_unsuffixed(expect.tolerance));
    Some(quote! {
        #[::core::prelude::v1::test]
        fn #name() {
            const WITHIN: f64 = #within;
            static INPUTS: [#input; #count] = #inputs;
            let mut memory = match MEMORY.lock() {
                ::core::result::Result::Ok(memory) => memory,
                // Another test has failed.
                ::core::result::Result::Err(poisoned) => poisoned.into_inner(),
            };
            let memory = &mut *memory;
            memory.0.initialize(super::#network::SEED);
            let mut sample = 0;
            while sample < #count {
                memory.0.trace_into(&INPUTS[sample], &mut memory.1, &mut memory.2);
                #(#compared)*
                sample += 1;
            }
        }
    })
}

/// The statement that compares the values of a layer for one sample.
fn compared(context: &Context<'_>, expected: &Expected, samples: usize) -> Option<TokenStream> {
    let is_it = |field: &&Field| context.derivation.name_of(field.value) == expected.name;
    let field = context.plan.layout.trace.iter().find(is_it)?;
    let (name, place) = (&expected.name, context.field(field.value));
    let value = match field.shape {
        Shape::Scalar => quote!(memory.2.#place),
        Shape::Vector(_) => quote!(memory.2.#place[index]),
        Shape::Matrix(..) => quote!(memory.2.#place.as_flattened()[index]),
    };
    let numbers = rows(&expected.numbers, expected.length, samples, Precision::F64);
    let (length, count) = (size(expected.length), size(samples));
    Some(quote! {{
        static EXPECTED: [[f64; #length]; #count] = #numbers;
        let mut index = 0;
        while index < #length {
            compare(#name, sample, index, #value as f64, EXPECTED[sample][index], WITHIN);
            index += 1;
        }
    }})
}

fn rows(numbers: &[f64], length: usize, samples: usize, precision: Precision) -> TokenStream {
    let rows = numbers.chunks(length.max(1)).take(samples).map(|row| {
        let row = row.iter().map(|number| literal(*number, precision));
        quote!([#(#row),*])
    });
    quote!([#(#rows),*])
}
