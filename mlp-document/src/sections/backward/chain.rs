//! The chain rule, factor by factor: which derivatives make up ∂E/∂x, found from the equations.

use std::{cell::RefCell, collections::HashMap};

use mlp_dsl::{
    formula::{Formula, TermId, builder::Builder, partials::partials, scalar::Binary},
    ir::{
        array::Op,
        equation::{EquationId, Symbol},
        reuse::Sigmoids,
    },
};

use crate::{
    expression::{
        Expression, Node, Quantity,
        equation::{is_unnamed, of_formula},
    },
    sections::facts::Facts,
};

/// Derivatives by the symbols that have an equation of their own.
pub(crate) struct Chain<'c, 'd> {
    facts: &'c Facts<'d>,
    loss: EquationId,
    known: HashMap<Symbol, EquationId>,
    partials: HashMap<EquationId, Vec<EquationId>>,
    reaches_loss: Vec<bool>,
    /// Whether a value depends on a trained parameter.
    moves: Vec<bool>,
    swept: RefCell<HashMap<EquationId, Swept>>,
    sigmoids: Sigmoids,
}

/// The local derivatives of an equation with respect to each of its leaves.
type Swept = (Builder, HashMap<u32, TermId>);

impl<'c, 'd> Chain<'c, 'd> {
    pub(crate) fn new(facts: &'c Facts<'d>, loss: EquationId) -> Self {
        let derivation = facts.derivation;
        let derivative = |s: &Symbol| matches!(s, Symbol::Partial { .. } | Symbol::Gradient(_));
        let known = derivation.numbered().filter(|(_, e)| derivative(&e.symbol));
        let known = known.map(|(id, e)| (e.symbol.clone(), id)).collect();
        let mut partials: HashMap<EquationId, Vec<EquationId>> = HashMap::new();
        for (id, equation) in derivation.numbered().filter(|(id, _)| !is_unnamed(derivation, *id)) {
            if let Symbol::Partial { of, .. } = equation.symbol {
                partials.entry(of).or_default().push(id);
            }
        }
        let mut reaches_loss = vec![false; derivation.equations.len()];
        for (id, equation) in derivation.numbered().rev().skip_while(|(id, _)| *id > loss) {
            let reached = id == loss || reaches_loss.get(id.index()) == Some(&true);
            for operand in equation.op.operands().into_iter().filter(|_| reached) {
                if let Some(slot) = reaches_loss.get_mut(operand.index()) {
                    *slot = true;
                }
            }
        }
        let mut moves = vec![false; derivation.equations.len()];
        for parameter in derivation.parameters.iter().filter(|parameter| parameter.gradient().is_some()) {
            if let Some(slot) = moves.get_mut(parameter.equation.index()) {
                *slot = true;
            }
        }
        let inputs = derivation.input_equations().filter(|_| derivation.has_input_gradients());
        for input in inputs {
            if let Some(slot) = moves.get_mut(input.index()) {
                *slot = true;
            }
        }
        for (id, equation) in derivation.numbered().take_while(|(id, _)| *id <= loss) {
            let moved = equation.op.operands().iter().any(|id| moves.get(id.index()) == Some(&true));
            if let Some(slot) = moves.get_mut(id.index()).filter(|_| moved) {
                *slot = true;
            }
        }
        let sigmoids = Sigmoids::of(derivation);
        Chain { facts, loss, known, partials, reaches_loss, moves, swept: RefCell::default(), sigmoids }
    }

    /// The named local derivatives of a value.
    pub(crate) fn partials_of(&self, value: EquationId) -> impl Iterator<Item = EquationId> {
        self.partials.get(&value).into_iter().flatten().copied()
    }

    /// The equation of ∂E/∂x, where it has one.
    pub(crate) fn gradient_equation(&self, x: EquationId) -> Option<EquationId> {
        self.known.get(&Symbol::Gradient(x)).copied()
    }

    /// Whether the loss itself reads x: then ∂E/∂x is a local derivative, and there is no chain.
    pub(crate) fn ends_at(&self, x: EquationId) -> bool {
        self.readers(x).contains(&self.loss)
    }

    /// Whether the only value that reads x has the derivative 1 with respect to it.
    pub(crate) fn is_one(&self, x: EquationId) -> bool {
        let readers = self.readers(x);
        let [reader] = readers.as_slice() else { return false };
        let value = match self.local(*reader, x) {
            Some(Quantity::Derivative { value, .. }) => value,
            Some(_) | None => return false,
        };
        matches!(value.nodes(), [Node::Number(one)] if *one == 1.0)
    }

