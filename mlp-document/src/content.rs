//! What the document says, without a format: sections of paragraphs, tables, pictures and lines
//! of equalities.

use std::borrow::Cow;

use mlp_dsl::{
    formula::evaluate::Real,
    ir::{Derivation, equation::EquationId},
};
use mlp_eval::Array;

use crate::{
    expression::{Expression, evaluate::Numbers},
    notation::math::{Fence, Math, Operator},
    pictures::Picture,
};

/// How a side is printed. It means the same in every form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In symbols.
    Symbols,
    /// With numbers put in for the quantities.
    Numbers,
    /// Each term of the outermost sum as one number; of a quotient both of its parts.
    Terms,
    /// In symbols, with the branch of each choice that the numbers take.
    Taken,
    /// As one number.
    Value,
    /// In symbols, with rows and columns below each array.
    Sized,
    /// As the numbers that are given: of large arrays the corners.
    Given,
    /// The same for some columns of what is printed, from the first to before the last, counted from 0.
    GivenColumns(usize, usize),
}

impl Form {
    /// Whether it has symbols and no numbers.
    pub(crate) fn in_symbols(self) -> bool {
        matches!(self, Form::Symbols | Form::Sized)
    }
}

/// An expression between two equals signs, and the form in which it is printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// How it is printed.
    pub form: Form,
    /// The expression.
    pub expression: Expression,
}

impl Side {
    /// A side in this form.
    pub fn new(form: Form, expression: Expression) -> Self {
        Side { form, expression }
    }

    /// A side in symbols.
    pub fn symbols(expression: Expression) -> Self {
        Side::new(Form::Symbols, expression)
    }

    /// The value seen from a sample.
    pub fn evaluate<R: Real>(
        &self,
        derivation: &Derivation,
        numbers: &Numbers<R>,
        sample: usize,
    ) -> Option<Array<R>> {
        self.expression.evaluate(derivation, numbers, sample)
    }
}

/// A line of equalities: all its sides are equal.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The equations it is about.
    pub subject: Vec<EquationId>,
    /// The sides.
    pub sides: Vec<Side>,
}

impl Line {
    /// A line of two sides in symbols that is about no equation.
    pub(crate) fn of(sides: [Expression; 2]) -> Self {
        Line { subject: Vec::new(), sides: sides.map(Side::symbols).to_vec() }
    }
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Plain text, from us or from the specification; printers escape it.
    Text(String),
    /// A name or text of the specification, as written there.
    Code(String),
    /// Mathematics with a value.
    Math(Side),
    /// An equality.
    Equality(Line),
    /// Mathematics without a value: a letter, a sign.
    Sign(Math),
    /// The sizes of a product of matrices, as an equality.
    Sizes(ProductSizes),
}

/// The sizes of a product of matrices for a whole batch: left · right = result.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductSizes {
    /// The left factor.
    pub left: Size,
    /// The right factor.
    pub right: Size,
    /// The result.
    pub result: Size,
    /// The product of one sample.
    pub of: Expression,
}

/// Rows and columns of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
}

impl ProductSizes {
    /// The equality.
    pub fn math(&self) -> Math {
        let [left, right] = [self.left, self.right].map(|size| size.math().fenced(Fence::Round));
        let product = Math::infix(left, Operator::Dot, right);
        Math::infix(product, Operator::Equal, self.result.math())
    }
}

impl Size {
    pub(crate) fn math(self) -> Math {
        Math::infix(Math::whole(self.rows), Operator::Times, Math::whole(self.columns))
    }

    /// Of the transposed matrix.
    pub(crate) fn turned(self) -> Self {
        Size { rows: self.columns, columns: self.rows }
    }
}

/// A paragraph or a cell.
pub type Text = Vec<Inline>;

impl From<&str> for Inline {
    fn from(text: &str) -> Self {
        Inline::Text(text.to_owned())
    }
}

impl From<String> for Inline {
    fn from(text: String) -> Self {
        Inline::Text(text)
    }
}

impl From<Side> for Inline {
    fn from(side: Side) -> Self {
        Inline::Math(side)
    }
}

impl From<Line> for Inline {
    fn from(line: Line) -> Self {
        Inline::Equality(line)
    }
}

impl From<Math> for Inline {
    fn from(math: Math) -> Self {
        Inline::Sign(math)
    }
}

impl From<ProductSizes> for Inline {
    fn from(sizes: ProductSizes) -> Self {
        Inline::Sizes(sizes)
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its head.
    pub title: Cow<'static, str>,
    /// Whether it has numbers, which are set to the right.
    pub is_number: bool,
}

impl Column {
    /// A column of text.
    pub(crate) const fn text(title: &'static str) -> Self {
        Column { title: Cow::Borrowed(title), is_number: false }
    }

    /// A column of numbers.
    pub(crate) const fn number(title: &'static str) -> Self {
        Column { title: Cow::Borrowed(title), is_number: true }
    }

    /// A column of the numbers of something that the specification names.
    pub(crate) fn number_of(title: String) -> Self {
        Column { title: Cow::Owned(title), is_number: true }
    }
}

/// A part of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Text),
    /// Lines that belong together.
    Lines(Vec<Line>),
    /// A table.
    Table {
        /// The columns.
        columns: Vec<Column>,
        /// The rows.
        rows: Vec<Vec<Text>>,
    },
    /// A picture.
    Picture(Picture),
    /// A heading inside a section.
    Heading(String),
    /// Text of the language, as it is written.
    Code(String),
}

/// A section.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Section {
    /// Which it is: the name of its heading in front matter.
    pub key: &'static str,
    /// Its parts.
    pub blocks: Vec<Block>,
}

impl Section {
    pub(crate) fn new(key: &'static str) -> Self {
        Section { key, blocks: Vec::new() }
    }

    pub(crate) fn paragraph(&mut self, text: Text) {
        self.blocks.push(Block::Paragraph(text));
    }

    pub(crate) fn lines(&mut self, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.blocks.push(Block::Lines(lines));
        }
    }

    /// Lines that go on where the last ones end.
    pub(crate) fn more_lines(&mut self, lines: Vec<Line>) {
        match self.blocks.last_mut() {
            Some(Block::Lines(last)) => last.extend(lines),
            _ => self.lines(lines),
        }
    }

    pub(crate) fn table(&mut self, columns: &[Column], rows: Vec<Vec<Text>>) {
        self.blocks.push(Block::Table { columns: columns.to_vec(), rows });
    }
}
