//! A printer outside the crate: a document as HTML with MathML, from public items only.

use mlp_document::{
    Block, Document, Fence, Inline, Line, Mark, Math, Name, Number, Operator, Side, Style, Text,
};

/// The document as an HTML fragment.
pub(crate) fn html(document: &Document) -> String {
    let mut out = element("h1", &escape(document.title()));
    out.extend(document.preface().iter().map(|text| element("p", &running(document, text))));
    for section in document.sections() {
        out.push_str(&element("h2", &escape(document.heading(section))));
        out.extend(section.blocks.iter().map(|block| self::block(document, block)));
    }
    out
}

fn block(document: &Document, block: &Block) -> String {
    match block {
        Block::Paragraph(text) => element("p", &running(document, text)),
        Block::Heading(title) => element("h3", &escape(title)),
        Block::Code(text) => element("pre", &escape(text)),
        Block::Lines(lines) => lines_of(document, lines),
        Block::Table { columns, rows } => {
            let head: String = columns.iter().map(|column| element("th", &escape(&column.title))).collect();
            let cell = |text: &Text| element("td", &running(document, text));
            let row = |row: &Vec<Text>| element("tr", &row.iter().map(cell).collect::<String>());
            let body: String = rows.iter().map(row).collect();
            element("table", &(element("tr", &head) + &body))
        }
        Block::Picture(picture) => mlp_graph::svg(&picture.scene(), "picture"),
    }
}

fn lines_of(document: &Document, lines: &[Line]) -> String {
    let mut out = String::new();
    for row in document.rows(lines).into_iter().flatten() {
        let left = row.left.as_ref().map_or_else(String::new, math);
        let right: String =
            row.right.iter().map(|(it, side)| element("mo", sign(*it)) + &math(side)).collect();
        out.push_str(&element("mtr", &(element("mtd", &left) + &element("mtd", &right))));
    }
    element("math", &element("mtable", &out))
}

fn running(document: &Document, text: &Text) -> String {
    let side = |side: &Side| document.math(side).as_ref().map_or_else(|| element("mo", "…"), math);
    let inline = |inline: &Inline| match inline {
        Inline::Text(text) => escape(text),
        Inline::Code(code) => element("code", &escape(code)),
        Inline::Math(it) => element("math", &side(it)),
        Inline::Equality(line) => {
            let chain = document.chain(line);
            let (first, rest) = chain.split_first().unwrap();
            let rest: String = rest.iter().map(|(it, side)| element("mo", sign(*it)) + &math(side)).collect();
            element("math", &(math(&first.1) + &rest))
        }
        Inline::Sign(sign) => element("math", &math(sign)),
        Inline::Sizes(sizes) => element("math", &math(&sizes.math())),
    };
    text.iter().map(inline).collect()
}

fn math(it: &Math) -> String {
    match it {
        Math::Row(items) => element("mrow", &items.iter().map(math).collect::<String>()),
        Math::Number(Number::Decimal(decimal)) => match decimal.exponent {
            None => element("mn", &decimal.digits),
            Some(e) => element("mn", &format!("{} · 10^{e}", decimal.digits)),
        },
        Math::Number(Number::Half) => element("mn", "½"),
        Math::Number(Number::Infinite { negative }) => element("mn", if *negative { "−∞" } else { "∞" }),
        Math::Number(Number::Undefined) => element("mtext", "undefined"),
        Math::Name(it) => name(it),
        Math::Operator(operator) => element("mo", sign(*operator)),
        Math::Text(text) => element("mtext", &escape(text)),
        Math::Fraction(above, below) => element("mfrac", &(math(above) + &math(below))),
        Math::Scripts { base, below, above } => match (below, above) {
            (Some(below), Some(above)) => element("msubsup", &(math(base) + &math(below) + &math(above))),
            (Some(below), None) => element("msub", &(math(base) + &math(below))),
            (None, Some(above)) => element("msup", &(math(base) + &math(above))),
            (None, None) => math(base),
        },
        Math::Root(inside) => element("msqrt", &math(inside)),
        Math::Fenced(fence, inside) => {
            let (open, close) = match fence {
                Fence::Round => ("(", ")"),
                Fence::Square => ("[", "]"),
                Fence::Floor => ("⌊", "⌋"),
                Fence::Ceiling => ("⌈", "⌉"),
            };
            element("mrow", &(element("mo", open) + &math(inside) + &element("mo", close)))
        }
        Math::Cases { then, condition, otherwise } => {
            let row = |value: &Math, when: &str| {
                element("mtr", &(element("mtd", &math(value)) + &element("mtd", when)))
            };
            let when = element("mtext", "if ") + &math(condition);
            element("mtable", &(row(then, &when) + &row(otherwise, &element("mtext", "otherwise"))))
        }
        Math::Matrix(rows) => {
            let row = |row: &Vec<Math>| {
                element("mtr", &row.iter().map(|cell| element("mtd", &math(cell))).collect::<String>())
            };
            element("mtable", &rows.iter().map(row).collect::<String>())
        }
        Math::Sized(inside, size) => element(
            "munder",
            &(math(inside) + &element("mtext", &format!("{} × {}", size.rows, size.columns))),
        ),
    }
}

fn name(it: &Name) -> String {
    let marked = match it.mark {
        None => it.letters.clone(),
        Some(Mark::Hat) => format!("{}\u{302}", it.letters),
        Some(Mark::Bar) => format!("{}\u{304}", it.letters),
        Some(Mark::Plus) => format!("{}⁺", it.letters),
        Some(Mark::Prime) => format!("{}′", it.letters),
        Some(Mark::Norm) => format!("‖{}‖", it.letters),
        Some(Mark::Sample(number)) => format!("{}⁽{}⁾", it.letters, Mark::sample(number)),
    };
    let letters = match it.style {
        Style::Letter | Style::Word | Style::Function => element("mi", &escape(&marked)),
        Style::Bold | Style::Digits => element("mn", &escape(&marked)),
    };
    it.subscripts.iter().fold(letters, |base, subscript| element("msub", &(base + &name(subscript))))
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Plus => "+",
        Operator::Minus | Operator::Negative => "−",
        Operator::Dot => "·",
        Operator::Elementwise => "⊙",
        Operator::Juxtaposed => "\u{2062}",
        Operator::Times => "×",
        Operator::Comma => ",",
        Operator::Ellipsis | Operator::Range => "…",
        Operator::Partial => "∂",
        Operator::Sum => "∑",
        Operator::Transpose => "⊤",
        Operator::Less => "&lt;",
        Operator::LessOrEqual => "≤",
        Operator::Greater => "&gt;",
        Operator::GreaterOrEqual => "≥",
        Operator::Equal => "=",
        Operator::Approximately => "≈",
        Operator::NotEqual => "≠",
    }
}

fn element(tag: &str, inside: &str) -> String {
    format!("<{tag}>{inside}</{tag}>")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
