//! Methods that begin with another routine, or are inlined into others: those of training.

use mlp_dsl::{
    plan::{Entry, Sums},
    shape::Shape,
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Context,
    dispatch::{Argument, Signature, argument},
    size,
};
use crate::names::{SAMPLE, STEP, SUMS, own};

impl Context<'_> {
    /// All of a block but the sums of outer products: a method, since two entry points begin with it.
    pub(crate) fn accumulated_samples(&self) -> TokenStream {
        if self.plan.routine(Entry::SamplesBlock).is_none() {
            return TokenStream::new();
        }
        let (network, workspace, gradients, real) =
            (&self.types.network, &self.types.batch_workspace, &self.types.gradients, self.real());
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        let mut arguments = self.block_arguments();
        arguments.push(argument("__total", quote!(&'r mut #real)));
        let body = self.dispatched(&Signature {
            entry: Entry::SamplesBlock,
            is_mutable: false,
            arguments,
            result: None,
        });
        quote! {
            impl #network {
                fn __accumulate_samples(
                    &self, __first: bool, __inputs: &[#input], __targets: &[#target],
                    __workspace: &mut #workspace, __gradients: &mut #gradients, __total: &mut #real,
                ) {
                    #body
                }
            }
        }
    }

    /// What the entry points of a block have in common.
    fn block_arguments(&self) -> Vec<Argument> {
        let (workspace, gradients) = (&self.types.batch_workspace, &self.types.gradients);
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        vec![
            argument("__first", quote!(bool)),
            argument("__inputs", quote!(&'r [#input])),
            argument("__targets", quote!(&'r [#target])),
            argument("__workspace", quote!(&'r mut #workspace)),
            argument("__gradients", quote!(&'r mut #gradients)),
        ]
    }

    /// The gradients of a block.
    pub(crate) fn accumulate_block(&self) -> TokenStream {
        let (samples, real) = (samples_first(), self.real());
        let mut arguments = self.block_arguments();
        arguments.push(argument("__samples", quote!(::core::option::Option<#real>)));
        let sums = self.dispatched(&Signature {
            entry: Entry::AccumulateBlock,
            is_mutable: false,
            arguments,
            result: None,
        });
        let parameters = self.block_parameters(&TokenStream::new());
        quote! {
            fn accumulate_block(&self, #parameters) {
                #samples
                #sums
            }
        }
    }

    /// The gradients of a batch of more than one group of samples; none where a batch is one group.
    pub(crate) fn backward_groups(&self) -> TokenStream {
        let Some(Sums { numbers, in_workspace }) = self.plan.layout.sums else { return TokenStream::new() };
        let (workspace, gradients, runtime, real) =
            (&self.types.batch_workspace, &self.types.gradients, &self.runtime, self.real());
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        let (name, numbers) = (own(SUMS), size(numbers));
        let (declared, sums) = if in_workspace {
            (TokenStream::new(), quote!(&mut __workspace.#name))
        } else {
            (quote!(let mut #name = [0.0_f64; #numbers];), quote!(&mut #name))
        };
        // A function of its own: shorter batches don't need its memory on the stack.
        quote! {
            #[inline(never)]
            fn backward_groups(
                &self, __batch: #runtime::Batch<'_, #input, #target>,
                __workspace: &mut #workspace, __gradients: &mut #gradients,
            ) -> #real {
                #declared
                #runtime::in_groups(self, __batch, __workspace, __gradients, |__first, __samples, __workspace, __gradients| {
                    #runtime::add_group(
                        __first, __samples, <Self as #runtime::Differentiable>::REDUCTION, #sums, __gradients,
                    );
                })
            }
        }
    }

    /// The parameters of a method for a block, with what is its own.
    fn block_parameters(&self, own: &TokenStream) -> TokenStream {
        let (workspace, gradients, real) = (&self.types.batch_workspace, &self.types.gradients, self.real());
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        quote! {
            __first: bool, __samples: ::core::option::Option<#real>, __inputs: &[#input], __targets: &[#target],
            #own __workspace: &mut #workspace, __gradients: &mut #gradients, __total: &mut #real,
        }
    }

    /// The entry points that train at once, where there are any.
    pub(crate) fn training(&self) -> TokenStream {
        let block = self.plan.routine(Entry::TrainBlock).map(|_| self.train_block());
        let sample = self.plan.routine(Entry::Train).map(|_| self.train_into());
        quote!(#block #sample)
    }

    fn train_block(&self) -> TokenStream {
        let (optimizer, real) = (&self.types.optimizer, self.real());
        let mut arguments = self.block_arguments();
        arguments.push(argument("__samples", quote!(::core::option::Option<#real>)));
        arguments.push(argument("__optimizer", quote!(&'r mut #optimizer)));
        let stepped = self.dispatched(&Signature {
            entry: Entry::TrainBlock,
            is_mutable: true,
            arguments,
            result: None,
        });
        let (samples, parameters) =
            (samples_first(), self.block_parameters(&quote!(__optimizer: &mut #optimizer,)));
        quote! {
            fn train_block(&mut self, #parameters) {
                #samples
                #stepped
            }
        }
    }

    fn train_into(&self) -> TokenStream {
        let (optimizer, workspace, gradients, real) =
            (&self.types.optimizer, &self.types.workspace, &self.types.gradients, self.real());
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        let arguments = vec![
            argument("__input", quote!(&'r #input)),
            argument("__target", quote!(&'r #target)),
            argument("__optimizer", quote!(&'r mut #optimizer)),
            argument("__workspace", quote!(&'r mut #workspace)),
            argument("__gradients", quote!(&'r mut #gradients)),
        ];
        let result = Some(real.clone());
        let runtime = &self.runtime;
        let drawn = self.plan.layout.draws.then(|| {
            quote! {
                <Self as #runtime::Differentiable>::draw_for(
                    <Self as #runtime::Trainable>::next_step(__optimizer), __workspace,
                );
            }
        });
        let body = self.dispatched(&Signature { entry: Entry::Train, is_mutable: true, arguments, result });
        quote! {
            fn train_into(
                &mut self, __input: &#input, __target: &#target, __optimizer: &mut #optimizer,
                __workspace: &mut #workspace, __gradients: &mut #gradients,
            ) -> #real {
                #drawn
                #body
            }
        }
    }

    /// What a workspace is told of the step whose masks are drawn, where dropout has masks.
    pub(crate) fn drawing(&self) -> Option<TokenStream> {
        let (workspace, step, next) = (&self.types.workspace, own(STEP), own(SAMPLE));
        self.plan.layout.draws.then(|| {
            quote! {
                fn draw_for(__step: u64, __workspace: &mut #workspace) {
                    __workspace.#step = __step;
                    __workspace.#next = 0;
                }
            }
        })
    }

    /// The number of the step that an optimizer takes next, where masks depend on it.
    pub(crate) fn next_step(&self) -> Option<TokenStream> {
        let optimizer = &self.types.optimizer;
        self.plan.layout.draws.then(|| {
            quote! {
                fn next_step(__optimizer: &#optimizer) -> u64 {
                    __optimizer.steps.saturating_add(1)
                }
            }
        })
    }

    /// The routines that are inlined into others, as methods.
    pub(crate) fn inlined(&self) -> TokenStream {
        let is_inlined = |entry| self.plan.routine(entry).is_some_and(|routine| routine.inlined);
        if !is_inlined(Entry::Accumulate) {
            return TokenStream::new();
        }
        let (network, optimizer, workspace, gradients, runtime, real) = (
            &self.types.network,
            &self.types.optimizer,
            &self.types.workspace,
            &self.types.gradients,
            &self.runtime,
            self.real(),
        );
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        let (accumulate, step) = (self.body(Entry::Accumulate), self.body(Entry::Step));
        quote! {
            impl #network {
                #[inline(always)]
                fn __accumulate<__I: #runtime::Isa>(
                    &self, __isa: __I, __first: bool, __input: &#input, __target: &#target,
                    __workspace: &mut #workspace, __gradients: &mut #gradients,
                ) -> #real {
                    let __network = self;
                    #accumulate
                }
                #[inline(always)]
                fn __step<__I: #runtime::Isa>(
                    &mut self, __isa: __I, __optimizer: &mut #optimizer, __gradients: &#gradients,
                ) {
                    let __network = self;
                    #step
                }
            }
        }
    }

    /// The body of an entry point: its own, or the call of its inlined method.
    pub(crate) fn body_or_call(&self, entry: Entry) -> TokenStream {
        match self.plan.routine(entry) {
            Some(routine) if routine.inlined && entry == Entry::Step => {
                let call = super::Body { context: self, entry }.run(entry);
                quote!(#call;)
            }
            Some(routine) if routine.inlined => super::Body { context: self, entry }.run(entry),
            _ => self.body(entry),
        }
    }
}

fn samples_first() -> TokenStream {
    quote! {
        self.__accumulate_samples(__first, __inputs, __targets, __workspace, __gradients, __total);
    }
}
