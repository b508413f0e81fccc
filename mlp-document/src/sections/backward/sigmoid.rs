//! Why the gradient is short where a binary cross-entropy follows a sigmoid: the derivation, for any output.

use mlp_dsl::{
    formula::{
        FunctionId,
        scalar::{Binary, Unary},
    },
    ir::equation::Role,
};

use crate::{
    content::{Line, Section, Side},
    expression::{
        Expression, Node, NodeId,
        book::with_textbook_forms,
        equation::{expanded, of_equation},
    },
    notation::{
        letters::OwnLetters,
        math::{Math, Name},
    },
    phrases,
    sections::{facts::Facts, lines::first_element},
};

/// Adds the derivation, where the loss is that of a sigmoid(z) and a target t.
pub(super) fn sigmoid_with_cross_entropy(facts: &Facts<'_>, section: &mut Section) {
    let Some(letters) = Letters::find(facts) else { return };
    section.paragraph(phrases::sigmoid_with_cross_entropy(
        [letters.side("z"), letters.side("t")],
        letters.definition(),
    ));
    section.lines(vec![
        letters.loss(),
        letters.loss_by_probability(),
        letters.probability_by_input(),
        letters.loss_by_input(),
    ]);
    section.paragraph(phrases::from_the_net_input(letters.side("z"), letters.side("p")));
    section.lines(vec![letters.computed(facts)]);
}

/// The values of the letters: z is kept between −1 and 1, so that no logarithm is of 0.
struct Letters {
    z: Expression,
    t: Expression,
    sigmoid: FunctionId,
    log_loss: FunctionId,
    /// Whether the letters have an index: the names of layers are rows.
    indexed: bool,
    /// The letter of the cross-entropy.
    loss: &'static str,
    own: OwnLetters,
}

impl Letters {
    /// The first net input and target that have a log loss.
    fn find(facts: &Facts<'_>) -> Option<Self> {
        let derivation = facts.derivation;
        let sigmoid = derivation.prelude_function("sigmoid")?;
        let log_loss = derivation.prelude_function("log_loss_from_logit")?;
        let of_loss = derivation.numbered().filter(|(_, equation)| equation.role == Role::Loss);
        let mut calls =
            of_loss.filter(|(_, equation)| equation.formula().is_some_and(|formula| formula.calls(log_loss)));
        let loss = of_equation(derivation, calls.next()?.0);
        let call = loss.nodes().iter().find_map(|node| {
            let Node::Apply(id, arguments) = node else { return None };
            (*id == log_loss).then_some(arguments.as_slice())
        });
        let [z, t] = call? else { return None };
        let [mut z, t] = [z, t].map(|id| first_element(&loss.clone().ending_at(Some(*id))));
        let unbounded = z.last();
        z.push(Node::Unary(Unary::Tanh, unbounded));
        let (indexed, loss) = (!facts.at_neuron_level(), facts.letter_of_loss());
        Some(Letters { z, t, sigmoid, log_loss, indexed, loss, own: facts.letters_of_sigmoid() })
    }

    /// p = σ(z)
    fn definition(&self) -> Line {
        let mut sigmoid = Expression::default();
        let z = self.letter(&mut sigmoid, "z");
        sigmoid.push(Node::Apply(self.sigmoid, vec![z]));
        Line::of([self.one_letter("p"), sigmoid])
    }

    /// E = −(t ln p + (1 − t) ln(1 − p))
    fn loss(&self) -> Line {
        let mut sum = Expression::default();
        let (t, p) = (self.letter(&mut sum, "t"), self.letter(&mut sum, "p"));
        let one = sum.push(Node::Number(1.0));
        let log = sum.push(Node::Unary(Unary::Ln, p));
        let first = sum.push(Node::Binary(Binary::Multiply, t, log));
        let [t, p] = [t, p].map(|x| sum.push(Node::Binary(Binary::Subtract, one, x)));
        let log = sum.push(Node::Unary(Unary::Ln, p));
        let second = sum.push(Node::Binary(Binary::Multiply, t, log));
        let both = sum.push(Node::Binary(Binary::Add, first, second));
        sum.push(Node::Unary(Unary::Negate, both));
        Line::of([self.one_letter(self.loss), sum])
    }

