//! The document as Markdown that GitHub renders: mathematics in ```` ```math ```` blocks and in
//! `` $`…`$ ``, pictures as Mermaid, everything else escaped.

use std::fmt::Write;

use mlp_dsl::visible::acts;
use mlp_graph::mermaid;

use crate::{
    Document,
    content::{Column, Line, Section, Text},
    notation::{
        layout::Row,
        math::{Math, Operator},
    },
    phrases,
    pictures::{Picture, PictureKind},
};

use super::{
    latex,
    page::{self, Format, Front, Piece},
};

pub(crate) fn print(document: &Document) -> String {
    let mut markdown = Markdown { document, out: String::new() };
    page::print(document, &mut markdown);
    markdown.out
}

/// The most edges of a picture of gates that can be read as Mermaid on a page.
const EDGES: usize = 80;

struct Markdown<'d> {
    document: &'d Document,
    out: String,
}

impl<'d> Format<'d> for Markdown<'d> {
    fn front(&mut self, front: &Front) {
        let _ = writeln!(self.out, "# {}", escape(&front.title));
        let mut line = Vec::new();
        line.extend(front.author.as_deref().map(escape));
        line.extend(front.marks.map(phrases::marks));
        if !line.is_empty() {
            self.block(&line.join(" · "));
        }
        for paragraph in &front.question {
            self.block(&format!("> {}", escape(paragraph)));
        }
    }

    fn remark(&mut self, text: &str) {
        self.block(&escape(text));
    }

    fn section(&mut self, number: usize, _: &'d Section, heading: &'d str) {
        self.block(&format!("## {number}. {}", escape(heading)));
    }

    fn heading(&mut self, title: &str) {
        self.block(&format!("### {}", escape(title)));
    }

    fn paragraph(&mut self, text: &'d Text) {
        self.block(&self.text(text));
    }

    /// Lines below one another, aligned at the first equals sign; a long one takes a row for each.
    fn lines(&mut self, lines: &'d [Line]) {
        let (rows, compact) = (self.document.rows(lines), self.document.is_compact());
        let blocks: Vec<String> = rows.iter().map(|block| aligned(block, compact)).collect();
        self.block(&blocks.join("\n\n"));
    }

    fn table(&mut self, columns: &'d [Column], rows: &'d [Vec<Text>]) {
        let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let rule = |column: &Column| if column.is_number { "---:" } else { "---" }.to_owned();
        let mut lines = vec![
            line(columns.iter().map(|column| escape(&column.title)).collect()),
            line(columns.iter().map(rule).collect()),
        ];
        lines.extend(rows.iter().map(|row| line(row.iter().map(|text| self.text(text)).collect())));
        self.block(&lines.join("\n"));
    }

    fn picture(&mut self, picture: &'d Picture) {
        let edges = picture.graph.edges.len();
        if picture.kind == PictureKind::Computation && edges > EDGES {
            self.block(&self.text(&phrases::computation::graph_left_out(edges)));
        } else {
            self.block(&format!("```mermaid\n{}```", mermaid(&picture.graph)));
        }
    }

    fn code(&mut self, text: &'d str) {
        self.block(&self::code(text));
    }
}

impl Markdown<'_> {
    fn block(&mut self, text: &str) {
        let _ = write!(self.out, "\n{text}\n");
    }

    fn text(&self, text: &Text) -> String {
        text.iter().map(|inline| piece(&page::piece(self.document, inline))).collect()
    }
}

fn piece(piece: &Piece<'_>) -> String {
    match piece {
        Piece::Text(text) => escape(text),
        Piece::Code(code) => format!("`{}`", code.replace(['`', '\n', '|'], "")),
        Piece::Math(math) => self::math(math),
        Piece::Equality(_, sides) => format!("$`{}`$", chained(sides)),
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
