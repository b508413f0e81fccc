//! Routines of the plan as the bodies of methods: one statement, or one loop, for each instruction.

mod bindings;
pub(super) mod dispatch;
pub(super) mod formula;
mod inputs;
mod loops;
mod products;
mod routines;
pub(super) mod training;
mod unrolled;

use mlp_dsl::{
    ir::equation::EquationId,
    plan::{
        Accumulate, Assignment, Call, Concat, Contribution, Draw, Entry, Form, Instruction, Kernel, Operand,
        Output, Scalar, Storage,
    },
    shape::Shape,
};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::{
    Context,
    names::{ONE, SAMPLE, STEP, own},
    size,
    start::fill,
};
use bindings::Bindings;
use formula::Printer;
use loops::Loops;
use products::Products;
use unrolled::Unrolled;

impl Context<'_> {
    /// The field that holds a value in the workspace of batches: its rows, or one for a single sample.
    fn batch_field(&self, value: EquationId) -> TokenStream {
        let (name, one) = (self.names.of(value), own(ONE));
        match self.plan.layout.in_rows(value) {
            Some(_) => quote!(__workspace.#name),
            None => quote!(__workspace.#one.#name),
        }
    }
}

/// Prints the instructions of one routine.
struct Body<'c> {
    context: &'c Context<'c>,
    /// Whose instructions they are.
    entry: Entry,
}

