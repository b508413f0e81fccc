//! What is wrong with a table.

use std::{fmt, io};

use crate::limits;

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line of the file, counted from 1; of an array the row.
    pub line: u64,
    /// What `line` counts.
    pub unit: Unit,
    /// The column, counted from 1.
    pub column: usize,
    /// The name of the column, where there is a header.
    pub name: Option<String>,
}

/// What a file consists of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Lines of text.
    #[default]
    Line,
    /// Rows of an array.
    Row,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unit::Line => "line",
            Unit::Row => "row",
        })
    }
}

/// A cell that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// Where it is.
    pub place: Place,
    /// What is wrong with it, and how to correct it.
    pub what: String,
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, unit, column, name } = &self.place;
        write!(f, "{unit} {line}, column {column}")?;
        if let Some(name) = name {
            write!(f, " (`{}`)", quoted(name))?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Why a table is not read.
#[derive(Debug)]
pub enum Error {
    /// The reader failed.
    System(io::Error),
    /// The table is larger than [`limits::BYTES`].
    TooLarge,
    /// Inputs and targets are more than [`limits::NUMBERS`] numbers.
    TooMany,
    /// There are no rows.
    Empty,
    /// The file begins as an array of NumPy or of IDX, and is none that can be read.
    Array {
        /// What is wrong.
        what: String,
        /// How to correct it.
        help: String,
    },
    /// Inputs and targets come from two files, and these have different numbers of rows.
    Rows {
        /// Those of the inputs.
        inputs: usize,
        /// Those of the targets.
        targets: usize,
    },
    /// A row has another number of cells than the first one.
    Length {
        /// The line of the file, counted from 1.
        line: u64,
        /// Its cells.
        found: usize,
        /// The cells of the first row.
        expected: usize,
    },
    /// A column is missing, or the columns of the network can't be told from others.
    Columns {
        /// What is wrong.
        what: String,
        /// How to correct it.
        help: String,
    },
    /// Cells that can't be used: the first of them, and how many more there are.
    Cells(Vec<Bad>, u64),
    /// The classes of a column are not those of the network.
    Classes {
        /// What is wrong.
        what: String,
        /// How to correct it.
        help: String,
    },
}

impl Error {
    /// How to correct it.
    pub fn help(&self) -> String {
        match self {
            Error::System(_) => String::new(),
            Error::TooLarge | Error::TooMany => "split the table, or leave out columns".to_owned(),
            Error::Rows { .. } => "give files of the same samples".to_owned(),
            Error::Empty => "a table has at least one row of samples after its names".to_owned(),
            Error::Length { .. } => {
                "each row has the same number of cells; where numbers have a decimal comma, write a \
                                     point, or put `;` between the cells"
                    .to_owned()
            }
            Error::Cells(..) => "correct these cells, or remove their rows".to_owned(),
            Error::Columns { help, .. } | Error::Classes { help, .. } | Error::Array { help, .. } => {
                help.clone()
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::System(error) => error.fmt(f),
            Error::TooLarge => write!(f, "the table is larger than {} bytes", limits::BYTES),
            Error::TooMany => write!(f, "the table has more than {} numbers", limits::NUMBERS),
            Error::Empty => write!(f, "the table has no rows"),
            Error::Rows { inputs, targets } => {
                write!(f, "there are inputs of {inputs} rows and targets of {targets}")
            }
            Error::Length { line, found, expected } => {
                write!(f, "line {line} has {found} cells, but the first row has {expected}")
            }
            Error::Columns { what, .. } | Error::Classes { what, .. } | Error::Array { what, .. } => {
                f.write_str(what)
            }
            Error::Cells(bad, more) => {
                for (number, bad) in bad.iter().enumerate() {
                    write!(f, "{}{bad}", if number == 0 { "" } else { "\n  " })?;
                }
                match more {
                    0 => Ok(()),
                    more => write!(f, "\n  and {more} more"),
                }
            }
        }
    }
}

impl std::error::Error for Error {}

/// A text of a table in a message: its first characters, none of which a terminal obeys.
pub(crate) fn quoted(text: &str) -> String {
    let mut all = text.chars();
    let shown: String = all.by_ref().take(limits::QUOTED).collect();
    let shown = shown
        .chars()
        .flat_map(|c| {
            let plain = c == ' ' || c.is_alphanumeric() || c.is_ascii_graphic();
            if plain { vec![c] } else { c.escape_unicode().collect() }
        })
        .collect::<String>();
    if all.next().is_some() { shown + "…" } else { shown }
}
