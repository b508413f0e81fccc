//! Softmax by hand: the exponentials, their sum, the quotients, with numbers; then its derivatives with numbers.

use mlp_dsl::{
    formula::scalar::{Binary, Unary},
    ir::{
        array::Op,
        equation::{EquationId, Symbol},
    },
    shape::Shape,
};

use crate::{
    content::{Form, Line, Section, Side},
    expression::{
        ArrayOp, Expression, Node, NodeId,
        book::{ELEMENTS, by_elements},
        equation::{is_unnamed, of_equation},
    },
    notation::math::Math,
    phrases,
};

use super::facts::Facts;

/// The most classes whose derivatives with respect to one another are written as a matrix.
const MATRIX: usize = 4;

/// Adds the lines of equations of the forward pass; a softmax is computed step by step.
pub(super) fn forward(
    facts: &Facts<'_>,
    section: &mut Section,
    ids: &[EquationId],
    line: &dyn Fn(EquationId) -> Line,
) {
    for own in ids.chunk_by(|a, b| !is_softmax(facts, *a) && !is_softmax(facts, *b)) {
        match own {
            [id] if is_softmax(facts, *id) => softmax(facts, section, *id, line),
            own => section.lines(own.iter().map(|id| line(*id)).collect()),
        }
    }
}

fn is_softmax(facts: &Facts<'_>, id: EquationId) -> bool {
    matches!(facts.derivation.equation(id).op, Op::Softmax(_))
}

fn softmax(facts: &Facts<'_>, section: &mut Section, id: EquationId, line: &dyn Fn(EquationId) -> Line) {
    let Some(parts) = Parts::of(facts, id) else {
        section.more_lines(vec![line(id)]);
        return;
    };
    section.paragraph(phrases::softmax_by_parts());
    section.lines(if facts.at_neuron_level() {
        parts.by_classes(facts)
    } else {
        parts.as_rows(facts, line(id))
    });
}

/// A softmax whose exponentials can be written.
struct Parts {
    id: EquationId,
    /// softmax(z)
    formula: Expression,
    /// The node of z.
    z: NodeId,
    classes: usize,
}

impl Parts {
    fn of(facts: &Facts<'_>, id: EquationId) -> Option<Self> {
        let Shape::Vector(classes) = facts.derivation.shape(id) else { return None };
        let formula = of_equation(facts.derivation, id);
        let Some(Node::Array(ArrayOp::Softmax, operands)) = formula.root() else { return None };
        let z = *operands.first()?;
        let parts = Parts { id, z, classes, formula };
        let shown = facts.numbers.is_some() && facts.options.round_each.is_none();
        let fits = classes <= ELEMENTS && (facts.at_neuron_level() || facts.samples() == 1 && shown);
        (fits && parts.are_finite(facts)).then_some(parts)
    }

    /// Whether no exponential overflows, and not all of them vanish.
    fn are_finite(&self, facts: &Facts<'_>) -> bool {
        let Some(numbers) = facts.numbers else { return true };
        let sum = self.row_sum();
        (0..numbers.samples()).all(|sample| {
            let sum = sum.evaluate(facts.derivation, numbers, sample);
            sum.is_some_and(|sum| {
                let sum = sum.scalar().value();
                sum.is_finite() && sum > 0.0
            })
        })
    }

    /// Σₖ exp(zₖ)
    fn row_sum(&self) -> Expression {
        let mut sum = self.formula.clone().ending_at(Some(self.z));
        let z = sum.last();
        let each = sum.push(Node::Unary(Unary::Exp, z));
        sum.push_shaped(Node::Array(ArrayOp::Sum, vec![each]), Shape::Scalar);
        sum
    }

    /// zₖ
    fn argument(&self, facts: &Facts<'_>, class: usize) -> Expression {
        let mut element = self.formula.clone().ending_at(Some(self.z));
        let z = element.last();
        element.push_shaped(Node::Array(ArrayOp::Element(class), vec![z]), Shape::Scalar);
        by_elements(&element, facts.derivation, facts.simplex)
    }

    /// exp(zₖ)
    fn exponential(&self, facts: &Facts<'_>, class: usize) -> Expression {
        let mut exponential = self.argument(facts, class);
        let z = exponential.last();
        exponential.push(Node::Unary(Unary::Exp, z));
        exponential
    }

