//! Comma-separated values → the numbers of all rows.

use std::io::{BufRead, BufReader, Read, Take};

use csv::{ByteRecord, Reader, ReaderBuilder};
use flate2::read::MultiGzDecoder;

use crate::{
    cells::{is_number, number},
    choice::choose,
    classes::Texts,
    error::{Bad, Error, Place, quoted},
    limits,
    wanted::{Data, Header, Wanted},
};

/// The numbers of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The inputs, row after row.
    pub inputs: Vec<f64>,
    /// The targets, row after row: a class is its number, counted from 0.
    pub targets: Vec<f64>,
    /// How many rows there are.
    pub rows: usize,
    /// The columns of the inputs: names, or numbers from 1.
    pub input_columns: Vec<String>,
    /// The columns of the targets.
    pub target_columns: Vec<String>,
    /// The names of the classes of each target, where it is a class.
    pub classes: Vec<Option<Vec<String>>>,
}

/// Reads comma-separated values, packed with gzip or not. Between the cells are semicolons or tabs, if the first row has any, and
/// else commas.
///
/// # Errors
/// [`Error`], with the place of what is wrong.
pub fn read(reader: impl Read, wanted: &Wanted) -> Result<Table, Error> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let is_packed = reader.fill_buf().map_err(Error::System)?.starts_with(&[0x1f, 0x8b]);
    let plain: Box<dyn Read + '_> =
        if is_packed { Box::new(MultiGzDecoder::new(reader)) } else { Box::new(reader) };
    let mut plain = BufReader::with_capacity(1 << 16, plain.take(limits::BYTES + 1));
    let start = plain.fill_buf().map_err(Error::System)?;
    if start.starts_with(b"\xef\xbb\xbf") {
        plain.consume(3);
    }
    let delimiter = delimiter(plain.fill_buf().map_err(Error::System)?);
    let mut builder = ReaderBuilder::new();
    let csv = builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(plain);
    Rows { csv, record: ByteRecord::new() }.table(wanted)
}

/// What is between the cells of the first row.
fn delimiter(start: &[u8]) -> u8 {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut inside = false;
    let outside: Vec<u8> = line
        .iter()
        .copied()
        .filter(|byte| {
            inside ^= *byte == b'"';
            !inside
        })
        .collect();
    // Beside a semicolon a comma is a decimal comma.
    let count = |wanted: u8| outside.iter().filter(|byte| **byte == wanted).count();
    [b';', b'\t'].into_iter().find(|other| count(*other) > 0).unwrap_or(b',')
}

type Plain<'r> = BufReader<Take<Box<dyn Read + 'r>>>;

/// The rows of a file.
struct Rows<'r> {
    csv: Reader<Plain<'r>>,
    record: ByteRecord,
}

/// A column that is read.
struct Column {
    index: usize,
    name: Option<String>,
    /// The number of classes, and the texts so far.
    class: Option<(usize, Texts)>,
}

impl Column {
    fn shown(&self) -> String {
        self.name.clone().unwrap_or_else(|| (self.index + 1).to_string())
    }
}

impl Rows<'_> {
    /// Reads the next row; its line.
    fn next(&mut self) -> Result<Option<u64>, Error> {
        let more = self.csv.read_byte_record(&mut self.record).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => Error::System(error),
            other => Error::System(std::io::Error::other(format!("{other:?}"))),
        })?;
        if self.csv.get_ref().get_ref().limit() == 0 {
            return Err(Error::TooLarge);
        }
        Ok(more.then(|| self.record.position().map_or(0, csv::Position::line)))
    }

    fn table(mut self, wanted: &Wanted) -> Result<Table, Error> {
        let Some(mut line) = self.next()? else { return Err(Error::Empty) };
        let count = self.record.len();
        if count > limits::COLUMNS {
            let what = format!("line {line} has {count} cells, and a table at most {}", limits::COLUMNS);
            return Err(Error::Columns { what, help: "leave out columns".to_owned() });
        }
        let names = self.names(wanted.header);
        let choice = choose(names.as_deref(), count, wanted)?;
        let classes = wanted.targets.iter().flat_map(|data| vec![data.classes(); data.columns()]);
        let column = |(index, classes): (usize, Option<usize>)| Column {
            index,
            name: names.as_ref().and_then(|names| names.get(index)).cloned(),
            class: classes.map(|classes| (classes, Texts::default())),
        };
        let mut columns: Vec<Column> = choice.inputs.iter().map(|index| column((*index, None))).collect();
        let inputs = columns.len();
        columns.extend(choice.targets.iter().copied().zip(classes).map(column));
        let mut filled = Filled::new(columns, inputs, wanted.single);
        let mut more = if names.is_some() { self.step(&mut line)? } else { true };
        while more {
            if self.record.len() != count {
                return Err(Error::Length { line, found: self.record.len(), expected: count });
            }
            filled.row(&self.record, line)?;
            more = self.step(&mut line)?;
        }
        filled.finish(wanted)
    }

    fn step(&mut self, line: &mut u64) -> Result<bool, Error> {
        let next = self.next()?;
        *line = next.unwrap_or(*line);
        Ok(next.is_some())
    }

    /// The names of the columns, if the row that was read is one of names.
    fn names(&self, header: Header) -> Option<Vec<String>> {
        let cells: Vec<String> =
            self.record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        let is_header = match header {
            Header::Yes => true,
            Header::No => false,
            Header::Auto => !cells.iter().any(|cell| is_number(cell)),
        };
        is_header.then_some(cells)
    }
}

