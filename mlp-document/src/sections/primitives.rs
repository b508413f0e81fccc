//! The derivatives of exp, ln, tanh, sqrt and erf, each with the reason for it: from the exponential function, or from
//! the function that it undoes.

use mlp_dsl::formula::scalar::{Binary, Unary};

use crate::{
    content::{Line, Side},
    expression::{Expression, Node, NodeId, Quantity},
    notation::math::{Mark, Math, Name},
};

use super::{facts::Facts, lines::first_element};

/// The functions of one number whose derivative is given where it is used first.
pub(super) fn is_derived(op: Unary) -> bool {
    match op {
        Unary::Exp | Unary::Ln | Unary::Sqrt | Unary::Tanh | Unary::Erf => true,
        Unary::Negate | Unary::Floor => false,
    }
}

/// What a form of the function or its derivative adds to an expression that ends with x.
type Step<'s> = &'s dyn Fn(&mut Expression, NodeId) -> NodeId;

/// The lines that derive it, with the argument of its first use as the value of x.
pub(super) fn derivative(facts: &Facts<'_>, op: Unary, argument: &Expression) -> Vec<Line> {
    let value = Box::new(first_element(argument));
    let x = Expression::quantity(facts.derivation, Quantity::Argument { name: "x".to_owned(), value });
    let letter = Side::symbols(letter(op, &x));
    let line = |sides: Vec<Side>| Line { subject: Vec::new(), sides };
    let steps = |steps: &[Step<'_>]| {
        let step = |step: &Step<'_>| {
            let mut expression = x.clone();
            let place = expression.last();
            step(&mut expression, place);
            Side::symbols(expression)
        };
        steps.iter().map(step).collect::<Vec<Side>>()
    };
    let with_letter = |sides: Vec<Side>| line([vec![letter.clone()], sides].concat());
    match op {
        Unary::Tanh => {
            let value = steps(&[&|e, x| e.push(Node::Unary(Unary::Tanh, x)), &|e, x| {
                let [difference, sum] = [Binary::Subtract, Binary::Add].map(|op| exponentials(e, x, op));
                e.push(Node::Binary(Binary::Divide, difference, sum))
            }]);
            let slope = steps(&[
                &|e, x| {
                    let [difference, sum] = [Binary::Subtract, Binary::Add].map(|op| {
                        let sum = exponentials(e, x, op);
                        square(e, sum)
                    });
                    let above = e.push(Node::Binary(Binary::Subtract, sum, difference));
                    e.push(Node::Binary(Binary::Divide, above, sum))
                },
                &|e, x| {
                    let y = e.push(Node::Unary(Unary::Tanh, x));
                    let y = square(e, y);
                    let one = e.push(Node::Number(1.0));
                    e.push(Node::Binary(Binary::Subtract, one, y))
                },
            ]);
            vec![line(value), with_letter(slope)]
        }
        // From e^(ln x) = x: e^(ln x) ln'(x) = 1.
        Unary::Ln => {
            let identity = steps(&[
                &|e, x| {
                    let y = e.push(Node::Unary(Unary::Ln, x));
                    e.push(Node::Unary(Unary::Exp, y))
                },
                &|_, x| x,
            ]);
            let slope = steps(&[
                &|e, x| {
                    let y = e.push(Node::Unary(Unary::Ln, x));
                    let below = e.push(Node::Unary(Unary::Exp, y));
                    reciprocal(e, below)
                },
                &|e, x| reciprocal(e, x),
            ]);
            vec![line(identity), differentiated(&x, op), with_letter(slope)]
        }
        // From (√x)² = x: 2 √x sqrt'(x) = 1.
        Unary::Sqrt => {
            let identity = steps(&[
                &|e, x| {
                    let y = e.push(Node::Unary(Unary::Sqrt, x));
                    square(e, y)
                },
                &|_, x| x,
            ]);
            let slope = steps(&[&|e, x| {
                let y = e.push(Node::Unary(Unary::Sqrt, x));
                let two = e.push(Node::Number(2.0));
                let below = e.push(Node::Binary(Binary::Multiply, two, y));
                reciprocal(e, below)
            }]);
            vec![line(identity), differentiated(&x, op), with_letter(slope)]
        }
        Unary::Exp => vec![with_letter(steps(&[&|e, x| e.push(Node::Unary(Unary::Exp, x))]))],
        Unary::Erf => vec![with_letter(steps(&[&|e, x| gauss(e, x)]))],
        Unary::Negate | Unary::Floor => Vec::new(),
    }
}

