//! Texts of a column → classes with names.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Unit, quoted};

/// The different texts of a column in the order in which they are met. There are never many: a column of more texts than
/// classes is an error as soon as it is read.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    numbers: BTreeMap<String, u32>,
    /// The first line of each.
    lines: Vec<u64>,
    unit: Unit,
}

/// Texts beyond the classes that an error has room for.
const BEYOND: usize = 4;

impl Texts {
    /// No texts, of a file of lines or of rows.
    pub(crate) fn of(unit: Unit) -> Self {
        Texts { unit, ..Texts::default() }
    }

    /// The number of a text; none if there are too many.
    pub(crate) fn number(&mut self, text: &str, line: u64, classes: usize) -> Option<u32> {
        if let Some(number) = self.numbers.get(text) {
            return Some(*number);
        }
        if self.numbers.len() >= classes.saturating_add(BEYOND) {
            return None;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        self.lines.push(line);
        Some(number)
    }

    /// The names of the classes in order, and the class of each text. Names that are not given are the numbers from 0 on, if
    /// the texts are such numbers, and else the texts: by their value if all are numbers, else by their letters.
    ///
    /// # Errors
    /// [`Error::Classes`] if there are more or fewer texts than classes, or a text that is no given name.
    pub(crate) fn classes(
        &self,
        column: &str,
        classes: usize,
        given: Option<&[String]>,
    ) -> Result<(Vec<String>, Vec<usize>), Error> {
        let names = match given {
            Some(names) => names.to_vec(),
            None => self.names(column, classes)?,
        };
        let mut of = vec![0; self.lines.len()];
        for (text, number) in &self.numbers {
            let class = names.iter().position(|name| is_same(name, text));
            let Some(class) = class else { return Err(self.unknown(column, text, *number, &names)) };
            if let Some(place) = of.get_mut(*number as usize) {
                *place = class;
            }
        }
        Ok((names, of))
    }

    fn names(&self, column: &str, classes: usize) -> Result<Vec<String>, Error> {
        let value = |text: &String| text.parse::<f64>().ok().filter(|number| number.is_finite());
        let values: Option<Vec<f64>> = self.numbers.keys().map(value).collect();
        let is_class = |number: &f64| *number >= 0.0 && number.fract() == 0.0 && *number < classes as f64;
        if values.as_ref().is_some_and(|values| values.iter().all(is_class)) {
            return Ok((0..classes).map(|class| class.to_string()).collect());
        }
        let mut names: Vec<String> = self.numbers.keys().cloned().collect();
        if values.is_some() {
            names.sort_by(|a, b| value(a).unwrap_or(0.0).total_cmp(&value(b).unwrap_or(0.0)));
        }
        if names.len() == classes {
            return Ok(names);
        }
        let (count, list) = (names.len(), list(&names));
        let column = quoted(column);
        let (what, help) = if count > classes {
            let what = format!("column `{column}` has more than {classes} classes: {list}");
            (
                what,
                format!(
                    "declare as many classes as there are, or name the column of the classes: `--target {column}`"
                ),
            )
        } else {
            let what = format!("column `{column}` has {count} of {classes} classes: {list}");
            (what, "name all of them in order: `--classes a,b,c`".to_owned())
        };
        Err(Error::Classes { what, help })
    }

    /// Too many texts.
    pub(crate) fn too_many(&self, column: &str, classes: usize) -> Error {
        let names: Vec<String> = self.numbers.keys().cloned().collect();
        let column = quoted(column);
        let what = format!("column `{column}` has more than {classes} classes: {} and others", list(&names));
        let help = "declare as many classes as there are, or name another column: `--target NAME`".to_owned();
        Error::Classes { what, help }
    }

    fn unknown(&self, column: &str, text: &str, number: u32, names: &[String]) -> Error {
        let line = self.lines.get(number as usize).copied().unwrap_or(0);
        let unit = self.unit;
        let what = format!("{unit} {line}, column `{}`: `{}` is no class", quoted(column), quoted(text));
        Error::Classes { what, help: format!("the classes are {}", list(names)) }
    }
}

/// Whether a text of a table is the name of a class: `2.0` is `2`.
fn is_same(name: &str, text: &str) -> bool {
    name == text || matches!((name.parse::<f64>(), text.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

fn list(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let unique: BTreeSet<&String> = names.iter().collect();
    debug_assert_eq!(unique.len(), names.len());
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{}`", quoted(name))).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    shown.join(", ") + more
}
