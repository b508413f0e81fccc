//! What stands in for a network whose specification is wrong: the whole surface, so that rustc
//! reports the specification and nothing that only follows from it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::names::{counts, identifier};
use crate::{check::unusable, diagnostic::Diagnostics, syntax, syntax::ast};

/// The stub for a text, as far as it can be read.
pub fn stub(text: &str, runtime: Option<&TokenStream>) -> TokenStream {
    let ast = syntax::parse(text, &mut Diagnostics::default());
    let known = ast.networks.first();
    let name = known.map(|network| network.name.text.clone()).or_else(|| name_in(text));
    let Some(name) = name.filter(|name| unusable(name).is_none()) else {
        return TokenStream::new();
    };
    let visibility = known.map_or("pub", |network| network.visibility.as_str());
    let visibility: TokenStream = visibility.parse().unwrap_or_default();
    let double = known.and_then(|network| network.precision.as_ref()).is_some_and(|p| p.text == "f64");
    let real = if double || text.contains("f64") { quote!(f64) } else { quote!(f32) };
    let parts = Parts {
        fields: known.map(|network| fields(network, &real)).unwrap_or_default(),
        traced: known.map(|network| traced(network, &real)).unwrap_or_default(),
        sizes: known.map(sizes).unwrap_or_default(),
        runtime: runtime.cloned().unwrap_or(quote!(::mlp::runtime)),
        real,
    };
    code(&name, &visibility, &parts)
}

/// What could be read of a network.
struct Parts {
    real: TokenStream,
    /// Name, type and zero of each parameter.
    fields: Vec<[TokenStream; 3]>,
    /// The same of each layer, neuron and net input.
    traced: Vec<[TokenStream; 3]>,
    sizes: Sizes,
    runtime: TokenStream,
}

/// How many numbers go in and come out; 1 where it can't be read.
#[derive(Default)]
struct Sizes {
    inputs: usize,
    outputs: usize,
    targets: usize,
}

fn sizes(network: &ast::Network) -> Sizes {
    let mut sizes = Sizes::default();
    let group = |group: &ast::Group| match (&group.elements, &group.declaration.shape) {
        (Some(elements), _) => elements.len(),
        (None, Some((sizes, _))) => sizes.first().and_then(whole).unwrap_or(1),
        (None, None) => 1,
    };
    for statement in &network.statements {
        match statement {
            ast::Statement::Input(input) => sizes.inputs += group(input),
            ast::Statement::Target(target) => sizes.targets = group(target),
            ast::Statement::Layer(layer) => {
                sizes.outputs = match &layer.body {
                    ast::LayerBody::Neurons(neurons) => neurons.len(),
                    ast::LayerBody::Whole(Some((sizes, _)), _) => sizes.first().and_then(whole).unwrap_or(1),
                    ast::LayerBody::Whole(None, _) => 1,
                };
            }
            _ => {}
        }
    }
    sizes
}

