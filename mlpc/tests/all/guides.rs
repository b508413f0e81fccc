//! Guides that use the command line are followed as a reader would.

use std::{fs, path::Path};

use mlp_support::{cargo::Crate, guide::follow, root};

#[test]
fn a_reader_can_use_a_model_of_pytorch() {
    let page = fs::read_to_string(root().join("docs/guides/pytorch-model.md")).unwrap();
    let project = Crate::new("from_pytorch", "");
    // What the first program writes, for machines without PyTorch.
    let kept = root().join("tests/tensors/guide.safetensors");
    fs::copy(kept, project.folder().join("model.safetensors")).unwrap();
    assert_eq!(follow(&page, &project, Some(Path::new(env!("CARGO_BIN_EXE_mlpc")))), (13, 4));
}

#[test]
fn a_reader_gets_from_a_table_to_a_program() {
    let page = fs::read_to_string(root().join("docs/guides/from-csv-to-a-program.md")).unwrap();
    let project = Crate::new("flowers", "");
    for table in ["iris-train.csv", "iris-test.csv"] {
        fs::copy(root().join("examples/data").join(table), project.folder().join(table)).unwrap();
    }
    assert_eq!(follow(&page, &project, Some(Path::new(env!("CARGO_BIN_EXE_mlpc")))), (20, 3));
}

#[test]
fn a_reader_can_use_a_pipeline_of_scikit_learn() {
    let page = fs::read_to_string(root().join("docs/guides/sklearn-pipeline.md")).unwrap();
    let project = Crate::new("from_sklearn", "");
    // What the first program writes, for machines without scikit-learn.
    for file in ["flowers.onnx", "flowers.npz"] {
        fs::copy(root().join("tests/onnx/guide").join(file), project.folder().join(file)).unwrap();
    }
    assert_eq!(follow(&page, &project, Some(Path::new(env!("CARGO_BIN_EXE_mlpc")))), (15, 3));
}
