//! Entry points for a block of samples, stage by stage.

use std::collections::BTreeSet;

use mlp_dsl::{
    ir::{Data, equation::EquationId},
    plan::{self, Entry, Place, Routine, Stage, Step},
    shape::Shape,
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, elementwise::Arrays, size};

impl Context<'_> {
    /// The body for `__inputs`, with `__targets` or `__outputs`. `last` stands behind the last sample's
    /// steps, where the values `results` are to be had.
    pub(super) fn block_body(&self, entry: Entry, results: &[EquationId], last: &TokenStream) -> TokenStream {
        let Some(routine) = self.plan.routine(entry) else { return TokenStream::new() };
        let used: BTreeSet<EquationId> = routine.steps.iter().map(|step| step.equation).collect();
        let parameters = self.bind_parameters(&|id| used.contains(&id));
        let last_samples = routine.stages.iter().rposition(|stage| matches!(stage, Stage::Samples(_)));
        let sums = sums_of_products(routine).len(); // behind all others, and computed apart
        let stages = routine.stages.iter().take(routine.stages.len() - sums);
        let stages = stages.enumerate().map(|(number, stage)| match stage {
            Stage::Once(steps) => {
                let names = self.bind_kept(routine, steps, &[]);
                let steps = self.statements(routine, steps);
                quote!(#names #steps)
            }
            Stage::Product(step) => self.block_product(routine, step),
            Stage::Flat(steps) => self.flat(steps),
            Stage::Samples(steps) if Some(number) == last_samples => {
                self.samples(routine, steps, results, last)
            }
            Stage::Samples(steps) => self.samples(routine, steps, &[], &TokenStream::new()),
        });
        let (cleared, block) = (self.cleared(entry), size(self.plan.block));
        let count = match entry {
            Entry::Forward => quote!(__inputs.len().min(__outputs.len())),
            _ => quote!(__inputs.len().min(__targets.len())),
        };
        quote! {
            let __count = #count.min(#block);
            #parameters
            #cleared
            #(#stages)*
        }
    }

    /// Sample by sample.
    fn samples(
        &self,
        routine: &Routine,
        steps: &[Step],
        results: &[EquationId],
        last: &TokenStream,
    ) -> TokenStream {
        if steps.is_empty() && last.is_empty() {
            return TokenStream::new();
        }
        let names = self.bind_kept(routine, steps, results);
        let read: BTreeSet<EquationId> = self.read(steps, results).into_iter().collect();
        let data = self.bind_samples(&|id| read.contains(&id));
        let first =
            (routine.entry == Entry::Accumulate).then(|| quote!(let __first = __first && __sample == 0;));
        let handed = (routine.entry == Entry::Forward)
            .then(|| quote!(let __output = &mut __outputs[__sample];))
            .filter(|_| !last.is_empty());
        let is_kept = |step: &&Step| {
            let number = self.derivation.shape(step.equation) == Shape::Scalar;
            number && step.place == Place::Local && self.plan.samples(step.equation).is_some()
        };
        let keep = steps.iter().filter(is_kept).map(|step| {
            let name = self.names.of(step.equation);
            quote!(__workspace.#name[__sample] = #name;)
        });
        let steps = self.statements(routine, steps);
        quote! {
            for __sample in 0..__count {
                #first
                #data
                #names
                #steps
                #(#keep)*
                #handed
                #last
            }
        }
    }

    /// What steps read, through what they compute on the way.
    fn read(&self, steps: &[Step], results: &[EquationId]) -> Vec<EquationId> {
        let mut found: Vec<EquationId> = Vec::new();
        let mut open: Vec<EquationId> = results.to_vec();
        open.extend(steps.iter().flat_map(|step| self.derivation.equation(step.equation).op.operands()));
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                found.push(id);
                if self.is_fused(id) {
                    open.extend(self.derivation.equation(id).op.operands());
                }
            }
        }
        found
    }

    fn is_fused(&self, id: EquationId) -> bool {
        self.plan.routines.iter().any(|routine| routine.place(id) == Some(Place::Fused))
    }

    /// Names for the values of the workspace that the steps write or read.
    fn bind_kept(&self, routine: &Routine, steps: &[Step], results: &[EquationId]) -> TokenStream {
        let here: BTreeSet<EquationId> = steps.iter().map(|step| step.equation).collect();
        let mut ids: BTreeSet<EquationId> = self.read(steps, results).into_iter().collect();
        ids.extend(&here);
        let mut code = TokenStream::new();
        for id in ids {
            let name = self.names.of(id);
            let kept = self.plan.samples(id).is_some();
            code.extend(match (routine.place(id), kept) {
                (Some(Place::Workspace), true) => quote!(let #name = &mut __workspace.#name[__sample];),
                (Some(Place::Workspace), false) => quote!(let #name = &mut __workspace.#name;),
                (Some(Place::Local), true) if !here.contains(&id) => {
                    quote!(let #name = __workspace.#name[__sample];)
                }
                _ => TokenStream::new(),
            });
        }
        code
    }

    /// A product for all samples at once.
    fn block_product(&self, routine: &Routine, step: &Step) -> TokenStream {
        let (id, fused) = (step.equation, self.fused());
        let Some(product) = plan::multiplication(self.derivation, routine, id) else {
            return TokenStream::new();
        };
        let (x, y, matrix) = (self.rows(product.vector), self.names.of(id), self.names.of(product.matrix));
        let w = match routine.place(product.matrix) {
            Some(Place::Workspace) => quote!(&__workspace.#matrix),
            _ => quote!(#matrix),
        };
        let bias = self.bias(routine, product.bias);
        if product.by_rows {
            quote!(__isa.matrix_vectors::<#fused, _, _, _>(#w, #x, #bias, &mut __workspace.#y);)
        } else {
            quote!(__isa.vectors_matrix::<#fused, _, _, _>(#x, #w, #bias, &mut __workspace.#y);)
        }
    }

    /// What a kernel is told to add.
    pub(super) fn bias(&self, routine: &Routine, bias: Option<EquationId>) -> TokenStream {
        let Some(id) = bias else { return quote!(::core::option::Option::None) };
        let name = self.names.of(id);
        match routine.place(id) {
            Some(Place::Workspace) if !routine.stages.is_empty() => {
                quote!(::core::option::Option::Some(&__workspace.#name))
            }
            _ => quote!(::core::option::Option::Some(#name)),
        }
    }

    /// One loop over the elements of all samples.
    fn flat(&self, steps: &[Step]) -> TokenStream {
        let runtime = &self.runtime;
        let read = |id: EquationId| {
            let rows = self.rows(id);
            quote!(#rows.as_flattened())
        };
        let written = |id: EquationId| {
            let name = self.names.of(id);
            quote!(#runtime::first_mut(&mut __workspace.#name, __count).as_flattened_mut())
        };
        self.in_one_loop(steps, &Arrays { read: &read, written: &written, over: &|_| None, padded: None })
    }

    /// A vector of each sample.
    pub(super) fn rows(&self, id: EquationId) -> TokenStream {
        let (runtime, name) = (&self.runtime, self.names.of(id));
        let is = |data: &Data| data.value.equations() == [id];
        if self.derivation.inputs.iter().any(is) {
            quote!(#runtime::first(__inputs, __count))
        } else if self.derivation.target.iter().any(is) {
            quote!(#runtime::first(__targets, __count))
        } else {
            quote!(#runtime::first(&__workspace.#name, __count))
        }
    }

    /// Gradients to which no sample adds anything.
    pub(super) fn cleared(&self, entry: Entry) -> TokenStream {
        if entry != Entry::Accumulate {
            return TokenStream::new();
        }
        let without = self.derivation.parameters.iter().filter(|p| !p.frozen && p.batch().is_none());
        let fields: Vec<TokenStream> = without
            .map(|parameter| {
                let field = self.field(parameter.equation);
                super::start::fill(&quote!(__gradients.#field), self.shape(parameter), &quote!(0.0))
            })
            .collect();
        if fields.is_empty() { TokenStream::new() } else { quote!(if __first { #(#fields)* }) }
    }

    /// Behind a batch's last block: the means of gradients that no product has made yet.
    pub(super) fn divided(&self, routine: &Routine) -> TokenStream {
        if routine.entry != Entry::Accumulate {
            return TokenStream::new();
        }
        let runtime = &self.runtime;
        let sums =
            self.derivation.parameters.iter().filter(|parameter| !parameter.frozen).filter(|parameter| {
                parameter.batch().is_none_or(|id| plan::outer(self.derivation, routine, id).is_none())
            });
        let fields = sums.map(|parameter| {
            let field = self.field(parameter.equation);
            match self.shape(parameter) {
                Shape::Scalar => quote!(#runtime::divide_scalar(&mut __gradients.#field, __samples);),
                Shape::Vector(_) => quote!(#runtime::divide_vector(&mut __gradients.#field, __samples);),
                Shape::Matrix(..) => quote!(#runtime::divide_matrix(&mut __gradients.#field, __samples);),
            }
        });
        quote!(if let ::core::option::Option::Some(__samples) = __samples { #(#fields)* })
    }

    /// Whether entry points for blocks are printed.
    pub(super) fn in_blocks(&self) -> bool {
        self.plan.routines.iter().any(|routine| !routine.stages.is_empty())
    }
}

/// The sums of outer products over the samples, with which a routine ends.
pub(super) fn sums_of_products(routine: &Routine) -> Vec<Step> {
    let step = |stage: &Stage| match stage {
        Stage::Product(step) if step.place == Place::Gradients => Some(*step),
        _ => None,
    };
    routine.stages.iter().filter_map(step).collect()
}
