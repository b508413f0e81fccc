//! The order of a page, which all formats have in common: title, remarks, preface, numbered sections, blocks.

use crate::{
    Document,
    content::{Block, Column, Inline, Line, Section, Text},
    notation::math::{Math, Operator},
    pictures::Picture,
};

/// What each format says in its own way.
pub(crate) trait Format<'d> {
    /// Title, author, marks and question.
    fn front(&mut self, front: &Front);
    /// A paragraph of the specification's documentation.
    fn remark(&mut self, text: &str);
    /// The heading of a section.
    fn section(&mut self, number: usize, section: &'d Section, heading: &'d str);
    /// A heading inside a section.
    fn heading(&mut self, title: &str);
    /// A paragraph.
    fn paragraph(&mut self, text: &'d Text);
    /// Lines that belong together.
    fn lines(&mut self, lines: &'d [Line]);
    /// A table.
    fn table(&mut self, columns: &'d [Column], rows: &'d [Vec<Text>]);
    /// A picture.
    fn picture(&mut self, picture: &'d Picture);
    /// Text of the specification, its lines as they are.
    fn code(&mut self, text: &'d str);
}

/// What is above the first paragraph.
#[derive(Clone, Debug, Default)]
pub(crate) struct Front {
    pub(crate) title: String,
    pub(crate) author: Option<String>,
    pub(crate) marks: Option<f64>,
    /// The paragraphs of the question.
    pub(crate) question: Vec<String>,
}

/// A piece of running text, its mathematics as trees.
pub(crate) enum Piece<'p> {
    /// Plain text.
    Text(&'p str),
    /// A name or text of the specification.
    Code(&'p str),
    /// Mathematics.
    Math(Math),
    /// An equality, and its sides as they are printed, each with the sign before it.
    Equality(&'p Line, Vec<(Operator, Math)>),
}

/// Goes through the page once.
pub(crate) fn print<'d>(document: &'d Document, format: &mut dyn Format<'d>) {
    format.front(&front(document));
    for text in remarks(document) {
        format.remark(&text);
    }
    for text in document.preface() {
        format.paragraph(text);
    }
    for (index, section) in document.sections().iter().enumerate() {
        format.section(index + 1, section, document.heading(section));
        for block in &section.blocks {
            match block {
                Block::Heading(title) => format.heading(title),
                Block::Paragraph(text) => format.paragraph(text),
                Block::Lines(lines) => format.lines(lines),
                Block::Table { columns, rows } => format.table(columns, rows),
                Block::Picture(picture) => format.picture(picture),
                Block::Code(text) => format.code(text),
            }
        }
    }
}

/// A piece of running text; mathematics that is too long is an ellipsis.
pub(crate) fn piece<'p>(document: &Document, inline: &'p Inline) -> Piece<'p> {
    match inline {
        Inline::Text(text) => Piece::Text(text),
        Inline::Code(code) => Piece::Code(code),
        Inline::Math(side) => Piece::Math(document.math(side).unwrap_or(Operator::Ellipsis.into())),
        Inline::Equality(line) => Piece::Equality(line, document.chain(line)),
        Inline::Sign(sign) => Piece::Math(sign.clone()),
        Inline::Sizes(sizes) => Piece::Math(sizes.math()),
    }
}

/// What is above the first paragraph.
fn front(document: &Document) -> Front {
    let front = &document.derivation().header.document;
    let question: Vec<String> =
        front.question.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
    Front {
        title: one_line(document.title()),
        author: front.author.as_deref().map(one_line),
        marks: front.marks,
        question: paragraphs(&question),
    }
}

/// The paragraphs of the specification's documentation.
fn remarks(document: &Document) -> Vec<String> {
    paragraphs(&document.derivation().header.docs)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines of documentation as paragraphs: an empty line separates them.
fn paragraphs(docs: &[String]) -> Vec<String> {
    let joined = docs.iter().map(|line| line.trim()).collect::<Vec<_>>();
    joined.split(|line| line.is_empty()).map(|lines| lines.join(" ")).filter(|p| !p.is_empty()).collect()
}
