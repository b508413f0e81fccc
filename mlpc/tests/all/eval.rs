//! `mlpc eval`.

use crate::common::{error, mlpc, output};
use serde_json::Value;

fn exercise(arguments: &[&str]) -> Value {
    let all = [&["eval", "exercise.mlp", "--format", "json"], arguments].concat();
    serde_json::from_str(&output(&all)).unwrap()
}

#[test]
fn pages() {
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("exercise_table", output(&["eval", "exercise.mlp"]));
        insta::assert_snapshot!("missing", error(&["eval", "homework.mlp"], 1));
        insta::assert_snapshot!("vectors_json", of_text(VECTORS, "json"));
        insta::assert_snapshot!("vectors_csv", of_text(VECTORS, "csv"));
        insta::assert_snapshot!("vectors_table", of_text(VECTORS, "table"));
    });
}

const VECTORS: &str = "network Vectors: f64 {
    input   x[2] = [0.5, -0.25];
    weights W[2, 3] = [[1, 2, 3], [-4, 5, 6]];
    biases  b[3] = 0.125;
    layer   h[3] = relu(x @ W + b);
    weights v[3] = 1;
    layer   y { y1 = h @ v }
    target  t { t1 = 1 }
    loss    half_squared_error(y, t);
    train   sgd(rate = 0.5);
}";

fn of_text(text: &str, format: &str) -> String {
    let run = mlpc(&["eval", "-", "--format", format]).write_stdin(text).assert().code(0).stderr("");
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

fn close(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() <= 4.0 * f64::EPSILON * expected.abs(), "{value} is not {expected}");
}

#[test]
fn the_exercise() {
    let step = exercise(&[]);
    assert_eq!(step["network"], "Course");
    close(&step["forward"]["h1"], 0.593_269_992_107_187_2);
    close(&step["forward"]["o1"], 0.751_365_069_552_315_7);
    close(&step["loss"]["E"], 0.298_371_108_760_002_7);
    close(&step["updated"]["w2"], 0.199_561_432_265_525_66);
    close(&step["gradients"]["w5"], 0.082_167_040_564_230_78);
}

#[test]
fn json_has_seventeen_digits_and_the_order_of_the_derivation() {
    let text = output(&["eval", "exercise.mlp", "--format", "json"]);
    let values = text.lines().filter(|line| !line.contains("\"step\""));
    let numbers: Vec<&str> = values.filter_map(|l| l.split_once(": ")).map(|(_, n)| n).collect();
    for number in numbers.iter().filter(|n| n.starts_with(|c: char| c.is_ascii_digit() || c == '-')) {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits.trim_start_matches('0').len(), 17, "{number}");
    }
    let names = [
        "net_h1",
        "\"h1",
        "net_h2",
        "o2",
        "loss",
        "E_o1",
        "E_o2",
        "\"E\"",
        "backward",
        "gradients",
        "updated",
    ];
    let places: Vec<usize> = names.iter().map(|name| text.find(name).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(exercise(&[])["forward"].as_object().unwrap().len(), 8);
    assert_eq!(exercise(&[])["gradients"].as_object().unwrap().len(), 10);
}

#[test]
fn several_steps() {
    let (first, second) = (exercise(&[]), exercise(&["--steps", "2"]));
    assert!(second["loss"]["E"].as_f64() < first["loss"]["E"].as_f64());
    let net = |step: &Value, w1: &Value, w2: &Value, b1: &Value| {
        let of = |v: &Value| v.as_f64().unwrap();
        close(&step["forward"]["net_h1"], of(w1) * 0.05 + of(w2) * 0.10 + of(b1));
    };
    net(&second, &first["updated"]["w1"], &first["updated"]["w2"], &first["updated"]["b1"]);
    let later = exercise(&["--steps", "1000"]);
    assert!(later["loss"]["E"].as_f64().unwrap() < 0.01);
}

#[test]
fn no_training_no_steps() {
    let text = "network N { input x[1] = 1; weights w[1] = 2; layer y = w * x; }";
    let step: Value = serde_json::from_str(&of_text(text, "json")).unwrap();
    assert_eq!(step["forward"]["y"][0], 2.0);
    for section in ["loss", "backward", "gradients", "updated"] {
        assert_eq!(step[section], serde_json::json!({}));
    }
    mlpc(&["eval", "-", "--steps", "2"]).write_stdin(text).assert().code(1);
}

#[test]
fn infinities_are_null() {
    let text = "network N: f64 { input x[2] = [1000, -1]; weights w = 1; layer y = ln(exp(w * x)); \
                layer z = ln(x); }";
    let text = text.replace("layer z = ln(x);", "layer z = ln(w * x) + y;");
    let step: Value = serde_json::from_str(&of_text(&text, "json")).unwrap();
    assert_eq!(step["forward"]["y"][0], Value::Null);
    assert_eq!(step["forward"]["z"][1], Value::Null);
    assert!(of_text(&text, "csv").contains("forward,y,,,1,inf\n"));
}

