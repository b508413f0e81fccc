//! The bodies of entry points: names for the values that they read and write, then their statements.

use mlp_dsl::{
    never,
    plan::{Entry, Instruction, Operand, Storage},
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Body, Context, bindings::Bindings, size};

impl Context<'_> {
    /// The body of an entry point, in which the network is `__network`, without the routine that it begins with.
    pub(crate) fn body(&self, entry: Entry) -> TokenStream {
        let body = Outline(Body { context: self, entry });
        let instructions = self.plan.routine(entry).map_or(&[][..], |routine| &routine.instructions);
        match entry {
            Entry::Forward
            | Entry::Trace
            | Entry::Loss
            | Entry::Accumulate
            | Entry::Penalty
            | Entry::Penalize
            | Entry::Weight
            | Entry::InputGradient
            | Entry::AccumulateWithInput
            | Entry::PullBack => body.sample(instructions),
            Entry::Step => body.step(instructions),
            Entry::Train => body.train(instructions),
            Entry::ForwardBlock
            | Entry::LossBlock
            | Entry::SamplesBlock
            | Entry::InputGradientBlock
            | Entry::AccumulateWithInputBlock
            | Entry::PullBackBlock => body.block(instructions),
            Entry::AccumulateBlock | Entry::TrainBlock => body.sums(instructions),
        }
    }
}

/// Prints the body of a routine: names, then statements.
struct Outline<'c>(Body<'c>);

