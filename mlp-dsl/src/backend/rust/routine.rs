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
    model::Arithmetic,
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
            code.extend(self.bind_step(&used));
        } else {
            code.extend(self.bind_parameters(&used));
            code.extend(self.bind_workspace(routine));
            let inputs = self.derivation.inputs.iter().collect::<Vec<_>>();
            code.extend(self.bind_data(&inputs, &quote!(__input), &used));
            if let Some(target) = &self.derivation.target {
                code.extend(self.bind_target(target, &used));
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

    /// A class is one of so many numbers that is 1.
    fn bind_target(&self, target: &Data, used: &HashSet<EquationId>) -> TokenStream {
        match &target.value {
            Value::Whole(id) if target.class && used.contains(id) => {
                let (name, real) = (self.names.of(*id), self.real());
                quote!(let #name = &__target.one_hot::<#real>();)
            }
            _ => self.bind_data(&[target], &quote!(__target), used),
        }
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

    fn step(&self, routine: &Routine, step: &Step) -> TokenStream {
        let equation = self.derivation.equation(step.equation);
        let name = self.names.of(step.equation);
        match (step.place, &equation.op) {
            (Place::Given | Place::Fused, _) => TokenStream::new(),
            (Place::Gradients, Op::BatchMean(gradient) | Op::BatchSum(gradient)) => {
                self.accumulate(routine, step.equation, *gradient)
            }
            (Place::Gradients, op) => {
                // The gradient of a batch is there; that of the penalty, the last operand, is added.
                let penalty = op.operands().last().copied();
                penalty.map(|penalty| self.accumulate(routine, step.equation, penalty)).unwrap_or_default()
            }
            (Place::Updated, Op::Pointwise(formula)) => self.update(step.equation, formula),
            (Place::Local, op) => {
                let value = self.scalar(op);
                quote!(let #name = #value;)
            }
            (_, op) => self.array_step(routine, &name, equation.shape, op),
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
                    (Op::Sum(_), [Shape::Matrix(..)]) => self.named_kernel("sum_matrix"),
                    (Op::SumSquares(_), [Shape::Matrix(..)]) => self.named_kernel("sum_squares_matrix"),
                    _ => self.kernel(op),
                };
                let operands = op.operands().into_iter().map(|id| self.names.of(id));
                quote!(#runtime::#kernel(#(#operands),*))
            }
        }
    }

    pub(super) fn leaf(&self, leaf: u32) -> TokenStream {
        let name = self.names.of(EquationId(leaf));
        quote!(#name)
    }

    /// A statement that fills an array of the workspace.
    fn array_step(&self, routine: &Routine, name: &Ident, shape: Shape, op: &Op) -> TokenStream {
        let runtime = &self.runtime;
        if let Some(code) = self.unrolled(name, shape, op) {
            return code;
        }
        if let Some(code) = self.product_with_transposed(routine, name, op) {
            return code;
        }
        match op {
            Op::Pointwise(formula) => self.elementwise(&quote!(#name), None, shape, formula),
            Op::Pack(elements) => {
                let elements = elements.iter().map(|id| self.names.of(*id));
                quote!(*#name = [#(#elements),*];)
            }
            Op::Concat(parts) => self.concat(name, parts),
            Op::Part(x, start) => {
                let (x, start) = (self.names.of(*x), size(*start));
                quote!(*#name = *#runtime::part::<#start, _, _, _>(#x);)
            }
            _ => {
                let kernel = self.kernel(op);
                let operands = op.operands().into_iter().map(|id| self.names.of(id));
                quote!(#runtime::#kernel(#(#operands,)* #name);)
            }
        }
    }

    fn kernel(&self, op: &Op) -> Ident {
        self.named_kernel(op.kernel().unwrap_or("sum"))
    }

    /// A kernel of the runtime: the one that fuses, where there are two.
    fn named_kernel(&self, name: &str) -> Ident {
        let two = ["dot", "vector_matrix", "matrix_vector", "add_outer"].contains(&name);
        let here = proc_macro2::Span::call_site();
        match self.derivation.arithmetic {
            Arithmetic::Fused if two => identifier(&format!("{name}_fused"), here),
            _ => identifier(name, here),
        }
    }

    fn concat(&self, name: &Ident, parts: &[EquationId]) -> TokenStream {
        let runtime = &self.runtime;
        let mut start = 0;
        let mut code = TokenStream::new();
        for part in parts {
            let (shape, value, at) = (self.derivation.shape(*part), self.names.of(*part), size(start));
            start += shape.count();
            code.extend(match shape {
                Shape::Scalar => quote!(#name[#at] = #value;),
                _ => quote!(#runtime::put_part(#value, #at, #name);),
            });
        }
        code
    }

    /// x Wᵀ is W x, and Wᵀ x is x W: the same products, added in the same order.
    fn product_with_transposed(&self, routine: &Routine, name: &Ident, op: &Op) -> Option<TokenStream> {
        let (Op::VectorMatrix(x, w) | Op::MatrixVector(w, x)) = op else { return None };
        let Op::Transpose(original) = self.derivation.equation(*w).op else { return None };
        if routine.place(*w) != Some(Place::Fused) {
            return None;
        }
        let (runtime, x, w) = (&self.runtime, self.names.of(*x), self.names.of(original));
        Some(match op {
            Op::VectorMatrix(..) => {
                let kernel = self.named_kernel("matrix_vector");
                quote!(#runtime::#kernel(#w, #x, #name);)
            }
            _ => {
                let kernel = self.named_kernel("vector_matrix");
                quote!(#runtime::#kernel(#x, #w, #name);)
            }
        })
    }

    /// A loop over the elements of arrays of one shape that writes to `place`; inside, names stand
    /// for elements. `own` names the value that is written over.
    pub(super) fn elementwise(
        &self,
        place: &TokenStream,
        own: Option<&Ident>,
        shape: Shape,
        formula: &Formula,
    ) -> TokenStream {
        let (functions, constants) = (quote!(functions), quote!(constants));
        let printer = self.printer(&functions, &constants);
        let scalar = |leaf: u32| self.derivation.shape(EquationId(leaf)) == Shape::Scalar;
        let (before, statements, value) = printer.in_loop(formula, &|leaf| self.leaf(leaf), &scalar);
        let leaves = formula.leaves().into_iter().map(EquationId);
        let arrays: Vec<Ident> = leaves
            .filter(|id| self.derivation.shape(*id) != Shape::Scalar)
            .map(|id| self.names.of(id))
            .filter(|leaf| own != Some(leaf))
            .collect();
        let own = own.map(|own| quote!(let #own = *__place;));
        let innermost = quote!(#own #statements *__place = #value;);
        if arrays.len() > MOST_ZIPPED {
            let looped = by_index(place, &arrays, shape, &innermost);
            return quote!(#before #looped);
        }
        let zip = |first: TokenStream| arrays.iter().fold(first, |all, a| quote!(#all.zip(#a.iter())));
        let over = zip(quote!(#place.iter_mut()));
        match shape {
            Shape::Matrix(..) => {
                let rows = zipped(quote!(__place), &arrays, false);
                let cells = zipped(quote!(__place), &arrays, true);
                let inner = zip(quote!(__place.iter_mut()));
                quote!(#before for #rows in #over { for #cells in #inner { #innermost } })
            }
            _ => {
                let pattern = zipped(quote!(__place), &arrays, true);
                quote!(#before for #pattern in #over { #innermost })
            }
        }
    }

    /// Adds a sample's gradient, or the penalty's, to the batch's.
    fn accumulate(&self, routine: &Routine, total_id: EquationId, gradient: EquationId) -> TokenStream {
        let runtime = &self.runtime;
        let equation = self.derivation.equation(total_id);
        let (Symbol::BatchGradient(_, parameter) | Symbol::ObjectiveGradient(parameter)) = equation.symbol
        else {
            return TokenStream::new();
        };
        let field = self.field(parameter);
        let total = quote!(&mut __gradients.#field);
        let value = &self.derivation.equation(gradient).op;
        if routine.place(gradient) == Some(Place::Fused)
            && let Op::Outer(a, b) = value
        {
            let (kernel, a, b) = (self.named_kernel("add_outer"), self.names.of(*a), self.names.of(*b));
            return quote!(#runtime::#kernel(#total, #a, #b););
        }
        if routine.place(gradient) == Some(Place::Fused)
            && let Op::Pointwise(formula) = value
            && formula.as_product().is_some()
        {
            let place = quote!(__gradients.#field);
            let formula = formula.added_to(total_id.0);
            let written = self.written_over(total_id, &place, equation.shape, &formula);
            return quote!({ #written });
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