#[test]
fn missing_values_say_how_to_give_them() {
    let said = error(&["eval", "homework.mlp"], 1);
    assert!(said.contains("the input `image` and the target `label` have no values"), "{said}");
    assert!(said.contains("`input image[1024] = …;` and `target label[10] = …;`"), "{said}");
    let group = "network N { input x { a, b, c, d } weights w; layer y { o = w * (a + b + c + d) } }";
    let run = mlpc(&["eval", "-"]).write_stdin(group).assert().code(1);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("`input x { a = …, b = …, c = …, … }`"), "{said}");
}

#[test]
fn too_large() {
    let text = "network N { input x[16000000] = 1; layer y[8] = sigmoid(dense(x)); }";
    let run = mlpc(&["eval", "-"]).write_stdin(text).assert().code(1);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("it has 128000008 parameters"), "{said}");
}

/// The mean of the gradients of both samples gives the step, not one of them.
const LINE: &str = include_str!("../../../mlp-document/tests/batch/line.mlp");
const LAYERS: &str = include_str!("../../../mlp-document/tests/batch/layers.mlp");

fn json(text: &str, arguments: &[&str]) -> Value {
    let all = [&["eval", "-", "--format", "json"], arguments].concat();
    let run = mlpc(&all).write_stdin(text).assert().code(0).stderr("");
    serde_json::from_slice(&run.get_output().stdout).unwrap()
}

#[test]
fn the_declared_batch() {
    let step = json(LINE, &[]);
    assert_eq!(step["samples"], serde_json::json!([1, 2]));
    close(&step["updated"]["w"], 1.15);
    close(&step["updated"]["b"], 0.1);
    close(&step["gradients"]["w"], -1.5);
    close(&step["backward"]["w"][1], -2.0);
    close(&step["loss"]["E_mean"], 0.5);
    for (sample, expected) in [("1", 1.1), ("2", 1.2)] {
        let one = json(LINE, &["--sample", sample]);
        close(&one["updated"]["w"], expected);
        assert_eq!(one.get("samples"), None);
        assert!(one["forward"]["o"].is_f64(), "{one}");
    }
    // All samples without `batch`, and where it is larger than the data.
    for batch in ["", ", batch 7"] {
        let all = json(&LINE.replace(", batch 2", batch), &[]);
        close(&all["updated"]["w"], 1.15);
    }
    let one = json(&LINE.replace(", batch 2", ", batch 1"), &[]);
    close(&one["updated"]["w"], 1.1);
    close(&one["forward"]["o"][0], 1.0);
}

/// Two samples, the one that is left, and the first two again.
#[test]
fn steps_run_through_the_samples() {
    let third = json(LAYERS, &["--steps", "3"]);
    let losses = [0.222_806_482_456_248_15, 0.155_396_516_707_846_43, 0.226_502_386_829_592_98];
    for (found, expected) in third["losses"].as_array().unwrap().iter().zip(losses) {
        assert!((found.as_f64().unwrap() - expected).abs() < 1e-15, "{found}");
    }
    assert_eq!((&third["step"], &third["samples"]), (&serde_json::json!(3), &serde_json::json!([1, 2])));
    assert_eq!(json(LAYERS, &["--steps", "2"])["samples"], serde_json::json!([3]));
    assert_eq!(third["forward"]["hidden"].as_array().unwrap().len(), 2);
    assert_eq!(third["forward"]["hidden"][1].as_array().unwrap().len(), 4);
}

#[test]
fn tables_of_a_batch() {
    let table = |text: &str, arguments: &[&str]| {
        let all = [&["eval", "-"], arguments].concat();
        let run = mlpc(&all).write_stdin(text).assert().code(0).stderr("");
        String::from_utf8(run.get_output().stdout.clone()).unwrap()
    };
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("batch_table", table(LINE, &[]));
        insta::assert_snapshot!("batch_csv", table(LINE, &["--steps", "3", "--format", "csv"]));
        insta::assert_snapshot!("batch_json", table(LINE, &["--steps", "3", "--format", "json"]));
        insta::assert_snapshot!("batch_steps", table(LINE, &["--steps", "30"]));
    });
    let data: Vec<String> = (0..20).map(|k| format!("{k} -> {k}")).collect();
    let many = LINE.replace("1 -> 2, 2 -> 3", &data.join(", ")).replace(", batch 2", ", batch 12");
    let said = table(&many, &["--steps", "2"]);
    assert!(said.contains("Step 2: samples 13 to 20 of `data`"), "{said}");
    let said = table(&many, &[]);
    assert!(
        said.contains("sample 8\n") && said.contains("4 more samples; --format json prints all"),
        "{said}"
    );
    let said = table(&many.replace("batch 12", "batch 99"), &[]);
    assert!(said.contains("Step 1: samples 1 to 20 of `data`; the declared batch is 99"), "{said}");
}

