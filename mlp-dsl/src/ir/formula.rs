//! Scalar formulas: operations on leaves, kept in an order in which operands come first, so that
//! every pass is a loop. A leaf is an equation, or a parameter of a function.

use std::collections::HashMap;

use super::scalar::{Binary, Function, Unary};
use crate::syntax::ast::Comparison;

/// Index of a term in its formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(pub u32);

/// Index of a function in its derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u32);

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

    fn map(&self, place: impl Fn(TermId) -> TermId) -> Term {
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
    fn key(&self) -> (u8, u64, Vec<u32>) {
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
    terms: Vec<Term>,
}

impl Formula {
    /// The formula that is one leaf.
    pub fn leaf(leaf: u32) -> Self {
        Formula { terms: vec![Term::Leaf(leaf)] }
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

    /// Scalar operations of one evaluation, those of called functions included.
    pub fn operations(&self, functions: &[Function]) -> u64 {
        let cost = |term: &Term| match term {
            Term::Number(_) | Term::Constant(..) | Term::Leaf(_) => 0,
            Term::Apply(id, _) => functions.get(id.0 as usize).map_or(1, |f| f.operations.saturating_add(1)),
            _ => 1,
        };
        self.terms.iter().fold(0, |sum, term| sum.saturating_add(cost(term)))
    }

    /// How many products it has, those inside functions not counted.
    pub fn products(&self) -> usize {
        self.terms.iter().filter(|term| matches!(term, Term::Binary(Binary::Multiply, ..))).count()
    }

    /// The number that the formula is, if it is nothing else.
    pub fn as_number(&self) -> Option<f64> {
        match self.terms.as_slice() {
            [Term::Number(number)] => Some(*number),
            _ => None,
        }
    }
}

/// Makes formulas: equal terms are kept once, neutral numbers fall away.
#[derive(Debug, Default)]
pub struct Builder {
    terms: Vec<Term>,
    known: HashMap<(u8, u64, Vec<u32>), TermId>,
}

impl Builder {
    /// An empty builder.
    pub fn new() -> Self {
        Builder::default()
    }

    /// A term exactly as it was written.
    pub fn written(&mut self, term: Term) -> TermId {
        let key = term.key();
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let id = TermId(self.terms.len() as u32);
        self.terms.push(term);
        self.known.insert(key, id);
        id
    }

    /// A literal.
    pub fn number(&mut self, number: f64) -> TermId {
        self.written(Term::Number(number))
    }

    /// A leaf.
    pub fn leaf(&mut self, leaf: u32) -> TermId {
        self.written(Term::Leaf(leaf))
    }

    /// The literal that a term is.
    pub fn as_number(&self, id: TermId) -> Option<f64> {
        match self.terms.get(id.0 as usize) {
            Some(Term::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The term with this index.
    pub fn term(&self, id: TermId) -> Option<&Term> {
        self.terms.get(id.0 as usize)
    }

    /// How many terms there are.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// `-x`, simplified.
    pub fn negate(&mut self, x: TermId) -> TermId {
        match self.term(x) {
            Some(Term::Number(number)) => {
                let number = -*number;
                self.number(number)
            }
            Some(Term::Unary(Unary::Negate, inner)) => *inner,
            _ => self.written(Term::Unary(Unary::Negate, x)),
        }
    }

    /// `a + b`, simplified.
    pub fn add(&mut self, a: TermId, b: TermId) -> TermId {
        if self.as_number(a) == Some(0.0) {
            return b;
        }
        if self.as_number(b) == Some(0.0) {
            return a;
        }
        if let Some(Term::Unary(Unary::Negate, inner)) = self.term(b) {
            let inner = *inner;
            return self.written(Term::Binary(Binary::Subtract, a, inner));
        }
        self.written(Term::Binary(Binary::Add, a, b))
    }

    /// `a - b`, simplified.
    pub fn subtract(&mut self, a: TermId, b: TermId) -> TermId {
        if self.as_number(a) == Some(0.0) {
            return self.negate(b);
        }
        if self.as_number(b) == Some(0.0) {
            return a;
        }
        self.written(Term::Binary(Binary::Subtract, a, b))
    }

    /// `a * b`, simplified: signs and literals move to the front, literals multiply where that
    /// is exact.
    pub fn multiply(&mut self, a: TermId, b: TermId) -> TermId {
        if let Some(Term::Unary(Unary::Negate, inner)) = self.term(a) {
            let inner = *inner;
            let product = self.multiply(inner, b);
            return self.negate(product);
        }
        if let Some(Term::Unary(Unary::Negate, inner)) = self.term(b) {
            let inner = *inner;
            let product = self.multiply(a, inner);
            return self.negate(product);
        }
        match (self.as_number(a), self.as_number(b)) {
            (Some(0.0), _) => a,
            (_, Some(0.0)) => b,
            (Some(1.0), _) => b,
            (_, Some(1.0)) => a,
            (Some(-1.0), _) => self.negate(b),
            (_, Some(-1.0)) => self.negate(a),
            (Some(x), Some(y)) if exact(x, y) => self.number(x * y),
            (Some(x), None) => {
                if let Some(Term::Binary(Binary::Multiply, c, rest)) = self.term(b) {
                    let (c, rest) = (*c, *rest);
                    if let Some(y) = self.as_number(c).filter(|y| exact(x, *y)) {
                        let folded = self.number(x * y);
                        return self.multiply(folded, rest);
                    }
                }
                self.written(Term::Binary(Binary::Multiply, a, b))
            }
            (None, Some(_)) => self.multiply(b, a),
            _ => self.written(Term::Binary(Binary::Multiply, a, b)),
        }
    }

    /// `a / b`, simplified.
    pub fn divide(&mut self, a: TermId, b: TermId) -> TermId {
        if let Some(Term::Unary(Unary::Negate, inner)) = self.term(a) {
            let inner = *inner;
            let quotient = self.divide(inner, b);
            return self.negate(quotient);
        }
        match (self.as_number(a), self.as_number(b)) {
            (Some(0.0), _) => a,
            (_, Some(1.0)) => a,
            (Some(x), Some(y)) if y != 0.0 && exact(x / y, y) && (x / y) * y == x => self.number(x / y),
            _ => self.written(Term::Binary(Binary::Divide, a, b)),
        }
    }

    /// `a ^ b`, simplified.
    pub fn power(&mut self, a: TermId, b: TermId) -> TermId {
        match self.as_number(b) {
            Some(1.0) => a,
            Some(0.0) => self.number(1.0),
            _ => self.written(Term::Binary(Binary::Power, a, b)),
        }
    }

    /// `if … then … else …`, simplified where both values are the same.
    pub fn select(&mut self, select: Select) -> TermId {
        if select.then == select.otherwise {
            return select.then;
        }
        self.written(Term::Select(select))
    }

    /// Copies a formula in, its leaves replaced by terms.
    pub fn substitute(&mut self, formula: &Formula, leaf: &dyn Fn(u32) -> Option<TermId>) -> TermId {
        let mut places: Vec<TermId> = Vec::with_capacity(formula.terms.len());
        for term in &formula.terms {
            let replaced = if let Term::Leaf(index) = term { leaf(*index) } else { None };
            let place = |id: TermId| places.get(id.0 as usize).copied().unwrap_or(id);
            let id = match replaced {
                Some(id) => id,
                None => self.written(term.map(place)),
            };
            places.push(id);
        }
        places.last().copied().unwrap_or(TermId(0))
    }

    /// The formula whose value is `root`: what it needs and nothing else, in order of need.
    pub fn finish(&self, root: TermId) -> Formula {
        let mut places: HashMap<TermId, TermId> = HashMap::new();
        let mut terms = Vec::new();
        let mut stack = vec![(root, false)];
        while let Some((id, ready)) = stack.pop() {
            let Some(term) = self.term(id).filter(|_| !places.contains_key(&id)) else { continue };
            if ready {
                places.insert(id, TermId(terms.len() as u32));
                terms.push(term.map(|operand| places.get(&operand).copied().unwrap_or(operand)));
            } else {
                stack.push((id, true));
                stack.extend(term.operands().into_iter().rev().map(|operand| (operand, false)));
            }
        }
        Formula { terms }
    }
}

/// Whether `x * y` is the exact product.
fn exact(x: f64, y: f64) -> bool {
    x.mul_add(y, -(x * y)) == 0.0 && (x * y).is_normal()
}
