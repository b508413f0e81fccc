//! Loops over the elements of arrays of one shape. Inside, the names of arrays are those of their elements.

use mlp_dsl::{
    ir::equation::EquationId,
    plan::{Assignment, Loop, LoopForm, Operand, Storage, thresholds},
    shape::Shape,
};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{Body, size, unrolled::Unrolled};
use crate::names::TERM;

/// A loop: its arrays with their names, and its statements.
#[derive(Default)]
struct Printed {
    written: Vec<(Ident, TokenStream)>,
    read: Vec<(Ident, TokenStream)>,
    /// Before the loop.
    before: TokenStream,
    /// For each element.
    inside: TokenStream,
}

/// Prints the loops of a body.
pub(super) struct Loops<'b>(pub(super) &'b Body<'b>);

impl Loops<'_> {
    pub(super) fn array_loop(&self, each: &Loop) -> TokenStream {
        let made = || self.printed(&each.assignments, &each.reads, each.form == LoopForm::Block);
        match each.form {
            LoopForm::Elements | LoopForm::Block => made().code(),
            LoopForm::Padded(length) => made().padded(&self.0.context.runtime, length),
            LoopForm::Unrolled => {
                each.assignments.iter().map(|assignment| Unrolled(self.0).formula(assignment)).collect()
            }
        }
    }

    /// A loop over the elements of one sample.
    pub(super) fn elements(&self, assignments: &[Assignment], reads: &[Operand]) -> TokenStream {
        self.printed(assignments, reads, false).code()
    }

    fn printed(&self, assignments: &[Assignment], reads: &[Operand], block: bool) -> Printed {
        let mut made = Printed::default();
        for (number, assignment) in assignments.iter().enumerate() {
            if let Some(over) = assignment.over {
                let (name, place) = (self.0.context.names.of(over), place(number));
                made.inside.extend(quote!(let #name = *#place;));
            }
        }
        let is_scalar = |leaf: u32| self.0.context.derivation.shape(EquationId(leaf)) == Shape::Scalar;
        for (number, assignment) in assignments.iter().enumerate() {
            let mut printer = self.0.printer();
            printer.term_prefix = match number {
                0 => TERM.to_owned(),
                _ => format!("{TERM}{number}_"),
            };
            let (before, statements, value) =
                printer.in_loop(&assignment.formula, &|leaf| self.0.leaf(leaf), &is_scalar);
            made.before.extend(before);
            let name = self.0.name(&assignment.result);
            if assignment.result.storage == Storage::Temporary {
                made.inside.extend(quote!(#statements let #name = #value;));
                continue;
            }
            let place = place(made.written.len());
            made.inside.extend(if number + 1 < assignments.len() {
                quote!(#statements let #name = #value; *#place = #name;)
            } else {
                quote!(#statements *#place = #value;)
            });
            let array = if block { self.rows_mut(&assignment.result) } else { self.slice_mut(assignment) };
            made.written.push((place, array));
        }
        let in_step =
            assignments.iter().any(|a| matches!(a.result.storage, Storage::Parameter(_) | Storage::State(_)));
        for read in reads.iter().filter(|read| read.shape != Shape::Scalar) {
            let array = if block {
                let rows = self.rows(read);
                quote!(#rows.as_flattened())
            } else {
                self.slice(read, in_step)
            };
            made.read.push((self.0.name(read), array));
        }
        made
    }

    /// An array as a slice of numbers: a field where a step reads what it overwrites, else a name.
    fn slice(&self, operand: &Operand, in_step: bool) -> TokenStream {
        let name = self.0.name(operand);
        let is_field = matches!(operand.storage, Storage::Parameter(_) | Storage::State(_));
        let place = self.0.field(operand).filter(|_| in_step && is_field).unwrap_or_else(|| quote!(#name));
        match operand.shape {
            Shape::Matrix(..) => quote!(#place.as_flattened()),
            Shape::Vector(_) | Shape::Scalar => place,
        }
    }

    /// The array that is written, as a slice of numbers.
    fn slice_mut(&self, assignment: &Assignment) -> TokenStream {
        let name = self.0.name(&assignment.result);
        let place = self.0.field(&assignment.result).unwrap_or_else(|| quote!(#name));
        match assignment.result.shape {
            Shape::Matrix(..) => quote!(#place.as_flattened_mut()),
            Shape::Vector(_) | Shape::Scalar => place,
        }
    }

    /// The numbers of a vector of each sample.
    fn rows_mut(&self, operand: &Operand) -> TokenStream {
        let (runtime, field) = (&self.0.context.runtime, self.0.context.batch_field(operand.value));
        quote!(#runtime::first_mut(&mut #field, __count).as_flattened_mut())
    }

    /// A vector of each sample.
    pub(super) fn rows(&self, operand: &Operand) -> TokenStream {
        let (runtime, field) = (&self.0.context.runtime, self.0.context.batch_field(operand.value));
        match operand.storage {
            Storage::Input => quote!(#runtime::first(__inputs, __count)),
            Storage::Target => quote!(#runtime::first(__targets, __count)),
            Storage::OutputGradient => quote!(#runtime::first(__output_gradients, __count)),
            Storage::Parameter(_)
            | Storage::Gradient(_)
            | Storage::Setting(_)
            | Storage::StepNumber
            | Storage::State(_)
            | Storage::Workspace
            | Storage::Local
            | Storage::Temporary => quote!(#runtime::first(&#field, __count)),
        }
    }
}

/// The name of the place of a number that a loop writes.
fn place(written: usize) -> Ident {
    match written {
        0 => format_ident!("__place"),
        more => format_ident!("__place_{more}"),
    }
}

impl Printed {
    fn code(&self) -> TokenStream {
        let Self { written, read, before, inside } = self;
        if written.len() + read.len() > thresholds::LOOP_ARRAYS {
            return self.by_index();
        }
        let mutable = written.iter().map(|(_, array)| quote!(#array.iter_mut()));
        let all = mutable.chain(read.iter().map(|(_, array)| quote!(#array.iter())));
        let zipped = all.reduce(|all, next| quote!(#all.zip(#next)));
        let places = written.iter().map(|(place, _)| quote!(#place));
        let names = read.iter().map(|(name, _)| quote!(&#name));
        let pattern = places.chain(names).reduce(|all, next| quote!((#all, #next)));
        quote!(#before for #pattern in #zipped { #inside })
    }

    /// The same over copies of one length, all in registers.
    fn padded(&self, runtime: &TokenStream, length: usize) -> TokenStream {
        let length = size(length);
        let read: Vec<_> = self.read.iter().map(|(name, _)| name).collect();
        let from = self.read.iter().map(|(_, array)| array);
        let results: Vec<Ident> =
            (0..self.written.len()).map(|number| format_ident!("__results_{number}")).collect();
        let padded = Printed {
            written: self.written.iter().zip(&results).map(|((p, _), r)| (p.clone(), quote!(#r))).collect(),
            read: self.read.iter().map(|(name, _)| (name.clone(), quote!(#name))).collect(),
            before: TokenStream::new(),
            inside: self.inside.clone(),
        };
        let (before, code) = (&self.before, padded.code());
        let to = self.written.iter().map(|(_, array)| array);
        quote! {
            {
                #before
                #(let #read = #runtime::padded::<_, #length>(#from);)*
                #(let mut #results = [0.0; #length];)*
                #code
                #(#runtime::put_first(&#results, #to);)*
            }
        }
    }

    /// The same where nested iterators would be a type too deep for rustc. The arrays have one length.
    fn by_index(&self) -> TokenStream {
        let Self { written, read, before, inside } = self;
        let first = written.first().map(|(_, array)| array);
        let mut others = TokenStream::new();
        for (place, array) in written.iter().skip(1) {
            others.extend(quote!(let #place = &mut #array[__element];));
        }
        for (name, array) in read {
            others.extend(quote!(let #name = #array[__element];));
        }
        quote! {
            #before
            for (__element, __place) in #first.iter_mut().enumerate() {
                #others
                #inside
            }
        }
    }
}
