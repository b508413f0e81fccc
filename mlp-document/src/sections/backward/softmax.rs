//! Why the gradient is short where a cross-entropy follows a softmax: the derivation, for any class.
//!
//! Each letter with an index has a value for every pair of classes i and k: a matrix with a row for
//! each i and a column for each k. So the equalities are tested for all pairs at once.

use mlp_dsl::{
    formula::{
        Formula, Term,
        builder::Builder,
        operator::Comparison,
        partials::partials,
        scalar::{Binary, Unary},
    },
    ir::{array::Op, equation::EquationId},
    never::OrNever,
    shape::Shape,
};

use crate::{
    content::{Line, Section, Side},
    expression::{ArrayOp, Expression, Node, NodeId},
    notation::{
        letters::OwnLetters,
        math::{Math, Name},
    },
    phrases,
    sections::{classes, facts::Facts},
};

/// The most classes that the equalities are tested with.
const CLASSES: usize = 4;

/// Adds the derivation for the cross-entropy of softmax(z) and the targets t.
pub(super) fn softmax_with_cross_entropy(facts: &Facts<'_>, section: &mut Section) {
    let operands = facts.derivation.equations.iter().find_map(|equation| {
        let Op::SoftmaxCrossEntropy(z, t) = equation.op else { return None };
        Some((z, t))
    });
    let Some((z, t)) = operands else { return };
    let letters = Letters::new(facts, z, t);
    section.paragraph(phrases::softmax_with_cross_entropy(
        letters.own,
        letters.definition(),
        letters.sum_of_exponentials(),
    ));
    section.lines(vec![
        letters.probability(),
        letters.loss(),
        letters.loss_by_probability(),
        letters.probability_by_input(),
        letters.loss_by_input(),
    ]);
    section.paragraph(phrases::prediction_minus_target(letters.simplex, letters.own.name("z").into()));
    let numbers = classes::derivatives(facts, z, t);
    if !numbers.is_empty() {
        section.paragraph(phrases::softmax_with_numbers());
        section.lines(numbers);
    }
}

/// An index of classes.
#[derive(Clone, Copy)]
enum Index {
    I,
    K,
}

/// The values of the letters: z is kept between −1 and 1, so that no exponential overflows.
struct Letters {
    z: Expression,
    t: Expression,
    classes: usize,
    /// Whether the targets sum to 1.
    simplex: bool,
    /// The letter of the cross-entropy.
    loss: &'static str,
    own: OwnLetters,
}

impl Letters {
    fn new(facts: &Facts<'_>, z: EquationId, t: EquationId) -> Self {
        let classes = facts.derivation.shape(z).count().min(CLASSES);
        let first = |id: EquationId| {
            let mut values = Expression::symbol(facts.derivation, id);
            let all = values.last();
            values.push_shaped(Node::Array(ArrayOp::Part(0), vec![all]), Shape::Vector(classes));
            values
        };
        let mut bounded = first(z);
        let unbounded = bounded.last();
        bounded.push(Node::Unary(Unary::Tanh, unbounded));
        let mut targets = first(t);
        let simplex = facts.sums_to_one(t);
        if simplex {
            // What the first of many lack of a sum of 1 is shared out.
            let own = targets.last();
            let sum = targets.push_shaped(Node::Array(ArrayOp::Sum, vec![own]), Shape::Scalar);
            let (one, count) = (targets.push(Node::Number(1.0)), targets.push(Node::Number(classes as f64)));
            let rest = targets.push(Node::Binary(Binary::Subtract, one, sum));
            let share = targets.push(Node::Binary(Binary::Divide, rest, count));
            targets.push(Node::Binary(Binary::Add, own, share));
        }
        Letters {
            z: bounded,
            t: targets,
            classes,
            simplex,
            loss: facts.letter_of_loss(),
            own: facts.letters_of_softmax(z, t),
        }
    }

    /// p = softmax(z)
    fn definition(&self) -> Line {
        let mut letter = Expression::default();
        letter.push_letter(self.own.name("p").into(), self.p());
        let mut softmax = Expression::default();
        let z = softmax.push_letter(self.own.name("z").into(), self.z.clone());
        softmax.push_shaped(Node::Array(ArrayOp::Softmax, vec![z]), Shape::Vector(self.classes));
        Line::of([letter, softmax])
    }

