//! Mathematics as LaTeX. It decides where brackets stand and nothing else.

use mlp_dsl::{
    formula::{
        operator::Comparison,
        scalar::{Binary, Unary},
    },
    ir::Derivation,
    model::Reduction,
    shape::Shape,
};
use mlp_eval::Array;

use super::{
    content::{Form, Side},
    evaluate::Numbers,
    expression::{ArrayOp, Expression, Node, NodeId, Quantity},
    names::{Level, Names, Piece, brackets},
    rounding::decimal,
};

/// The longest formula that is printed.
const LENGTH: usize = 1500;
/// The most operations of a formula that is printed.
const OPERATIONS: usize = 400;
/// The most numbers of an array that are printed.
pub(super) const CELLS: usize = 8;

/// Prints sides.
pub(super) struct Latex<'d> {
    pub(super) derivation: &'d Derivation,
    pub(super) names: &'d Names,
    pub(super) numbers: Option<&'d Numbers>,
    pub(super) digits: usize,
}

impl Latex<'_> {
    /// A side; `None` where it is too long to read.
    pub(super) fn side(&self, side: &Side) -> Option<String> {
        match side.form {
            Form::Symbols => self.expression(&side.expression, false).map(|piece| piece.text),
            Form::Numbers => self.expression(&side.expression, true).map(|piece| piece.text),
            Form::Value => {
                let value = side.expression.evaluate(self.derivation, self.numbers?, 0)?;
                self.array(&value).map(|piece| piece.text)
            }
            Form::Terms => self.terms(&side.expression),
        }
    }

    /// The outermost sum with each term as one number.
    fn terms(&self, expression: &Expression) -> Option<String> {
        let values = expression.values(self.derivation, self.numbers?, 0)?;
        let mut text = String::new();
        for (negative, term) in expression.summands() {
            let value = self.number(values.get(term.index())?.scalar());
            let sign = match (text.is_empty(), negative) {
                (true, _) => "",
                (_, true) => " - ",
                (_, false) => " + ",
            };
            text = format!("{text}{sign}{}", value.at_least(Level::Sum));
        }
        Some(text).filter(|text| text.len() <= LENGTH)
    }

    fn expression(&self, expression: &Expression, numbers: bool) -> Option<Piece> {
        if expression.operations() > OPERATIONS {
            return None;
        }
        let mut pieces: Vec<Piece> = Vec::with_capacity(expression.operations());
        for (node, shape) in expression.shaped() {
            let at = |id: &NodeId| pieces.get(id.index());
            let piece = match node {
                Node::Number(x) => self.literal(*x, numbers),
                Node::Constant(_, x) if numbers => self.number(*x),
                Node::Constant(id, _) => Piece::new(self.names.constant(*id), Level::Atom),
                Node::Quantity(quantity) => self.quantity(quantity, numbers)?,
                Node::Unary(op, x) => self.unary(*op, at(x)?),
                Node::Binary(op, a, b) => {
                    let arrays = [a, b].iter().all(|id| expression.shape_of(**id) != Shape::Scalar);
                    binary(*op, at(a)?, at(b)?, arrays)
                }
                Node::Select(comparison, [left, right, then, otherwise]) => {
                    select(*comparison, [at(left)?, at(right)?, at(then)?, at(otherwise)?])
                }
                Node::Apply(f, arguments) => {
                    let arguments: Option<Vec<&Piece>> = arguments.iter().map(at).collect();
                    call(self.names.function(*f), &arguments?)
                }
                Node::Array(op, operands) => {
                    let operands: Option<Vec<&Piece>> = operands.iter().map(at).collect();
                    array_operation(*op, &operands?, shape.count())?
                }
                Node::Batch(reduction, inner) => self.over_batch(*reduction, inner, numbers)?,
                Node::Whole { up, of } => {
                    let (open, close) = if *up { (r"\lceil", r"\rceil") } else { (r"\lfloor", r"\rfloor") };
                    Piece::new(format!(r"\left{open} {} \right{close}", at(of)?.text), Level::Atom)
                }
            };
            if piece.text.len() > LENGTH {
                return None;
            }
            pieces.push(piece);
        }
        pieces.pop()
    }

    /// A literal: one half as on the board, unless it stands among numbers.
    fn literal(&self, x: f64, numbers: bool) -> Piece {
        match x {
            0.5 if !numbers => Piece::new(r"\tfrac{1}{2}", Level::Closed),
            _ => self.number(x),
        }
    }

    /// A number, rounded.
    fn number(&self, x: f64) -> Piece {
        let level = if x < 0.0 { Level::Lowest } else { Level::Atom };
        if !x.is_finite() {
            let word = if x.is_nan() { r"\text{undefined}" } else { r"\infty" };
            return Piece::new(if x < 0.0 { format!("-{word}") } else { word.to_owned() }, level);
        }
        let rounded = decimal(x, self.digits);
        match rounded.exponent {
            None => Piece::new(rounded.digits, level),
            Some(e) => Piece::new(format!(r"{} \cdot 10^{{{e}}}", rounded.digits), level.min(Level::Product)),
        }
    }

    fn array(&self, value: &Array<f64>) -> Option<Piece> {
        let shape = value.shape();
        if shape == Shape::Scalar {
            return Some(self.number(value.scalar()));
        }
        let columns = match shape {
            Shape::Vector(n) | Shape::Matrix(_, n) => n,
            Shape::Scalar => 1,
        };
        let cells: Vec<String> = value.iter().take(CELLS + 1).map(|x| self.number(x).text).collect();
        if cells.len() > CELLS || cells.is_empty() {
            return None;
        }
        let rows: Vec<String> = cells.chunks(columns.max(1)).map(|row| row.join(" & ")).collect();
        let text = format!(r"\begin{{pmatrix}} {} \end{{pmatrix}}", rows.join(r" \\ "));
        Some(Piece::new(text, Level::Closed))
    }

    fn quantity(&self, quantity: &Quantity, numbers: bool) -> Option<Piece> {
        if numbers {
            let value = quantity.evaluate(self.derivation, self.numbers?, 0)?;
            return self.array(&value);
        }
        Some(match quantity {
            Quantity::Equation(id) => self.names.symbol(self.derivation, *id),
            Quantity::Derivative { of, by, .. } => self.names.derivative(self.derivation, *of, *by),
            Quantity::Argument { name, .. } => Piece::new(self.names.argument(name), Level::Atom),
            Quantity::FunctionDerivative { function, parameter, arguments, .. } => {
                let mut pieces = Vec::new();
                for argument in arguments {
                    pieces.push(self.expression(argument, false)?);
                }
                let name = self.names.function(*function);
                let operator = match pieces.as_slice() {
                    [_] => format!("{name}'"),
                    _ => {
                        let by = pieces.get(*parameter).map_or("", |piece| piece.text.as_str());
                        format!(r"\frac{{\partial {name}}}{{\partial {by}}}")
                    }
                };
                call(&operator, &pieces.iter().collect::<Vec<_>>())
            }
        })
    }

    fn unary(&self, op: Unary, x: &Piece) -> Piece {
        match op {
            Unary::Negate => Piece::new(format!("-{}", x.at_least(Level::Product)), Level::Negative),
            Unary::Exp if self.names.exp_is_power => Piece::new(format!("e^{{{}}}", x.text), Level::Closed),
            Unary::Exp => call(r"\exp", &[x]),
            Unary::Ln => call(r"\ln", &[x]),
            Unary::Sqrt => Piece::new(format!(r"\sqrt{{{}}}", x.text), Level::Closed),
            Unary::Tanh => call(r"\tanh", &[x]),
            Unary::Erf => call(r"\mathrm{erf}", &[x]),
            Unary::Floor => Piece::new(format!(r"\left\lfloor {} \right\rfloor", x.text), Level::Atom),
        }
    }

    fn over_batch(&self, reduction: Reduction, inner: &Expression, numbers: bool) -> Option<Piece> {
        let piece = self.expression(inner, numbers)?;
        let text = match (inner.root(), inner.shape()) {
            (Some(Node::Array(ArrayOp::TransposedProduct, _)), _) => piece.text,
            (_, Shape::Vector(_)) => format!(r"\mathbf{{1}}^{{\top}} \, {}", piece.at_least(Level::Closed)),
            _ => format!(r"\sum_{{\text{{batch}}}} {}", piece.at_least(Level::Product)),
        };
        Some(match reduction {
            Reduction::Mean => Piece::new(format!(r"\frac{{1}}{{m}} \, {text}"), Level::Product),
            Reduction::Sum => Piece::new(text, Level::Lowest),
        })
    }
}

