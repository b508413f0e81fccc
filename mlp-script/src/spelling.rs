//! The table of spellings: what an operation looks like in each language, and in mathematics for the comments.

use mlp_dsl::formula::{
    operator::Comparison,
    scalar::{Binary, Unary},
};

use crate::{
    helpers::Helper,
    text::{Level, Text},
};

/// How formulas are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// A program in Python.
    Python,
    /// A program in JavaScript.
    JavaScript,
    /// A formula, as in the worked derivation.
    Mathematics,
}

impl Spelling {
    /// A number; `whole` says that a whole one may be written as such.
    pub(crate) fn number(self, x: f64, whole: bool) -> Text {
        let text = match self {
            Spelling::Python => python(x, whole),
            Spelling::JavaScript => javascript(x),
            Spelling::Mathematics => mathematics(x),
        };
        let signed = text.starts_with(['-', '−']);
        let product = text.contains('·');
        let level = if product {
            Level::Product
        } else if signed {
            Level::Sign
        } else {
            Level::Atom
        };
        Text { text, level }
    }

    /// `-x`
    pub(crate) fn negative(self, x: &Text) -> Text {
        let sign = if self == Spelling::Mathematics { '−' } else { '-' };
        Text::of(Level::Sign, format!("{sign}{}", x.within(Level::Power)))
    }

    /// An operation between two operands; a power is [`Spelling::power`].
    pub(crate) fn binary(self, op: Binary, a: &Text, b: &Text) -> Text {
        let mathematics = self == Spelling::Mathematics;
        let (sign, level, right) = match op {
            Binary::Add => ("\n+ ", Level::Sum, Level::Product),
            Binary::Subtract if mathematics => ("\n− ", Level::Sum, Level::Product),
            Binary::Subtract => ("\n- ", Level::Sum, Level::Product),
            Binary::Multiply if mathematics => ("\t· ", Level::Product, Level::Sign),
            Binary::Multiply => ("\t* ", Level::Product, Level::Sign),
            Binary::Divide => ("\t/ ", Level::Product, Level::Sign),
            Binary::Power => return self.power(a, b),
        };
        // A formula has brackets around a negative operand.
        let right =
            if mathematics && right < Level::Power && b.level == Level::Sign { Level::Power } else { right };
        Text::of(level, format!("{}{sign}{}", a.within(level), b.within(right)))
    }

    /// `a ^ b` for any exponent.
    pub(crate) fn power(self, a: &Text, b: &Text) -> Text {
        match self {
            Spelling::Python => {
                Text::of(Level::Power, format!("{} ** {}", a.within(Level::Atom), b.within(Level::Power)))
            }
            Spelling::JavaScript => Text::atom(format!("Math.pow({}, {})", a.text, b.text)),
            Spelling::Mathematics => {
                Text::of(Level::Power, format!("{}^{}", a.within(Level::Atom), b.within(Level::Atom)))
            }
        }
    }

    /// The condition of a choice.
    pub(crate) fn condition(self, comparison: Comparison, left: &Text, right: &Text) -> String {
        let sign = match (self, comparison) {
            (_, Comparison::Less) => "<",
            (_, Comparison::Greater) => ">",
            (Spelling::Mathematics, Comparison::LessOrEqual) => "≤",
            (Spelling::Mathematics, Comparison::GreaterOrEqual) => "≥",
            (Spelling::Mathematics, Comparison::Equal) => "=",
            (Spelling::Mathematics, Comparison::NotEqual) => "≠",
            (_, Comparison::LessOrEqual) => "<=",
            (_, Comparison::GreaterOrEqual) => ">=",
            (Spelling::JavaScript, Comparison::Equal) => "===",
            (Spelling::JavaScript, Comparison::NotEqual) => "!==",
            (Spelling::Python, Comparison::Equal) => "==",
            (Spelling::Python, Comparison::NotEqual) => "!=",
        };
        format!("{} {sign} {}", left.within(Level::Sum), right.within(Level::Sum))
    }

    /// One of two values.
    pub(crate) fn choice(self, condition: &str, then: &Text, otherwise: &Text) -> Text {
        let (then, otherwise) = (then.within(Level::Sum), &otherwise.text);
        let text = match self {
            Spelling::Python => format!("{then}\nif {condition}\nelse {otherwise}"),
            Spelling::JavaScript => format!("{condition}\n? {then}\n: {otherwise}"),
            Spelling::Mathematics => format!("{then}\nif {condition},\nelse {otherwise}"),
        };
        Text::of(Level::Choice, text)
    }

    /// The name of a function of one number.
    pub(crate) fn primitive(op: Unary) -> Option<Helper> {
        match op {
            Unary::Negate => None,
            Unary::Exp => Some(Helper::Exp),
            Unary::Ln => Some(Helper::Log),
            Unary::Sqrt => Some(Helper::Sqrt),
            Unary::Tanh => Some(Helper::Tanh),
            Unary::Erf => Some(Helper::Erf),
            Unary::Floor => Some(Helper::Floor),
        }
    }
}

/// The shortest digits that read as this number.
fn python(x: f64, whole: bool) -> String {
    if x.is_nan() {
        return "float(\"nan\")".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "float(\"inf\")" } else { "float(\"-inf\")" }.to_owned();
    }
    let text = format!("{x:?}");
    match text.strip_suffix(".0") {
        Some(short) if whole && short != "-0" => short.to_owned(),
        Some(_) | None => text,
    }
}

fn javascript(x: f64) -> String {
    if x.is_nan() {
        return "NaN".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let text = format!("{x:?}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn mathematics(x: f64) -> String {
    if x.is_nan() {
        return "undefined".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    if x == 0.5 {
        return "½".to_owned();
    }
    let text = format!("{x:?}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    let signed = |text: &str| text.replace('-', "−");
    match text.split_once('e') {
        None => signed(text),
        Some(("1", exponent)) => format!("10{}", raised(exponent)),
        Some((digits, exponent)) => format!("{} · 10{}", signed(digits), raised(exponent)),
    }
}

/// A whole number as a superscript.
pub(crate) fn raised(number: &str) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |c: char| match c.to_digit(10).and_then(|digit| DIGITS.get(digit as usize)) {
        Some(digit) => *digit,
        None => '⁻',
    };
    number.chars().map(digit).collect()
}
