//! Makes formulas and simplifies them.

use std::collections::HashMap;

use super::scalar::{Binary, Unary};

use crate::{
    formula::{Formula, Select, Term, TermId},
    never::OrNever,
};

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
            let place = |id: TermId| id.of(&places, id);
            let id = match replaced {
                Some(id) => id,
                None => self.written(term.map(place)),
            };
            places.push(id);
        }
        places.last().copied().or_never("a formula has a term", TermId(0))
    }

    /// The formula whose value is `root`: what it needs and nothing else, in order of need.
    pub fn finish(&self, root: TermId) -> Formula {
        let mut places: HashMap<TermId, TermId> = HashMap::new();
        let mut terms = Vec::new();
        let mut stack = vec![(root, false)];
        while let Some((id, ready)) = stack.pop() {
            if places.contains_key(&id) {
                continue;
            }
            let Some(term) = self.term(id) else {
                crate::never!("term {} is in its builder", id.0);
                continue;
            };
            if ready {
                places.insert(id, TermId(terms.len() as u32));
                let place = |operand| places.get(&operand).copied();
                terms.push(term.map(|id| place(id).or_never("an operand comes before its use", id)));
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
