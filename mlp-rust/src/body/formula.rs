//! Formulas as Rust expressions.

use mlp_dsl::{
    formula::{
        Formula, FusedSum, Term, TermId,
        operator::Comparison,
        scalar::{Binary, Function, Unary},
    },
    never::OrNever,
    number::{Arithmetic, Precision},
};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};

use crate::names::identifier;

/// What printing a formula needs to know.
pub(crate) struct Printer<'p> {
    pub(crate) precision: Precision,
    pub(crate) arithmetic: Arithmetic,
    /// The path of the runtime.
    pub(crate) runtime: &'p TokenStream,
    /// The path of the module with the specification's functions.
    pub(crate) functions_at: TokenStream,
    pub(crate) functions: &'p [Function],
    pub(crate) constants: &'p [(String, f64)],
    /// The path of the module with the specification's constants.
    pub(crate) constants_at: TokenStream,
    /// Whether functions of the specification depend on the instruction set.
    pub(crate) functions_take_isa: bool,
    /// How the variables of shared terms begin.
    pub(crate) term_prefix: String,
}

/// Deeper expressions are cut by variables: rustc's parser recurses.
const DEPTH: u32 = 48;

/// How tightly a printed expression binds.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Choice,
    Sum,
    Product,
    Sign,
    /// A call: binds tightly, costs something.
    Call,
    /// A name or number: costs nothing to repeat.
    Name,
}

struct Printed {
    tokens: TokenStream,
    binding: Binding,
    /// How deep the expression is nested.
    depth: u32,
}

impl Printed {
    fn name(tokens: TokenStream) -> Self {
        Printed { tokens, binding: Binding::Name, depth: 0 }
    }

    /// In the place of a term after a fault: rustc refuses it.
    fn missing() -> Self {
        Printed::name(quote!(__no_term))
    }

