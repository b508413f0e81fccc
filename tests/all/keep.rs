//! Networks, gradients, optimizers and checkpoints in files.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::{fs, path::PathBuf};

use mlp::{
    Batch, Network, Parameter, ParameterKind, ParameterShape, Tensors,
    keep::{
        Checkpoint, File, FileError, FormatError, Keep, LoadError, Progress, Reason, SaveError, Value, resume,
    },
};
use mlp_dsl::{
    Compilation,
    weights::{Files, Unread},
};
use mlp_eval::Point;

mod broken;
mod killed;
mod python;

mlp::mlp! {
    network Small: f32 {
        input  x[2];
        layer  hidden[3] = tanh(dense(x));
        layer  y[1] = dense(hidden);
        target t[1];
        loss   half_squared_error(y, t);
        train  adam(rate = 0.05);
    }
}

mlp::mlp! {
    // The parameters of `Small` in other numbers.
    network Wide: f64 {
        input  x[2];
        layer  hidden[3] = tanh(dense(x));
        layer  y[1] = dense(hidden);
    }
}

mlp::mlp! {
    // A rule of the user, scalars, a shared parameter, a frozen one, and a schedule.
    network Own: f64 {
        rule heavy(rate, mass = 0.9) {
            state v, n;
            v = mass * v + g;
            n = n + 1;
            w = w - rate * v / n;
        }
        input   x { p, q }
        weights { a = 0.5, β = -0.25, W[2, 2] = [[1, -1], [0.5, 0.25]] }
        frozen weights { c = 2 }
        biases  b[2] = [0.1, 0.2];
        layer   h { u = tanh(a * p + β * q), v = tanh(a * q + c * p) }
        layer   z[2] = h @ W + b;
        layer   y { o = sum(z) }
        target  t { wanted }
        loss    half_squared_error(y, t);
        train   heavy(rate = 0.1 * 0.9^step);
    }
}

