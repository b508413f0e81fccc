//! Mathematics as MathML of the Core level, which browsers draw and screen readers read.

use std::fmt::Write;

use crate::notation::{
    decimal::Decimal,
    layout::Row,
    math::{Fence, Mark, Math, Name, Number, Operator, Style},
};

use super::html::escape;

/// Mathematics in running text.
pub(crate) fn inline(math: &Math) -> String {
    format!("<math>{}</math>", self::math(math))
}

/// Sides with the signs between them, in running text: a line may end before each sign.
pub(crate) fn equality(sides: &[(Operator, Math)]) -> String {
    let side = |(index, side)| {
        let class = if index > 0 { " class=\"more\"" } else { "" };
        format!("<math{class}>{}</math>", chained(std::slice::from_ref(side), index > 0))
    };
    sides.iter().enumerate().map(side).collect::<Vec<_>>().join(" ")
}

/// A block of rows, aligned at the first sign of each.
pub(crate) fn aligned(block: &[Row]) -> String {
    let mut out = String::from("<math display=\"block\"><mtable class=\"aligned\" displaystyle=\"true\">\n");
    for row in block {
        let left = row.left.as_ref().map_or_else(String::new, math);
        let class = if row.left.is_some() { " class=\"first\"" } else { "" };
        let right = chained(&row.right, true);
        let _ = writeln!(out, "<mtr{class}><mtd class=\"left\">{left}</mtd><mtd>{right}</mtd></mtr>");
    }
    out.push_str("</mtable></math>");
    out
}

/// How many lines of text a piece is high.
pub(crate) fn height(math: &Math) -> usize {
    let highest = |pieces: &[&Math]| pieces.iter().map(|piece| height(piece)).max().unwrap_or(1);
    match math {
        Math::Row(items) => items.iter().map(height).max().unwrap_or(1),
        Math::Number(_) | Math::Name(_) | Math::Operator(_) | Math::Text(_) => 1,
        Math::Fraction(above, below) => height(above) + height(below),
        Math::Scripts { base, below, above } => {
            let scripts = [below, above].into_iter().flatten().map(|script| height(script));
            height(base).max(scripts.max().unwrap_or(1))
        }
        Math::Root(inside) | Math::Fenced(_, inside) => height(inside),
        Math::Sized(inside, _) => height(inside) + 1,
        Math::Cases { then, condition, otherwise } => highest(&[then, condition]) + height(otherwise),
        Math::Matrix(rows) => rows.iter().map(|row| row.iter().map(height).max().unwrap_or(1)).sum(),
    }
}

/// Sides with the signs between them; `led` says that the first has its sign too.
fn chained(sides: &[(Operator, Math)], led: bool) -> String {
    let mut out = String::from("<mrow>");
    for (index, (operator, side)) in sides.iter().enumerate() {
        if led || index > 0 {
            out.push_str(&sign(*operator));
        }
        out.push_str(&math(side));
    }
    out.push_str("</mrow>");
    out
}

