//! What stands in for a network whose specification is wrong: the whole surface, so that rustc
//! reports the specification and nothing that only follows from it.

mod surface;

use std::collections::HashSet;

use mlp_dsl::{
    diagnostic::Diagnostics,
    reserved::{unusable, unusable_type},
    syntax,
};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::names::{counts, identifier};

use surface::{Fields, Sizes, Surface};

/// The stub for a text, as far as it can be read.
pub fn stub(text: &str, runtime: Option<&TokenStream>) -> TokenStream {
    let ast = syntax::parse(text, &mut Diagnostics::default());
    let runtime = runtime.cloned().unwrap_or(quote!(::mlp::__private));
    let double = text.contains("f64");
    let usable = |name: &str| unusable(name).is_none() && unusable_type(name).is_none();
    if ast.networks.is_empty() {
        let stub = Stub { double, runtime, surface: Surface::default() };
        let name = name_in(text).filter(|name| usable(name));
        return name.map(|name| stub.code(&name, &quote!(pub))).unwrap_or_default();
    }
    let mut seen = HashSet::new();
    let networks = ast.networks.iter().filter(|network| usable(&network.name.text));
    let stubs = networks.filter(|network| seen.insert(&network.name.text)).map(|network| {
        let double = match network.precision.as_ref().map(|p| p.text.as_str()) {
            None | Some("f32") => false,
            Some("f64") => true,
            Some(_) => double,
        };
        let stub = Stub { double, runtime: runtime.clone(), surface: Surface::of(&ast, network) };
        stub.code(&network.name.text, &network.visibility.parse().unwrap_or_default())
    });
    stubs.collect()
}

/// The word behind `network`, in a text that could not be read.
fn name_in(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    words.by_ref().find(|word| *word == "network")?;
    let name = words.next()?;
    // Whatever stands there, only one identifier is a name.
    let tokens: Vec<proc_macro2::TokenTree> = name.parse::<TokenStream>().ok()?.into_iter().collect();
    matches!(tokens.as_slice(), [proc_macro2::TokenTree::Ident(_)]).then(|| name.to_owned())
}

/// Numbers that a stub's values have at most: nothing large is to be computed for it.
const MOST_NUMBERS: usize = 1 << 16;

struct Stub {
    /// Whether its numbers are `f64`.
    double: bool,
    runtime: TokenStream,
    surface: Surface,
}

/// A parameter of a method: exact where its length is known, so that rustc infers what it would for
/// the network, and anything otherwise.
struct Argument {
    generic: Option<TokenStream>,
    one: TokenStream,
    /// A slice of many.
    many: TokenStream,
}

