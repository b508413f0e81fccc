//! Formulas as Rust expressions.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::names::identifier;
use crate::{
    ir::{
        formula::{Formula, Term, TermId},
        scalar::{Binary, Function, Unary},
    },
    model::Precision,
};

/// What printing a formula needs to know.
pub(super) struct Printer<'p> {
    pub(super) precision: Precision,
    /// The path of the runtime.
    pub(super) runtime: &'p TokenStream,
    /// The path of the module with the specification's functions.
    pub(super) functions_at: &'p TokenStream,
    pub(super) functions: &'p [Function],
    pub(super) constants: &'p [(String, f64)],
}

/// How tightly a printed expression binds.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Choice,
    Sum,
    Product,
    Sign,
    Atom,
}

struct Printed {
    tokens: TokenStream,
    binding: Binding,
}

impl Printed {
    fn at_least(self, binding: Binding) -> TokenStream {
        let tokens = self.tokens;
        if self.binding >= binding { tokens } else { quote!((#tokens)) }
    }
}

impl Printer<'_> {
    /// Statements for terms that are used more than once, and the value.
    pub(super) fn formula(
        &self,
        formula: &Formula,
        leaf: &dyn Fn(u32) -> TokenStream,
    ) -> (TokenStream, TokenStream) {
        let mut uses = vec![0_u32; formula.terms().len()];
        for operand in formula.terms().iter().flat_map(Term::operands) {
            if let Some(count) = uses.get_mut(operand.0 as usize) {
                *count += 1;
            }
        }
        let mut statements = TokenStream::new();
        let mut printed: Vec<Option<Printed>> = Vec::with_capacity(uses.len());
        for (index, term) in formula.terms().iter().enumerate() {
            let expression = self.term(term, &mut printed, leaf, formula);
            let shared = uses.get(index).is_some_and(|uses| *uses > 1) && expression.binding < Binding::Atom;
            printed.push(Some(if shared {
                let name = format_ident!("__term_{index}");
                let tokens = expression.tokens;
                statements.extend(quote!(let #name = #tokens;));
                Printed { tokens: name.into_token_stream(), binding: Binding::Atom }
            } else {
                expression
            }));
        }
        let value = printed.pop().flatten().map_or(quote!(0.0), |value| value.tokens);
        (statements, value)
    }

    fn term(
        &self,
        term: &Term,
        printed: &mut [Option<Printed>],
        leaf: &dyn Fn(u32) -> TokenStream,
        formula: &Formula,
    ) -> Printed {
        let mut take = |id: &TermId| {
            let slot = printed.get_mut(id.0 as usize);
            // Only atoms are used again, and those are small to copy.
            let again = |kept: &Printed| Printed { tokens: kept.tokens.clone(), binding: kept.binding };
            match slot {
                Some(Some(kept)) if kept.binding == Binding::Atom => again(kept),
                Some(slot) => slot.take().unwrap_or(Printed { tokens: quote!(0.0), binding: Binding::Atom }),
                None => Printed { tokens: quote!(0.0), binding: Binding::Atom },
            }
        };
        match term {
            Term::Number(number) => self.number(*number),
            Term::Constant(id, number) => match self.constants.get(id.0 as usize) {
                Some((name, _)) => {
                    let (at, name) = (self.functions_at, identifier(name, proc_macro2::Span::call_site()));
                    atom(quote!(#at::#name))
                }
                None => self.number(*number),
            },
            Term::Leaf(index) => atom(leaf(*index)),
            Term::Unary(op, x) => self.unary(*op, take(x)),
            Term::Binary(Binary::Power, a, b) => {
                let exponent = formula.whole_exponent(*b);
                let base = take(a);
                match exponent {
                    Some(exponent) => self.whole_power(base, exponent),
                    None => {
                        let (runtime, a, b) = (self.runtime, base.tokens, take(b).tokens);
                        atom(quote!(#runtime::Scalar::powf(#a, #b)))
                    }
                }
            }
            Term::Binary(op, a, b) => binary(*op, take(a), take(b)),
            Term::Select(select) => {
                let (left, right) = (take(&select.left), take(&select.right));
                let (left, right) = (left.at_least(Binding::Sum), right.at_least(Binding::Sum));
                let (then, otherwise) = (take(&select.then).tokens, take(&select.otherwise).tokens);
                let sign: TokenStream = select.comparison.sign().parse().unwrap_or_default();
                let tokens = quote!(if #left #sign #right { #then } else { #otherwise });
                Printed { tokens, binding: Binding::Choice }
            }
            Term::Apply(id, arguments) => {
                let arguments: Vec<TokenStream> = arguments.iter().map(|a| take(a).tokens).collect();
                let name = self.functions.get(id.0 as usize).map_or("", |f| f.name.as_str());
                let (at, name) = (self.functions_at, identifier(name, proc_macro2::Span::call_site()));
                atom(quote!(#at::#name(#(#arguments),*)))
            }
        }
    }

    fn unary(&self, op: Unary, x: Printed) -> Printed {
        let runtime = self.runtime;
        match op {
            Unary::Negate => {
                let x = x.at_least(Binding::Atom);
                Printed { tokens: quote!(-#x), binding: Binding::Sign }
            }
            Unary::Exp | Unary::Ln | Unary::Tanh => {
                let (x, name) = (x.tokens, format_ident!("{}", op.name().unwrap_or_default()));
                atom(quote!(#runtime::Scalar::#name(#x)))
            }
        }
    }

    /// Repeated multiplication from the left.
    fn whole_power(&self, base: Printed, exponent: u32) -> Printed {
        if base.binding == Binding::Atom && exponent <= 4 {
            let factor = &base.tokens;
            let tokens = (1..exponent).fold(factor.clone(), |product, _| quote!(#product * #factor));
            return Printed { tokens, binding: Binding::Product };
        }
        let (runtime, base) = (self.runtime, base.tokens);
        let exponent = Literal::u32_unsuffixed(exponent);
        atom(quote!(#runtime::whole_power(#base, #exponent)))
    }

    fn number(&self, number: f64) -> Printed {
        let binding = if number.is_sign_negative() { Binding::Sign } else { Binding::Atom };
        Printed { tokens: literal(number, self.precision), binding }
    }
}

fn binary(op: Binary, a: Printed, b: Printed) -> Printed {
    let (sign, binding, right) = match op {
        Binary::Add => (quote!(+), Binding::Sum, Binding::Product),
        Binary::Subtract => (quote!(-), Binding::Sum, Binding::Product),
        Binary::Divide => (quote!(/), Binding::Product, Binding::Sign),
        Binary::Multiply | Binary::Power => (quote!(*), Binding::Product, Binding::Sign),
    };
    let mut tokens = a.at_least(binding);
    tokens.extend(sign);
    tokens.extend(b.at_least(right));
    Printed { tokens, binding }
}

fn atom(tokens: TokenStream) -> Printed {
    Printed { tokens, binding: Binding::Atom }
}

/// A number in the network's precision, rounded once.
pub(super) fn literal(number: f64, precision: Precision) -> TokenStream {
    let magnitude = match precision {
        Precision::F32 => {
            let single = (number as f32).abs();
            if !single.is_finite() {
                return if number > 0.0 { quote!(f32::INFINITY) } else { quote!(f32::NEG_INFINITY) };
            }
            Literal::f32_unsuffixed(single)
        }
        Precision::F64 => {
            if !number.is_finite() {
                return quote!(f64::NAN);
            }
            Literal::f64_unsuffixed(number.abs())
        }
    };
    if number.is_sign_negative() { quote!(-#magnitude) } else { magnitude.into_token_stream() }
}
