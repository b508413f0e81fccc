//! Files of tables → tables for a network.

use std::{fs::File, path::Path};

use mlp_dsl::{
    ir::{Data, Derivation, Value},
    number::Precision,
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

/// Reads a table for a network. `names` are those of the training, if it is done.
pub(crate) fn read(
    file: &Path,
    derivation: &Derivation,
    given: &Given,
    names: Option<&Names>,
) -> Result<Table, Failure> {
    let known = names.and_then(|names| names.classes.first().cloned().flatten());
    let mut wanted = wanted(derivation, given, known.as_deref());
    if let Some(names) = names {
        let by_name = |columns: &Vec<String>| columns.iter().any(|name| name.parse::<usize>().is_err());
        let known = |columns: &Vec<String>| by_name(columns).then(|| columns.clone());
        wanted.input_columns = wanted.input_columns.or_else(|| known(&names.inputs));
        wanted.target_columns = wanted.target_columns.or_else(|| known(&names.targets));
        if given.classes.is_none() {
            wanted.classes.clone_from(&names.classes);
        }
    }
    let shown = shown_name(file);
    let read = if is_standard(file) {
        mlp_tables::read(std::io::stdin().lock(), &wanted)
    } else {
        let open = File::open(file);
        let open =
            open.map_err(|error| Failure::usage(format!("can't read {shown}: {}", reason(&error)), ""))?;
        mlp_tables::read(open, &wanted)
    };
    read.map_err(|error| match &error {
        Error::System(error) => Failure::usage(format!("can't read {shown}: {}", reason(error)), ""),
        _ => Failure::specification(format!("{shown}: {error}"), &error.help()),
    })
}

fn wanted(derivation: &Derivation, given: &Given, known: Option<&[String]>) -> Wanted {
    let data = |of: &Data| match (&of.value, of.class) {
        (_, true) => mlp_tables::Data::class(&of.name, of.shape.count()),
        (Value::Packed(ids), false) => {
            mlp_tables::Data::named(&of.name, ids.iter().map(|id| derivation.name_of(*id)).collect())
        }
        (Value::Whole(_), false) => mlp_tables::Data::numbers(&of.name, of.shape.count()),
    };
    let mut targets: Vec<_> = derivation.targets.iter().map(data).collect();
    // A single number with names is a class of two.
    if let (Some(names), [target]) = (given.classes.as_deref().or(known), targets.as_mut_slice())
        && target.columns() == 1
        && !matches!(target.kind, mlp_tables::Kind::Class(_))
    {
        *target = mlp_tables::Data::class(&target.name, names.len());
    }
    Wanted {
        classes: vec![given.classes.clone(); targets.len()],
        with_targets: !given.without_target,
        input_columns: given.inputs.clone(),
        target_columns: given.targets.clone(),
        header: given.header,
        single: derivation.header.precision == Precision::F32,
        ..Wanted::new(derivation.inputs.iter().map(data).collect(), targets)
    }
}
