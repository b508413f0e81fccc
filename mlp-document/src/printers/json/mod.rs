//! The document as data: its steps, and its sections with the names of these steps. `docs/derivation.schema.json`
//! describes it.

mod layout;
mod objects;
mod picture;

use mlp_dsl::{shape::Shape, span::Span};

use crate::{
    Document, Form,
    content::{Column, Line, Section, Side, Text},
    notation::math::{Math, Operator},
    pictures::Picture,
    selection::{Extent, Place, Selection},
    steps::{Given, Step, Steps, Value, given_value},
};

use super::{
    latex,
    page::{self, Format, Front, Piece},
    text,
};

use objects::{
    Block, ColumnObject, Data, GivenObject, OperandObject, OptionsObject, PieceObject, SectionObject,
    SideObject, SpecificationObject, StepObject, Symbol, TextPlace,
};

/// The version of the format: a new one where a program that reads the data has to be changed.
const VERSION: u32 = 1;
/// The schema.
const SCHEMA: &str = "https://raw.githubusercontent.com/mlp-lang/mlp/main/docs/derivation.schema.json";

/// The specification that a document is of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'o> {
    /// The name of its file.
    pub file: Option<&'o str>,
    /// Its text.
    pub text: &'o str,
    /// The hash of all that decides the results.
    pub fingerprint: u64,
    /// The hash of the layout of the parameters.
    pub layout: u64,
}

pub(crate) fn print(document: &Document, origin: &Origin<'_>) -> String {
    let mut json = Json {
        steps: Steps::new(document),
        document,
        front: None,
        remarks: Vec::new(),
        preface: Vec::new(),
        sections: Vec::new(),
    };
    page::print(document, &mut json);
    let places = Places::new(origin.text);
    let data = json.data(origin, &places);
    layout::text(&data)
}

struct Json<'d> {
    document: &'d Document,
    steps: Steps<'d>,
    front: Option<Front>,
    remarks: Vec<String>,
    preface: Vec<Block>,
    sections: Vec<SectionObject>,
}

impl<'d> Format<'d> for Json<'d> {
    fn front(&mut self, front: &Front) {
        self.front = Some(front.clone());
    }

    fn remark(&mut self, text: &str) {
        self.remarks.push(text.to_owned());
    }

    fn section(&mut self, number: usize, section: &'d Section, heading: &'d str) {
        let key = section.key;
        self.sections.push(SectionObject {
            id: key,
            number,
            heading: heading.to_owned(),
            blocks: Vec::new(),
        });
    }

    fn heading(&mut self, title: &str) {
        self.block(Block::Heading { text: title.to_owned() });
    }

    fn paragraph(&mut self, text: &'d Text) {
        let pieces = self.pieces(text);
        self.block(Block::Paragraph { pieces });
    }

    fn lines(&mut self, lines: &'d [Line]) {
        let section = self.section_key();
        let steps = lines.iter().map(|line| self.steps.add(section, line)).collect();
        self.block(Block::Lines { steps });
    }

    fn table(&mut self, columns: &'d [Column], rows: &'d [Vec<Text>]) {
        let column =
            |column: &Column| ColumnObject { title: column.title.to_string(), number: column.is_number };
        let columns = columns.iter().map(column).collect();
        let rows = rows.iter().map(|row| row.iter().map(|cell| self.pieces(cell)).collect()).collect();
        self.block(Block::Table { columns, rows });
    }

    fn picture(&mut self, picture: &'d Picture) {
        self.block(picture::block(picture));
    }

    fn code(&mut self, text: &'d str) {
        self.block(Block::Code { text: text.to_owned() });
    }
}

