//! Which columns of a table are inputs and targets.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

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
pub(crate) struct Columns<'c> {
    names: Option<&'c [String]>,
    count: usize,
    /// The columns by their names; of two of one name the first.
    by_name: HashMap<&'c str, usize>,
    /// The same by letters and digits alone; `None` where there are several.
    by_plain: HashMap<String, Option<usize>>,
    /// Several columns with a name in common: those of an array.
    whole: Vec<(&'c str, Range<usize>)>,
}

/// Finds the columns: those that are asked for, else those that have the names of the inputs and targets, else by their
/// number, the targets last.
pub(crate) fn choose(columns: &Columns<'_>, wanted: &Wanted) -> Result<Choice, Error> {
    let is_asked = columns.names.is_some() || !wanted.columns_are_known;
    let targets = match wanted.target_columns.as_ref().filter(|_| is_asked) {
        // Where they are not read, they may be missing.
        Some(chosen) if !wanted.with_targets => columns.find_all(chosen),
        Some(chosen) => Some(columns.asked(chosen, wanted.target_count(), "targets")?),
        None if !wanted.with_targets => columns.named(&wanted.targets).unwrap_or_default(),
        None => columns.named(&wanted.targets)?,
    };
    let inputs = match wanted.input_columns.as_ref().filter(|_| is_asked) {
        Some(chosen) => Some(columns.asked(chosen, wanted.input_count(), "inputs")?),
        None => columns.named(&wanted.inputs)?,
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

impl<'c> Columns<'c> {
    /// Columns with their names, and those that have one name in common.
    pub(crate) fn new(
        names: Option<&'c [String]>,
        count: usize,
        whole: Vec<(&'c str, Range<usize>)>,
    ) -> Self {
        let (mut by_name, mut by_plain) = (HashMap::new(), HashMap::new());
        for (column, name) in names.unwrap_or_default().iter().enumerate() {
            by_name.entry(name.as_str()).or_insert(column);
            by_plain.entry(plain(name)).and_modify(|found| *found = None).or_insert(Some(column));
        }
        Columns { names, count, by_name, by_plain, whole }
    }

    /// The columns that have the names of inputs or of targets. Those that are given must be there.
    fn named(&self, all: &[Data]) -> Result<Option<Vec<usize>>, Error> {
        let mut found = Vec::new();
        let mut is_lost = false;
        for data in all {
            match &data.given {
                Some(given) => {
                    found.extend(self.asked(given, data.columns(), &format!("numbers of `{}`", data.name))?)
                }
                None => match data.spellings().iter().find_map(|names| self.find_all(names)) {
                    Some(columns) => found.extend(columns),
                    None => is_lost = true,
                },
            }
        }
        if is_lost
            && let Some(lost) = all.iter().find(|data| data.given.is_none() && all.len() > 1)
            && all.iter().any(|data| data.given.is_some())
        {
            let what = format!("there are no columns for `{}`", lost.name);
            return Err(Error::Columns { what, help: self.list() });
        }
        Ok((!is_lost).then_some(found))
    }

    fn find_all(&self, names: &[String]) -> Option<Vec<usize>> {
        names.iter().map(|name| self.find(name)).collect()
    }

    /// The column of this name, or the only one whose name has the same letters and digits: `Sepal length` is `sepal_length`.
    fn find(&self, name: &str) -> Option<usize> {
        if self.names.is_none() {
            let number = name.parse::<usize>().ok()?;
            return number.checked_sub(1).filter(|column| *column < self.count);
        }
        self.by_name.get(name).copied().or_else(|| self.by_plain.get(&plain(name)).copied().flatten())
    }

    /// The columns that are asked for by name.
    fn asked(&self, chosen: &[String], count: usize, what: &str) -> Result<Vec<usize>, Error> {
        let mut found = Vec::new();
        for name in chosen {
            let whole = self.whole.iter().find(|(own, _)| own == name);
            let own = self.find(name).map(|column| column..column + 1);
            let Some(columns) = own.or_else(|| whole.map(|(_, columns)| columns.clone())) else {
                let what = match self.names {
                    Some(_) => format!("there is no column `{}`", quoted(name)),
                    None => {
                        format!("the table has no names, and `{}` is no number of a column", quoted(name))
                    }
                };
                return Err(Error::Columns { what, help: self.list() });
            };
            found.extend(columns);
        }
        if found.len() != count {
            let what =
                format!("{} columns are named for the {what}, but the network has {count}", found.len());
            return Err(Error::Columns { what, help: self.list() });
        }
        Ok(found)
    }

    /// The columns that are not among these.
    fn except(&self, chosen: &[usize]) -> Vec<usize> {
        let chosen: HashSet<usize> = chosen.iter().copied().collect();
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
        let mut parts = Vec::new();
        if !wanted.inputs.is_empty() {
            parts.push(takes(&wanted.inputs, "the inputs"));
        }
        if wanted.with_targets && !wanted.targets.is_empty() {
            parts.push(takes(&wanted.targets, "the target"));
        }
        let what =
            format!("the table has {} columns, and the network takes {}", self.count, parts.join(" and "));
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
