//! Loops over the elements of arrays of one shape. Inside, names stand for elements.

use mlp_dsl::{
    formula::Formula,
    ir::{array::Op, equation::EquationId},
    plan::{MOST_ARRAYS, Place, Step},
    shape::Shape,
};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{Context, names::TERM, size};

/// Where the arrays of a loop stand: expressions for slices of numbers.
pub(super) struct Arrays<'a> {
    /// One that is read.
    pub(super) read: &'a dyn Fn(EquationId) -> TokenStream,
    /// One that is written.
    pub(super) written: &'a dyn Fn(EquationId) -> TokenStream,
    /// What stands where one is written, if that is an equation's value.
    pub(super) over: &'a dyn Fn(EquationId) -> Option<EquationId>,
    /// The length to which all are padded.
    pub(super) padded: Option<Literal>,
}

/// A loop: what it reads and writes, in names and expressions, and what stands before and inside.
struct Loop {
    written: Vec<(Ident, TokenStream)>,
    read: Vec<(Ident, TokenStream)>,
    before: TokenStream,
    inside: TokenStream,
}

impl Context<'_> {
    /// The loop that computes element-wise steps of one sample.
    pub(super) fn loop_over(&self, steps: &[Step]) -> TokenStream {
        let read = |id| self.flattened(id, false);
        let written = |id| self.flattened(id, true);
        let padded = self.padded(steps);
        self.in_one_loop(steps, &Arrays { read: &read, written: &written, over: &|_| None, padded })
    }

    /// An array that is bound to its name, as a slice of numbers.
    pub(super) fn flattened(&self, id: EquationId, mutable: bool) -> TokenStream {
        let name = self.names.of(id);
        self.slice(&quote!(#name), id, mutable)
    }

    /// The array at a place, of an equation's shape, as a slice of numbers.
    pub(super) fn slice(&self, place: &TokenStream, id: EquationId, mutable: bool) -> TokenStream {
        match (self.derivation.shape(id), mutable) {
            (Shape::Matrix(..), true) => quote!(#place.as_flattened_mut()),
            (Shape::Matrix(..), false) => quote!(#place.as_flattened()),
            _ => quote!(#place),
        }
    }

    /// A loop that computes steps; those that nothing else reads are variables inside.
    pub(super) fn in_one_loop(&self, steps: &[Step], arrays: &Arrays<'_>) -> TokenStream {
        let (functions, constants) = (quote!(functions), quote!(constants));
        let scalar = |leaf: u32| self.derivation.shape(EquationId(leaf)) == Shape::Scalar;
        let mut made = Loop::default();
        let mut own: Vec<EquationId> = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            if let Some(over) = (arrays.over)(step.equation) {
                let (name, place) = (self.names.of(over), place(number));
                made.inside.extend(quote!(let #name = *#place;));
                own.push(over);
            }
        }
        for (number, step) in steps.iter().enumerate() {
            let Op::Pointwise(formula) = &self.derivation.equation(step.equation).op else { continue };
            let prefix = match number {
                0 => TERM.to_owned(),
                _ => format!("{TERM}{number}_"),
            };
            let mut printer = self.printer(&functions, &constants);
            printer.term_prefix = &prefix;
            let (before, statements, value) = printer.in_loop(formula, &|leaf| self.leaf(leaf), &scalar);
            for id in formula.leaves().into_iter().filter(|leaf| !scalar(*leaf)).map(EquationId) {
                let name = self.names.of(id);
                if !own.contains(&id) && made.read.iter().all(|(read, _)| *read != name) {
                    made.read.push((name, (arrays.read)(id)));
                }
            }
            own.push(step.equation);
            made.before.extend(before);
            let name = self.names.of(step.equation);
            let read_on = number + 1 < steps.len();
            if step.place == Place::Local {
                made.inside.extend(quote!(#statements let #name = #value;));
                continue;
            }
            let place = place(made.written.len());
            made.inside.extend(if read_on {
                quote!(#statements let #name = #value; *#place = #name;)
            } else {
                quote!(#statements *#place = #value;)
            });
            made.written.push((place, (arrays.written)(step.equation)));
        }
        match &arrays.padded {
            Some(padded) => made.padded(&self.runtime, padded),
            None => made.code(),
        }
    }

    /// A loop that writes a formula over what is at a place, `own` inside.
    pub(super) fn loop_over_own(
        &self,
        place: &TokenStream,
        own: &Ident,
        shape: Shape,
        formula: &Formula,
    ) -> TokenStream {
        let (functions, constants) = (quote!(functions), quote!(constants));
        let printer = self.printer(&functions, &constants);
        let scalar = |leaf: u32| self.derivation.shape(EquationId(leaf)) == Shape::Scalar;
        let (before, statements, value) = printer.in_loop(formula, &|leaf| self.leaf(leaf), &scalar);
        let leaves = formula.leaves().into_iter().filter(|leaf| !scalar(*leaf)).map(EquationId);
        let read = leaves.map(|id| (self.names.of(id), self.flattened(id, false)));
        let place = match shape {
            Shape::Matrix(..) => quote!(#place.as_flattened_mut()),
            _ => quote!(#place),
        };
        let made = Loop {
            written: vec![(format_ident!("__place"), place)],
            read: read.filter(|(name, _)| name != own).collect(),
            before,
            inside: quote!(let #own = *__place; #statements *__place = #value;),
        };
        made.code()
    }

    /// The length to which vectors are padded so that all of them are computed in registers: where that is
    /// worth copies.
    fn padded(&self, steps: &[Step]) -> Option<Literal> {
        let is_costly = |step: &Step| matches!(&self.derivation.equation(step.equation).op, Op::Pointwise(formula) if formula.is_costly());
        let Shape::Vector(n) = self.derivation.shape(steps.first()?.equation) else { return None };
        let widest = 64 / self.derivation.header.precision.bytes();
        let lanes = if n <= widest / 4 {
            widest / 4
        } else if n <= widest / 2 {
            widest / 2
        } else {
            widest
        };
        (n > 1 && n % lanes != 0 && steps.iter().any(is_costly)).then(|| size(n.next_multiple_of(lanes)))
    }
}

/// The name of the place of a number that a loop writes.
fn place(written: usize) -> Ident {
    match written {
        0 => format_ident!("__place"),
        more => format_ident!("__place_{more}"),
    }
}

impl Default for Loop {
    fn default() -> Self {
        Self { written: Vec::new(), read: Vec::new(), before: TokenStream::new(), inside: TokenStream::new() }
    }
}

impl Loop {
    fn code(&self) -> TokenStream {
        let Self { written, read, before, inside } = self;
        if written.len() + read.len() > MOST_ARRAYS {
            return self.by_index();
        }
        let mutable = written.iter().map(|(_, array)| quote!(#array.iter_mut()));
        let all = mutable.chain(read.iter().map(|(_, array)| quote!(#array.iter())));
        let Some(zipped) = all.reduce(|all, next| quote!(#all.zip(#next))) else { return TokenStream::new() };
        let places = written.iter().map(|(place, _)| quote!(#place));
        let names = read.iter().map(|(name, _)| quote!(&#name));
        let pattern = places.chain(names).reduce(|all, next| quote!((#all, #next)));
        quote!(#before for #pattern in #zipped { #inside })
    }

    /// The same over copies of one length, all in registers.
    fn padded(&self, runtime: &TokenStream, length: &Literal) -> TokenStream {
        let read: Vec<_> = self.read.iter().map(|(name, _)| name).collect();
        let from = self.read.iter().map(|(_, array)| array);
        let results: Vec<Ident> =
            (0..self.written.len()).map(|number| format_ident!("__results_{number}")).collect();
        let padded = Loop {
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

    /// The same where nested zips would be a type too deep for rustc. The arrays have one length.
    fn by_index(&self) -> TokenStream {
        let Self { written, read, before, inside } = self;
        let Some((_, first)) = written.first() else { return TokenStream::new() };
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
