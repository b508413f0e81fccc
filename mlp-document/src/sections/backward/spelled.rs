//! Differentiations spelled out, as a student writes them: the rule for powers with its exponent, sums with their zeros.

use mlp_dsl::{
    formula::{
        FunctionId,
        scalar::{Binary, Unary},
    },
    ir::equation::EquationId,
    never::OrNever,
};

use crate::{
    expression::{Expression, Node, NodeId, Quantity},
    sections::{facts::Facts, primitives::slope},
};

/// ∂formula/∂by, nothing simplified; `None` where the formula has something that is not differentiated by hand.
pub(super) fn spelled(facts: &Facts<'_>, formula: &Expression, by: EquationId) -> Option<Expression> {
    let by = Node::Quantity(Quantity::Equation(by));
    let mut moves = Vec::with_capacity(formula.nodes().len());
    for node in formula.nodes() {
        let own = *node == by || node.operands().iter().any(|id| moves.get(id.index()) == Some(&true));
        moves.push(own);
    }
    // Each term of the outermost sum has a derivative, also 0.
    let mut spine = vec![false; formula.nodes().len()];
    let mut at = formula.last();
    while let Some(Node::Binary(Binary::Add | Binary::Subtract, first, _)) = formula.node(at) {
        if let Some(slot) = spine.get_mut(at.index()) {
            *slot = true;
        }
        at = *first;
    }
    let mut sweep = Sweep { facts, formula, by, moves, spine, out: formula.clone(), slopes: Vec::new() };
    for node in formula.nodes() {
        let slope = sweep.node(node, sweep.slopes.len())?;
        sweep.slopes.push(slope);
    }
    let root = *sweep.slopes.last()?;
    Some(sweep.out.ending_at(Some(root)).pruned())
}

struct Sweep<'s> {
    facts: &'s Facts<'s>,
    formula: &'s Expression,
    by: Node,
    /// Whether a node depends on what it is differentiated with respect to.
    moves: Vec<bool>,
    /// Whether a node is a part of the outermost sum with more than one term.
    spine: Vec<bool>,
    /// The formula, then its derivatives.
    out: Expression,
    slopes: Vec<NodeId>,
}

