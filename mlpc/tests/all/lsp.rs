//! The language server over its real protocol: a process, its standard input and output.

use std::{
    ops::{Deref, DerefMut},
    process::Command,
};

use mlp_support::lsp::Server;
use serde_json::{Value, json};

const URI: &str = "file:///network.mlp";

struct Editor(Server);

impl Deref for Editor {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.0
    }
}

impl DerefMut for Editor {
    fn deref_mut(&mut self) -> &mut Server {
        &mut self.0
    }
}

impl Editor {
    /// Starts the server; columns are counted as `encoding` says.
    fn start(encoding: &str) -> Self {
        let mut server = Server::start(Command::new(env!("CARGO_BIN_EXE_mlpc")).arg("lsp"));
        let capabilities = json!({ "general": { "positionEncodings": [encoding] } });
        let answer = server
            .ask("initialize", json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        assert_eq!(answer["capabilities"]["positionEncoding"], encoding);
        server.tell("initialized", json!({}));
        Editor(server)
    }

    fn refusal(&mut self, method: &str, params: Value) -> String {
        self.response(method, params).expect_err("a refusal").message
    }

    /// Opens a text; its diagnostics.
    fn open(&mut self, text: &str) -> Value {
        let document = json!({ "uri": URI, "languageId": "mlp", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.published()
    }

    /// The next diagnostics.
    fn published(&mut self) -> Value {
        self.notification("textDocument/publishDiagnostics")["diagnostics"].take()
    }

    fn change(&mut self, version: i32, from: (u32, u32), to: (u32, u32), text: &str) -> Value {
        let document = json!({ "uri": URI, "version": version });
        let change = json!({ "range": { "start": position(from), "end": position(to) }, "text": text });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [change] }));
        self.published()
    }

    fn at(&mut self, method: &str, place: (u32, u32), more: Value) -> Value {
        let method = format!("textDocument/{method}");
        self.ask(&method, here(place, more))
    }

    fn hover(&mut self, place: (u32, u32)) -> String {
        self.at("hover", place, json!({}))["contents"]["value"].as_str().unwrap().to_owned()
    }

    fn completions(&mut self, place: (u32, u32)) -> Vec<String> {
        let items = self.at("completion", place, json!({}));
        items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    }
}

fn position((line, character): (u32, u32)) -> Value {
    json!({ "line": line, "character": character })
}

fn here(place: (u32, u32), more: Value) -> Value {
    let mut params = json!({ "textDocument": { "uri": URI }, "position": position(place) });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    params
}

/// `line:from-to` of ranges or of locations.
fn places(found: &Value) -> Vec<String> {
    let place = |found: &Value| {
        let range = if found["range"].is_null() { found } else { &found["range"] };
        let (start, end) = (&range["start"], &range["end"]);
        format!("{}:{}-{}", start["line"], start["character"], end["character"])
    };
    found.as_array().unwrap().iter().map(place).collect()
}

const SPECIFICATION: &str = "\
const n = 3;

/// A smooth step.
fn squash(u, slope = 1) = tanh(slope * u);

rule descent(rate) { state v; v = 0.9 * v + g; w = w - rate * v; }

network Steering {
    input x { speed = 0.5, angle = 0.1 }
    weights { w1 = 0.1, w2 = 0.2 }
    layer first { h1 = squash(w1 * speed + w2 * angle, slope = 2), h2 = relu(w1 * angle) }
    layer out[n] = softmax(dense(first));
    target t: class[n] = 1;
    loss cross_entropy(out, t);
    train descent(rate = 0.1), batch 2;
}
";

/// The place of `|` in a part of the specification.
fn find(mark: &str) -> (u32, u32) {
    let (before, after) = mark.split_once('|').unwrap();
    let at = SPECIFICATION.find(&format!("{before}{after}")).unwrap() + before.len();
    let line_start = SPECIFICATION[..at].rfind('\n').map_or(0, |newline| newline + 1);
    (SPECIFICATION[..at].matches('\n').count() as u32, (at - line_start) as u32)
}

