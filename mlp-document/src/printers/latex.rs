//! Mathematics as LaTeX.

use crate::notation::{
    decimal::Decimal,
    math::{Fence, Mark, Math, Name, Number, Operator, Style},
};

/// A piece of mathematics.
pub(crate) fn math(math: &Math) -> String {
    match math {
        Math::Row(items) => row(items, false),
        Math::Number(number) => self::number(number),
        Math::Name(name) => self::name(name),
        Math::Operator(operator) => sign(*operator).to_owned(),
        Math::Text(text) => format!(r"\text{{{text}}}"),
        Math::Fraction(above, below) => format!(r"\frac{{{}}}{{{}}}", self::math(above), self::math(below)),
        Math::Scripts { base, below, above } => {
            let script = |mark: char, script: &Option<Box<Math>>| {
                script.as_ref().map_or_else(String::new, |script| format!("{mark}{{{}}}", self::math(script)))
            };
            format!("{}{}{}", self::math(base), script('_', below), script('^', above))
        }
        Math::Root(inside) => format!(r"\sqrt{{{}}}", self::math(inside)),
        Math::Fenced(fence, inside) => fenced(*fence, &self::math(inside)),
        Math::Cases { then, condition, otherwise } => {
            let condition = if let Math::Row(items) = condition.as_ref() {
                row(items, true)
            } else {
                self::math(condition)
            };
            let [then, otherwise] = [then, otherwise].map(|piece| self::math(piece));
            format!(
                r"\begin{{cases}} {then} & \text{{if }} {condition} \\ {otherwise} & \text{{otherwise}} \end{{cases}}"
            )
        }
        Math::Matrix(rows) => {
            let row = |row: &Vec<Math>| row.iter().map(self::math).collect::<Vec<_>>().join(" & ");
            let rows: Vec<String> = rows.iter().map(row).collect();
            format!(r"\begin{{pmatrix}} {} \end{{pmatrix}}", rows.join(r" \\ "))
        }
        Math::Sized(inside, size) => {
            // Otherwise the size would seem to be below the bar.
            let room = if matches!(**inside, Math::Fraction(..)) { r" \vphantom{\Bigg|}" } else { "" };
            format!(r"\underset{{{}}}{{{}{room}}}", self::math(&size.math()), self::math(inside))
        }
    }
}

/// Pieces side by side. Braces keep a minus after a relation from looking like a difference.
fn row(items: &[Math], braced: bool) -> String {
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        let sized = |index: usize| matches!(items.get(index), Some(Math::Sized(..)));
        if *item == Operator::Juxtaposed.into() && index > 0 && sized(index - 1) && sized(index + 1) {
            // Sizes are wider than their symbols.
            out.push_str(r" \; ");
        } else if let Math::Operator(operator) = item {
            let sign = spaced(*operator);
            out.push_str(if index == 0 { sign.trim_start() } else { &sign });
        } else if braced {
            out.push_str(&format!("{{{}}}", math(item)));
        } else {
            out.push_str(&math(item));
        }
        if takes_space(item, items.get(index + 1)) {
            out.push(' ');
        }
    }
    out
}

/// Whether a word or a big sign needs a space before what follows.
fn takes_space(item: &Math, next: Option<&Math>) -> bool {
    let is_function = matches!(item, Math::Name(Name { style: Style::Function, .. }));
    item.is_sum_sign() || is_function && !matches!(next, Some(Math::Fenced(..)) | None)
}

fn spaced(operator: Operator) -> String {
    let sign = sign(operator);
    match operator {
        Operator::Negative | Operator::Ellipsis | Operator::Transpose | Operator::Sum => sign.to_owned(),
        Operator::Comma | Operator::Partial => format!("{sign} "),
        Operator::Plus
        | Operator::Minus
        | Operator::Dot
        | Operator::Elementwise
        | Operator::Juxtaposed
        | Operator::Times
        | Operator::Range
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::Equal
        | Operator::Approximately
        | Operator::NotEqual => format!(" {sign} "),
    }
}

