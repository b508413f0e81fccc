//! The formats of a derivation: data that its schema describes, a page for browsers, and Markdown say the same.

use std::{collections::HashSet, fs};

use jsonschema::Validator;
use mlp_document::{Document, Options, Origin, derive};
use serde_json::Value;

use super::{
    compiled,
    networks::{EXAMPLES, OTHERS},
};

/// A network's document, and its three forms.
struct Page {
    name: String,
    markdown: String,
    html: String,
    data: Value,
}

impl Page {
    fn new(name: &str, text: &str) -> Self {
        let document = document(name, text, &Options::default());
        Page {
            name: name.to_owned(),
            markdown: document.to_markdown(),
            html: document.to_html(),
            data: data_of(&document, text),
        }
    }
}

/// The specifications of the course, and others.
fn pages() -> impl Iterator<Item = Page> {
    let course = fs::read_dir(folder("../examples/course")).unwrap().map(|entry| entry.unwrap().path());
    let mut course: Vec<_> =
        course.filter(|file| file.extension().is_some_and(|ending| ending == "mlp")).collect();
    course.sort();
    assert!(course.len() >= EXAMPLES.len());
    let course = course
        .into_iter()
        .map(|file| Page::new(&file.display().to_string(), &fs::read_to_string(&file).unwrap()));
    course.chain(OTHERS.into_iter().map(|(name, text)| Page::new(name, text)))
}

fn document(name: &str, text: &str, options: &Options) -> Document {
    derive(&compiled(name, text), options)
}

fn data_of(document: &Document, text: &str) -> Value {
    let origin = Origin { file: Some("page.mlp"), text, fingerprint: 1, layout: u64::MAX };
    serde_json::from_str(&document.to_json(&origin)).unwrap()
}

fn data(text: &str) -> Value {
    data_of(&document("specification", text, &Options::default()), text)
}

fn exercise() -> &'static str {
    EXAMPLES[0].1
}