/// Those of the text, and those that need an evaluation.
#[test]
fn warnings_are_published_with_their_severity() {
    let mut editor = Editor::start("utf-16");
    let text = std::fs::read_to_string(crate::common::folder("tests/warnings/dead_relu.mlp")).unwrap();
    let found = editor.open(&text);
    let codes: Vec<&str> =
        found.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["W0205", "W0202"], "{found}");
    assert!(found.as_array().unwrap().iter().all(|one| one["severity"] == 2), "{found}");
    let (line, _) = text.lines().enumerate().find(|(_, line)| line.contains("allow")).unwrap();
    let found = editor.change(2, (line as u32, 4), (line as u32, 16), "allow W0202, W0205;");
    assert_eq!((&found[0]["code"], places(&found)), (&json!("W0106"), vec!["2:12-13".to_owned()]));
    editor.0.end();
}

#[test]
fn errors_are_published_at_their_places_and_go_when_they_are_repaired() {
    let mut editor = Editor::start("utf-16");
    assert_eq!(editor.open(SPECIFICATION), json!([]));
    let found = editor.change(2, (10, 30), (10, 32), "w3");
    assert_eq!(places(&found), ["10:30-32"]);
    assert_eq!(found[0]["code"], "M0201");
    assert_eq!(found[0]["severity"], 1);
    assert!(found[0]["message"].as_str().unwrap().contains("w3"), "{found}");
    assert_eq!(editor.change(3, (10, 30), (10, 32), "w1"), json!([]));
    let found = editor.change(4, (11, 40), (11, 41), "");
    assert_eq!(found[0]["code"], "M0104", "{found}");
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    assert_eq!(editor.published(), json!([]));
    editor.0.end();
}

#[test]
fn hovering_shows_the_formula_the_shape_and_the_parameters() {
    let mut editor = Editor::start("utf-16");
    editor.open(SPECIFICATION);
    let shown: Vec<String> = [
        "network |Steering",
        "|speed =",
        "|w1 =",
        "{ |h1 =",
        "h1 = |squash",
        "|slope = 2",
        "|relu",
        "layer |out",
        "|dense",
        "|class",
        "train |descent",
        "|batch",
        "+ |g",
        "const |n",
    ]
    .into_iter()
    .map(|mark| format!("{mark}\n{}\n", editor.hover(find(mark))))
    .collect();
    insta::assert_snapshot!(shown.join("----\n"));
    // While there is an error elsewhere, shapes are those of the last good text.
    editor.change(2, (13, 4), (13, 8), "lose");
    assert!(
        editor.hover(find("layer o|ut")).contains("9 parameters"),
        "{}",
        editor.hover(find("layer o|ut"))
    );
    editor.0.end();
}

#[test]
fn names_are_found_wherever_they_stand() {
    let mut editor = Editor::start("utf-16");
    editor.open(SPECIFICATION);
    let with = json!({ "context": { "includeDeclaration": true } });
    let without = json!({ "context": { "includeDeclaration": false } });
    assert_eq!(
        places(&editor.at("references", find("(|w1 *"), with.clone())),
        ["9:14-16", "10:30-32", "10:77-79"]
    );
    assert_eq!(places(&editor.at("references", find("(|w1 *"), without)), ["10:30-32", "10:77-79"]);
    assert_eq!(places(&json!([editor.at("definition", find("w|1 *"), json!({}))])), ["9:14-16"]);
    assert_eq!(
        places(&editor.at("references", find("s|lope"), with.clone())),
        ["3:13-18", "3:31-36", "10:55-60"]
    );
    assert_eq!(
        places(&editor.at("documentHighlight", find("const |n"), json!({}))),
        ["0:6-7", "11:14-15", "12:20-21"]
    );
    assert_eq!(
        editor.at("definition", find("|softmax"), json!({})),
        json!(null),
        "softmax is the language's"
    );
    editor.0.end();
}