impl<'d> Json<'d> {
    fn section_key(&self) -> &'d str {
        self.sections.last().map_or("preface", |section| section.id)
    }

    fn block(&mut self, block: Block) {
        match self.sections.last_mut() {
            Some(section) => section.blocks.push(block),
            None => self.preface.push(block),
        }
    }

    fn pieces(&mut self, text: &'d Text) -> Vec<PieceObject> {
        let section = self.section_key();
        let pieces = text.iter().map(|inline| match page::piece(self.document, inline) {
            Piece::Text(text) => PieceObject::Text(text.to_owned()),
            Piece::Code(code) => PieceObject::Code(code.to_owned()),
            Piece::Math(math) => PieceObject::Math(latex::math(&math)),
            Piece::Equality(line, _) => PieceObject::Step(self.steps.add(section, line)),
        });
        pieces.collect()
    }

    fn data(self, origin: &Origin<'_>, places: &Places<'_>) -> Data {
        let derivation = self.document.derivation();
        let steps = self.steps.all.iter().map(|step| self.step(step, places)).collect();
        let given = self.steps.given.iter().map(|given| self.given(given, places)).collect();
        let options = self.options();
        let front = self.front.unwrap_or_default();
        Data {
            schema: SCHEMA,
            version: VERSION,
            network: derivation.header.name.clone(),
            title: front.title,
            author: front.author,
            marks: front.marks,
            question: front.question,
            remarks: self.remarks,
            specification: SpecificationObject {
                file: origin.file.map(str::to_owned),
                fingerprint: format!("{:016x}", origin.fingerprint),
                layout: format!("{:016x}", origin.layout),
            },
            options,
            samples: self.document.numbers.as_ref().map(crate::Numbers::samples),
            given,
            given_left_out: self.steps.not_given,
            preface: self.preface,
            sections: self.sections,
            steps,
        }
    }

    fn options(&self) -> OptionsObject {
        let (document, derivation) = (self.document, self.document.derivation());
        let Selection { only, focus, sections } = &document.options.selection;
        let names = |places: &[Place]| places.iter().map(|place| place.name(derivation)).collect();
        OptionsObject {
            digits: document.digits,
            round_each: document.round_each,
            batch: derivation.chosen.batch,
            sample: derivation.chosen.sample.map(|sample| sample + 1),
            detail: if document.options.full_detail { "full" } else { "usual" },
            steps: document.steps,
            form: match document.options.extent {
                Extent::Brief => "brief",
                Extent::Full => "full",
            },
            only: names(only),
            focus: names(focus),
            sections: sections.clone(),
        }
    }

    fn given(&self, given: &Given, places: &Places<'_>) -> GivenObject {
        GivenObject {
            id: given.id.clone(),
            kind: given.kind,
            name: given.name.clone(),
            symbol: self.steps.symbol(given).map(|math| symbol(&math)),
            value: given_value(self.document, &given.key),
            place: given.span.and_then(|span| places.place(span)),
        }
    }

    fn step(&self, step: &Step<'d>, places: &Places<'_>) -> StepObject {
        let sides = self.steps.sides(step);
        let latex_of = |wanted: Form| {
            let side = sides.iter().skip(1).find(|(_, _, side)| side.form == wanted);
            side.map(|(_, math, _)| latex::math(math))
        };
        let operand = |operand: crate::steps::Operand| OperandObject {
            id: operand.id,
            symbol: symbol(&operand.symbol),
            value: operand.value,
        };
        let derivation = self.document.derivation();
        StepObject {
            id: step.id.clone(),
            section: step.section.to_owned(),
            subject: step.line.subject.iter().map(|id| derivation.name_of(*id)).collect(),
            symbol: sides.first().map(|(_, math, _)| symbol(math)),
            formula: latex_of(Form::Symbols),
            numbers: latex_of(Form::Numbers),
            value: self.steps.value(step),
            shape: step.line.sides.first().map_or_else(Vec::new, |side| sizes(side.expression.shape())),
            each_sample: self.steps.each_sample(step),
            operands: self.steps.operands(step).into_iter().map(operand).collect(),
            reason: step.reason.words(),
            sides: sides.iter().enumerate().map(|(index, side)| self::side(index, side)).collect(),
            place: self.steps.span(step).and_then(|span| places.place(span)),
        }
    }
}

fn side(index: usize, (operator, math, side): &(Operator, Math, &Side)) -> SideObject {
    SideObject {
        relation: (index > 0).then_some(if *operator == Operator::Approximately { "≈" } else { "=" }),
        form: match side.form {
            Form::Symbols | Form::Sized => "symbols",
            Form::Taken => "branch",
            Form::Numbers => "numbers",
            Form::Terms => "terms",
            Form::Value => "value",
            Form::Given | Form::GivenColumns(..) => "given",
        },
        latex: latex::math(math),
    }
}

fn symbol(math: &Math) -> Symbol {
    Symbol { latex: latex::math(math), text: text::math(math) }
}

fn sizes(shape: Shape) -> Vec<usize> {
    match shape {
        Shape::Scalar => Vec::new(),
        Shape::Vector(n) => vec![n],
        Shape::Matrix(rows, columns) => vec![rows, columns],
    }
}

/// Lines and columns of a text.
struct Places<'o> {
    text: &'o str,
    /// The offset at which each line begins.
    lines: Vec<usize>,
}

impl<'o> Places<'o> {
    fn new(text: &'o str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Places { text, lines: std::iter::once(0).chain(after).collect() }
    }

    /// Line and column from 1 and the length, in characters.
    fn place(&self, span: Span) -> Option<TextPlace> {
        let line = self.lines.partition_point(|start| *start <= span.start);
        let start = *self.lines.get(line.checked_sub(1)?)?;
        let column = self.text.get(start..span.start)?.chars().count() + 1;
        let length = self.text.get(span.start..span.end)?.chars().count();
        Some(TextPlace { line, column, length })
    }
}
