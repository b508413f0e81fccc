//! Python's reader and writer of the same format: `tests/keep/python.py` wrote the files beside it.

use std::{collections::BTreeMap, fs, path::PathBuf};

use mlp::{
    Tensors,
    keep::{Checkpoint, Keep, Map, resume},
};

use super::{PROGRESS, Small, SmallOptimizer, Wide, checkpoint, kept, trained};

#[test]
#[ignore = "writes the file that Python reads"]
fn write_the_file_for_python() {
    let (network, optimizer) = trained(6);
    fs::write(kept("checkpoint.safetensors"), checkpoint(&network, &optimizer, PROGRESS)).unwrap();
}

#[test]
fn python_reads_a_checkpoint() {
    let (network, optimizer) = trained(6);
    // The same bytes on every machine.
    let bytes = checkpoint(&network, &optimizer, PROGRESS);
    assert!(fs::read(kept("checkpoint.safetensors")).unwrap() == bytes, "the file is another one");
    let read = fs::read_to_string(kept("read.csv")).unwrap();
    let (mut keys, mut tensors) = (BTreeMap::new(), BTreeMap::new());
    for line in read.lines().skip(1) {
        let words: Vec<&str> = line.split(',').collect();
        match words[0] {
            "key" => drop(keys.insert(words[1], words[2])),
            "tensor" => drop(tensors.insert(words[1], (words[2], words[3], words[4..].to_vec()))),
            _ => assert_eq!(words, ["best", "0.1"]),
        }
    }
    assert_eq!((keys["mlp.step"], keys["mlp.order_seed"]), ("6", "18446744073709551615"));
    assert_eq!((keys["mlp.network"], keys["data"], keys["patience"]), ("Small", "xor", "3"));
    assert_eq!(keys["mlp.layout_hash"], format!("{:016x}", Small::LAYOUT_HASH));
    assert_eq!(tensors["optimizer.steps"], ("uint64", "", vec!["6"]));
    assert_eq!((tensors["W_hidden"].0, tensors["W_hidden"].1), ("float32", "2 3"));
    let compare = |name: &str, numbers: &[f32]| {
        let read: Vec<f64> = tensors[name].2.iter().map(|number| number.parse().unwrap()).collect();
        assert_eq!(read, numbers.iter().map(|number| f64::from(*number)).collect::<Vec<_>>(), "{name}");
    };
    for (number, tensor) in Small::TENSORS.iter().enumerate() {
        compare(tensor.name, network.tensor(number).unwrap());
    }
    for (number, tensor) in SmallOptimizer::TENSORS.iter().enumerate() {
        compare(&format!("optimizer.{}", tensor.name), optimizer.tensor(number).unwrap());
    }
    assert_eq!(tensors.len(), Small::TENSORS.len() + SmallOptimizer::TENSORS.len() + 1);
}

#[test]
fn files_of_python_are_read() {
    let (network, optimizer) = trained(6);
    let (mut other, mut state) = (Small::ZERO, SmallOptimizer::new());
    let resumed = resume(kept("checkpoint_python.safetensors"), &mut other, &mut state).unwrap();
    assert_eq!((&other, &state, resumed.progress), (&network, &optimizer, PROGRESS));
    assert_eq!(resumed.text("note"), Some("from Python: \"ß\" 🦀"));

    let (mut small, mut wide) = (Small::ZERO, Wide::ZERO);
    small.load(kept("small_python.safetensors")).unwrap();
    wide.load(kept("wide_python.safetensors")).unwrap();
    let eighths = |first: i32| move |number: usize| f64::from(first + number as i32) / 8.0 - 1.0;
    let b_hidden: [f64; 3] = std::array::from_fn(eighths(4));
    assert_eq!((wide.b_y, wide.b_hidden), ([-1.0], b_hidden));
    assert_eq!(wide.W_hidden.as_flattened(), std::array::from_fn::<f64, 6, _>(eighths(7)));
    assert_eq!(small.W_hidden.map(|row| row.map(f64::from)), wide.W_hidden);
    let mut widened = Wide::ZERO;
    widened.load(kept("small_python.safetensors")).unwrap();
    assert_eq!(widened, wide);
}