/// A batch, or steps, beyond the limits are refused with a way out.
#[test]
fn too_much_for_a_batch() {
    let run =
        mlpc(&["eval", "-", "--steps", "2000000", "--format", "csv"]).write_stdin(LINE).assert().code(1);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("2000000 losses, but at most 1500000"), "{said}");
    let data = vec!["0"; 2000].join(", ");
    let wide = format!(
        "network N {{ input x {{ a }} weights w[300]; layer y[300] = tanh(w * a); layer z[300] = dense(y); \
         loss sum(z); data {{ {data} }} }}"
    );
    let run = mlpc(&["eval", "-"]).write_stdin(wide.as_str()).assert().code(1);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("declare a smaller `batch`, or take one sample with --sample"), "{said}");
}

mod compiled {
    #![allow(unreachable_pub, reason = "the macro writes what it is told")]
    mlp::mlp! {
        pub network Small: f32 {
            input x[2];
            layer h[5] = tanh(dense(x));
            layer y[2] = softmax(dense(h));
            target t: class[2];
            loss cross_entropy(y, t);
            penalty l2(W_h, 0.01);
            train adam(rate = 0.05);
            data { (0.1, -0.7) -> 0, (0.3, 0.2) -> 1, (-0.9, 0.4) -> 1 }
        }
    }
}

/// The network of `compiled`.
const SMALL: &str = "network Small: f32 { input x[2]; layer h[5] = tanh(dense(x)); layer y[2] = softmax(dense(h)); \
    target t: class[2]; loss cross_entropy(y, t); penalty l2(W_h, 0.01); train adam(rate = 0.05); \
    data { (0.1, -0.7) -> 0, (0.3, 0.2) -> 1, (-0.9, 0.4) -> 1 } }";

fn executed(text: &str, arguments: &[&str]) -> String {
    let all = [&["eval", "-", "--as-executed"], arguments].concat();
    let run = mlpc(&all).write_stdin(text).assert().code(0).stderr("");
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

/// The numbers of a value, however nested, as 32-bit numbers.
fn bits(value: &Value) -> Vec<u32> {
    match value {
        Value::Array(all) => all.iter().flat_map(bits).collect(),
        number => vec![number.to_string().parse::<f32>().unwrap().to_bits()],
    }
}

#[test]
fn as_executed_prints_the_bits_of_the_compiled_network() {
    use compiled::{Small, SmallBatchWorkspace, SmallGradients, SmallOptimizer};
    use mlp::{Batch, Gradients as _, Network as _};

    let printed: Value =
        serde_json::from_str(&executed(SMALL, &["--steps", "3", "--format", "json"])).unwrap();
    let mut network = Small::new();
    let (mut optimizer, mut workspace, mut gradients) =
        (SmallOptimizer::new(), SmallBatchWorkspace::new(), SmallGradients::new());
    let batch = Batch::new(&Small::DATA_INPUTS, &Small::DATA_TARGETS).unwrap();
    let mut step =
        |network: &mut Small| network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    let mut losses = vec![step(&mut network), step(&mut network)];
    let outputs: Vec<f32> = Small::DATA_INPUTS.iter().flat_map(|input| network.forward(input)).collect();
    let mut derived = SmallGradients::new();
    network.backward_batch(batch, &mut SmallBatchWorkspace::new(), &mut derived);
    losses.push(step(&mut network));
    let of = |numbers: &[f32]| -> Vec<u32> { numbers.iter().map(|number| number.to_bits()).collect() };
    assert_eq!(bits(&printed["losses"]), of(&losses));
    assert_eq!(bits(&printed["loss"]["J"]), of(&losses[2..]));
    assert_eq!(bits(&printed["forward"]["y"]), of(&outputs));
    for (number, parameter) in Small::LAYOUT.iter().enumerate() {
        let name = parameter.name;
        assert_eq!(bits(&printed["updated"][name]), of(network.parameter(name).unwrap()), "{name}");
        assert_eq!(bits(&printed["gradients"][name]), of(derived.elements(number).unwrap()), "{name}");
    }
}

#[test]
fn as_executed_in_all_formats() {
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("executed_table", executed(SMALL, &["--steps", "2"]));
        insta::assert_snapshot!("executed_csv", executed(VECTORS, &["--format", "csv"]));
    });
    let refused =
        mlpc(&["eval", "-", "--as-executed"]).write_stdin("network N { input x[2]; layer y = x; }").assert();
    refused.code(1);
}
