//! What a network computes outside of training: the same list of equations, in which each mask of dropout is 1.

use std::collections::HashMap;

use super::{
    Derivation, Dropout,
    array::Op,
    equation::{Equation, EquationId, Per, Symbol},
};

use crate::formula::{Formula, Term, TermId, builder::Builder, scalar::Binary};

impl Derivation {
    /// The derivation in which no unit is left out, where a step of training leaves out some; `None` where none does. Equations
    /// have the same numbers. Products with a mask fall away; an equation of which nothing is left but another one is
    /// read by nobody.
    pub fn inference(&self) -> Option<Derivation> {
        if self.dropouts.is_empty() {
            return None;
        }
        let mut inference = self.clone();
        inference.dropouts.clear();
        let mut rewriting = Rewriting::of(self);
        for (index, equation) in inference.equations.iter_mut().enumerate() {
            rewriting.equation(EquationId(index as u32), equation);
        }
        for Dropout { mask, full, value, .. } in &self.dropouts {
            // The layer takes the formula of its values before dropout.
            let (op, activation) = match inference.equations.get_mut(full.index()) {
                Some(full) => {
                    full.symbol = Symbol::Step(0);
                    (std::mem::replace(&mut full.op, Op::Given), full.activation.take())
                }
                None => continue,
            };
            if let Some(value) = inference.equations.get_mut(value.index()) {
                (value.op, value.activation) = (op, activation);
            }
            if let Some(mask) = inference.equations.get_mut(mask.index()) {
                (mask.op, mask.per) = (Op::Pointwise(one()), Per::Batch);
            }
        }
        Some(inference)
    }

    /// The dropout whose mask an equation is.
    pub fn mask(&self, id: EquationId) -> Option<&Dropout> {
        let index = self.dropouts.binary_search_by_key(&id, |dropout| dropout.mask).ok()?;
        self.dropouts.get(index)
    }

    /// The dropout whose values before it an equation is.
    pub fn before_dropout(&self, id: EquationId) -> Option<&Dropout> {
        let index = self.dropouts.binary_search_by_key(&id, |dropout| dropout.full).ok()?;
        self.dropouts.get(index)
    }

    /// The dropout that an equation is the result of: the product of a mask and the values of a layer before dropout.
    pub fn dropout(&self, id: EquationId) -> Option<&Dropout> {
        let index = self.dropouts.binary_search_by_key(&id, |dropout| dropout.value).ok()?;
        self.dropouts.get(index)
    }
}

fn one() -> Formula {
    let mut b = Builder::new();
    let one = b.number(1.0);
    b.finish(one)
}

/// What is read instead of an equation.
struct Rewriting<'d> {
    training: &'d Derivation,
    /// Equations that are another one.
    same: HashMap<EquationId, EquationId>,
}

impl<'d> Rewriting<'d> {
    fn of(training: &'d Derivation) -> Self {
        let same = training.dropouts.iter().map(|dropout| (dropout.full, dropout.value)).collect();
        Rewriting { training, same }
    }

    fn equation(&mut self, id: EquationId, equation: &mut Equation) {
        if self.training.dropout(id).is_some() {
            return;
        }
        let same = |id: EquationId| self.same.get(&id).copied().unwrap_or(id);
        equation.op = equation.op.with_operands(&same, &|formula| self.formula(formula));
        // The gradient with respect to the values before dropout is that after it.
        let (Symbol::Gradient(of) | Symbol::Pulled(of)) = equation.symbol else { return };
        let full = self.training.before_dropout(of).is_some();
        let leaf = equation.formula().and_then(Formula::as_leaf).map(EquationId);
        if let (true, Some(leaf)) = (full, leaf)
            && self.training.shape(leaf) == equation.shape
        {
            self.same.insert(id, leaf);
            equation.op = Op::Given;
        }
    }

    /// A formula whose products with masks fall away; all else is as it was written.
    fn formula(&self, formula: &Formula) -> Formula {
        let mut b = Builder::new();
        let mut places: Vec<TermId> = Vec::with_capacity(formula.terms().len());
        let mut ones: Vec<TermId> = Vec::new();
        for term in formula.terms() {
            let at = |id: TermId| places.get(id.0 as usize).copied().unwrap_or(id);
            let is_one = |id: TermId| ones.contains(&id);
            let place = match term {
                Term::Leaf(leaf) if self.training.mask(EquationId(*leaf)).is_some() => {
                    let one = b.number(1.0);
                    ones.push(TermId(places.len() as u32));
                    one
                }
                Term::Leaf(leaf) => {
                    let id = EquationId(*leaf);
                    b.leaf(self.same.get(&id).copied().unwrap_or(id).0)
                }
                Term::Binary(Binary::Multiply, x, mask) if is_one(*mask) => at(*x),
                Term::Binary(Binary::Multiply, mask, x) if is_one(*mask) => at(*x),
                Term::Number(_)
                | Term::Constant(..)
                | Term::Unary(..)
                | Term::Binary(..)
                | Term::Select(_)
                | Term::Apply(..) => b.written(term.map(at)),
            };
            places.push(place);
        }
        match places.last() {
            Some(root) => b.finish(*root),
            None => formula.clone(),
        }
    }
}
