//! Emitted code of many networks in one crate, compiled and run in debug and release.

use std::{
    collections::HashMap,
    fmt::{self, Write},
    io,
    ops::Range,
};

use mlp_dsl::{
    Compilation,
    formula::evaluate::Real,
    ir::Derivation,
    number::{Arithmetic, Precision},
    weights::NoFiles,
};
use mlp_eval::{Evaluation, Point, evaluate};
use mlp_rust::{Options, emit};
use mlp_support::cargo::Crate;
use quote::quote;

use crate::{
    engine,
    generator::specification,
    inputs,
    numbers::{FusedSingle, Single},
};

/// Steps of training that are compared.
pub(crate) const STEPS: usize = 3;

/// Samples of the long batch: more than a group of 32-bit numbers has.
pub(crate) const LONG: usize = 300;

/// What the compiled code was held against.
#[derive(Debug, Default)]
pub struct Compiled {
    /// Networks.
    pub networks: usize,
    /// Numbers that are the same bits in debug and release.
    pub numbers: usize,
    /// The machines of the engine, whose numbers have the same bits, too.
    pub machines: Vec<&'static str>,
    /// Numbers that it computed on all of them.
    pub engine: usize,
    /// The largest normwise error of a 64-bit network against the referee.
    pub double: f64,
    /// The largest normwise error of a 32-bit network against the referee's 32-bit twin.
    pub single: f64,
    /// What does not agree.
    pub wrong: Vec<String>,
}

impl Compiled {
    /// Whether everything agrees.
    pub fn is_good(&self) -> bool {
        self.wrong.is_empty()
    }
}

impl fmt::Display for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} networks compiled and run in debug and release", self.networks)?;
        writeln!(f, "  {} numbers, the same bits in both", self.numbers)?;
        writeln!(f, "  {} numbers of the engine, the same bits ({})", self.engine, self.machines.join(", "))?;
        write!(
            f,
            "  outputs, objectives and parameters of {STEPS} steps against the referee: worst normwise error {:.1e} (f64), {:.1e} (f32)",
            self.double, self.single
        )?;
        for wrong in self.wrong.iter().take(20) {
            write!(f, "\n  wrong: {wrong}")?;
        }
        Ok(())
    }
}

/// Networks of one crate: rustc holds all of them in memory.
const PART: u64 = 100;

/// Writes, compiles, runs and compares the networks with these numbers.
pub fn run(numbers: Range<u64>) -> io::Result<Compiled> {
    let mut compiled = Compiled { machines: engine::machines(), ..Compiled::default() };
    let end = numbers.end;
    for start in numbers.step_by(PART as usize) {
        part(start..end.min(start + PART), &mut compiled)?;
    }
    Ok(compiled)
}

fn part(numbers: Range<u64>, compiled: &mut Compiled) -> io::Result<()> {
    let networks = networks(numbers)?;
    let program = program("random-networks", &networks);
    let debug = build_and_run(&program, &[])?;
    let release = build_and_run(&program, &["--release"])?;
    compiled.networks += networks.len();
    for (line, other) in debug.lines().zip(release.lines()).filter(|(a, b)| a != b) {
        compiled.wrong.push(format!("debug {line}\\nrelease {other}"));
    }
    if debug.lines().count() != release.lines().count() {
        compiled.wrong.push("debug and release print different numbers of lines".to_owned());
    }
    let printed = read(&release);
    compiled.numbers += printed.values().map(Vec::len).sum::<usize>();
    for (number, network) in &networks {
        compare(*number, network, &printed, compiled);
        let (same, wrong) = engine::other_bits(*number, network, &printed);
        compiled.engine += same;
        compiled.wrong.extend(wrong);
    }
    Ok(())
}

fn networks(numbers: Range<u64>) -> io::Result<Vec<(u64, Compilation)>> {
    let mut networks = Vec::new();
    for number in numbers {
        let text = specification(number);
        let compiled = Compilation::of(&text, &NoFiles)
            .map_err(|found| io::Error::other(format!("{found:?}\n{text}")))?;
        networks.push((number, compiled));
    }
    Ok(networks)
}

