//! Cells → the numbers of all rows.

use crate::{
    cells::{fits, number},
    choice::Choice,
    classes::Texts,
    error::{Bad, Error, Place, Unit, quoted},
    limits,
    wanted::{Data, Wanted},
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

/// A cell of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'c> {
    /// Its text.
    Text(&'c [u8]),
    /// Its number.
    Number(f64),
    /// A whole number that no 64-bit float equals.
    Missing,
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

    /// The number of a cell, of a class that of its text; or what is wrong with it.
    fn value(&mut self, cell: Cell<'_>, single: bool, line: u64) -> Result<Result<f64, String>, Error> {
        let text = match (cell, &self.class) {
            (Cell::Missing, _) => {
                return Ok(Err("the whole number is beyond those of 64-bit floats".to_owned()));
            }
            (Cell::Number(number), None) => return Ok(fits(number, single)),
            (Cell::Number(number), Some(_)) if !number.is_finite() => return Ok(fits(number, single)),
            (Cell::Number(number), Some(_)) => number.to_string(),
            (Cell::Text(bytes), class) => match (std::str::from_utf8(bytes), class) {
                (Err(_), _) => {
                    return Ok(Err(format!("`{}` is not UTF-8", quoted(&String::from_utf8_lossy(bytes)))));
                }
                (Ok(text), None) => return Ok(number(text, single)),
                (Ok(text), Some(_)) => text.trim().to_owned(),
            },
        };
        if text.is_empty() {
            return Ok(Err("the cell is empty".to_owned()));
        }
        let shown = self.shown();
        let Some((classes, texts)) = &mut self.class else { return Ok(Ok(0.0)) };
        match texts.number(&text, line, *classes) {
            Some(number) => Ok(Ok(f64::from(number))),
            None => Err(texts.too_many(&shown, *classes)),
        }
    }
}

/// The numbers so far.
pub(crate) struct Filled {
    columns: Vec<Column>,
    /// How many of them are inputs; the others are targets.
    inputs: usize,
    single: bool,
    table: Table,
    bad: Vec<Bad>,
    more: u64,
    unit: Unit,
}

impl Filled {
    /// No rows, of these columns.
    pub(crate) fn new(names: Option<&[String]>, choice: &Choice, wanted: &Wanted, unit: Unit) -> Self {
        let classes = wanted.targets.iter().flat_map(|data| vec![data.classes(); data.columns()]);
        let column = |(index, classes): (usize, Option<usize>)| Column {
            index,
            name: names.and_then(|names| names.get(index)).cloned(),
            class: classes.map(|classes| (classes, Texts::of(unit))),
        };
        let mut columns: Vec<Column> = choice.inputs.iter().map(|index| column((*index, None))).collect();
        let inputs = columns.len();
        columns.extend(choice.targets.iter().copied().zip(classes).map(column));
        Filled {
            columns,
            inputs,
            single: wanted.single,
            table: Table::default(),
            bad: Vec::new(),
            more: 0,
            unit,
        }
    }

    /// Makes room for this number of rows.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub(crate) fn expect(&mut self, rows: usize) -> Result<(), Error> {
        let targets = self.columns.len() - self.inputs;
        let numbers = rows.checked_mul(self.columns.len()).filter(|numbers| *numbers <= limits::NUMBERS);
        numbers.ok_or(Error::TooMany)?;
        self.table.inputs.reserve_exact(rows * self.inputs);
        self.table.targets.reserve_exact(rows * targets);
        Ok(())
    }

    /// Takes a row, whose cells are found by the numbers of their columns.
    pub(crate) fn row<'c>(&mut self, cell: impl Fn(usize) -> Cell<'c>, line: u64) -> Result<(), Error> {
        if self.table.inputs.len() + self.table.targets.len() + self.columns.len() > limits::NUMBERS {
            return Err(Error::TooMany);
        }
        let unit = self.unit;
        for (place, column) in self.columns.iter_mut().enumerate() {
            let found = column.value(cell(column.index), self.single, line)?;
            let to = if place < self.inputs { &mut self.table.inputs } else { &mut self.table.targets };
            match found {
                Ok(number) => to.push(number),
                Err(_) if self.bad.len() == limits::LISTED => self.more += 1,
                Err(what) => {
                    let place = Place { line, unit, column: column.index + 1, name: column.name.clone() };
                    self.bad.push(Bad { place, what });
                }
            }
        }
        self.table.rows += 1;
        Ok(())
    }

    /// The table, its classes numbered.
    pub(crate) fn finish(mut self, wanted: &Wanted) -> Result<Table, Error> {
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