/// e^(ln x) · ln'(x) = 1, or 2 √x · sqrt'(x) = 1.
fn differentiated(x: &Expression, op: Unary) -> Line {
    let mut product = x.clone();
    let x = product.last();
    let y = product.push(Node::Unary(op, x));
    let outer = if op == Unary::Ln {
        product.push(Node::Unary(Unary::Exp, y))
    } else {
        let two = product.push(Node::Number(2.0));
        product.push(Node::Binary(Binary::Multiply, two, y))
    };
    let inner = product.append(&letter(op, &product.clone().ending_at(Some(x))));
    product.push(Node::Binary(Binary::Multiply, outer, inner));
    let mut one = Expression::default();
    one.push(Node::Number(1.0));
    Line::of([product, one])
}

/// f'(x), with the value that the formula gives.
fn letter(op: Unary, x: &Expression) -> Expression {
    let name = match op {
        Unary::Exp | Unary::Ln | Unary::Tanh => Name::function(op.name().unwrap_or_default()),
        Unary::Sqrt | Unary::Erf | Unary::Negate | Unary::Floor => Name::word(op.name().unwrap_or_default()),
    };
    let math = Math::call(name.marked(Mark::Prime).into(), [Name::letter("x").into()]);
    let mut value = x.clone();
    let x = value.last();
    slope(&mut value, op, x);
    let mut letter = Expression::default();
    letter.push_letter(math, value);
    letter
}

/// The derivative of a function of one number, as books write it.
pub(super) fn slope(e: &mut Expression, op: Unary, x: NodeId) -> NodeId {
    match op {
        Unary::Negate => e.push(Node::Number(-1.0)),
        Unary::Exp => e.push(Node::Unary(Unary::Exp, x)),
        Unary::Ln => reciprocal(e, x),
        Unary::Sqrt => {
            let y = e.push(Node::Unary(Unary::Sqrt, x));
            let two = e.push(Node::Number(2.0));
            let below = e.push(Node::Binary(Binary::Multiply, two, y));
            reciprocal(e, below)
        }
        Unary::Tanh => {
            let y = e.push(Node::Unary(Unary::Tanh, x));
            let y = square(e, y);
            let one = e.push(Node::Number(1.0));
            e.push(Node::Binary(Binary::Subtract, one, y))
        }
        Unary::Erf => gauss(e, x),
        Unary::Floor => e.push(Node::Number(0.0)),
    }
}

/// 2/√π e^(−x²)
fn gauss(e: &mut Expression, x: NodeId) -> NodeId {
    let x = square(e, x);
    let x = e.push(Node::Unary(Unary::Negate, x));
    let power = e.push(Node::Unary(Unary::Exp, x));
    let factor = e.push(Node::Number(std::f64::consts::FRAC_2_SQRT_PI));
    e.push(Node::Binary(Binary::Multiply, factor, power))
}

/// eˣ + e⁻ˣ, or the difference.
fn exponentials(e: &mut Expression, x: NodeId, op: Binary) -> NodeId {
    let negative = e.push(Node::Unary(Unary::Negate, x));
    let [up, down] = [x, negative].map(|x| e.push(Node::Unary(Unary::Exp, x)));
    e.push(Node::Binary(op, up, down))
}

fn square(e: &mut Expression, x: NodeId) -> NodeId {
    let two = e.push(Node::Number(2.0));
    e.push(Node::Binary(Binary::Power, x, two))
}

fn reciprocal(e: &mut Expression, x: NodeId) -> NodeId {
    let one = e.push(Node::Number(1.0));
    e.push(Node::Binary(Binary::Divide, one, x))
}
