//! What a network takes from a table.

/// An input or a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The names of its columns, where they are given.
    pub given: Option<Vec<String>>,
}

/// What an input or a target is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbers, a column for each, without names of their own.
    Numbers(usize),
    /// Numbers that have names.
    Named(Vec<String>),
    /// One of this number of classes, in one column.
    Class(usize),
}

impl Data {
    /// Numbers without names of their own.
    pub fn numbers(name: impl Into<String>, count: usize) -> Self {
        Data { name: name.into(), kind: Kind::Numbers(count), given: None }
    }

    /// Numbers that have names.
    pub fn named(name: impl Into<String>, elements: Vec<String>) -> Self {
        Data { name: name.into(), kind: Kind::Named(elements), given: None }
    }

    /// One of some classes.
    pub fn class(name: impl Into<String>, classes: usize) -> Self {
        Data { name: name.into(), kind: Kind::Class(classes), given: None }
    }

    /// How many columns it has.
    pub fn columns(&self) -> usize {
        match &self.kind {
            Kind::Numbers(count) => *count,
            Kind::Named(names) => names.len(),
            Kind::Class(_) => 1,
        }
    }

    /// The number of classes of its column.
    pub(crate) fn classes(&self) -> Option<usize> {
        match self.kind {
            Kind::Class(classes) => Some(classes),
            Kind::Numbers(_) | Kind::Named(_) => None,
        }
    }

    /// The lists of names that its columns may have, the usual ones first.
    pub(crate) fn spellings(&self) -> Vec<Vec<String>> {
        let name = &self.name;
        match &self.kind {
            Kind::Class(_) | Kind::Numbers(1) => vec![vec![name.clone()]],
            Kind::Named(names) => vec![names.clone()],
            Kind::Numbers(count) => {
                let numbered = |first: usize, form: &dyn Fn(usize) -> String| {
                    (first..first + count).map(form).collect::<Vec<_>>()
                };
                vec![
                    numbered(1, &|number| format!("{name}{number}")),
                    numbered(1, &|number| format!("{name}_{number}")),
                    numbered(1, &|number| format!("{name}[{number}]")),
                    numbered(0, &|number| format!("{name}{number}")),
                    numbered(0, &|number| format!("{name}_{number}")),
                ]
            }
        }
    }
}

/// Whether the first row is one of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Header {
    /// It is, if none of its cells is a number.
    #[default]
    Auto,
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// What a network takes from a table, and which columns that is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// The inputs in order.
    pub inputs: Vec<Data>,
    /// The targets in order.
    pub targets: Vec<Data>,
    /// Whether targets are read; without it a column of a target may be there, and is left out.
    pub with_targets: bool,
    /// The columns of the inputs, by name, or by number where there is no header. Without it they are found by the names of the
    /// inputs, or by their number.
    pub input_columns: Option<Vec<String>>,
    /// The columns of the targets.
    pub target_columns: Option<Vec<String>>,
    /// Whether these columns are those of the training and not asked for: in a table without names they are found by number.
    pub columns_are_known: bool,
    /// The names of the classes of each target, where they are known: from the training.
    pub classes: Vec<Option<Vec<String>>>,
    /// Whether the first row is one of names.
    pub header: Header,
    /// Whether numbers are of 32 bits, so that larger ones are errors.
    pub single: bool,
}

impl Wanted {
    /// Inputs and targets, with columns as the table has them.
    pub fn new(inputs: Vec<Data>, targets: Vec<Data>) -> Self {
        Wanted { inputs, targets, with_targets: true, ..Wanted::default() }
    }

    /// How many columns the inputs have.
    pub fn input_count(&self) -> usize {
        self.inputs.iter().map(Data::columns).sum()
    }

    /// How many columns the targets have.
    pub fn target_count(&self) -> usize {
        self.targets.iter().map(Data::columns).sum()
    }
}
