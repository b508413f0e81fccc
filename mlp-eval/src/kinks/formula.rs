//! The comparisons of one formula that are near, at one place.

use mlp_dsl::{
    formula::{
        Formula, FunctionId, Select, Term, TermId,
        evaluate::{Real, evaluate_terms},
        operator::Comparison,
        scalar::{Function, Unary},
    },
    ir::Derivation,
    number::Arithmetic,
};

use crate::step::Step;

use super::{Edge, NEAR, decimal::Decimal, tracked::Tracked};

/// Branches that differ by less than this, relative to their size, agree.
const SAME: f64 = 1e-9;

/// A comparison that is near.
pub(super) struct Near<const EXACT: bool> {
    pub(super) function: Option<FunctionId>,
    pub(super) edge: Edge,
    pub(super) left: Tracked<EXACT>,
    pub(super) right: Tracked<EXACT>,
}

impl<const EXACT: bool> Near<EXACT> {
    /// Whether the same numbers are compared in the same function.
    fn is_at(&self, other: &Self) -> bool {
        let sides = |near: &Self| [near.left.value, near.right.value];
        self.function == other.function && sides(self) == sides(other)
    }

    /// Left minus right in decimals.
    pub(super) fn difference(&self) -> Option<Decimal> {
        self.left.decimal?.plus(self.right.decimal?.negated())
    }
}

/// What is known of the functions before any number is.
pub(super) struct Search<'d> {
    functions: &'d [Function],
    arithmetic: Arithmetic,
    /// For each function whether it has an edge that its derivative does not smooth.
    edged: Vec<bool>,
}

/// A leaf's value, and whether a trained parameter changes it.
type Leaf<'a, const EXACT: bool> = dyn Fn(u32) -> (Tracked<EXACT>, bool) + 'a;

/// A formula at one place: the value of each term, and whether a trained parameter changes it.
struct At<'a, const EXACT: bool> {
    formula: &'a Formula,
    values: Vec<Tracked<EXACT>>,
    active: Vec<bool>,
    leaf: &'a Leaf<'a, EXACT>,
}

impl<const EXACT: bool> At<'_, EXACT> {
    fn value(&self, id: TermId) -> Tracked<EXACT> {
        self.values.get(id.0 as usize).copied().unwrap_or(Tracked::from(f64::NAN))
    }

    fn is_active(&self, id: TermId) -> bool {
        self.active.get(id.0 as usize).copied().unwrap_or(false)
    }
}

impl<'d> Search<'d> {
    pub(super) fn new(derivation: &'d Derivation) -> Self {
        let functions = &derivation.header.functions;
        let arithmetic = derivation.header.arithmetic;
        let mut search = Search { functions, arithmetic, edged: Vec::with_capacity(functions.len()) };
        for function in functions {
            // A stated derivative without a comparison is that of a smooth function; the log loss is smooth too.
            let smooth = function.stated.last().is_some_and(|stated| !search.has_edge(stated))
                || function.prelude && function.name == "log_loss_from_logit";
            let edged = !smooth && search.has_edge(&function.body);
            search.edged.push(edged);
        }
        search
    }

    /// Whether a formula compares, itself or in a function that it calls.
    pub(super) fn has_edge(&self, formula: &Formula) -> bool {
        formula.terms().iter().any(|term| match term {
            Term::Select(_) | Term::Unary(Unary::Floor, _) => true,
            Term::Apply(id, _) => self.is_edged(*id),
            Term::Number(_) | Term::Constant(..) | Term::Leaf(_) | Term::Unary(..) | Term::Binary(..) => {
                false
            }
        })
    }

    fn is_edged(&self, id: FunctionId) -> bool {
        self.edged.get(id.0 as usize).copied().unwrap_or(false)
    }

    /// The near comparisons of a formula at these leaves: their values, and whether a trained parameter changes them.
    pub(super) fn near<const EXACT: bool>(
        &self,
        formula: &Formula,
        leaf: &Leaf<'_, EXACT>,
        function: Option<FunctionId>,
    ) -> Vec<Near<EXACT>> {
        let values = evaluate_terms(formula, &|index| leaf(index).0, self.functions, self.arithmetic);
        let mut at = At { formula, values, active: Vec::new(), leaf };
        for term in formula.terms() {
            let is = match term {
                Term::Leaf(index) => leaf(*index).1,
                Term::Number(_)
                | Term::Constant(..)
                | Term::Unary(..)
                | Term::Binary(..)
                | Term::Select(_)
                | Term::Apply(..) => term.operands().iter().any(|operand| at.is_active(*operand)),
            };
            at.active.push(is);
        }
        let live = live(&at);
        let mut found = Vec::new();
        for (term, live) in formula.terms().iter().zip(live) {
            if live {
                self.term(&at, term, function, &mut found);
            }
        }
        // `if x > 0 then … else if x < 0 then …` is one place.
        found.dedup_by(|a, b| a.is_at(b));
        found
    }