/// A piece of mathematics: one element.
fn math(math: &Math) -> String {
    match math {
        Math::Row(items) => row(items),
        Math::Number(number) => self::number(number),
        Math::Name(name) => self::name(name),
        Math::Operator(operator) => sign(*operator),
        // Spaces at the ends of an element do not count.
        Math::Text(text) => format!("<mtext>{}</mtext>", escape(text).replace(' ', "&nbsp;")),
        Math::Fraction(above, below) => format!("<mfrac>{}{}</mfrac>", self::math(above), self::math(below)),
        Math::Scripts { base, below, above } if math.is_sum_sign() => {
            let [base, below, above] =
                [Some(base), below.as_ref(), above.as_ref()].map(|it| it.map(|it| self::math(it)));
            scripts(["munder", "mover", "munderover"], &base.unwrap_or_default(), below, above)
        }
        Math::Scripts { base, below, above } => {
            let [below, above] =
                [below, above].map(|script| script.as_ref().map(|script| self::math(script)));
            if let (Math::Name(name @ Name { mark: None, .. }), None) = (base.as_ref(), &below) {
                // What is above a name has its place above the subscripts.
                return with_subscripts(name, &letters(name), above);
            }
            scripts(["msub", "msup", "msubsup"], &self::math(base), below, above)
        }
        Math::Root(inside) => format!("<msqrt>{}</msqrt>", self::math(inside)),
        Math::Fenced(fence, inside) => fenced(*fence, &self::math(inside)),
        Math::Cases { then, condition, otherwise } => {
            let [then, condition, otherwise] = [then, condition, otherwise].map(|piece| self::math(piece));
            format!(
                "<mrow><mo class=\"brace\" stretchy=\"false\">{{</mo><mtable class=\"cases\">\
                 <mtr><mtd>{then}</mtd><mtd><mtext>if&nbsp;</mtext>{condition}</mtd></mtr>\
                 <mtr><mtd>{otherwise}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>"
            )
        }
        Math::Sized(inside, size) => {
            format!("<munder>{}{}</munder>", self::math(inside), self::math(&size.math()))
        }
        Math::Matrix(rows) => {
            let cell = |cell: &Math| format!("<mtd>{}</mtd>", self::math(cell));
            let row = |row: &Vec<Math>| format!("<mtr>{}</mtr>", row.iter().map(cell).collect::<String>());
            let rows: String = rows.iter().map(row).collect();
            // The rules of the page draw its brackets: not each machine has a font with tall ones.
            format!("<mtable class=\"matrix\">{rows}</mtable>")
        }
    }
}

/// Pieces side by side.
fn row(items: &[Math]) -> String {
    let mut out = String::from("<mrow>");
    for (index, item) in items.iter().enumerate() {
        out.push_str(&math(item));
        let applied = matches!(item, Math::Name(Name { style: Style::Function | Style::Word, .. }));
        match items.get(index + 1) {
            Some(Math::Fenced(..)) if matches!(item, Math::Name(_)) => out.push_str("<mo>&#x2061;</mo>"),
            Some(Math::Name(_) | Math::Number(_) | Math::Scripts { .. }) if applied => {
                out.push_str("<mspace width=\"0.17em\"/>");
            }
            Some(_) | None => {}
        }
    }
    out.push_str("</mrow>");
    out
}

fn scripts(tags: [&str; 3], base: &str, below: Option<String>, above: Option<String>) -> String {
    let [lower, upper, both] = tags;
    match (below, above) {
        (None, None) => base.to_owned(),
        (Some(below), None) => format!("<{lower}>{base}{below}</{lower}>"),
        (None, Some(above)) => format!("<{upper}>{base}{above}</{upper}>"),
        (Some(below), Some(above)) => format!("<{both}>{base}{below}{above}</{both}>"),
    }
}

fn sign(operator: Operator) -> String {
    let infix = |sign: &str| format!("<mo>{sign}</mo>");
    match operator {
        Operator::Plus => infix("+"),
        Operator::Minus => infix("−"),
        Operator::Negative => "<mo form=\"prefix\">−</mo>".to_owned(),
        Operator::Dot => infix("⋅"),
        Operator::Elementwise => infix("⊙"),
        Operator::Juxtaposed => "<mspace width=\"0.17em\"/>".to_owned(),
        Operator::Times => infix("×"),
        Operator::Comma => "<mo separator=\"true\">,</mo>".to_owned(),
        Operator::Ellipsis => "<mi>…</mi>".to_owned(),
        Operator::Range => infix("…"),
        Operator::Partial => "<mi>∂</mi>".to_owned(),
        Operator::Sum => infix("∑"),
        Operator::Transpose => "<mi>⊤</mi>".to_owned(),
        Operator::Less => infix("&lt;"),
        Operator::LessOrEqual => infix("≤"),
        Operator::Greater => infix("&gt;"),
        Operator::GreaterOrEqual => infix("≥"),
        Operator::Equal => infix("="),
        Operator::Approximately => infix("≈"),
        Operator::NotEqual => infix("≠"),
    }
}

