//! Files of trained networks: the parameters as `mlp::keep` saves them, and the names of columns and classes.

use std::path::Path;

use mlp_engine::Scalar;
use mlp_runtime::keep::{self, File, FileError, LoadError, Reason, Value};
use mlp_tables::Table;
use mlp_training::Learn;

use super::model::Model;
use crate::failure::Failure;

/// The columns and the classes that a network was trained with. A new table may have its columns in another order, and its
/// classes are numbered as those of the training.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// The columns of the inputs.
    pub(crate) inputs: Vec<String>,
    /// The columns of the targets.
    pub(crate) targets: Vec<String>,
    /// The names of the classes of each target, where it is one.
    pub(crate) classes: Vec<Option<Vec<String>>>,
}

const INPUTS: &str = "table.inputs";
const TARGETS: &str = "table.targets";
const CLASSES: &str = "table.classes";

impl Names {
    /// Those of a table.
    pub(crate) fn of(table: &Table) -> Self {
        Names {
            inputs: table.input_columns.clone(),
            targets: table.target_columns.clone(),
            classes: table.classes.clone(),
        }
    }

    /// Keys and values of metadata: lists in JSON.
    pub(crate) fn pairs(&self) -> [(&'static str, String); 3] {
        let list = |names: &[String]| serde_json::Value::from(names).to_string();
        let classes: serde_json::Value = self.classes.iter().map(|names| names.as_deref()).collect();
        [(INPUTS, list(&self.inputs)), (TARGETS, list(&self.targets)), (CLASSES, classes.to_string())]
    }

    /// Those of a file; none if it was saved by a program that reads no table.
    fn read(file: &File<'_>) -> Option<Self> {
        let value = |key| serde_json::from_str::<serde_json::Value>(&file.metadata(key)?.to_string()).ok();
        Some(Names {
            inputs: texts(&value(INPUTS)?)?,
            targets: texts(&value(TARGETS)?)?,
            classes: value(CLASSES)?.as_array()?.iter().map(texts).collect(),
        })
    }
}

fn texts(value: &serde_json::Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|name| Some(name.as_str()?.to_owned())).collect()
}

/// Saves the parameters: beside the file, then under its name.
pub(crate) fn save<S: Scalar>(model: &Model<S>, names: &Names, path: &Path) -> Result<(), Failure> {
    let pairs = names.pairs();
    let metadata: Vec<(&str, Value<'_>)> =
        pairs.iter().map(|(key, text)| (*key, Value::Text(text))).collect();
    keep::save(path, |sink| keep::write(&model.parameters(), &metadata, sink))
        .map_err(|error| refused(&error, "weights"))
}

/// Loads the parameters from a file of weights or from a checkpoint, with the names that are in it.
pub(crate) fn load<S: Scalar>(model: &mut Model<S>, path: &Path) -> Result<Option<Names>, Failure> {
    let mut parameters = model.parameters();
    let names = keep::load(path, |file| {
        file.read_into(&mut parameters)?;
        Ok(Names::read(file))
    });
    let names = names.map_err(|error| refused(&error, "weights"))?;
    model.set_numbers(&parameters.into_numbers());
    Ok(names)
}

/// How far a checkpoint is, and the names in it.
#[derive(Clone, Debug)]
pub(crate) struct Begun {
    /// The epochs that are done.
    pub(crate) epoch: u64,
    /// The steps that are done.
    pub(crate) step: u64,
    /// The columns and classes.
    pub(crate) names: Option<Names>,
}

/// What a checkpoint is about.
pub(crate) fn begun(path: &Path) -> Result<Begun, Failure> {
    let begun = keep::load(path, |file| {
        let whole =
            |key| file.metadata(key).and_then(|text| text.whole()).ok_or(LoadError::NoCheckpoint { key });
        Ok(Begun { epoch: whole("mlp.epoch")?, step: whole("mlp.step")?, names: Names::read(file) })
    });
    begun.map_err(|error| refused(&error, "checkpoint"))
}

/// A file that can't be used.
pub(crate) fn refused(error: &FileError, what: &str) -> Failure {
    let help = match error.reason {
        Reason::System(_) | Reason::Names(_) => String::new(),
        Reason::Contents(_) => format!("give {what} of a network with the same parameters"),
    };
    Failure::usage(format!("the {what} {error}"), &help)
}