fn binary(op: Binary, a: &Piece, b: &Piece, arrays: bool) -> Piece {
    let (text, level) = match op {
        Binary::Add => (format!("{} + {}", a.at_least(Level::Sum), b.at_least(Level::Product)), Level::Sum),
        Binary::Subtract => {
            (format!("{} - {}", a.at_least(Level::Sum), b.at_least(Level::Product)), Level::Sum)
        }
        Binary::Multiply if arrays => {
            let text = format!(r"{} \odot {}", a.at_least(Level::Closed), b.at_least(Level::Closed));
            (text, Level::Product)
        }
        Binary::Multiply => {
            let text = format!(r"{} \cdot {}", a.at_least(Level::Product), b.at_least(Level::Closed));
            (text, Level::Product)
        }
        Binary::Divide => (format!(r"\frac{{{}}}{{{}}}", a.text, b.text), Level::Closed),
        Binary::Power => (format!("{}^{{{}}}", a.at_least(Level::Atom), b.text), Level::Closed),
    };
    Piece::new(text, level)
}

fn select(comparison: Comparison, [left, right, then, otherwise]: [&Piece; 4]) -> Piece {
    let sign = match comparison {
        Comparison::Less => r"\lt",
        Comparison::LessOrEqual => r"\le",
        Comparison::Greater => r"\gt",
        Comparison::GreaterOrEqual => r"\ge",
        Comparison::Equal => "=",
        Comparison::NotEqual => r"\ne",
    };
    // Braces keep a leading minus from looking like a difference.
    let condition = format!(r"{{{}}} {sign} {{{}}}", left.text, right.text);
    let text = format!(
        r"\begin{{cases}} {} & \text{{if }} {condition} \\ {} & \text{{otherwise}} \end{{cases}}",
        then.text, otherwise.text
    );
    Piece::new(text, Level::Lowest)
}

