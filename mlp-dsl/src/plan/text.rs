//! A plan as text: one line for each instruction.

use std::fmt;

use super::{
    Accumulate, Assignment, Contribution, Entry, Form, Instruction, Kernel, Loop, LoopForm, Operand, Output,
    Plan, Product, Routine, Scalar, Storage, Sums,
};

use crate::{
    formula::{
        Formula, Term, TermId,
        scalar::{Binary, Unary},
    },
    ir::{Derivation, equation::EquationId},
    number::GROUP,
};

/// A plan, or a routine of it, that is displayed with the names of its derivation.
pub struct Text<'t> {
    plan: &'t Plan,
    derivation: &'t Derivation,
    entry: Option<Entry>,
}

impl Plan {
    /// The text of the plan.
    pub fn text<'t>(&'t self, derivation: &'t Derivation) -> Text<'t> {
        Text { plan: self, derivation, entry: None }
    }

    /// The text of one entry point.
    pub fn text_of<'t>(&'t self, derivation: &'t Derivation, entry: Entry) -> Text<'t> {
        Text { plan: self, derivation, entry: Some(entry) }
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_shown = |routine: &&Routine| self.entry.is_none_or(|entry| entry == routine.entry);
        if self.entry.is_none() {
            let (layout, block) = (&self.plan.layout, self.plan.block);
            write!(f, "blocks of {block} samples, workspace of {} bytes", layout.workspace_bytes)?;
            if layout.has_batch_workspace() {
                write!(f, ", of batches {} bytes", layout.batch_workspace_bytes)?;
            }
            writeln!(f)?;
            if let Some(Sums { numbers, in_workspace }) = layout.sums {
                let place = if in_workspace { "in the workspace of batches" } else { "on the stack" };
                writeln!(f, "groups of {GROUP} samples, {numbers} sums {place}")?;
            }
        }
        for routine in self.plan.routines.iter().filter(is_shown) {
            let isa = if routine.needs_isa { ", for each instruction set" } else { "" };
            let inlined = if routine.inlined { ", inlined" } else { "" };
            writeln!(f, "{}{isa}{inlined}:", entry_name(routine.entry))?;
            self.instructions(f, &routine.instructions, 1)?;
        }
        Ok(())
    }
}

fn entry_name(entry: Entry) -> &'static str {
    match entry {
        Entry::Forward => "forward",
        Entry::Trace => "trace",
        Entry::Loss => "loss",
        Entry::Accumulate => "accumulate",
        Entry::Penalty => "penalty",
        Entry::Weight => "weight",
        Entry::Penalize => "penalize",
        Entry::Step => "step",
        Entry::Train => "train",
        Entry::ForwardBlock => "forward of a block",
        Entry::LossBlock => "loss of a block",
        Entry::SamplesBlock => "samples of a block",
        Entry::AccumulateBlock => "accumulate a block",
        Entry::TrainBlock => "train on a block",
        Entry::InputGradient => "input gradient",
        Entry::AccumulateWithInput => "accumulate with input",
        Entry::PullBack => "pull back",
        Entry::InputGradientBlock => "input gradient of a block",
        Entry::AccumulateWithInputBlock => "accumulate a block with input",
        Entry::PullBackBlock => "pull back a block",
    }
}

fn kernel_name(kernel: Kernel) -> &'static str {
    match kernel {
        Kernel::SumVector | Kernel::SumMatrix => "sum",
        Kernel::SumSquaresVector | Kernel::SumSquaresMatrix => "sum_squares",
        Kernel::Dot => "dot",
        Kernel::Outer => "outer",
        Kernel::Transpose => "transpose",
        Kernel::Softmax => "softmax",
        Kernel::LogSoftmax => "log_softmax",
        Kernel::SoftmaxCrossEntropy => "softmax_cross_entropy",
    }
}