/// The numbers so far.
struct Filled {
    columns: Vec<Column>,
    /// How many of them are inputs; the others are targets.
    inputs: usize,
    single: bool,
    table: Table,
    bad: Vec<Bad>,
    more: u64,
}

impl Filled {
    fn new(columns: Vec<Column>, inputs: usize, single: bool) -> Self {
        Filled { columns, inputs, single, table: Table::default(), bad: Vec::new(), more: 0 }
    }

    fn row(&mut self, record: &ByteRecord, line: u64) -> Result<(), Error> {
        for (place, column) in self.columns.iter_mut().enumerate() {
            let cell = record.get(column.index).unwrap_or_default();
            let shown = || column.name.clone().unwrap_or_else(|| (column.index + 1).to_string());
            let found = match (std::str::from_utf8(cell), &mut column.class) {
                (Err(_), _) => Err(format!("`{}` is not UTF-8", quoted(&String::from_utf8_lossy(cell)))),
                (Ok(cell), None) => number(cell, self.single),
                (Ok(cell), Some(_)) if cell.trim().is_empty() => Err("the cell is empty".to_owned()),
                (Ok(cell), Some((classes, texts))) => match texts.number(cell.trim(), line, *classes) {
                    Some(number) => Ok(f64::from(number)),
                    None => return Err(texts.too_many(&shown(), *classes)),
                },
            };
            let to = if place < self.inputs { &mut self.table.inputs } else { &mut self.table.targets };
            match found {
                Ok(number) => to.push(number),
                Err(_) if self.bad.len() == limits::LISTED => self.more += 1,
                Err(what) => {
                    let place = Place { line, column: column.index + 1, name: column.name.clone() };
                    self.bad.push(Bad { place, what });
                }
            }
        }
        self.table.rows += 1;
        Ok(())
    }

    fn finish(mut self, wanted: &Wanted) -> Result<Table, Error> {
        if !self.bad.is_empty() {
            return Err(Error::Cells(self.bad, self.more));
        }
        if self.table.rows == 0 {
            return Err(Error::Empty);
        }
        let (inputs, targets) = self.columns.split_at(self.inputs.min(self.columns.len()));
        self.table.input_columns = inputs.iter().map(Column::shown).collect();
        self.table.target_columns = targets.iter().map(Column::shown).collect();
        let read: &[Data] = if targets.is_empty() { &[] } else { &wanted.targets };
        let mut first = 0;
        for (number, data) in read.iter().enumerate() {
            let names = match targets.get(first).map(|column| (column.shown(), &column.class)) {
                Some((column, Some((classes, texts)))) => {
                    let given = wanted.classes.get(number).and_then(|names| names.as_deref());
                    let (names, of) = texts.classes(&column, *classes, given)?;
                    for row in self.table.targets.chunks_mut(targets.len()) {
                        if let Some(number) = row.get_mut(first) {
                            *number = of.get(*number as usize).map_or(0.0, |class| *class as f64);
                        }
                    }
                    Some(names)
                }
                Some((_, None)) | None => None,
            };
            self.table.classes.push(names);
            first += data.columns();
        }
        Ok(self.table)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use std::io::Write;

    use super::*;

    fn wanted() -> Wanted {
        Wanted::new(vec![Data::numbers("x", 2)], vec![Data::class("kind", 3)])
    }

    #[test]
    fn a_packed_table_is_the_same_table() {
        let text = "x1,x2,kind\n1,2,b\n3,4,a\n5,6,c\n";
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(text.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        let table = read(text.as_bytes(), &wanted()).unwrap();
        assert_eq!(read(packed.as_slice(), &wanted()).unwrap(), table);
        assert_eq!(table.targets, [1.0, 0.0, 2.0]);
        let (start, _) = packed.split_at(packed.len() / 2);
        assert!(matches!(read(start, &wanted()), Err(Error::System(_))));
    }

    /// Classes that are numbers are in the order of their values, and those from 0 on keep them.
    #[test]
    fn classes_are_numbered() {
        let names = |text: &str| -> Vec<String> {
            read(text.as_bytes(), &wanted()).unwrap().classes.into_iter().flatten().flatten().collect()
        };
        assert_eq!(names("x1,x2,kind\n1,2,10\n1,2,9\n1,2,-1\n"), ["-1", "9", "10"]);
        assert_eq!(names("x1,x2,kind\n1,2,2\n1,2,1.0\n"), ["0", "1", "2"]);
    }

    /// Texts of all kinds give a table or an error, and a message for each error.
    #[test]
    fn no_text_panics() {
        const PARTS: [&[u8]; 18] = [
            b"x1",
            b"x2",
            b"kind",
            b",",
            b",",
            b",",
            b"\n",
            b"\n",
            b"1",
            b"2.5",
            b"a",
            b"\"",
            b";",
            b"\t",
            b"\r\n",
            b"\xff",
            b"\x1f\x8b",
            b"-1e999",
        ];
        let mut state = 1_u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut good = 0;
        for round in 0..2_000 {
            let mut text = if round % 2 == 0 { b"x1,x2,kind\n1,2,1\n".to_vec() } else { Vec::new() };
            for _ in 0..next(24) {
                text.extend(PARTS[next(PARTS.len())]);
            }
            match read(text.as_slice(), &wanted()) {
                Ok(table) => {
                    good += 1;
                    assert_eq!((table.inputs.len(), table.targets.len()), (2 * table.rows, table.rows));
                }
                Err(error) => assert!(!error.to_string().contains('\u{ff}')),
            }
        }
        assert!(good > 0);
    }
}
