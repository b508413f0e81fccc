//! Scalar formulas: operations on leaves, kept in an order in which operands come first, so that
//! every pass is a loop. A leaf is an equation, or a parameter of a function.

pub mod builder;
pub mod evaluate;
pub mod operator;
pub mod partials;
pub mod scalar;

use crate::{
    formula::{
        operator::Comparison,
        scalar::{Binary, Function, Unary},
    },
    never::OrNever,
    number::Arithmetic,
};

/// Index of a term in its formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(pub u32);

impl TermId {
    /// The entry of this term in a table of a formula's terms.
    ///
    /// # Panics
    /// As [`never!`](macro@crate::never) does, where the table has none: operands come before their uses.
    pub(crate) fn of<T: Copy>(self, table: &[T], instead: T) -> T {
        table.get(self.0 as usize).copied().or_never("an operand comes before its use", instead)
    }
}

/// Index of a function in its derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u32);

impl FunctionId {
    /// The function.
    ///
    /// # Panics
    /// As [`never!`](macro@crate::never) does, where there is none.
    pub(crate) fn of(self, functions: &[Function]) -> Option<&Function> {
        let function = functions.get(self.0 as usize);
        if function.is_none() {
            crate::never!("function {} is declared before its use", self.0);
        }
        function
    }
}

/// Index of a declared constant in its derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConstantId(pub u32);

/// One operation of a formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A literal.
    Number(f64),
    /// A declared constant and its value.
    Constant(ConstantId, f64),
    /// An equation, or a parameter of a function.
    Leaf(u32),
    /// An operation on one operand.
    Unary(Unary, TermId),
    /// An operation on two operands.
    Binary(Binary, TermId, TermId),
    /// `if left < right then … else …`
    Select(Select),
    /// A function of the specification or the prelude.
    Apply(FunctionId, Vec<TermId>),
}

/// `if left < right then … else …`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Select {
    /// How the two sides compare.
    pub comparison: Comparison,
    /// The left side.
    pub left: TermId,
    /// The right side.
    pub right: TermId,
    /// The value where it holds.
    pub then: TermId,
    /// The value elsewhere.
    pub otherwise: TermId,
}

/// `sum + a * b`, or `sum - a * b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FusedSum {
    /// The operand before the product.
    pub sum: TermId,
    /// Whether the product is subtracted.
    pub negative: bool,
    /// The two factors.
    pub factors: [TermId; 2],
}

impl Term {
    /// The operands, in order.
    pub fn operands(&self) -> Vec<TermId> {
        match self {
            Term::Number(_) | Term::Constant(..) | Term::Leaf(_) => Vec::new(),
            Term::Unary(_, x) => vec![*x],
            Term::Binary(_, a, b) => vec![*a, *b],
            Term::Select(s) => vec![s.left, s.right, s.then, s.otherwise],
            Term::Apply(_, arguments) => arguments.clone(),
        }
    }

    pub(super) fn map(&self, place: impl Fn(TermId) -> TermId) -> Term {
        match self {
            Term::Number(_) | Term::Constant(..) | Term::Leaf(_) => self.clone(),
            Term::Unary(op, x) => Term::Unary(*op, place(*x)),
            Term::Binary(op, a, b) => Term::Binary(*op, place(*a), place(*b)),
            Term::Select(s) => Term::Select(Select {
                comparison: s.comparison,
                left: place(s.left),
                right: place(s.right),
                then: place(s.then),
                otherwise: place(s.otherwise),
            }),
            Term::Apply(f, arguments) => Term::Apply(*f, arguments.iter().map(|a| place(*a)).collect()),
        }
    }

    /// A key under which equal terms are found: floats by their bits.
    pub(super) fn key(&self) -> (u8, u64, Vec<u32>) {
        let ids = self.operands().iter().map(|id| id.0).collect();
        match self {
            Term::Number(x) => (0, x.to_bits(), ids),
            Term::Constant(id, _) => (1, id.0.into(), ids),
            Term::Leaf(leaf) => (2, (*leaf).into(), ids),
            Term::Unary(op, _) => (3, *op as u64, ids),
            Term::Binary(op, ..) => (4, *op as u64, ids),
            Term::Select(s) => (5, s.comparison as u64, ids),
            Term::Apply(f, _) => (6, f.0.into(), ids),
        }
    }
}

/// A finished formula; the last term is its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    pub(super) terms: Vec<Term>,
}

impl Formula {
    /// The formula that is one leaf.
    pub fn leaf(leaf: u32) -> Self {
        Formula { terms: vec![Term::Leaf(leaf)] }
    }

    /// Appends a term, which may break the formula: for tests of verifiers.
    #[cfg(test)]
    pub(crate) fn push(&mut self, term: Term) {
        self.terms.push(term);
    }

    /// The terms, operands first.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The term that is the value.
    pub fn root(&self) -> Option<&Term> {
        self.terms.last()
    }

    /// The term with this index.
    pub fn term(&self, id: TermId) -> Option<&Term> {
        self.terms.get(id.0 as usize)
    }