#[test]
fn a_new_name_is_given_everywhere_or_refused() {
    let mut editor = Editor::start("utf-16");
    editor.open(SPECIFICATION);
    let renamed = editor.at("rename", find("w|1 ="), json!({ "newName": "gain" }));
    assert_eq!(places(&renamed["changes"][URI]), ["9:14-16", "10:30-32", "10:77-79"]);
    assert_eq!(renamed["changes"][URI][0]["newText"], "gain");
    let argument = editor.at("rename", find("s|lope"), json!({ "newName": "steep" }));
    assert_eq!(places(&argument["changes"][URI]), ["3:13-18", "3:31-36", "10:55-60"]);
    let mut refused =
        |place, name: &str| editor.refusal("textDocument/rename", here(place, json!({ "newName": name })));
    assert_eq!(refused(find("w|1 ="), "w2"), "can't rename to `w2`: `w2` is declared twice");
    assert_eq!(refused(find("s|lope"), "u"), "can't rename to `u`: `u` is declared twice");
    assert!(refused(find("w|1 ="), "if").starts_with("can't rename to `if`: "));
    assert!(refused(find("w|1 ="), "a b").starts_with("can't rename to `a b`: "));
    assert_eq!(refused(find("const |n"), "first"), "can't rename to `first`: `first` is declared twice");
    assert_eq!(refused(find("|softmax"), "best"), "can't rename `softmax`: it is not declared in this file");
    assert_eq!(refused((6, 0), "best"), "no name at this position");
    assert_eq!(places(&json!([editor.at("prepareRename", find("w|1 ="), json!({}))])), ["9:14-16"]);
    editor.0.end();
}

#[test]
fn a_name_that_would_be_captured_is_refused() {
    let mut editor = Editor::start("utf-16");
    editor.open(
        "network N {\n  input x { a = 1, b = 2 }\n  weights w = 1;\n  layer y { o = w * b * (let u = a * a in u + b) }\n}\n",
    );
    let refused = editor.refusal("textDocument/rename", here((1, 19), json!({ "newName": "u" })));
    assert_eq!(refused, "can't rename to `u`: other names would change their meaning");
    editor.0.end();
}

#[test]
fn what_may_be_written_depends_on_the_place() {
    let mut editor = Editor::start("utf-16");
    editor.open("");
    let mut offered = |text: &str| {
        let line = text.lines().count() as u32 - 1;
        let column = text.lines().last().unwrap().chars().count() as u32;
        let document = json!({ "uri": URI, "version": 2 });
        editor.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": [{ "text": text }] }),
        );
        editor.completions((line, column))
    };
    assert_eq!(offered("net"), ["network", "pub", "document", "fn", "const", "rule"]);
    assert_eq!(offered("network N: f"), ["f32", "f64"]);
    let network = "const k = 2; fn f(x, slope = 1) = slope * x;\nnetwork N { input i[2]; weights W[2, 3]; ";
    let sentence = offered(&format!("{network} la"));
    assert!(
        sentence.contains(&"layer".to_owned()) && !sentence.contains(&"network".to_owned()),
        "{sentence:?}"
    );
    let formula = offered(&format!("{network} layer h = tanh(i @ "));
    for name in ["i", "W", "k", "f", "relu", "dense", "if"] {
        assert!(formula.contains(&name.to_owned()), "{name}: {formula:?}");
    }
    assert!(!formula.contains(&"sgd".to_owned()) && !formula.contains(&"xavier".to_owned()), "{formula:?}");
    assert_eq!(offered(&format!("{network} layer h = f(i, sl"))[..2], ["x", "slope"]);
    assert_eq!(offered(&format!("{network} weights V[2] ~ ")).len(), 7);
    assert_eq!(
        offered(&format!("{network} train ")),
        ["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"]
    );
    assert_eq!(offered(&format!("{network} train momentum("))[..3], ["rate", "momentum", "decay"]);
    assert!(offered(&format!("{network} train sgd(0.1), ")).contains(&"clip_norm".to_owned()));
    assert_eq!(offered(&format!("{network} train sgd(0.1), reduction = ")), ["mean", "sum"]);
    assert_eq!(offered(&format!("{network} unroll ")), ["always", "never"]);
    assert_eq!(offered(&format!("{network} allow W01"))[..2], ["W0101", "W0102"]);
    assert_eq!(offered(&format!("{network} target t: ")), ["class"]);
    assert_eq!(offered(&format!("{network} layer ")), Vec::<String>::new(), "a new name");
    assert_eq!(offered(&format!("{network} // la")), Vec::<String>::new(), "a comment");
    assert!(offered("fn g(first, second) = first * ").contains(&"second".to_owned()));
    assert!(offered("document { ti").contains(&"title".to_owned()));
    assert!(offered("document { headings = { lo").contains(&"loss".to_owned()));
    let rule = offered("rule r(rate) { state v; w = w - ");
    assert!(rule.contains(&"g".to_owned()), "{rule:?}");
    editor.0.end();
}

