//! The sizes of the matrices in products, for a whole batch.

use mlp_dsl::{ir::equation::EquationId, model::Reduction, shape::Shape};

use crate::{
    content::{ProductSizes, Section, Side, Size, Text},
    expression::{ArrayOp, Expression, Node, NodeId, equation::of_equation},
    phrases,
};

use super::{
    facts::{Facts, ITEMS},
    samples::{fitting, rows_of},
};

/// A table of the matrix products inside equations, of the forward pass or not.
pub(super) fn sizes(facts: &Facts<'_>, section: &mut Section, ids: &[EquationId], forward: bool) {
    let mut rows: Vec<Vec<Text>> = Vec::new();
    // The sizes for one sample are below the symbols.
    if facts.is_single() {
        return;
    }
    for id in ids.iter().take(ITEMS) {
        for sizes in products(facts, *id) {
            let size = |size: Size| phrases::size(Some(size.rows), size.columns);
            let product = Side::symbols(sizes.of.clone());
            let value = Side::symbols(if sizes.of.names_any_sample() {
                Expression::symbol(facts.derivation, *id).of_sample(facts.derivation, None)
            } else {
                Expression::symbol(facts.derivation, *id)
            });
            let mut row: Vec<Text> = vec![vec![value.into()], vec![product.into()]];
            row.extend([size(sizes.left), size(sizes.right), size(sizes.result), vec![sizes.into()]]);
            rows.push(row);
        }
    }
    rows.truncate(ITEMS);
    if !rows.is_empty() {
        let other = Some(facts.batch_of_sizes()).filter(|batch| *batch != facts.batch_size());
        section.paragraph(phrases::sizes(other));
        section.table(&phrases::sizes_columns(forward), rows);
    }
}

/// The matrix products of an equation.
fn products(facts: &Facts<'_>, id: EquationId) -> Vec<ProductSizes> {
    let expression = fitting(facts, &of_equation(facts.derivation, id));
    let over_batch = expression.over_batch().map(|over_batch| over_batch.each.clone());
    let is_over_batch = over_batch.is_some();
    let inner = over_batch.unwrap_or(expression);
    let over_batch = sum_of_rows(facts, &inner).filter(|_| is_over_batch);
    let nodes = inner.nodes().iter().enumerate();
    let products = nodes.filter_map(|(index, node)| {
        let Node::Array(op, operands) = node else { return None };
        let [a, b] = operands.as_slice() else { return None };
        let of = inner.clone().ending_at(Some(NodeId::new(index)));
        product_sizes(facts, *op, [*a, *b], of)
    });
    products.chain(over_batch).collect()
}

/// The sum of the rows of a batch, which is a product with ones.
fn sum_of_rows(facts: &Facts<'_>, each: &Expression) -> Option<ProductSizes> {
    let Shape::Vector(_) = each.shape() else { return None };
    if matches!(each.root(), Some(Node::Array(ArrayOp::TransposedProduct, _))) || each.names_any_sample() {
        return None;
    }
    // What is the same for all samples has a row for each of them too.
    let right = Size { rows: facts.batch_of_sizes(), ..size(facts, each, each.last()) };
    let mut of = Expression::default();
    of.push_shaped(Node::Batch(Reduction::Sum, Box::new(each.clone())), each.shape());
    let left = Size { rows: 1, columns: right.rows };
    Some(ProductSizes { left, right, result: Size { rows: 1, columns: right.columns }, of })
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
        ArrayOp::Dot => (a, b.turned()),
        ArrayOp::Sum
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

/// The size of a value for the whole batch; of a row where the formula is that of a row.
fn size(facts: &Facts<'_>, expression: &Expression, id: NodeId) -> Size {
    let rows = rows_of(facts, expression, id, facts.batch_of_sizes());
    match expression.shape_of(id) {
        Shape::Scalar => Size { rows, columns: 1 },
        Shape::Vector(columns) => Size { rows, columns },
        Shape::Matrix(rows, columns) => Size { rows, columns },
    }
}
