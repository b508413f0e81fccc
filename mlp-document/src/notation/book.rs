//! What the numbers decide about a formula: the branches that its choices take, with their reasons, and the elements of
//! short vectors by name.

use mlp_dsl::{formula::operator::Comparison, never::OrNever};

use crate::{
    content::{Form, Line},
    expression::{Expression, Node, NodeId, Quantity, evaluate::node_values},
};

use super::{
    Notation,
    math::{Mark, Math, Operator},
    relation::same,
};

/// A formula that is compared and has more signs than this is given by its number alone.
const LONG: usize = 30;

/// A comparison that decides a choice, as it turns out: what is compared and how.
struct Reason {
    left: Expression,
    comparison: Comparison,
    right: Expression,
}

impl Notation<'_> {
    /// The formula with the branch of each choice that the numbers take.
    pub(super) fn taken(&self, expression: &Expression) -> Option<Expression> {
        self.with_reasons(expression).map(|(taken, _)| taken)
    }

    /// The same, and why each branch is taken; the formula itself where its numbers are no single ones.
    fn with_reasons(&self, expression: &Expression) -> Option<(Expression, Vec<Reason>)> {
        let chooses = |node: &Node| matches!(node, Node::Select(..));
        if !expression.nodes().iter().any(chooses) {
            return Some((expression.clone(), Vec::new()));
        }
        let values = node_values(expression, self.derivation, self.numbers?, 0)?;
        let is_scalar = |parts: &[NodeId]| {
            parts.iter().all(|id| values.get(id.index()).is_some_and(|value| value.shape().count() == 1))
        };
        let (mut taken, mut places) = (Expression::default(), Vec::new());
        let mut reasons = Vec::new();
        for (node, shape) in expression.shaped() {
            let node_at = |id: &NodeId| {
                places.get(id.index()).copied().or_never("operands come before their uses", NodeId::NOWHERE)
            };
            let place = if let Node::Select(comparison, parts) = node
                && is_scalar(parts)
            {
                let [left, right, then, otherwise] = *parts;
                let number = |id: NodeId| values.get(id.index()).map(|value| value.scalar().value());
                let (Some(a), Some(b)) = (number(left), number(right)) else { return None };
                let holds = comparison.holds(a, b);
                let chosen = node_at(if holds { &then } else { &otherwise });
                if !a.is_nan() && !b.is_nan() {
                    let side = |id: NodeId| taken.clone().ending_at(Some(node_at(&id))).pruned();
                    let comparison = if holds { *comparison } else { opposite(*comparison) };
                    let reason = Reason { left: side(left), comparison, right: side(right) };
                    reasons.push((chosen, reason));
                }
                chosen
            } else {
                taken.push_shaped(node.mapped(&node_at), shape)
            };
            places.push(place);
        }
        let root = places.last().copied();
        Some((taken.ending_at(root).pruned(), reasons.into_iter().map(|(_, reason)| reason).collect()))
    }

    /// Why the branches of a line are taken: each comparison, with its numbers.
    pub(super) fn reasons(&self, line: &Line) -> Vec<Math> {
        let side = line.sides.iter().find(|side| side.form == Form::Taken);
        let Some((_, reasons)) = side.and_then(|side| self.with_reasons(&side.expression)) else {
            return Vec::new();
        };
        let mut said: Vec<Math> = Vec::new();
        for reason in reasons {
            let math = self.reason(&reason);
            said.extend(math.filter(|math| !said.contains(math)));
        }
        said
    }

    fn reason(&self, Reason { left, comparison, right }: &Reason) -> Option<Math> {
        let value = |side: &Expression| node_values(side, self.derivation, self.numbers?, 0)?.pop();
        let (symbols, left, right) = (self.expression(left, false)?, value(left)?, value(right)?);
        let (number, right) = (self.array(&left)?, self.array(&right)?);
        let mut row = Vec::new();
        if *comparison == Comparison::Equal && symbols != number {
            return Some(Math::infix(symbols, Operator::Equal, right));
        }
        if symbols != number && symbols.size() <= LONG {
            let exact = self.read(&left).is_some_and(|read| same(&read, &left));
            let sign = if exact { Operator::Equal } else { Operator::Approximately };
            row.extend([symbols, sign.into()]);
        }
        row.extend([number, relation(*comparison).into(), right]);
        Some(Math::Row(row))
    }

    /// The name of an element of a short vector, or its number.
    pub(super) fn element(
        &self,
        expression: &Expression,
        of: &[NodeId],
        index: usize,
        numbers: bool,
    ) -> Option<Math> {
        let Some(Node::Quantity(quantity)) = expression.node(*of.first()?) else { return None };
        if numbers {
            let value = quantity.evaluate(self.derivation, self.numbers?, 0)?;
            return Some(self.number(value.at(0, index)));
        }
        let (mut sample, mut quantity) = (self.sample, quantity);
        if let Quantity::OfStep { value, .. } = quantity {
            let Some(Node::Quantity(inner)) = value.root() else { return None };
            quantity = inner;
        }
        if let Quantity::OfSample { sample: own, value } = quantity {
            let Some(Node::Quantity(inner)) = value.root() else { return None };
            (sample, quantity) = (Some(*own), inner);
        }
        let Quantity::Equation(id) = quantity else { return None };
        let name = self.names.element(*id, index)?;
        Some(match sample {
            Some(sample) => name.marked(Mark::Sample(sample)).into(),
            None => name.into(),
        })
    }
}

fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
    }
}

/// The sign of a comparison.
pub(super) fn relation(comparison: Comparison) -> Operator {
    match comparison {
        Comparison::Less => Operator::Less,
        Comparison::LessOrEqual => Operator::LessOrEqual,
        Comparison::Greater => Operator::Greater,
        Comparison::GreaterOrEqual => Operator::GreaterOrEqual,
        Comparison::Equal => Operator::Equal,
        Comparison::NotEqual => Operator::NotEqual,
    }
}