    /// S = Σₖ exp(zₖ)
    fn sum_of_exponentials(&self) -> Line {
        let mut sum = Expression::default();
        let z = self.letter(&mut sum, "z", Index::K);
        let each = sum.push(Node::Unary(Unary::Exp, z));
        self.sum(&mut sum, each);
        let mut value = Expression::default();
        let z = value.append(&self.value("z", Index::K));
        let each = value.push(Node::Unary(Unary::Exp, z));
        self.sum(&mut value, each);
        let mut letter = Expression::default();
        letter.push_letter(self.own.name("S").into(), value);
        Line::of([letter, sum])
    }

    /// pᵢ = exp(zᵢ) / Σₖ exp(zₖ)
    fn probability(&self) -> Line {
        let mut quotient = Expression::default();
        let z = self.letter(&mut quotient, "z", Index::I);
        let above = quotient.push(Node::Unary(Unary::Exp, z));
        let z = self.letter(&mut quotient, "z", Index::K);
        let each = quotient.push(Node::Unary(Unary::Exp, z));
        let below = self.sum(&mut quotient, each);
        quotient.push(Node::Binary(Binary::Divide, above, below));
        Line::of([self.one_letter("p", Index::I), quotient])
    }

    /// E = −Σₖ tₖ ln pₖ
    fn loss(&self) -> Line {
        let mut loss = Expression::default();
        let (z, t) = (loss.append(&self.z), loss.append(&self.t));
        let loss_of = Node::Array(ArrayOp::SoftmaxCrossEntropy, vec![z, t]);
        let number = loss.push_shaped(loss_of, Shape::Scalar);
        loss.push_shaped(Node::Array(ArrayOp::Fill, vec![number]), self.pairs());
        let mut letter = Expression::default();
        letter.push_letter(Name::letter(self.loss).into(), loss);
        let mut sum = Expression::default();
        let (t, p) = (self.letter(&mut sum, "t", Index::K), self.letter(&mut sum, "p", Index::K));
        let log = sum.push(Node::Unary(Unary::Ln, p));
        let each = sum.push(Node::Binary(Binary::Multiply, t, log));
        let all = self.sum(&mut sum, each);
        sum.push(Node::Unary(Unary::Negate, all));
        Line::of([letter, sum])
    }

    /// ∂E/∂pₖ = −tₖ / pₖ
    fn loss_by_probability(&self) -> Line {
        let mut quotient = Expression::default();
        let (t, p) = (self.letter(&mut quotient, "t", Index::K), self.letter(&mut quotient, "p", Index::K));
        let ratio = quotient.push(Node::Binary(Binary::Divide, t, p));
        quotient.push(Node::Unary(Unary::Negate, ratio));
        let mut letter = Expression::default();
        self.derivative_by_probability(&mut letter);
        Line::of([letter, quotient])
    }

    /// ∂pₖ/∂zᵢ = pₖ (1 − pᵢ) where k = i, and −pₖ pᵢ elsewhere
    fn probability_by_input(&self) -> Line {
        let mut cases = Expression::default();
        let (k, i) = (self.letter(&mut cases, "k", Index::K), self.letter(&mut cases, "i", Index::I));
        let (p_k, p_i) = (self.letter(&mut cases, "p", Index::K), self.letter(&mut cases, "p", Index::I));
        let one = cases.push(Node::Number(1.0));
        let rest = cases.push(Node::Binary(Binary::Subtract, one, p_i));
        let same = cases.push(Node::Binary(Binary::Multiply, p_k, rest));
        let both = cases.push(Node::Binary(Binary::Multiply, p_k, p_i));
        let other = cases.push(Node::Unary(Unary::Negate, both));
        cases.push(Node::Select(Comparison::Equal, [k, i, same, other]));
        let mut letter = Expression::default();
        self.derivative_by_input(&mut letter);
        let sides = [letter, self.by_quotient_rule(), cases].map(Side::symbols).to_vec();
        Line { subject: Vec::new(), sides }
    }

