//! Derivatives inside a formula: one sweep in reverse over its terms.

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use super::{builder::Builder, scalar::Function};

use crate::formula::{Formula, Select, Term, TermId};

/// Partial derivatives of a formula with respect to each of `leaves`. `value` is a term with the value of the whole
/// formula. The partial derivatives of the uses of a term are added up in the order of the uses.
pub fn partials(
    b: &mut Builder,
    formula: &Formula,
    value: Option<TermId>,
    leaves: &[u32],
    functions: &[Function],
) -> Vec<TermId> {
    let mut places: Vec<TermId> = Vec::new();
    for term in formula.terms() {
        let id = b.written(term.map(|id| id.of(&places, id)));
        places.push(id);
    }
    let zero = b.number(0.0);
    let Some(root) = formula.terms().len().checked_sub(1) else { return vec![zero; leaves.len()] };
    let found =
        Sweep { b, formula, places, value, functions, branches: HashMap::new() }.below(TermId(root as u32));
    let leaf = |(id, total): (TermId, TermId)| match formula.term(id) {
        Some(Term::Leaf(leaf)) => Some((*leaf, total)),
        _ => None,
    };
    let by_leaf: HashMap<u32, TermId> = found.into_iter().filter_map(leaf).collect();
    leaves.iter().map(|leaf| by_leaf.get(leaf).copied().unwrap_or(zero)).collect()
}

struct Sweep<'s> {
    b: &'s mut Builder,
    formula: &'s Formula,
    /// Each term of the formula in the builder.
    places: Vec<TermId>,
    value: Option<TermId>,
    functions: &'s [Function],
    /// The derivatives of a branch: several choices may share it.
    branches: HashMap<TermId, Rc<BTreeMap<TermId, TermId>>>,
}

impl Sweep<'_> {
    /// The derivatives of the term `root` with respect to the leaves below it.
    fn below(&mut self, root: TermId) -> BTreeMap<TermId, TermId> {
        let mut leaves = BTreeMap::new();
        let mut reached: BTreeMap<TermId, Vec<TermId>> = BTreeMap::new();
        reached.insert(root, vec![self.b.number(1.0)]);
        // Operands have smaller numbers: when a term is the last that is left, all its uses are done.
        while let Some((id, uses)) = reached.pop_last() {
            let b = &mut *self.b;
            let Some(total) = uses.into_iter().rev().reduce(|sum, next| b.add(sum, next)) else { continue };
            for (operand, contribution) in self.contributions(id, total) {
                if self.b.as_number(contribution) != Some(0.0) {
                    reached.entry(operand).or_default().push(contribution);
                }
            }
            if let Some(Term::Leaf(_)) = self.formula.term(id) {
                leaves.insert(id, total);
            }
        }
        leaves
    }

    /// The partial cotangents of the operands of a term, the last first: `total` × local derivative.
    fn contributions(&mut self, id: TermId, total: TermId) -> Vec<(TermId, TermId)> {
        let Some(term) = self.formula.term(id) else {
            crate::never!("term {} is in its formula", id.0);
            return Vec::new();
        };
        let own = self.place(id);
        let is_root = id.0 as usize + 1 == self.formula.terms().len();
        let y = self.value.filter(|_| is_root).unwrap_or(own);
        let locals: Vec<(TermId, TermId)> = match term {
            Term::Number(_) | Term::Constant(..) | Term::Leaf(_) => Vec::new(),
            Term::Select(select) => return self.through_choice(select, total),
            Term::Unary(op, x) => vec![(*x, op.derivative(self.b, self.place(*x), y))],
            Term::Binary(op, left, right) => {
                let operands = [self.place(*left), self.place(*right)];
                let [by_left, by_right] = op.derivative(self.b, operands, y);
                vec![(*right, by_right), (*left, by_left)]
            }
            Term::Apply(id, arguments) => {
                let Some(function) = id.of(self.functions) else { return Vec::new() };
                // The leaf after the last parameter is the value.
                let places: Vec<TermId> = arguments.iter().map(|a| self.place(*a)).collect();
                let leaf = |leaf: u32| Some(places.get(leaf as usize).copied().unwrap_or(y));
                let locals = function.partials.iter().map(|partial| self.b.substitute(partial, &leaf));
                let locals: Vec<TermId> = locals.collect();
                arguments.iter().copied().zip(locals).rev().collect()
            }
        };
        locals.into_iter().map(|(operand, local)| (operand, self.b.multiply(total, local))).collect()
    }

    /// `if`: each branch is derived by itself, and the choice is made between the results. So a
    /// NaN in what is not selected reaches no gradient.
    fn through_choice(&mut self, select: &Select, total: TermId) -> Vec<(TermId, TermId)> {
        let zero = self.b.number(0.0);
        let [then, otherwise] = [select.then, select.otherwise].map(|root| {
            let branch = self.branch(root);
            let times = |(leaf, derivative): (&TermId, &TermId)| (*leaf, self.b.multiply(total, *derivative));
            branch.iter().map(times).collect::<BTreeMap<TermId, TermId>>()
        });
        let mut leaves: Vec<TermId> = then.keys().chain(otherwise.keys()).copied().collect();
        leaves.sort_unstable();
        leaves.dedup();
        let (left, right) = (self.place(select.left), self.place(select.right));
        let mut choose = |leaf: TermId| {
            let of = |branch: &BTreeMap<TermId, TermId>| branch.get(&leaf).copied().unwrap_or(zero);
            let (then, otherwise) = (of(&then), of(&otherwise));
            (leaf, self.b.select(Select { comparison: select.comparison, left, right, then, otherwise }))
        };
        leaves.into_iter().rev().map(&mut choose).collect()
    }

    fn branch(&mut self, root: TermId) -> Rc<BTreeMap<TermId, TermId>> {
        if let Some(known) = self.branches.get(&root) {
            return known.clone();
        }
        let found = Rc::new(self.below(root));
        self.branches.insert(root, found.clone());
        found
    }

    fn place(&self, id: TermId) -> TermId {
        id.of(&self.places, id)
    }
}
