//! The steps of an entry point as statements.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Context, names::identifier, size};
use crate::{
    ir::{
        Data, Value,
        array::Op,
        equation::{EquationId, Shape, Symbol},
        formula::Formula,
    },
    plan::{Entry, Place, Routine, Step},
};

/// Arrays that one loop zips.
const MOST_ZIPPED: usize = 8;

impl Context<'_> {
    /// The body of an entry point: bindings of what is given, then a statement for each step.
    pub(super) fn body(&self, entry: Entry) -> TokenStream {
        let Some(routine) = self.plan.routine(entry) else { return TokenStream::new() };
        let bindings = self.bindings(routine);
        let steps = routine.steps.iter().map(|step| self.step(routine, step));
        quote!(#bindings #(#steps)*)
    }

    fn bindings(&self, routine: &Routine) -> TokenStream {
        let used: HashSet<EquationId> = routine.steps.iter().map(|step| step.equation).collect();
        let mut code = TokenStream::new();
        if routine.entry == Entry::Step {
            code.extend(self.bind_means(&used));
        } else {
            code.extend(self.bind_parameters(&used));
            code.extend(self.bind_workspace(routine));
            let inputs = self.derivation.inputs.iter().collect::<Vec<_>>();
            code.extend(self.bind_data(&inputs, &quote!(__input), &used));
            if let Some(target) = &self.derivation.target {
                code.extend(self.bind_data(&[target], &quote!(__target), &used));
            }
        }
        code
    }

    /// `let &Self { w1, ref W, .. } = self;`: scalars by value, arrays by reference.
    fn bind_parameters(&self, used: &HashSet<EquationId>) -> TokenStream {
        let all = self.derivation.parameters.iter().map(|p| p.equation);
        let bound: Vec<EquationId> = all.filter(|id| used.contains(id)).collect();
        if bound.is_empty() {
            return TokenStream::new();
        }
        let is_array = |id: &EquationId| self.derivation.shape(*id) != Shape::Scalar;
        let only_arrays = bound.iter().all(is_array);
        let fields = bound.iter().map(|id| {
            let (field, local) = (self.field(*id), self.names.of(*id));
            let reference = (is_array(id) && !only_arrays).then(|| quote!(ref));
            if field == local { quote!(#reference #local) } else { quote!(#field: #reference #local) }
        });
        let rest = (bound.len() < self.derivation.parameters.len()).then(|| quote!(..));
        let by_value = (!only_arrays).then(|| quote!(&));
        quote!(let #by_value Self { #(#fields,)* #rest } = self;)
    }

    fn bind_workspace(&self, routine: &Routine) -> TokenStream {
        let kept = |step: &&Step| step.place == Place::Workspace;
        let fields: Vec<Ident> =
            routine.steps.iter().filter(kept).map(|step| self.names.of(step.equation)).collect();
        if fields.is_empty() {
            return TokenStream::new();
        }
        let (workspace, all) = (&self.types.workspace, self.plan.workspace.len());
        let rest = (fields.len() < all).then(|| quote!(..));
        quote!(let #workspace { #(#fields,)* #rest } = __workspace;)
    }

    /// Names for the elements of inputs or targets, which come as one array.
    fn bind_data(&self, all: &[&Data], array: &TokenStream, used: &HashSet<EquationId>) -> TokenStream {
        let mut offset = 0;
        let mut code = TokenStream::new();
        for data in all {
            let count = data.shape.count();
            match &data.value {
                Value::Packed(ids) => {
                    for (index, id) in ids.iter().enumerate().filter(|(_, id)| used.contains(id)) {
                        let (name, at) = (self.names.of(*id), size(offset + index));
                        code.extend(quote!(let #name = #array[#at];));
                    }
                }
                Value::Whole(id) if used.contains(id) => {
                    let name = self.names.of(*id);
                    code.extend(match (data.shape, all.len()) {
                        (Shape::Scalar, _) => {
                            let at = size(offset);
                            quote!(let #name = #array[#at];)
                        }
                        (_, 1) => quote!(let #name = #array;),
                        _ => {
                            let (runtime, offset, ty) = (&self.runtime, size(offset), self.array(data.shape));
                            quote!(let #name: &#ty = #runtime::part::<#offset, _, _, _>(#array);)
                        }
                    });
                }
                Value::Whole(_) => {}
            }
            offset += count;
        }
        code
    }

    /// The mean gradients, as fields of the gradients, and the settings of the rule.
    fn bind_means(&self, used: &HashSet<EquationId>) -> TokenStream {
        let mut code = TokenStream::new();
        for parameter in &self.derivation.parameters {
            if let Some(mean) = parameter.mean.filter(|mean| used.contains(mean)) {
                let (name, field) = (self.names.of(mean), self.field(parameter.equation));
                let reference = (self.derivation.shape(mean) != Shape::Scalar).then(|| quote!(&));
                code.extend(quote!(let #name = #reference __gradients.#field;));
            }
        }
        for setting in self.derivation.training.iter().flat_map(|training| &training.settings) {
            let (name, field) = (self.names.of(*setting), self.field(*setting));
            code.extend(quote!(let #name = __optimizer.#field;));
        }
        code
    }

    fn step(&self, routine: &Routine, step: &Step) -> TokenStream {
        let equation = self.derivation.equation(step.equation);
        let name = self.names.of(step.equation);
        match (step.place, &equation.op) {
            (Place::Given | Place::Fused, _) => TokenStream::new(),
            (Place::Gradients, Op::BatchMean(gradient)) => self.accumulate(routine, step.equation, *gradient),
            (Place::Parameter, Op::Pointwise(formula)) => self.update(step.equation, formula),
            (Place::Local, op) => {
                let value = self.scalar(op);
                quote!(let #name = #value;)
            }
            (_, op) => self.array_step(&name, equation.shape, op),
        }
    }

    /// The value of a scalar equation.
    fn scalar(&self, op: &Op) -> TokenStream {
        let runtime = &self.runtime;
        match op {
            Op::Pointwise(formula) => {
                let (functions, constants) = (quote!(functions), quote!(constants));
                let printer = self.printer(&functions, &constants);
                let (statements, value) = printer.formula(formula, &|leaf| self.leaf(leaf));
                if statements.is_empty() { value } else { quote!({ #statements #value }) }
            }
            Op::Element(x, index) => {
                let (x, index) = (self.names.of(*x), size(*index));
                quote!(#x[#index])
            }
            _ => {
                let shapes: Vec<Shape> = op.operands().iter().map(|id| self.derivation.shape(*id)).collect();
                let kernel = match (op, shapes.as_slice()) {
                    (Op::Sum(_), [Shape::Matrix(..)]) => "sum_matrix",
                    _ => op.kernel().unwrap_or("sum"),
                };
                let kernel = identifier(kernel, proc_macro2::Span::call_site());
                let operands = op.operands().into_iter().map(|id| self.names.of(id));
                quote!(#runtime::#kernel(#(#operands),*))
            }
        }
    }

    fn leaf(&self, leaf: u32) -> TokenStream {
        let name = self.names.of(EquationId(leaf));
        quote!(#name)
    }

    /// A statement that fills an array of the workspace.
    fn array_step(&self, name: &Ident, shape: Shape, op: &Op) -> TokenStream {
        let runtime = &self.runtime;
        match op {
            Op::Pointwise(formula) => self.elementwise(&quote!(#name), None, shape, formula),
            Op::Pack(elements) => {
                let elements = elements.iter().map(|id| self.names.of(*id));
                quote!(*#name = [#(#elements),*];)
            }
            _ => {
                let kernel = identifier(op.kernel().unwrap_or("sum"), proc_macro2::Span::call_site());
                let operands = op.operands().into_iter().map(|id| self.names.of(id));
                quote!(#runtime::#kernel(#(#operands,)* #name);)
            }
        }
    }

    /// A loop over the elements of arrays of one shape that writes to `place`; inside, names stand
    /// for elements. `own` names the value that is written over.
    fn elementwise(
        &self,
        place: &TokenStream,
        own: Option<&Ident>,
        shape: Shape,
        formula: &Formula,
    ) -> TokenStream {
        let (functions, constants) = (quote!(functions), quote!(constants));
        let printer = self.printer(&functions, &constants);
        let (statements, value) = printer.formula(formula, &|leaf| self.leaf(leaf));
        let leaves = formula.leaves().into_iter().map(EquationId);
        let arrays: Vec<Ident> = leaves
            .filter(|id| self.derivation.shape(*id) != Shape::Scalar)
            .map(|id| self.names.of(id))
            .filter(|leaf| own != Some(leaf))
            .collect();
        let own = own.map(|own| quote!(let #own = *__place;));
        let innermost = quote!(#own #statements *__place = #value;);
        if arrays.len() > MOST_ZIPPED {
            return by_index(place, &arrays, shape, &innermost);
        }
        let zip = |first: TokenStream| arrays.iter().fold(first, |all, a| quote!(#all.zip(#a.iter())));
        let over = zip(quote!(#place.iter_mut()));
        match shape {
            Shape::Matrix(..) => {
                let rows = zipped(quote!(__place), &arrays, false);
                let cells = zipped(quote!(__place), &arrays, true);
                let inner = zip(quote!(__place.iter_mut()));
                quote!(for #rows in #over { for #cells in #inner { #innermost } })
            }
            _ => {
                let pattern = zipped(quote!(__place), &arrays, true);
                quote!(for #pattern in #over { #innermost })
            }
        }
    }

    /// Adds a sample's gradient to the batch's.
    fn accumulate(&self, routine: &Routine, mean: EquationId, gradient: EquationId) -> TokenStream {
        let runtime = &self.runtime;
        let equation = self.derivation.equation(mean);
        let Symbol::MeanGradient(parameter) = equation.symbol else { return TokenStream::new() };
        let field = self.field(parameter);
        let total = quote!(&mut __gradients.#field);
        let value = &self.derivation.equation(gradient).op;
        if routine.place(gradient) == Some(Place::Fused)
            && let Op::Outer(a, b) = value
        {
            let (a, b) = (self.names.of(*a), self.names.of(*b));
            return quote!(#runtime::add_outer(#total, #a, #b););
        }
        let source = match (routine.place(gradient), value) {
            (Some(Place::Fused), Op::Pointwise(formula)) => formula.as_leaf().map_or(gradient, EquationId),
            _ => gradient,
        };
        let source = self.names.of(source);
        match equation.shape {
            Shape::Scalar => quote!(#runtime::add_scalar(#total, #source);),
            Shape::Vector(_) => quote!(#runtime::add_vector(#total, #source);),
            Shape::Matrix(..) => quote!(#runtime::add_matrix(#total, #source);),
        }
    }

    /// Writes a parameter's new value over the old one.
    fn update(&self, updated: EquationId, formula: &Formula) -> TokenStream {
        let Symbol::Updated(parameter) = self.derivation.equation(updated).symbol else {
            return TokenStream::new();
        };
        let (field, local) = (self.field(parameter), self.names.of(parameter));
        let shape = self.derivation.shape(parameter);
        if shape == Shape::Scalar {
            let (functions, constants) = (quote!(functions), quote!(constants));
            let printer = self.printer(&functions, &constants);
            let (statements, value) = printer.formula(formula, &|leaf| self.leaf(leaf));
            return quote!({ let #local = self.#field; #statements self.#field = #value; });
        }
        self.elementwise(&quote!(self.#field), Some(&local), shape, formula)
    }
}

/// The same loop over many arrays, where nested zips would be a type too deep for rustc. The arrays
/// have the length that is counted to.
fn by_index(place: &TokenStream, arrays: &[Ident], shape: Shape, innermost: &TokenStream) -> TokenStream {
    match shape {
        Shape::Matrix(..) => quote! {
            for (__row, __place) in #place.iter_mut().enumerate() {
                for (__column, __place) in __place.iter_mut().enumerate() {
                    #(let #arrays = #arrays[__row][__column];)*
                    #innermost
                }
            }
        },
        _ => quote! {
            for (__row, __place) in #place.iter_mut().enumerate() {
                #(let #arrays = #arrays[__row];)*
                #innermost
            }
        },
    }
}

/// `((__place, &a), &b)`, the pattern for zipped arrays.
fn zipped(place: TokenStream, arrays: &[Ident], elements: bool) -> TokenStream {
    let reference = elements.then(|| quote!(&));
    arrays.iter().fold(place, |pattern, array| quote!((#pattern, #reference #array)))
}
