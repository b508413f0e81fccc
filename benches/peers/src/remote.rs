//! Contenders in Python: a process for each, spoken to in lines of JSON, numbers through files.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Outcome;
use crate::contender::Contender;
use crate::harness::Entry;
use crate::process::Process;
use crate::versions::Versions;
use crate::workloads::{Data, Ending, Pass, Workload};

/// Name in the package `contenders`, name in the report.
const CONTENDERS: &[(&str, &str)] = &[
    ("numpy", "NumPy"),
    ("sklearn", "scikit-learn"),
    ("torch_eager", "PyTorch eager"),
    ("torch_compiled", "PyTorch compiled"),
    ("jax_calls", "JAX, a call each"),
    ("jax_loop", "JAX, loop in one jit"),
    ("onnx", "ONNX Runtime"),
    ("casadi", "CasADi's C"),
];

/// A contender's process, by the name of its module.
fn start(module: &str) -> Outcome<Process> {
    let folder = folder();
    Process::start(Command::new(folder.join("venv/bin/python")).arg(folder.join("peers.py")).arg(module))
}

struct Remote {
    process: Rc<RefCell<Process>>,
    passes: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("python")
}

/// Those that start, and the versions of what they use.
pub fn entries() -> Outcome<(Vec<Entry>, Versions)> {
    let setup = Command::new(folder().join("setup.sh")).status()?;
    if !setup.success() {
        return Err("python/setup.sh failed".into());
    }
    let (mut entries, mut versions) = (Vec::new(), Vec::new());
    for &(module, name) in CONTENDERS {
        let mut process = start(module)?;
        match process.ask(&json!({ "do": "versions" })) {
            Ok(answer) => versions.extend(pairs(&answer["versions"])),
            Err(error) => {
                eprintln!("{name}: {error}");
                continue;
            }
        }
        let process = Rc::new(RefCell::new(process));
        entries.push(Entry::new(name, move |workload, data| open(name, &process, workload, data)));
    }
    versions.sort();
    versions.dedup();
    Ok((entries, versions))
}

fn pairs(object: &Value) -> Versions {
    let pairs = object.as_object().into_iter().flatten();
    pairs.map(|(name, version)| (name.clone(), version.as_str().unwrap_or_default().into())).collect()
}

fn open(
    name: &str,
    process: &Rc<RefCell<Process>>,
    workload: &Workload,
    data: &Data,
) -> Option<Box<dyn Contender>> {
    let answer = write_data(data)
        .and_then(|()| process.borrow_mut().ask(&json!({ "do": "open", "workload": describe(workload) })));
    match answer {
        // It doesn't do this workload.
        Ok(answer) if answer["passes"].is_null() => None,
        Ok(answer) => {
            let passes = answer["passes"].as_array().into_iter().flatten();
            let passes = passes.filter_map(|pass| Some(pass.as_str()?.to_string())).collect();
            Some(Box::new(Remote { process: process.clone(), passes }))
        }
        Err(error) => {
            eprintln!("{}: {name}: {error}", workload.name);
            None
        }
    }
}

/// A variant's name, small.
fn word(variant: impl std::fmt::Debug) -> String {
    format!("{variant:?}").to_lowercase()
}

fn describe(workload: &Workload) -> Value {
    let (loss, output) = match workload.ending {
        Ending::HalfSquared(function) => ("half_squared", word(function)),
        Ending::MeanSquared(function) => ("mean_squared", word(function)),
        Ending::CrossEntropy => ("cross_entropy", "softmax".into()),
    };
    json!({
        "name": workload.name,
        "sizes": workload.sizes,
        "hidden": word(workload.hidden),
        "output": output,
        "loss": loss,
        "batch": workload.batch,
        "float": word(workload.float),
        "rule": word(workload.rule),
        "rate": workload.rate,
        "passes": workload.passes.iter().map(word).collect::<Vec<_>>(),
    })
}

fn write_data(data: &Data) -> Outcome {
    let folder = folder().join("out");
    std::fs::create_dir_all(&folder)?;
    for (name, values) in
        [("inputs", &data.inputs), ("targets", &data.targets), ("parameters", &data.parameters)]
    {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

impl Remote {
    fn ask(&self, request: &Value) -> Value {
        // What fails after it was opened gives no numbers, and so agrees with nothing.
        self.process.borrow_mut().ask(request).unwrap_or_else(|error| {
            eprintln!("{error}");
            Value::Null
        })
    }

    fn numbers(&self, what: &str) -> Vec<f64> {
        let answer = self.ask(&json!({ "do": what }));
        let bytes = answer["file"].as_str().and_then(|file| std::fs::read(file).ok()).unwrap_or_default();
        bytes.as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect()
    }
}

impl Contender for Remote {
    fn reset(&mut self) {
        self.ask(&json!({ "do": "reset" }));
    }

    fn forward(&mut self) {
        self.ask(&json!({ "do": "forward" }));
    }

    fn train(&mut self) {
        self.ask(&json!({ "do": "train" }));
    }

    fn outputs(&self) -> Vec<f64> {
        self.numbers("outputs")
    }

    fn parameters(&self) -> Vec<f64> {
        self.numbers("parameters")
    }

    fn does(&self, pass: Pass) -> bool {
        self.passes.contains(&word(pass))
    }

    fn nanoseconds(&mut self, pass: Pass, duration: Duration) -> f64 {
        let request = json!({ "do": "time", "pass": word(pass), "seconds": duration.as_secs_f64() });
        self.ask(&request)["nanoseconds"].as_f64().unwrap_or(f64::NAN)
    }
}
