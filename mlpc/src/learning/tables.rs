//! Files of tables → tables for a network.

use std::{fs::File, io::Read, path::Path};

use mlp_dsl::{
    ir::{Data, Derivation, Value},
    number::Precision,
    run::Columns,
};
use mlp_tables::{Error, Header, Table, Wanted};

use super::files::Names;
use crate::{
    failure::Failure,
    file::{is_standard, reason, shown_name},
};

/// What a command says of the columns of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    /// The columns of the inputs.
    pub(crate) inputs: Option<Vec<String>>,
    /// The columns of the targets.
    pub(crate) targets: Option<Vec<String>>,
    /// The names of the classes.
    pub(crate) classes: Option<Vec<String>>,
    /// Whether the first row is one of names.
    pub(crate) header: Header,
    /// Whether the target is not read.
    pub(crate) without_target: bool,
}

/// The files of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Files<'f> {
    /// Inputs, and the targets if they have no file of their own.
    pub(crate) data: &'f Path,
    /// The targets.
    pub(crate) labels: Option<&'f Path>,
}

/// Reads a table for a network. `names` are those of the training, if it is done.
pub(crate) fn read(
    files: Files<'_>,
    derivation: &Derivation,
    given: &Given,
    names: Option<&Names>,
) -> Result<Table, Failure> {
    let known = names.map(|names| names.classes.as_slice()).unwrap_or_default();
    let mut wanted = wanted(derivation, given, known);
    if let Some(names) = names {
        let by_name = |columns: &Vec<String>| columns.iter().any(|name| name.parse::<usize>().is_err());
        let known = |columns: &Vec<String>| by_name(columns).then(|| columns.clone());
        wanted.columns_are_known = given.inputs.is_none() && given.targets.is_none();
        wanted.input_columns = wanted.input_columns.or_else(|| known(&names.inputs));
        wanted.target_columns = wanted.target_columns.or_else(|| known(&names.targets));
    }
    let shown = match files.labels {
        None => shown_name(files.data),
        Some(labels) => format!("{} and {}", shown_name(files.data), shown_name(labels)),
    };
    let read = match files.labels {
        None => mlp_tables::read(open(files.data)?, &wanted),
        Some(labels) => mlp_tables::read_both(open(files.data)?, open(labels)?, &wanted),
    };
    read.map_err(|error| match &error {
        Error::System(error) => Failure::usage(format!("can't read {shown}: {}", reason(error)), ""),
        _ => Failure::specification(format!("{shown}: {error}"), &error.help()),
    })
}

fn open(file: &Path) -> Result<Box<dyn Read>, Failure> {
    if is_standard(file) {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    match File::open(file) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => {
            let help = "give a table with `--data FILE`";
            Err(Failure::usage(format!("can't read {}: {}", shown_name(file), reason(&error)), help))
        }
    }
}

/// What the network takes: flags go before the specification, and names of the training come last.
fn wanted(derivation: &Derivation, given: &Given, known: &[Option<Vec<String>>]) -> Wanted {
    let entries =
        derivation.header.run.table.as_ref().map(|table| table.columns.as_slice()).unwrap_or_default();
    let inputs = derivation.inputs.iter().map(|input| data(derivation, input, entries)).collect();
    let mut targets: Vec<_> =
        derivation.targets.iter().map(|target| data(derivation, target, entries)).collect();
    let declared = |target: &Data| find(entries, &target.name).and_then(|entry| entry.classes.clone());
    let classes: Vec<Option<Vec<String>>> = derivation
        .targets
        .iter()
        .enumerate()
        .map(|(number, target)| {
            let known = || known.get(number).cloned().flatten();
            given.classes.clone().or_else(known).or_else(|| declared(target))
        })
        .collect();
    let is_single = targets.len() == 1;
    for ((target, names), own) in targets.iter_mut().zip(&classes).zip(&derivation.targets) {
        // A single number with names is a class of two.
        if let (Some(names), 1, false) = (names, target.columns(), own.class)
            && (is_single || declared(own).is_some())
        {
            target.kind = mlp_tables::Kind::Class(names.len());
        }
    }
    Wanted {
        classes,
        with_targets: !given.without_target,
        input_columns: given.inputs.clone(),
        target_columns: given.targets.clone(),
        header: given.header,
        single: derivation.header.precision == Precision::F32,
        ..Wanted::new(inputs, targets)
    }
}

/// An input or a target with its columns, where the specification names them.
fn data(derivation: &Derivation, of: &Data, entries: &[Columns]) -> mlp_tables::Data {
    let whole = find(entries, &of.name).map(|entry| entry.columns.clone());
    let (data, given) = match (&of.value, of.class) {
        (_, true) => (mlp_tables::Data::class(&of.name, of.shape.count()), whole),
        (Value::Packed(ids), false) => {
            let names: Vec<String> = ids.iter().map(|id| derivation.name_of(*id)).collect();
            let is_named = names.iter().any(|name| find(entries, name).is_some());
            let column = |name: &String| {
                find(entries, name).and_then(|entry| entry.columns.first().cloned()).unwrap_or(name.clone())
            };
            let elements = is_named.then(|| names.iter().map(column).collect());
            (mlp_tables::Data::named(&of.name, names), whole.or(elements))
        }
        (Value::Whole(_), false) => (mlp_tables::Data::numbers(&of.name, of.shape.count()), whole),
    };
    mlp_tables::Data { given, ..data }
}

fn find<'e>(entries: &'e [Columns], name: &str) -> Option<&'e Columns> {
    entries.iter().find(|entry| entry.name == name)
}
