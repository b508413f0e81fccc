//! The document as one HTML file: mathematics as MathML, pictures as SVG. It needs no script and no network.

use std::fmt::Write;

use mlp_dsl::visible::acts;
use mlp_graph::svg;

use crate::{
    Document,
    content::{Column, Line, Section, Text},
    notation::layout::Row,
    phrases,
    pictures::Picture,
};

use super::{
    mathml,
    page::{self, Format, Front, Piece},
};

/// The rules of its look.
const STYLE: &str = include_str!("style.css");

/// A picture that is wider than this is on a sheet of its own, turned.
const WIDE: f64 = 1000.0;
/// Tables with at most as many rows stay on one sheet.
const SMALL: usize = 14;
/// Lines of text that a block of mathematics may be high; a sheet has about 55.
const HEIGHT: usize = 28;

pub(crate) fn print(document: &Document) -> String {
    let mut html = Html { document, out: String::new(), open: false, pictures: 0 };
    page::print(document, &mut html);
    html.close();
    html.out.push_str("</main>\n</body>\n</html>\n");
    html.out
}

struct Html<'d> {
    document: &'d Document,
    out: String,
    /// Whether a section is open.
    open: bool,
    pictures: usize,
}

impl<'d> Format<'d> for Html<'d> {
    fn front(&mut self, front: &Front) {
        let title = escape(&front.title);
        let _ = write!(
            self.out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n"
        );
        if let Some(author) = &front.author {
            let _ = writeln!(self.out, "<meta name=\"author\" content=\"{}\">", escape(author));
        }
        let class = if self.document.is_compact() { " class=\"compact\"" } else { "" };
        let _ =
            write!(self.out, "<style>\n{STYLE}</style>\n</head>\n<body>\n<main{class}>\n<h1>{title}</h1>\n");
        let mut line = Vec::new();
        line.extend(front.author.as_deref().map(escape));
        line.extend(front.marks.map(phrases::marks));
        if !line.is_empty() {
            let _ = writeln!(self.out, "<p class=\"byline\">{}</p>", line.join(" · "));
        }
        if !front.question.is_empty() {
            self.out.push_str("<blockquote>\n");
            for paragraph in &front.question {
                self.remark(paragraph);
            }
            self.out.push_str("</blockquote>\n");
        }
    }

    fn remark(&mut self, text: &str) {
        let _ = writeln!(self.out, "<p>{}</p>", escape(text));
    }

    fn section(&mut self, number: usize, section: &'d Section, heading: &'d str) {
        self.close();
        self.open = true;
        let (key, heading) = (section.key, escape(heading));
        let _ = writeln!(self.out, "<section id=\"{key}\" aria-labelledby=\"{key}-title\">");
        let _ = writeln!(self.out, "<h2 id=\"{key}-title\">{number}. {heading}</h2>");
    }

    fn heading(&mut self, title: &str) {
        let _ = writeln!(self.out, "<h3>{}</h3>", escape(title));
    }

    fn paragraph(&mut self, text: &'d Text) {
        let text = self.text(text);
        let _ = writeln!(self.out, "<p>{text}</p>");
    }

    /// Lines below one another, aligned at the first equals sign; a long one takes a row for each. A wide block can be
    /// moved with the keyboard too.
    fn lines(&mut self, lines: &'d [Line]) {
        for block in self.document.rows(lines) {
            for part in parts(&block) {
                let _ =
                    writeln!(self.out, "<div class=\"lines\" tabindex=\"0\">{}</div>", mathml::aligned(part));
            }
        }
    }

    fn table(&mut self, columns: &'d [Column], rows: &'d [Vec<Text>]) {
        let class = |column: &Column| if column.is_number { " class=\"number\"" } else { "" };
        let small = if rows.len() <= SMALL { " small" } else { "" };
        let _ = write!(self.out, "<div class=\"table{small}\" tabindex=\"0\"><table>\n<thead><tr>");
        for column in columns {
            let _ = write!(self.out, "<th scope=\"col\"{}>{}</th>", class(column), escape(&column.title));
        }
        self.out.push_str("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.out.push_str("<tr>");
            for (index, cell) in row.iter().enumerate() {
                let text = self.text(cell);
                let class = columns.get(index).map_or("", class);
                let _ = match index {
                    0 => write!(self.out, "<th scope=\"row\"{class}>{text}</th>"),
                    _ => write!(self.out, "<td{class}>{text}</td>"),
                };
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody>\n</table></div>\n");
    }

    fn picture(&mut self, picture: &'d Picture) {
        self.pictures += 1;
        let scene = picture.scene();
        let class = if scene.width > WIDE { " class=\"wide\"" } else { "" };
        let picture = svg(&scene, &format!("picture-{}", self.pictures));
        let _ = writeln!(self.out, "<figure{class} tabindex=\"0\">{picture}</figure>");
    }

    fn code(&mut self, text: &'d str) {
        let lines: Vec<String> = text.trim_end().lines().map(escape).collect();
        let _ = writeln!(self.out, "<pre tabindex=\"0\"><code>{}</code></pre>", lines.join("\n"));
    }
}

impl Html<'_> {
    fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            self.out.push_str("</section>\n");
        }
    }

    fn text(&self, text: &Text) -> String {
        let piece = |piece: &Piece<'_>| match piece {
            Piece::Text(text) => escape(text),
            Piece::Code(code) => format!("<code>{}</code>", escape(code)),
            Piece::Math(math) => mathml::inline(math),
            Piece::Equality(_, sides) => mathml::equality(sides),
        };
        text.iter().map(|inline| piece(&page::piece(self.document, inline))).collect()
    }
}

/// A block in parts that are not too high to stay on one sheet of paper, as far as its lines are.
fn parts(block: &[Row]) -> Vec<&[Row]> {
    let height = |row: &Row| {
        let right = row.right.iter().map(|(_, side)| mathml::height(side));
        row.left.as_ref().map(mathml::height).into_iter().chain(right).max().unwrap_or(1)
    };
    let (mut parts, mut start, mut sum) = (Vec::new(), 0, 0);
    let mut line_start = 0;
    for (index, row) in block.iter().enumerate() {
        if row.left.is_some() {
            line_start = index;
        }
        sum += height(row);
        if sum > HEIGHT && line_start > start {
            parts.extend(block.get(start..line_start));
            start = line_start;
            sum = block.get(start..=index).unwrap_or_default().iter().map(height).sum();
        }
    }
    parts.extend(block.get(start..));
    parts
}

/// Plain text as text of HTML, in elements and in attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(if acts(c) { ' ' } else { c }),
        }
    }
    out
}
