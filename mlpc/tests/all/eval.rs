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
    let numbers: Vec<&str> = text.lines().filter_map(|l| l.split_once(": ")).map(|(_, n)| n).collect();
    for number in numbers.iter().filter(|n| n.starts_with(|c: char| c.is_ascii_digit() || c == '-')) {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits.trim_start_matches('0').len(), 17, "{number}");
    }
    let names = ["net_h1", "\"h1", "net_h2", "o2", "loss", "E_o1", "E_o2", "\"E\"", "gradients", "updated"];
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
    for section in ["loss", "gradients", "updated"] {
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
    assert!(of_text(&text, "csv").contains("forward,y,,1,inf\n"));
}

#[test]
fn missing_values_say_how_to_give_them() {
    let said = error(&["eval", "xor.mlp"], 1);
    assert!(said.contains("the input `x` and the target `t` have no values"), "{said}");
    assert!(said.contains("`input x[2] = …;` and `target t[1] = …;`"), "{said}");
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