    /// exp(z₁) + exp(z₂) + …
    fn sum(&self, facts: &Facts<'_>) -> Expression {
        let mut sum = Expression::default();
        let mut total = None;
        for class in 0..self.classes {
            let each = sum.append(&self.exponential(facts, class));
            total = Some(match total {
                None => each,
                Some(total) => sum.push(Node::Binary(Binary::Add, total, each)),
            });
        }
        sum
    }

    /// A line for each exponential, for the sum, for each quotient.
    fn by_classes(&self, facts: &Facts<'_>) -> Vec<Line> {
        let line = |sides: Vec<Side>| Line { subject: vec![self.id], sides };
        // The exponentials and their sum are no values of the network, so nobody rounds them.
        let rounded = facts.options.round_each.is_some();
        let shown = facts.numbers.is_some() && !rounded;
        let mut lines = Vec::new();
        if shown {
            for class in 0..self.classes {
                let each = self.exponential(facts, class);
                lines.push(line(
                    [Form::Symbols, Form::Numbers, Form::Value]
                        .map(|form| Side::new(form, each.clone()))
                        .to_vec(),
                ));
            }
            let sum = self.sum(facts);
            lines.push(line(
                [Form::Symbols, Form::Terms, Form::Value].map(|form| Side::new(form, sum.clone())).to_vec(),
            ));
        }
        for class in 0..self.classes {
            let mut quotient = self.exponential(facts, class);
            let above = quotient.last();
            let below = quotient.append(&self.sum(facts));
            quotient.push(Node::Binary(Binary::Divide, above, below));
            let name = element(&Expression::symbol(facts.derivation, self.id), class);
            let mut sides = vec![Side::symbols(name.clone()), Side::symbols(quotient.clone())];
            if facts.numbers.is_some() {
                let form = if rounded { Form::Numbers } else { Form::Terms };
                sides.extend([Side::new(form, quotient), Side::new(Form::Value, name)]);
            }
            lines.push(line(sides));
        }
        lines
    }

    /// The row of the exponentials, their sum, the row of the quotients.
    fn as_rows(&self, facts: &Facts<'_>, line: Line) -> Vec<Line> {
        let mut each = self.formula.clone().ending_at(Some(self.z));
        let z = each.last();
        each.push(Node::Unary(Unary::Exp, z));
        let sum = self.row_sum();
        let mut quotient = each.clone();
        let above = quotient.last();
        let below = quotient.append(&sum);
        quotient.push(Node::Binary(Binary::Divide, above, below));
        let own = |sides: Vec<Side>| Line { subject: vec![self.id], sides };
        let both = |of: Expression| vec![Side::symbols(of.clone()), Side::new(Form::Value, of)];
        let mut summed = both(sum);
        summed.insert(1, Side::new(Form::Terms, self.sum(facts)));
        let mut sides = line.sides;
        let value = sides.pop();
        sides.extend([Side::symbols(quotient.clone()), Side::new(Form::Terms, quotient)]);
        sides.extend(value);
        vec![own(both(each)), own(summed), own(sides)]
    }
}

/// An element of a row.
fn element(row: &Expression, index: usize) -> Expression {
    let mut element = row.clone();
    let whole = element.last();
    element.push_shaped(Node::Array(ArrayOp::Element(index), vec![whole]), Shape::Scalar);
    element
}