impl Body<'_> {
    fn statements(&self, instructions: &[Instruction]) -> TokenStream {
        instructions.iter().map(|instruction| self.statement(instruction)).collect()
    }

    fn statement(&self, instruction: &Instruction) -> TokenStream {
        let runtime = &self.context.runtime;
        match instruction {
            Instruction::Clear(fields) => self.clear(fields),
            Instruction::Run(entry) => self.run(*entry),
            Instruction::Hoisted(body) => {
                let (names, body) = (Bindings::of(self.context, body).fields(), self.statements(body));
                quote!(#names #body)
            }
            Instruction::Samples(body) => self.samples(body),
            Instruction::Scalar(scalar) => self.scalar(scalar),
            Instruction::Index(index) => {
                let (name, vector, at) = (self.name(&index.result), self.name(&index.vector), size(index.at));
                quote!(let #name = #vector[#at];)
            }
            Instruction::Stack(stack) => {
                let (name, elements) = (self.name(&stack.result), self.all(&stack.elements));
                quote!(*#name = [#(#elements),*];)
            }
            Instruction::Concat(concat) => self.concat(concat),
            Instruction::Slice(slice) => {
                let (name, vector) = (self.name(&slice.result), self.name(&slice.vector));
                let start = size(slice.start);
                quote!(*#name = *#runtime::slice::<#start, _, _, _>(#vector);)
            }
            Instruction::Loop(each) => Loops(self).array_loop(each),
            Instruction::Product(product) => Products(self).product(product),
            Instruction::Call(call) => self.call(call),
            Instruction::Accumulate(accumulate) => self.accumulate(accumulate),
            Instruction::Descend(descend) => Products(self).descend(descend),
            Instruction::Count(number) => {
                let (name, real) = (self.name(number), self.context.real());
                quote! {
                    __optimizer.steps = __optimizer.steps.saturating_add(1);
                    let #name = __optimizer.steps as #real;
                }
            }
            Instruction::Draw(draw) => self.draw(draw),
            Instruction::Drawn => {
                let (next, one) = (self.drawing(SAMPLE), quote!(1));
                let count = if self.entry.is_block() { quote!(__count as u64) } else { one };
                quote!(#next = #next.wrapping_add(#count);)
            }
            Instruction::Divide(fields) => self.divide(fields),
            Instruction::Keep(number) => {
                let (name, field) = (self.name(number), self.context.batch_field(number.value));
                quote!(#field[__sample] = #name;)
            }
            Instruction::Output(output) => self.output(output),
            Instruction::InputGradient(values) => self.input_gradient(values),
            Instruction::Trace(value) => {
                let (field, name) = (self.context.field(value.value), self.name(value));
                match value.shape {
                    Shape::Scalar => quote!(__trace.#field = #name;),
                    Shape::Vector(_) | Shape::Matrix(..) => quote!(__trace.#field = *#name;),
                }
            }
            Instruction::Return(number) => {
                let name = self.name(number);
                quote!(#name)
            }
            Instruction::AddLoss(loss) => {
                let name = self.name(loss);
                quote!(*__total = *__total + #name;)
            }
        }
    }

    /// The variable of a value.
    fn name(&self, operand: &Operand) -> Ident {
        self.context.names.of(operand.value)
    }

    fn all(&self, operands: &[Operand]) -> Vec<Ident> {
        operands.iter().map(|operand| self.name(operand)).collect()
    }

    fn printer(&self) -> Printer<'_> {
        self.context.printer(&self.context.runtime)
    }

    fn leaf(&self, leaf: u32) -> TokenStream {
        let name = self.context.names.of(EquationId(leaf));
        quote!(#name)
    }

    /// The field that an operand is stored in, where the network, the gradients or the optimizer hold it.
    fn field(&self, operand: &Operand) -> Option<TokenStream> {
        let (owner, field) = match operand.storage {
            Storage::Parameter(of) => (quote!(__network), self.context.field(of)),
            Storage::Gradient(of) => (quote!(__gradients), self.context.field(of)),
            Storage::State(of) | Storage::Setting(of) => (quote!(__optimizer), self.context.field(of)),
            Storage::Input
            | Storage::Target
            | Storage::OutputGradient
            | Storage::StepNumber
            | Storage::Workspace
            | Storage::Local
            | Storage::Temporary => return None,
        };
        Some(quote!(#owner.#field))
    }

    fn clear(&self, fields: &[Operand]) -> TokenStream {
        let zero = quote!(0.0);
        let fields = fields.iter().filter_map(|field| Some(fill(&self.field(field)?, field.shape, &zero)));
        quote!(if __first { #(#fields)* })
    }

    /// The mask of the sample.
    fn draw(&self, draw: &Draw) -> TokenStream {
        let (runtime, name, factor) = (&self.context.runtime, self.name(&draw.result), draw.factor);
        let ([stream, dropped], step, next) =
            (draw.masks.numbers(), self.drawing(STEP), self.drawing(SAMPLE));
        let sample = match self.entry.is_block() {
            true => quote!(#next.wrapping_add(__sample as u64)),
            false => next,
        };
        quote!(#runtime::draw_mask([#stream, #dropped], #step, #sample, #factor, #name);)
    }

    /// A number from which masks are drawn.
    fn drawing(&self, field: &str) -> TokenStream {
        let (field, one) = (own(field), own(ONE));
        if self.entry.is_block() { quote!(__workspace.#one.#field) } else { quote!(__workspace.#field) }
    }

    /// After the last block of a batch: the means of gradients that no product has divided.
    fn divide(&self, fields: &[Operand]) -> TokenStream {
        let runtime = &self.context.runtime;
        let fields = fields.iter().filter_map(|operand| {
            let (divide, field) = (of_shape("divide", operand.shape), self.field(operand)?);
            Some(quote!(#runtime::#divide(&mut #field, __samples);))
        });
        quote!(if let ::core::option::Option::Some(__samples) = __samples { #(#fields)* })
    }

    fn scalar(&self, scalar: &Scalar) -> TokenStream {
        let (statements, value) = self.printer().formula(&scalar.formula, &|leaf| self.leaf(leaf));
        match (scalar.over, self.field(&scalar.result)) {
            (Some(over), Some(field)) => {
                let own = self.context.names.of(over);
                let bindings = scalar.reads.iter().filter_map(|read| match read.storage {
                    Storage::Parameter(_) | Storage::State(_) => {
                        let (name, field) = (self.name(read), self.field(read)?);
                        Some(quote!(let #name = #field;))
                    }
                    Storage::Gradient(_)
                    | Storage::Setting(_)
                    | Storage::Input
                    | Storage::Target
                    | Storage::OutputGradient
                    | Storage::StepNumber
                    | Storage::Workspace
                    | Storage::Local
                    | Storage::Temporary => None,
                });
                quote!({ #(#bindings)* let #own = #field; #statements #field = #value; })
            }
            _ => {
                let name = self.name(&scalar.result);
                let value = if statements.is_empty() { value } else { quote!({ #statements #value }) };
                quote!(let #name = #value;)
            }
        }
    }

    fn concat(&self, concat: &Concat) -> TokenStream {
        let (runtime, name) = (&self.context.runtime, self.name(&concat.result));
        let parts = concat.parts.iter().map(|(part, start)| {
            let (value, at) = (self.name(part), size(*start));
            match part.shape {
                Shape::Scalar => quote!(#name[#at] = #value;),
                Shape::Vector(_) | Shape::Matrix(..) => quote!(#runtime::put_slice(#value, #at, #name);),
            }
        });
        parts.collect()
    }

    fn call(&self, call: &Call) -> TokenStream {
        let (runtime, fused) = (&self.context.runtime, self.context.fused());
        let (name, operands) = (self.name(&call.result), self.all(&call.operands));
        let kernel = match call.kernel {
            Kernel::SumVector => quote!(#runtime::sum),
            Kernel::SumMatrix => quote!(#runtime::sum_matrix),
            Kernel::SumSquaresVector => quote!(#runtime::sum_squares),
            Kernel::SumSquaresMatrix => quote!(#runtime::sum_squares_matrix),
            Kernel::Dot => quote!(__isa.dot::<#fused, _, _>),
            Kernel::Outer => quote!(#runtime::outer),
            Kernel::Transpose => quote!(#runtime::transpose),
            Kernel::Softmax => quote!(#runtime::softmax),
            Kernel::LogSoftmax => quote!(#runtime::log_softmax),
            Kernel::SoftmaxCrossEntropy => quote!(#runtime::softmax_cross_entropy),
        };
        match call.result.shape {
            Shape::Scalar => quote!(let #name = #kernel(#(#operands),*);),
            Shape::Vector(_) | Shape::Matrix(..) => quote!(#kernel(#(#operands,)* #name);),
        }
    }

    /// Adds a sample's gradient, or the penalty's, to the batch's.
    fn accumulate(&self, accumulate: &Accumulate) -> TokenStream {
        let (runtime, total) = (&self.context.runtime, &accumulate.total);
        let field = self.field(total);
        let first = if accumulate.overwrites_first { quote!(__first) } else { quote!(false) };
        match &accumulate.contribution {
            Contribution::Value(value) => {
                let (add, value) = (of_shape("add", total.shape), self.name(value));
                quote!(#runtime::#add(#first, &mut #field, #value);)
            }
            Contribution::Outer(Form::Unrolled, outer) => {
                Unrolled(self).add_outer(&quote!(#field), &first, outer)
            }
            Contribution::Outer(form @ (Form::Kernel | Form::Block), outer) => {
                Products(self).add_outer(*form, &first, total, outer)
            }
            Contribution::Formula(assignment, reads) => {
                let clear = fill(&quote!(#field), total.shape, &quote!(0.0));
                let written = self.written_over(assignment, reads);
                quote!({ if #first { #clear } #written })
            }
        }
    }

    /// Statements, for braces around them: a formula of what a field holds, written over it.
    fn written_over(&self, assignment: &Assignment, reads: &[Operand]) -> TokenStream {
        let (result, formula) = (assignment.result, assignment.formula.clone());
        if result.shape != Shape::Scalar {
            return Loops(self).elements(std::slice::from_ref(assignment), reads);
        }
        let own = assignment.over.map(|over| self.context.names.of(over));
        let (field, (statements, value)) =
            (self.field(&result), self.printer().formula(&formula, &|leaf| self.leaf(leaf)));
        quote!(let #own = #field; #statements #field = #value;)
    }

    fn output(&self, output: &Output) -> TokenStream {
        let in_block = self.entry == Entry::ForwardBlock;
        let row = in_block.then(|| quote!(let __output = &mut __outputs[__sample];));
        match output {
            Output::Whole(value) => {
                let name = self.name(value);
                quote!(#row *__output = *#name;)
            }
            Output::Packed(values) => {
                let names = self.all(values);
                quote!(#row *__output = [#(#names),*];)
            }
        }
    }
}

/// A function of the runtime that there is for each kind of shape.
fn of_shape(function: &str, shape: Shape) -> Ident {
    match shape {
        Shape::Scalar => format_ident!("{function}_scalar"),
        Shape::Vector(_) => format_ident!("{function}_vector"),
        Shape::Matrix(..) => format_ident!("{function}_matrix"),
    }
}
