//! Messages for wrong specifications: one fixture for each error.

use crate::common::{check_text, error, error_modules, folder, mlpc};

/// Each fixture fails; its snapshot is the page that the user sees.
#[test]
fn fixtures() {
    insta::glob!("../fixtures", "*.mlp", |path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let run = mlpc(&["check", name]).current_dir(folder("tests/fixtures")).assert().code(1).stdout("");
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(said) });
    });
}

/// Each fixture ends with its expected errors, `//~ line:column code title`; where its
/// text can't take another comment, they are in a file of their own.
#[test]
fn fixtures_say_what_is_wrong_with_them() {
    let mut count = 0;
    for entry in std::fs::read_dir(folder("tests/fixtures")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "mlp") {
            continue;
        }
        count += 1;
        let name = path.file_name().unwrap().to_str().unwrap();
        let mut command = mlpc(&["check", name, "--message-format", "short"]);
        let run = command.current_dir(folder("tests/fixtures")).assert().code(1).stdout("");
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        let found: Vec<String> = said
            .lines()
            .map(|line| {
                line.replacen(&format!("{name}:"), "", 1).replacen(": error[", " ", 1).replacen("]: ", " ", 1)
            })
            .collect();
        let expected = match std::fs::read_to_string(path.with_extension("expected")) {
            Ok(beside) => beside.lines().map(str::to_owned).collect::<Vec<_>>(),
            Err(_) => {
                let text = std::fs::read_to_string(&path).unwrap();
                text.lines().filter_map(|line| line.strip_prefix("//~ ").map(str::to_owned)).collect()
            }
        };
        assert_eq!(found, expected, "{name}");
        assert!(!found.is_empty(), "{name}");
    }
    assert!(count >= 100, "{count} fixtures");
}

/// Every code of the compiler is given by a fixture.
#[test]
fn every_code_has_a_fixture() {
    let mut fixtures = String::new();
    for entry in std::fs::read_dir(folder("tests/fixtures")).unwrap() {
        fixtures.push_str(&String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()));
    }
    // No specification gives an internal error; a text that is too long has another test.
    let elsewhere = ["M0001", "M0101"];
    for text in error_modules() {
        for (at, _) in text.match_indices("\"M0") {
            let code = &text[at + 1..at + 6];
            let shown = fixtures.contains(&format!(" {code} ")) || elsewhere.contains(&code);
            assert!(shown, "no fixture gives {code}");
        }
    }
}

#[test]
fn a_line_of_json_for_each_mistake() {
    let broken = folder("tests/fixtures/name_misspelt.mlp");
    let run = mlpc(&["check", "--message-format", "json"]).arg(&broken).assert().code(1).stdout("");
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    let start = "{\"level\":\"error\",\"code\":\"M0201\",\"title\":\"unknown name `bl`\",\"file\":";
    assert!(said.starts_with(start) && said.trim_end().ends_with("\"}"), "{said}");
    let label = "{\"start\":175,\"end\":177,\"line\":6,\"column\":38,\"end_line\":6,\"end_column\":40,\"text\":\"not declared\"}";
    assert!(said.contains(label), "{said}");
    assert!(said.contains("\"help\":\"did you mean `b1`?\""), "{said}");
    assert!(said.contains("\"rendered\":\"error[M0201]: unknown name `bl`\\u000a -->"), "{said}");
}

#[test]
fn every_command_shows_diagnostics() {
    let broken = folder("tests/fixtures/name_misspelt.mlp");
    for command in ["check", "summary", "eval", "derive", "emit"] {
        let run = mlpc(&[command]).arg(&broken).assert().code(1).stdout("");
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        assert!(said.contains("error[M0201]: unknown name `bl`"), "{command}: {said}");
    }
}

/// Colours are for terminals, and a file or pipe is none.
#[test]
fn no_control_characters_come_out() {
    for entry in std::fs::read_dir(folder("tests/fixtures")).unwrap() {
        let text = std::fs::read(entry.unwrap().path()).unwrap();
        let said = check_text(text, 1);
        let acts = |c: char| {
            (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!said.contains(acts), "{said:?}");
    }
}

#[test]
fn the_file_name_is_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a\u{1b}[31m\u{202e}.mlp");
    std::fs::write(&file, "network").unwrap();
    let run = mlpc(&["check"]).arg(&file).assert().code(1);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("a\\u{1b}[31m\\u{202e}.mlp"), "{said:?}");
    assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
}

#[test]
fn garbage_as_long_as_is_read() {
    let mut state = 1_u64;
    let mut noise = |alphabet: &[u8]| -> Vec<u8> {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            alphabet[(state >> 33) as usize % alphabet.len()]
        };
        (0..500_000).map(|_| next()).collect()
    };
    for alphabet in ["abc x1 2.;=,+-*@\n", "()[]{};= a\n", "\"'#/*r\n ", "network {}layer=;\u{7}\n"] {
        let said = check_text(noise(alphabet.as_bytes()), 1);
        assert!(said.contains("error[M01"), "{said}");
    }
}