    /// (exp(zₖ) S − exp(zₖ) exp(zᵢ)) / S² where k = i, and (0 · S − exp(zₖ) exp(zᵢ)) / S² elsewhere, with the sum S
    fn by_quotient_rule(&self) -> Expression {
        let mut cases = Expression::default();
        let (k, i) = (self.letter(&mut cases, "k", Index::K), self.letter(&mut cases, "i", Index::I));
        let (z_k, z_i) = (self.letter(&mut cases, "z", Index::K), self.letter(&mut cases, "z", Index::I));
        let [e_k, e_i] = [z_k, z_i].map(|z| cases.push(Node::Unary(Unary::Exp, z)));
        let mut sum = Expression::default();
        let z = sum.append(&self.value("z", Index::K));
        let each = sum.push(Node::Unary(Unary::Exp, z));
        self.sum(&mut sum, each);
        let sum = cases.push_letter(self.own.name("S").into(), sum);
        let (zero, two) = (cases.push(Node::Number(0.0)), cases.push(Node::Number(2.0)));
        let below = cases.push(Node::Binary(Binary::Power, sum, two));
        let both = cases.push(Node::Binary(Binary::Multiply, e_k, e_i));
        let [same, other] = [e_k, zero].map(|slope| {
            let first = cases.push(Node::Binary(Binary::Multiply, slope, sum));
            let above = cases.push(Node::Binary(Binary::Subtract, first, both));
            cases.push(Node::Binary(Binary::Divide, above, below))
        });
        cases.push(Node::Select(Comparison::Equal, [k, i, same, other]));
        cases
    }

    /// ∂E/∂zᵢ = Σₖ ∂E/∂pₖ · ∂pₖ/∂zᵢ = pᵢ Σₖ tₖ − tᵢ
    fn loss_by_input(&self) -> Line {
        let mut chain = Expression::default();
        let outer = self.derivative_by_probability(&mut chain);
        let inner = self.derivative_by_input(&mut chain);
        let each = chain.push(Node::Binary(Binary::Multiply, outer, inner));
        self.sum(&mut chain, each);
        let mut difference = Expression::default();
        let (p, t) =
            (self.letter(&mut difference, "p", Index::I), self.letter(&mut difference, "t", Index::K));
        let all = self.sum(&mut difference, t);
        let product = difference.push(Node::Binary(Binary::Multiply, p, all));
        let t = self.letter(&mut difference, "t", Index::I);
        difference.push(Node::Binary(Binary::Subtract, product, t));
        let mut letter = Expression::default();
        let by = Math::from(self.name("z", Index::I));
        letter.push_letter(
            Math::derivative(Name::letter(self.loss), by),
            self.spread(&self.gradient(), Index::I),
        );
        let mut sides = [letter, chain, difference].map(Side::symbols).to_vec();
        if self.simplex {
            let mut plain = Expression::default();
            let (p, t) = (self.letter(&mut plain, "p", Index::I), self.letter(&mut plain, "t", Index::I));
            plain.push(Node::Binary(Binary::Subtract, p, t));
            sides.push(Side::symbols(plain));
        }
        Line { subject: Vec::new(), sides }
    }

    /// The gradient as the network computes it: softmax(z) · Σ t − t.
    fn gradient(&self) -> Expression {
        let mut gradient = self.p();
        let p = gradient.last();
        let t = gradient.append(&self.t);
        let all = gradient.push_shaped(Node::Array(ArrayOp::Sum, vec![t]), Shape::Scalar);
        let product = gradient.push(Node::Binary(Binary::Multiply, p, all));
        gradient.push(Node::Binary(Binary::Subtract, product, t));
        gradient
    }

    /// ∂E/∂pₖ, with the derivative of −t ln p as its value.
    fn derivative_by_probability(&self, expression: &mut Expression) -> NodeId {
        let mut b = Builder::new();
        let (t, p) = (b.leaf(0), b.leaf(1));
        let log = b.written(Term::Unary(Unary::Ln, p));
        let product = b.multiply(t, log);
        let loss = b.negate(product);
        let derivative = partial(&b.finish(loss), 1);
        let mut value = Expression::default();
        let places = [value.append(&self.value("t", Index::K)), value.append(&self.value("p", Index::K))];
        in_place_of_leaves(&mut value, &derivative, &places);
        expression
            .push_letter(Math::derivative(Name::letter(self.loss), self.name("p", Index::K).into()), value)
    }

