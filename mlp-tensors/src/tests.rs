#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
//! Files that Python wrote (`tests/tensors/arrays.py`), broken ones, and files written here.

use std::{borrow::ToOwned, collections::BTreeMap, format, fs, path::PathBuf, string::String, vec, vec::Vec};

use crate::{
    Dtype, Format, Numbers, Problem, Tensor, list, read, widen, write_npy, write_npz, write_safetensors,
};

const LIMIT: u64 = 1 << 20;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/tensors").join(name)
}

fn file(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap()
}

/// The number of a text such as `-0x1.8p+1`, as Python writes it.
fn hexadecimal(text: &str) -> f64 {
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let (digits, power) = text.trim_start_matches('-').strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (lead, fraction) = digits.split_once('.').unwrap();
    let whole = u64::from_str_radix(&format!("{lead}{fraction}"), 16).unwrap();
    sign * whole as f64 * 2_f64.powi(power.parse::<i32>().unwrap() - 4 * fraction.len() as i32)
}

/// Name, shape and bits of an array.
type Line = (String, Vec<usize>, Vec<u64>);

#[test]
fn files_of_python_have_pythons_numbers() {
    let mut expected: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for line in fs::read_to_string(path("arrays.csv")).unwrap().lines().skip(1) {
        let words: Vec<&str> = line.split(',').collect();
        let shape = words[2].split_whitespace().map(|size| size.parse().unwrap()).collect();
        let numbers = words[3].split_whitespace().map(|number| hexadecimal(number).to_bits()).collect();
        expected.entry(words[0].to_owned()).or_default().push((words[1].to_owned(), shape, numbers));
    }
    assert_eq!(expected.len(), 7);
    for (name, mut tensors) in expected {
        let bytes = file(&name);
        let found = list(&bytes, Format::of(&name).unwrap(), LIMIT).unwrap();
        let numbers = |numbers: Vec<f64>| numbers.into_iter().map(f64::to_bits).collect();
        let mut found: Vec<_> = found
            .iter()
            .map(|tensor| (tensor.name.clone(), tensor.shape.clone(), numbers(tensor.to_f64().unwrap())))
            .collect();
        found.sort();
        tensors.sort();
        assert_eq!(found, tensors, "{name}");
    }
}

#[test]
fn each_number_of_16_bits_is_widened_as_by_numpy_and_pytorch() {
    let bytes = file("widened.npz");
    let arrays = list(&bytes, Format::Npz, LIMIT).unwrap();
    for (name, widen) in [("f16", widen::f16 as fn(u16) -> f32), ("bf16", widen::bf16)] {
        let array = arrays.iter().find(|array| array.name == name).unwrap();
        assert_eq!(array.count(), 1 << 16);
        for bits in 0..=u16::MAX {
            let (expected, found) = (f32::from_bits(array.number(bits.into()).unwrap() as u32), widen(bits));
            let same = expected.to_bits() == found.to_bits() || expected.is_nan() && found.is_nan();
            assert!(same, "{name} {bits:04x}: {found} instead of {expected}");
        }
    }
}

fn error(name: &str) -> String {
    format!("{}", list(&file(name), Format::of(name).unwrap(), LIMIT).unwrap_err())
}

#[test]
fn arrays_that_are_no_numbers_are_refused_by_their_type() {
    let numbers = "which is not read; save it as 32-bit floats";
    assert_eq!(error("objects.npy"), format!("its numbers are of type |O, {numbers}"));
    assert_eq!(error("complex.npy"), format!("its numbers are of type <c16, {numbers}"));
    assert_eq!(error("structured.npy"), format!("its numbers are of type structured, {numbers}"));
    let error = read(&file("inexact.npy"), Format::Npy, LIMIT).unwrap_err();
    assert_eq!(error.problem, Problem::Inexact { index: 1 });
    assert_eq!(format!("{error}"), "its number 2 is a whole number that no 64-bit float equals");
}

/// No file with a byte changed or missing panics; one that is still read has its size.
#[test]
fn broken_files_do_no_harm() {
    for name in ["deflated.npz", "stored.npz", "version2.npy", "torch.safetensors"] {
        let (bytes, format) = (file(name), Format::of(name).unwrap());
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= [0x01, 0x80, 0xff][at % 3];
            if let Ok(tensors) = list(&changed, format, LIMIT) {
                for tensor in tensors {
                    assert_eq!(tensor.shape.iter().product::<usize>(), tensor.count(), "{name}");
                    let _ = tensor.to_f64();
                }
            }
        }
        for at in (0..bytes.len()).step_by(11) {
            assert!(list(&bytes[..at], format, LIMIT).is_err(), "{name} cut at {at}");
        }
    }
}

