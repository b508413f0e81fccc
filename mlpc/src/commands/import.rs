//! `mlpc import`: a model of another tool as a specification and its weights.

use std::{fs::File, io::Read, path::Path};

use mlp_dsl::limits;
use mlp_onnx::{Expected, Imported, Options};
use mlp_tensors::Format;

use crate::{
    arguments::Import,
    failure::Failure,
    file::{is_standard, reason, shown_name},
    output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Import) -> Result<(), Failure> {
    let bytes = read(&arguments.model)?;
    let specification = &arguments.output;
    if is_standard(specification) {
        return Err(Failure::usage("an import has two files", "give the name of the specification to -o"));
    }
    let weights = specification.with_extension("safetensors");
    let beside = weights.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for file in [specification, &weights] {
        if !arguments.force && file.exists() {
            let title = format!("{} is there already", shown_name(file));
            return Err(Failure::usage(title, "give another name to -o, or --force to replace it"));
        }
    }
    let stem = arguments.model.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = arguments.name.clone().unwrap_or_else(|| network_name(&stem.unwrap_or_default()));
    let expected = arguments.expect.as_deref().map(|file| expected(file, arguments.within)).transpose()?;
    let options = Options { name: &name, weights: &beside, expected: expected.as_ref() };
    let imported = mlp_onnx::import(&bytes, options).map_err(|error| {
        Failure::specification(format!("{}: {error}", shown_name(&arguments.model)), &error.help)
    })?;
    deliver(&imported, specification, &weights)
}

/// Writes the weights first: a specification is never there without them.
fn deliver(imported: &Imported, specification: &Path, weights: &Path) -> Result<(), Failure> {
    output::write_bytes(&imported.weights, weights)?;
    output::write(&imported.text, specification)?;
    for note in &imported.notes {
        output::warn(&format!("note: {note}"));
    }
    output::print(&format!("wrote {} and {}\n", shown_name(specification), shown_name(weights)))
}

/// The arrays of a file.
fn expected(file: &Path, within: f64) -> Result<Expected, Failure> {
    let Some(format @ (Format::Npz | Format::Safetensors)) = Format::of(&file.to_string_lossy()) else {
        let title = format!("{} is not a file of named arrays", shown_name(file));
        return Err(Failure::usage(title, "give a file `.npz` or `.safetensors` to --expect"));
    };
    if !(within >= 0.0 && within.is_finite()) {
        return Err(Failure::usage("--within is not a distance", "give a number of 0 or more, such as 1e-5"));
    }
    let arrays = mlp_tensors::read(&read(file)?, format, limits::WEIGHT_BYTES)
        .map_err(|error| Failure::usage(format!("{}: {error}", shown_name(file)), ""))?;
    Ok(Expected { arrays, within })
}

fn read(model: &Path) -> Result<Vec<u8>, Failure> {
    let unread = |why: &str| Failure::usage(format!("can't read {}: {why}", shown_name(model)), "");
    let file = File::open(model).map_err(|error| unread(&reason(&error)))?;
    let mut bytes = Vec::new();
    let read = file.take(mlp_onnx::FILE_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| unread(&reason(&error)))?;
    Ok(bytes)
}

/// `iris-model_2` is `IrisModel2`.
fn network_name(stem: &str) -> String {
    let words = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    let name: String = words.map(capital).collect::<String>().chars().take(40).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("Model{name}") }
}