    fn at_least(self, binding: Binding) -> TokenStream {
        let tokens = self.tokens;
        if self.binding >= binding { tokens } else { quote!((#tokens)) }
    }
}

impl Printer<'_> {
    /// Statements for terms that are used more than once, and the value.
    pub(crate) fn formula(
        &self,
        formula: &Formula,
        leaf: &dyn Fn(u32) -> TokenStream,
    ) -> (TokenStream, TokenStream) {
        let (before, statements, value) = self.in_loop(formula, leaf, &|_| false);
        debug_assert!(before.is_empty(), "without a loop nothing is printed before it");
        (statements, value)
    }

    /// The same inside a loop: first the statements for terms of `fixed` leaves, which are computed
    /// once, before it.
    pub(crate) fn in_loop(
        &self,
        formula: &Formula,
        leaf: &dyn Fn(u32) -> TokenStream,
        fixed: &dyn Fn(u32) -> bool,
    ) -> (TokenStream, TokenStream, TokenStream) {
        let fixed = fixed_terms(formula, fixed);
        let is_fixed = |id: TermId| fixed.get(id.0 as usize) == Some(&true);
        let uses = formula.uses(self.arithmetic);
        let is_used = |index: usize| uses.get(index).is_some_and(|uses| *uses > 0);
        let mut leaves_loop = vec![false; formula.terms().len()];
        for (index, term) in formula.terms().iter().enumerate() {
            if !is_fixed(TermId(index as u32)) && is_used(index) {
                for operand in formula
                    .operands_in(self.arithmetic, term)
                    .into_iter()
                    .filter(|operand| is_fixed(*operand))
                {
                    if let Some(slot) = leaves_loop.get_mut(operand.0 as usize) {
                        *slot = true;
                    }
                }
            }
        }
        let mut before = TokenStream::new();
        let mut statements = TokenStream::new();
        let mut printed: Vec<Option<Printed>> = Vec::with_capacity(uses.len());
        for (index, term) in formula.terms().iter().enumerate() {
            if !is_used(index) {
                printed.push(None);
                continue;
            }
            let expression = self.term(term, &mut printed, leaf, formula);
            let used_again = uses.get(index).is_some_and(|uses| *uses > 1);
            let last = index + 1 == formula.terms().len();
            let cut = expression.depth > DEPTH && !last;
            let hoisted = leaves_loop.get(index) == Some(&true);
            printed.push(Some(if (used_again || cut || hoisted) && expression.binding < Binding::Name {
                let name = format_ident!("{}{index}", self.term_prefix);
                let tokens = expression.tokens;
                let place = if is_fixed(TermId(index as u32)) { &mut before } else { &mut statements };
                place.extend(quote!(let #name = #tokens;));
                Printed::name(name.into_token_stream())
            } else {
                expression
            }));
        }
        let value = printed.pop().flatten().or_never("a formula has a value", Printed::missing());
        (before, statements, value.tokens)
    }

    fn fused(&self, formula: &Formula, term: &Term) -> Option<FusedSum> {
        formula.fused(term).filter(|_| self.arithmetic == Arithmetic::Fused)
    }

    fn term(
        &self,
        term: &Term,
        printed: &mut [Option<Printed>],
        leaf: &dyn Fn(u32) -> TokenStream,
        formula: &Formula,
    ) -> Printed {
        let mut deepest = 0;
        let mut take = |id: &TermId| {
            let taken = match printed.get_mut(id.0 as usize) {
                // Only names are used again, and those are small to copy.
                Some(Some(kept)) if kept.binding == Binding::Name => {
                    Printed { tokens: kept.tokens.clone(), ..*kept }
                }
                Some(slot) => slot.take().or_never("a term is printed before its use", Printed::missing()),
                None => None.or_never("an operand comes before its use", Printed::missing()),
            };
            deepest = taken.depth.max(deepest);
            taken
        };
        if let Some(FusedSum { sum, negative, factors: [a, b] }) = self.fused(formula, term) {
            let (a, b, sum) = (take(&a), take(&b).tokens, take(&sum).tokens);
            let a = if negative { self.unary(Unary::Negate, a).tokens } else { a.tokens };
            let tokens = quote!(__isa.multiply_add(#a, #b, #sum));
            return Printed { depth: deepest + 1, ..atom(tokens) };
        }
        let printed = match term {
            Term::Number(number) => self.number(*number),
            Term::Constant(id, number) => match self.constants.get(id.0 as usize) {
                Some((name, _)) => {
                    let (at, name) = (&self.constants_at, identifier(name, proc_macro2::Span::call_site()));
                    Printed::name(quote!(#at::#name))
                }
                None => self.number(*number),
            },
            Term::Leaf(index) => Printed::name(leaf(*index)),
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
                let sign = comparison(select.comparison);
                let tokens = quote!(if #left #sign #right { #then } else { #otherwise });
                Printed { tokens, binding: Binding::Choice, depth: 0 }
            }
            Term::Apply(id, arguments) => {
                let arguments: Vec<TokenStream> = arguments.iter().map(|a| take(a).tokens).collect();
                let name = self.functions.get(id.0 as usize).map(|function| function.name.as_str());
                let name = name.or_never("a function is declared before its use", "__no_function");
                let (at, name) = (&self.functions_at, identifier(name, proc_macro2::Span::call_site()));
                let isa = self.functions_take_isa.then(|| quote!(__isa,));
                atom(quote!(#at::#name(#isa #(#arguments),*)))
            }
        };
        Printed { depth: deepest + 1, ..printed }
    }

    fn unary(&self, op: Unary, x: Printed) -> Printed {
        let (runtime, fused) = (self.runtime, self.arithmetic == Arithmetic::Fused);
        let (name, of_isa) = match op {
            Unary::Negate => {
                let x = x.at_least(Binding::Call);
                return Printed { tokens: quote!(-#x), binding: Binding::Sign, depth: 0 };
            }
            Unary::Sqrt => (quote!(sqrt), true),
            Unary::Exp => (quote!(exp), fused),
            Unary::Ln => (quote!(ln), fused),
            Unary::Tanh => (quote!(tanh), fused),
            Unary::Erf => (quote!(erf), fused),
            Unary::Floor => (quote!(floor), false),
        };
        let x = x.tokens;
        atom(if of_isa { quote!(__isa.#name(#x)) } else { quote!(#runtime::Scalar::#name(#x)) })
    }

    /// Repeated multiplication from the left.
    fn whole_power(&self, base: Printed, exponent: u32) -> Printed {
        if base.binding == Binding::Name && exponent <= 4 {
            let factor = &base.tokens;
            let tokens = (1..exponent).fold(factor.clone(), |product, _| quote!(#product * #factor));
            return Printed { tokens, binding: Binding::Product, depth: 0 };
        }
        let (runtime, base) = (self.runtime, base.tokens);
        let exponent = Literal::u32_unsuffixed(exponent);
        atom(quote!(#runtime::whole_power(#base, #exponent)))
    }

    fn number(&self, number: f64) -> Printed {
        let binding = if number.is_sign_negative() { Binding::Sign } else { Binding::Name };
        Printed { tokens: literal(number, self.precision), binding, depth: 0 }
    }
}

/// Which terms are made of fixed leaves and are no bare number or name.
fn fixed_terms(formula: &Formula, fixed: &dyn Fn(u32) -> bool) -> Vec<bool> {
    // Numbers belong to the terms that read them.
    let mut moves: Vec<bool> = Vec::with_capacity(formula.terms().len());
    let mut known: Vec<bool> = Vec::with_capacity(formula.terms().len());
    for term in formula.terms() {
        let operands = term.operands();
        let at = |list: &[bool], id: &TermId| {
            list.get(id.0 as usize).copied().or_never("an operand comes before its use", true)
        };
        let moving = match term {
            Term::Leaf(leaf) => !fixed(*leaf),
            Term::Number(_)
            | Term::Constant(..)
            | Term::Unary(..)
            | Term::Binary(..)
            | Term::Select(_)
            | Term::Apply(..) => operands.iter().any(|id| at(&moves, id)),
        };
        let has_leaf = match term {
            Term::Leaf(_) => true,
            Term::Number(_)
            | Term::Constant(..)
            | Term::Unary(..)
            | Term::Binary(..)
            | Term::Select(_)
            | Term::Apply(..) => operands.iter().any(|id| at(&known, id)),
        };
        moves.push(moving);
        known.push(has_leaf);
    }
    moves.iter().zip(&known).map(|(moves, known)| !moves && *known).collect()
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
    Printed { tokens, binding, depth: 0 }
}

fn comparison(comparison: Comparison) -> TokenStream {
    match comparison {
        Comparison::Less => quote!(<),
        Comparison::LessOrEqual => quote!(<=),
        Comparison::Greater => quote!(>),
        Comparison::GreaterOrEqual => quote!(>=),
        Comparison::Equal => quote!(==),
        Comparison::NotEqual => quote!(!=),
    }
}

fn atom(tokens: TokenStream) -> Printed {
    Printed { tokens, binding: Binding::Call, depth: 0 }
}

/// A number in the network's precision, rounded once.
pub(crate) fn literal(number: f64, precision: Precision) -> TokenStream {
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
