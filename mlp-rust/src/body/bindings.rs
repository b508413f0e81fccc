//! The values that instructions read and write as names: `let` statements before them.

use std::collections::BTreeMap;

use mlp_dsl::{
    ir::{Data, Value, equation::EquationId},
    plan::{Instruction, Operand, Storage},
    shape::Shape,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Context, size};
use crate::names::identifier;

/// The values that instructions read and write, by number.
pub(super) struct Bindings<'c> {
    context: &'c Context<'c>,
    operands: BTreeMap<EquationId, Operand>,
}

impl<'c> Bindings<'c> {
    pub(super) fn of<'i>(
        context: &'c Context<'c>,
        instructions: impl IntoIterator<Item = &'i Instruction>,
    ) -> Self {
        let operands = instructions.into_iter().flat_map(|instruction| {
            let (reads, writes) = instruction.operands();
            reads.into_iter().chain(writes)
        });
        // A number that is kept is local where it is computed.
        let mut bindings = Bindings { context, operands: BTreeMap::new() };
        for operand in operands {
            let kept = bindings.operands.entry(operand.value).or_insert(operand);
            if operand.storage == Storage::Local {
                *kept = operand;
            }
        }
        bindings
    }

    fn stored(&self, storage: impl Fn(Storage) -> bool) -> impl Iterator<Item = &Operand> {
        self.operands.values().filter(move |operand| storage(operand.storage))
    }

    fn is_used(&self, id: EquationId) -> bool {
        self.operands.contains_key(&id)
    }

    /// `let &Network { w1, ref W, .. } = …;`: scalars by value, arrays by reference.
    pub(super) fn parameters(&self) -> TokenStream {
        let context = self.context;
        let is_bound = |operand: &&Operand| operand.storage == Storage::Parameter(operand.value);
        let bound: BTreeMap<EquationId, Shape> =
            self.operands.values().filter(is_bound).map(|operand| (operand.value, operand.shape)).collect();
        if bound.is_empty() {
            return TokenStream::new();
        }
        let only_arrays = bound.values().all(|shape| *shape != Shape::Scalar);
        let all = context.plan.layout.parameters.iter();
        let fields = all.filter(|parameter| bound.contains_key(&parameter.value)).map(|parameter| {
            let (field, local) = (context.field(parameter.value), context.names.of(parameter.value));
            let reference = (parameter.shape != Shape::Scalar && !only_arrays).then(|| quote!(ref));
            if field == local { quote!(#reference #local) } else { quote!(#field: #reference #local) }
        });
        let rest = (bound.len() < context.plan.layout.parameters.len()).then(|| quote!(..));
        let by_value = (!only_arrays).then(|| quote!(&));
        let network = &context.types.network;
        quote!(let #by_value #network { #(#fields,)* #rest } = __network;)
    }

    /// Names for the workspace of one sample.
    pub(super) fn workspace(&self) -> TokenStream {
        let context = self.context;
        let fields: Vec<Ident> = self
            .stored(|storage| storage == Storage::Workspace)
            .map(|operand| context.names.of(operand.value))
            .collect();
        if fields.is_empty() {
            return TokenStream::new();
        }
        let (workspace, all) = (&context.types.workspace, context.plan.layout.workspace.len());
        let rest = (fields.len() < all || context.plan.layout.draws).then(|| quote!(..));
        quote!(let #workspace { #(#fields,)* #rest } = __workspace;)
    }

    /// Names for the fields of the workspace of batches, rows of `__sample` where there are rows.
    pub(super) fn fields(&self) -> TokenStream {
        let bind = |operand: &Operand| {
            let (name, field) =
                (self.context.names.of(operand.value), self.context.batch_field(operand.value));
            let has_rows = self.context.plan.layout.in_rows(operand.value).is_some();
            match (operand.shape, has_rows) {
                (Shape::Scalar, true) => quote!(let #name = #field[__sample];),
                (Shape::Scalar, false) => quote!(let #name = #field;),
                (Shape::Vector(_) | Shape::Matrix(..), true) => quote!(let #name = &mut #field[__sample];),
                (Shape::Vector(_) | Shape::Matrix(..), false) => quote!(let #name = &mut #field;),
            }
        };
        self.stored(|storage| storage == Storage::Workspace).map(bind).collect()
    }

    /// Names for the inputs and the target of the sample of this number.
    pub(super) fn samples(&self) -> TokenStream {
        let data = self.data();
        if data.is_empty() {
            return data;
        }
        let uses = |own: Storage| self.stored(|storage| storage == own).next().is_some();
        let target = uses(Storage::Target).then(|| quote!(let __target = &__targets[__sample];));
        let output = uses(Storage::OutputGradient)
            .then(|| quote!(let __output_gradient = &__output_gradients[__sample];));
        quote!(let __input = &__inputs[__sample]; #target #output #data)
    }

    /// Names for the input and the target.
    pub(super) fn data(&self) -> TokenStream {
        let inputs = self.context.derivation.inputs.iter().collect::<Vec<_>>();
        let mut code = self.elements(&inputs, &quote!(__input));
        match self.context.derivation.targets.as_slice() {
            [target] => code.extend(self.target(target)),
            targets => code.extend(targets.iter().map(|target| self.field_of_target(target))),
        }
        code.extend(self.output_gradient());
        code
    }

    /// Names for the gradient with respect to the output.
    fn output_gradient(&self) -> TokenStream {
        let derivation = self.context.derivation;
        let (Some(back), Some(layer)) = (&derivation.pull_back, derivation.output()) else {
            return TokenStream::new();
        };
        let array = quote!(__output_gradient);
        let used = back.output.iter().enumerate().filter(|(_, id)| self.is_used(**id));
        let named = used.map(|(index, id)| match layer.value {
            Value::Packed(_) => self.whole(*id, Shape::Scalar, (index, 1), &array),
            Value::Whole(_) => self.whole(*id, layer.shape, (0, 1), &array),
        });
        named.collect()
    }

    /// One of several targets, a field.
    fn field_of_target(&self, target: &Data) -> TokenStream {
        let field = identifier(&target.name, Span::call_site());
        match &target.value {
            Value::Packed(_) => self.elements(&[target], &quote!(__target.#field)),
            Value::Whole(id) if self.is_used(*id) => {
                let (name, real) = (self.context.names.of(*id), self.context.real());
                match target.shape {
                    _ if target.class => quote!(let #name = &__target.#field.one_hot::<#real>();),
                    Shape::Scalar => quote!(let #name = __target.#field;),
                    Shape::Vector(_) | Shape::Matrix(..) => quote!(let #name = &__target.#field;),
                }
            }
            Value::Whole(_) => TokenStream::new(),
        }
    }

    /// A class is a vector with a single 1.
    fn target(&self, target: &Data) -> TokenStream {
        match &target.value {
            Value::Whole(id) if target.class && self.is_used(*id) => {
                let (name, real) = (self.context.names.of(*id), self.context.real());
                quote!(let #name = &__target.one_hot::<#real>();)
            }
            Value::Whole(_) | Value::Packed(_) => self.elements(&[target], &quote!(__target)),
        }
    }

    /// Names for the elements of inputs or targets, which come as one array.
    fn elements(&self, all: &[&Data], array: &TokenStream) -> TokenStream {
        let mut offset = 0;
        let mut code = TokenStream::new();
        for data in all {
            match &data.value {
                Value::Packed(ids) => {
                    for (index, id) in ids.iter().enumerate().filter(|(_, id)| self.is_used(**id)) {
                        let (name, at) = (self.context.names.of(*id), size(offset + index));
                        code.extend(quote!(let #name = #array[#at];));
                    }
                }
                Value::Whole(id) if self.is_used(*id) => {
                    code.extend(self.whole(*id, data.shape, (offset, all.len()), array));
                }
                Value::Whole(_) => {}
            }
            offset += data.shape.count();
        }
        code
    }

    /// The name for one of `count` inputs or targets, from `offset` on in the array.
    fn whole(
        &self,
        id: EquationId,
        shape: Shape,
        (offset, count): (usize, usize),
        array: &TokenStream,
    ) -> TokenStream {
        let (runtime, name, offset) = (&self.context.runtime, self.context.names.of(id), size(offset));
        match (shape, count) {
            (Shape::Scalar, _) => quote!(let #name = #array[#offset];),
            (_, 1) => quote!(let #name = #array;),
            _ => {
                let ty = self.context.array(shape);
                quote!(let #name: &#ty = #runtime::slice::<#offset, _, _, _>(#array);)
            }
        }
    }

    /// Names for gradients.
    pub(super) fn gradients(&self) -> TokenStream {
        let bind = |operand: &Operand| {
            let Storage::Gradient(of) = operand.storage else { return None };
            let (name, field) = (self.context.names.of(operand.value), self.context.field(of));
            let reference = (operand.shape != Shape::Scalar).then(|| quote!(&));
            Some((of, quote!(let #name = #reference __gradients.#field;)))
        };
        let gradients: BTreeMap<EquationId, TokenStream> = self.operands.values().filter_map(bind).collect();
        let all = self.context.plan.layout.gradients.iter();
        all.filter_map(|field| gradients.get(&field.value)).cloned().collect()
    }

    /// Names for the numbers of the rule.
    pub(super) fn settings(&self) -> TokenStream {
        let settings = self.context.plan.layout.settings.iter().filter(|field| self.is_used(field.value));
        let bind = |field: &mlp_dsl::plan::Field| {
            let (name, field) = (self.context.names.of(field.value), self.context.field(field.value));
            quote!(let #name = __optimizer.#field;)
        };
        settings.map(bind).collect()
    }
}
