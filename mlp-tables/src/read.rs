//! Files → tables: comma-separated values here, arrays in `arrays`.

use std::io::{BufRead, BufReader, Read, Take};

use csv::{ByteRecord, Reader, ReaderBuilder};
use flate2::read::MultiGzDecoder;

use crate::{
    arrays,
    cells::is_number,
    choice::{Columns, choose},
    error::{Error, Unit},
    filled::{Cell, Filled, Table},
    limits,
    wanted::{Header, Wanted},
};

/// Reads a table, packed with gzip or not: comma-separated values, an array of NumPy (`.npy`), several with names (`.npz`), or an array of
/// IDX, told apart by the first bytes. Between cells of text are semicolons or tabs, if the first row has any, and else commas. The first
/// size of an array is the number of rows; the columns of an array `x` in a file of several are `x1`, `x2`, … .
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
    if arrays::is_array(start) {
        return arrays::read(plain, wanted);
    }
    if start.starts_with(b"\xef\xbb\xbf") {
        plain.consume(3);
    }
    let delimiter = delimiter(plain.fill_buf().map_err(Error::System)?);
    let mut builder = ReaderBuilder::new();
    let csv = builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(plain);
    Rows { csv, record: ByteRecord::new() }.table(wanted)
}

/// Reads inputs and targets from two files, such as MNIST's, whose rows belong together.
///
/// # Errors
/// As [`read`]; [`Error::Rows`].
pub fn read_both(inputs: impl Read, targets: impl Read, wanted: &Wanted) -> Result<Table, Error> {
    let of_inputs =
        Wanted { targets: Vec::new(), target_columns: None, classes: Vec::new(), ..wanted.clone() };
    let of_targets = Wanted { inputs: Vec::new(), input_columns: None, ..wanted.clone() };
    let (inputs, targets) = (read(inputs, &of_inputs)?, read(targets, &of_targets)?);
    if inputs.rows != targets.rows {
        return Err(Error::Rows { inputs: inputs.rows, targets: targets.rows });
    }
    Ok(Table { inputs: inputs.inputs, input_columns: inputs.input_columns, ..targets })
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
        let choice = choose(&Columns::new(names.as_deref(), count, Vec::new()), wanted)?;
        let mut filled = Filled::new(names.as_deref(), &choice, wanted, Unit::Line);
        let mut more = if names.is_some() { self.step(&mut line)? } else { true };
        while more {
            if self.record.len() != count {
                return Err(Error::Length { line, found: self.record.len(), expected: count });
            }
            filled.row(|column| Cell::Text(self.record.get(column).unwrap_or_default()), line)?;
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::Data;

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
