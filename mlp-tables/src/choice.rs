//! Which columns of a table are inputs and targets.

use crate::{
    error::{Error, quoted},
    wanted::{Data, Wanted},
};

/// The columns of inputs and targets, by their numbers from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) inputs: Vec<usize>,
    pub(crate) targets: Vec<usize>,
}

/// The columns of a table, which has names or not.
struct Columns<'c> {
    names: Option<&'c [String]>,
    count: usize,
}

/// Finds the columns: those that are asked for, else those that have the names of the inputs and targets, else by their
/// number, the targets last.
pub(crate) fn choose(names: Option<&[String]>, count: usize, wanted: &Wanted) -> Result<Choice, Error> {
    let columns = Columns { names, count };
    let targets = match &wanted.target_columns {
        // Where they are not read, they may be missing.
        Some(chosen) if !wanted.with_targets => columns.find_all(chosen),
        Some(chosen) => Some(columns.asked(chosen, wanted.target_count(), "target")?),
        None => columns.named(&wanted.targets),
    };
    let inputs = match &wanted.input_columns {
        Some(chosen) => Some(columns.asked(chosen, wanted.input_count(), "input")?),
        None => columns.named(&wanted.inputs),
    };
    let (inputs, targets) = match (inputs, targets) {
        (Some(inputs), Some(targets)) => (inputs, targets),
        (Some(inputs), None) => {
            let rest = columns.except(&inputs);
            let targets = if rest.len() == wanted.target_count() { rest } else { Vec::new() };
            (inputs, targets)
        }
        (None, targets) => {
            let targets = targets.unwrap_or_else(|| columns.last(wanted));
            (columns.except(&targets), targets)
        }
    };
    let missing = wanted.with_targets && targets.len() != wanted.target_count();
    if inputs.len() != wanted.input_count() || missing {
        return Err(columns.refuse(wanted));
    }
    Ok(Choice { inputs, targets: if wanted.with_targets { targets } else { Vec::new() } })
}

impl Columns<'_> {
    /// The columns that have the names of inputs or of targets.
    fn named(&self, all: &[Data]) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        for data in all {
            found.extend(data.spellings().iter().find_map(|names| self.find_all(names))?);
        }
        Some(found)
    }

    fn find_all(&self, names: &[String]) -> Option<Vec<usize>> {
        names.iter().map(|name| self.find(name)).collect()
    }

    /// The column of this name, or the only one whose name has the same letters and digits: `Sepal length` is `sepal_length`.
    fn find(&self, name: &str) -> Option<usize> {
        let Some(names) = self.names else {
            let number = name.parse::<usize>().ok()?;
            return number.checked_sub(1).filter(|column| *column < self.count);
        };
        if let Some(found) = names.iter().position(|own| own == name) {
            return Some(found);
        }
        let wanted = plain(name);
        let mut similar = names.iter().enumerate().filter(|(_, own)| plain(own) == wanted);
        let found = similar.next()?.0;
        similar.next().is_none().then_some(found)
    }

    /// The columns that are asked for by name.
    fn asked(&self, chosen: &[String], count: usize, what: &str) -> Result<Vec<usize>, Error> {
        let found: Result<Vec<usize>, Error> = chosen
            .iter()
            .map(|name| {
                let missing = || {
                    let title = match self.names {
                        Some(_) => format!("there is no column `{}`", quoted(name)),
                        None => {
                            format!("the table has no names, and `{}` is no number of a column", quoted(name))
                        }
                    };
                    Error::Columns { what: title, help: self.list() }
                };
                self.find(name).ok_or_else(missing)
            })
            .collect();
        let found = found?;
        if found.len() != count {
            let what =
                format!("{} columns are named for the {what}s, but the network has {count}", found.len());
            return Err(Error::Columns { what, help: self.list() });
        }
        Ok(found)
    }

    /// The columns that are not among these.
    fn except(&self, chosen: &[usize]) -> Vec<usize> {
        (0..self.count).filter(|column| !chosen.contains(column)).collect()
    }

    /// The last columns, if there are exactly those of the inputs before them.
    fn last(&self, wanted: &Wanted) -> Vec<usize> {
        let before = self.count.saturating_sub(wanted.target_count());
        if before == wanted.input_count() { (before..self.count).collect() } else { Vec::new() }
    }

    fn refuse(&self, wanted: &Wanted) -> Error {
        let takes = |all: &[Data], what: &str| {
            let names: Vec<String> = all
                .iter()
                .map(|data| match data.columns() {
                    1 => format!("`{}`", data.name),
                    count => format!("`{}` of {count}", data.name),
                })
                .collect();
            format!("{what} {}", names.join(", "))
        };
        let mut what = format!(
            "the table has {} columns, and the network takes {}",
            self.count,
            takes(&wanted.inputs, "the inputs")
        );
        if wanted.with_targets {
            what = format!("{what} and {}", takes(&wanted.targets, "the target"));
        }
        Error::Columns {
            what,
            help: format!("say which columns they are: `--inputs a,b --target c`; {}", self.list()),
        }
    }

    /// The columns that there are.
    fn list(&self) -> String {
        const SHOWN: usize = 20;
        match self.names {
            Some(names) => {
                let shown: Vec<String> = names.iter().take(SHOWN).map(|name| quoted(name)).collect();
                let more = if names.len() > SHOWN { ", …" } else { "" };
                format!("the columns are {}{more}", shown.join(", "))
            }
            None => format!("columns have the numbers 1 to {}", self.count),
        }
    }
}

/// Letters and digits of a name in lower case, what is between them as one `_`.
fn plain(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}