    /// ∂pₖ/∂zᵢ, with the derivative of exp(zₖ) / (exp(zᵢ) + the other exponentials) as its value.
    fn derivative_by_input(&self, expression: &mut Expression) -> NodeId {
        let quotient = |same: bool| {
            let mut b = Builder::new();
            let (z_i, z_k, others) = (b.leaf(0), b.leaf(1), b.leaf(2));
            let e_i = b.written(Term::Unary(Unary::Exp, z_i));
            let e_k = if same { e_i } else { b.written(Term::Unary(Unary::Exp, z_k)) };
            let sum = b.add(e_i, others);
            let quotient = b.divide(e_k, sum);
            partial(&b.finish(quotient), 0)
        };
        let mut value = Expression::default();
        let z_i = value.append(&self.value("z", Index::I));
        let z_k = value.append(&self.value("z", Index::K));
        let (e_i, e_k) = (value.push(Node::Unary(Unary::Exp, z_i)), value.push(Node::Unary(Unary::Exp, z_k)));
        let all = self.sum(&mut value, e_k);
        let others = value.push(Node::Binary(Binary::Subtract, all, e_i));
        let same = in_place_of_leaves(&mut value, &quotient(true), &[z_i, z_k, others]);
        let other = in_place_of_leaves(&mut value, &quotient(false), &[z_i, z_k, others]);
        let (k, i) = (value.append(&self.value("k", Index::K)), value.append(&self.value("i", Index::I)));
        value.push(Node::Select(Comparison::Equal, [k, i, same, other]));
        let math = Math::derivative(self.name("p", Index::K), self.name("z", Index::I).into());
        expression.push_letter(math, value)
    }

    /// Adds a letter with an index, or an index.
    fn letter(&self, expression: &mut Expression, letter: &str, index: Index) -> NodeId {
        expression.push_letter(self.name(letter, index).into(), self.value(letter, index))
    }

    fn name(&self, letter: &str, index: Index) -> Name {
        let index = match index {
            Index::I => "i",
            Index::K => "k",
        };
        if letter == index { Name::letter(letter) } else { self.own.name(letter).with(Name::letter(index)) }
    }

    fn one_letter(&self, letter: &str, index: Index) -> Expression {
        let mut expression = Expression::default();
        self.letter(&mut expression, letter, index);
        expression
    }

    fn value(&self, letter: &str, index: Index) -> Expression {
        match letter {
            "z" => self.spread(&self.z, index),
            "t" => self.spread(&self.t, index),
            "p" => self.spread(&self.p(), index),
            _ => self.spread(&self.numbering(), index),
        }
    }

    /// softmax(z)
    fn p(&self) -> Expression {
        let mut p = self.z.clone();
        let z = p.last();
        p.push_shaped(Node::Array(ArrayOp::Softmax, vec![z]), Shape::Vector(self.classes));
        p
    }

    /// The classes by their numbers.
    fn numbering(&self) -> Expression {
        let mut numbers = Expression::default();
        let each = (0..self.classes).map(|class| numbers.push(Node::Number(class as f64))).collect();
        numbers.push_shaped(Node::Array(ArrayOp::Pack, each), Shape::Vector(self.classes));
        numbers
    }

    /// The elements of a vector for all pairs of classes.
    fn spread(&self, vector: &Expression, index: Index) -> Expression {
        let mut matrix = vector.clone();
        let vector = matrix.last();
        let one = matrix.push(Node::Number(1.0));
        let ones = Node::Array(ArrayOp::Fill, vec![one]);
        let ones = matrix.push_shaped(ones, Shape::Vector(self.classes));
        let operands = match index {
            Index::I => vec![vector, ones],
            Index::K => vec![ones, vector],
        };
        matrix.push_shaped(Node::Array(ArrayOp::TransposedProduct, operands), self.pairs());
        matrix
    }

    /// Σₖ
    fn sum(&self, expression: &mut Expression, each: NodeId) -> NodeId {
        expression.push_shaped(Node::Array(ArrayOp::SumOverIndex, vec![each]), self.pairs())
    }

    fn pairs(&self) -> Shape {
        Shape::Matrix(self.classes, self.classes)
    }
}

/// A letter with its index; an index itself has none.
/// The derivative of a formula with respect to one of its leaves.
fn partial(formula: &Formula, leaf: u32) -> Formula {
    let mut b = Builder::new();
    let root = partials(&mut b, formula, None, &[leaf], &[]).first().copied();
    let derivative = root.map(|root| b.finish(root));
    derivative.or_never("there is a derivative for each leaf", Formula::leaf(u32::MAX))
}

/// Adds a formula with these nodes as its leaves.
fn in_place_of_leaves(expression: &mut Expression, formula: &Formula, places: &[NodeId]) -> NodeId {
    let leaf = |_: &mut Expression, leaf: u32| {
        places.get(leaf as usize).copied().or_never("a formula has a place for each leaf", NodeId::NOWHERE)
    };
    expression.formula(formula, &leaf)
}