/// A sign between the sides of an equality, and others.
pub(crate) fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Plus => "+",
        Operator::Minus | Operator::Negative => "-",
        Operator::Dot => r"\cdot",
        Operator::Elementwise => r"\odot",
        Operator::Juxtaposed => r"\,",
        Operator::Times => r"\times",
        Operator::Comma => ",",
        Operator::Ellipsis | Operator::Range => r"\dots",
        Operator::Partial => r"\partial",
        Operator::Sum => r"\sum",
        Operator::Transpose => r"\top",
        Operator::Less => r"\lt",
        Operator::LessOrEqual => r"\le",
        Operator::Greater => r"\gt",
        Operator::GreaterOrEqual => r"\ge",
        Operator::Equal => "=",
        Operator::Approximately => r"\approx",
        Operator::NotEqual => r"\ne",
    }
}

fn number(number: &Number) -> String {
    match number {
        Number::Decimal(Decimal { digits, exponent: None }) => digits.clone(),
        Number::Decimal(Decimal { digits, exponent: Some(e) }) => format!(r"{digits} \cdot 10^{{{e}}}"),
        Number::Half => r"\tfrac{1}{2}".to_owned(),
        Number::Infinite { negative } => if *negative { r"-\infty" } else { r"\infty" }.to_owned(),
        Number::Undefined => r"\text{undefined}".to_owned(),
    }
}

fn name(name: &Name) -> String {
    let letters = letters(name);
    let marked = match name.mark {
        Some(Mark::Bar) => format!(r"\bar{{{letters}}}"),
        Some(Mark::Hat) => format!(r"\hat{{{letters}}}"),
        Some(Mark::Norm) => format!(r"\lVert{letters}\rVert"),
        Some(Mark::Prime) => format!("{letters}'"),
        Some(Mark::Plus | Mark::Sample(_)) | None => letters,
    };
    let subscripts: Vec<String> = name.subscripts.iter().map(self::name).collect();
    let below = if subscripts.is_empty() { String::new() } else { format!("_{{{}}}", subscripts.join(", ")) };
    let above = match name.mark {
        Some(Mark::Plus) => "^{+}".to_owned(),
        Some(Mark::Sample(number)) => format!("^{{({})}}", Mark::sample(number)),
        Some(Mark::Bar | Mark::Hat | Mark::Prime | Mark::Norm) | None => String::new(),
    };
    format!("{marked}{below}{above}")
}

fn letters(Name { letters, style, .. }: &Name) -> String {
    match style {
        Style::Letter => letters.chars().map(letter).collect(),
        Style::Word if letters.is_ascii() => format!(r"\mathrm{{{}}}", letters.replace('_', r"\_")),
        Style::Word => format!(r"\text{{{}}}", letters.replace('_', r"\_")),
        Style::Function => format!(r"\{letters}"),
        Style::Bold => format!(r"\mathbf{{{letters}}}"),
        Style::Digits => letters.clone(),
    }
}

/// A letter, a Greek one by its command.
fn letter(c: char) -> String {
    const GREEK: &str = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ∇";
    const COMMANDS: &str = "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau \
         upsilon varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega nabla";
    let mut commands = GREEK.chars().zip(COMMANDS.split_whitespace());
    commands.find(|(greek, _)| *greek == c).map_or_else(|| c.to_string(), |(_, word)| format!(r"\{word}"))
}

fn fenced(fence: Fence, inside: &str) -> String {
    match fence {
        Fence::Round => format!(r"\left({inside}\right)"),
        Fence::Square => format!(r"\left[{inside}\right]"),
        Fence::Floor => format!(r"\left\lfloor {inside} \right\rfloor"),
        Fence::Ceiling => format!(r"\left\lceil {inside} \right\rceil"),
    }
}