impl Text<'_> {
    fn instructions(&self, f: &mut fmt::Formatter<'_>, all: &[Instruction], depth: usize) -> fmt::Result {
        for instruction in all {
            write!(f, "{:1$}", "", 2 * depth)?;
            writeln!(f, "{}", self.line(instruction))?;
            if let Instruction::Hoisted(body) | Instruction::Samples(body) = instruction {
                self.instructions(f, body, depth + 1)?;
            }
        }
        Ok(())
    }

    fn line(&self, instruction: &Instruction) -> String {
        match instruction {
            Instruction::Clear(fields) => format!("clear {}", self.list(fields)),
            Instruction::Run(entry) => format!("run {}", entry_name(*entry)),
            Instruction::Hoisted(_) => "once:".to_owned(),
            Instruction::Samples(_) => "for each sample:".to_owned(),
            Instruction::Scalar(Scalar { result, formula, .. }) => {
                format!("{} = {}", self.written(result), self.formula(formula))
            }
            Instruction::Index(i) => {
                format!("{} = {}[{}]", self.written(&i.result), self.name(&i.vector), i.at)
            }
            Instruction::Stack(stack) => {
                format!("{} = [{}]", self.written(&stack.result), self.list(&stack.elements))
            }
            Instruction::Concat(concat) => {
                let parts: Vec<Operand> = concat.parts.iter().map(|(part, _)| *part).collect();
                format!("{} = concat({})", self.written(&concat.result), self.list(&parts))
            }
            Instruction::Slice(slice) => {
                let end = slice.start + slice.result.shape.count();
                let (result, vector) = (self.written(&slice.result), self.name(&slice.vector));
                format!("{result} = {vector}[{}..{end}]", slice.start)
            }
            Instruction::Loop(each) => self.array_loop(each),
            Instruction::Product(product) => self.product(product),
            Instruction::Call(call) => {
                let (result, kernel) = (self.written(&call.result), kernel_name(call.kernel));
                format!("{result} = {kernel}({})", self.list(&call.operands))
            }
            Instruction::Accumulate(accumulate) => self.accumulate(accumulate),
            Instruction::Descend(descend) => {
                let (w, rate) = (self.written(&descend.result), self.name(&descend.rate));
                let form = if descend.block { Form::Block } else { Form::Kernel };
                format!("{w} -= {rate} · outer({}){}", self.list(&descend.outer), form_name(form))
            }
            Instruction::Count(number) => format!("{} = count of steps", self.name(number)),
            Instruction::Draw(draw) => {
                let shape = draw.result.shape;
                format!("{} = mask{shape} of 0 and {}", self.written(&draw.result), draw.factor)
            }
            Instruction::Drawn => "masks drawn".to_owned(),
            Instruction::Divide(fields) => format!("divide [{}] after the last block", self.list(fields)),
            Instruction::Keep(number) => format!("keep {}", self.name(number)),
            Instruction::Output(Output::Whole(value)) => format!("output {}", self.name(value)),
            Instruction::Output(Output::Packed(values)) => format!("output [{}]", self.list(values)),
            Instruction::InputGradient(values) => {
                let values: Vec<Operand> = values.iter().map(|(value, _)| *value).collect();
                format!("input gradient [{}]", self.list(&values))
            }
            Instruction::Trace(value) => format!("trace {}", self.name(value)),
            Instruction::Return(number) => format!("return {}", self.name(number)),
            Instruction::AddLoss(number) => format!("total += {}", self.name(number)),
        }
    }

    fn value(&self, id: EquationId) -> String {
        self.derivation.name_of(id)
    }

    fn name(&self, operand: &Operand) -> String {
        self.value(operand.value)
    }

    fn list(&self, operands: &[Operand]) -> String {
        operands.iter().map(|operand| self.name(operand)).collect::<Vec<_>>().join(", ")
    }

    /// The field that is written, or the name of the value.
    fn written(&self, operand: &Operand) -> String {
        match operand.storage {
            Storage::Parameter(of) | Storage::State(of) => self.value(of),
            Storage::Temporary => format!("let {}", self.name(operand)),
            Storage::Input
            | Storage::Target
            | Storage::OutputGradient
            | Storage::Gradient(_)
            | Storage::Setting(_)
            | Storage::StepNumber
            | Storage::Workspace
            | Storage::Local => self.name(operand),
        }
    }

    fn array_loop(&self, each: &Loop) -> String {
        let count = each.assignments.first().map_or(0, |first| first.result.shape.count());
        let extent = match each.form {
            LoopForm::Elements => format!("loop[{count}]"),
            LoopForm::Padded(length) => format!("loop[{count} padded to {length}]"),
            LoopForm::Block => format!("loop[{count} × {} samples]", self.plan.block),
            LoopForm::Unrolled => format!("unrolled[{count}]"),
        };
        match each.assignments.as_slice() {
            [one] => format!("{} = {extent} {}", self.written(&one.result), self.formula(&one.formula)),
            all => {
                let assignment = |one: &Assignment| {
                    format!("{} = {}", self.written(&one.result), self.formula(&one.formula))
                };
                format!("{extent} {}", all.iter().map(assignment).collect::<Vec<_>>().join("; "))
            }
        }
    }

    fn product(&self, product: &Product) -> String {
        let shaped = |operand: &Operand| match product.form {
            Form::Block => format!("{}[{} × {}]", self.name(operand), self.plan.block, operand.shape.count()),
            Form::Kernel | Form::Unrolled => format!("{}[{}]", self.name(operand), operand.shape.count()),
        };
        let (x, w) = (shaped(&product.vector), self.name(&product.matrix));
        let factors = if product.by_rows { format!("{w} · {x}") } else { format!("{x} · {w}") };
        let bias = product.bias.map(|bias| format!(" + {}", self.name(&bias))).unwrap_or_default();
        format!("{} = product {factors}{bias}{}", self.written(&product.result), form_name(product.form))
    }

    fn accumulate(&self, accumulate: &Accumulate) -> String {
        let total = self.name(&accumulate.total);
        match &accumulate.contribution {
            Contribution::Value(value) => format!("{total} += {}", self.name(value)),
            Contribution::Outer(form, outer) => {
                format!("{total} += outer({}){}", self.list(outer), form_name(*form))
            }
            Contribution::Formula(assignment, _) => {
                format!("{total} = {}", self.formula(&assignment.formula))
            }
        }
    }

    /// A formula; terms that are read more than once have a name.
    fn formula(&self, formula: &Formula) -> String {
        let uses = formula.uses(self.derivation.header.arithmetic);
        let mut terms: Vec<Written> = Vec::with_capacity(uses.len());
        let mut shared = Vec::new();
        for (index, (term, uses)) in formula.terms().iter().zip(&uses).enumerate() {
            let written = self.term(term, &terms);
            let is_shared = *uses > 1 && written.binding < Binding::Atom;
            terms.push(if is_shared {
                shared.push(format!("t{index} = {}", written.text));
                Written { text: format!("t{index}"), binding: Binding::Atom }
            } else if *uses > 0 {
                written
            } else {
                Written { text: String::new(), binding: Binding::Atom }
            });
        }
        let value = terms.pop().map(|written| written.text).unwrap_or_default();
        if shared.is_empty() { value } else { format!("{value} where {}", shared.join(", ")) }
    }

    fn term(&self, term: &Term, terms: &[Written]) -> Written {
        let header = &self.derivation.header;
        let at = |id: &TermId, binding: Binding| {
            let written = terms.get(id.0 as usize);
            written.map_or_else(String::new, |written| written.at_least(binding))
        };
        let atom = |text: String| Written { text, binding: Binding::Atom };
        match term {
            Term::Number(number) => atom(number.to_string()),
            Term::Constant(id, number) => {
                let name = header.constants.get(id.0 as usize).map(|(name, _)| name.clone());
                atom(name.unwrap_or_else(|| number.to_string()))
            }
            Term::Leaf(leaf) => atom(self.value(EquationId(*leaf))),
            Term::Unary(Unary::Negate, x) => {
                Written { text: format!("-{}", at(x, Binding::Atom)), binding: Binding::Product }
            }
            Term::Unary(unary, x) => {
                atom(format!("{}({})", unary.name().unwrap_or_default(), at(x, Binding::Choice)))
            }
            Term::Binary(binary, a, b) => {
                let (sign, binding) = match binary {
                    Binary::Add => (" + ", Binding::Sum),
                    Binary::Subtract => (" - ", Binding::Sum),
                    Binary::Multiply => (" * ", Binding::Product),
                    Binary::Divide => (" / ", Binding::Product),
                    Binary::Power => ("^", Binding::Power),
                };
                let right = match binary {
                    Binary::Add | Binary::Subtract => Binding::Product,
                    Binary::Multiply | Binary::Divide => Binding::Power,
                    Binary::Power => Binding::Atom,
                };
                Written { text: format!("{}{sign}{}", at(a, binding), at(b, right)), binding }
            }
            Term::Select(s) => {
                let [left, right] = [s.left, s.right].map(|id| at(&id, Binding::Sum));
                let [then, otherwise] = [s.then, s.otherwise].map(|id| at(&id, Binding::Choice));
                let sign = s.comparison.sign();
                let text = format!("if {left} {sign} {right} then {then} else {otherwise}");
                Written { text, binding: Binding::Choice }
            }
            Term::Apply(id, arguments) => {
                let name = header.functions.get(id.0 as usize).map_or("", |function| &function.name);
                let arguments: Vec<String> = arguments.iter().map(|id| at(id, Binding::Choice)).collect();
                atom(format!("{name}({})", arguments.join(", ")))
            }
        }
    }
}

fn form_name(form: Form) -> &'static str {
    match form {
        Form::Kernel => "",
        Form::Block => " (batched)",
        Form::Unrolled => " (unrolled)",
    }
}

/// How tightly a term binds.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Choice,
    Sum,
    Product,
    Power,
    Atom,
}

/// A term as text.
struct Written {
    text: String,
    binding: Binding,
}

impl Written {
    fn at_least(&self, binding: Binding) -> String {
        if self.binding >= binding { self.text.clone() } else { format!("({})", self.text) }
    }
}
