//! Imported models compute what ONNX Runtime computes: those of each operator and form, and folders of other models.
//!
//! `tests/onnx/operators.py` made the models and the numbers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test")]

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use mlp_dsl::{
    Compilation,
    number::Precision,
    weights::{Files, Unread},
};
use mlp_engine::{Network, Scalar};
use mlp_onnx::{Imported, Options, Port, import};
use mlp_tensors::{Format, list};

/// The models have short sums of numbers of 32 bits, whose roundings stay far below, and a wrong operator far above.
const WITHIN: f64 = 2e-6;

#[test]
fn operators_compute_what_onnx_runtime_computes() {
    let found = compare_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/onnx/operators"), WITHIN);
    assert!(found.different.is_empty(), "{}", found.different.join("\n"));
    assert!(found.equal.len() > 140, "{}", found.equal.len());
    // A snapshot in `models.rs` has the reasons.
    assert_eq!(found.equal.len() + found.refused.len(), 171);
}

/// `MLP_MODELS=FOLDER cargo test --release -p mlp-onnx --test operators -- --ignored --nocapture`, with models `NAME.onnx` and numbers
/// `NAME.npz`. `MLP_WITHIN` is the largest distance, in units of the larger of 1 and the number; 1e-6 otherwise.
#[test]
#[ignore = "needs a folder of models"]
fn the_models_of_a_folder() {
    let folder = std::env::var("MLP_MODELS").expect("the folder of the models");
    let within = std::env::var("MLP_WITHIN").map_or(1e-6, |within| within.parse().unwrap());
    let found = compare_all(Path::new(&folder), within);
    println!("refused:\n  {}", found.refused.join("\n  "));
    let worst = found.equal.iter().map(|(_, distance)| *distance).fold(0.0, f64::max);
    println!("equal: {}, worst {worst:.1e}; refused: {}", found.equal.len(), found.refused.len());
    assert!(found.different.is_empty() && !found.equal.is_empty(), "{}", found.different.join("\n"));
}

/// What became of models.
#[derive(Default)]
struct Found {
    /// Names, and the largest distance of a number.
    equal: Vec<(String, f64)>,
    different: Vec<String>,
    refused: Vec<String>,
}

fn compare_all(folder: &Path, within: f64) -> Found {
    let mut found = Found::default();
    for model in models(folder) {
        let name = model.file_stem().unwrap().to_string_lossy().into_owned();
        match import(
            &fs::read(&model).unwrap(),
            Options { name: "Model", weights: "model.safetensors", expected: None },
        ) {
            Ok(imported) => match compare(&imported, &model.with_extension("npz")) {
                Ok(distance) if distance <= within => found.equal.push((name, distance)),
                Ok(distance) => found.different.push(format!("{name}: {distance:e}\n{}", imported.text)),
                Err(why) => found.different.push(format!("{name}: {why}\n{}", imported.text)),
            },
            Err(error) => found.refused.push(format!("{name}: {error}")),
        }
    }
    found
}

fn models(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut models: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "onnx")).collect();
    models.sort();
    models
}

/// The one file there is.
struct Weights<'w>(&'w [u8]);

impl Files for Weights<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, Unread> {
        assert_eq!(path, "model.safetensors");
        Ok(self.0.to_vec())
    }
}

/// Compiles what was imported; gives the largest distance of a number.
fn compare(imported: &Imported, numbers: &Path) -> Result<f64, String> {
    let formatted = mlp_dsl::format::format(&imported.text).map_err(|found| format!("{found:?}"))?;
    if formatted != imported.text {
        return Err(format!("is formatted as\n{formatted}"));
    }
    let compiled = Compilation::of(&imported.text, &Weights(&imported.weights));
    let compiled = compiled.map_err(|found| format!("{found:?}"))?;
    let warnings = compiled.warnings.without_evaluation();
    if !warnings.is_empty() {
        return Err(format!("{warnings:?}"));
    }
    let numbers = arrays(numbers);
    match compiled.derivation.header.precision {
        Precision::F32 => distance::<f32>(&compiled, imported, &numbers),
        Precision::F64 => distance::<f64>(&compiled, imported, &numbers),
    }
}

/// The arrays of a file.
fn arrays(path: &Path) -> HashMap<String, Vec<f64>> {
    let bytes = fs::read(path).unwrap();
    let stored = list(&bytes, Format::Npz, u64::MAX).unwrap();
    stored.iter().map(|array| (array.name.clone(), array.to_f64().unwrap())).collect()
}

fn distance<S: Scalar>(
    compiled: &Compilation,
    imported: &Imported,
    numbers: &HashMap<String, Vec<f64>>,
) -> Result<f64, String> {
    let mut network = Network::<S>::new(compiled).map_err(|error| format!("{error:?}"))?;
    let first = imported.inputs.first().expect("an input");
    let rows = numbers.get(&first.source).map_or(0, Vec::len) / first.width;
    let given = side_by_side(&imported.inputs, numbers, rows)?.into_iter().map(S::from_f64);
    let wanted = side_by_side(&imported.outputs, numbers, rows)?;
    let mut found = vec![S::ZERO; rows * network.outputs()];
    network.forward(&given.collect::<Vec<_>>(), &mut found).map_err(|error| format!("{error:?}"))?;
    if found.len() != wanted.len() {
        return Err(format!("{} numbers instead of {}", found.len(), wanted.len()));
    }
    let distances = found.iter().zip(&wanted).map(|(found, wanted)| far(found.to_f64(), *wanted));
    Ok(distances.fold(0.0, f64::max))
}

/// The distance in units of the larger of 1 and what is wanted; infinite between NaN and a number.
fn far(found: f64, wanted: f64) -> f64 {
    let distance = (found - wanted).abs() / wanted.abs().max(1.0);
    match found == wanted || found.is_nan() && wanted.is_nan() {
        true => 0.0,
        false if distance.is_nan() => f64::INFINITY,
        false => distance,
    }
}

/// The numbers of each row: those of the first array, then those of the next.
fn side_by_side(
    ports: &[Port],
    numbers: &HashMap<String, Vec<f64>>,
    rows: usize,
) -> Result<Vec<f64>, String> {
    let mut parts = Vec::new();
    for port in ports {
        let found = numbers.get(&port.source).ok_or_else(|| format!("no array is called {}", port.source))?;
        if found.len() != rows * port.width {
            return Err(format!("{}: {} numbers, not {rows} times {}", port.source, found.len(), port.width));
        }
        parts.push(found.chunks(port.width));
    }
    Ok((0..rows)
        .flat_map(|_| parts.iter_mut().filter_map(Iterator::next).flatten().copied().collect::<Vec<_>>())
        .collect())
}
