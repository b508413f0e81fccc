//! `mlpc summary`.

use crate::common::{COURSE, folder, mlpc, output};
use serde_json::{Value, json};

fn parsed(arguments: &[&str]) -> Value {
    serde_json::from_str(&output(&[arguments, &["--format", "json"]].concat())).unwrap()
}

fn of_text(text: &str) -> Value {
    let run = mlpc(&["summary", "-", "--format", "json"]).write_stdin(text).assert().code(0);
    serde_json::from_slice(&run.get_output().stdout).unwrap()
}

#[test]
fn pages() {
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("exercise_table", output(&["summary", "exercise.mlp"]));
        insta::assert_snapshot!("exercise_json", output(&["summary", "exercise.mlp", "--format", "json"]));
        insta::assert_snapshot!("homework_table", output(&["summary", "homework.mlp"]));
        let short = ["summary", "homework.mlp", "--batch", "64", "--samples", "5000"];
        insta::assert_snapshot!("homework_short_batch", output(&short));
        insta::assert_snapshot!("homework_markdown", output(&["summary", "homework.mlp", "--format", "markdown"]));
        insta::assert_snapshot!("homework_json", output(&["summary", "homework.mlp", "--format", "json"]));
        insta::assert_snapshot!("xor_table", output(&["summary", "xor.mlp"]));
    });
}

#[test]
fn the_homework() {
    let summary = parsed(&["summary", "homework.mlp"]);
    let parameters: Vec<&Value> =
        summary["layers"].as_array().unwrap().iter().map(|l| &l["parameters"]["parameters"]).collect();
    assert_eq!(parameters, [20500, 315, 160]);
    assert_eq!(summary["total"]["parameters"], 20975);
    assert_eq!(summary["epoch"]["batches"], 100);
    let product = &summary["layers"][0]["products"][0];
    assert_eq!(
        *product,
        json!({"input": [50, 1024], "weights": [1024, 20], "output": [50, 20], "samples_are": "rows"})
    );
    assert_eq!(summary["memory"]["parameter_bytes"], 83900);
    assert_eq!(summary["multiply_adds"]["batch"], 1_046_500);
}

#[test]
fn the_last_short_batch() {
    let epoch = &parsed(&["summary", "homework.mlp", "--batch", "64"])["epoch"];
    assert_eq!(
        *epoch,
        json!({"samples": 5000, "batches": 79, "full_batches": 78, "samples_in_short_batch": 8})
    );
    let epoch = &parsed(&["summary", "homework.mlp", "--samples", "7"])["epoch"];
    assert_eq!(*epoch, json!({"samples": 7, "batches": 1, "full_batches": 0, "samples_in_short_batch": 7}));
    let batch = &parsed(&["summary", "homework.mlp", "--batch", "1099511627776"])["multiply_adds"]["batch"];
    assert_eq!(batch.as_f64(), Some(1_099_511_627_776.0 * 20930.0));
}

#[test]
fn links_and_parameters_of_the_exercise() {
    let total = |file: &str| {
        let total = parsed(&["summary", file])["total"].clone();
        ["weight_links", "weights", "bias_links", "biases"].map(|name| total[name].as_u64().unwrap())
    };
    assert_eq!(total("exercise.mlp"), [8, 8, 4, 2]);
    assert_eq!(total("exercise_four_biases.mlp"), [8, 8, 4, 4]);
    assert_eq!(total("exercise_weights_only.mlp"), [8, 8, 0, 0]);
}

