//! The models of `tests/onnx`, which a script makes: what becomes of them, and of damaged ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{fs, path::Path};

use mlp_onnx::{Error, Imported, Options, import};

const OPTIONS: Options<'_> = Options { name: "Model", weights: "model.safetensors", expected: None };

/// The models of a folder: names and bytes.
fn models(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/onnx").join(folder);
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
    let models = models("models");
    assert_eq!(models.len(), 71);
    let mut all = String::new();
    for (name, bytes) in models {
        let Imported { text, notes, .. } = of(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let text = text.replacen("/// Imported from a model of make.py.\n", "", 1);
        all +=
            &format!("== {name}\n{text}{}", notes.iter().map(|note| format!("{note}\n")).collect::<String>());
    }
    insta::assert_snapshot!("specifications", all);
}

#[test]
fn what_the_language_lacks_is_named() {
    let models = models("refused");
    assert_eq!(models.len(), 8);
    let refusals: String = models
        .into_iter()
        .map(|(name, bytes)| {
            let error = of(&bytes).unwrap_err();
            format!("== {name}\n{error}\n  {}\n", error.help)
        })
        .collect();
    insta::assert_snapshot!("refused", refusals);
}

#[test]
fn damaged_files_are_errors() {
    let mut read = 0;
    for (_, bytes) in models("models") {
        for end in 0..bytes.len() {
            read += usize::from(of(bytes.get(..end).unwrap()).is_ok());
        }
    }
    // A file that lacks metadata at its end is a model.
    assert!(read < 1000, "{read}");
}

#[test]
fn changed_files_do_not_panic() {
    for (_, bytes) in models("models").into_iter().step_by(12) {
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
    let (_, pipeline) = models("guide").pop().unwrap();
    let Imported { text, notes, .. } = of(&pipeline).unwrap();
    assert!(text.contains("\n/// The classes are setosa, versicolor, virginica.\nnetwork Model"), "{text}");
    assert_eq!(notes, ["the output `label` is left out: it is the class with the largest number"]);
}
