//! Gradients that are sums of outer products, which end a block, and steps that their kernels take.

use std::collections::HashSet;

use mlp_dsl::{
    ir::equation::EquationId,
    plan::{self, Descent, Entry, Place, Routine, Step},
    shape::Shape,
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Context,
    block::sums_of_products,
    run::{Argument, argument},
    size,
};

impl Context<'_> {
    /// All of a block but the sums of outer products: a method, since two entry points begin so.
    pub(super) fn accumulated_samples(&self) -> TokenStream {
        let Some(loss) = self.derivation.loss.as_ref().filter(|_| self.in_blocks()) else {
            return TokenStream::new();
        };
        let (network, workspace, gradients, real) =
            (&self.types.network, &self.types.workspace, &self.types.gradients, self.real());
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        let total = self.names.of(loss.total);
        let code = self.block_body(Entry::Accumulate, &[loss.total], &quote!(*__total = *__total + #total;));
        let mut arguments = self.block_arguments();
        arguments.push(argument("__total", quote!(&'r mut #real)));
        let body = self.method(Entry::Accumulate, &TokenStream::new(), &arguments, &quote!(()), &code);
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
        let (workspace, gradients) = (&self.types.workspace, &self.types.gradients);
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
    pub(super) fn accumulate_block(&self) -> TokenStream {
        let Some(routine) = self.plan.routine(Entry::Accumulate) else { return TokenStream::new() };
        let (samples, sums) = (self.samples_first(), self.sums(routine, &[]));
        let real = self.real();
        let mut arguments = self.block_arguments();
        arguments.push(argument("__samples", quote!(::core::option::Option<#real>)));
        let sums = self.method(Entry::Accumulate, &TokenStream::new(), &arguments, &quote!(()), &sums);
        let parameters = self.block_parameters(&TokenStream::new());
        quote! {
            fn accumulate_block(&self, #parameters) {
                #samples
                #sums
            }
        }
    }

    fn samples_first(&self) -> TokenStream {
        quote! {
            self.__accumulate_samples(__first, __inputs, __targets, __workspace, __gradients, __total);
        }
    }

    /// The parameters of a method for a block, with what is its own.
    fn block_parameters(&self, own: &TokenStream) -> TokenStream {
        let (workspace, gradients, real) = (&self.types.workspace, &self.types.gradients, self.real());
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        quote! {
            __first: bool, __samples: ::core::option::Option<#real>, __inputs: &[#input], __targets: &[#target],
            #own __workspace: &mut #workspace, __gradients: &mut #gradients, __total: &mut #real,
        }
    }

    /// The sums of outer products, or steps with them, and the means of what else was summed.
    fn sums(&self, routine: &Routine, descents: &[Descent]) -> TokenStream {
        let fused = self.fused();
        let products = sums_of_products(routine).into_iter().filter_map(|step| {
            let id = step.equation;
            let (a, b) = plan::outer(self.derivation, routine, id)?;
            let (a, b, total) = (self.rows(a), self.rows(b), self.total(id));
            Some(match descents.iter().find(|descent| descent.gradient == id) {
                None => quote!(__isa.add_outers::<#fused, _, _, _>(__first, __samples, #total, #a, #b);),
                Some(descent) => {
                    let (rate, w) = (self.names.of(descent.rate), self.field(descent.parameter));
                    quote! {
                        __isa.descend_outers::<#fused, _, _, _>(
                            __first, __samples, #rate, &mut __network.#w, #total, #a, #b,
                        );
                    }
                }
            })
        });
        let (divided, block) = (self.divided(routine), size(self.plan.block));
        quote! {
            let __count = __inputs.len().min(__targets.len()).min(#block);
            #(#products)*
            #divided
        }
    }

    /// The entry points whose kernels take steps, where there are any.
    pub(super) fn descending(&self) -> TokenStream {
        let descents = plan::descents(self.derivation, self.plan);
        let routines = (self.plan.routine(Entry::Accumulate), self.plan.routine(Entry::Step));
        let (Some(accumulate), Some(step)) = routines else { return TokenStream::new() };
        if descents.is_empty() {
            return TokenStream::new();
        }
        let block = self.in_blocks().then(|| self.train_block(accumulate, step, &descents));
        let sample = self.train_sample(accumulate, step, &descents);
        quote!(#block #sample)
    }

    fn train_block(&self, accumulate: &Routine, step: &Routine, descents: &[Descent]) -> TokenStream {
        let (optimizer, real) = (&self.types.optimizer, self.real());
        let [before, behind] = self.around(step, descents);
        let sums = self.sums(accumulate, descents);
        let mut arguments = self.block_arguments();
        arguments.push(argument("__samples", quote!(::core::option::Option<#real>)));
        arguments.push(argument("__optimizer", quote!(&'r mut #optimizer)));
        let code = quote!(#before #sums #behind);
        let stepped = self.method(Entry::Step, &quote!(mut), &arguments, &quote!(()), &code);
        let samples = self.samples_first();
        let parameters = self.block_parameters(&quote!(__optimizer: &mut #optimizer,));
        quote! {
            fn train_block(&mut self, #parameters) {
                #samples
                #stepped
            }
        }
    }

    /// One sample, and the step.
    pub(super) fn train_into(&self, code: &TokenStream) -> TokenStream {
        let (optimizer, workspace, gradients, real) =
            (&self.types.optimizer, &self.types.workspace, &self.types.gradients, self.real());
        let (input, target) = (self.array(Shape::Vector(self.input_count())), self.target());
        let arguments = [
            argument("__input", quote!(&'r #input)),
            argument("__target", quote!(&'r #target)),
            argument("__optimizer", quote!(&'r mut #optimizer)),
            argument("__workspace", quote!(&'r mut #workspace)),
            argument("__gradients", quote!(&'r mut #gradients)),
        ];
        let body = self.method(Entry::Accumulate, &quote!(mut), &arguments, &real, code);
        quote! {
            fn train_into(
                &mut self, __input: &#input, __target: &#target, __optimizer: &mut #optimizer,
                __workspace: &mut #workspace, __gradients: &mut #gradients,
            ) -> #real {
                #body
            }
        }
    }

    fn train_sample(&self, accumulate: &Routine, step: &Routine, descents: &[Descent]) -> TokenStream {
        let Some(loss) = &self.derivation.loss else { return TokenStream::new() };
        let is_handed_on = |step: &&Step| descents.iter().any(|d| d.gradient == step.equation);
        let steps: Vec<Step> = accumulate.steps.iter().filter(|step| !is_handed_on(step)).copied().collect();
        let (bindings, steps) = (self.bindings(accumulate), self.statements(accumulate, &steps));
        let [before, behind] = self.around(step, descents);
        let (fused, total) = (self.fused(), self.names.of(loss.total));
        let products = descents.iter().filter_map(|descent| {
            let (a, b) = plan::outer(self.derivation, accumulate, descent.gradient)?;
            let [a, b, rate] = [a, b, descent.rate].map(|id| self.names.of(id));
            let w = self.field(descent.parameter);
            Some(quote!(__isa.descend_outer::<#fused, _, _, _>(#rate, &mut __trained.#w, #a, #b);))
        });
        // The parameters are read before they are written.
        let code = quote! {
            let __first = true;
            let __trained = __network;
            let __network = &*__trained;
            #bindings
            #steps
            #before
            #(#products)*
            let __network = __trained;
            #behind
            #total
        };
        self.train_into(&code)
    }

    /// The rule's settings and numbers, and the steps that no kernel takes.
    fn around(&self, step: &Routine, descents: &[Descent]) -> [TokenStream; 2] {
        let is_taken = |id: EquationId| descents.iter().any(|d| [d.gradient, d.updated].contains(&id));
        let used: HashSet<EquationId> =
            step.steps.iter().map(|step| step.equation).filter(|id| !is_taken(*id)).collect();
        let (numbers, steps): (Vec<Step>, Vec<Step>) = step
            .steps
            .iter()
            .filter(|step| used.contains(&step.equation))
            .partition(|step| step.place != Place::Updated);
        let (rule, numbers) = (self.bind_rule(&used), self.statements(step, &numbers));
        let (gradients, steps) = (self.bind_gradients(&used), self.statements(step, &steps));
        [quote!(#rule #numbers), quote!(#gradients #steps)]
    }
}