/// A shared weight is one parameter with several links, and counts where it is used first.
#[test]
fn shared_parameters() {
    let summary = of_text(
        "network N { input x[4]; weights W[4, 4], v, w; biases b;
         layer h[4] = tanh(x @ W + b);
         layer g[4] = tanh(h @ W + b);
         layer y { y1 = v * sum(g) + w + w }
         target t[1]; loss squared_error(y, t) + 0.5 * v^2; }",
    );
    let tallies: Vec<&Value> =
        summary["layers"].as_array().unwrap().iter().map(|l| &l["parameters"]).collect();
    let tally = |w: u64, b: u64, wl: u64, bl: u64| json!({"weights": w, "biases": b, "parameters": w + b, "weight_links": wl, "bias_links": bl});
    assert_eq!(tallies, [&tally(16, 1, 16, 4), &tally(0, 0, 16, 4), &tally(2, 0, 3, 0)]);
    assert_eq!(summary["total"], tally(18, 1, 35, 8));
}

#[test]
fn column_form_and_activations() {
    let summary = of_text(
        "network N { input x[6]; weights W[3, 6], V[3, 2]; layer h[3] = W @ x; layer g = relu(h) + h;
         layer y[2] = softmax(g @ V); }",
    );
    let layers = summary["layers"].as_array().unwrap();
    let activations: Vec<&str> = layers.iter().map(|l| l["activation"].as_str().unwrap()).collect();
    assert_eq!(activations, ["linear", "formula", "softmax"]);
    assert_eq!(
        layers[0]["products"][0],
        json!({"input": [6, 1], "weights": [3, 6], "output": [3, 1], "samples_are": "columns"})
    );
    assert_eq!(layers[1]["products"], json!([]));
}

/// Nothing is evaluated: the largest networks have a summary.
/// A batch is cut into blocks of the same size, as few as fit; where parameters are many, it is one.
#[test]
fn samples_at_once() {
    let workspace = |inputs: usize, hidden: usize, outputs: usize, batch: usize| {
        let text = format!(
            "network N {{ input x[{inputs}]; layer h[{hidden}] = relu(dense(x)); layer y[{outputs}] = dense(h);\n\
             target t[{outputs}]; loss mean_squared_error(y, t); train sgd(rate = 0.1), batch {batch}; }}"
        );
        let run = mlpc(&["summary", "-"]).write_stdin(text).assert().code(0);
        let page = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        page.lines().find(|line| line.contains("workspace")).unwrap().rsplit(", ").next().unwrap().to_owned()
    };
    assert_eq!(workspace(2048, 2048, 2048, 64), "for 64 samples at once");
    // Four of 240,000 numbers would fit: nine samples are three blocks of three.
    assert_eq!(workspace(1, 60_000, 1, 9), "for 3 samples at once");
}

#[test]
fn the_largest_network() {
    let summary = of_text("network N { input x[16000000]; layer y[8] = dense(x); }");
    assert_eq!(summary["total"]["parameters"], 128_000_008);
}

#[test]
fn every_form_of_every_course_network() {
    for file in COURSE {
        for format in ["table", "markdown", "json"] {
            assert!(!output(&["summary", file, "--format", format]).is_empty());
        }
    }
    assert!(folder("../examples/course").is_dir());
}

/// With `data`, the samples are counted: in the batch where none is declared, and in the epoch.
#[test]
fn samples_of_data() {
    let text = |train: &str| {
        format!(
            "network N {{ input x[2]; layer y[1] = dense(x); target t[1]; loss half_squared_error(y, t);
             train sgd(rate = 0.1){train}; data {{ (1, 2) -> 3, (2, 3) -> 4, (0, 1) -> 2 }} }}"
        )
    };
    let counts = |train: &str| {
        let summary = of_text(&text(train));
        let of = |name: &str| summary["epoch"][name].as_u64().unwrap();
        (summary["batch"].as_u64().unwrap(), of("samples"), of("batches"), of("samples_in_short_batch"))
    };
    assert_eq!(counts(""), (3, 3, 1, 0));
    assert_eq!(counts(", batch 2"), (2, 3, 2, 1));
    assert_eq!(counts(", batch 8"), (3, 3, 1, 0));
    // An excerpt of the samples.
    assert_eq!(counts(", batch 50, samples 5000"), (50, 5000, 100, 0));
}
