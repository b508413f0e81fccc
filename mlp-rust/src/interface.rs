//! What a user calls: constants, methods and the traits of the runtime.

use mlp_dsl::{kind::ParameterKind, model::Reduction, plan::Entry, shape::Shape};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, names::counts, size};

impl Context<'_> {
    /// The network's own methods.
    pub(super) fn interface(&self) -> TokenStream {
        let network = &self.types.network;
        let constants = self.constants();
        let parameters = self.parameter_methods();
        let forward = self.forward_methods();
        let training = self.derivation.loss.as_ref().map(|_| self.gradient_methods());
        let updates = self.derivation.training.as_ref().map(|_| self.train_methods());
        let default = self.plan.layout.by_value.then(|| {
            quote! {
                impl ::core::default::Default for #network {
                    fn default() -> Self { Self::new() }
                }
            }
        });
        quote! {
            impl #network { #constants #parameters #forward #training #updates }
            #default
        }
    }

    fn constants(&self) -> TokenStream {
        let d = self.derivation;
        let weights = d.count(ParameterKind::Weight);
        let biases = d.count(ParameterKind::Bias);
        let layers = d.layers.len() + 1;
        let rows = [
            (weights + biases, format!(" Number of parameters: {weights} weights + {biases} biases.")),
            (weights, " Number of weights.".to_owned()),
            (biases, " Number of biases.".to_owned()),
            (self.input_count(), " Length of the input of a sample.".to_owned()),
            (self.output_count(), " Length of the output.".to_owned()),
            (layers, " Number of layers, including the input.".to_owned()),
            (d.multiply_adds(), " Multiply-adds in a forward pass of one sample.".to_owned()),
            (self.plan.layout.parameter_bytes, " Size of the parameters in bytes.".to_owned()),
            (self.plan.layout.workspace_bytes, " Size of the workspace in bytes.".to_owned()),
            (d.frozen_count(), " Number of frozen parameters, which training does not change.".to_owned()),
            (
                self.plan.layout.optimizer_bytes,
                " Size of the optimizer, its settings and states, in bytes.".to_owned(),
            ),
        ];
        let names = counts(); // in the order of `names::COUNTS`
        let values = rows.iter().map(|(value, _)| size(*value));
        let docs = rows.iter().map(|(_, doc)| doc);
        let fingerprint = super::fingerprint::fingerprint(d);
        let data = self.data();
        quote! {
            #data
            #(#[doc = #docs] pub const #names: usize = #values;)*
            /// A hash of the equations: equal for equal specifications, on every machine.
            pub const FINGERPRINT: u64 = #fingerprint;
        }
    }

    /// The samples of `data`.
    fn data(&self) -> TokenStream {
        let (samples, precision) = (&self.derivation.header.samples, self.derivation.header.precision);
        if !self.derivation.header.has_data {
            return TokenStream::new();
        }
        let (count, input) = (size(samples.len()), self.array(Shape::Vector(self.input_count())));
        let row = |numbers: &[f64]| {
            let numbers = numbers.iter().map(|x| crate::body::formula::literal(*x, precision));
            quote!([#(#numbers),*])
        };
        let inputs = samples.iter().map(|sample| row(&sample.input));
        let targets = self.derivation.target.as_ref().map(|target| {
            let (ty, runtime) = (self.target(), &self.runtime);
            let targets = samples.iter().map(|sample| match sample.target.iter().position(|x| *x == 1.0) {
                Some(class) if target.class => {
                    let class = size(class);
                    quote!(#runtime::Class::at_most(#class))
                }
                _ => row(&sample.target),
            });
            quote! {
                /// The targets of the specification's samples.
                pub const DATA_TARGETS: [#ty; #count] = [#(#targets),*];
            }
        });
        quote! {
            /// The inputs of the specification's samples.
            pub const DATA_INPUTS: [#input; #count] = [#(#inputs),*];
            #targets
        }
    }

    fn parameter_methods(&self) -> TokenStream {
        let seed = self.derivation.header.seed;
        let fields: Vec<_> = self.derivation.parameters.iter().map(|p| self.field(p.equation)).collect();
        let zeros = self.derivation.parameters.iter().map(|p| self.zero(self.shape(p)));
        let (runtime, trained) = (&self.runtime, self.trained());
        let by_value = self.plan.layout.by_value.then(|| {
            quote! {
                /// A network with the specification's start values.
                pub fn new() -> Self { Self::with_seed(#seed) }

                /// A network with start values drawn from another seed.
                pub fn with_seed(seed: u64) -> Self {
                    let mut network = Self::ZERO;
                    #runtime::Network::initialize(&mut network, seed);
                    network
                }
            }
        });
        quote! {
            /// The specification's seed for random start values.
            pub const SEED: u64 = #seed;

            /// All parameters are 0: for initialization in place, for example in a `static`.
            pub const ZERO: Self = Self { #(#fields: #zeros),* };

            #trained

            #by_value

            /// Sets every parameter to its start value, in place. `Self::SEED` is the seed of the
            /// specification.
            pub fn initialize(&mut self, seed: u64) {
                #runtime::Network::initialize(self, seed);
            }
        }
    }

    fn forward_methods(&self) -> TokenStream {
        let (input, output) =
            (self.array(Shape::Vector(self.input_count())), self.array(Shape::Vector(self.output_count())));
        let zero = self.zero(Shape::Vector(self.output_count()));
        let (workspace, trace, runtime) = (&self.types.workspace, &self.types.trace, &self.runtime);
        let trace_body = self.body(Entry::Trace);
        // A trace is looked at: it is not worth code for every machine.
        let code = quote! {
            use #runtime::Isa as _;
            let (__network, __isa) = (self, #runtime::Portable);
            #trace_body
        };
        let by_value = self.plan.layout.by_value.then(|| {
            quote! {
                /// The output for a sample.
                pub fn forward(&self, input: &#input) -> #output {
                    let mut output = #zero;
                    self.forward_into(input, &mut #workspace::new(), &mut output);
                    output
                }

                /// Every named value of the forward pass for a sample.
                pub fn trace(&self, input: &#input) -> #trace {
                    let mut trace = #trace::ZERO;
                    self.trace_into(input, &mut #workspace::new(), &mut trace);
                    trace
                }
            }
        });
        quote! {
            #by_value

            /// Writes the output for a sample.
            pub fn forward_into(&self, input: &#input, workspace: &mut #workspace, output: &mut #output) {
                #runtime::Network::forward_into(self, input, workspace, output);
            }

            /// Writes the output for each sample of a batch of any length.
            ///
            /// # Errors
            /// If the numbers of inputs and outputs differ; nothing is written then.
            pub fn forward_batch(
                &self, inputs: &[#input], workspace: &mut #workspace, outputs: &mut [#output],
            ) -> ::core::result::Result<(), #runtime::BatchError> {
                #runtime::Network::forward_batch(self, inputs, workspace, outputs)
            }

            /// Writes every named value of the forward pass for a sample.
            pub fn trace_into(&self, input: &#input, workspace: &mut #workspace, trace: &mut #trace) {
                let (__input, __workspace, __trace) = (input, workspace, trace);
                #code
            }
        }
    }

    fn gradient_methods(&self) -> TokenStream {
        let batch_docs = self.batch_docs();
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        let (workspace, gradients, runtime, real) =
            (&self.types.workspace, &self.types.gradients, &self.runtime, self.real());
        let by_value = self.plan.layout.by_value.then(|| {
            quote! {
                /// The loss of a sample.
                pub fn loss(&self, input: &#input, target: &#target) -> #real {
                    #runtime::Differentiable::loss(self, input, target, &mut #workspace::new())
                }

                /// The loss of a sample and its gradients.
                pub fn backward(&self, input: &#input, target: &#target) -> (#real, #gradients) {
                    let mut gradients = #gradients::ZERO;
                    let loss = self.backward_into(input, target, &mut #workspace::new(), &mut gradients);
                    (loss, gradients)
                }
            }
        });
        quote! {
            #by_value

            /// Returns the loss of a sample and writes its gradients.
            pub fn backward_into(
                &self, input: &#input, target: &#target, workspace: &mut #workspace, gradients: &mut #gradients,
            ) -> #real {
                #runtime::Differentiable::backward_into(self, input, target, workspace, gradients)
            }

            #[doc = #batch_docs]
            pub fn backward_batch(
                &self, batch: #runtime::Batch<'_, #input, #target>, workspace: &mut #workspace,
                gradients: &mut #gradients,
            ) -> #real {
                #runtime::Differentiable::backward_batch(self, batch, workspace, gradients)
            }
        }
    }

    /// What a batch's loss and gradients are.
    fn batch_docs(&self) -> String {
        let Some(loss) = &self.derivation.loss else { return String::new() };
        let (word, penalty) = match loss.reduction {
            Reduction::Mean => ("mean", " plus the penalty"),
            Reduction::Sum => ("summed", " plus the penalty"),
        };
        let penalty = if loss.penalty.is_some() { penalty } else { "" };
        format!(" Returns the {word} loss of a batch{penalty} and writes its gradients.")
    }

    fn train_methods(&self) -> TokenStream {
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        let (workspace, gradients, optimizer, runtime, real) =
            (&self.types.workspace, &self.types.gradients, &self.types.optimizer, &self.runtime, self.real());
        // A fresh optimizer would forget what the rule keeps from step to step.
        let by_value = (self.plan.layout.by_value && !self.derivation.has_optimizer_state()).then(|| {
            quote! {
                /// Performs one training step on a sample; returns the loss before the step.
                pub fn train(&mut self, input: &#input, target: &#target) -> #real {
                    let (loss, gradients) = self.backward(input, target);
                    #runtime::Trainable::step(self, &mut #optimizer::new(), &gradients);
                    loss
                }
            }
        });
        quote! {
            #by_value

            /// Performs one training step on a sample, in place; returns the loss before the step.
            pub fn train_into(
                &mut self, input: &#input, target: &#target,
                optimizer: &mut #optimizer, workspace: &mut #workspace, gradients: &mut #gradients,
            ) -> #real {
                #runtime::Trainable::train_into(self, input, target, optimizer, workspace, gradients)
            }

            /// Performs one training step on a batch; returns the loss of the batch before the step.
            pub fn train_batch(
                &mut self, batch: #runtime::Batch<'_, #input, #target>,
                optimizer: &mut #optimizer, workspace: &mut #workspace, gradients: &mut #gradients,
            ) -> #real {
                #runtime::Trainable::train_batch(self, batch, optimizer, workspace, gradients)
            }
        }
    }
}