impl Sweep<'_> {
    fn moves(&self, id: NodeId) -> bool {
        self.moves.get(id.index()) == Some(&true)
    }

    fn slope(&self, id: NodeId) -> NodeId {
        self.slopes.get(id.index()).copied().or_never("operands come before their uses", NodeId::NOWHERE)
    }

    fn is_own(&self, id: NodeId) -> bool {
        self.formula.node(id) == Some(&self.by)
    }

    fn number(&mut self, x: f64) -> NodeId {
        self.out.push(Node::Number(x))
    }

    fn binary(&mut self, op: Binary, a: NodeId, b: NodeId) -> NodeId {
        self.out.push(Node::Binary(op, a, b))
    }

    fn node(&mut self, node: &Node, index: usize) -> Option<NodeId> {
        if *node == self.by {
            return Some(self.number(1.0));
        }
        let term = self.spine.get(index) != Some(&true);
        if term && !node.operands().iter().any(|id| self.moves(*id)) {
            return Some(self.number(0.0));
        }
        match node {
            Node::Binary(op, a, b) => self.of_binary(*op, *a, *b),
            Node::Unary(Unary::Negate, x) => {
                let slope = self.slope(*x);
                Some(self.out.push(Node::Unary(Unary::Negate, slope)))
            }
            Node::Unary(op, x) => {
                let own = slope(&mut self.out, *op, *x);
                Some(self.times_inner(own, *x))
            }
            Node::Apply(function, arguments) => self.of_call(*function, arguments),
            Node::Select(comparison, [left, right, then, otherwise]) => {
                let parts = [*left, *right, self.slope(*then), self.slope(*otherwise)];
                Some(self.out.push(Node::Select(*comparison, parts)))
            }
            Node::Number(_)
            | Node::Constant(..)
            | Node::Quantity(_)
            | Node::Array(..)
            | Node::Batch(..)
            | Node::Whole { .. } => None,
        }
    }

    /// The outer derivative times that of what is inside; the latter is 1 for the value itself.
    fn times_inner(&mut self, outer: NodeId, inner: NodeId) -> NodeId {
        let slope = self.slope(inner);
        self.binary(Binary::Multiply, outer, slope)
    }

    fn of_binary(&mut self, op: Binary, a: NodeId, b: NodeId) -> Option<NodeId> {
        let (in_a, in_b) = (self.moves(a), self.moves(b));
        let (by_a, by_b) = (self.slope(a), self.slope(b));
        Some(match op {
            Binary::Add | Binary::Subtract => self.binary(op, by_a, by_b),
            Binary::Multiply if in_a && in_b => {
                let first = self.binary(Binary::Multiply, by_a, b);
                let second = self.binary(Binary::Multiply, a, by_b);
                self.binary(Binary::Add, first, second)
            }
            // w · h: 1 · h · w⁰, the exponent written as 1 − 1.
            Binary::Multiply if self.is_own(a) || self.is_own(b) => {
                let (own, other) = if in_a { (a, b) } else { (b, a) };
                let one = self.number(1.0);
                let product = self.binary(Binary::Multiply, one, other);
                let power = self.lowered_power(own, one);
                self.binary(Binary::Multiply, product, power)
            }
            // c · uⁿ: n · c · uⁿ⁻¹ · u'.
            Binary::Multiply if in_b => match self.power_of(b) {
                Some((base, n)) => {
                    let product = self.binary(Binary::Multiply, n, a);
                    let power = self.lowered_power(base, n);
                    let product = self.binary(Binary::Multiply, product, power);
                    self.times_inner(product, base)
                }
                None => self.binary(Binary::Multiply, a, by_b),
            },
            Binary::Multiply => self.binary(Binary::Multiply, by_a, b),
            Binary::Divide if in_b => {
                let first = self.binary(Binary::Multiply, by_a, b);
                let second = self.binary(Binary::Multiply, a, by_b);
                let above = self.binary(Binary::Subtract, first, second);
                let two = self.number(2.0);
                let below = self.binary(Binary::Power, b, two);
                self.binary(Binary::Divide, above, below)
            }
            Binary::Divide => self.binary(Binary::Divide, by_a, b),
            Binary::Power if in_b => return None,
            Binary::Power => {
                let power = self.lowered_power(a, b);
                let product = self.binary(Binary::Multiply, b, power);
                self.times_inner(product, a)
            }
        })
    }

    /// Base and exponent of a power of the value with a fixed exponent.
    fn power_of(&self, id: NodeId) -> Option<(NodeId, NodeId)> {
        match self.formula.node(id) {
            Some(Node::Binary(Binary::Power, base, n)) if !self.moves(*n) => Some((*base, *n)),
            Some(_) | None => None,
        }
    }

    /// u^(n − 1)
    fn lowered_power(&mut self, base: NodeId, n: NodeId) -> NodeId {
        let one = self.number(1.0);
        let exponent = self.binary(Binary::Subtract, n, one);
        self.binary(Binary::Power, base, exponent)
    }

    /// The partial derivatives of the function, each times that of its argument.
    fn of_call(&mut self, id: FunctionId, arguments: &[NodeId]) -> Option<NodeId> {
        let function = self.facts.function(id)?;
        let derivation = self.facts.derivation;
        let mut sum = None;
        for (parameter, argument) in arguments.iter().enumerate() {
            if !self.moves(*argument) {
                continue;
            }
            let partial = function.partials.get(parameter)?;
            let of = |id: &NodeId| self.formula.clone().ending_at(Some(*id)).pruned();
            let given: Vec<Expression> = arguments.iter().map(of).collect();
            let mut value = self.formula.clone();
            let call = value.push(Node::Apply(id, arguments.to_vec()));
            let leaf = |_: &mut Expression, leaf: u32| arguments.get(leaf as usize).copied().unwrap_or(call);
            let root = value.formula(partial, &leaf);
            let value = Box::new(value.ending_at(Some(root)).pruned());
            let own = Quantity::FunctionDerivative { function: id, parameter, arguments: given, value };
            let own = self.out.push_quantity(derivation, own);
            let term = self.times_inner(own, *argument);
            sum = Some(match sum {
                None => term,
                Some(sum) => self.binary(Binary::Add, sum, term),
            });
        }
        sum
    }
}
