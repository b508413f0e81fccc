//! `mlpc run`: computes the outputs for the rows of a table.

use std::{path::Path, sync::Arc};

use mlp_dsl::{
    Compilation,
    ir::{Derivation, Value},
    number::Precision,
};
use mlp_engine::Scalar;
use mlp_tensors::{Numbers, Tensor, write_npy};
use mlp_training::metrics::predicted;

use crate::{
    arguments::{Run, RunFormat},
    failure::Failure,
    input,
    json::Json,
    learning::{self, Model, Names, Rows, not_run},
    numbers::short_of,
    output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Run) -> Result<(), Failure> {
    let compiled = input::compile(&arguments.source)?;
    match compiled.derivation.header.precision {
        Precision::F32 => outputs::<f32>(arguments, &compiled),
        Precision::F64 => outputs::<f64>(arguments, &compiled),
    }
}

fn outputs<S: Scalar>(arguments: &Run, compiled: &Compilation) -> Result<(), Failure> {
    let derivation = &compiled.derivation;
    let new =
        |rows| Model::<S>::new(compiled, Arc::new(rows), None).map_err(|error| not_run(derivation, error));
    let mut model = new(Rows::new(derivation))?;
    let names = match &arguments.weights {
        Some(path) => learning::load(&mut model, path)?,
        None => None,
    };
    let given = learning::Given { without_target: true, ..arguments.columns.given() };
    let mut rows = Rows::new(derivation);
    rows.push(
        &learning::read(
            learning::Files { data: &arguments.data, labels: None },
            derivation,
            &given,
            names.as_ref(),
        )?,
        derivation,
    );
    let all: Vec<usize> = (0..rows.count()).collect();
    model.set_rows(Arc::new(rows));
    let mut table = Outputs { columns: columns(derivation, names.as_ref()), names, numbers: Vec::new() };
    let kept = model.outputs(&all, |_, outputs| table.numbers.push(outputs.to_vec()));
    kept.map_err(|error| not_run(derivation, error))?;
    let bytes = match format(arguments) {
        RunFormat::Csv => table.csv()?.into_bytes(),
        RunFormat::Json => table.json().pretty().into_bytes(),
        RunFormat::Npy => table.npy()?,
    };
    match arguments.output.as_deref() {
        Some(path) => output::write_bytes(&bytes, path),
        None => output::print_bytes(&bytes),
    }
}

/// The format that is asked for, or that of the file's ending.
fn format(arguments: &Run) -> RunFormat {
    let ending = arguments.output.as_deref().and_then(Path::extension).and_then(|ending| ending.to_str());
    arguments.format.unwrap_or(match ending {
        Some("json") => RunFormat::Json,
        Some("npy") => RunFormat::Npy,
        Some(_) | None => RunFormat::Csv,
    })
}

/// The names of the outputs: of the classes, of neurons, or numbers after the name of the layer.
fn columns(derivation: &Derivation, names: Option<&Names>) -> Vec<String> {
    let heads: Vec<_> = match derivation.heads.as_slice() {
        [] => derivation.layers.last().into_iter().collect(),
        heads => heads.iter().filter_map(|head| derivation.layers.get(*head)).collect(),
    };
    let classes = names.and_then(|names| names.classes.first()?.as_ref());
    let mut all = Vec::new();
    for layer in &heads {
        let count = layer.shape.count();
        match (&layer.value, classes.filter(|classes| heads.len() == 1 && classes.len() == count)) {
            (_, Some(classes)) => all.extend(classes.iter().map(|class| format!("{}_{class}", layer.name))),
            (Value::Packed(ids), None) => all.extend(ids.iter().map(|id| derivation.name_of(*id))),
            (Value::Whole(_), None) if count == 1 => all.push(layer.name.clone()),
            (Value::Whole(_), None) => {
                all.extend((1..=count).map(|number| format!("{}{number}", layer.name)))
            }
        }
    }
    all
}

/// The outputs of all rows.
struct Outputs<S> {
    columns: Vec<String>,
    names: Option<Names>,
    numbers: Vec<Vec<S>>,
}

impl<S: Scalar> Outputs<S> {
    /// The class that a row predicts, where the classes have names.
    fn class(&self, outputs: &[S]) -> Option<&str> {
        let classes = self.names.as_ref()?.classes.first()?.as_ref()?;
        let fits = classes.len() == outputs.len() || (classes.len() == 2 && outputs.len() == 1);
        classes.get(predicted(outputs)).filter(|_| fits).map(String::as_str)
    }

    fn number(number: S) -> String {
        short_of(number.to_f64(), size_of::<S>() == 4)
    }

    fn csv(&self) -> Result<String, Failure> {
        let failed =
            |error: &dyn std::fmt::Display| Failure::usage(format!("can't write the table: {error}"), "");
        let has_class = self.numbers.first().is_some_and(|outputs| self.class(outputs).is_some());
        let mut writer = csv::Writer::from_writer(Vec::new());
        let head =
            has_class.then_some("predicted").into_iter().chain(self.columns.iter().map(String::as_str));
        writer.write_record(head).map_err(|error| failed(&error))?;
        for outputs in &self.numbers {
            let class = self.class(outputs).map(str::to_owned);
            let numbers = outputs.iter().map(|number| Self::number(*number));
            writer.write_record(class.into_iter().chain(numbers)).map_err(|error| failed(&error))?;
        }
        let bytes = writer.into_inner().map_err(|error| failed(&error))?;
        String::from_utf8(bytes).map_err(|error| failed(&error))
    }

    fn json(&self) -> Json {
        let number = |number: S| match number.is_number() {
            true => Json::Number(Self::number(number)),
            false => Json::Null,
        };
        let row = |outputs: &Vec<S>| {
            let class = self.class(outputs).map(|class| ("predicted".to_owned(), Json::text(class)));
            let numbers = self.columns.iter().cloned().zip(outputs.iter().map(|output| number(*output)));
            Json::Object(class.into_iter().chain(numbers).collect())
        };
        Json::List(self.numbers.iter().map(row).collect())
    }

    /// An array of NumPy.
    fn npy(&self) -> Result<Vec<u8>, Failure> {
        let all = || self.numbers.iter().flatten().map(|number| number.to_f64());
        let numbers = match size_of::<S>() {
            4 => Numbers::F32(all().map(|number| number as f32).collect()),
            _ => Numbers::F64(all().collect()),
        };
        let shape = vec![self.numbers.len(), self.columns.len()];
        write_npy(&Tensor { name: String::new(), shape, numbers })
            .map_err(|error| Failure::usage(format!("can't write the array: {error}"), ""))
    }
}