/// A size that is a number or a product of numbers.
fn whole(size: &ast::Expression) -> Option<usize> {
    match &size.kind {
        ast::ExpressionKind::Number(n) if (1.0..1e6).contains(n) => Some(*n as usize),
        ast::ExpressionKind::Chain(first, rest) => {
            rest.iter().try_fold(whole(first)?, |product, (sign, factor)| {
                let factor = (*sign == ast::Operator::Multiply).then(|| whole(factor)).flatten()?;
                product.checked_mul(factor).filter(|n| *n < 1_000_000)
            })
        }
        _ => None,
    }
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

/// The parameters whose declarations could be read.
fn fields(network: &ast::Network, real: &TokenStream) -> Vec<[TokenStream; 3]> {
    let mut fields = Fields::default();
    for statement in &network.statements {
        let ast::Statement::Parameters { declarations, .. } = statement else { continue };
        for declaration in declarations {
            let dimensions = declaration.shape.as_ref().map_or(0, |(sizes, _)| sizes.len());
            fields.add(&declaration.name.text, dimensions, real);
        }
    }
    fields.made
}

/// The values of the forward pass whose layers could be read.
fn traced(network: &ast::Network, real: &TokenStream) -> Vec<[TokenStream; 3]> {
    let mut fields = Fields::default();
    for statement in &network.statements {
        let ast::Statement::Layer(layer) = statement else { continue };
        let (names, dimensions): (Vec<&str>, usize) = match &layer.body {
            ast::LayerBody::Neurons(neurons) => (neurons.iter().map(|n| n.name.text.as_str()).collect(), 0),
            ast::LayerBody::Whole(..) => (vec![&layer.name.text], 1),
        };
        for name in names {
            fields.add(&format!("net_{name}"), dimensions, real);
            fields.add(name, dimensions, real);
        }
    }
    fields.made
}

/// Fields of a struct, each name once.
#[derive(Default)]
struct Fields {
    seen: std::collections::HashSet<String>,
    made: Vec<[TokenStream; 3]>,
}

impl Fields {
    fn add(&mut self, name: &str, dimensions: usize, real: &TokenStream) {
        if unusable(name).is_some() || !self.seen.insert(name.to_owned()) {
            return;
        }
        let field = identifier(name, Span::call_site());
        let (ty, zero) = match dimensions {
            0 => (real.clone(), quote!(0.0)),
            1 => (quote!(&'static [#real]), quote!(&[])),
            _ => (quote!(&'static [&'static [#real]]), quote!(&[])),
        };
        self.made.push([quote!(#field), ty, zero]);
    }
}

fn code(name: &str, visibility: &TokenStream, parts: &Parts) -> TokenStream {
    let module = format_ident!("__mlp_{name}");
    let network = identifier(name, Span::call_site());
    let with = |suffix: &str| Ident::new(&format!("{name}{suffix}"), Span::call_site());
    let (gradients, optimizer, workspace, trace) =
        (with("Gradients"), with("Optimizer"), with("Workspace"), with("Trace"));
    let (real, runtime) = (&parts.real, &parts.runtime);
    let declared = parts.fields.iter().map(|[name, ty, _]| quote!(pub #name: #ty));
    let declared_again = declared.clone();
    let zeros: Vec<TokenStream> = parts.fields.iter().map(|[name, _, zero]| quote!(#name: #zero)).collect();
    let traced = parts.traced.iter().map(|[name, ty, _]| quote!(pub #name: #ty));
    let trace_zeros = parts.traced.iter().map(|[name, _, zero]| quote!(#name: #zero));
    let constants = counts();
    let count = |n: usize| proc_macro2::Literal::usize_unsuffixed(n.max(1));
    let (inputs, outputs, targets) =
        (count(parts.sizes.inputs), count(parts.sizes.outputs), count(parts.sizes.targets));
    quote! {
        #[doc(hidden)]
        #[allow(non_snake_case, non_camel_case_types, missing_docs, unused_variables, unused_imports, dead_code, clippy::all)]
        mod #module {
            #[derive(Clone, Debug, PartialEq)]
            pub struct #network { #(#declared),* }
            #[derive(Clone, Debug, PartialEq)]
            pub struct #gradients { #(#declared_again),* }
            #[derive(Clone, Debug, PartialEq, Default)]
            pub struct #optimizer { pub rate: #real, pub steps: u64 }
            #[derive(Clone, Debug, Default)]
            pub struct #workspace {}
            #[derive(Clone, Debug, PartialEq)]
            pub struct #trace { #(#traced),* }
            impl #network {
                #(pub const #constants: usize = 1;)*
                pub const FINGERPRINT: u64 = 0;
                pub const SEED: u64 = 0;
                pub const ZERO: Self = Self { #(#zeros),* };
                pub fn new() -> Self { Self::ZERO }
                pub fn with_seed(seed: u64) -> Self { Self::ZERO }
                pub fn initialize(&mut self, seed: u64) {}
                pub fn forward<I: ?Sized>(&self, input: &I) -> [#real; #outputs] { [0.0; #outputs] }
                pub fn forward_into<I: ?Sized, O: ?Sized>(&self, input: &I, workspace: &mut #workspace, output: &mut O) {}
                pub fn forward_batch<I: ?Sized, O: ?Sized>(
                    &self, inputs: &I, workspace: &mut #workspace, outputs: &mut O,
                ) -> ::core::result::Result<(), #runtime::BatchError> { Ok(()) }
                pub fn trace<I: ?Sized>(&self, input: &I) -> #trace { #trace::ZERO }
                pub fn trace_into<I: ?Sized>(&self, input: &I, workspace: &mut #workspace, trace: &mut #trace) {}
                pub fn loss<I: ?Sized, T: ?Sized>(&self, input: &I, target: &T) -> #real { 0.0 }
                pub fn backward<I: ?Sized, T: ?Sized>(&self, input: &I, target: &T) -> (#real, #gradients) {
                    (0.0, #gradients::ZERO)
                }
                pub fn backward_into<I: ?Sized, T: ?Sized>(
                    &self, input: &I, target: &T, workspace: &mut #workspace, gradients: &mut #gradients,
                ) -> #real { 0.0 }
                pub fn backward_batch<B>(&self, batch: B, workspace: &mut #workspace, gradients: &mut #gradients) -> #real { 0.0 }
                pub fn train<I: ?Sized, T: ?Sized>(&mut self, input: &I, target: &T) -> #real { 0.0 }
                pub fn train_into<I: ?Sized, T: ?Sized>(
                    &mut self, input: &I, target: &T, optimizer: &mut #optimizer, workspace: &mut #workspace, gradients: &mut #gradients,
                ) -> #real { 0.0 }
                pub fn train_batch<B>(
                    &mut self, batch: B, optimizer: &mut #optimizer, workspace: &mut #workspace, gradients: &mut #gradients,
                ) -> #real { 0.0 }
            }
            impl ::core::default::Default for #network {
                fn default() -> Self { Self::ZERO }
            }
            impl #gradients {
                pub const ZERO: Self = Self { #(#zeros),* };
                pub const fn new() -> Self { Self::ZERO }
            }
            impl ::core::default::Default for #gradients {
                fn default() -> Self { Self::ZERO }
            }
            impl #optimizer { pub const fn new() -> Self { Self { rate: 0.0, steps: 0 } } }
            impl #trace { pub const ZERO: Self = Self { #(#trace_zeros),* }; }
            impl #workspace {
                pub const ZERO: Self = Self {};
                pub const fn new() -> Self { Self {} }
            }
            impl #runtime::Network for #network {
                type Scalar = #real;
                type Input = [#real; #inputs];
                type Output = [#real; #outputs];
                type Workspace = #workspace;
                const NAME: &'static str = #name;
                #(const #constants: usize = 1;)*
                const FINGERPRINT: u64 = 0;
                const LAYOUT: &'static [#runtime::Parameter] = &[];
                fn initialize(&mut self, seed: u64) {}
                fn forward_into(&self, _: &Self::Input, _: &mut #workspace, _: &mut Self::Output) {}
                fn parameter(&self, name: &str) -> ::core::option::Option<&[#real]> { None }
                fn parameter_mut(&mut self, name: &str) -> ::core::option::Option<&mut [#real]> { None }
            }
            impl #runtime::Gradients<#real> for #gradients {
                fn clear(&mut self) {}
                fn divide(&mut self, by: #real) {}
            }
            impl #runtime::Differentiable for #network {
                type Target = [#real; #targets];
                type Gradients = #gradients;
                const TARGETS: usize = 1;
                const GRADIENT_BYTES: usize = 1;
                const REDUCTION: #runtime::Reduction = #runtime::Reduction::Mean;
                fn loss(&self, _: &Self::Input, _: &Self::Target, _: &mut #workspace) -> #real { 0.0 }
                fn accumulate(
                    &self, _: &Self::Input, _: &Self::Target, _: &mut #workspace, _: &mut #gradients,
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