fn number(number: &Number) -> String {
    match number {
        Number::Decimal(Decimal { digits, exponent: None }) => signed(digits),
        Number::Decimal(Decimal { digits, exponent: Some(power) }) => format!(
            "<mrow>{}<mo>⋅</mo><msup><mn>10</mn>{}</msup></mrow>",
            signed(digits),
            signed(&power.to_string())
        ),
        Number::Half => {
            "<mstyle displaystyle=\"false\"><mfrac><mn>1</mn><mn>2</mn></mfrac></mstyle>".to_owned()
        }
        Number::Infinite { negative: false } => "<mi>∞</mi>".to_owned(),
        Number::Infinite { negative: true } => "<mrow><mo form=\"prefix\">−</mo><mi>∞</mi></mrow>".to_owned(),
        Number::Undefined => "<mtext>undefined</mtext>".to_owned(),
    }
}

/// Digits, with a minus as a sign of its own.
fn signed(digits: &str) -> String {
    match digits.strip_prefix('-') {
        Some(digits) => format!("<mrow><mo form=\"prefix\">−</mo><mn>{digits}</mn></mrow>"),
        None => format!("<mn>{digits}</mn>"),
    }
}

fn name(name: &Name) -> String {
    let above = match name.mark {
        Some(Mark::Plus) => Some("<mo>+</mo>".to_owned()),
        Some(Mark::Sample(number)) => {
            let number = Mark::sample(number);
            Some(format!("<mrow><mo>(</mo><mn>{number}</mn><mo>)</mo></mrow>"))
        }
        Some(Mark::Bar | Mark::Hat | Mark::Prime | Mark::Norm) | None => None,
    };
    let letters = letters(name);
    let marked = match name.mark {
        Some(Mark::Bar) => format!("<mover accent=\"true\">{letters}<mo stretchy=\"false\">¯</mo></mover>"),
        Some(Mark::Hat) => format!("<mover accent=\"true\">{letters}<mo stretchy=\"false\">^</mo></mover>"),
        Some(Mark::Norm) => format!("<mrow><mo>‖</mo>{letters}<mo>‖</mo></mrow>"),
        Some(Mark::Prime) => format!("<msup>{letters}<mo>′</mo></msup>"),
        Some(Mark::Plus | Mark::Sample(_)) | None => letters,
    };
    with_subscripts(name, &marked, above)
}

fn with_subscripts(name: &Name, base: &str, above: Option<String>) -> String {
    let subscripts: Vec<String> = name.subscripts.iter().map(self::name).collect();
    let below = match subscripts.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(format!("<mrow>{}</mrow>", several.join("<mo separator=\"true\">,</mo>"))),
    };
    scripts(["msub", "msup", "msubsup"], base, below, above)
}

fn letters(Name { letters, style, .. }: &Name) -> String {
    let letters = escape(letters);
    match style {
        Style::Letter if letters.chars().count() == 1 => format!("<mi>{letters}</mi>"),
        Style::Letter | Style::Word | Style::Function => format!("<mi mathvariant=\"normal\">{letters}</mi>"),
        Style::Bold => format!("<mi mathvariant=\"normal\" class=\"bold\">{letters}</mi>"),
        Style::Digits => format!("<mn>{letters}</mn>"),
    }
}

fn fenced(fence: Fence, inside: &str) -> String {
    let [open, close] = match fence {
        Fence::Round => ["(", ")"],
        Fence::Square => ["[", "]"],
        Fence::Floor => ["⌊", "⌋"],
        Fence::Ceiling => ["⌈", "⌉"],
    };
    format!("<mrow><mo>{open}</mo>{inside}<mo>{close}</mo></mrow>")
}
