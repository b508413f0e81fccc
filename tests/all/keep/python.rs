//! Python's reader and writer of the same format: `tests/keep/python.py` wrote the files beside it.

use std::{collections::BTreeMap, fs};

use mlp::{
    Tensors,
    keep::{Checkpoint, Keep, resume},
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
