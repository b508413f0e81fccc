//! The sizes of the matrices in products, for a whole batch.

use mlp_dsl::{
    ir::equation::{EquationId, Per},
    shape::Shape,
};

use crate::{
    content::{ProductSizes, Section, Side, Size, Text},
    expression::{ArrayOp, Expression, Node, NodeId, Quantity, equation::of_equation},
    phrases,
};

use super::{
    facts::{Facts, ITEMS},
    lines::symbol,
};

/// A table of the matrix products inside equations, of the forward pass or not.
pub(super) fn sizes(facts: &Facts<'_>, section: &mut Section, ids: &[EquationId], forward: bool) {
    let mut rows: Vec<Vec<Text>> = Vec::new();
    for id in ids.iter().take(ITEMS) {
        for sizes in products(facts, *id) {
            let size = |size: Size| phrases::size(Some(size.rows), size.columns);
            let product = Side::symbols(sizes.of.clone());
            let mut row: Vec<Text> = vec![vec![symbol(facts, *id).into()], vec![product.into()]];
            row.extend([size(sizes.left), size(sizes.right), size(sizes.result), vec![sizes.into()]]);
            rows.push(row);
        }
    }
    rows.truncate(ITEMS);
    if !rows.is_empty() {
        section.paragraph(phrases::sizes());
        section.table(&phrases::sizes_columns(forward), rows);
    }
}

/// The matrix products of an equation.
fn products(facts: &Facts<'_>, id: EquationId) -> Vec<ProductSizes> {
    let expression = of_equation(facts.derivation, id);
    let inner = match expression.root() {
        Some(Node::Batch(_, inner)) => (**inner).clone(),
        Some(_) | None => expression,
    };
    let nodes = inner.nodes().iter().enumerate();
    nodes
        .filter_map(|(index, node)| {
            let Node::Array(op, operands) = node else { return None };
            let [a, b] = operands.as_slice() else { return None };
            let of = inner.clone().ending_at(Some(NodeId::new(index)));
            product_sizes(facts, *op, [*a, *b], of)
        })
        .collect()
}

/// `50 × 1024 · 1024 × 20 = 50 × 20`
fn product_sizes(
    facts: &Facts<'_>,
    op: ArrayOp,
    [a, b]: [NodeId; 2],
    of: Expression,
) -> Option<ProductSizes> {
    let (a, b) = (size(facts, &of, a), size(facts, &of, b));
    let (left, right) = match op {
        ArrayOp::Product => (a, b),
        ArrayOp::ProductTransposed => (a, b.turned()),
        ArrayOp::TransposedProduct => (a.turned(), b),
        ArrayOp::Dot
        | ArrayOp::Sum
        | ArrayOp::Softmax
        | ArrayOp::LogSoftmax
        | ArrayOp::CrossEntropy
        | ArrayOp::SoftmaxCrossEntropy
        | ArrayOp::Pack
        | ArrayOp::Transposed
        | ArrayOp::SumSquares
        | ArrayOp::SumOverIndex
        | ArrayOp::Part(_)
        | ArrayOp::Element(_)
        | ArrayOp::Cell(..)
        | ArrayOp::Fill => return None,
    };
    Some(ProductSizes { left, right, result: Size { rows: left.rows, columns: right.columns }, of })
}

/// The size of a value for the whole batch.
fn size(facts: &Facts<'_>, expression: &Expression, id: NodeId) -> Size {
    let per_sample = match expression.node(id) {
        Some(Node::Quantity(Quantity::Equation(id))) => facts.derivation.equation(*id).per == Per::Sample,
        Some(_) | None => true,
    };
    let rows = if per_sample { facts.batch_size() } else { 1 };
    match expression.shape_of(id) {
        Shape::Scalar => Size { rows, columns: 1 },
        Shape::Vector(columns) => Size { rows, columns },
        Shape::Matrix(rows, columns) => Size { rows, columns },
    }
}