/// Python reads what is written, and the files are equal but for the order: through memory once more.
#[test]
fn a_checkpoint_of_python_is_written_as_one_of_ours() {
    let (mut network, mut optimizer) = (Small::ZERO, SmallOptimizer::new());
    let resumed = resume(kept("checkpoint_python.safetensors"), &mut network, &mut optimizer).unwrap();
    let metadata = [("patience", 3.into()), ("data", resumed.text("data").unwrap().into())];
    let written = Checkpoint {
        network: &network,
        optimizer: &optimizer,
        progress: resumed.progress,
        metadata: &metadata,
    };
    let mut bytes = Vec::<u8>::new();
    written
        .write(|part| {
            bytes.extend(part);
            Ok::<(), ()>(())
        })
        .unwrap();
    assert!(bytes == fs::read(kept("checkpoint.safetensors")).unwrap(), "the file is another one");
}

mlp::mlp! {
    network Model: f32 {
        input  x[3];
        layer  a[4] = tanh(dense(x));
        layer  b[4] = relu(dense(a));
        layer  y[2] = dense(b);
    }
}

fn of_pytorch(name: &str) -> PathBuf {
    PathBuf::from("tests/memory/networks/pytorch").join(name)
}

/// The names in the file that `tests/memory/pytorch.py` wrote.
const NAMES: Map<'_> = Map::new(&[("a", "net.0"), ("b", "net.2"), ("y", "net.4")]).ignore(&["head.*"]);

#[test]
fn a_model_of_pytorch_is_loaded_by_a_map() {
    let outputs = fs::read_to_string("tests/memory/pytorch.csv").unwrap();
    for form in ["f32", "f16", "bf16"] {
        let mut model = Model::new();
        model.load_mapped(of_pytorch(&format!("{form}.safetensors")), &NAMES).unwrap();
        let rows: Vec<&str> = outputs.lines().filter_map(|line| line.strip_prefix(form)).collect();
        assert_eq!(rows.len(), 6);
        for row in rows {
            let numbers: Vec<f32> =
                row.trim_start_matches(',').split(',').map(|n| n.parse().unwrap()).collect();
            let found = model.forward(&[numbers[0], numbers[1], numbers[2]]);
            assert!((found[0] - numbers[3]).abs() < 3e-7 && (found[1] - numbers[4]).abs() < 3e-7, "{form}");
        }
    }
}

#[test]
fn a_map_that_does_not_fit_changes_nothing() {
    let (mut model, before) = (Model::new(), Model::new());
    let bytes = fs::read(of_pytorch("f32.safetensors")).unwrap();
    let mut error = |map: Map<'_>| model.read_mapped(&bytes, &map).unwrap_err().to_string();
    let names = &[("a", "net.0"), ("b", "net.2"), ("y", "net.4")];
    assert_eq!(error(Map::new(names)), "the file has a tensor `head.weight`, which has no place here");
    assert_eq!(
        error(NAMES.untransposed(&["a"])),
        "tensor `W_a` has the shape [4, 3] in the file and [3, 4] here"
    );
    let names = &[("a", "net.0"), ("W_b", "net.2.weight"), ("b_b", "net.2.bias"), ("y", "net.4")];
    let map = Map::new(names).ignore(&["head*"]);
    assert_eq!(
        error(map),
        "the matrix `W_b` is square: the map must say whether it is `transposed` or `untransposed`"
    );
    let names = &[("a", "net.1"), ("b", "net.2"), ("y", "net.4")];
    assert!(error(Map::new(names)).starts_with("the file has no tensor `W_a`"));
    assert_eq!(model, before);
    let mut turned = Model::new();
    turned.read_mapped(&bytes, &map.transposed(&["W_b"])).unwrap();
    model.read_mapped(&bytes, &NAMES).unwrap();
    assert_eq!(model, turned);
}