impl Outline<'_> {
    /// For one sample.
    fn sample(&self, instructions: &[Instruction]) -> TokenStream {
        let bindings = Bindings::of(self.0.context, instructions);
        let (parameters, workspace, data) = (bindings.parameters(), bindings.workspace(), bindings.data());
        let (clear, rest) = cleared(instructions);
        let (clear, statements) = (self.0.statements(clear), self.0.statements(rest));
        quote!(#clear #parameters #workspace #data #statements)
    }

    fn step(&self, instructions: &[Instruction]) -> TokenStream {
        let bindings = Bindings::of(self.0.context, instructions);
        let (gradients, settings, statements) =
            (bindings.gradients(), bindings.settings(), self.0.statements(instructions));
        quote!(#gradients #settings #statements)
    }

    /// For one sample, and the step. The loss is the last instruction.
    fn train(&self, instructions: &[Instruction]) -> TokenStream {
        if let [Instruction::Run(accumulate), Instruction::Run(step)] = instructions {
            let (accumulate, step) = (self.0.run(*accumulate), self.0.run(*step));
            return quote!(let __loss = #accumulate; #step; __loss);
        }
        let is_descent = |instruction: &Instruction| matches!(instruction, Instruction::Descend(_));
        let [rest, descents, updates] = parts(instructions, is_descent);
        // The rule begins where its numbers are first needed.
        let rule = rest.iter().position(is_of_rule).unwrap_or(rest.len());
        let (accumulation, numbers) = rest.split_at_checked(rule).unwrap_or((rest, &[]));
        let sample = self.sample(accumulation);
        let settings = Bindings::of(self.0.context, numbers.iter().chain(descents).chain(updates)).settings();
        let gradients = Bindings::of(self.0.context, updates).gradients();
        let [numbers, descents, updates] = [numbers, descents, updates].map(|part| self.0.statements(part));
        // The parameters are read before they are written.
        quote! {
            let __first = true;
            let __trained = __network;
            let __network = &*__trained;
            #sample
            #settings
            #numbers
            #descents
            let __network = __trained;
            #gradients
            #updates
        }
    }

    /// For a block of samples.
    fn block(&self, instructions: &[Instruction]) -> TokenStream {
        let parameters = Bindings::of(self.0.context, instructions).parameters();
        let count = self.count();
        let statements = self.0.statements(instructions);
        quote!(#count #parameters #statements)
    }

    /// How many samples the block has.
    fn count(&self) -> TokenStream {
        let block = size(self.0.context.plan.block);
        let others = match self.0.entry {
            Entry::ForwardBlock => quote!(__outputs.len()),
            Entry::PullBackBlock => quote!(__output_gradients.len().min(__input_gradients.len())),
            Entry::InputGradientBlock | Entry::AccumulateWithInputBlock => {
                quote!(__targets.len().min(__input_gradients.len()))
            }
            Entry::Forward
            | Entry::Trace
            | Entry::Loss
            | Entry::Accumulate
            | Entry::Penalty
            | Entry::Penalize
            | Entry::Weight
            | Entry::Step
            | Entry::Train
            | Entry::LossBlock
            | Entry::SamplesBlock
            | Entry::AccumulateBlock
            | Entry::TrainBlock
            | Entry::InputGradient
            | Entry::AccumulateWithInput
            | Entry::PullBack => quote!(__targets.len()),
        };
        quote!(let __count = __inputs.len().min(#others).min(#block);)
    }

    /// The sums of outer products that end a block, or descents, and the step.
    fn sums(&self, instructions: &[Instruction]) -> TokenStream {
        let own = match instructions {
            [Instruction::Run(_), own @ ..] => own,
            all => all,
        };
        let is_sum = |instruction: &Instruction| {
            matches!(
                instruction,
                Instruction::Accumulate(_) | Instruction::Descend(_) | Instruction::Divide(_)
            )
        };
        let [numbers, sums, updates] = parts(own, is_sum);
        let settings = Bindings::of(self.0.context, own).settings();
        let gradients = Bindings::of(self.0.context, updates).gradients();
        let count = self.count();
        let [numbers, sums, updates] = [numbers, sums, updates].map(|part| self.0.statements(part));
        quote!(#settings #numbers #count #sums #gradients #updates)
    }
}

impl Body<'_> {
    /// Sample by sample.
    pub(super) fn samples(&self, body: &[Instruction]) -> TokenStream {
        let bindings = Bindings::of(self.context, body);
        let (data, names, statements) = (bindings.samples(), bindings.fields(), self.statements(body));
        let accumulates = [Entry::SamplesBlock, Entry::AccumulateWithInputBlock, Entry::PullBackBlock]
            .contains(&self.entry);
        let first = accumulates.then(|| quote!(let __first = __first && __sample == 0;));
        let written = body.iter().any(|instruction| matches!(instruction, Instruction::InputGradient(_)));
        let written = written.then(|| quote!(let __input_gradient = &mut __input_gradients[__sample];));
        quote! {
            for __sample in 0..__count {
                #first
                #written
                #data
                #names
                #statements
            }
        }
    }

    /// The call of a routine that is inlined.
    pub(super) fn run(&self, entry: Entry) -> TokenStream {
        match entry {
            Entry::Accumulate => {
                // A step begins a batch of one sample.
                let first = if self.entry == Entry::Train { quote!(true) } else { quote!(__first) };
                quote!(__network.__accumulate(__isa, #first, __input, __target, __workspace, __gradients))
            }
            Entry::Step => quote!(__network.__step(__isa, __optimizer, __gradients)),
            Entry::Forward
            | Entry::Trace
            | Entry::Loss
            | Entry::Penalty
            | Entry::Penalize
            | Entry::Weight
            | Entry::Train
            | Entry::ForwardBlock
            | Entry::LossBlock
            | Entry::SamplesBlock
            | Entry::AccumulateBlock
            | Entry::TrainBlock
            | Entry::InputGradient
            | Entry::AccumulateWithInput
            | Entry::PullBack
            | Entry::InputGradientBlock
            | Entry::AccumulateWithInputBlock
            | Entry::PullBackBlock => {
                never!("{entry:?} is not inlined");
                TokenStream::new()
            }
        }
    }
}

/// What clears gradients before the first sample, and the rest.
fn cleared(instructions: &[Instruction]) -> (&[Instruction], &[Instruction]) {
    let is_clear = |instruction: &&Instruction| matches!(instruction, Instruction::Clear(_));
    let count = instructions.iter().take_while(is_clear).count();
    instructions.split_at_checked(count).unwrap_or((&[], instructions))
}

/// Instructions before those that are so, from the first to the last of them, and after them.
fn parts(instructions: &[Instruction], is: impl Fn(&Instruction) -> bool) -> [&[Instruction]; 3] {
    let first = instructions.iter().position(&is).unwrap_or(instructions.len());
    let end = instructions.iter().rposition(&is).map_or(first, |last| last + 1);
    let (before, rest) = instructions.split_at_checked(first).unwrap_or((instructions, &[]));
    let (those, after) = rest.split_at_checked(end - first).unwrap_or((rest, &[]));
    [before, those, after]
}

/// Whether an instruction belongs to the rule of training: it reads a setting or counts the step.
fn is_of_rule(instruction: &Instruction) -> bool {
    let (reads, writes) = instruction.operands();
    let is = |operand: &Operand| matches!(operand.storage, Storage::Setting(_) | Storage::StepNumber);
    reads.iter().chain(&writes).any(is)
}
