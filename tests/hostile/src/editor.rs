//! A session of an editor with the language server: a text, then requests and changes at the places
//! and with the words that the bytes tell.

use lsp_server::{Connection, Message};
use mlp_support::lsp::Script;
use serde_json::{Value, json};

/// The server answers each request and ends when it is told to.
pub(crate) fn language_server(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // The first line, often a comment, tells the messages; so every specification is a seed.
    let steps = text.lines().next().unwrap_or("").as_bytes();
    let encoding = if steps.len() % 2 == 0 { "utf-8" } else { "utf-16" };
    let capabilities = json!({ "general": { "positionEncodings": [encoding] } });
    let mut script = Script::open(&capabilities, "a", text);
    for step in steps.chunks(4).take(16) {
        match message(step, text) {
            (method, params) if method == "textDocument/didChange" => script.tell(&method, params),
            (method, params) => script.ask(&method, params),
        }
    }
    let (messages, requests) = script.end();
    let (editor, server) = Connection::memory();
    messages.into_iter().for_each(|message| editor.sender.send(message).expect("the server listens"));
    mlp_lsp::serve(&server, |_| Box::new(mlp_dsl::weights::NoFiles))
        .unwrap_or_else(|broken| panic!("{broken}"));
    let answered = editor.receiver.try_iter().filter(|message| matches!(message, Message::Response(_)));
    assert_eq!(answered.count(), requests, "each request is answered");
}

fn message(step: &[u8], text: &str) -> (String, Value) {
    let byte = |index: usize| u32::from(step.get(index).copied().unwrap_or(0));
    let lines = text.lines().count() as u32 + 2;
    let place = json!({ "line": byte(1) % lines, "character": byte(2) });
    let document = json!({ "uri": "a", "version": 2 });
    let methods = [
        "hover",
        "completion",
        "definition",
        "references",
        "documentHighlight",
        "documentSymbol",
        "formatting",
        "prepareRename",
        "rename",
        "didChange",
    ];
    let method = methods[byte(0) as usize % methods.len()];
    let end = json!({ "line": byte(1) % lines + byte(3) % 2, "character": byte(2) + byte(3) % 9 });
    let words = ["", "w1", "(", "é🦀", " layer h = 1;", "}", "w2", "if"];
    let word = words[byte(3) as usize % words.len()];
    let change = json!({ "range": { "start": place, "end": end }, "text": word });
    let params = json!({
        "textDocument": document,
        "position": place,
        "context": { "includeDeclaration": true },
        "options": { "tabSize": 4, "insertSpaces": true },
        "newName": word,
        "contentChanges": [change],
    });
    (format!("textDocument/{method}"), params)
}