#[test]
fn memory_is_bounded_before_it_is_spent() {
    let bytes = file("deflated.npz");
    let error = list(&bytes, Format::Npz, 100).unwrap_err();
    assert!(matches!(error.problem, Problem::TooLarge { limit: 100, .. }), "{error}");
    assert!(matches!(read(&bytes, Format::Npz, 100).unwrap_err().problem, Problem::TooLarge { .. }));
    // A size in the list of files that the deflated bytes can't have.
    let mut bomb = bytes.clone();
    let entry = bomb.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    bomb[entry + 24..entry + 28].copy_from_slice(&0xf000_0000_u32.to_le_bytes());
    let error = list(&bomb, Format::Npz, u64::MAX).unwrap_err();
    assert_eq!(
        format!("{error}"),
        "tensor `f8`: it is no zip file of arrays: its deflated bytes are damaged"
    );
}

fn tensors() -> Vec<Tensor> {
    let tensor = |name: &str, shape: &[usize], numbers| Tensor {
        name: name.to_owned(),
        shape: shape.to_vec(),
        numbers,
    };
    vec![
        tensor("net.0.weight", &[2, 3], Numbers::F32(vec![0.5, -1.0, 0.1, f32::MIN_POSITIVE, 3.0, -0.0])),
        tensor("net.0.bias", &[2], Numbers::F64(vec![0.1, f64::MAX])),
        tensor("a \"quoted\" \\ ß", &[], Numbers::F64(vec![-7.0])),
        tensor("empty", &[0, 5], Numbers::F32(vec![])),
    ]
}

#[test]
fn written_files_are_read_again() {
    let mut tensors = tensors();
    let bytes = write_safetensors(&tensors, &[("by", "mlp \u{1}")]).unwrap();
    assert_eq!(read(&bytes, Format::Safetensors, LIMIT).unwrap(), tensors);
    let metadata = crate::safetensors::File::parse(&bytes).unwrap().metadata("by").map(|by| format!("{by}"));
    assert_eq!(metadata.as_deref(), Some("mlp \u{1}"));
    assert!(matches!(write_npz(&tensors).unwrap_err().problem, Problem::Unwritable(_)));
    tensors[2].name = "a/\"quoted\" ß".to_owned();
    let bytes = write_npz(&tensors).unwrap();
    assert_eq!(read(&bytes, Format::Npz, LIMIT).unwrap(), tensors);
    // Stored bytes stay in the file.
    for array in list(&bytes, Format::Npz, 0).unwrap() {
        let at = array.at.unwrap();
        assert_eq!(&bytes[at..at + array.bytes.len()], &*array.bytes);
    }
    for tensor in tensors {
        let found = read(&write_npy(&tensor).unwrap(), Format::Npy, LIMIT).unwrap();
        assert_eq!(found, [Tensor { name: String::new(), ..tensor }]);
    }
}

#[test]
fn tensors_that_a_file_cannot_have_are_not_written() {
    let mut twice = tensors();
    twice.push(twice[0].clone());
    assert_eq!(write_npz(&twice).unwrap_err().problem, Problem::Twice);
    let mut long = tensors();
    long[1].shape = vec![3];
    let error = write_safetensors(&long, &[]).unwrap_err();
    assert_eq!(
        format!("{error}"),
        "tensor `net.0.bias`: it can't be written: its shape is not that of its numbers"
    );
}

#[test]
fn patterns_match_names() {
    for (pattern, name, expected) in [
        ("head.*", "head.weight", true),
        ("head.*", "ahead.weight", false),
        ("*", "", true),
        ("a*b*c", "a1b2b3c", true),
        ("a*b*c", "a1b2b3cd", false),
        ("a*a", "a", false),
        ("*.bias", "a.bias.bias", true),
        ("net", "net.0", false),
        ("", "", true),
    ] {
        assert_eq!(crate::naming::matches(pattern, name.chars()), expected, "{pattern} {name}");
    }
}

#[test]
fn formats_and_types_have_names() {
    assert_eq!(Format::of("a/b.model.SafeTensors"), Some(Format::Safetensors));
    assert_eq!(
        (Format::of("a.npy"), Format::of("b.npz"), Format::of("npz")),
        (Some(Format::Npy), Some(Format::Npz), None)
    );
    for name in ["F64", "BF16", "U8", "BOOL"] {
        assert_eq!(Dtype::named(name).map(Dtype::name), Some(name));
    }
    assert_eq!(Dtype::named("F8_E4M3"), None);
}
