//! The models of `tests/onnx/operators`, which a script makes: what is written for them, and what becomes of damaged ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{fs, path::Path};

use mlp_onnx::{Error, Imported, Options, import};

const OPTIONS: Options<'_> = Options { name: "Model", weights: "model.safetensors", expected: None };

/// Names and bytes.
fn models() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/onnx/operators");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let onnx = files.filter(|path| path.extension().is_some_and(|ending| ending == "onnx"));
    let mut models: Vec<(String, Vec<u8>)> = onnx
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap()))
        .collect();
    models.sort();
    models
}

fn of(bytes: &[u8]) -> Result<Imported, Error> {
    import(bytes, OPTIONS)
}

#[test]
fn models_are_written_as_specifications() {
    let mut all = String::new();
    for (name, bytes) in models() {
        all += &match of(&bytes) {
            Ok(Imported { text, notes, .. }) => {
                let text = text.replace("/// Imported from a model of tests/onnx/operators.py.\n", "");
                let notes: String = notes.iter().map(|note| format!("{note}\n")).collect();
                format!("== {name}\n{text}{notes}")
            }
            Err(error) => format!("== {name}\n{error}\n  {}\n", error.help),
        };
    }
    insta::assert_snapshot!("specifications", all);
}

#[test]
fn damaged_files_are_errors() {
    let mut read = 0;
    for (_, bytes) in models() {
        for end in 0..bytes.len() {
            read += usize::from(of(bytes.get(..end).unwrap()).is_ok());
        }
    }
    // A file that lacks metadata at its end is a model.
    assert!(read < 1000, "{read}");
}

#[test]
fn changed_files_do_not_panic() {
    for (_, bytes) in models().into_iter().step_by(60) {
        for place in 0..bytes.len() {
            for change in [0x01, 0xff] {
                let mut changed = bytes.clone();
                *changed.get_mut(place).unwrap() ^= change;
                let _ = of(&changed);
            }
        }
    }
}

#[test]
fn a_file_of_many_messages_is_refused_before_they_are_made() {
    // Nodes without contents: two bytes each, and hundreds in memory.
    let nodes = [0x0a, 0].repeat(1 << 20);
    let mut model = vec![0x3a];
    let mut length = nodes.len();
    while length >= 0x80 {
        model.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    model.push(length as u8);
    model.extend(nodes);
    assert_eq!(of(&model).unwrap_err().title, "the model has too many parts");
}

#[test]
fn classes_are_named_in_the_documentation() {
    let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/onnx/guide/flowers.onnx");
    let pipeline = fs::read(pipeline).unwrap();
    let Imported { text, notes, .. } = of(&pipeline).unwrap();
    assert!(text.contains("\n/// The classes are setosa, versicolor, virginica.\nnetwork Model"), "{text}");
    assert_eq!(notes, ["the output `label` is left out: it is the class with the largest number"]);
}

#[test]
fn messages_have_no_control_characters() {
    let model = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/hostile/corpus/models/control_character_in_operator");
    let said = of(&fs::read(model).unwrap()).unwrap_err().to_string();
    assert_eq!(said, "Gem `Gemm_h`: the language does not have this operator");
}