fn call(name: &str, arguments: &[&Piece]) -> Piece {
    let list: Vec<&str> = arguments.iter().map(|piece| piece.text.as_str()).collect();
    Piece::new(format!("{name}{}", brackets(&list.join(", "))), Level::Closed)
}

/// `length` numbers are the result.
fn array_operation(op: ArrayOp, operands: &[&Piece], length: usize) -> Option<Piece> {
    let first = *operands.first()?;
    let second = || operands.get(1).copied();
    let transposed = |piece: &Piece| format!(r"{}^{{\top}}", piece.at_least(Level::Atom));
    let product = |a: String, b: String| Piece::new(format!(r"{a} \, {b}"), Level::Product);
    Some(match op {
        ArrayOp::Product => product(first.at_least(Level::Closed), second()?.at_least(Level::Closed)),
        ArrayOp::ProductTransposed | ArrayOp::Dot => {
            product(first.at_least(Level::Closed), transposed(second()?))
        }
        ArrayOp::TransposedProduct => product(transposed(first), second()?.at_least(Level::Closed)),
        ArrayOp::Sum => Piece::new(format!(r"\sum_{{k}} {}_{{k}}", indexed(first)), Level::Lowest),
        ArrayOp::Softmax => call(r"\mathrm{softmax}", &[first]),
        ArrayOp::CrossEntropy | ArrayOp::SoftmaxCrossEntropy => {
            let p = match op {
                ArrayOp::CrossEntropy => indexed(first),
                _ => call(r"\mathrm{softmax}", &[first]).text,
            };
            let text = format!(r"-\sum_{{k}} {}_{{k}} \, \ln {p}_{{k}}", indexed(second()?));
            Piece::new(text, Level::Lowest)
        }
        ArrayOp::Pack => {
            let list: Vec<&str> = operands.iter().map(|piece| piece.text.as_str()).collect();
            let text = match list.as_slice() {
                [first, second, .., last] if list.len() > CELLS => {
                    format!(r"{first}, {second}, \dots, {last}")
                }
                _ => list.join(", "),
            };
            Piece::new(brackets(&text), Level::Atom)
        }
        ArrayOp::Transposed => Piece::new(transposed(first), Level::Closed),
        ArrayOp::SumSquares => {
            Piece::new(format!(r"\sum_{{k}} {}_{{k}}^{{2}}", indexed(first)), Level::Lowest)
        }
        ArrayOp::Part(start) => {
            let (first, from) = (&first.text, start + 1);
            Piece::new(format!(r"\left[{first}\right]_{{{from} \dots {}}}", start + length), Level::Closed)
        }
        ArrayOp::Element(index) => {
            Piece::new(format!(r"\left[{}\right]_{{{}}}", first.text, index + 1), Level::Closed)
        }
        ArrayOp::Fill if first.text == "1" => Piece::new(r"\mathbf{1}", Level::Atom),
        ArrayOp::Fill => {
            Piece::new(format!(r"{} \cdot \mathbf{{1}}", first.at_least(Level::Product)), Level::Product)
        }
    })
}

/// What an index may stand below.
fn indexed(piece: &Piece) -> String {
    let in_brackets = piece.text.starts_with(r"\left(");
    if piece.level == Level::Atom && (in_brackets || !piece.text.contains('_')) {
        piece.text.clone()
    } else {
        brackets(&piece.text)
    }
}