/// The derivatives of the cross-entropy of softmax(z) with numbers: with respect to the probabilities, of these with respect to z,
/// and the product.
pub(super) fn derivatives(facts: &Facts<'_>, z: EquationId, t: EquationId) -> Vec<Line> {
    let derivation = facts.derivation;
    let Shape::Vector(classes) = derivation.shape(z) else { return Vec::new() };
    let own = facts.letters_of_softmax(z, t);
    let rounded = facts.options.round_each.is_some();
    if facts.samples() > 1 || facts.numbers.is_none() || rounded || classes > MATRIX {
        return Vec::new();
    }
    let known = derivation
        .numbered()
        .find(|(id, equation)| equation.op == Op::Softmax(z) && !is_unnamed(derivation, *id));
    let p = match known {
        Some((p, _)) => Expression::symbol(derivation, p),
        None => {
            let mut p = of_equation(derivation, z);
            let z = p.last();
            p.push_shaped(Node::Array(ArrayOp::Softmax, vec![z]), Shape::Vector(classes));
            letter(own.name("p").into(), p)
        }
    };
    let simplex = facts.sums_to_one(t);
    let t = if is_unnamed(derivation, t) {
        of_equation(derivation, t)
    } else {
        Expression::symbol(derivation, t)
    };
    let by_p = by_probabilities(&p, &t);
    let matrix = of_probabilities(&p, classes);
    let derivative = |of: &str, by: &str| Math::derivative(own.name(of), own.name(by).into());
    let loss = facts.letter_of_loss();
    let outer = letter(derivative(loss, "p"), by_p.clone());
    let inner = letter(derivative("p", "z"), matrix.clone());
    let mut product = outer.clone();
    let left = product.last();
    let right = product.append(&inner);
    product.push_shaped(Node::Array(ArrayOp::Product, vec![left, right]), Shape::Vector(classes));
    let mut difference = p.clone();
    let first = difference.last();
    let target = difference.append(&t);
    difference.push(Node::Binary(Binary::Subtract, first, target));
    let both = |of: Expression| [Side::new(Form::Numbers, of.clone()), Side::new(Form::Value, of)];
    let line = |symbol: Expression, sides: Vec<Side>| {
        let sides = [vec![Side::symbols(symbol)], sides].concat();
        Line { subject: Vec::new(), sides }
    };
    let gradient = derivation.numbered().find(|(_, equation)| equation.symbol == Symbol::Gradient(z));
    // Where the loss is more than the cross-entropy, its gradient is too.
    let gradient = gradient.filter(|_| loss == "E");
    let of_z = gradient.map_or_else(|| product.clone(), |(id, _)| Expression::symbol(derivation, id));
    let down = letter(derivative(loss, "z"), of_z);
    let mut last = vec![Side::symbols(product.clone()), Side::new(Form::Numbers, product)];
    last.extend(simplex.then(|| Side::new(Form::Numbers, difference)));
    last.push(Side::new(Form::Value, down.clone()));
    let lines = vec![
        line(outer, vec![Side::new(Form::Value, by_p)]),
        line(inner, both(matrix).to_vec()),
        line(down, last),
    ];
    let finite = lines.iter().flat_map(|line| &line.sides).all(|side| {
        let value = facts.numbers.and_then(|numbers| side.evaluate(derivation, numbers, 0));
        value.is_some_and(|value| value.iter().all(|x| x.value().is_finite()))
    });
    if finite { lines } else { Vec::new() }
}

/// −t / p, element by element.
fn by_probabilities(p: &Expression, t: &Expression) -> Expression {
    let mut quotient = t.clone();
    let above = quotient.last();
    let below = quotient.append(p);
    let ratio = quotient.push(Node::Binary(Binary::Divide, above, below));
    quotient.push(Node::Unary(Unary::Negate, ratio));
    quotient
}

/// The matrix of ∂pₖ/∂zᵢ: pₖ (1 − pₖ) on the diagonal, −pₖ pᵢ elsewhere.
fn of_probabilities(p: &Expression, classes: usize) -> Expression {
    let mut matrix = Expression::default();
    let elements: Vec<NodeId> = (0..classes).map(|index| matrix.append(&element(p, index))).collect();
    let one = matrix.push(Node::Number(1.0));
    let mut cells = Vec::with_capacity(classes * classes);
    for (k, p_k) in elements.iter().enumerate() {
        for (i, p_i) in elements.iter().enumerate() {
            cells.push(if k == i {
                let rest = matrix.push(Node::Binary(Binary::Subtract, one, *p_i));
                matrix.push(Node::Binary(Binary::Multiply, *p_k, rest))
            } else {
                let both = matrix.push(Node::Binary(Binary::Multiply, *p_k, *p_i));
                matrix.push(Node::Unary(Unary::Negate, both))
            });
        }
    }
    matrix.push_shaped(Node::Array(ArrayOp::Pack, cells), Shape::Matrix(classes, classes));
    matrix
}

fn letter(math: Math, value: Expression) -> Expression {
    let mut letter = Expression::default();
    letter.push_letter(math, value);
    letter
}

/// The numbers of a target that is one row, element by element: t₁ = 0, t₂ = 1.
pub(super) fn target(facts: &Facts<'_>) -> Vec<Line> {
    let derivation = facts.derivation;
    let targets = derivation.targets.iter().flat_map(|target| target.value.equations());
    let rows = targets.filter(|id| matches!(derivation.shape(**id), Shape::Vector(n) if n <= ELEMENTS));
    let mut lines = Vec::new();
    for id in rows.filter(|_| facts.at_neuron_level() && facts.numbers.is_some()) {
        for index in 0..derivation.shape(*id).count() {
            let element = element(&Expression::symbol(derivation, *id), index);
            let sides = vec![Side::symbols(element.clone()), Side::new(Form::Value, element)];
            lines.push(Line { subject: vec![*id], sides });
        }
    }
    lines
}
