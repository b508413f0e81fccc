//! The document as Markdown that GitHub renders: mathematics in ```` ```math ```` blocks and in
//! `` $`…`$ ``, pictures as Mermaid, everything else escaped.

use std::fmt::Write;

use mlp_dsl::visible::acts;
use mlp_graph::mermaid;

use crate::{
    Document,
    content::{Block, Column, Inline, Line, Side, Text},
    notation::{
        layout::Row,
        math::{Math, Operator},
    },
    phrases,
};

use super::latex;

pub(crate) fn print(document: &Document) -> String {
    let printer = Markdown { document };
    let mut out = String::new();
    front_matter(document, &mut out);
    for doc in paragraphs(&document.derivation().header.docs) {
        let _ = write!(out, "\n{}\n", escape(&doc));
    }
    for text in document.preface() {
        let _ = write!(out, "\n{}\n", printer.text(text));
    }
    for (index, section) in document.sections().iter().enumerate() {
        let _ = write!(out, "\n## {}. {}\n", index + 1, escape(document.heading(section)));
        for block in &section.blocks {
            let _ = write!(out, "\n{}\n", printer.block(block));
        }
    }
    out
}

/// Title, author, marks and question.
fn front_matter(document: &Document, out: &mut String) {
    let front = &document.derivation().header.document;
    let _ = writeln!(out, "# {}", escape(&one_line(document.title())));
    let mut line = Vec::new();
    line.extend(front.author.as_deref().map(|author| escape(&one_line(author))));
    line.extend(front.marks.map(phrases::marks));
    if !line.is_empty() {
        let _ = write!(out, "\n{}\n", line.join(" · "));
    }
    let question: Vec<String> =
        front.question.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
    for paragraph in paragraphs(&question) {
        let _ = write!(out, "\n> {}\n", escape(&paragraph));
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines of documentation as paragraphs: an empty line separates them.
fn paragraphs(docs: &[String]) -> Vec<String> {
    let joined = docs.iter().map(|line| line.trim()).collect::<Vec<_>>();
    joined.split(|line| line.is_empty()).map(|lines| lines.join(" ")).filter(|p| !p.is_empty()).collect()
}

struct Markdown<'d> {
    document: &'d Document,
}

impl Markdown<'_> {
    fn block(&self, block: &Block) -> String {
        match block {
            Block::Paragraph(text) => self.text(text),
            Block::Heading(title) => format!("### {}", escape(title)),
            Block::Lines(lines) => self.lines(lines),
            Block::Table { columns, rows } => self.table(columns, rows),
            Block::Picture(picture) => format!("```mermaid\n{}```", mermaid(&picture.graph)),
            Block::Code(text) => code(text),
        }
    }

    fn text(&self, text: &Text) -> String {
        text.iter().map(|inline| self.inline(inline)).collect()
    }

    fn inline(&self, inline: &Inline) -> String {
        match inline {
            Inline::Text(text) => escape(text),
            Inline::Code(code) => format!("`{}`", code.replace(['`', '\n', '|'], "")),
            Inline::Math(side) => math(&self.side(side)),
            Inline::Equality(line) => {
                format!("$`{}`$", chained(&self.document.chain(line)))
            }
            Inline::Sign(sign) => math(sign),
            Inline::Sizes(sizes) => math(&sizes.math()),
        }
    }

    fn side(&self, side: &Side) -> Math {
        self.document.math(side).unwrap_or(Operator::Ellipsis.into())
    }

    /// Lines below one another, aligned at the first equals sign; a long one takes a row for each.
    fn lines(&self, lines: &[Line]) -> String {
        let blocks: Vec<String> = {
            let rows = self.document.rows(lines);
            rows.iter().map(|block| aligned(block, self.document.is_compact())).collect()
        };
        blocks.join("\n\n")
    }

    fn table(&self, columns: &[Column], rows: &[Vec<Text>]) -> String {
        let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let rule = |column: &Column| if column.is_number { "---:" } else { "---" }.to_owned();
        let mut lines = vec![
            line(columns.iter().map(|column| escape(&column.title)).collect()),
            line(columns.iter().map(rule).collect()),
        ];
        lines.extend(rows.iter().map(|row| line(row.iter().map(|text| self.text(text)).collect())));
        lines.join("\n")
    }
}

/// A block of code; its fence is longer than any in it.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    let harmless = |c: char| if acts(c) && c != '\n' { ' ' } else { c };
    let text: String = text.chars().map(harmless).collect();
    format!("{fence}text\n{}\n{fence}", text.trim_end())
}

/// Mathematics in running text.
fn math(math: &Math) -> String {
    format!("$`{}`$", latex::math(math))
}

/// Sides with the signs between them.
fn chained(sides: &[(Operator, Math)]) -> String {
    let mut text = String::new();
    for (index, (sign, side)) in sides.iter().enumerate() {
        if index > 0 {
            let _ = write!(text, " {} ", latex::sign(*sign));
        }
        text.push_str(&latex::math(side));
    }
    text
}

/// A block of aligned rows.
fn aligned(block: &[Row], compact: bool) -> String {
    let [apart, close] = if compact { [5, 2] } else { [10, 6] };
    let mut text = String::new();
    for (index, row) in block.iter().enumerate() {
        if index > 0 {
            let above = index.checked_sub(1).and_then(|above| block.get(above));
            let tall = above.is_some_and(|above| above.right.iter().any(|(_, side)| side.is_tall()));
            let space = if row.left.is_some() { apart } else { close } + if tall { close.max(4) } else { 0 };
            let _ = writeln!(text, " \\\\[{space}pt]");
        }
        if let Some(left) = &row.left {
            text.push_str(&latex::math(left));
            text.push(' ');
        }
        let sign = row.right.first().map_or(Operator::Equal, |(sign, _)| *sign);
        let _ = write!(text, "&{} {}", latex::sign(sign), chained(&row.right));
    }
    format!("```math\n\\begin{{aligned}}\n{text}\n\\end{{aligned}}\n```")
}

/// Plain text in Markdown: what could be markup is made harmless.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut number_before = true;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let word_follows = letters.peek().is_some_and(|next| !next.is_whitespace());
        let starts_list = out.is_empty() && "+-=".contains(c);
        let ends_number = number_before && !out.is_empty() && ".)".contains(c) && !word_follows;
        let special = r"\`*_{}[]<>#|$~!&@".contains(c);
        if special || starts_list || ends_number || (c == ':' && word_follows) {
            out.push('\\');
        }
        number_before &= c.is_ascii_digit();
        out.push(if acts(c) { ' ' } else { c });
    }
    out
}
