//! The table of scalar operations: for each its notation, derivative, referee and kernel.

use std::collections::HashMap;

use super::formula::{Builder, Formula, FunctionId, Select, Term, TermId};
#[cfg(feature = "referee")]
use crate::referee::Real;
use crate::syntax::ast::{Comparison, Operator};

/// An operation on one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// `-x`
    Negate,
    /// eˣ
    Exp,
    /// The natural logarithm.
    Ln,
    /// The hyperbolic tangent.
    Tanh,
}

/// An operation on two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a / b`
    Divide,
    /// `a ^ b`; a whole exponent from 1 to 16 is repeated multiplication from the left.
    Power,
}

impl Unary {
    /// Every operation on one number.
    pub const ALL: [Unary; 4] = [Unary::Negate, Unary::Exp, Unary::Ln, Unary::Tanh];

    /// The function's name in the language, if it is written as a call.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Unary::Negate => None,
            Unary::Exp => Some("exp"),
            Unary::Ln => Some("ln"),
            Unary::Tanh => Some("tanh"),
        }
    }

    /// dy/dx, given x and y.
    pub fn derivative(self, b: &mut Builder, x: TermId, y: TermId) -> TermId {
        let one = b.number(1.0);
        match self {
            Unary::Negate => b.number(-1.0),
            Unary::Exp => y,
            Unary::Ln => b.divide(one, x),
            Unary::Tanh => {
                let two = b.number(2.0);
                let square = b.power(y, two);
                b.subtract(one, square)
            }
        }
    }

    /// The value, naively.
    #[cfg(feature = "referee")]
    pub fn evaluate<R: Real>(self, x: R) -> R {
        match self {
            Unary::Negate => -x,
            Unary::Exp => x.exp(),
            Unary::Ln => x.ln(),
            Unary::Tanh => x.tanh(),
        }
    }
}

impl Binary {
    /// Every operation on two numbers.
    pub const ALL: [Binary; 5] =
        [Binary::Add, Binary::Subtract, Binary::Multiply, Binary::Divide, Binary::Power];

    /// The operation that an operator writes; `@` is none of these.
    pub fn of(operator: Operator) -> Option<Binary> {
        match operator {
            Operator::Add => Some(Binary::Add),
            Operator::Subtract => Some(Binary::Subtract),
            Operator::Multiply => Some(Binary::Multiply),
            Operator::Divide => Some(Binary::Divide),
            Operator::Product => None,
        }
    }

    /// How tightly it binds; the grammar's order.
    pub fn precedence(self) -> u8 {
        match self {
            Binary::Add | Binary::Subtract => 1,
            Binary::Multiply | Binary::Divide => 2,
            Binary::Power => 4,
        }
    }

    /// ∂y/∂a and ∂y/∂b, given a, b and y.
    pub fn derivative(self, b: &mut Builder, [left, right]: [TermId; 2], y: TermId) -> [TermId; 2] {
        let one = b.number(1.0);
        match self {
            Binary::Add => [one, one],
            Binary::Subtract => [one, b.number(-1.0)],
            Binary::Multiply => [right, left],
            Binary::Divide => {
                let quotient = b.divide(y, right);
                [b.divide(one, right), b.negate(quotient)]
            }
            Binary::Power => {
                let lower = b.subtract_one(right);
                let power = b.power(left, lower);
                let logarithm = b.written(Term::Unary(Unary::Ln, left));
                [b.multiply(right, power), b.multiply(y, logarithm)]
            }
        }
    }

    /// The value, naively.
    #[cfg(feature = "referee")]
    pub fn evaluate<R: Real>(self, a: R, b: R) -> R {
        match self {
            Binary::Add => a + b,
            Binary::Subtract => a - b,
            Binary::Multiply => a * b,
            Binary::Divide => a / b,
            Binary::Power => match whole_exponent(b.real()) {
                Some(n) => (1..n).fold(a, |product, _| product * a),
                None => a.pow(b),
            },
        }
    }
}

/// The exponent as a count of factors, where a power is repeated multiplication.
pub fn whole_exponent(exponent: f64) -> Option<u32> {
    let whole = exponent.fract() == 0.0 && (1.0..=16.0).contains(&exponent);
    whole.then_some(exponent as u32)
}

impl Comparison {
    /// Whether it holds.
    #[cfg(feature = "referee")]
    pub fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Comparison::Less => a < b,
            Comparison::LessOrEqual => a <= b,
            Comparison::Greater => a > b,
            Comparison::GreaterOrEqual => a >= b,
            Comparison::Equal => a == b,
            Comparison::NotEqual => a != b,
        }
    }

    /// The sign, as written.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
        }
    }
}

impl Builder {
    fn subtract_one(&mut self, exponent: TermId) -> TermId {
        let one = self.number(1.0);
        match self.as_number(exponent) {
            Some(n) => self.number(n - 1.0),
            None => self.subtract(exponent, one),
        }
    }
}

/// A function of one formula: from the prelude, or the user's.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// The names of its parameters; leaf k of its formulas is parameter k.
    pub parameters: Vec<String>,
    /// Its formula.
    pub body: Formula,
    /// The stated derivative: forms equal to one another. Here the leaf behind the last parameter
    /// is the function's value.
    pub stated: Vec<Formula>,
    /// Its partial derivatives, over the parameters and the value.
    pub partials: Vec<Formula>,
    /// Scalar operations of one evaluation, those of functions it calls included.
    pub operations: u64,
    /// Whether the prelude declares it.
    pub prelude: bool,
}

