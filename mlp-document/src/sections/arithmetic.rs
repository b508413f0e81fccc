//! Equalities of whole numbers.

use mlp_dsl::formula::scalar::Binary;

use crate::{
    content::Line,
    expression::{Count, Expression, Node, NodeId},
};

/// An equality of whole numbers.
pub(crate) fn arithmetic(left: Expression, right: usize) -> Line {
    Line::of([left, number(right as f64)])
}

/// A number.
pub(crate) fn number(x: f64) -> Expression {
    let mut expression = Expression::default();
    expression.push(Node::Number(x));
    expression
}

/// A count of the network, printed as a number.
pub(crate) fn counted(count: Count) -> Expression {
    let mut expression = Expression::default();
    expression.push_count(count);
    expression
}

/// Products of whole numbers, added up.
pub(crate) fn sum_of_products(terms: &[Vec<usize>]) -> Expression {
    let mut expression = Expression::default();
    let mut sum: Option<NodeId> = None;
    for factors in terms {
        let mut product = None;
        for factor in factors {
            let factor = expression.push(Node::Number(*factor as f64));
            product = Some(joined(&mut expression, Binary::Multiply, product, factor));
        }
        if let Some(product) = product {
            sum = Some(joined(&mut expression, Binary::Add, sum, product));
        }
    }
    expression
}

/// An operation on what is there so far, where something is, and a new operand.
fn joined(expression: &mut Expression, op: Binary, before: Option<NodeId>, operand: NodeId) -> NodeId {
    before.map_or(operand, |before| expression.push(Node::Binary(op, before, operand)))
}