fn folder(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn schema() -> Validator {
    let text = fs::read_to_string(folder("../docs/derivation.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::validator_for(&schema).unwrap()
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
    let latex = (2..20).fold(latex.to_owned(), |latex, space| latex.replace(&format!("\\\\[{space}pt]"), ""));
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

/// Valid data, each line of which is in the Markdown, in order; each step is in one block; what is referred to exists.
/// HTML has the same rows, and its elements are closed.
#[test]
fn all_formats_say_the_same() {
    let schema = schema();
    for page in pages() {
        let Page { name, data, .. } = &page;
        assert_valid(&schema, name, data);
        lines_are_in_markdown(&page);
        let mut in_blocks = Vec::new();
        referred(&data["preface"], &mut in_blocks);
        referred(&data["sections"], &mut in_blocks);
        let all: Vec<&str> = steps(data).iter().map(|step| text(step, "id")).collect();
        assert_eq!(in_blocks, all, "{name}");
        let ids = ids(data);
        assert_eq!(
            ids.len(),
            all.len() + data["given"].as_array().unwrap().len(),
            "{name}: names are used twice"
        );
        for operand in steps(data).iter().flat_map(|step| step["operands"].as_array().unwrap()) {
            assert!(operand["id"].as_str().is_none_or(|id| ids.contains(id)), "{name}: {operand}");
        }
        html_is_well_formed(&page);
    }
}

fn lines_are_in_markdown(Page { name, markdown, data, .. }: &Page) {
    let markdown = plain(markdown);
    let mut rest = markdown.as_str();
    for step in steps(data) {
        let line = line(step);
        let at = rest.find(&line);
        let at = at.unwrap_or_else(|| panic!("{name}: {} is not in the Markdown: {line}", step["id"]));
        rest = &rest[at + line.len()..];
    }
}

fn html_is_well_formed(Page { name, markdown, html, .. }: &Page) {
    assert_closed(name, html);
    assert_eq!(html.matches("<math>").count(), markdown.matches("$`").count(), "{name}");
    let rows = markdown.matches("```math").count() + markdown.matches("pt]\n").count();
    assert_eq!(html.matches("<mtd class=\"left\">").count(), rows, "{name}");
    // A large picture is in HTML alone.
    assert!(html.matches("<svg").count() >= markdown.matches("```mermaid").count(), "{name}");
    for outside in ["<script", "src=", "href=", "url(", "@import"] {
        assert!(!html.contains(outside), "{name} has {outside}");
    }
}

/// The schema refuses what it does not know.
#[test]
fn the_schema_is_strict() {
    let schema = schema();
    let mut wrong = data(exercise());
    assert_valid(&schema, "exercise", &wrong);
    wrong["steps"][2]["reason"] = "no reason".into();
    assert!(!schema.is_valid(&wrong));
    wrong["steps"][2]["reason"] = "definition".into();
    assert!(schema.is_valid(&wrong));
    wrong["steps"][2]["unknown"] = 1.into();
    assert!(!schema.is_valid(&wrong));
}

#[test]
fn a_step_has_all_that_is_to_know_of_it() {
    let data = data(exercise());
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
    assert_eq!(operands, ["parameter/w5", "setting/rate", "backward/d_w5"]);
    assert_eq!(update["operands"][0]["value"], 0.4);
    let place = |step: &Value| {
        let number = |name: &str| usize::try_from(step["place"][name].as_u64().unwrap()).unwrap();
        let line = exercise().lines().nth(number("line") - 1).unwrap();
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
    let source = exercise();
    let before = ids(&data(source));
    let comment = format!("// A remark.\n{}", source.replace("w5 = 0.40", "w5 = 0.41"));
    assert_ne!(comment.len(), source.len());
    assert_eq!(before, ids(&data(&comment)));
    assert_eq!(
        before,
        ids(&data_of(&document("exercise", source, &Options { digits: 4, ..Options::default() }), source))
    );
    let more = source.replace("w8 = 0.55", "w8 = 0.55, w9 = 0.3");
    let more = more.replace("layer output {", "layer output { o3 = sigmoid(w9 * h1 + b2),");
    let more = more.replace("target t {", "target t { t3 = 0.5,");
    let after = ids(&data(&more));
    let lost: Vec<&String> = before.difference(&after).collect();
    assert!(lost.is_empty() && after.len() > before.len() + 5, "{lost:?}");
}

#[test]
fn samples_and_large_arrays_have_their_form() {
    let schema = schema();
    let batch = data(
        "network B { input x[2]; layer o[2] = sigmoid(dense(x)); target t[2]; loss half_squared_error(o, t);
         data { (1, 2) -> (0, 1), (0, 1) -> (1, 0), (3, 1) -> (1, 1) } train sgd(rate = 0.1); }",
    );
    assert_valid(&schema, "batch", &batch);
    let out = steps(&batch).iter().find(|step| step["id"] == "forward/o").unwrap();
    assert_eq!((&out["each_sample"], &out["shape"]), (&true.into(), &serde_json::json!([2])));
    assert_eq!(out["value"].as_array().unwrap().len(), 3);
    let large =
        data("network L { input x[2] = [1, 2]; layer h[100] = tanh(dense(x)); layer o[2] = dense(h); }");
    let weights = large["given"].as_array().unwrap().iter().find(|given| given["name"] == "W_h").unwrap();
    assert_eq!(weights["value"]["shape"], serde_json::json!([2, 100]));
    assert_eq!(weights["value"]["left_out"], 194);
    assert_valid(&schema, "large", &large);
    let infinite = data(
        "network I { input x { a = 1 } weights { w = 1000 } layer o { y = exp(w*a) } target t { s = 1 }
         loss half_squared_error(o, t); train sgd(rate = 0.1); }",
    );
    assert_valid(&schema, "infinite", &infinite);
    assert!(steps(&infinite).iter().any(|step| step["value"] == "Infinity"));
}

/// Text of the specification is text on the page.
#[test]
fn texts_are_escaped() {
    let hostile = "document { title = \"<script>alert(1)</script> & 'x'\" }
        /// <img src=x onerror=alert(1)>
        network H { input x { a = 1 } weights { w = 2 } layer o { y = w*a } }";
    let html = document("hostile", hostile, &Options::default()).to_html();
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

/// What a later step uses is that of the step, or what the step before has left.
#[test]
fn a_later_step_refers_to_its_own() {
    let source = fs::read_to_string(folder("../examples/course/momentum.mlp")).unwrap();
    let page = data_of(&document("momentum", &source, &Options { steps: 2, ..Options::default() }), &source);
    assert_valid(&schema(), "momentum", &page);
    let step = |id: &str| steps(&page).iter().find(|step| step["id"] == id).unwrap().clone();
    let operands = |id: &str| -> Vec<String> {
        let operands = step(id)["operands"].as_array().unwrap().clone();
        operands.iter().map(text_of).collect()
    };
    assert_eq!(operands("steps/w1_plus@step2"), ["update/w1_plus", "setting/rate", "steps/v_w1_plus@step2"]);
    assert_eq!(operands("steps/v_w1_plus@step2")[2], "steps/d_w1@step2");
    assert_eq!(text(&step("steps/delta_h@step2"), "reason"), "chain rule");
    for operand in steps(&page).iter().flat_map(|step| step["operands"].as_array().unwrap()) {
        let Some(id) = operand["id"].as_str().filter(|id| ids_of_steps(&page).contains(*id)) else {
            continue;
        };
        assert_eq!(operand["value"], step(id)["value"], "{id}");
    }
}

fn text_of(operand: &Value) -> String {
    operand["id"].as_str().unwrap_or("none").to_owned()
}

fn ids_of_steps(data: &Value) -> HashSet<String> {
    steps(data).iter().map(|step| text(step, "id").to_owned()).collect()
}
