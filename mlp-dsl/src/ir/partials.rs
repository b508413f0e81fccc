//! Derivatives inside a formula: one sweep in reverse over its terms.

use std::collections::HashMap;

use super::{
    builder::Builder,
    formula::{Formula, FunctionId, Select, Term, TermId},
    scalar::Function,
};

/// Partial derivatives of `root` by each of `leaves`. `value` is a term that stands for the value
/// of the whole formula. One sweep from the value to the leaves: what reaches a term from its
/// uses is added up in the order of the uses.
pub fn partials(
    b: &mut Builder,
    formula: &Formula,
    value: Option<TermId>,
    leaves: &[u32],
    functions: &[Function],
) -> Vec<TermId> {
    let mut places: Vec<TermId> = Vec::new();
    for term in formula.terms() {
        let id = b.written(term.map(|id| places.get(id.0 as usize).copied().unwrap_or(id)));
        places.push(id);
    }
    let root = places.len().saturating_sub(1);
    let mut gradients: Vec<Vec<TermId>> = vec![Vec::new(); places.len()];
    let one = b.number(1.0);
    if let Some(last) = gradients.last_mut() {
        last.push(one);
    }
    let mut totals: Vec<Option<TermId>> = vec![None; places.len()];
    for (index, term) in formula.terms().iter().enumerate().rev() {
        let uses = gradients.get_mut(index).map(std::mem::take).unwrap_or_default();
        let Some(total) = uses.into_iter().rev().reduce(|sum, next| b.add(sum, next)) else { continue };
        if let Some(slot) = totals.get_mut(index) {
            *slot = Some(total);
        }
        let own = places.get(index).copied().unwrap_or(one);
        let y = value.filter(|_| index == root).unwrap_or(own);
        for (operand, local) in local_derivatives(b, term, &places, y, functions) {
            let contribution = contribution(b, term, operand, total, local);
            if b.as_number(contribution) == Some(0.0) {
                continue;
            }
            if let Some(list) = gradients.get_mut(operand.0 as usize) {
                list.push(contribution);
            }
        }
    }
    let zero = b.number(0.0);
    let place =
        |(index, term): (usize, &Term)| if let Term::Leaf(leaf) = term { Some((*leaf, index)) } else { None };
    let found: HashMap<u32, usize> = formula.terms().iter().enumerate().filter_map(place).collect();
    let of_leaf =
        |leaf: &u32| found.get(leaf).and_then(|index| totals.get(*index).copied().flatten()).unwrap_or(zero);
    leaves.iter().map(of_leaf).collect()
}

/// What flows down: gradient × local derivative. A choice is kept outermost, so that a NaN in
/// what was not selected reaches no gradient.
fn contribution(b: &mut Builder, term: &Term, operand: TermId, total: TermId, local: TermId) -> TermId {
    let zero = b.number(0.0);
    if let (Term::Select(select), Some(Term::Select(mask))) = (term, b.term(local).cloned()) {
        let (then, otherwise) = if operand == select.then { (total, zero) } else { (zero, total) };
        return b.select(Select { then, otherwise, ..mask });
    }
    match b.term(total).cloned() {
        Some(Term::Select(chosen)) if chosen.then == zero => {
            let otherwise = b.multiply(chosen.otherwise, local);
            b.select(Select { otherwise, ..chosen })
        }
        Some(Term::Select(chosen)) if chosen.otherwise == zero => {
            let then = b.multiply(chosen.then, local);
            b.select(Select { then, ..chosen })
        }
        _ => b.multiply(total, local),
    }
}

fn local_derivatives(
    b: &mut Builder,
    term: &Term,
    places: &[TermId],
    y: TermId,
    functions: &[Function],
) -> Vec<(TermId, TermId)> {
    let place = |id: &TermId| places.get(id.0 as usize).copied().unwrap_or(y);
    match term {
        Term::Number(_) | Term::Constant(..) | Term::Leaf(_) => Vec::new(),
        Term::Unary(op, x) => vec![(*x, op.derivative(b, place(x), y))],
        Term::Binary(op, left, right) => {
            let [by_left, by_right] = op.derivative(b, [place(left), place(right)], y);
            // Later operands first, so that the sums over uses come out in order of use.
            vec![(*right, by_right), (*left, by_left)]
        }
        Term::Select(select) if select.then == select.otherwise => {
            vec![(select.then, b.number(1.0))]
        }
        Term::Select(select) => {
            let (one, zero) = (b.number(1.0), b.number(0.0));
            let mask = b.written(Term::Select(Select {
                comparison: select.comparison,
                left: place(&select.left),
                right: place(&select.right),
                then: one,
                otherwise: zero,
            }));
            vec![(select.otherwise, mask), (select.then, mask)]
        }
        Term::Apply(FunctionId(id), arguments) => {
            let Some(function) = functions.get(*id as usize) else { return Vec::new() };
            let places: Vec<TermId> = arguments.iter().map(place).collect();
            let leaf = |leaf: u32| Some(places.get(leaf as usize).copied().unwrap_or(y));
            let partials = function.partials.iter();
            let locals: Vec<TermId> = partials.map(|partial| b.substitute(partial, &leaf)).collect();
            arguments.iter().copied().zip(locals).rev().collect()
        }
    }
}
