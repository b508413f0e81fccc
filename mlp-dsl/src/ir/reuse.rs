//! Derivatives with the values that the forward pass has computed: a sigmoid is not computed a second time.

use std::collections::HashMap;

use super::{Derivation, array::Op, equation::EquationId};

use crate::{
    formula::{Formula, FunctionId, Term, TermId, builder::Builder, scalar::Unary},
    never::OrNever,
};

/// The equations that are the prelude's sigmoid of another.
#[derive(Clone, Debug)]
pub struct Sigmoids {
    function: Option<FunctionId>,
    by_net_input: HashMap<u32, u32>,
}

impl Sigmoids {
    /// Those of the forward pass.
    pub fn of(derivation: &Derivation) -> Self {
        let function = derivation.prelude_function("sigmoid");
        let mut by_net_input = HashMap::new();
        for (EquationId(p), equation) in derivation.numbered() {
            if let Op::Pointwise(formula) = &equation.op
                && let [Term::Leaf(z), Term::Apply(id, _)] = formula.terms()
                && Some(*id) == function
                && derivation.shape(EquationId(*z)) == equation.shape
            {
                by_net_input.entry(*z).or_insert(p);
            }
        }
        Sigmoids { function, by_net_input }
    }

    /// The equation that is sigmoid(z).
    pub fn by_net_input(&self, z: EquationId) -> Option<EquationId> {
        self.by_net_input.get(&z.0).copied().map(EquationId)
    }

    /// A formula in which a sigmoid that an equation has is that equation.
    pub fn reused(&self, formula: Formula) -> Formula {
        let calls = |term: &Term| matches!(term, Term::Apply(id, _) if Some(*id) == self.function);
        if self.by_net_input.is_empty() || !formula.terms().iter().any(calls) {
            return formula;
        }
        let known = |b: &Builder, z: &TermId| match b.term(*z) {
            Some(Term::Leaf(z)) => self.by_net_input.get(z).copied(),
            Some(_) | None => None,
        };
        let (mut b, mut places) = (Builder::new(), Vec::with_capacity(formula.terms().len()));
        for term in formula.terms() {
            let term = term.map(|id| id.of(&places, id));
            let argument = term.operands().first().copied().filter(|_| calls(&term));
            places.push(match (argument.and_then(|z| known(&b, &z)), term) {
                (Some(p), _) => b.leaf(p),
                // sigmoid(−(−z)) is sigmoid(z).
                (None, Term::Unary(Unary::Negate, x)) => b.negate(x),
                (None, term) => b.written(term),
            });
        }
        let root = places.last().copied().or_never("a formula has a term", TermId(0));
        b.finish(root)
    }
}
