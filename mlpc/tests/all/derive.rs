//! The formats of a derivation: data that its schema describes, a page for browsers, and Markdown say the same.

use std::{collections::HashSet, fs};

use jsonschema::Validator;
use serde_json::Value;

use crate::common::{error, folder, mlpc, output};

/// The specifications of the course.
fn examples() -> Vec<String> {
    let entries = fs::read_dir(folder("../examples/course")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".mlp")).collect();
    names.sort();
    assert!(names.len() >= 6);
    names
}

fn schema() -> Validator {
    let text = fs::read_to_string(folder("../docs/derivation.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::validator_for(&schema).unwrap()
}

fn data(arguments: &[&str]) -> Value {
    serde_json::from_str(&output(&[&["derive", "--format", "json"], arguments].concat())).unwrap()
}

/// The data of a specification on the standard input.
fn data_of(specification: &str) -> Value {
    let run = mlpc(&["derive", "--format", "json", "-"]).write_stdin(specification).assert().code(0);
    serde_json::from_slice(&run.get_output().stdout).unwrap()
}

fn steps(data: &Value) -> &Vec<Value> {
    data["steps"].as_array().unwrap()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

fn ids(data: &Value) -> HashSet<String> {
    let given = data["given"].as_array().unwrap();
    steps(data).iter().chain(given).map(|step| text(step, "id").to_owned()).collect()
}

fn assert_valid(schema: &Validator, name: &str, data: &Value) {
    let wrong = schema.iter_errors(data).next();
    assert!(
        wrong.is_none(),
        "{name}: {} at {}",
        wrong.as_ref().unwrap(),
        wrong.as_ref().unwrap().instance_path()
    );
}

/// LaTeX without what only lays it out.
fn plain(latex: &str) -> String {
    let latex = latex.replace("\\\\[10pt]", "").replace("\\\\[6pt]", "");
    latex.chars().filter(|c| !c.is_whitespace() && *c != '&').collect()
}

/// The sides of a step with the signs between them.
fn line(step: &Value) -> String {
    let side = |side: &Value| {
        let relation = side["relation"].as_str().unwrap_or_default().replace('≈', "\\approx");
        format!("{relation}{}", text(side, "latex"))
    };
    plain(&step["sides"].as_array().unwrap().iter().map(side).collect::<String>())
}

/// The names of steps that a value refers to, in order.
fn referred(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| referred(value, found)),
        Value::Object(entries) => {
            for (name, value) in entries {
                match (name.as_str(), value) {
                    ("step", Value::String(id)) => found.push(id.clone()),
                    ("steps", Value::Array(ids)) => {
                        found.extend(ids.iter().map(|id| id.as_str().unwrap().to_owned()))
                    }
                    _ => referred(value, found),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn the_data_are_as_the_schema_says() {
    let schema = schema();
    for name in examples() {
        assert_valid(&schema, &name, &data(&[&name]));
    }
    let mut wrong = data(&["exercise.mlp"]);
    assert_valid(&schema, "exercise", &wrong);
    wrong["steps"][2]["reason"] = "no reason".into();
    assert!(!schema.is_valid(&wrong));
    wrong["steps"][2]["reason"] = "definition".into();
    wrong["steps"][2]["unknown"] = 1.into();
    assert!(!schema.is_valid(&wrong));
}

/// Each line of the data is in the Markdown, in order; each step is in one block; what is referred to exists.
#[test]
fn markdown_and_data_say_the_same() {
    for name in examples() {
        let (markdown, data) = (plain(&output(&["derive", &name])), data(&[&name]));
        let mut rest = markdown.as_str();
        for step in steps(&data) {
            let line = line(step);
            let at = rest
                .find(&line)
                .unwrap_or_else(|| panic!("{name}: {} is not in the Markdown: {line}", step["id"]));
            rest = &rest[at + line.len()..];
        }
        let mut in_blocks = Vec::new();
        referred(&data["preface"], &mut in_blocks);
        referred(&data["sections"], &mut in_blocks);
        let all: Vec<&str> = steps(&data).iter().map(|step| text(step, "id")).collect();
        assert_eq!(in_blocks, all, "{name}");
        let ids = ids(&data);
        assert_eq!(
            ids.len(),
            all.len() + data["given"].as_array().unwrap().len(),
            "{name}: names are used twice"
        );
        for operand in steps(&data).iter().flat_map(|step| step["operands"].as_array().unwrap()) {
            assert!(operand["id"].as_str().is_none_or(|id| ids.contains(id)), "{name}: {operand}");
        }
    }
}

#[test]
fn a_step_has_all_that_is_to_know_of_it() {
    let data = data(&["exercise.mlp"]);
    let step = |id: &str| {
        steps(&data).iter().find(|step| step["id"] == id).unwrap_or_else(|| panic!("{id}")).clone()
    };
    let update = step("update/w5_plus");
    assert_eq!(
        (text(&update, "reason"), &update["value"]),
        ("update rule", &0.358_916_479_717_884_65.into())
    );
    let operands: Vec<&str> =
        update["operands"].as_array().unwrap().iter().map(|operand| text(operand, "id")).collect();
    assert_eq!(operands, ["parameter/w5", "update/rate", "backward/d_w5"]);
    assert_eq!(update["operands"][0]["value"], 0.4);
    let source = fs::read_to_string(folder("../examples/course/exercise.mlp")).unwrap();
    let place = |step: &Value| {
        let number = |name: &str| usize::try_from(step["place"][name].as_u64().unwrap()).unwrap();
        let line = source.lines().nth(number("line") - 1).unwrap();
        line.chars().skip(number("column") - 1).take(number("length")).collect::<String>()
    };
    assert_eq!(place(&update), "w5");
    assert_eq!(place(&step("loss/E_o1")), "half_squared_error(output, t)");
    let gradient = step("backward/d_b1");
    assert_eq!((text(&gradient, "reason"), text(&gradient, "section")), ("sum over paths", "backward"));
    assert!(text(&gradient, "numbers").starts_with("0.036350306 \\cdot"));
    for (id, reason) in [
        ("network/function_sigmoid", "definition of a function"),
        ("parameters/count_parameters", "count"),
        ("forward/net_h1", "definition"),
        ("backward/d_net_o1_d_w5", "local derivative"),
        ("backward/derivative_sigmoid", "derivative of a function"),
        ("backward/d_w5", "chain rule"),
        ("update/rate", "setting"),
    ] {
        assert_eq!(text(&step(id), "reason"), reason, "{id}");
    }
}

/// A change elsewhere leaves the names of steps as they are.
#[test]
fn names_of_steps_stay() {
    let source = fs::read_to_string(folder("../examples/course/exercise.mlp")).unwrap();
    let before = ids(&data_of(&source));
    let comment = format!("// A remark.\n{}", source.replace("w5 = 0.40", "w5 = 0.41"));
    assert_ne!(comment.len(), source.len());
    assert_eq!(before, ids(&data_of(&comment)));
    assert_eq!(before, ids(&data(&["exercise.mlp", "--digits", "4"])));
    let more = source.replace("w8 = 0.55", "w8 = 0.55, w9 = 0.3");
    let more = more.replace("layer output {", "layer output { o3 = sigmoid(w9 * h1 + b2),");
    let more = more.replace("target t {", "target t { t3 = 0.5,");
    let after = ids(&data_of(&more));
    let lost: Vec<&String> = before.difference(&after).collect();
    assert!(lost.is_empty() && after.len() > before.len() + 5, "{lost:?}");
}

#[test]
fn samples_and_large_arrays_have_their_form() {
    let schema = schema();
    let batch = data_of(
        "network B { input x[2]; layer o[2] = sigmoid(dense(x)); target t[2]; loss half_squared_error(o, t);
         data { ([1, 2]) -> ([0, 1]), ([0, 1]) -> ([1, 0]), ([3, 1]) -> ([1, 1]) } train sgd(rate = 0.1); }",
    );
    assert_valid(&schema, "batch", &batch);
    let output = steps(&batch).iter().find(|step| step["id"] == "forward/o").unwrap();
    assert_eq!((&output["each_sample"], &output["shape"]), (&true.into(), &serde_json::json!([2])));
    assert_eq!(output["value"].as_array().unwrap().len(), 3);
    let large =
        data_of("network L { input x[2] = [1, 2]; layer h[100] = tanh(dense(x)); layer o[2] = dense(h); }");
    let weights = large["given"].as_array().unwrap().iter().find(|given| given["name"] == "W_h").unwrap();
    assert_eq!(weights["value"]["shape"], serde_json::json!([2, 100]));
    assert_eq!(weights["value"]["left_out"], 194);
    assert_valid(&schema, "large", &large);
    let infinite = data_of(
        "network I { input x { a = 1 } weights { w = 1000 } layer o { y = exp(w*a) } target t { s = 1 }
         loss half_squared_error(o, t); train sgd(rate = 0.1); }",
    );
    assert_valid(&schema, "infinite", &infinite);
    assert!(steps(&infinite).iter().any(|step| step["value"] == "Infinity"));
}

/// The ending of the file chooses the format, and --check compares with it.
#[test]
fn the_ending_of_the_file_is_its_format() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in
        [("page.md", "markdown"), ("page.html", "html"), ("page.json", "json"), ("page.txt", "markdown")]
    {
        let file = folder.path().join(name);
        let file = file.to_str().unwrap();
        output(&["derive", "exercise.mlp", "-o", file]);
        output(&["derive", "exercise.mlp", "-o", file, "--check"]);
        output(&["derive", "exercise.mlp", "-o", file, "--format", format, "--check"]);
        assert_eq!(
            fs::read_to_string(file).unwrap(),
            output(&["derive", "exercise.mlp", "--format", format])
        );
        let said =
            error(&["derive", "exercise.mlp", "-o", file, "--format", format, "--digits", "4", "--check"], 1);
        assert!(said.contains("is not up to date") && said.contains(&format!("--format {format}")), "{said}");
    }
}

/// The elements that are open at each end tag are closed in order; all mathematics of the Markdown is there.
#[test]
fn the_page_for_browsers_is_well_formed() {
    for name in examples() {
        let html = output(&["derive", &name, "--format", "html"]);
        assert_closed(&name, &html);
        let markdown = output(&["derive", &name]);
        assert_eq!(html.matches("<math>").count(), markdown.matches("$`").count(), "{name}");
        let rows: usize =
            ["```math", "\\\\[10pt]", "\\\\[6pt]"].map(|mark| markdown.matches(mark).count()).iter().sum();
        assert_eq!(html.matches("<mtd class=\"left\">").count(), rows, "{name}");
        assert_eq!(html.matches("<svg").count(), markdown.matches("```mermaid").count(), "{name}");
        for outside in ["<script", "src=", "href=", "url(", "@import"] {
            assert!(!html.contains(outside), "{name} has {outside}");
        }
    }
}

/// Text of the specification is text on the page.
#[test]
fn texts_are_escaped() {
    let hostile = "document { title = \"<script>alert(1)</script> & 'x'\" }
        /// <img src=x onerror=alert(1)>
        network H { input x { a = 1 } weights { w = 2 } layer o { y = w*a } }";
    let run = mlpc(&["derive", "--format", "html", "-"]).write_stdin(hostile).assert().code(0);
    let html = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"));
    assert_closed("hostile", &html);
}

fn assert_closed(name: &str, html: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in html.split('<').skip(1) {
        let (inside, _) = tag.split_once('>').unwrap();
        let word = inside.split_whitespace().next().unwrap();
        if let Some(word) = word.strip_prefix('/') {
            assert_eq!(open.pop(), Some(word), "{name}: <{tag}");
        } else if !inside.ends_with('/') && !["!DOCTYPE", "meta"].contains(&word) {
            open.push(word);
        }
    }
    assert!(open.is_empty(), "{name}: {open:?}");
}
