//! The runtime's traits for the network.

use mlp_dsl::{kind::ParameterKind, model::Reduction, plan::Entry, shape::Shape};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, body::dispatch::argument, names::counts, size};

impl Context<'_> {
    pub(super) fn network_trait(&self) -> TokenStream {
        let (network, workspace, runtime, real) =
            (&self.types.network, &self.types.workspace, &self.runtime, self.real());
        let (input, output) =
            (self.array(Shape::Vector(self.input_count())), self.array(Shape::Vector(self.output_count())));
        let name = &self.derivation.header.name;
        let layout = self.derivation.parameters.iter().map(|parameter| {
            let name = &parameter.name;
            let kind = match parameter.kind {
                ParameterKind::Weight => quote!(Weight),
                ParameterKind::Bias => quote!(Bias),
            };
            let shape = match self.shape(parameter) {
                Shape::Scalar => quote!(Scalar),
                Shape::Vector(n) => {
                    let n = size(n);
                    quote!(Vector(#n))
                }
                Shape::Matrix(rows, columns) => {
                    let (rows, columns) = (size(rows), size(columns));
                    quote!(Matrix(#rows, #columns))
                }
            };
            quote!(#runtime::Parameter {
                name: #name, kind: #runtime::ParameterKind::#kind, shape: #runtime::ParameterShape::#shape
            })
        });
        let body = self.body(Entry::Forward);
        let arguments = [
            argument("__input", quote!(&'r #input)),
            argument("__workspace", quote!(&'r mut #workspace)),
            argument("__output", quote!(&'r mut #output)),
        ];
        let none = TokenStream::new();
        let forward = self.method(Entry::Forward, &none, &arguments, &quote!(()), &body);
        let block = self.forward_block();
        let initialize = self.initialize();
        let (shared, mutable) = (self.slices(false), self.slices(true));
        let constants = counts();
        quote! {
            impl #runtime::Network for #network {
                type Scalar = #real;
                type Input = #input;
                type Output = #output;
                type Workspace = #workspace;
                const NAME: &'static str = #name;
                #(const #constants: usize = Self::#constants;)*
                const FINGERPRINT: u64 = Self::FINGERPRINT;
                const LAYOUT: &'static [#runtime::Parameter] = &[#(#layout),*];
                fn initialize(&mut self, seed: u64) { #initialize }
                fn forward_into(&self, __input: &#input, __workspace: &mut #workspace, __output: &mut #output) {
                    #forward
                }
                #block
                fn parameter(&self, name: &str) -> ::core::option::Option<&[#real]> {
                    match name { #shared _ => ::core::option::Option::None }
                }
                fn parameter_mut(&mut self, name: &str) -> ::core::option::Option<&mut [#real]> {
                    match name { #mutable _ => ::core::option::Option::None }
                }
            }
        }
    }

    /// Forward for a block of samples.
    fn forward_block(&self) -> TokenStream {
        if !self.plan.has_blocks() {
            return TokenStream::new();
        }
        let (input, output, workspace) = (
            self.array(Shape::Vector(self.input_count())),
            self.array(Shape::Vector(self.output_count())),
            &self.types.workspace,
        );
        let code = self.body(Entry::ForwardBlock);
        let arguments = [
            argument("__inputs", quote!(&'r [#input])),
            argument("__workspace", quote!(&'r mut #workspace)),
            argument("__outputs", quote!(&'r mut [#output])),
        ];
        let body = self.method(Entry::ForwardBlock, &TokenStream::new(), &arguments, &quote!(()), &code);
        let block = size(self.plan.block);
        quote! {
            const BLOCK: usize = #block;
            fn forward_block(&self, __inputs: &[#input], __workspace: &mut #workspace, __outputs: &mut [#output]) {
                #body
            }
        }
    }

    /// Match arms from a parameter's name to its elements as a slice.
    fn slices(&self, mutable: bool) -> TokenStream {
        let arms = self.derivation.parameters.iter().map(|parameter| {
            let (name, field) = (&parameter.name, self.field(parameter.equation));
            let slice = match (self.shape(parameter), mutable) {
                (Shape::Scalar, false) => quote!(::core::slice::from_ref(&self.#field)),
                (Shape::Scalar, true) => quote!(::core::slice::from_mut(&mut self.#field)),
                (Shape::Vector(_), false) => quote!(&self.#field),
                (Shape::Vector(_), true) => quote!(&mut self.#field),
                (Shape::Matrix(..), false) => quote!(self.#field.as_flattened()),
                (Shape::Matrix(..), true) => quote!(self.#field.as_flattened_mut()),
            };
            quote!(#name => ::core::option::Option::Some(#slice),)
        });
        quote!(#(#arms)*)
    }

    pub(super) fn differentiable_trait(&self) -> TokenStream {
        let Some(loss) = &self.derivation.loss else { return TokenStream::new() };
        let (network, workspace, gradients, runtime, real) =
            (&self.types.network, &self.types.workspace, &self.types.gradients, &self.runtime, self.real());
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        let targets = size(self.target_count());
        let mut arguments = vec![
            argument("__input", quote!(&'r #input)),
            argument("__target", quote!(&'r #target)),
            argument("__workspace", quote!(&'r mut #workspace)),
        ];
        let none = TokenStream::new();
        let body = self.body(Entry::Loss);
        let loss_body = self.method(Entry::Loss, &none, &arguments, &real, &body);
        arguments
            .extend([argument("__gradients", quote!(&'r mut #gradients)), argument("__first", quote!(bool))]);
        let accumulate = self.body_or_call(Entry::Accumulate);
        let accumulate_body = self.method(Entry::Accumulate, &none, &arguments, &real, &accumulate);
        let blocks = self.differentiable_blocks();
        let penalized = loss.penalty.map(|_| self.penalty_methods());
        let reduction = match loss.reduction {
            Reduction::Mean => quote!(Mean),
            Reduction::Sum => quote!(Sum),
        };
        quote! {
            impl #runtime::Differentiable for #network {
                type Target = #target;
                type Gradients = #gradients;
                const TARGETS: usize = #targets;
                const GRADIENT_BYTES: usize = ::core::mem::size_of::<#gradients>();
                const REDUCTION: #runtime::Reduction = #runtime::Reduction::#reduction;
                #penalized
                fn loss(&self, __input: &#input, __target: &#target, __workspace: &mut #workspace) -> #real {
                    #loss_body
                }
                fn accumulate(
                    &self, __first: bool, __input: &#input, __target: &#target, __workspace: &mut #workspace,
                    __gradients: &mut #gradients,
                ) -> #real {
                    #accumulate_body
                }
                #blocks
            }
        }
    }

    /// The loss, and its gradients, of a block of samples.
    fn differentiable_blocks(&self) -> TokenStream {
        if !self.plan.has_blocks() {
            return TokenStream::new();
        }
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        let (workspace, real) = (&self.types.workspace, self.real());
        let arguments = [
            argument("__inputs", quote!(&'r [#input])),
            argument("__targets", quote!(&'r [#target])),
            argument("__workspace", quote!(&'r mut #workspace)),
            argument("__total", quote!(&'r mut #real)),
        ];
        let (none, unit) = (TokenStream::new(), quote!(()));
        let code = self.body(Entry::LossBlock);
        let loss = self.method(Entry::LossBlock, &none, &arguments, &unit, &code);
        let accumulate = self.accumulate_block();
        quote! {
            fn loss_block(
                &self, __inputs: &[#input], __targets: &[#target], __workspace: &mut #workspace, __total: &mut #real,
            ) {
                #loss
            }
            #accumulate
        }
    }

    fn penalty_methods(&self) -> TokenStream {
        let (workspace, gradients, real) = (&self.types.workspace, &self.types.gradients, self.real());
        let (value, body) = (self.body(Entry::Penalty), self.body(Entry::Penalize));
        let mut arguments = vec![argument("__workspace", quote!(&'r mut #workspace))];
        let none = TokenStream::new();
        let value = self.method(Entry::Penalty, &none, &arguments, &real, &value);
        arguments.push(argument("__gradients", quote!(&'r mut #gradients)));
        let body = self.method(Entry::Penalize, &none, &arguments, &real, &body);
        quote! {
            const PENALIZED: bool = true;
            fn penalty(&self, __workspace: &mut #workspace) -> #real {
                #value
            }
            fn penalize(&self, __workspace: &mut #workspace, __gradients: &mut #gradients) -> #real {
                #body
            }
        }
    }

    pub(super) fn trainable_trait(&self) -> TokenStream {
        if self.derivation.training.is_none() {
            return TokenStream::new();
        }
        let (network, gradients, optimizer, runtime) =
            (&self.types.network, &self.types.gradients, &self.types.optimizer, &self.runtime);
        let arguments = [
            argument("__optimizer", quote!(&'r mut #optimizer)),
            argument("__gradients", quote!(&'r #gradients)),
        ];
        let body =
            self.method(Entry::Step, &quote!(mut), &arguments, &quote!(()), &self.body_or_call(Entry::Step));
        let training = self.training();
        quote! {
            impl #runtime::Trainable for #network {
                type Optimizer = #optimizer;
                fn step(&mut self, __optimizer: &mut #optimizer, __gradients: &#gradients) { #body }
                #training
            }
        }
    }
}