const INPUTS: [[f32; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
const TARGETS: [[f32; 1]; 4] = [[0.0], [1.0], [1.0], [0.0]];

/// A network after some steps, and its optimizer.
fn trained(steps: usize) -> (Small, SmallOptimizer) {
    let (mut network, mut optimizer) = (Small::new(), SmallOptimizer::new());
    train(&mut network, &mut optimizer, steps);
    (network, optimizer)
}

fn train(network: &mut Small, optimizer: &mut SmallOptimizer, steps: usize) {
    let (mut workspace, mut gradients) = (Default::default(), SmallGradients::new());
    let batch = Batch::new(&INPUTS, &TARGETS).unwrap();
    for _ in 0..steps {
        network.train_batch(batch, optimizer, &mut workspace, &mut gradients);
    }
}

fn bytes<T: Tensors>(of: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    of.write(&[], |part| {
        bytes.extend(part);
        Ok::<(), ()>(())
    })
    .unwrap();
    bytes
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A file that is kept beside the tests, in `tests/keep`.
fn kept(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/keep").join(name)
}

#[test]
fn each_type_lists_its_tensors() {
    let names =
        |tensors: &[Parameter]| tensors.iter().map(|tensor| tensor.name).collect::<Vec<_>>().join(" ");
    assert_eq!(names(Small::TENSORS), "W_hidden b_hidden W_y b_y");
    assert_eq!(names(SmallGradients::TENSORS), names(Small::LAYOUT));
    assert_eq!(
        names(SmallOptimizer::TENSORS),
        "m_W_hidden v_W_hidden m_b_hidden v_b_hidden m_W_y v_W_y m_b_y v_b_y"
    );
    let last = SmallOptimizer::TENSORS.last().unwrap();
    assert_eq!((last.kind, last.shape), (ParameterKind::Bias, ParameterShape::Vector(1)));

    let (network, mut optimizer) = trained(3);
    assert_eq!((network.steps(), optimizer.steps()), (None, Some(3)));
    *optimizer.steps_mut().unwrap() = 7;
    assert_eq!(optimizer.steps, 7);
    assert_eq!(optimizer.tensor(2), Some(&optimizer.m_b_hidden[..]));
    assert_eq!(optimizer.tensor(8), None);
    optimizer.tensor_mut(7).unwrap()[0] = f32::NAN;
    assert!(optimizer.v_b_y[0].is_nan() && !optimizer.is_finite() && network.is_finite());
    // Frozen parameters have no gradient and no state.
    assert_eq!(names(OwnGradients::TENSORS), "a β W b");
    assert_eq!(names(OwnOptimizer::TENSORS), "v_a n_a v_β n_β v_W n_W v_b n_b");
}

/// The text, so that a change of the format is seen.
#[test]
fn a_file_is_the_same_on_every_machine() {
    let mut network = Small::ZERO;
    (network.W_hidden[1][2], network.b_y[0]) = (-1.5, f32::INFINITY);
    let bytes = bytes(&network);
    let header = "{\"W_hidden\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},\
                  \"b_hidden\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[24,36]},\
                  \"W_y\":{\"dtype\":\"F32\",\"shape\":[3,1],\"data_offsets\":[36,48]},\
                  \"b_y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[48,52]}}";
    let padded = header.len().next_multiple_of(8);
    assert_eq!(bytes[..8], (padded as u64).to_le_bytes());
    assert_eq!(std::str::from_utf8(&bytes[8..8 + padded]).unwrap(), format!("{header:padded$}"));
    let numbers: Vec<f32> =
        bytes[8 + padded..].as_chunks().0.iter().map(|n| f32::from_le_bytes(*n)).collect();
    let mut expected = [0.0; 13];
    (expected[5], expected[12]) = (-1.5, f32::INFINITY);
    assert_eq!(numbers, expected);
}

#[test]
fn every_bit_comes_back() {
    let (mut network, optimizer) = trained(5);
    network.W_y[0][0] = f32::from_bits(0x7fa0_1234);
    network.W_y[1][0] = -0.0;
    network.W_y[2][0] = f32::from_bits(1);
    let mut other = Small::ZERO;
    other.read(&bytes(&network)).unwrap();
    assert_eq!(bytes(&other), bytes(&network));
    assert_eq!(other.W_y[0][0].to_bits(), 0x7fa0_1234);

    let mut state = SmallOptimizer { rate: 0.5, ..SmallOptimizer::new() };
    state.read(&bytes(&optimizer)).unwrap();
    assert_eq!(state, SmallOptimizer { rate: 0.5, ..optimizer });
    let (_, gradients) = network.backward(&INPUTS[1], &TARGETS[1]);
    let mut read = SmallGradients::new();
    read.read(&bytes(&gradients)).unwrap();
    assert_eq!(bytes(&read), bytes(&gradients));
}

#[test]
fn numbers_are_widened_exactly_and_rounded_when_asked() {
    let (network, _) = trained(2);
    let mut wide = Wide::ZERO;
    wide.read(&bytes(&network)).unwrap();
    assert_eq!(wide.W_hidden, network.W_hidden.map(|row| row.map(f64::from)));

    wide.b_y[0] = 0.1;
    let (mut narrow, file) = (network.clone(), bytes(&wide));
    let error = narrow.read(&file).unwrap_err();
    assert_eq!(
        error.to_string(),
        "tensor `W_hidden` has numbers of type F64 in the file and F32 here; `load_rounded` and `read_rounded` round them"
    );
    assert_eq!(narrow, network);
    narrow.read_rounded(&file).unwrap();
    assert_eq!(narrow, Small { b_y: [0.1], ..network });
}

#[test]
fn files_by_path_are_replaced_as_a_whole() {
    let folder = folder();
    let path = folder.path().join("small.safetensors");
    let (first, optimizer) = trained(1);
    let (second, _) = trained(2);
    first.save(&path).unwrap();
    second.save(&path).unwrap();
    optimizer.save(folder.path().join("optimizer.safetensors")).unwrap();
    let mut loaded = Small::ZERO;
    loaded.load(&path).unwrap();
    assert_eq!(loaded, second);
    // Nothing else is left in the folder.
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["optimizer.safetensors", "small.safetensors"]);

    fs::write(&path, b"torn").unwrap();
    let error = loaded.load(&path).unwrap_err();
    assert!(matches!(
        error,
        FileError { reason: Reason::Contents(LoadError::Format(FormatError::Cut { .. })), .. }
    ));
    assert!(
        error.to_string().ends_with("small.safetensors: the file is cut short: it has 4 bytes instead of 8")
    );
    assert_eq!(loaded, second);
    assert!(matches!(loaded.load(folder.path().join("none")).unwrap_err().reason, Reason::System(_)));
    assert!(matches!(loaded.load(folder.path()).unwrap_err().reason, Reason::System(_)));
    let error = first.save(folder.path()).unwrap_err();
    assert!(error.to_string().ends_with("there is something else than a file of that name"), "{error}");
    assert!(first.save(folder.path().join("none/small")).is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_rights_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder();
    let (path, link) = (folder.path().join("real"), folder.path().join("link"));
    trained(1).0.save(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    symlink("real", &link).unwrap();
    let (second, _) = trained(2);
    second.save(&link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut loaded = Small::ZERO;
    loaded.load(&path).unwrap();
    assert_eq!(loaded, second);
}

#[test]
fn a_sink_that_fails_ends_the_writing() {
    let mut calls = 0;
    let written = trained(1).0.write(&[], |_| {
        calls += 1;
        if calls < 5 { Ok(()) } else { Err("full") }
    });
    assert_eq!((written, calls), (Err(SaveError::Sink("full")), 5));
}

#[test]
fn metadata_is_kept() {
    let texts = "quotes \" \\ and \n\u{1} and ß 🦀";
    let numbers = [0.1, -0.0, f64::MIN_POSITIVE, 5e-324, -2.5e300, f64::INFINITY, f64::NEG_INFINITY, 1.0];
    let names: Vec<String> = (0..numbers.len()).map(|number| format!("number{number}")).collect();
    let mut metadata = vec![(texts, Value::from(texts)), ("whole", u64::MAX.into())];
    metadata.extend(names.iter().zip(numbers).map(|(name, number)| (name.as_str(), number.into())));
    metadata.push(("nan", f64::NAN.into()));
    let mut bytes = Vec::new();
    let (network, _) = trained(1);
    network
        .write(&metadata, |part| {
            bytes.extend(part);
            Ok::<(), ()>(())
        })
        .unwrap();

    let file = File::parse(&bytes).unwrap();
    assert_eq!(file.metadata(texts).unwrap().to_string(), texts);
    assert_eq!(file.metadata("whole").unwrap().whole(), Some(u64::MAX));
    for (name, number) in names.iter().zip(numbers) {
        let read = file.metadata(name).unwrap().number().unwrap();
        assert_eq!(read.to_bits(), number.to_bits(), "{}", file.metadata(name).unwrap());
    }
    assert!(file.metadata("nan").unwrap().number().unwrap().is_nan());
    assert!(file.metadata("number0").unwrap() == "0x1.999999999999ap-4");
    assert_eq!(file.all_metadata().count(), metadata.len());
    assert!(file.metadata("none").is_none());
    let mut other = Small::ZERO;
    other.read(&bytes).unwrap();
    assert_eq!(other, network);

    let refused = |metadata: &[(&str, Value<'_>)]| {
        let written = network.write(metadata, |_| Err("nothing is written"));
        written.unwrap_err().to_string()
    };
    let twice = refused(&[("a", 1.into()), ("b", 2.into()), ("a", 3.into())]);
    assert_eq!(twice, "key 2 of the metadata (from 0) is there twice");
    let own = refused(&[("mlp.step", 1.into())]);
    assert_eq!(own, "key 0 of the metadata (from 0) begins with `mlp.`, as those of the library do");
}

fn checkpoint(network: &Small, optimizer: &SmallOptimizer, progress: Progress) -> Vec<u8> {
    let metadata = [("patience", Value::from(3)), ("data", "xor".into())];
    let mut bytes = Vec::new();
    let checkpoint = Checkpoint { network, optimizer, progress, metadata: &metadata };
    checkpoint
        .write(|part| {
            bytes.extend(part);
            Ok::<(), ()>(())
        })
        .unwrap();
    bytes
}

const PROGRESS: Progress = Progress { step: 6, epoch: 2, position: 3, order_seed: u64::MAX, best: Some(0.1) };

#[test]
fn a_checkpoint_has_all_that_a_run_needs() {
    let (network, optimizer) = trained(6);
    let bytes = checkpoint(&network, &optimizer, PROGRESS);
    let (mut other, mut state) = (Small::ZERO, SmallOptimizer::new());
    let file = File::parse(&bytes).unwrap();
    assert_eq!(file.resume(&mut other, &mut state), Ok(PROGRESS));
    assert_eq!((&other, &state), (&network, &optimizer));
    assert_eq!(file.metadata("patience").unwrap().whole(), Some(3));
    // The network alone, from the same file.
    let mut alone = Small::ZERO;
    alone.read(&bytes).unwrap();
    assert_eq!(alone, network);

    let folder = folder();
    let path = folder.path().join("run.safetensors");
    let metadata = [("note", "first run".into())];
    let progress = Progress { best: None, ..PROGRESS };
    let checkpoint = Checkpoint { network: &network, optimizer: &optimizer, progress, metadata: &metadata };
    checkpoint.save(&path).unwrap();
    let resumed = resume(&path, &mut other, &mut state).unwrap();
    assert_eq!(resumed.progress, progress);
    assert_eq!((resumed.text("note"), resumed.metadata.len()), (Some("first run"), 1));
}

#[test]
fn a_checkpoint_of_something_else_is_refused() {
    let (network, optimizer) = trained(6);
    let (mut other, mut state) = (Small::ZERO, SmallOptimizer::new());
    let mut refused = |bytes: &[u8]| {
        let file = File::parse(bytes).unwrap();
        let error = file.resume(&mut other, &mut state).unwrap_err().to_string();
        assert_eq!((&other, &state), (&Small::ZERO, &SmallOptimizer::new()));
        error
    };
    let none =
        "the file is no checkpoint of this version: `mlp.checkpoint` is missing in its metadata, or wrong";
    assert_eq!(refused(&bytes(&network)), none);
    let good = checkpoint(&network, &optimizer, PROGRESS);
    let changed = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let at = good.windows(from.len()).position(|part| part == from.as_bytes()).unwrap();
        [&good[..at], to.as_bytes(), &good[at + from.len()..]].concat()
    };
    assert_eq!(refused(&changed("mlp.checkpoint\":\"1", "mlp.checkpoint\":\"2")), none);
    let error = refused(&changed("mlp.layout_hash\":\"", "mlp.layout_hesh\":\""));
    assert!(error.contains("`mlp.layout_hash` is missing"), "{error}");
    let error = refused(&changed("mlp.epoch\":\"2\"", "mlp.epoch\":\"x\""));
    assert!(error.contains("`mlp.epoch` is missing"), "{error}");
    let hash = format!("{:016x}", Small::LAYOUT_HASH);
    let error = refused(&changed(&hash, "0123456789abcdef"));
    assert_eq!(
        error,
        format!(
            "the checkpoint has the layout 0123456789abcdef, and the network {hash}: names, shapes or number type differ"
        )
    );
    let error = refused(&changed("optimizer.v_b_y", "optimizer.V_b_y"));
    assert_eq!(
        error,
        "the file has no tensor `optimizer.v_b_y`; it has `optimizer.V_b_y`, which has no place here"
    );
}

/// A rule of the user, with a schedule, stopped at each step.
#[test]
fn a_rule_of_the_user_resumes_with_the_same_bits() {
    let inputs = INPUTS.map(|x| x.map(f64::from));
    let targets = TARGETS.map(|t| t.map(f64::from));
    let batch = Batch::new(&inputs, &targets).unwrap();
    let (mut workspace, mut gradients) = (Default::default(), OwnGradients::new());
    let (mut network, mut optimizer) = (Own::new(), OwnOptimizer::new());
    let (mut other, mut state) = (Own::new(), OwnOptimizer::new());
    for step in 0..12 {
        network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
        other.train_batch(batch, &mut state, &mut workspace, &mut gradients);
        let progress = Progress { step, ..Progress::default() };
        let mut file = Vec::new();
        let checkpoint = Checkpoint { network: &other, optimizer: &state, progress, metadata: &[] };
        checkpoint
            .write(|part| {
                file.extend(part);
                Ok::<(), ()>(())
            })
            .unwrap();
        (other, state) = (Own::ZERO, OwnOptimizer::new());
        File::parse(&file).unwrap().resume(&mut other, &mut state).unwrap();
        assert_eq!((bytes(&network), bytes(&optimizer)), (bytes(&other), bytes(&state)));
    }
    assert_eq!(optimizer.steps(), Some(12));
}

/// The file that the compiler is given.
struct Given(Vec<u8>);

impl Files for Given {
    fn read(&self, _: &str) -> Result<Vec<u8>, Unread> {
        Ok(self.0.clone())
    }
}

const SMALL: &str = "network Small: f32 {
    input  x[2];
    layer  hidden[3] = tanh(dense(x));
    layer  y[1] = dense(hidden);
    weights from \"small.safetensors\";
}";

#[test]
fn a_saved_file_is_one_of_start_values() {
    let (network, optimizer) = trained(4);
    for file in [bytes(&network), checkpoint(&network, &optimizer, PROGRESS)] {
        let compiled = Compilation::of(SMALL, &Given(file)).unwrap();
        let point = Point::at(&compiled.derivation, &[]);
        for parameter in &compiled.derivation.parameters {
            let start: Vec<u64> = point.of(parameter.equation, 0).unwrap().iter().map(f64::to_bits).collect();
            let kept = network.parameter(&parameter.name).unwrap();
            assert_eq!(start, kept.iter().map(|w| f64::from(*w).to_bits()).collect::<Vec<_>>());
        }
    }
}