/// Compiles the networks with these numbers in debug, and runs them: each is saved and read after training, with its
/// optimizer and alone, and has the same bits. Returns how many were.
pub fn kept(numbers: Range<u64>) -> io::Result<usize> {
    let end = numbers.end;
    let mut kept = 0;
    for start in numbers.step_by(PART as usize) {
        let networks = networks(start..end.min(start + PART))?;
        let printed = read(&build_and_run(&program("kept-networks", &networks), &[])?);
        kept +=
            networks.iter().filter(|(number, _)| printed.contains_key(&(*number, "kept".to_owned()))).count();
    }
    Ok(kept)
}

/// What the network of a text prints when it is compiled in release.
pub fn bits_of(name: &str, text: &str) -> io::Result<String> {
    let compiled = Compilation::of(text, &NoFiles).map_err(|found| io::Error::other(format!("{found:?}")))?;
    build_and_run(&program(name, &[(0, compiled)]), &["--release"])
}

/// The names of what the compiled 32-bit network of a text, with the rounding of `arithmetic`, computes in other bits than
/// the referee's 32-bit twin, and how many numbers are the same.
pub fn other_bits(name: &str, text: &str) -> io::Result<(Vec<String>, usize)> {
    let compiled = Compilation::of(text, &NoFiles).map_err(|found| io::Error::other(format!("{found:?}")))?;
    let derivation = compiled.derivation.clone();
    let printed = read(&build_and_run(&program(name, &[(0, compiled)]), &[])?);
    let expected = match derivation.header.arithmetic {
        Arithmetic::Separate => trajectory::<Single>(&derivation),
        Arithmetic::Fused => trajectory::<FusedSingle>(&derivation),
    };
    let (mut others, mut same) = (Vec::new(), 0);
    for (what, expected) in expected {
        match printed.get(&(0, what.clone())) {
            Some(found) if *found == expected => same += expected.len(),
            found => others.push(format!("{what}: {found:?} instead of {expected:?}")),
        }
    }
    Ok((others, same))
}

/// A crate that runs the networks.
fn program(name: &str, networks: &[(u64, Compilation)]) -> Crate {
    let program = Crate::new(name, "mlp-runtime");
    let options = Options { runtime: Some(quote!(::mlp_runtime::__private)), ..Options::default() };
    let mut main = MAIN.replace("LONG", &LONG.to_string());
    let mut calls = String::new();
    for (number, network) in networks {
        program.write(&format!("src/r{number}.rs"), emit(network, &options).to_string());
        let _ = writeln!(main, "mod r{number};\n{}", runner(*number, &network.derivation));
        let _ = writeln!(calls, "    run{number}();");
    }
    let _ = writeln!(main, "fn main() {{\n{calls}}}");
    program.write("src/main.rs", main);
    program
}

const MAIN: &str = "\
//! Prints what the networks compute, as bits.
#![deny(warnings)]
#![allow(unused_imports, dead_code)]
use mlp_runtime::{Batch, Differentiable, Gradients, InputDifferentiable, Network, PullBack, Reduction, Scalar, Trainable, keep::{Checkpoint, File, Keep, Progress}};

fn all<S: Scalar, G: Gradients<S>>(gradients: &G) -> Vec<S> {
    (0..).map_while(|number| gradients.elements(number)).flatten().copied().collect()
}

fn bits<S: Scalar>(values: &[S]) -> Vec<u64> {
    // The bits of a NaN are not part of the promise.
    let bits = |value: f64| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() };
    values.iter().map(|value| bits(value.to_f64())).collect()
}

