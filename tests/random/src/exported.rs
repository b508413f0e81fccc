//! Random networks as ONNX models, with the outputs of the engine for `tests/onnx/exported.py`, which runs them elsewhere. Each is
//! read back, too: the specification that comes back computes the same.

use std::{fmt, fs, io, ops::Range, path::Path};

use mlp_dsl::{
    Compilation,
    ir::{Derivation, Layer},
    number::Precision,
    weights::{Files, NoFiles, Unread},
};
use mlp_engine::{Network, Scalar};
use mlp_onnx::Options;
use mlp_tensors::{Numbers, Tensor, write_npz};

use crate::{equal, generator::specification};

/// Samples for each network.
const SAMPLES: usize = 5;
/// How far outputs of a network that is read back may be, for numbers of 32 and of 64 bits: operators of ONNX may be other formulas of
/// the same value, so the last bits differ.
const WITHIN: [f64; 2] = [1e-5, 1e-12];

/// What became of the networks.
#[derive(Debug, Default)]
pub struct Campaign {
    /// Networks that were written.
    pub written: usize,
    /// Networks that were read back with the same outputs.
    pub read_back: usize,
    /// Networks that were read back with the same equations.
    pub same: usize,
    /// Why others were not, and what is wrong.
    pub refused: Vec<String>,
    /// What is wrong.
    pub wrong: Vec<String>,
}

impl fmt::Display for Campaign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.refused.iter().chain(&self.wrong) {
            writeln!(f, "{line}")?;
        }
        write!(
            f,
            "{} networks written as ONNX, {} read back with the same outputs, {} of them with the same equations, {} refused, {} wrong",
            self.written,
            self.read_back,
            self.same,
            self.refused.len(),
            self.wrong.len()
        )
    }
}

/// Writes the networks into a folder.
///
/// # Errors
/// If a file can't be written.
pub fn campaign(numbers: Range<u64>, folder: &Path) -> io::Result<Campaign> {
    fs::create_dir_all(folder)?;
    let mut campaign = Campaign::default();
    for number in numbers {
        let Ok(compiled) = Compilation::of(&specification(number), &NoFiles) else { continue };
        let one = match compiled.derivation.header.precision {
            Precision::F32 => exported::<f32>(&compiled),
            Precision::F64 => exported::<f64>(&compiled),
        };
        match one {
            Ok((model, arrays)) => {
                fs::write(folder.join(format!("R{number}.onnx")), &model)?;
                fs::write(folder.join(format!("R{number}.npz")), &arrays)?;
                campaign.written += 1;
                back(number, &compiled, &model, &mut campaign);
            }
            Err(error) => campaign.wrong.push(format!("R{number}: {error}")),
        }
    }
    Ok(campaign)
}

/// The outputs that are named, in order.
fn heads(derivation: &Derivation) -> Vec<&Layer> {
    match derivation.heads.as_slice() {
        [] => derivation.output().into_iter().collect(),
        heads => heads.iter().filter_map(|head| derivation.layers.get(*head)).collect(),
    }
}

/// Numbers that are no pattern, between -2 and 2.
fn drawn(count: usize) -> Vec<f64> {
    (0..count).map(|index| 2.0 * ((index as f64 + 1.0) * 12.9898).sin()).collect()
}

fn tensor(name: &str, shape: Vec<usize>, values: Vec<f64>, precision: Precision) -> Tensor {
    let numbers = match precision {
        Precision::F32 => Numbers::F32(values.iter().map(|value| *value as f32).collect()),
        Precision::F64 => Numbers::F64(values),
    };
    Tensor { name: name.to_owned(), shape, numbers }
}

fn outputs<S: Scalar>(compiled: &Compilation, inputs: &[f64]) -> Result<Vec<f64>, String> {
    let mut network: Network<S> = Network::new(compiled).map_err(|error| error.to_string())?;
    let inputs: Vec<S> = inputs.iter().map(|value| S::from_f64(*value)).collect();
    let mut outputs = vec![S::from_f64(0.0); SAMPLES * network.outputs()];
    network.forward(&inputs, &mut outputs).map_err(|error| error.to_string())?;
    Ok(outputs.iter().map(|value| value.to_f64()).collect())
}

/// The columns of rows.
fn columns(values: &[f64], width: usize, at: usize, count: usize) -> Vec<f64> {
    values.chunks(width.max(1)).flat_map(|row| row.iter().skip(at).take(count)).copied().collect()
}

