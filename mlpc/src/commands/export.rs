//! `mlpc export`: a network and its numbers in the format of another tool.

use std::sync::Arc;

use mlp_dsl::{Compilation, never, number::Precision};
use mlp_engine::Scalar;
use mlp_tensors::{Numbers, Tensor, write_npz, write_safetensors};

use crate::{
    arguments::{Export, ExportFormat},
    failure::Failure,
    file::{is_standard, shown_name},
    input,
    learning::{self, Model, Rows, not_run},
    output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Export) -> Result<(), Failure> {
    if is_standard(&arguments.output) {
        return Err(Failure::usage("an exported file is not text", "give the name of a file to -o"));
    }
    let format = format(arguments)?;
    let compiled = input::compile(&arguments.source)?;
    let parameters = match compiled.derivation.header.precision {
        Precision::F32 => parameters::<f32>(arguments, &compiled, |numbers| {
            Numbers::F32(numbers.iter().map(|number| number.to_f64() as f32).collect())
        }),
        Precision::F64 => parameters::<f64>(arguments, &compiled, |numbers| {
            Numbers::F64(numbers.iter().map(|number| number.to_f64()).collect())
        }),
    }?;
    let (bytes, notes) = match format {
        ExportFormat::Onnx => model(&compiled, &parameters)?,
        ExportFormat::Safetensors => (write_safetensors(&parameters, &[]).map_err(unwritten)?, Vec::new()),
        ExportFormat::Npz => (write_npz(&parameters).map_err(unwritten)?, Vec::new()),
    };
    output::write_bytes(&bytes, &arguments.output)?;
    for note in notes {
        output::warn(&format!("note: {note}"));
    }
    output::print(&format!("wrote {}\n", shown_name(&arguments.output)))
}

/// The format that is asked for, or that of the file's ending.
fn format(arguments: &Export) -> Result<ExportFormat, Failure> {
    let ending = arguments.output.extension().and_then(|ending| ending.to_str());
    let of_ending = match ending {
        Some("onnx") => Some(ExportFormat::Onnx),
        Some("safetensors") => Some(ExportFormat::Safetensors),
        Some("npz") => Some(ExportFormat::Npz),
        Some(_) | None => None,
    };
    arguments.format.or(of_ending).ok_or_else(|| {
        let title = format!("the ending of {} is no format", shown_name(&arguments.output));
        Failure::usage(title, "add --format onnx, --format safetensors or --format npz")
    })
}

fn unwritten(error: mlp_tensors::Error) -> Failure {
    Failure::usage(format!("the file can't be written: {error}"), "")
}

/// The numbers of all parameters, under their names.
fn parameters<S: Scalar>(
    arguments: &Export,
    compiled: &Compilation,
    numbers: impl Fn(&[S]) -> Numbers,
) -> Result<Vec<Tensor>, Failure> {
    let derivation = &compiled.derivation;
    let rows = Arc::new(Rows::new(derivation));
    let mut model = Model::<S>::new(compiled, rows, None).map_err(|error| not_run(derivation, error))?;
    if let Some(path) = &arguments.weights {
        learning::load(&mut model, path)?;
    }
    let network = model.network();
    let tensor = |of: mlp_engine::Tensor<'_, S>| Tensor {
        name: of.name.to_owned(),
        shape: sizes(of.shape),
        numbers: numbers(of.values),
    };
    Ok(network.parameters().map(tensor).collect())
}

fn sizes(shape: mlp_dsl::shape::Shape) -> Vec<usize> {
    use mlp_dsl::shape::Shape;
    match shape {
        Shape::Scalar => Vec::new(),
        Shape::Vector(n) => vec![n],
        Shape::Matrix(rows, columns) => vec![rows, columns],
    }
}

fn model(compiled: &Compilation, parameters: &[Tensor]) -> Result<(Vec<u8>, Vec<String>), Failure> {
    let exported = never::catch(|| mlp_onnx::export(&compiled.derivation, parameters)).map_err(|fault| {
        Failure::specification(&fault.title, "this is a bug in the compiler; please report it")
    })?;
    let exported = exported.map_err(|error| Failure::specification(error.to_string(), &error.help))?;
    Ok((exported.bytes, exported.notes))
}
