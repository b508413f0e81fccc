//! Numbers, names and signs as labels.

use mlp_dsl::{
    formula::{
        ConstantId,
        scalar::{Binary, Unary},
    },
    ir::{
        Derivation,
        equation::{EquationId, Symbol},
    },
    shape::Shape,
};
use mlp_graph::Label;

use crate::{
    known::Known,
    notation::decimal::{ALL_DIGITS, decimal},
    phrases::computation as phrases,
};

use super::gates::{Computation, Gate, Kind, Tag, Wire};

/// A number with this many significant digits.
pub(super) fn number(x: Known, digits: usize) -> Label {
    let digits = digits.clamp(1, ALL_DIGITS);
    let value = x.value();
    let shortest = format!("{value:e}");
    let exponent = shortest.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    let decimals = if digits == ALL_DIGITS {
        digits
    } else {
        let wanted = i32::try_from(digits).unwrap_or(0) - 1 - exponent.unwrap_or(0);
        usize::try_from(wanted).unwrap_or(0).clamp(1, ALL_DIGITS - 1)
    };
    let printed = decimal(x, if value.abs() < SMALL { digits } else { decimals });
    let label = Label::from(printed.digits.replace('-', "−"));
    match printed.exponent {
        None => label,
        Some(exponent) => label.join(&"·10".into()).sup(&exponent.to_string().replace('-', "−")),
    }
}

/// Below this a number is in scientific notation.
const SMALL: f64 = 1e-4;

/// The name of the value of an equation: `E` with what it is of as a subscript, else as it is written.
pub(super) fn name(derivation: &Derivation, id: EquationId) -> Label {
    if let Symbol::Component(of) = &derivation.equation(id).symbol {
        return Label::from("E").sub(of);
    }
    Label::from(derivation.name_of(id))
}

/// The name of a gate's value; none for a net input, which has a number, and for what has no name.
pub(super) fn name_of_gate(gate: &Gate, derivation: &Derivation) -> Option<Label> {
    if let Kind::Constant(ConstantId(id)) = gate.kind {
        return derivation.header.constants.get(id as usize).map(|(name, _)| Label::from(name.as_str()));
    }
    let id = gate.equation?;
    let net = matches!(derivation.equation(id).symbol, Symbol::Net(_));
    (!net || gate.is_given()).then(|| name(derivation, id))
}

/// The tag of a wire: d9; nothing where it has the name of its value.
pub(super) fn tag(tag: Tag) -> Option<Label> {
    match tag {
        Tag::Value => None,
        Tag::Inner(number) => Some(Label::from(format!("d{number}"))),
        Tag::OfLoss(number) => Some(Label::from(format!("e{number}"))),
    }
}

/// What a wire is called in a sentence.
pub(super) fn called(computation: &Computation, wire: &Wire, derivation: &Derivation) -> Label {
    let gate = computation.gates.get(wire.from);
    let own = || gate.and_then(|gate| name_of_gate(gate, derivation));
    tag(wire.tag).or_else(own).unwrap_or_else(|| phrases::WITHOUT_NAME.into())
}

/// The sign in a gate.
pub(super) fn sign(kind: &Kind, derivation: &Derivation, digits: usize) -> Label {
    match kind {
        Kind::Input | Kind::Target | Kind::Parameter { .. } | Kind::Constant(_) => Label::default(),
        Kind::Number(number) => self::number(Known::from(*number), digits),
        Kind::Unary(Unary::Negate) => "−".into(),
        Kind::Unary(op) => op.name().unwrap_or("").into(),
        Kind::Binary(op) => operator(*op).into(),
        Kind::Literal { op: Binary::Power, number, first: false } => {
            Label::from("x").sup(&self::number(Known::from(*number), digits).plain())
        }
        Kind::Literal { op, number, first } => {
            let number = self::number(Known::from(*number), digits);
            if *first {
                number.join(&format!(" {}", operator(*op)).into())
            } else {
                Label::from(format!("{} ", operator(*op))).join(&number)
            }
        }
        Kind::Function(id) => {
            let function = derivation.header.functions.get(id.0 as usize);
            let sigmoid = derivation.prelude_function("sigmoid") == Some(*id);
            function.map_or("?", |function| if sigmoid { "σ" } else { function.name.as_str() }).into()
        }
        Kind::If(..) => "if".into(),
        Kind::Array(sign) => (*sign).into(),
    }
}

fn operator(op: Binary) -> &'static str {
    match op {
        Binary::Add => "+",
        Binary::Subtract => "−",
        Binary::Multiply => "×",
        Binary::Divide => "÷",
        Binary::Power => "^",
    }
}

/// The sizes of an array.
pub(super) fn sizes(shape: Shape) -> Label {
    match shape {
        Shape::Scalar => Label::default(),
        Shape::Vector(n) => format!("1×{n}").into(),
        Shape::Matrix(rows, columns) => format!("{rows}×{columns}").into(),
    }
}

/// A gate's sign with numbers in the places of its operands: 0.5 × 0.59327.
pub(super) fn applied(kind: &Kind, sign: &Label, operands: &[Label]) -> Label {
    let fenced = |label: &Label| {
        if label.plain().starts_with('−') {
            Label::from("(").join(label).join(&")".into())
        } else {
            label.clone()
        }
    };
    let first = operands.first().cloned().unwrap_or_default();
    match kind {
        Kind::Binary(_) => {
            let second = operands.get(1).map(&fenced).unwrap_or_default();
            fenced(&first).join(&" ".into()).join(sign).join(&" ".into()).join(&second)
        }
        Kind::Literal { op: Binary::Power, number, first: false } => {
            let exponent = self::number(Known::from(*number), ALL_DIGITS).plain();
            fenced(&first).sup(&exponent)
        }
        Kind::Literal { first: true, .. } => sign.clone().join(&" ".into()).join(&fenced(&first)),
        Kind::Literal { .. } => fenced(&first).join(&" ".into()).join(sign),
        Kind::Unary(Unary::Negate) => sign.clone().join(&fenced(&first)),
        Kind::Unary(_) | Kind::Function(_) | Kind::If(..) | Kind::Array(_) => {
            let list = operands.iter().enumerate().fold(Label::default(), |list, (index, operand)| {
                let comma = if index == 0 { "" } else { ", " };
                list.join(&comma.into()).join(operand)
            });
            sign.clone().join(&"(".into()).join(&list).join(&")".into())
        }
        Kind::Input | Kind::Target | Kind::Parameter { .. } | Kind::Constant(_) | Kind::Number(_) => {
            sign.clone()
        }
    }
}