impl Argument {
    fn new(letter: &str, exact: Option<TokenStream>) -> Self {
        let letter = format_ident!("{letter}");
        match exact {
            Some(exact) => Argument { generic: None, many: quote!([#exact]), one: exact },
            None => Argument {
                generic: Some(quote!(#letter: ?Sized)),
                one: quote!(#letter),
                many: quote!(#letter),
            },
        }
    }
}

impl Stub {
    fn real(&self) -> TokenStream {
        if self.double { quote!(f64) } else { quote!(f32) }
    }

    /// How many numbers come out; mostly as many as are wanted.
    fn outputs(&self) -> usize {
        self.surface.outputs.or(self.surface.targets).unwrap_or(1)
    }

    fn array(&self, length: usize) -> TokenStream {
        let (real, length) = (self.real(), Literal::usize_unsuffixed(length));
        quote!([#real; #length])
    }

    /// The type of a sample's target.
    fn target(&self, length: usize) -> TokenStream {
        let runtime = &self.runtime;
        if self.surface.class {
            let length = Literal::usize_unsuffixed(length);
            return quote!(#runtime::Class<#length>);
        }
        self.array(length)
    }

    /// Declarations and zeros of fields.
    fn fields(&self, fields: &Fields) -> (Vec<TokenStream>, Vec<TokenStream>) {
        let mut room = MOST_NUMBERS;
        let made = fields.made.iter().map(|(name, sizes)| {
            let (name, (ty, zero)) = (identifier(name, Span::call_site()), self.value(sizes, &mut room));
            (quote!(pub #name: #ty), quote!(#name: #zero))
        });
        made.unzip()
    }

    /// Type and zero of a value; a slice where a size is not known or the room is used up.
    fn value(&self, sizes: &Sizes, room: &mut usize) -> (TokenStream, TokenStream) {
        let real = self.real();
        let known: Option<Vec<usize>> = sizes.iter().copied().collect();
        let fits = known.filter(|sizes| {
            let numbers = sizes.iter().try_fold(1_usize, |n, size| n.checked_mul(*size));
            let left = numbers.and_then(|numbers| room.checked_sub(numbers));
            *room = left.unwrap_or(*room);
            left.is_some() || sizes.is_empty()
        });
        match (fits, sizes.len()) {
            (Some(sizes), _) => sizes.iter().rev().fold((quote!(#real), quote!(0.0)), |(ty, zero), size| {
                let size = Literal::usize_unsuffixed(*size);
                (quote!([#ty; #size]), quote!([#zero; #size]))
            }),
            (None, 1) => (quote!(&'static [#real]), quote!(&[])),
            (None, _) => (quote!(&'static [&'static [#real]]), quote!(&[])),
        }
    }

    /// Numbers for `names::COUNTS`, in their order; 1 where nothing is known.
    fn counts(&self) -> [usize; 11] {
        let Surface { weights, biases, layers, inputs, .. } = &self.surface;
        let parameters = weights.saturating_add(*biases);
        let bytes = if self.double { 8 } else { 4 };
        let (inputs, outputs) = (inputs.unwrap_or(1), self.outputs());
        [
            parameters,
            *weights,
            *biases,
            inputs,
            outputs,
            layers + 1,
            1,
            parameters.saturating_mul(bytes),
            1,
            0,
            1,
        ]
    }

    fn data(&self) -> TokenStream {
        let small = |n: usize| n.saturating_mul(self.surface.samples) <= MOST_NUMBERS;
        let length = |n: Option<usize>| n.filter(|n| small(*n)).unwrap_or(1);
        let (inputs, targets) = (length(self.surface.inputs), length(self.surface.targets));
        let samples = Literal::usize_unsuffixed(self.surface.samples.clamp(1, MOST_NUMBERS));
        let (input, target, runtime) = (self.array(inputs), self.target(targets), &self.runtime);
        let targets = Literal::usize_unsuffixed(targets);
        let zero =
            if self.surface.class { quote!(#runtime::Class::at_most(0)) } else { quote!([0.0; #targets]) };
        let inputs = Literal::usize_unsuffixed(inputs);
        quote! {
            pub const DATA_INPUTS: [#input; #samples] = [[0.0; #inputs]; #samples];
            pub const DATA_TARGETS: [#target; #samples] = [#zero; #samples];
        }
    }

    fn code(&self, name: &str, visibility: &TokenStream) -> TokenStream {
        let module = format_ident!("__mlp_{name}");
        let network = identifier(name, Span::call_site());
        let with = |suffix: &str| Ident::new(&format!("{name}{suffix}"), Span::call_site());
        let (gradients, optimizer, workspace, trace) =
            (with("Gradients"), with("Optimizer"), with("Workspace"), with("Trace"));
        let (real, runtime, surface) = (self.real(), &self.runtime, &self.surface);
        let (parameters, zeros) = self.fields(&surface.parameters);
        let (traced, trace_zeros) = self.fields(&surface.traced);
        let (settings, setting_zeros) = self.fields(&surface.optimizer);
        let methods = self.methods(&workspace, &gradients, &optimizer, &trace);
        let parts = [&gradients, &optimizer, &workspace, &trace];
        let (constants, data) = (counts(), self.data());
        let numbers = self.counts().map(Literal::usize_unsuffixed);
        let length = |n: Option<usize>| n.unwrap_or(1);
        let (input, output) = (self.array(length(surface.inputs)), self.array(self.outputs()));
        let (target, targets) =
            (self.target(length(surface.targets)), Literal::usize_unsuffixed(length(surface.targets)));
        quote! {
            #[doc(hidden)]
            #[allow(
                non_snake_case, non_camel_case_types, non_upper_case_globals, missing_docs, unused_variables,
                unused_imports, dead_code, clippy::all
            )]
            mod #module {
                #[derive(Clone, Debug, PartialEq)]
                pub struct #network { #(#parameters),* }
                #[derive(Clone, Debug, PartialEq)]
                pub struct #gradients { #(#parameters),* }
                #[derive(Clone, Debug, PartialEq)]
                pub struct #optimizer { #(#settings,)* pub steps: u64 }
                #[derive(Clone, Debug)]
                pub struct #workspace {}
                #[derive(Clone, Debug, PartialEq)]
                pub struct #trace { #(#traced),* }
                impl #network {
                    #(pub const #constants: usize = #numbers;)*
                    pub const FINGERPRINT: u64 = 0;
                    pub const SEED: u64 = 0;
                    pub const ZERO: Self = Self { #(#zeros),* };
                    #data
                    #methods
                }
                impl #gradients { pub const ZERO: Self = Self { #(#zeros),* }; pub const fn new() -> Self { Self::ZERO } }
                impl #optimizer {
                    pub const ZERO: Self = Self { #(#setting_zeros,)* steps: 0 };
                    pub const fn new() -> Self { Self::ZERO }
                }
                impl #workspace { pub const ZERO: Self = Self {}; pub const fn new() -> Self { Self::ZERO } }
                impl #trace { pub const ZERO: Self = Self { #(#trace_zeros),* }; }
                #runtime::__mlp_boxed!(network stub #network);
                #(#runtime::__mlp_boxed!(part stub #parts);)*
                impl ::core::default::Default for #network { fn default() -> Self { Self::ZERO } }
                impl ::core::default::Default for #gradients { fn default() -> Self { Self::ZERO } }
                impl ::core::default::Default for #optimizer { fn default() -> Self { Self::ZERO } }
                impl ::core::default::Default for #workspace { fn default() -> Self { Self::ZERO } }
                impl #runtime::Network for #network {
                    type Scalar = #real;
                    type Input = #input;
                    type Output = #output;
                    type Workspace = #workspace;
                    const NAME: &'static str = #name;
                    #(const #constants: usize = Self::#constants;)*
                    const FINGERPRINT: u64 = 0;
                    const LAYOUT: &'static [#runtime::Parameter] = &[];
                    fn initialize(&mut self, seed: u64) {}
                    fn forward_into(&self, _: &Self::Input, _: &mut #workspace, _: &mut Self::Output) {}
                    fn parameter(&self, name: &str) -> ::core::option::Option<&[#real]> { ::core::option::Option::None }
                    fn parameter_mut(&mut self, name: &str) -> ::core::option::Option<&mut [#real]> {
                        ::core::option::Option::None
                    }
                }
                impl #runtime::Gradients<#real> for #gradients {
                    fn clear(&mut self) {}
                    fn divide(&mut self, by: #real) {}
                }
                impl #runtime::Differentiable for #network {
                    type Target = #target;
                    type Gradients = #gradients;
                    const TARGETS: usize = #targets;
                    const GRADIENT_BYTES: usize = 1;
                    const REDUCTION: #runtime::Reduction = #runtime::Reduction::Mean;
                    fn loss(&self, _: &Self::Input, _: &Self::Target, _: &mut #workspace) -> #real { 0.0 }
                    fn accumulate(
                        &self, _: bool, _: &Self::Input, _: &Self::Target, _: &mut #workspace, _: &mut #gradients,
                    ) -> #real { 0.0 }
                }
                impl #runtime::Trainable for #network {
                    type Optimizer = #optimizer;
                    fn step(&mut self, _: &mut #optimizer, _: &#gradients) {}
                }
            }
            #[allow(unused_imports)]
            #visibility use #module::{#network, #gradients, #optimizer, #workspace, #trace};
        }
    }

    fn methods(&self, workspace: &Ident, gradients: &Ident, optimizer: &Ident, trace: &Ident) -> TokenStream {
        let (real, runtime, surface) = (self.real(), &self.runtime, &self.surface);
        let input = Argument::new("I", surface.inputs.map(|n| self.array(n)));
        let output = Argument::new("O", surface.outputs.map(|n| self.array(n)));
        let target = Argument::new("T", surface.targets.map(|n| self.target(n)));
        let both: Vec<&TokenStream> = input.generic.iter().chain(&output.generic).collect();
        let sample: Vec<&TokenStream> = input.generic.iter().chain(&target.generic).collect();
        let (ins, outs) = (&input.many, &output.many);
        let (one, out, wanted, given) = (&input.one, &output.one, &target.one, input.generic.as_ref());
        let (batch, of_batch) = match (surface.inputs, surface.targets) {
            (Some(_), Some(_)) => (quote!(#runtime::Batch<'_, #one, #wanted>), None),
            _ => (quote!(B), Some(quote!(B))),
        };
        let (results, length) = (self.array(self.outputs()), Literal::usize_unsuffixed(self.outputs()));
        quote! {
            pub const TRAINED: Self = Self::ZERO;
            pub fn new() -> Self { Self::ZERO }
            pub fn with_seed(seed: u64) -> Self { Self::ZERO }
            pub fn initialize(&mut self, seed: u64) {}
            pub fn forward<#given>(&self, input: &#one) -> #results { [0.0; #length] }
            pub fn forward_into<#(#both),*>(&self, input: &#one, workspace: &mut #workspace, output: &mut #out) {}
            pub fn forward_batch<#(#both),*>(
                &self, inputs: &#ins, workspace: &mut #workspace, outputs: &mut #outs,
            ) -> ::core::result::Result<(), #runtime::BatchError> { ::core::result::Result::Ok(()) }
            pub fn trace<#given>(&self, input: &#one) -> #trace { #trace::ZERO }
            pub fn trace_into<#given>(&self, input: &#one, workspace: &mut #workspace, trace: &mut #trace) {}
            pub fn loss<#(#sample),*>(&self, input: &#one, target: &#wanted) -> #real { 0.0 }
            pub fn backward<#(#sample),*>(&self, input: &#one, target: &#wanted) -> (#real, #gradients) {
                (0.0, #gradients::ZERO)
            }
            pub fn backward_into<#(#sample),*>(
                &self, input: &#one, target: &#wanted, workspace: &mut #workspace, gradients: &mut #gradients,
            ) -> #real { 0.0 }
            pub fn backward_batch<#of_batch>(
                &self, batch: #batch, workspace: &mut #workspace, gradients: &mut #gradients,
            ) -> #real { 0.0 }
            pub fn train<#(#sample),*>(&mut self, input: &#one, target: &#wanted) -> #real { 0.0 }
            pub fn train_into<#(#sample),*>(
                &mut self, input: &#one, target: &#wanted,
                optimizer: &mut #optimizer, workspace: &mut #workspace, gradients: &mut #gradients,
            ) -> #real { 0.0 }
            pub fn train_batch<#of_batch>(
                &mut self, batch: #batch,
                optimizer: &mut #optimizer, workspace: &mut #workspace, gradients: &mut #gradients,
            ) -> #real { 0.0 }
        }
    }
}
