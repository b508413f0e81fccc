//! Start values from files: the outputs that NumPy computed from the same numbers, whatever way the network came.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{fs, path::Path};

use mlp::{
    Network, Tensors,
    keep::{Checkpoint, Progress},
};
use mlp_dsl::{
    Compilation,
    ir::Derivation,
    weights::{Files, Unread},
};
use mlp_eval::{Point, evaluate};
use mlp_memory::{
    Given,
    kept::{Kept, Training, TrainingOptimizer},
    named, written,
};

/// The rows of a network: input and output.
fn rows(network: &str) -> Vec<(Vec<f64>, Vec<f64>)> {
    let text = include_str!("../outputs.csv");
    let inputs = if network == "Rows" { 4 } else { 3 };
    let rows = text.lines().filter_map(|line| line.strip_prefix(&format!("{network},"))).map(|line| {
        let numbers: Vec<f64> = line.split(',').map(|number| number.parse().unwrap()).collect();
        (numbers[..inputs].to_vec(), numbers[inputs..].to_vec())
    });
    rows.collect()
}

fn close(found: &[f64], wanted: &[f64], bound: f64) {
    assert_eq!(found.len(), wanted.len());
    for (a, b) in found.iter().zip(wanted) {
        assert!((a - b).abs() <= bound, "{a} and not {b}");
    }
}

fn rows_of(network: &impl Network<Scalar = f32, Input = [f32; 4], Output = [f32; 3]>) -> [Vec<f64>; 3] {
    let mut workspace = Default::default();
    let mut of = |input: &[f64]| {
        let mut output = [0.0; 3];
        network.forward_into(&std::array::from_fn(|i| input[i] as f32), &mut workspace, &mut output);
        output.map(f64::from).to_vec()
    };
    let rows = rows("Rows");
    let outputs = std::array::from_fn(|i| of(&rows[i].0));
    rows.iter().zip(&outputs).for_each(|((_, wanted), found)| close(found, wanted, 2e-7));
    outputs
}

fn turned_of(network: &impl Network<Scalar = f64, Input = [f64; 3], Output = [f64; 2]>) -> [Vec<f64>; 3] {
    let mut workspace = Default::default();
    let mut of = |input: &[f64]| {
        let mut output = [0.0; 2];
        network.forward_into(&std::array::from_fn(|i| input[i]), &mut workspace, &mut output);
        output.to_vec()
    };
    let rows = rows("Turned");
    let outputs = std::array::from_fn(|i| of(&rows[i].0));
    rows.iter().zip(&outputs).for_each(|((_, wanted), found)| close(found, wanted, 2e-16 * 4.0));
    outputs
}

#[test]
fn the_outputs_are_those_of_numpy() {
    let one = rows_of(&named::Rows::new());
    assert_eq!(one, rows_of(&written::Rows::new()));
    let one = turned_of(&named::Turned::new());
    assert_eq!(one, turned_of(&written::Turned::new()));
}

#[test]
fn a_seed_changes_nothing_that_is_read() {
    assert_eq!(named::Rows::with_seed(3), named::Rows::new());
}

#[test]
fn a_macro_hands_on_a_path_and_from_is_a_name() {
    let (given, rows) = (Given::new(), named::Rows::new());
    assert_eq!((given.from, given.other), (0.5, 2.0));
    assert_eq!(given.W_hidden, rows.W_hidden);
}

/// In memory that is only read, without a copy.
static ROWS: named::Rows = named::Rows::TRAINED;
static TURNED: named::Turned = named::Turned::TRAINED;

#[test]
fn a_static_has_the_same_numbers() {
    assert_eq!(ROWS, named::Rows::new());
    assert_eq!(TURNED, named::Turned::new());
    turned_of(&TURNED);
}

#[test]
fn the_fingerprint_counts_the_numbers() {
    assert_eq!(named::Rows::FINGERPRINT, written::Rows::FINGERPRINT);
    assert_ne!(named::Rows::FINGERPRINT, derivation("rows.mlp", &Changed).fingerprint());
}

/// The crate's files, by their paths from `networks/`.
struct Networks;

impl Files for Networks {
    fn read(&self, path: &str) -> Result<Vec<u8>, Unread> {
        Ok(fs::read(folder().join(path)).unwrap())
    }
}

/// The same with another last number.
struct Changed;

impl Files for Changed {
    fn read(&self, path: &str) -> Result<Vec<u8>, Unread> {
        let mut bytes = Networks.read(path)?;
        let last = bytes.len() - 4;
        bytes[last] ^= 1;
        Ok(bytes)
    }
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("networks")
}

fn compilation(file: &str, files: &dyn Files) -> Compilation {
    Compilation::of(&fs::read_to_string(folder().join(file)).unwrap(), files).unwrap()
}

fn derivation(file: &str, files: &dyn Files) -> Derivation {
    compilation(file, files).derivation
}

trait Fingerprint {
    fn fingerprint(&self) -> u64;
}

/// As it is in the code.
impl Fingerprint for Derivation {
    fn fingerprint(&self) -> u64 {
        let compiled = Compilation::of_derivation(self.clone()).unwrap();
        let code = mlp_rust::emit(&compiled, &Default::default()).to_string();
        let number = code.split("FINGERPRINT : u64 = ").nth(1).unwrap();
        number.split("u64").next().unwrap().trim().parse().unwrap()
    }
}

