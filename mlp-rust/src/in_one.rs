//! A step on one sample as one routine: what accumulates and what steps are methods that are inlined into it, so that
//! the machine is asked for once and the step reads gradients out of registers.

use mlp_dsl::{plan::Entry, shape::Shape};
use proc_macro2::TokenStream;
use quote::quote;

use super::Context;

/// Multiply-adds of a forward pass up to which it pays: the code stands in two entry points then, and what is saved
/// is the same for all sizes.
const MOST: usize = 64;

impl Context<'_> {
    /// Whether a step on one sample is one routine: where everything is written out, not much, and functions or sums
    /// ask for the machine. A penalty would come in between.
    pub(super) fn trains_in_one(&self) -> bool {
        self.plan.unrolled
            && self.derivation.multiply_adds() <= MOST
            && self.plan.routine(Entry::Step).is_some()
            && self.plan.routine(Entry::Penalize).is_none()
            && self.functions_need_machine
    }

    /// The loss and the gradients of a sample.
    pub(super) fn accumulate_code(&self) -> TokenStream {
        if self.trains_in_one() {
            return quote!(__network.__accumulate(
                __isa,
                __first,
                __input,
                __target,
                __workspace,
                __gradients
            ));
        }
        let total = self.derivation.loss.as_ref().map(|loss| self.names.of(loss.total));
        let body = self.body(Entry::Accumulate);
        quote!(#body #total)
    }

    /// The step.
    pub(super) fn step_code(&self) -> TokenStream {
        if self.trains_in_one() {
            return quote!(__network.__step(__isa, __optimizer, __gradients););
        }
        self.body(Entry::Step)
    }

    /// The methods that a step on one sample consists of.
    pub(super) fn parts_of_training(&self) -> TokenStream {
        let Some(loss) = self.derivation.loss.as_ref().filter(|_| self.trains_in_one()) else {
            return TokenStream::new();
        };
        let (network, optimizer, workspace, gradients, runtime, real) = (
            &self.types.network,
            &self.types.optimizer,
            &self.types.workspace,
            &self.types.gradients,
            &self.runtime,
            self.real(),
        );
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        let (accumulate, step, total) =
            (self.body(Entry::Accumulate), self.body(Entry::Step), self.names.of(loss.total));
        quote! {
            impl #network {
                #[inline(always)]
                fn __accumulate<__I: #runtime::Isa>(
                    &self, __isa: __I, __first: bool, __input: &#input, __target: &#target,
                    __workspace: &mut #workspace, __gradients: &mut #gradients,
                ) -> #real {
                    let __network = self;
                    #accumulate
                    #total
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

    /// One sample, and the step.
    pub(super) fn train_in_one(&self) -> TokenStream {
        self.train_into(&quote! {
            let __loss = __network.__accumulate(__isa, true, __input, __target, __workspace, __gradients);
            __network.__step(__isa, __optimizer, __gradients);
            __loss
        })
    }
}
