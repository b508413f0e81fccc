//! Gradients with respect to inputs, and the methods for blocks and groups of samples that write them.

use mlp_dsl::{
    plan::{Entry, Operand, Sums},
    shape::Shape,
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Body, Context,
    dispatch::{Argument, Signature, argument},
    size,
};
use crate::names::{SUMS, own};

impl Body<'_> {
    /// Writes the gradient with respect to the input of a sample.
    pub(super) fn input_gradient(&self, values: &[(Operand, usize)]) -> TokenStream {
        if let [(value, _)] = values
            && matches!(value.shape, Shape::Vector(_))
        {
            let name = self.name(value);
            return quote!(*__input_gradient = *#name;);
        }
        let runtime = &self.context.runtime;
        let values = values.iter().map(|(value, at)| {
            let (name, at) = (self.name(value), size(*at));
            match value.shape {
                Shape::Scalar => quote!(__input_gradient[#at] = #name;),
                Shape::Vector(_) | Shape::Matrix(..) => {
                    quote!(#runtime::put_slice(&*#name, #at, __input_gradient);)
                }
            }
        });
        values.collect()
    }
}

/// A method for a block of samples.
struct Block {
    name: TokenStream,
    entry: Entry,
    /// In the place of targets, if there are other ones.
    outputs: bool,
    /// Whether gradients of parameters are accumulated.
    accumulates: bool,
    /// Whether there is a loss.
    loss: bool,
}

impl Context<'_> {
    /// The methods for blocks that write the gradients of the loss with respect to inputs.
    pub(crate) fn input_gradients(&self) -> TokenStream {
        if !self.plan.has_blocks() {
            return self.with_input_groups();
        }
        let alone = self.block_with_input(&Block {
            name: quote!(input_gradient_block),
            entry: Entry::InputGradientBlock,
            outputs: false,
            accumulates: false,
            loss: true,
        });
        let both = self.block_with_input(&Block {
            name: quote!(accumulate_with_input_block),
            entry: Entry::AccumulateWithInputBlock,
            outputs: false,
            accumulates: true,
            loss: true,
        });
        let groups = self.with_input_groups();
        quote!(#alone #both #groups)
    }

    /// The methods for blocks that begin with the gradient with respect to the output.
    pub(crate) fn pulled_back(&self) -> TokenStream {
        let block = self.plan.has_blocks().then(|| {
            self.block_with_input(&Block {
                name: quote!(pull_back_block),
                entry: Entry::PullBackBlock,
                outputs: true,
                accumulates: true,
                loss: false,
            })
        });
        let groups = self.pulled_groups();
        quote!(#block #groups)
    }

    fn output(&self) -> TokenStream {
        self.array(Shape::Vector(self.output_count()))
    }

    fn block_with_input(&self, block: &Block) -> TokenStream {
        let (workspace, gradients, real) = (&self.types.batch_workspace, &self.types.gradients, self.real());
        let input = self.array(Shape::Vector(self.input_count()));
        let others = match block.outputs {
            true => ("__output_gradients", self.output()),
            false => ("__targets", self.target()),
        };
        let mut all: Vec<(&'static str, bool, TokenStream)> = Vec::new();
        if block.accumulates {
            all.push(("__first", false, quote!(bool)));
            all.push(("__samples", false, quote!(::core::option::Option<#real>)));
        }
        let (name, other) = others;
        all.push(("__inputs", true, quote!([#input])));
        all.push((name, true, quote!([#other])));
        all.push(("__workspace", true, quote!(mut #workspace)));
        if block.accumulates {
            all.push(("__gradients", true, quote!(mut #gradients)));
        }
        all.push(("__input_gradients", true, quote!(mut [#input])));
        if block.loss {
            all.push(("__total", true, quote!(mut #real)));
        }
        let arguments: Vec<Argument> = all
            .iter()
            .map(|(name, reference, ty)| {
                argument(name, if *reference { quote!(&'r #ty) } else { ty.clone() })
            })
            .collect();
        let parameters = all.iter().map(|(name, reference, ty)| {
            let (name, reference) = (own(name), reference.then(|| quote!(&)));
            quote!(#name: #reference #ty)
        });
        let signature = Signature { entry: block.entry, is_mutable: false, arguments, result: None };
        let (method, body) = (&block.name, self.dispatched(&signature));
        quote!(fn #method(&self, #(#parameters),*) { #body })
    }

    /// Where the sums of groups are.
    fn sums(&self) -> Option<(TokenStream, TokenStream)> {
        let Sums { numbers, in_workspace } = self.plan.layout.sums?;
        let (name, numbers) = (own(SUMS), size(numbers));
        Some(if in_workspace {
            (TokenStream::new(), quote!(&mut __workspace.#name))
        } else {
            (quote!(let mut #name = [0.0_f64; #numbers];), quote!(&mut #name))
        })
    }

    /// A batch of more than one group of samples: loss and gradients; none where a batch is one group.
    fn with_input_groups(&self) -> TokenStream {
        let Some((declared, sums)) = self.sums() else { return TokenStream::new() };
        let (workspace, gradients, runtime, real) =
            (&self.types.batch_workspace, &self.types.gradients, &self.runtime, self.real());
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        quote! {
            #[inline(never)]
            fn backward_with_input_groups(
                &self, __batch: #runtime::Batch<'_, #input, #target>, __workspace: &mut #workspace,
                __gradients: &mut #gradients, __input_gradients: &mut [#input],
            ) -> #real {
                #declared
                #runtime::with_input_in_groups(self, __batch, __workspace, __gradients, __input_gradients, |__first, __samples, __workspace, __gradients| {
                    #runtime::add_group(
                        __first, __samples, <Self as #runtime::Differentiable>::REDUCTION, #sums, __gradients,
                    );
                })
            }
        }
    }

    /// The same back from the output.
    fn pulled_groups(&self) -> TokenStream {
        let Some((declared, sums)) = self.sums() else { return TokenStream::new() };
        let (workspace, gradients, runtime) =
            (&self.types.batch_workspace, &self.types.gradients, &self.runtime);
        let (input, output) = (self.array(Shape::Vector(self.input_count())), self.output());
        quote! {
            #[inline(never)]
            fn pull_back_groups(
                &self, __batch: #runtime::Batch<'_, #input, #output>, __reduction: #runtime::Reduction,
                __workspace: &mut #workspace, __gradients: &mut #gradients, __input_gradients: &mut [#input],
            ) {
                #declared
                #runtime::pulled_in_groups(self, __batch, __reduction, __workspace, __gradients, __input_gradients, |__first, __samples, __workspace, __gradients| {
                    #runtime::add_group(__first, __samples, __reduction, #sums, __gradients);
                });
            }
        }
    }
}