/// Partial derivatives of `root` by each of `leaves`. `value` is a term that stands for the value
/// of the whole formula. One sweep from the value to the leaves: what reaches a term from its
/// uses is added up in the order of the uses.
pub fn partials(
    b: &mut Builder,
    formula: &Formula,
    value: Option<TermId>,
    leaves: &[u32],
    functions: &[Function],
) -> Vec<TermId> {
    let mut places: Vec<TermId> = Vec::new();
    for term in formula.terms() {
        let id = b.place(term, &places);
        places.push(id);
    }
    let root = places.len().saturating_sub(1);
    let mut gradients: Vec<Vec<TermId>> = vec![Vec::new(); places.len()];
    let one = b.number(1.0);
    if let Some(last) = gradients.last_mut() {
        last.push(one);
    }
    let mut totals: Vec<Option<TermId>> = vec![None; places.len()];
    for (index, term) in formula.terms().iter().enumerate().rev() {
        let uses = gradients.get_mut(index).map(std::mem::take).unwrap_or_default();
        let Some(total) = uses.into_iter().rev().reduce(|sum, next| b.add(sum, next)) else { continue };
        if let Some(slot) = totals.get_mut(index) {
            *slot = Some(total);
        }
        let own = places.get(index).copied().unwrap_or(one);
        let y = value.filter(|_| index == root).unwrap_or(own);
        for (operand, local) in local_derivatives(b, term, &places, y, functions) {
            let contribution = contribution(b, term, operand, total, local);
            if b.as_number(contribution) == Some(0.0) {
                continue;
            }
            if let Some(list) = gradients.get_mut(operand.0 as usize) {
                list.push(contribution);
            }
        }
    }
    let zero = b.number(0.0);
    let place =
        |(index, term): (usize, &Term)| if let Term::Leaf(leaf) = term { Some((*leaf, index)) } else { None };
    let found: HashMap<u32, usize> = formula.terms().iter().enumerate().filter_map(place).collect();
    let of_leaf =
        |leaf: &u32| found.get(leaf).and_then(|index| totals.get(*index).copied().flatten()).unwrap_or(zero);
    leaves.iter().map(of_leaf).collect()
}

/// What flows down: gradient × local derivative. A choice is kept outermost, so that a NaN in
/// what was not selected reaches no gradient.
fn contribution(b: &mut Builder, term: &Term, operand: TermId, total: TermId, local: TermId) -> TermId {
    let zero = b.number(0.0);
    if let (Term::Select(select), Some(Term::Select(mask))) = (term, b.term(local).cloned()) {
        let (then, otherwise) = if operand == select.then { (total, zero) } else { (zero, total) };
        return b.select(Select { then, otherwise, ..mask });
    }
    match b.term(total).cloned() {
        Some(Term::Select(chosen)) if chosen.then == zero => {
            let otherwise = b.multiply(chosen.otherwise, local);
            b.select(Select { otherwise, ..chosen })
        }
        Some(Term::Select(chosen)) if chosen.otherwise == zero => {
            let then = b.multiply(chosen.then, local);
            b.select(Select { then, ..chosen })
        }
        _ => b.multiply(total, local),
    }
}

fn local_derivatives(
    b: &mut Builder,
    term: &Term,
    places: &[TermId],
    y: TermId,
    functions: &[Function],
) -> Vec<(TermId, TermId)> {
    let place = |id: &TermId| places.get(id.0 as usize).copied().unwrap_or(y);
    match term {
        Term::Number(_) | Term::Constant(..) | Term::Leaf(_) => Vec::new(),
        Term::Unary(op, x) => vec![(*x, op.derivative(b, place(x), y))],
        Term::Binary(op, left, right) => {
            let [by_left, by_right] = op.derivative(b, [place(left), place(right)], y);
            // Later operands first, so that the sums over uses come out in order of use.
            vec![(*right, by_right), (*left, by_left)]
        }
        Term::Select(select) if select.then == select.otherwise => {
            vec![(select.then, b.number(1.0))]
        }
        Term::Select(select) => {
            let (one, zero) = (b.number(1.0), b.number(0.0));
            let mask = b.written(Term::Select(Select {
                comparison: select.comparison,
                left: place(&select.left),
                right: place(&select.right),
                then: one,
                otherwise: zero,
            }));
            vec![(select.otherwise, mask), (select.then, mask)]
        }
        Term::Apply(FunctionId(id), arguments) => {
            let Some(function) = functions.get(*id as usize) else { return Vec::new() };
            let places: Vec<TermId> = arguments.iter().map(place).collect();
            let leaf = |leaf: u32| Some(places.get(leaf as usize).copied().unwrap_or(y));
            let partials = function.partials.iter();
            let locals: Vec<TermId> = partials.map(|partial| b.substitute(partial, &leaf)).collect();
            arguments.iter().copied().zip(locals).rev().collect()
        }
    }
}

impl Builder {
    /// Copies a term whose operands have been placed already.
    fn place(&mut self, term: &Term, places: &[TermId]) -> TermId {
        let place = |id: &TermId| places.get(id.0 as usize).copied().unwrap_or(*id);
        let placed = match term {
            Term::Unary(op, x) => Term::Unary(*op, place(x)),
            Term::Binary(op, left, right) => Term::Binary(*op, place(left), place(right)),
            Term::Select(s) => Term::Select(Select {
                comparison: s.comparison,
                left: place(&s.left),
                right: place(&s.right),
                then: place(&s.then),
                otherwise: place(&s.otherwise),
            }),
            Term::Apply(f, arguments) => Term::Apply(*f, arguments.iter().map(place).collect()),
            other => other.clone(),
        };
        self.written(placed)
    }
}