#[test]
fn too_long_and_endless() {
    let said = check_text("// a comment\n".repeat(100_000), 1);
    assert!(said.contains("error[M0101]: the specification is too long"), "{said}");
    if cfg!(target_os = "linux") {
        let said = error(&["check", "/dev/zero"], 1);
        assert!(said.contains("error[M0101]"), "{said}");
    }
}

#[test]
fn not_utf8() {
    let said = check_text(*b"network N {\n    input \xff[2];\n}", 1);
    assert!(said.starts_with("error: <stdin> is not UTF-8 text: byte 22, in line 2"), "{said}");
    let utf16: Vec<u8> = "network N".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let said = check_text([vec![0xff, 0xfe], utf16].concat(), 1);
    assert!(said.contains("this looks like a binary file"), "{said}");
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    let text = std::fs::read_to_string(folder("../examples/course/exercise.mlp")).unwrap();
    check_text(format!("\u{feff}{text}"), 0);
}

#[test]
fn deep_nesting() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("-(", ")"),
        ("exp(", ")"),
        ("2^", ""),
        ("2^--", ""),
        ("2^(x)^(1 + ", ")"),
        ("if x > 0 then x else ", ""),
        ("let a = x, b = ", " in b"),
        ("if x > 0 then let a = x, b = ", " in b else 0"),
        ("let r#in = x, b = ", " in b"),
        ("let a = 1 in max(a, let b = ", " in b)"),
    ] {
        let (open, close) = (open.repeat(10_000), close.repeat(10_000));
        let said = check_text(format!("network N {{ input x[1]; layer y = {open}x{close}; }}"), 1);
        assert!(said.contains("error[M0102]: the nesting is too deep"), "{said}");
    }
    let said = check_text("(".repeat(500_000), 1);
    assert!(said.contains("error[M0102]"), "{said}");
    check_text(format!("network N {{ input x[1]; weights w; layer y = {}w * x; }}", "-".repeat(100_000)), 0);
}

/// Chains of functions of vectors, each of which calls the one before it twice, and the deepest
/// formulas in the deepest calls.
#[test]
fn chains_of_functions() {
    let chain = |count: usize, body: &dyn Fn(usize) -> String| {
        let mut text = "fn f0(x) = sum(x);\n".to_owned();
        (1..count).for_each(|i| text.push_str(&format!("fn f{i}(x) = {};\n", body(i - 1))));
        text + &format!(
            "network N {{ input x[2]; weights w[2]; layer y {{ y1 = f{}(w * x) }} }}\n",
            count - 1
        )
    };
    check_text(chain(10, &|i| format!("f{i}(x) + f{i}(x)")), 0);
    check_text(chain(30, &|i| format!("1 + f{i}(x)")), 0);
    let deep = |i: usize| format!("{}f{i}(x){}", "1 - (".repeat(40), ")".repeat(40));
    for text in [
        chain(40, &|i| format!("f{i}(x) + f{i}(x)")),
        chain(31, &|i| format!("f{i}(x) + f{i}(x)")),
        chain(5000, &|i| format!("f{i}(x) + f{i}(x)")),
        chain(5000, &|i| format!("f{i}(x)")),
        chain(32, &deep),
    ] {
        let said = check_text(text, 1);
        assert!(said.contains("error[M0603]: the formulas are too large"), "{said}");
        assert!(said.contains("error: found 1 error in <stdin>"), "{said}");
    }
}

/// Comments and strings without an end, inside one another: each must be looked at once.
#[test]
fn endless_comments_and_strings() {
    for (text, what) in [
        ("/* ".repeat(170_000), "comment"),
        ("\"\\".repeat(170_000), "string"),
        ("r#\"".repeat(170_000), "string"),
    ] {
        let said = check_text(text, 1);
        assert!(said.contains(&format!("error[M0103]: this {what} is never closed")), "{said}");
    }
    // A sign that is no word, after which the scan and the grammar may disagree.
    check_text(format!("1r\"\\\" {} \"", "/* ".repeat(5_000)), 1);
    check_text(format!("€r\"\\\" {} \" \"", "/* ".repeat(5_000)), 1);
}

/// A repaired statement is read again, but not the rest of the text each time.
#[test]
fn recovery_is_linear() {
    for line in ["layer a = b\n", "loss (a)\n", "loss -a\n", "layr a = b;\n", "layer a = (b;\n", "# a\n"] {
        let said = check_text(format!("network N {{ {} }}", line.repeat(70_000)), 1);
        assert!(said.contains("error[M01"), "{line}");
    }
}
