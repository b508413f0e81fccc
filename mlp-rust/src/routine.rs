//! The steps of an entry point as statements.

use std::collections::HashSet;

use mlp_dsl::{
    ir::{
        Data, Value,
        array::Op,
        equation::{EquationId, Symbol},
    },
    plan::{self, Entry, Place, Routine, Step},
    shape::Shape,
};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Context, names::identifier, size, start::fill};

/// Whether an equation is used.
pub(super) type Used<'u> = &'u dyn Fn(EquationId) -> bool;

impl Context<'_> {
    /// The body of an entry point: bindings of what is given, then a statement for each step.
    pub(super) fn body(&self, entry: Entry) -> TokenStream {
        let Some(routine) = self.plan.routine(entry) else { return TokenStream::new() };
        let bindings = self.bindings(routine);
        let steps = self.statements(routine, &routine.steps);
        quote!(#bindings #steps)
    }

    /// Statements for steps in order, several of them in one loop where that can be.
    pub(super) fn statements(&self, routine: &Routine, steps: &[Step]) -> TokenStream {
        let mut code = TokenStream::new();
        for steps in plan::loops(self.derivation, routine, steps) {
            code.extend(match steps.as_slice() {
                [first, ..] if self.is_loop(routine, first) => self.loop_over(&steps),
                [first, ..] if plan::is_update(self.derivation, first) => self.updates(&steps),
                steps => steps.iter().map(|step| self.step(routine, step)).collect(),
            });
        }
        code
    }

    fn is_loop(&self, routine: &Routine, step: &Step) -> bool {
        !self.plan.unrolled && plan::is_elementwise(self.derivation, routine, step)
    }

    pub(super) fn bindings(&self, routine: &Routine) -> TokenStream {
        let used: HashSet<EquationId> = routine.steps.iter().map(|step| step.equation).collect();
        let mut code = self.cleared(routine.entry);
        if routine.entry == Entry::Step {
            code.extend(self.bind_gradients(&used));
            code.extend(self.bind_rule(&used));
        } else {
            let is_used = |id| used.contains(&id);
            code.extend(self.bind_parameters(&is_used));
            code.extend(self.bind_workspace(routine));
            code.extend(self.bind_inputs(&is_used));
        }
        code
    }

    /// Names for the inputs and the target of the sample of this number.
    pub(super) fn bind_samples(&self, used: Used<'_>) -> TokenStream {
        let data = self.bind_inputs(used);
        if data.is_empty() {
            return data;
        }
        let target = self.derivation.target.iter().flat_map(|target| target.value.equations());
        let target = target.copied().any(used).then(|| quote!(let __target = &__targets[__sample];));
        quote!(let __input = &__inputs[__sample]; #target #data)
    }

    fn bind_inputs(&self, used: Used<'_>) -> TokenStream {
        let inputs = self.derivation.inputs.iter().collect::<Vec<_>>();
        let mut code = self.bind_data(&inputs, &quote!(__input), used);
        if let Some(target) = &self.derivation.target {
            code.extend(self.bind_target(target, used));
        }
        code
    }

    /// `let &Network { w1, ref W, .. } = …;`: scalars by value, arrays by reference.
    pub(super) fn bind_parameters(&self, used: Used<'_>) -> TokenStream {
        let all = self.derivation.parameters.iter().map(|p| p.equation);
        let bound: Vec<EquationId> = all.filter(|id| used(*id)).collect();
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
        let network = &self.types.network;
        quote!(let #by_value #network { #(#fields,)* #rest } = __network;)
    }

    fn bind_workspace(&self, routine: &Routine) -> TokenStream {
        let kept = |step: &&Step| step.place == Place::Workspace;
        let field = |step: &Step| {
            let name = self.names.of(step.equation);
            // One sample alone is the first of a block.
            if self.plan.samples(step.equation).is_some() {
                quote!(#name: [#name, ..])
            } else {
                quote!(#name)
            }
        };
        let fields: Vec<TokenStream> = routine.steps.iter().filter(kept).map(field).collect();
        if fields.is_empty() {
            return TokenStream::new();
        }
        let (workspace, all) = (&self.types.workspace, self.plan.workspace.len());
        let rest = (fields.len() < all).then(|| quote!(..));
        quote!(let #workspace { #(#fields,)* #rest } = __workspace;)
    }

    /// A class is one of so many numbers that is 1.
    fn bind_target(&self, target: &Data, used: Used<'_>) -> TokenStream {
        match &target.value {
            Value::Whole(id) if target.class && used(*id) => {
                let (name, real) = (self.names.of(*id), self.real());
                quote!(let #name = &__target.one_hot::<#real>();)
            }
            _ => self.bind_data(&[target], &quote!(__target), used),
        }
    }

    /// Names for the elements of inputs or targets, which come as one array.
    fn bind_data(&self, all: &[&Data], array: &TokenStream, used: Used<'_>) -> TokenStream {
        let mut offset = 0;
        let mut code = TokenStream::new();
        for data in all {
            let count = data.shape.count();
            match &data.value {
                Value::Packed(ids) => {
                    for (index, id) in ids.iter().enumerate().filter(|(_, id)| used(**id)) {
                        let (name, at) = (self.names.of(*id), size(offset + index));
                        code.extend(quote!(let #name = #array[#at];));
                    }
                }
                Value::Whole(id) if used(*id) => {
                    let name = self.names.of(*id);
                    code.extend(match (data.shape, all.len()) {
                        (Shape::Scalar, _) => {
                            let at = size(offset);
                            quote!(let #name = #array[#at];)
                        }
                        (_, 1) => quote!(let #name = #array;),
                        _ => {
                            let (runtime, offset, ty) = (&self.runtime, size(offset), self.array(data.shape));
                            quote!(let #name: &#ty = #runtime::slice::<#offset, _, _, _>(#array);)
                        }
                    });
                }
                Value::Whole(_) => {}
            }
            offset += count;
        }
        code
    }

    pub(super) fn step(&self, routine: &Routine, step: &Step) -> TokenStream {
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
            (Place::Updated, Op::Pointwise(formula)) => self.update(step.equation, formula), // a scalar
            (Place::Local, op) => {
                let value = self.scalar(op);
                quote!(let #name = #value;)
            }
            (_, op) => self
                .unrolled(&name, equation.shape, op)
                .or_else(|| self.product(routine, step))
                .unwrap_or_else(|| self.array_step(&name, op)),
        }
    }

    /// The value of a scalar equation.
    fn scalar(&self, op: &Op) -> TokenStream {
        match op {
            Op::Pointwise(formula) => {
                let (functions, constants) = (quote!(functions), quote!(constants));
                let printer = self.printer(&functions, &constants);
                let (statements, value) = printer.formula(formula, &|leaf| self.leaf(leaf));
                if statements.is_empty() { value } else { quote!({ #statements #value }) }
            }
            Op::Index(x, index) => {
                let (x, index) = (self.names.of(*x), size(*index));
                quote!(#x[#index])
            }
            _ => {
                let shapes: Vec<Shape> = op.operands().iter().map(|id| self.derivation.shape(*id)).collect();
                let kernel = match (op, shapes.as_slice()) {
                    (Op::Sum(_), [Shape::Matrix(..)]) => kernel_named("sum_matrix"),
                    (Op::SumSquares(_), [Shape::Matrix(..)]) => kernel_named("sum_squares_matrix"),
                    _ => self.kernel(op),
                };
                let operands = op.operands().into_iter().map(|id| self.names.of(id));
                let called = self.called(op, kernel);
                quote!(#called(#(#operands),*))
            }
        }
    }

    /// A kernel's function, or the machine's method.
    fn called(&self, op: &Op, kernel: Ident) -> TokenStream {
        let (runtime, fused) = (&self.runtime, self.fused());
        match op {
            Op::Dot(..) => quote!(__isa.#kernel::<#fused, _, _>),
            _ => quote!(#runtime::#kernel),
        }
    }

    pub(super) fn leaf(&self, leaf: u32) -> TokenStream {
        let name = self.names.of(EquationId(leaf));
        quote!(#name)
    }

    /// A statement that fills an array of the workspace.
    fn array_step(&self, name: &Ident, op: &Op) -> TokenStream {
        let runtime = &self.runtime;
        match op {
            // Each is a loop, or written out.
            Op::Pointwise(_) => TokenStream::new(),
            Op::Stack(elements) => {
                let elements = elements.iter().map(|id| self.names.of(*id));
                quote!(*#name = [#(#elements),*];)
            }
            Op::Concat(parts) => self.concat(name, parts),
            Op::Slice(x, start) => {
                let (x, start) = (self.names.of(*x), size(*start));
                quote!(*#name = *#runtime::slice::<#start, _, _, _>(#x);)
            }
            _ => {
                let kernel = self.kernel(op);
                let operands = op.operands().into_iter().map(|id| self.names.of(id));
                let called = self.called(op, kernel);
                quote!(#called(#(#operands,)* #name);)
            }
        }
    }

    fn kernel(&self, op: &Op) -> Ident {
        kernel_named(op.kernel().unwrap_or("sum"))
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
                _ => quote!(#runtime::put_slice(#value, #at, #name);),
            });
        }
        code
    }

    /// A product with a matrix, and the bias if its kernel adds one.
    fn product(&self, routine: &Routine, step: &Step) -> Option<TokenStream> {
        let product = plan::multiplication(self.derivation, routine, step.equation)?;
        let (fused, bias) = (self.fused(), self.bias(routine, product.bias));
        let [x, w, y] = [product.vector, product.matrix, step.equation].map(|id| self.names.of(id));
        Some(if product.by_rows {
            quote!(__isa.matrix_vector::<#fused, _, _, _>(#w, #x, #bias, #y);)
        } else {
            quote!(__isa.vector_matrix::<#fused, _, _, _>(#x, #w, #bias, #y);)
        })
    }

    /// The gradient of a batch, to be added to.
    pub(super) fn total(&self, id: EquationId) -> TokenStream {
        match self.derivation.equation(id).symbol {
            Symbol::BatchGradient(_, parameter) | Symbol::ObjectiveGradient(parameter) => {
                let field = self.field(parameter);
                quote!(&mut __gradients.#field)
            }
            _ => TokenStream::new(),
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
        let total = self.total(total_id);
        // What a penalty adds comes behind the samples.
        let first = if routine.entry == Entry::Penalize { quote!(false) } else { quote!(__first) };
        let value = &self.derivation.equation(gradient).op;
        if routine.place(gradient) == Some(Place::Fused)
            && let Op::Outer(a, b) = value
        {
            if let Some(code) = self.unrolled_outer(&quote!(__gradients.#field), &first, [*a, *b]) {
                return code;
            }
            let (fused, a, b) = (self.fused(), self.names.of(*a), self.names.of(*b));
            return quote!(__isa.add_outer::<#fused, _, _, _>(#first, #total, #a, #b););
        }
        if routine.place(gradient) == Some(Place::Fused)
            && let Op::Pointwise(formula) = value
            && formula.as_product().is_some()
        {
            let place = quote!(__gradients.#field);
            let formula = formula.added_to(total_id.0);
            let clear = fill(&place, equation.shape, &quote!(0.0));
            let written = self.written_over(total_id, &place, equation.shape, &formula);
            return quote!({ if #first { #clear } #written });
        }
        let source = match (routine.place(gradient), value) {
            (Some(Place::Fused), Op::Pointwise(formula)) => formula.as_leaf().map_or(gradient, EquationId),
            _ => gradient,
        };
        let source = self.names.of(source);
        match equation.shape {
            Shape::Scalar => quote!(#runtime::add_scalar(#first, #total, #source);),
            Shape::Vector(_) => quote!(#runtime::add_vector(#first, #total, #source);),
            Shape::Matrix(..) => quote!(#runtime::add_matrix(#first, #total, #source);),
        }
    }
}

/// A function of the runtime.
fn kernel_named(name: &str) -> Ident {
    identifier(name, proc_macro2::Span::call_site())
}