    /// The equations that read x and that the loss depends on.
    pub(crate) fn readers(&self, x: EquationId) -> Vec<EquationId> {
        let readers = self.facts.uses_of(x).iter().copied();
        let reaches = |id: &EquationId| *id == self.loss || self.reaches_loss.get(id.index()) == Some(&true);
        readers.filter(reaches).collect()
    }

    /// Whether a value depends on a trained parameter.
    pub(crate) fn leads_to_parameter(&self, id: EquationId) -> bool {
        self.moves.get(id.index()) == Some(&true)
    }

    /// ∂of/∂by, where `of` reads `by` itself.
    pub(crate) fn local(&self, of: EquationId, by: EquationId) -> Option<Quantity> {
        if let Some(id) = self.known.get(&Symbol::Partial { of, by }) {
            return Some(Quantity::Equation(*id));
        }
        let value = of_formula(self.facts.derivation, &self.local_formula(of, by)?);
        Some(Quantity::Derivative { of, by, value: Box::new(value) })
    }

    fn local_formula(&self, of: EquationId, by: EquationId) -> Option<Formula> {
        if let Some(id) = self.known.get(&Symbol::Partial { of, by }) {
            return Some(Formula::leaf(id.0));
        }
        let derivation = self.facts.derivation;
        let Op::Pointwise(formula) = &derivation.equation(of).op else { return None };
        // A formula is swept once for all that it reads.
        let mut swept = self.swept.borrow_mut();
        let (b, roots) = swept.entry(of).or_insert_with(|| {
            let (mut b, leaves) = (Builder::new(), formula.leaves());
            let own = b.leaf(of.0);
            let roots = partials(&mut b, formula, Some(own), &leaves, &derivation.header.functions);
            (b, leaves.into_iter().zip(roots).collect())
        });
        roots.get(&by.0).map(|root| self.sigmoids.reused(b.finish(*root)))
    }

    /// ∂E/∂x by its symbol.
    pub(crate) fn gradient(&self, x: EquationId) -> Option<Quantity> {
        match self.gradient_equation(x) {
            Some(id) => Some(Quantity::Equation(id)),
            None => self.spelled(x),
        }
    }

    /// ∂E/∂x spelled out, also where it is called δ.
    pub(crate) fn spelled(&self, x: EquationId) -> Option<Quantity> {
        let value = of_formula(self.facts.derivation, &self.flow(x)?);
        Some(Quantity::Derivative { of: self.loss, by: x, value: Box::new(value) })
    }

    /// ∂E/∂x as a formula: where it has no equation it is the gradient of its only reader.
    fn flow(&self, x: EquationId) -> Option<Formula> {
        let mut b = Builder::new();
        let mut at = x;
        let mut product = b.number(1.0);
        while at != self.loss {
            if let Some(id) = self.gradient_equation(at) {
                let gradient = b.leaf(id.0);
                product = b.multiply(gradient, product);
                break;
            }
            let [reader] = self.readers(at).as_slice().try_into().ok()?;
            let local = self.local_formula(reader, at)?;
            let local = b.substitute(&local, &|_| None);
            product = b.multiply(local, product);
            at = reader;
        }
        Some(b.finish(product))
    }

    /// The sum over the paths that leave x, one product of derivatives for each; `spread` goes
    /// through the net input of a neuron to its output. `None` where a factor has no name.
    pub(crate) fn paths(&self, x: EquationId, spread: bool) -> Option<Expression> {
        let mut expression = Expression::default();
        let mut sum = None;
        for reader in self.readers(x) {
            let mut product = None;
            for factor in self.factors(reader, x, spread)? {
                let factor = expression.push_quantity(self.facts.derivation, factor);
                product = Some(match product {
                    None => factor,
                    Some(product) => expression.push(Node::Binary(Binary::Multiply, product, factor)),
                });
            }
            let product = product?;
            sum = Some(match sum {
                None => product,
                Some(sum) => expression.push(Node::Binary(Binary::Add, sum, product)),
            });
        }
        sum.map(|_| expression)
    }

    fn factors(&self, reader: EquationId, x: EquationId, spread: bool) -> Option<Vec<Quantity>> {
        let derivation = self.facts.derivation;
        if is_unnamed(derivation, reader) {
            return None;
        }
        let local = self.local(reader, x)?;
        let net = matches!(derivation.equation(reader).symbol, Symbol::Net(_));
        let above = self.readers(reader);
        match above.as_slice() {
            [output] if spread && net && *output != self.loss && !is_unnamed(derivation, *output) => {
                Some(vec![self.gradient(*output)?, self.local(*output, reader)?, local])
            }
            _ => Some(vec![self.spelled(reader)?, local]),
        }
    }
}