    /// ∂E/∂p = −(t · 1/p + (1 − t) · −1/(1 − p)) = (−t (1 − p) + (1 − t) p) / (p (1 − p)) = (p − t) / (p (1 − p))
    fn loss_by_probability(&self) -> Line {
        let mut letter = Expression::default();
        self.derivative_by_probability(&mut letter);
        let mut sum = Expression::default();
        let (t, p) = (self.letter(&mut sum, "t"), self.letter(&mut sum, "p"));
        let one = sum.push(Node::Number(1.0));
        let [rest_t, rest_p] = [t, p].map(|x| sum.push(Node::Binary(Binary::Subtract, one, x)));
        let of_log = sum.push(Node::Binary(Binary::Divide, one, p));
        let first = sum.push(Node::Binary(Binary::Multiply, t, of_log));
        let minus = sum.push(Node::Number(-1.0));
        let of_log = sum.push(Node::Binary(Binary::Divide, minus, rest_p));
        let second = sum.push(Node::Binary(Binary::Multiply, rest_t, of_log));
        let both = sum.push(Node::Binary(Binary::Add, first, second));
        sum.push(Node::Unary(Unary::Negate, both));
        let mut common = Expression::default();
        let (t, p) = (self.letter(&mut common, "t"), self.letter(&mut common, "p"));
        let one = common.push(Node::Number(1.0));
        let [rest_t, rest_p] = [t, p].map(|x| common.push(Node::Binary(Binary::Subtract, one, x)));
        let first = common.push(Node::Binary(Binary::Multiply, t, rest_p));
        let first = common.push(Node::Unary(Unary::Negate, first));
        let second = common.push(Node::Binary(Binary::Multiply, rest_t, p));
        let above = common.push(Node::Binary(Binary::Add, first, second));
        let below = common.push(Node::Binary(Binary::Multiply, p, rest_p));
        common.push(Node::Binary(Binary::Divide, above, below));
        let sides = [letter, sum, common, self.quotient()].map(Side::symbols).to_vec();
        Line { subject: Vec::new(), sides }
    }

    /// ∂p/∂z = p (1 − p)
    fn probability_by_input(&self) -> Line {
        let (mut letter, mut product) = (Expression::default(), Expression::default());
        self.derivative_by_input(&mut letter);
        self.variance(&mut product);
        Line::of([letter, product])
    }

    /// ∂E/∂z = ∂E/∂p · ∂p/∂z = p − t
    fn loss_by_input(&self) -> Line {
        let mut chain = Expression::default();
        let outer = self.derivative_by_probability(&mut chain);
        let inner = self.derivative_by_input(&mut chain);
        chain.push(Node::Binary(Binary::Multiply, outer, inner));
        let mut difference = Expression::default();
        self.difference(&mut difference);
        let mut letter = Expression::default();
        letter.push_letter(Math::derivative(self.name(self.loss), self.name("z").into()), difference.clone());
        let mut product = self.quotient();
        let outer = product.last();
        let inner = self.variance(&mut product);
        product.push(Node::Binary(Binary::Multiply, outer, inner));
        let sides = [letter, chain, product, difference].map(Side::symbols).to_vec();
        Line { subject: Vec::new(), sides }
    }

    /// E as the program computes it from z.
    fn computed(&self, facts: &Facts<'_>) -> Line {
        let mut call = Expression::default();
        let (z, t) = (self.letter(&mut call, "z"), self.letter(&mut call, "t"));
        call.push(Node::Apply(self.log_loss, vec![z, t]));
        let computed = expanded(&call, facts.derivation).unwrap_or(call);
        let computed = with_textbook_forms(&computed, facts.derivation);
        Line::of([self.one_letter(self.loss), computed])
    }

    fn side(&self, letter: &str) -> Side {
        Side::symbols(self.one_letter(letter))
    }

    fn one_letter(&self, letter: &str) -> Expression {
        let mut expression = Expression::default();
        self.letter(&mut expression, letter);
        expression
    }

    fn letter(&self, expression: &mut Expression, letter: &str) -> NodeId {
        let value = match letter {
            "z" => self.z.clone(),
            "t" => self.t.clone(),
            "p" => self.p(),
            _ => {
                let mut loss = self.z.clone();
                let z = loss.last();
                let t = loss.append(&self.t);
                loss.push(Node::Apply(self.log_loss, vec![z, t]));
                loss
            }
        };
        expression.push_letter(self.name(letter).into(), value)
    }

    fn name(&self, letter: &str) -> Name {
        let name = self.own.name(letter);
        if self.indexed { name.with(Name::letter("k")) } else { name }
    }

    /// σ(z)
    fn p(&self) -> Expression {
        let mut p = self.z.clone();
        let z = p.last();
        p.push(Node::Apply(self.sigmoid, vec![z]));
        p
    }

    /// p − t
    fn difference(&self, expression: &mut Expression) -> NodeId {
        let (p, t) = (self.letter(expression, "p"), self.letter(expression, "t"));
        expression.push(Node::Binary(Binary::Subtract, p, t))
    }

    /// p (1 − p)
    fn variance(&self, expression: &mut Expression) -> NodeId {
        let p = self.letter(expression, "p");
        let one = expression.push(Node::Number(1.0));
        let rest = expression.push(Node::Binary(Binary::Subtract, one, p));
        expression.push(Node::Binary(Binary::Multiply, p, rest))
    }

    /// (p − t) / (p (1 − p))
    fn quotient(&self) -> Expression {
        let mut quotient = Expression::default();
        let above = self.difference(&mut quotient);
        let below = self.variance(&mut quotient);
        quotient.push(Node::Binary(Binary::Divide, above, below));
        quotient
    }

    fn derivative_by_probability(&self, expression: &mut Expression) -> NodeId {
        let math = Math::derivative(self.name(self.loss), self.name("p").into());
        expression.push_letter(math, self.quotient())
    }

    fn derivative_by_input(&self, expression: &mut Expression) -> NodeId {
        let mut value = Expression::default();
        self.variance(&mut value);
        expression.push_letter(Math::derivative(self.name("p"), self.name("z").into()), value)
    }
}
