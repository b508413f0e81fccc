//! Texts that mean something to whoever reads an output stay text in every output.

use mlp_support::rustc::check_library;

use crate::common::mlpc;

/// Names and texts that want to be more: markup, ends of comments and strings, control characters.
const TEXT: &str = r####"
document {
    title = "</script><img src=x onerror=alert(1)> $\\end{aligned}$ *bold* `code` | cell",
    author = "]]> \"; drop table\" \n# heading\n- list",
    question = "${1} {{ x }} <!-- ``` ~~~ E5C TURN LINE",
    headings = { loss = "<h1>x</h1>" },
}
/// */ fn main() {} /* "# "## <script>alert(1)</script>
/// ``` and ]]> and $x$ | y TURN E5C LINE more
#[doc = "two\nlines \u{202e}\r"]
network Évil: f64 {
    input   input_ { alert = 0.5, r#fn = 0.25 }
    /// "); panic!("
    weights { __proto__ = 0.5, constructor = 0.25, δ_ = 1, end = 0.1 }
    layer   subgraph { classDef = tanh(__proto__ * alert + constructor * r#fn), click = δ_ * alert + end }
    target  script { null = 0, undefined = 1 }
    loss    half_squared_error(subgraph, script);
    train   sgd(rate = 0.1);
}
"####;

/// What would act in a terminal or on a page; Markdown's backslash makes a sign a letter.
fn acts(text: &str) -> Option<&'static str> {
    let text = text.replace("\\<", "");
    let markup = ["<script", "<img", "<h1>", "<!--", "\u{1b}", "\u{202e}"];
    markup.into_iter().find(|acting| text.contains(acting))
}

/// The characters themselves are in documentation and strings.
fn evil() -> String {
    TEXT.replace("E5C", "\u{1b}[31m").replace("TURN", "\u{202e}").replace("LINE", "\r\u{2028}")
}

fn run(arguments: &[&str]) -> String {
    let run = mlpc(arguments).write_stdin(evil()).assert().code(0);
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

#[test]
fn in_the_derivation() {
    let page = run(&["derive", "-"]);
    // The specification at the end is a block of code, where markup is text; its fence is longer than any in it.
    let (text, code) = page.split_once("\n````text\n").unwrap();
    assert!(code.ends_with("\n````\n") && code.matches("````").count() == 1, "{code}");
    assert!(
        code.contains("<script>") && !code.contains(['\u{1b}', '\u{202e}', '\r', '\u{2028}']),
        "{code:?}"
    );
    assert_eq!(acts(text), None, "{text}");
    for line in text.lines() {
        assert!(!line.starts_with("- list") && !line.starts_with("# heading"), "{line}");
    }
    // Each block of formulas or pictures ends where it should.
    assert_eq!(text.matches("```").count() % 2, 0, "{text}");
}

#[test]
fn in_rust() {
    let text = run(&["emit", "-"]);
    let file = syn::parse_file(&text).unwrap();
    assert!(
        !file.items.iter().any(|item| matches!(item, syn::Item::Fn(_))),
        "a function came out of a comment"
    );
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    // rustc refuses characters that turn text, and bare carriage returns in documentation.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evil.rs");
    std::fs::write(&path, run(&["emit", "-", "--standalone"])).unwrap();
    check_library(&path, &["-Amixed_script_confusables"]);
}

#[test]
fn in_tables_and_json() {
    for format in ["json", "markdown", "table"] {
        let text = run(&["summary", "-", "--format", format]);
        assert_eq!(acts(&text), None, "{format}: {text}");
    }
    for format in ["json", "csv", "table"] {
        let text = run(&["eval", "-", "--format", format]);
        assert_eq!(acts(&text), None, "{format}: {text}");
        if format == "json" {
            let values: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(values["forward"].as_object().unwrap().len(), 3, "{text}");
        }
    }
}

#[test]
fn in_messages() {
    let broken =
        evil().replace("δ_ * alert", "δ__ * alert").replace("Évil: f64", "Évil: \"<script>\u{202e}\"");
    for format in ["text", "short", "json"] {
        let run =
            mlpc(&["check", "-", "--message-format", format]).write_stdin(broken.as_bytes()).assert().code(1);
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{format}: {said:?}");
        for line in said.lines().filter(|_| format == "json") {
            assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
        }
    }
}
