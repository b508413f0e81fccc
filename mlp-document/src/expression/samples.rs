//! Expressions seen from one sample: the samples of a batch have names of their own.

use mlp_dsl::{
    ir::{Derivation, equation::Per},
    shape::Shape,
};

use super::{ArrayOp, Expression, Node, NodeId, Quantity};
use mlp_dsl::formula::scalar::Binary;

impl Quantity {
    /// Whether its value depends on the sample from which it is seen.
    pub(crate) fn is_open(&self, derivation: &Derivation) -> bool {
        match self {
            Quantity::Equation(id) => derivation.equation(*id).per == Per::Sample,
            Quantity::Count(_) => false,
            Quantity::OfSample { sample: Some(_), .. } => false,
            Quantity::OfSample { sample: None, value }
            | Quantity::OfStep { value, .. }
            | Quantity::Letter { value, .. }
            | Quantity::Derivative { value, .. }
            | Quantity::Argument { value, .. }
            | Quantity::FunctionDerivative { value, .. } => value.is_open(derivation),
        }
    }
}

impl Expression {
    /// Whether its value depends on the sample from which it is seen.
    pub(crate) fn is_open(&self, derivation: &Derivation) -> bool {
        self.open_nodes(derivation).last() == Some(&true)
    }

    /// Which nodes depend on the sample.
    pub(crate) fn open_nodes(&self, derivation: &Derivation) -> Vec<bool> {
        let mut open: Vec<bool> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let own = matches!(node, Node::Quantity(quantity) if quantity.is_open(derivation));
            open.push(own || node.operands().iter().any(|id| open.get(id.index()) == Some(&true)));
        }
        open
    }

    /// The same, seen from one sample, or with the letter of any sample.
    pub(crate) fn of_sample(&self, derivation: &Derivation, sample: Option<usize>) -> Expression {
        let mut expression = Expression::default();
        for (node, shape) in self.shaped() {
            let node = match node {
                Node::Quantity(quantity) if quantity.is_open(derivation) => {
                    let value = Box::new(Expression::quantity(derivation, quantity.clone()));
                    Node::Quantity(Quantity::OfSample { sample, value })
                }
                node @ (Node::Number(_)
                | Node::Constant(..)
                | Node::Quantity(_)
                | Node::Unary(..)
                | Node::Binary(..)
                | Node::Select(..)
                | Node::Apply(..)
                | Node::Array(..)
                | Node::Batch(..)
                | Node::Whole { .. }) => node.clone(),
            };
            expression.push_shaped(node, shape);
        }
        expression
    }

    /// The same in a later step, counted from 0, which is the declared one.
    pub(crate) fn of_step(&self, derivation: &Derivation, step: usize) -> Expression {
        let mut expression = Expression::default();
        for (node, shape) in self.shaped() {
            let node = match node {
                Node::Quantity(Quantity::Count(_)) => node.clone(),
                Node::Quantity(quantity) => {
                    let value = Box::new(Expression::quantity(derivation, quantity.clone()));
                    Node::Quantity(Quantity::OfStep { step, value })
                }
                Node::Batch(reduction, inner) => {
                    Node::Batch(*reduction, Box::new(inner.of_step(derivation, step)))
                }
                node @ (Node::Number(_)
                | Node::Constant(..)
                | Node::Unary(..)
                | Node::Binary(..)
                | Node::Select(..)
                | Node::Apply(..)
                | Node::Array(..)
                | Node::Whole { .. }) => node.clone(),
            };
            expression.push_shaped(node, shape);
        }
        expression
    }

    /// The latest step that it names.
    pub(crate) fn names_step(&self) -> Option<usize> {
        let of = |node: &Node| {
            if let Node::Quantity(Quantity::OfStep { step, .. }) = node {
                Some(*step)
            } else if let Node::Quantity(Quantity::OfSample { value: inner, .. }) = node {
                inner.names_step()
            } else if let Node::Batch(_, inner) = node {
                inner.names_step()
            } else {
                None
            }
        };
        self.nodes.iter().filter_map(of).max()
    }

    /// The value of one sample, as one quantity.
    pub(crate) fn one_of_sample(&self, derivation: &Derivation, sample: usize) -> Expression {
        let value = Box::new(self.clone());
        Expression::quantity(derivation, Quantity::OfSample { sample: Some(sample), value })
    }

    /// The highest sample that it names.
    pub(crate) fn names_sample(&self) -> Option<usize> {
        self.named_samples().flatten().max()
    }

    /// Whether it is the formula of any one row.
    pub(crate) fn names_any_sample(&self) -> bool {
        self.named_samples().any(|sample| sample.is_none())
    }

    fn named_samples(&self) -> impl Iterator<Item = Option<usize>> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Quantity(Quantity::OfSample { sample, .. }) => Some(*sample),
            Node::Quantity(_)
            | Node::Number(_)
            | Node::Constant(..)
            | Node::Unary(..)
            | Node::Binary(..)
            | Node::Select(..)
            | Node::Apply(..)
            | Node::Array(..)
            | Node::Batch(..)
            | Node::Whole { .. } => None,
        })
    }

    /// Whether the formula fits one row only: with a row for each sample its sizes do not fit, or it means the rows one
    /// by one. So it is with the dot product of two rows, where a scalar of each sample meets a row, and where a row that
    /// all samples share meets a matrix of rows in another operation than a sum.
    pub(crate) fn is_by_row(&self, derivation: &Derivation) -> bool {
        if self.nodes.iter().any(|node| matches!(node, Node::Quantity(Quantity::Letter { .. }))) {
            return false;
        }
        let open = self.open_nodes(derivation);
        let is_open = |id: NodeId| open.get(id.index()) == Some(&true);
        let column = |id: NodeId| self.shape_of(id) == Shape::Scalar && is_open(id);
        let rows = |id: NodeId| self.shape_of(id) != Shape::Scalar && is_open(id);
        let shared = |id: NodeId| matches!(self.shape_of(id), Shape::Vector(n) if n > 1) && !is_open(id);
        let mixed = |parts: &[NodeId]| {
            let any = |of: &dyn Fn(NodeId) -> bool| parts.iter().any(|id| of(*id));
            (any(&column) && (any(&rows) || any(&shared))) || (any(&shared) && any(&rows))
        };
        self.nodes.iter().any(|node| match node {
            Node::Array(ArrayOp::Dot, operands) => operands.iter().all(|id| is_open(*id)),
            Node::Array(ArrayOp::Fill, operands) => operands.iter().any(|id| is_open(*id)),
            Node::Binary(op, a, b) => [(*a, *b), (*b, *a)].into_iter().any(|(one, other)| {
                let sums = matches!(op, Binary::Add | Binary::Subtract);
                (column(one) && (rows(other) || shared(other))) || (shared(one) && rows(other) && !sums)
            }),
            Node::Select(_, [a, b, c, d]) => mixed(&[*a, *b, *c, *d]),
            Node::Apply(_, arguments) => mixed(arguments),
            Node::Array(..)
            | Node::Number(_)
            | Node::Constant(..)
            | Node::Quantity(_)
            | Node::Unary(..)
            | Node::Batch(..)
            | Node::Whole { .. } => false,
        })
    }
}