#[test]
fn the_referee_has_them_too() {
    for (file, name, bound) in [("rows.mlp", "Rows", 1e-15), ("turned.mlp", "Turned", 1e-15)] {
        let derivation = derivation(file, &Networks);
        for (input, wanted) in rows(name) {
            let target = if name == "Rows" { vec![0.0; 3] } else { Vec::new() };
            let point = Point::at(&derivation, &[mlp_dsl::model::Sample { input, target }]);
            let evaluation = evaluate::<f64>(&derivation, &point);
            let ids = derivation.output().unwrap().value.equations();
            let found: Vec<f64> =
                ids.iter().flat_map(|id| evaluation.value(*id).unwrap().iter().collect::<Vec<_>>()).collect();
            close(&found, &wanted, bound);
        }
    }
}

/// Written in the code they would cost gigabytes at a million.
#[test]
fn no_number_of_the_file_stands_in_the_code() {
    let code = mlp_rust::emit(&compilation("rows.mlp", &Networks), &Default::default()).to_string();
    let network = named::Rows::new();
    for number in network.W_hidden.as_flattened().iter().chain(&network.b_y) {
        assert!(!code.contains(&format!("{}", number.abs())), "{number}");
    }
    assert!(code.contains("include_bytes ! (\"rows.safetensors\")"), "{code}");
}

/// The checkpoint in `networks/kept.safetensors`: the bytes of a network after five steps.
fn checkpoint() -> (Training, Vec<u8>) {
    let (mut network, mut optimizer) = (Training::new(), TrainingOptimizer::new());
    let (mut workspace, mut gradients) = (Default::default(), Default::default());
    for _ in 0..5 {
        network.train_into(&[0.5, -1.0], &[0.25], &mut optimizer, &mut workspace, &mut gradients);
    }
    let (progress, mut bytes) = (Progress { step: 5, ..Progress::default() }, Vec::new());
    let checkpoint = Checkpoint { network: &network, optimizer: &optimizer, progress, metadata: &[] };
    checkpoint
        .write(|part| {
            bytes.extend(part);
            Ok::<(), ()>(())
        })
        .unwrap();
    (network, bytes)
}

#[test]
#[ignore = "writes networks/kept.safetensors"]
fn write_the_checkpoint() {
    fs::write(folder().join("kept.safetensors"), checkpoint().1).unwrap();
}

static KEPT: Kept = Kept::TRAINED;

/// What was trained is in the program again, with the same bits, and no tool between.
#[test]
fn a_checkpoint_is_a_file_of_start_values() {
    let (network, bytes) = checkpoint();
    assert!(fs::read(folder().join("kept.safetensors")).unwrap() == bytes, "the file is another one");
    for kept in [&KEPT, &Kept::new()] {
        for (number, tensor) in Training::TENSORS.iter().enumerate() {
            let bits =
                |numbers: Option<&[f32]>| numbers.unwrap().iter().map(|n| n.to_bits()).collect::<Vec<_>>();
            assert_eq!(Kept::TENSORS[number], *tensor);
            assert_eq!(bits(kept.tensor(number)), bits(network.tensor(number)));
        }
    }
}

/// The rows of a model in PyTorch: input and output.
fn rows_of_pytorch(form: &str) -> Vec<([f64; 3], [f64; 2])> {
    let text = include_str!("../pytorch.csv");
    let rows = text.lines().filter_map(|line| line.strip_prefix(&format!("{form},"))).map(|line| {
        let numbers: Vec<f64> = line.split(',').map(|number| number.parse().unwrap()).collect();
        (numbers[..3].try_into().unwrap(), numbers[3..].try_into().unwrap())
    });
    rows.collect()
}

/// Outputs of the model in one form, within the rounding of its numbers.
macro_rules! agrees_with_pytorch {
    ($($module:ident: $real:ident as $form:literal)+) => {
        $(
            let network = mlp_memory::pytorch::$module::Model::new();
            let rows = rows_of_pytorch($form);
            assert_eq!(rows.len(), 6);
            for (x, y) in rows {
                let found = network.forward(&x.map(|x| x as $real)).map(f64::from);
                close(&found, &y, if $form == "f64" { 4e-16 } else { 3e-7 });
            }
            assert_eq!(network, mlp_memory::pytorch::$module::Model::TRAINED);
        )+
    };
}

#[test]
fn a_model_of_pytorch_has_its_outputs() {
    agrees_with_pytorch! {
        f32: f32 as "f32"
        f16: f32 as "f16"
        bf16: f32 as "bf16"
        f64: f64 as "f64"
        f32_wide: f64 as "f32"
        f16_wide: f64 as "f16"
        bf16_wide: f64 as "bf16"
        deflated: f32 as "f32"
        keras: f32 as "f32"
    }
    assert_eq!(mlp_memory::pytorch::f32::Model::new().W_b, mlp_memory::pytorch::keras::Model::new().W_b);
    assert_eq!(
        mlp_memory::pytorch::f16::Model::new().W_b.map(|row| row.map(f64::from)),
        mlp_memory::pytorch::f16_wide::Model::new().W_b
    );
}

/// Outputs, losses and gradients of normalizations with the numbers that PyTorch trained.
#[test]
fn normalizations_are_those_of_pytorch() {
    let network = named::Normal::new();
    let mut rows = 0;
    for line in include_str!("../normal.csv").lines().skip(1) {
        let numbers: Vec<f64> = line.split(',').map(|number| number.parse().unwrap()).collect();
        let (x, target) = ([numbers[0], numbers[1], numbers[2]], [0.3, -0.2]);
        close(&network.forward(&x), &numbers[3..5], 1e-15);
        close(&[network.loss(&x, &target)], &numbers[5..6], 1e-15);
        let (_, gradients) = network.backward(&x, &target);
        let parts: [&[f64]; 5] = [
            &gradients.scale_h,
            &gradients.shift_h,
            &gradients.scale_v,
            &gradients.shift_v,
            gradients.W_z.as_flattened(),
        ];
        close(&parts.concat(), &numbers[6..], 1e-15);
        rows += 1;
    }
    assert_eq!(rows, 6);
}
