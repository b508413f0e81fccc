//! Mathematics as plain text, for messages.

use crate::notation::{
    decimal::Decimal,
    math::{Binding, Fence, Mark, Math, Name, Number, Operator},
};

/// A piece of mathematics on one line.
pub(crate) fn math(math: &Math) -> String {
    match math {
        Math::Row(items) => items.iter().map(item).collect(),
        Math::Number(number) => self::number(number),
        Math::Name(name) => self::name(name),
        Math::Operator(operator) => sign(*operator).trim().to_owned(),
        Math::Text(text) => (*text).to_owned(),
        Math::Fraction(above, below) => format!("{}/{}", closed(above), closed(below)),
        Math::Scripts { base, below, above } => {
            let script = |mark: char, script: &Option<Box<Math>>| {
                script.as_ref().map_or_else(String::new, |script| format!("{mark}{}", closed(script)))
            };
            format!("{}{}{}", self::math(base), script('_', below), script('^', above))
        }
        Math::Root(inside) => format!("√{}", closed(inside)),
        Math::Fenced(fence, inside) => {
            let [open, close] = match fence {
                Fence::Round => ["(", ")"],
                Fence::Square => ["[", "]"],
                Fence::Floor => ["⌊", "⌋"],
                Fence::Ceiling => ["⌈", "⌉"],
            };
            format!("{open}{}{close}", self::math(inside))
        }
        Math::Cases { then, condition, otherwise } => {
            let [then, condition, otherwise] = [then, condition, otherwise].map(|piece| self::math(piece));
            format!("{{{then} if {condition}, {otherwise} otherwise}}")
        }
        Math::Matrix(rows) => {
            let row = |row: &Vec<Math>| row.iter().map(self::math).collect::<Vec<_>>().join(" ");
            format!("[{}]", rows.iter().map(row).collect::<Vec<_>>().join("; "))
        }
        Math::Sized(inside, _) => self::math(inside),
    }
}

/// A piece of a row; a sum over an index is apart from its terms.
fn item(math: &Math) -> String {
    if let Math::Operator(operator) = math {
        return sign(*operator).to_owned();
    }
    if math.is_sum_sign() { format!("{} ", self::math(math)) } else { self::math(math) }
}

/// In brackets where a line needs them and a fraction or a script does not.
fn closed(math: &Math) -> String {
    let is_derivative = matches!(math, Math::Row(items) if items.first() == Some(&Operator::Partial.into()));
    let math = if is_derivative { math.clone() } else { math.at_least(Binding::Atom) };
    self::math(&math)
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Plus => " + ",
        Operator::Minus => " − ",
        Operator::Negative => "−",
        Operator::Dot => " · ",
        Operator::Elementwise => " ⊙ ",
        Operator::Juxtaposed => " ",
        Operator::Times => " × ",
        Operator::Comma => ", ",
        Operator::Ellipsis => "…",
        Operator::Range => " … ",
        Operator::Partial => "∂",
        Operator::Sum => "Σ",
        Operator::Transpose => "⊤",
        Operator::Less => " < ",
        Operator::LessOrEqual => " ≤ ",
        Operator::Greater => " > ",
        Operator::GreaterOrEqual => " ≥ ",
        Operator::Equal => " = ",
        Operator::Approximately => " ≈ ",
        Operator::NotEqual => " ≠ ",
    }
}

fn number(number: &Number) -> String {
    match number {
        Number::Decimal(Decimal { digits, exponent }) => {
            let digits = digits.replace('-', "−");
            exponent.map_or_else(|| digits.clone(), |e| format!("{digits} · 10^{e}"))
        }
        Number::Half => "½".to_owned(),
        Number::Infinite { negative } => if *negative { "−∞" } else { "∞" }.to_owned(),
        Number::Undefined => "undefined".to_owned(),
    }
}

fn name(name: &Name) -> String {
    let letters = &name.letters;
    let marked = match name.mark {
        None => letters.clone(),
        Some(Mark::Bar) => format!("mean {letters}"),
        Some(Mark::Hat) => format!("{letters}\u{302}"),
        Some(Mark::Norm) => format!("‖{letters}‖"),
        Some(Mark::Prime) => format!("{letters}′"),
        Some(Mark::Plus) => format!("{letters}⁺"),
        Some(Mark::Sample(number)) => format!("{letters}^({})", Mark::sample(number)),
    };
    name.subscripts.iter().fold(marked, |text, subscript| format!("{text}_{}", self::name(subscript)))
}
