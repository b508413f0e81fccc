//! The step of training: parameters and the state of the rule are written over in place.

use std::collections::HashSet;

use mlp_dsl::{
    formula::Formula,
    ir::{
        array::Op,
        equation::{EquationId, Symbol},
    },
    plan::Step,
    shape::Shape,
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, elementwise::Arrays, names::identifier};

impl Context<'_> {
    /// The gradients.
    pub(super) fn bind_gradients(&self, used: &HashSet<EquationId>) -> TokenStream {
        let mut code = TokenStream::new();
        for parameter in &self.derivation.parameters {
            if let Some(gradient) = parameter.objective().filter(|gradient| used.contains(gradient)) {
                let (name, field) = (self.names.of(gradient), self.field(parameter.equation));
                let reference = (self.derivation.shape(gradient) != Shape::Scalar).then(|| quote!(&));
                code.extend(quote!(let #name = #reference __gradients.#field;));
            }
        }
        code
    }

    /// The settings of the rule and the number of the step.
    pub(super) fn bind_rule(&self, used: &HashSet<EquationId>) -> TokenStream {
        let mut code = TokenStream::new();
        let Some(training) = &self.derivation.training else { return code };
        for setting in training.settings.iter().copied().filter(|id| used.contains(id) && self.is_field(*id))
        {
            let (name, field) = (self.names.of(setting), self.field(setting));
            code.extend(quote!(let #name = __optimizer.#field;));
        }
        if let Some(step) = training.step {
            let (name, real) = (self.names.of(step), self.real());
            code.extend(quote! {
                __optimizer.steps = __optimizer.steps.saturating_add(1);
                let #name = __optimizer.steps as #real;
            });
        }
        code
    }

    /// Writes a new number over the old one.
    pub(super) fn update(&self, updated: EquationId, formula: &Formula) -> TokenStream {
        let Some((of, place)) = self.stored(updated) else { return TokenStream::new() };
        let read = formula.leaves().into_iter().map(EquationId).filter(|leaf| *leaf != of);
        let stored = read.filter_map(|leaf| Some((leaf, self.stored(leaf)?.1)));
        let bindings: TokenStream = stored
            .map(|(leaf, place)| {
                let name = self.names.of(leaf);
                quote!(let #name = #place;)
            })
            .collect();
        let written = self.written_over(of, &place, self.derivation.shape(of), formula);
        quote!({ #bindings #written })
    }

    /// Writes new arrays over the old ones, all of one shape, in one loop.
    pub(super) fn updates(&self, steps: &[Step]) -> TokenStream {
        let over = |id| Some(self.stored(id)?.0);
        let written = |id| self.stored(id).map(|(_, place)| self.slice(&place, id, true)).unwrap_or_default();
        let read = |id| match self.stored(id) {
            Some((_, place)) => self.slice(&place, id, false),
            None => self.flattened(id, false),
        };
        self.in_one_loop(steps, &Arrays { read: &read, written: &written, over: &over, padded: None })
    }

    /// Statements, for braces of their own: a formula of what is at a place, `own`, written over it.
    pub(super) fn written_over(
        &self,
        own: EquationId,
        place: &TokenStream,
        shape: Shape,
        formula: &Formula,
    ) -> TokenStream {
        let own = self.names.of(own);
        if shape == Shape::Scalar {
            let (functions, constants) = (quote!(functions), quote!(constants));
            let printer = self.printer(&functions, &constants);
            let (statements, value) = printer.formula(formula, &|leaf| self.leaf(leaf));
            return quote!(let #own = #place; #statements #place = #value;);
        }
        self.loop_over_own(place, &own, shape, formula)
    }

    /// What is kept from step to step, and where: a parameter or a state, as it is or updated.
    fn stored(&self, id: EquationId) -> Option<(EquationId, TokenStream)> {
        let of = if let Symbol::Updated(of) = self.derivation.equation(id).symbol { of } else { id };
        let equation = self.derivation.equation(of);
        if equation.op != Op::Given {
            return None;
        }
        match equation.symbol {
            Symbol::State { .. } => {
                let field = identifier(&self.derivation.name_of(of), proc_macro2::Span::call_site());
                Some((of, quote!(__optimizer.#field)))
            }
            Symbol::Named(_) => {
                let field = self.field(of);
                Some((of, quote!(__network.#field)))
            }
            _ => None,
        }
    }
}
