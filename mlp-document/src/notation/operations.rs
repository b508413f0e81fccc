//! The notation of operations.

use mlp_dsl::formula::{operator::Comparison, scalar::Binary};

use crate::expression::ArrayOp;

use super::{
    CELLS,
    book::relation,
    math::{Binding, Fence, Math, Name, Operator, Style},
};

/// An operation on two numbers, or on two arrays element by element.
pub(super) fn binary(op: Binary, a: &Math, b: &Math, arrays: bool) -> Math {
    let infix = |left, operator, right| Math::infix(a.at_least(left), operator, b.at_least(right));
    match op {
        Binary::Add => infix(Binding::Sum, Operator::Plus, Binding::Product),
        Binary::Subtract => infix(Binding::Sum, Operator::Minus, Binding::Product),
        Binary::Multiply if arrays => infix(Binding::Closed, Operator::Elementwise, Binding::Closed),
        Binary::Multiply => infix(Binding::Product, Operator::Dot, Binding::Closed),
        Binary::Divide => Math::fraction(a.clone(), b.clone()),
        Binary::Power => a.at_least(Binding::Atom).raised(b.clone()),
    }
}

/// A choice.
pub(super) fn select(comparison: Comparison, [left, right, then, otherwise]: [&Math; 4]) -> Math {
    let relation = relation(comparison);
    Math::Cases {
        then: Box::new(then.clone()),
        condition: Box::new(Math::infix(left.clone(), relation, right.clone())),
        otherwise: Box::new(otherwise.clone()),
    }
}

/// An operation on arrays whose result has `length` numbers, with vectors as columns or as rows; `None` where an operand
/// is missing.
pub(super) fn array_operation(op: ArrayOp, operands: &[Math], length: usize, columns: bool) -> Option<Math> {
    let first = operands.first()?;
    let second = || operands.get(1);
    let transposed = Math::transposed;
    let closed = |piece: &Math| piece.at_least(Binding::Closed);
    let product = |a: Math, b: Math| Math::infix(a, Operator::Juxtaposed, b);
    Some(match op {
        ArrayOp::Product if columns => product(transposed(second()?), closed(first)),
        ArrayOp::ProductTransposed if columns => product(closed(second()?), closed(first)),
        ArrayOp::TransposedProduct if columns => product(closed(first), transposed(second()?)),
        ArrayOp::Dot if columns => product(transposed(first), closed(second()?)),
        ArrayOp::Product => product(closed(first), closed(second()?)),
        ArrayOp::ProductTransposed | ArrayOp::Dot => product(closed(first), transposed(second()?)),
        ArrayOp::TransposedProduct => product(transposed(first), closed(second()?)),
        ArrayOp::Sum => Math::Row(Math::sum_over(index(), vec![indexed(first)])),
        ArrayOp::Softmax => softmax(first),
        ArrayOp::LogSoftmax => Math::call(Name::function("ln").into(), [softmax(first)]),
        ArrayOp::CrossEntropy => cross_entropy(indexed(first), second()?),
        ArrayOp::SoftmaxCrossEntropy => cross_entropy(softmax(first).lowered(index()), second()?),
        ArrayOp::SumOverIndex => Math::Row(Math::sum_over(index(), vec![first.at_least(Binding::Product)])),
        ArrayOp::Pack => pack(operands),
        ArrayOp::Transposed => transposed(first),
        ArrayOp::SumSquares => {
            let square = Math::Scripts {
                base: Box::new(indexable(first)),
                below: Some(Box::new(index())),
                above: Some(Box::new(Math::whole(2))),
            };
            Math::Row(Math::sum_over(index(), vec![square]))
        }
        ArrayOp::Part(start) => {
            let range = Math::infix(Math::whole(start + 1), Operator::Range, Math::whole(start + length));
            first.clone().fenced(Fence::Square).lowered(range)
        }
        ArrayOp::Element(index) => first.clone().fenced(Fence::Square).lowered(Math::whole(index + 1)),
        ArrayOp::Cell(row, column) => {
            let place = Math::list([row, column].map(|index| Math::whole(index + 1)));
            first.clone().fenced(Fence::Square).lowered(place)
        }
        ArrayOp::Fill if *first == Math::whole(1) => ones(),
        ArrayOp::Fill => Math::infix(first.at_least(Binding::Product), Operator::Dot, ones()),
    })
}

/// A vector of ones.
pub(super) fn ones() -> Math {
    Name { style: Style::Bold, ..Name::digits("1") }.into()
}

/// The index of a sum over elements.
fn index() -> Math {
    Name::letter("k").into()
}

fn softmax(z: &Math) -> Math {
    Math::call(Name::word("softmax").into(), [z.clone()])
}

/// −Σ tₖ ln pₖ, of an indexed p.
fn cross_entropy(p: Math, t: &Math) -> Math {
    let mut row = vec![Operator::Negative.into()];
    let terms = vec![indexed(t), Operator::Juxtaposed.into(), Name::function("ln").into(), p];
    row.extend(Math::sum_over(index(), terms));
    Math::Row(row)
}

/// Numbers and rows side by side, the middle left out where they are many.
fn pack(operands: &[Math]) -> Math {
    match operands {
        [first, second, .., last] if operands.len() > CELLS => {
            Math::list([first.clone(), second.clone(), Operator::Ellipsis.into(), last.clone()])
        }
        _ => Math::list(operands.iter().cloned()),
    }
    .fenced(Fence::Round)
}

/// xₖ
fn indexed(piece: &Math) -> Math {
    indexable(piece).lowered(index())
}

/// In brackets where an index below it would be misread.
fn indexable(piece: &Math) -> Math {
    let has_subscript = matches!(piece, Math::Name(name) if !name.subscripts.is_empty());
    if has_subscript { piece.clone().fenced(Fence::Round) } else { piece.at_least(Binding::Atom) }
}
