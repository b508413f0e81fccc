//! A derivation as text, one equation a line: `d_E_d_o1 = o1 - t1`. For tests and dumps; a term that is used twice is
//! written twice.

use std::fmt::{Display, Formatter, Result};

use super::{
    Derivation,
    array::Op,
    equation::{Equation, EquationId},
};

use crate::{
    formula::{
        Formula, Term,
        scalar::{Binary, Function, Unary},
    },
    shape::Shape,
};

impl Display for Derivation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (id, equation) in self.numbered() {
            writeln!(f, "{} = {}", self.name_of(id), self.right_side(equation))?;
        }
        Ok(())
    }
}

impl Derivation {
    fn right_side(&self, equation: &Equation) -> String {
        let name = |id: &EquationId| self.name_of(*id);
        let call = |function: &str, operands: &[EquationId]| {
            format!("{function}({})", operands.iter().map(name).collect::<Vec<_>>().join(", "))
        };
        match &equation.op {
            Op::Given => "given".to_owned(),
            Op::Setting(value) => value.to_string(),
            Op::Pointwise(formula) => self.formula(formula),
            Op::Stack(elements) => format!("[{}]", elements.iter().map(name).collect::<Vec<_>>().join(", ")),
            Op::Concat(parts) => call("concat", parts),
            Op::Index(x, index) => format!("{}[{index}]", name(x)),
            Op::Slice(x, start) => {
                let end = match equation.shape {
                    Shape::Vector(length) => start + length,
                    Shape::Scalar | Shape::Matrix(..) => *start,
                };
                format!("{}[{start}..{end}]", name(x))
            }
            Op::Transpose(x) => call("transpose", &[*x]),
            Op::VectorMatrix(x, y) | Op::MatrixVector(x, y) => format!("{} @ {}", name(x), name(y)),
            Op::Outer(a, b) => call("outer", &[*a, *b]),
            Op::Dot(a, b) => call("dot", &[*a, *b]),
            Op::Sum(x) => call("sum", &[*x]),
            Op::Softmax(z) => call("softmax", &[*z]),
            Op::LogSoftmax(z) => call("log_softmax", &[*z]),
            Op::SoftmaxCrossEntropy(z, t) => call("softmax_cross_entropy", &[*z, *t]),
            Op::SumSquares(x) => call("sum_squares", &[*x]),
            Op::BatchMean(x) => call("batch_mean", &[*x]),
            Op::BatchSum(x) => call("batch_sum", &[*x]),
            Op::BatchWeightedMean(x, w) => call("batch_weighted_mean", &[*x, *w]),
        }
    }

    fn formula(&self, formula: &Formula) -> String {
        let mut texts: Vec<Text> = Vec::with_capacity(formula.terms().len());
        for term in formula.terms() {
            let text = self.term(term, &texts);
            texts.push(text);
        }
        texts.pop().map(|text| text.text).unwrap_or_default()
    }

    fn term(&self, term: &Term, texts: &[Text]) -> Text {
        let at = |id: crate::formula::TermId| texts.get(id.0 as usize).cloned().unwrap_or_default();
        match term {
            Term::Number(number) => Text { text: number.to_string(), level: ATOM },
            Term::Constant(id, value) => {
                let name = self.header.constants.get(id.0 as usize).map(|(name, _)| name.clone());
                Text { text: name.unwrap_or_else(|| value.to_string()), level: ATOM }
            }
            Term::Leaf(leaf) => Text { text: self.name_of(EquationId(*leaf)), level: ATOM },
            Term::Unary(Unary::Negate, x) => Text { text: format!("-{}", at(*x).inside(3)), level: 3 },
            Term::Unary(op, x) => {
                Text { text: format!("{}({})", op.name().unwrap_or_default(), at(*x).text), level: ATOM }
            }
            Term::Binary(op, a, b) => {
                let level = op.precedence();
                let (left, right) = match op {
                    Binary::Power => (at(*a).inside(level + 1), at(*b).inside(level)),
                    Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide => {
                        (at(*a).inside(level), at(*b).inside(level + 1))
                    }
                };
                Text { text: format!("{left} {} {right}", sign(*op)), level }
            }
            Term::Select(s) => Text {
                text: format!(
                    "if {} {} {} then {} else {}",
                    at(s.left).text,
                    s.comparison.sign(),
                    at(s.right).text,
                    at(s.then).text,
                    at(s.otherwise).text
                ),
                level: 0,
            },
            Term::Apply(id, arguments) => {
                let function = self.header.functions.get(id.0 as usize).map(|f: &Function| f.name.as_str());
                let arguments: Vec<String> = arguments.iter().map(|x| at(*x).text).collect();
                Text {
                    text: format!("{}({})", function.unwrap_or_default(), arguments.join(", ")),
                    level: ATOM,
                }
            }
        }
    }
}

const ATOM: u8 = 9;

/// A printed term and how tightly its outermost operation binds.
#[derive(Clone, Default)]
struct Text {
    text: String,
    level: u8,
}

impl Text {
    /// The text as an operand of an operation that binds as tightly as this.
    fn inside(self, level: u8) -> String {
        if self.level < level { format!("({})", self.text) } else { self.text }
    }
}

fn sign(op: Binary) -> char {
    match op {
        Binary::Add => '+',
        Binary::Subtract => '-',
        Binary::Multiply => '*',
        Binary::Divide => '/',
        Binary::Power => '^',
    }
}