/// The model, and a file of its inputs and outputs.
fn exported<S: Scalar>(compiled: &Compilation) -> Result<(Vec<u8>, Vec<u8>), String> {
    let derivation = &compiled.derivation;
    let precision = derivation.header.precision;
    let network: Network<S> = Network::new(compiled).map_err(|error| error.to_string())?;
    let parameters: Vec<Tensor> = network
        .parameters()
        .map(|of| {
            let values = of.values.iter().map(|value| value.to_f64()).collect::<Vec<_>>();
            tensor(of.name, vec![values.len()], values, precision)
        })
        .collect();
    let model = mlp_onnx::export(derivation, &parameters).map_err(|error| error.to_string())?;
    let inputs = drawn(SAMPLES * network.inputs());
    let computed = outputs::<S>(compiled, &inputs)?;
    let (mut arrays, mut at) = (Vec::new(), 0);
    for data in &derivation.inputs {
        let count = data.shape.count();
        let values = columns(&inputs, network.inputs(), at, count);
        arrays.push(tensor(&format!("input.{}", data.name), vec![SAMPLES, count], values, precision));
        at += count;
    }
    at = 0;
    for layer in heads(derivation) {
        let count = layer.shape.count();
        let values = columns(&computed, network.outputs(), at, count);
        arrays.push(tensor(&format!("output.{}", layer.name), vec![SAMPLES, count], values, precision));
        at += count;
    }
    let arrays = write_npz(&arrays).map_err(|error| error.to_string())?;
    Ok((model.bytes, arrays))
}

/// The one file that an import has.
struct Imported(Vec<u8>);

impl Files for Imported {
    fn read(&self, _: &str) -> Result<Vec<u8>, Unread> {
        Ok(self.0.clone())
    }
}

/// Reads a model back and compares.
fn back(number: u64, compiled: &Compilation, model: &[u8], campaign: &mut Campaign) {
    let options =
        Options { name: &compiled.derivation.header.name, weights: "model.safetensors", expected: None };
    let imported = match mlp_onnx::import(model, options) {
        Ok(imported) => imported,
        Err(error) => return campaign.refused.push(format!("R{number} is not read back: {error}")),
    };
    let again = match Compilation::of(&imported.text, &Imported(imported.weights)) {
        Ok(again) => again,
        Err(error) => {
            let first = error.first().map(|error| error.title.clone()).unwrap_or_default();
            return campaign
                .wrong
                .push(format!("R{number}, read back, is no specification: {first}\n{}", imported.text));
        }
    };
    let count: usize = compiled.derivation.inputs.iter().map(|data| data.shape.count()).sum();
    let inputs = drawn(SAMPLES * count);
    let (a, b, within) = match compiled.derivation.header.precision {
        Precision::F32 => (outputs::<f32>(compiled, &inputs), outputs::<f32>(&again, &inputs), WITHIN[0]),
        Precision::F64 => (outputs::<f64>(compiled, &inputs), outputs::<f64>(&again, &inputs), WITHIN[1]),
    };
    match (a, b) {
        (Ok(a), Ok(b)) if a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| is_near(*a, *b, within)) => {
            campaign.read_back += 1;
            campaign.same += usize::from(has_equal_equations(compiled, &again));
        }
        (a, b) => {
            campaign.wrong.push(format!("R{number}: {a:?} is {b:?} when it is read back\n{}", imported.text))
        }
    }
}

/// Whether the outputs are the same equations of the same numbers.
fn has_equal_equations(a: &Compilation, b: &Compilation) -> bool {
    equal::equations(&a.derivation, &parameters(a)) == equal::equations(&b.derivation, &parameters(b))
}

fn parameters(compiled: &Compilation) -> equal::Parameters {
    match compiled.derivation.header.precision {
        Precision::F32 => parameters_in::<f32>(compiled),
        Precision::F64 => parameters_in::<f64>(compiled),
    }
}

fn parameters_in<S: Scalar>(compiled: &Compilation) -> equal::Parameters {
    let Ok(network) = Network::<S>::new(compiled) else { return equal::Parameters::new() };
    let named = |of: mlp_engine::Tensor<'_, S>| {
        (of.name.to_owned(), of.values.iter().map(|value| value.to_f64()).collect())
    };
    network.parameters().map(named).collect()
}

fn is_near(a: f64, b: f64, within: f64) -> bool {
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= within * a.abs().max(1.0)
}