    fn term<const EXACT: bool>(
        &self,
        at: &At<'_, EXACT>,
        term: &Term,
        function: Option<FunctionId>,
        found: &mut Vec<Near<EXACT>>,
    ) {
        match term {
            Term::Select(select) => {
                let edge = Edge::Compare(select.comparison);
                let near =
                    Near { function, edge, left: at.value(select.left), right: at.value(select.right) };
                let active = at.is_active(select.left) || at.is_active(select.right);
                if is_near(&near, active) && self.branches_differ(at, select) {
                    found.push(near);
                }
            }
            Term::Unary(Unary::Floor, x) => {
                let left = at.value(*x);
                let right = Tracked::from(left.value.round());
                let near = Near { function, edge: Edge::Floor, left, right };
                if is_near(&near, at.is_active(*x)) {
                    found.push(near);
                }
            }
            Term::Apply(id, arguments) if self.is_edged(*id) => {
                let Some(callee) = self.functions.get(id.0 as usize) else { return };
                let leaf = |index: u32| match arguments.get(index as usize) {
                    Some(argument) => (at.value(*argument), at.is_active(*argument)),
                    None => (Tracked::from(f64::NAN), false),
                };
                found.extend(self.near(&callee.body, &leaf, Some(*id)));
            }
            Term::Number(_)
            | Term::Constant(..)
            | Term::Leaf(_)
            | Term::Unary(..)
            | Term::Binary(..)
            | Term::Apply(..) => {}
        }
    }

    /// Whether the two branches have another value here, or another derivative with respect to a leaf that training
    /// changes.
    fn branches_differ<const EXACT: bool>(&self, at: &At<'_, EXACT>, select: &Select) -> bool {
        let (then, otherwise) = (at.value(select.then), at.value(select.otherwise));
        if !(then.value.is_finite() && otherwise.value.is_finite()) {
            // `if x == 0 then …` guards a formula that has no value there.
            return !matches!(select.comparison, Comparison::Equal | Comparison::NotEqual);
        }
        if differ(then.value, otherwise.value, then.size + otherwise.size) {
            return true;
        }
        let active = at.formula.leaves().into_iter().filter(|leaf| (at.leaf)(*leaf).1);
        active.into_iter().any(|moved| {
            let leaf = |index: u32| {
                let value = (at.leaf)(index).0.real();
                if index == moved { Step::<false>::moved(value) } else { Step::from(value) }
            };
            let terms = evaluate_terms(at.formula, &leaf, self.functions, self.arithmetic);
            let slope = |id: TermId| terms.get(id.0 as usize).map_or(f64::NAN, |x| x.slope().real());
            let (then, otherwise) = (slope(select.then), slope(select.otherwise));
            differ(then, otherwise, then.abs() + otherwise.abs())
        })
    }
}

fn differ(a: f64, b: f64, size: f64) -> bool {
    let distance = (a - b).abs();
    distance.is_nan() || distance > SAME * size
}

fn is_near<const EXACT: bool>(near: &Near<EXACT>, active: bool) -> bool {
    let size = near.left.size + near.right.size;
    let distance = (near.left.value - near.right.value).abs();
    if size == 0.0 || distance.is_nan() || distance > NEAR * size {
        return false;
    }
    // Data that decimals and doubles compare in the same way are as they were declared.
    let settled = near.difference().is_some_and(|difference| {
        let difference = difference.value();
        (difference == 0.0) == (distance == 0.0)
    });
    active || !settled
}

/// Which terms the value depends on here: of an `if` only the branch that is taken.
fn live<const EXACT: bool>(at: &At<'_, EXACT>) -> Vec<bool> {
    let mut live = vec![false; at.values.len()];
    if let Some(last) = live.last_mut() {
        *last = true;
    }
    for (index, term) in at.formula.terms().iter().enumerate().rev() {
        if live.get(index) != Some(&true) {
            continue;
        }
        let operands = match term {
            Term::Select(s) => {
                let holds = s.comparison.holds(at.value(s.left).value, at.value(s.right).value);
                vec![s.left, s.right, if holds { s.then } else { s.otherwise }]
            }
            Term::Number(_)
            | Term::Constant(..)
            | Term::Leaf(_)
            | Term::Unary(..)
            | Term::Binary(..)
            | Term::Apply(..) => term.operands(),
        };
        for operand in operands {
            if let Some(place) = live.get_mut(operand.0 as usize) {
                *place = true;
            }
        }
    }
    live
}