fn say<S: Scalar>(network: u64, what: &str, values: &[S]) {
    print!(\"{network} {what}\");
    for bits in bits(values) {
        print!(\" {bits:016x}\");
    }
    println!();
}

/// What the engine computes, too: gradients, steps on single samples, and on a batch of more than one group.
fn more<N: Trainable>(network: u64, n: &mut N, seed: u64, inputs: &[N::Input], targets: &[N::Target])
where
    N::Input: Clone,
    N::Target: Clone,
{
    n.initialize(seed);
    let (mut w, mut o, mut g) = (N::BatchWorkspace::default(), N::Optimizer::default(), N::Gradients::default());
    let mut one = N::Workspace::default();
    let batch = Batch::new(inputs, targets).unwrap();
    say(network, \"mean\", &[n.loss_batch(batch, &mut w), n.backward_batch(batch, &mut w, &mut g)]);
    let mut k = 0;
    while let Some(gradient) = g.elements(k) {
        say(network, &format!(\"gradient{k}\"), gradient);
        k += 1;
    }
    for (k, (x, t)) in inputs.iter().zip(targets).enumerate() {
        let loss = n.loss(x, t, &mut one);
        say(network, &format!(\"step{k}\"), &[loss, n.train_into(x, t, &mut o, &mut one, &mut g)]);
    }
    let longs: Vec<N::Input> = inputs.iter().cycle().take(LONG).cloned().collect();
    let longt: Vec<N::Target> = targets.iter().cycle().take(LONG).cloned().collect();
    let batch = Batch::new(&longs, &longt).unwrap();
    say(network, \"long\", &[n.loss_batch(batch, &mut w), n.train_batch(batch, &mut o, &mut w, &mut g)]);
    for p in N::LAYOUT {
        say(network, &format!(\"{}+\", p.name), n.parameter(p.name).unwrap());
    }
    resumed(network, n, &mut o);
}

/// Checks that network and optimizer have the same bits after a checkpoint, and the network alone after its file.
fn resumed<N: Trainable>(network: u64, n: &mut N, o: &mut N::Optimizer) {
    let file = |network: &N, optimizer: &N::Optimizer| {
        let (progress, mut bytes) = (Progress::default(), Vec::new());
        let checkpoint = Checkpoint { network, optimizer, progress, metadata: &[] };
        checkpoint.write(|part| Ok::<(), ()>(bytes.extend(part))).unwrap();
        bytes
    };
    let before = file(n, o);
    n.initialize(77);
    *o = Default::default();
    File::parse(&before).unwrap().resume(n, o).unwrap();
    assert!(file(n, o) == before, \"{}\", N::NAME);
    kept(network, n);
}

/// The same without an optimizer.
fn kept<N: Network>(network: u64, n: &mut N) {
    let file = |network: &N| {
        let mut bytes = Vec::new();
        network.write(&[], |part| Ok::<(), ()>(bytes.extend(part))).unwrap();
        bytes
    };
    let before = file(n);
    n.initialize(77);
    n.read(&before).unwrap();
    assert!(file(n) == before, \"{}\", N::NAME);
    say(network, \"kept\", &[before.len() as f64]);
}
";

fn runner(number: u64, derivation: &Derivation) -> String {
    let name = &derivation.header.name;
    let mut code = format!(
        "fn run{number}() {{\n    use r{number}::*;\n    let mut n = Box::new({name}::ZERO);\n    n.initialize({name}::SEED);\n    \
         let mut w = {name}BatchWorkspace::new();\n    for (k, x) in {name}::DATA_INPUTS.iter().enumerate() {{\n        \
         let mut y = [0.0; {name}::OUTPUTS];\n        n.forward_into(x, {name}::sample_workspace(&mut w), &mut y);\n        \
         say({number}, &format!(\"output{{k}}\"), &y);\n    }}\n"
    );
    code.push_str(&inputs::runner(number, derivation));
    if derivation.training.is_some() {
        let _ = writeln!(
            code,
            "    let (mut o, mut g) = ({name}Optimizer::new(), {name}Gradients::new());\n    for k in 0..{STEPS} {{\n        \
             let batch = Batch::new(&{name}::DATA_INPUTS, &{name}::DATA_TARGETS).unwrap();\n        \
             let loss = n.train_batch(batch, &mut o, &mut w, &mut g);\n        say({number}, &format!(\"loss{{k}}\"), &[loss]);\n    }}\n    \
             for p in {name}::LAYOUT {{\n        say({number}, p.name, n.parameter(p.name).unwrap());\n    }}\n    \
             more({number}, &mut *n, {name}::SEED, &{name}::DATA_INPUTS, &{name}::DATA_TARGETS);"
        );
    } else {
        let _ = writeln!(code, "    kept({number}, &mut *n);");
    }
    code.push_str("}\n");
    code
}

fn build_and_run(program: &Crate, arguments: &[&str]) -> io::Result<String> {
    let output = program.cargo(&[&["run", "--quiet"], arguments].concat());
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(said.chars().take(4000).collect::<String>()));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}

/// The numbers by network and name.
fn read(printed: &str) -> HashMap<(u64, String), Vec<f64>> {
    let line = |line: &str| {
        let mut words = line.split(' ');
        let (network, what) = (words.next()?.parse().ok()?, words.next()?.to_owned());
        let bits = words.filter_map(|bits| u64::from_str_radix(bits, 16).ok());
        Some(((network, what), bits.map(f64::from_bits).collect()))
    };
    printed.lines().filter_map(line).collect()
}

fn compare(
    number: u64,
    network: &Compilation,
    printed: &HashMap<(u64, String), Vec<f64>>,
    compiled: &mut Compiled,
) {
    let (derivation, executed) = (&network.derivation, network.executed());
    let expected = match (derivation.header.precision, derivation.header.arithmetic) {
        (Precision::F64, _) => [inputs::expected::<f64>(executed), trajectory::<f64>(derivation)],
        (Precision::F32, Arithmetic::Separate) => {
            [inputs::expected::<Single>(executed), trajectory::<Single>(derivation)]
        }
        (Precision::F32, Arithmetic::Fused) => {
            [inputs::expected::<FusedSingle>(executed), trajectory::<FusedSingle>(derivation)]
        }
    };
    let expected = expected.concat();
    // Rounding errors of a few hundred operations in a chain, in the number type of the network.
    let bound = match derivation.header.precision {
        Precision::F64 => 1e-11,
        Precision::F32 => 1e-4,
    };
    for (what, expected) in expected {
        let Some(found) = printed.get(&(number, what.clone())) else {
            compiled.wrong.push(format!("R{number}: {what} is not printed"));
            continue;
        };
        let norm = expected.iter().map(|x| x * x).sum::<f64>().sqrt();
        let difference = expected.iter().zip(found).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
        let error = difference / norm.max(1e-2);
        // A network that diverges does so in both.
        let as_infinite = |(a, b): (&f64, &f64)| a.is_finite() == b.is_finite();
        if expected.iter().any(|x| !x.is_finite()) && expected.iter().zip(found).all(as_infinite) {
            continue;
        }
        if expected.len() != found.len() || error > bound || error.is_nan() {
            compiled.wrong.push(format!("R{number}: {what} is {found:?}, the referee has {expected:?}"));
        }
        let worst = match derivation.header.precision {
            Precision::F64 => &mut compiled.double,
            Precision::F32 => &mut compiled.single,
        };
        *worst = worst.max(error);
    }
}

/// Outputs, objectives and parameters by the referee.
fn trajectory<R: Real>(derivation: &Derivation) -> Vec<(String, Vec<f64>)> {
    let mut values = Vec::new();
    let inference = derivation.inference();
    let outside = inference.as_ref().unwrap_or(derivation);
    for (index, sample) in derivation.header.samples.iter().enumerate() {
        let evaluation: Evaluation<R> = evaluate(outside, &Point::at(outside, std::slice::from_ref(sample)));
        let ids = derivation.output().map(|layer| layer.value.equations().to_vec()).unwrap_or_default();
        let output = ids.iter().filter_map(|id| evaluation.value(*id)).flat_map(|value| value.iter());
        values.push((format!("output{index}"), output.map(|x| x.real()).collect()));
    }
    let (Some(loss), Some(_)) = (&derivation.loss, &derivation.training) else { return values };
    let mut point = Point::at(derivation, &derivation.header.samples);
    for step in 0..STEPS {
        let evaluation: Evaluation<R> = evaluate(derivation, &point);
        values.push((format!("loss{step}"), vec![evaluation.scalar(loss.objective).real()]));
        point.step(derivation, &evaluation);
    }
    for parameter in &derivation.parameters {
        let value = point.of(parameter.equation, 0).map(|value| value.iter().collect());
        values.push((parameter.name.clone(), value.unwrap_or_default()));
    }
    values
}