    /// The count of factors where this term is an exponent that makes a power a repeated
    /// multiplication: a literal or declared constant, whole, from 1 to 16.
    pub fn whole_exponent(&self, id: TermId) -> Option<u32> {
        let (Term::Number(n) | Term::Constant(_, n)) = self.term(id)? else { return None };
        let whole = n.fract() == 0.0 && (1.0..=16.0).contains(n);
        whole.then_some(*n as u32)
    }

    /// The sum, or difference, that this term is, where its right side is a product:
    /// `arithmetic fused` rounds it once.
    pub fn fused(&self, term: &Term) -> Option<FusedSum> {
        let Term::Binary(op @ (Binary::Add | Binary::Subtract), sum, product) = term else { return None };
        let Some(Term::Binary(Binary::Multiply, a, b)) = self.term(*product) else { return None };
        Some(FusedSum { sum: *sum, negative: *op == Binary::Subtract, factors: [*a, *b] })
    }

    /// How often each term is read to compute the value; the last one, the value, once. Where a sum of a product
    /// is rounded once, its product is not read.
    pub fn uses(&self, arithmetic: Arithmetic) -> Vec<u32> {
        let mut uses = vec![0_u32; self.terms.len()];
        if let Some(last) = uses.last_mut() {
            *last = 1;
        }
        for (index, term) in self.terms.iter().enumerate().rev() {
            if uses.get(index) == Some(&0) {
                continue;
            }
            for operand in self.operands_in(arithmetic, term) {
                if let Some(count) = uses.get_mut(operand.0 as usize) {
                    *count += 1;
                }
            }
        }
        uses
    }

    /// The terms that one is computed from: of a sum that is rounded once with its product the factors and the
    /// other summand.
    pub fn operands_in(&self, arithmetic: Arithmetic, term: &Term) -> Vec<TermId> {
        match self.fused(term).filter(|_| arithmetic == Arithmetic::Fused) {
            Some(fused) => vec![fused.factors[0], fused.factors[1], fused.sum],
            None => term.operands(),
        }
    }

    /// The factors, where the formula is a product.
    pub fn as_product(&self) -> Option<[TermId; 2]> {
        match self.root() {
            Some(Term::Binary(Binary::Multiply, a, b)) => Some([*a, *b]),
            _ => None,
        }
    }

    /// The two leaves, where the formula is their sum.
    pub fn as_sum_of_leaves(&self) -> Option<[u32; 2]> {
        match self.terms.as_slice() {
            [Term::Leaf(a), Term::Leaf(b), Term::Binary(Binary::Add, TermId(0), TermId(1))] => Some([*a, *b]),
            _ => None,
        }
    }

    /// The formula that is `sum`, a leaf, plus this one.
    pub fn added_to(&self, sum: u32) -> Formula {
        let mut terms = self.terms.clone();
        let value = TermId((terms.len() as u32).saturating_sub(1));
        terms.push(Term::Leaf(sum));
        terms.push(Term::Binary(Binary::Add, TermId(value.0 + 1), value));
        Formula { terms }
    }

    /// The leaves in order of first appearance, each once.
    pub fn leaves(&self) -> Vec<u32> {
        let mut seen = std::collections::HashSet::new();
        let leaf = |term: &Term| if let Term::Leaf(leaf) = term { Some(*leaf) } else { None };
        self.terms.iter().filter_map(leaf).filter(|leaf| seen.insert(*leaf)).collect()
    }

    /// The one leaf that the formula is, if it is nothing else.
    pub fn as_leaf(&self) -> Option<u32> {
        match self.terms.as_slice() {
            [Term::Leaf(leaf)] => Some(*leaf),
            _ => None,
        }
    }

    /// Scalar operations of one evaluation, those of called functions included: an `if` compares and chooses.
    pub fn operations(&self, functions: &[Function]) -> u64 {
        let cost = |term: &Term| match term {
            Term::Number(_) | Term::Constant(..) | Term::Leaf(_) => 0,
            Term::Select(_) => 2,
            Term::Unary(..) | Term::Binary(..) => 1,
            Term::Apply(id, _) => id.of(functions).map_or(1, |f| f.operations.saturating_add(1)),
        };
        self.terms.iter().fold(0, |sum, term| sum.saturating_add(cost(term)))
    }

    /// How many products it has, those inside functions not counted.
    pub fn products(&self) -> usize {
        self.terms.iter().filter(|term| matches!(term, Term::Binary(Binary::Multiply, ..))).count()
    }

    /// Whether it calls functions or divides: such takes many times longer than sums and products.
    pub fn is_costly(&self) -> bool {
        self.terms.iter().any(|term| match term {
            Term::Apply(..) => true,
            Term::Unary(op, _) => op.is_costly(),
            Term::Binary(op, ..) => op.is_costly(),
            Term::Number(_) | Term::Constant(..) | Term::Leaf(_) | Term::Select(_) => false,
        })
    }

    /// Whether it calls this function, not through another.
    pub fn calls(&self, function: FunctionId) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Apply(id, _) if *id == function))
    }

    /// The number that the formula is, if it is nothing else.
    pub fn as_number(&self) -> Option<f64> {
        match self.terms.as_slice() {
            [Term::Number(number)] => Some(*number),
            _ => None,
        }
    }
}
