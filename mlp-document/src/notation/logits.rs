//! The functions that are computed from net inputs, in the notation of the probabilities that they are about.

use std::collections::HashSet;

use mlp_dsl::{
    formula::{FunctionId, scalar::Binary},
    ir::{
        Derivation,
        equation::{EquationId, Role},
        reuse::Sigmoids,
    },
    shape::Shape,
};

use crate::expression::{Expression, Node, NodeId, Quantity, equation::is_unnamed};

use super::{
    math::{Mark, Math, Name},
    names::Names,
    operations::binary,
};

/// The functions of the prelude whose values are logarithms of probabilities.
#[derive(Clone, Debug)]
pub(crate) struct Logits {
    log_sigmoid: Option<FunctionId>,
    log_loss_from_logit: Option<FunctionId>,
    sigmoid: Option<FunctionId>,
    sigmoids: Sigmoids,
    /// What equations of the forward pass and the loss read.
    read: HashSet<EquationId>,
}

impl Logits {
    pub(super) fn new(derivation: &Derivation) -> Self {
        Logits {
            log_sigmoid: derivation.prelude_function("log_sigmoid"),
            log_loss_from_logit: derivation.prelude_function("log_loss_from_logit"),
            sigmoid: derivation.prelude_function("sigmoid"),
            sigmoids: Sigmoids::of(derivation),
            read: derivation
                .equations
                .iter()
                .filter(|equation| matches!(equation.role, Role::Forward | Role::Loss))
                .flat_map(|equation| equation.op.operands())
                .collect(),
        }
    }

    /// The name of sigmoid(z), where nothing but the loss depends on it: then the formula names it, and no derivative
    /// with respect to it says less than the formula.
    fn named(&self, derivation: &Derivation, z: EquationId) -> Option<EquationId> {
        let p = self.sigmoids.by_net_input(z)?;
        (!self.read.contains(&p) && !is_unnamed(derivation, p)).then_some(p)
    }

    /// The name of sigmoid(z), of a sample or a step where z is of one.
    fn probability(&self, names: &Names, derivation: &Derivation, z: &Quantity) -> Option<Name> {
        let inner = |value: &Expression| match value.root() {
            Some(Node::Quantity(inner)) => self.probability(names, derivation, inner),
            Some(_) | None => None,
        };
        match z {
            Quantity::Equation(z) => Some(names.plain(derivation, self.named(derivation, *z)?)),
            Quantity::OfSample { sample, value } => Some(inner(value)?.marked(Mark::Sample(*sample))),
            Quantity::OfStep { value, .. } => inner(value),
            Quantity::Derivative { .. }
            | Quantity::Count(_)
            | Quantity::Letter { .. }
            | Quantity::Argument { .. }
            | Quantity::FunctionDerivative { .. } => None,
        }
    }

    /// ln σ(z) for `log_sigmoid(z)`, and −(t ln p + (1 − t) ln(1 − p)) for the log loss of p = σ(z); `None` for other functions.
    pub(super) fn call(
        &self,
        names: &Names,
        derivation: &Derivation,
        expression: &Expression,
        (function, arguments): (FunctionId, &[NodeId]),
        pieces: &[Math],
    ) -> Option<Math> {
        let sigmoid = |z: &Math| Some(Math::call(names.function(self.sigmoid?).into(), [z.clone()]));
        let ln = |x: Math| Math::call(Name::function("ln").into(), [x]);
        let at = |id: &NodeId| pieces.get(id.index());
        match arguments {
            [z] if Some(function) == self.log_sigmoid => Some(ln(sigmoid(at(z)?)?)),
            [z, t] if Some(function) == self.log_loss_from_logit => {
                let known = match expression.node(*z) {
                    Some(Node::Quantity(quantity)) => self.probability(names, derivation, quantity),
                    Some(_) | None => None,
                };
                let p = match known {
                    Some(p) => p.into(),
                    None => sigmoid(at(z)?)?,
                };
                let arrays =
                    expression.shape_of(*z) != Shape::Scalar && expression.shape_of(*t) != Shape::Scalar;
                let rest = |x: &Math| binary(Binary::Subtract, &Math::whole(1), x, false);
                let t = at(t)?;
                let first = binary(Binary::Multiply, t, &ln(p.clone()), arrays);
                let second = binary(Binary::Multiply, &rest(t), &ln(rest(&p)), arrays);
                Some(binary(Binary::Add, &first, &second, false).negated())
            }
            _ => None,
        }
    }
}
