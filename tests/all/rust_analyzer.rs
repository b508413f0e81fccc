//! rust-analyzer finds its way inside `mlp!`: hover, definition, references and rename. It needs the server:
//! `RUST_ANALYZER=rust-analyzer cargo test --test all rust_analyzer -- --ignored`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::{
    collections::BTreeSet,
    fs,
    ops::{Deref, DerefMut},
    path::Path,
    process::{Command, Stdio},
};

use mlp_support::lsp::Server;
use serde_json::{Value, json};

const MAIN: &str = "\
mlp::mlp! {
    /// The board's network.
    network Board: f64 {
        input   x { i1, i2 }
        /// The first weight.
        weights { w1 = 0.5, w2 = 0.25 }
        biases  b[2] = 0.1;
        layer hidden { h1 = lifted(w1 * i1 + w2 * i2), h2 = w1 * i2 }
        layer output[2] = tanh(hidden + b);
        target t[2];
        loss half_squared_error(output, t);
        train sgd(rate = speed);
    }
    fn lifted(u) = u + 1;
    const speed = 0.1;
}

fn main() {
    let mut network = Board::new();
    network.w1 = 2.0;
    let trace = network.trace(&[1.0, 2.0]);
    println!(\"{} {:?}\", trace.h1, network.b);
}
";

struct Editor {
    server: Server,
    uri: String,
}

impl Deref for Editor {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl DerefMut for Editor {
    fn deref_mut(&mut self) -> &mut Server {
        &mut self.server
    }
}

impl Editor {
    fn start(program: &str, folder: &Path) -> Self {
        let server = Server::start(Command::new(program).current_dir(folder).stderr(Stdio::null()));
        let uri = |path: &Path| format!("file://{}", path.display());
        let mut editor = Editor { server, uri: uri(&folder.join("src/main.rs")) };
        editor.ask(
            "initialize",
            json!({
                "processId": null,
                "rootUri": uri(folder),
                "capabilities": {
                    "experimental": { "serverStatusNotification": true },
                    "textDocument": { "hover": { "contentFormat": ["markdown"] } },
                },
                "initializationOptions": { "checkOnSave": false, "cachePriming": { "enable": false } },
            }),
        );
        editor.tell("initialized", json!({}));
        let document = json!({ "uri": &editor.uri, "languageId": "rust", "version": 1, "text": MAIN });
        editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
        editor.until_quiet();
        editor
    }

    /// Waits until the crate is loaded and its macros are expanded.
    fn until_quiet(&mut self) {
        loop {
            let status = self.notification("experimental/serverStatus");
            if status["quiescent"] == true {
                assert_eq!(status["health"], "ok", "{status}");
                return;
            }
        }
    }

    /// Asks about the name at the place of `|` in a piece of the text.
    fn at(&mut self, method: &str, piece: &str, more: Value) -> Value {
        let before = piece.find('|').unwrap();
        let at = MAIN.find(&piece.replace('|', "")).expect("the piece is in the text") + before;
        let mut params = json!({ "textDocument": { "uri": self.uri }, "position": position(at) });
        params.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.ask(&format!("textDocument/{method}"), params)
    }

    fn hover(&mut self, piece: &str) -> String {
        self.at("hover", piece, json!({}))["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// The line, counted from 1, on which the name is declared.
    fn definition(&mut self, piece: &str) -> Vec<u64> {
        let found = self.at("definition", piece, json!({}));
        let line = |place: &Value| {
            let range = place.get("targetSelectionRange").or(place.get("range"));
            range.and_then(|range| range["start"]["line"].as_u64()).unwrap() + 1
        };
        found.as_array().into_iter().flatten().map(line).collect()
    }

    /// The text after a rename.
    fn renamed(&mut self, piece: &str, name: &str) -> String {
        let changes = self.at("rename", piece, json!({ "newName": name }));
        let documents = changes["documentChanges"].as_array().cloned().unwrap_or_default();
        let mut edits: BTreeSet<(usize, usize)> = BTreeSet::new();
        for edit in documents.iter().flat_map(|document| document["edits"].as_array().unwrap()) {
            assert_eq!(edit["newText"], name);
            edits.insert((offset(&edit["range"]["start"]), offset(&edit["range"]["end"])));
        }
        for edit in changes["changes"][&self.uri].as_array().into_iter().flatten() {
            assert_eq!(edit["newText"], name);
            edits.insert((offset(&edit["range"]["start"]), offset(&edit["range"]["end"])));
        }
        let mut text = MAIN.to_owned();
        edits.into_iter().rev().for_each(|(start, end)| text.replace_range(start..end, name));
        text
    }
}

fn position(offset: usize) -> Value {
    let before = &MAIN[..offset];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    json!({ "line": before.matches('\n').count(), "character": offset - start })
}

fn offset(position: &Value) -> usize {
    let line = position["line"].as_u64().unwrap() as usize;
    let start: usize = MAIN.split_inclusive('\n').take(line).map(str::len).sum();
    start + position["character"].as_u64().unwrap() as usize
}

#[test]
#[ignore = "needs rust-analyzer"]
fn names_inside_the_macro() {
    let program = std::env::var("RUST_ANALYZER").expect("RUST_ANALYZER names the server");
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = \"inside\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nmlp = {{ path = {root:?} }}\n\n[workspace]\n"
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/main.rs"), MAIN).unwrap();
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let mut editor = Editor::start(&program, folder.path());

    // A parameter is a field of the network, inside the macro and outside.
    assert!(editor.hover("lifted(w|1").contains("w1: f64"), "{}", editor.hover("lifted(w|1"));
    assert_eq!(editor.definition("lifted(w|1"), [6]);
    assert_eq!(editor.definition("network.w|1"), [6]);
    assert_eq!(editor.renamed("network.w|1", "first"), MAIN.replace("w1", "first"));
    assert_eq!(editor.renamed("h2 = w|1", "first"), MAIN.replace("w1", "first"));
    assert_eq!(
        editor.renamed("hidden + b|", "c"),
        MAIN.replace(" b[", " c[").replace("+ b)", "+ c)").replace(".b)", ".c)")
    );

    // A neuron is a field of the trace.
    assert_eq!(editor.definition("trace.h|1"), [8]);
    assert_eq!(editor.renamed("trace.h|1", "top"), MAIN.replace("h1", "top"));

    // What generated code has no field for.
    for (piece, line, name) in [
        ("* i|1", 4, "i1"),
        ("h2 = w1 * i|2", 4, "i2"),
        ("tanh(hid|den", 8, "hidden"),
        ("error(out|put", 9, "output"),
        (", t|)", 10, "t"),
        ("= lif|ted", 14, "lifted"),
        ("rate = sp|eed", 15, "speed"),
        ("= u| + 1", 14, "u"),
    ] {
        assert_eq!(editor.definition(piece), [line], "{name}");
        assert!(editor.hover(piece).contains(name), "{name}: {}", editor.hover(piece));
    }
    assert_eq!(editor.renamed("rate = sp|eed", "pace"), MAIN.replace("speed", "pace"));
    assert_eq!(editor.renamed("= lif|ted", "raised"), MAIN.replace("lifted", "raised"));
    assert_eq!(editor.renamed("tanh(hid|den", "middle"), MAIN.replace("hidden", "middle"));
}