#[test]
fn a_text_is_laid_out_and_outlined() {
    let mut editor = Editor::start("utf-16");
    editor.open("network N { input x[2];layer y[3]=relu( dense(x) ); }");
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    let params = json!({ "textDocument": { "uri": URI }, "options": options });
    let edits = editor.ask("textDocument/formatting", params.clone());
    let expected = "network N {\n    input x[2];\n    layer y[3] = relu(dense(x));\n}\n";
    assert_eq!(edits[0]["newText"], expected);
    let outline = editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": URI } }));
    let parts = outline[0]["children"].as_array().unwrap();
    let parts: Vec<String> =
        parts.iter().map(|part| format!("{}: {}", part["name"], part["detail"])).collect();
    assert_eq!(
        parts,
        [
            "\"x\": \"vector of length 2\"",
            "\"y\": \"vector of length 3: 9 parameters (6 weights and 3 biases)\""
        ]
    );
    editor.change(2, (0, 12), (0, 17), "imput");
    editor.refusal("textDocument/formatting", params);
    editor.0.end();
}

#[test]
fn columns_are_counted_as_the_client_counts_them() {
    let text = "network N {\n  input x[1]; /* 🦀é */ layer größe[2] = tanh(dense(x)); layer o[1] = größe @ wrong;\n}\n";
    for (encoding, column) in [("utf-8", 85), ("utf-16", 78)] {
        let mut editor = Editor::start(encoding);
        let found = editor.open(text);
        assert_eq!(found[0]["range"]["start"], position((1, column)), "{encoding}");
        let declared = editor.at("definition", (1, column - 5), json!({}));
        assert_eq!(declared["range"]["start"]["line"], 1, "{encoding}");
        editor.0.end();
    }
}

#[test]
fn nonsense_is_refused_and_the_server_goes_on() {
    let mut editor = Editor::start("utf-16");
    editor.open(SPECIFICATION);
    assert!(editor.refusal("textDocument/hover", json!({ "position": 3 })).contains("not open"));
    assert!(!editor.refusal("textDocument/hover", json!({ "textDocument": { "uri": URI } })).is_empty());
    assert!(editor.refusal("textDocument/foldingRange", json!({})).contains("foldingRange"));
    editor.tell("textDocument/didChange", json!({ "textDocument": 5 }));
    editor.tell("mlp/unknown", json!([1, 2]));
    assert_eq!(editor.at("hover", (4_000_000_000, 4_000_000_000), json!({})), json!(null));
    editor.change(2, (900, 900), (3, 2), "\n");
    editor.0.end();
}

/// Files that a text names lie beside it, wherever that is.
#[test]
fn files_of_weights() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let mut editor = Editor::start("utf-8");
    let mut open = |name: &str, text: &str| {
        let uri = format!("file://{}/{name}", fixtures.replace("tests", "%74ests"));
        let document = json!({ "uri": uri, "languageId": "mlp", "version": 1, "text": text });
        editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
        editor.published()
    };
    let text = std::fs::read_to_string(format!("{fixtures}/weights_turned.mlp")).unwrap();
    let found = open("a.mlp", &text);
    assert_eq!(found[0]["code"], "M0706", "{found}");
    let found = open("b.mlp", &text.replace(".safetensors\";", ".safetensors\" transposed;"));
    assert_eq!(found, json!([]));
    let found = editor.open("network N {\n    weights from \"a\" \n}");
    assert_eq!(found[0]["code"], "M0104", "{found}");
    assert_eq!(editor.completions((1, 21)), ["transposed"]);
    assert_eq!(editor.completions((1, 12)), ["from"]);
    editor.0.end();
}
