//! What a batch makes of the values of its samples: their mean, their sum, or their mean over weights, which is the
//! quotient of two sums.

use mlp_dsl::{formula::scalar::Binary, ir::Derivation, model::Reduction, shape::Shape};

use super::{Expression, Node};

/// A value over the samples of a batch.
pub(crate) struct OverBatch<'e> {
    pub(crate) reduction: Reduction,
    /// The value of a sample.
    pub(crate) each: &'e Expression,
    /// The weight of a sample, where the mean is over weights.
    pub(crate) weight: Option<&'e Expression>,
}

impl Expression {
    /// A value of each sample over the batch, as the losses of the batch are.
    pub(crate) fn reduced(derivation: &Derivation, each: Expression, shape: Shape) -> Expression {
        let loss = derivation.loss.as_ref();
        let reduction = loss.map_or(Reduction::Mean, |loss| loss.reduction);
        let weight = loss.filter(|loss| loss.is_weighted_mean()).and_then(|loss| loss.weight);
        let weight = weight.map(|weight| Expression::symbol(derivation, weight));
        OverBatch { reduction, each: &each, weight: weight.as_ref() }.expression(shape)
    }

    /// Its parts, where it is a value over a batch and nothing else.
    pub(crate) fn over_batch(&self) -> Option<OverBatch<'_>> {
        match self.root()? {
            Node::Batch(reduction, each) => Some(OverBatch { reduction: *reduction, each, weight: None }),
            Node::Binary(Binary::Divide, sum, weights) => {
                let (Node::Batch(Reduction::Sum, each), Node::Batch(Reduction::Sum, weight)) =
                    (self.node(*sum)?, self.node(*weights)?)
                else {
                    return None;
                };
                Some(OverBatch { reduction: Reduction::Mean, each, weight: Some(weight) })
            }
            Node::Number(_)
            | Node::Constant(..)
            | Node::Quantity(_)
            | Node::Unary(..)
            | Node::Binary(..)
            | Node::Select(..)
            | Node::Apply(..)
            | Node::Array(..)
            | Node::Whole { .. } => None,
        }
    }
}

impl OverBatch<'_> {
    /// The same over other values.
    pub(crate) fn with(&self, each: &Expression, shape: Shape) -> Expression {
        OverBatch { each, ..*self }.expression(shape)
    }

    fn expression(&self, shape: Shape) -> Expression {
        let mut expression = Expression::default();
        let each = Box::new(self.each.clone());
        match self.weight {
            None => {
                expression.push_shaped(Node::Batch(self.reduction, each), shape);
            }
            Some(weight) => {
                let sum = expression.push_shaped(Node::Batch(Reduction::Sum, each), shape);
                let weight = Node::Batch(Reduction::Sum, Box::new(weight.clone()));
                let weights = expression.push_shaped(weight, Shape::Scalar);
                expression.push_shaped(Node::Binary(Binary::Divide, sum, weights), shape);
            }
        }
        expression
    }
}
