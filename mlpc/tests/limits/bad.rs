//! Long texts that are no specifications.

use super::texts::{HEAD, LENGTH, TAIL, TRAINED, fill, list, of};

/// Each with the name of what there is much of.
pub(crate) fn bad() -> Vec<(&'static str, String)> {
    let good = format!("{HEAD}{TAIL}");
    let noise = |i: usize| char::from(b"(x1;={},+\n"[(i.wrapping_mul(2_654_435_761) >> 7) % 10]).to_string();
    let unknown = format!("fn f(x) = sum(x) + unknown(x);\n{HEAD}layer h = b");
    let functions = list(20_000, |i| format!("fn f{i}(x) = x;\n"));
    let product = |n: usize| {
        let (names, product) = (list(n, |i| format!("w{i},")), list(n, |i| format!("w{i} * ")));
        format!("network N {{ input x {{ a }} weights {{ {names} }} layer y {{ o = {product} a }} loss o; }}")
    };
    let states = |n: usize| {
        let state = list(200, |i| format!("state s{i}; s{i} = g; "));
        let (names, sum) = (list(n, |i| format!("w{i},")), list(n, |i| format!("w{i} + ")));
        let network =
            format!("input x {{ a }} weights {{ {names} }} layer y {{ o = {sum} a }} loss o; train r();");
        format!("rule r() {{ {state} w = w - s0; }} network N {{ {network} }}")
    };
    vec![
        ("statements that can't be read", fill("network N { ", of("!?;\n"), "}")),
        ("documented nothing", fill("network N { ", of("///\n"), "}")),
        ("unknown statements", fill("network N { ", |i| format!("word{i} x;\n"), "}")),
        ("items that can't be read", fill("", of("?;\n"), "")),
        ("unknown names", fill(HEAD, |i| format!("layer h{i} {{ g{i} = wx{i} }}\n"), TAIL)),
        ("unknown functions", fill(&format!("{functions}{unknown}"), of("+f(w)"), &format!("; {TAIL}"))),
        ("unused names", fill(HEAD, |i| format!("weights q{i};\n"), TAIL)),
        ("unused functions", fill("", |i| format!("fn f{i}(x) = x*x;\n"), &good)),
        ("unused rules", fill("", |i| format!("rule r{i}() {{ w = w - g; }}\n"), &good)),
        ("names declared twice", fill(HEAD, of("weights w;\n"), TAIL)),
        ("layers", fill("network N { input x[9];", |i| format!("layer h{i}[9]=dense(x);\n"), "}")),
        ("neurons", fill(&format!("{HEAD}layer y {{"), |i| format!("n{i}=w,"), "} }")),
        ("a sum", fill(&format!("{HEAD}layer y {{ o = b"), of("+w"), &format!("}} {TRAINED}"))),
        ("a call", fill(&format!("{HEAD}layer y {{ o = max(b"), of(",w"), &format!(") }} {TRAINED}"))),
        ("a concat", fill(&format!("{HEAD}layer h = concat(b"), of(",w"), ");}")),
        (
            "calls",
            fill(
                &format!("fn f(x) = {}; {HEAD}layer h = f(w)", "gelu(x)+".repeat(20) + "x"),
                of("+f(w)"),
                ";}",
            ),
        ),
        (
            "calls of functions of arrays",
            fill(&format!("fn f(x) = sum(x){}; {HEAD}layer h = f(x)", " + x".repeat(400)), of("+f(x)"), ";}"),
        ),
        ("parameters of a function", fill("fn f(x", |i| format!(", p{i} = 1"), &format!(") = x;\n{good}"))),
        ("forms of a derivative", fill("fn f(x) = x derivative 1", of(" = 1"), &format!(";\n{good}"))),
        (
            "names of a let",
            fill(&format!("{HEAD}layer y {{ o = let u = w"), of(",u=u"), &format!(" in u }} {TRAINED}")),
        ),
        (
            "assignments of a rule",
            fill("rule r() { state s; ", of("s = s;"), &format!("w = w - g; }} {good}")),
        ),
        (
            "large rules",
            fill(
                "",
                |i| format!("rule r{i}() {{ {} w = w - u199; }}\n", list(200, |i| format!("let u{i} = g;"))),
                &good,
            ),
        ),
        ("a product of weights", product(10_000)),
        ("states of many weights", states(15_000)),
        ("a shape", fill(&format!("{HEAD}weights v[1"), of(",1"), "];}")),
        ("samples of nothing", fill(&format!("{HEAD}data {{ "), of("[],"), &format!("}} {TAIL}"))),
        ("options", fill(&format!("{HEAD}train sgd(rate=1)"), of(",b 1"), &format!("; {TAIL}"))),
        ("training rules", fill(HEAD, of("train sgd(rate=1);"), TAIL)),
        ("entries", fill("document { title = 1", |i| format!(",e{i}=1"), &format!("}} {good}"))),
        ("brackets", "(".repeat(LENGTH)),
        ("pairs of brackets", "()".repeat(LENGTH / 2)),
        ("brackets that don't match", "(".repeat(LENGTH / 2) + &"]".repeat(LENGTH / 2)),
        ("closing brackets", "}".repeat(LENGTH)),
        ("nested comments", "/*".repeat(LENGTH / 4) + &"*/".repeat(LENGTH / 4)),
        ("a name", fill("network ", of("n"), " { }")),
        ("a name of accents", fill("network e", of("\u{301}\u{327}"), " { }")),
        ("a number", fill(&format!("{HEAD}weights v = "), of("9"), &format!(";{TAIL}"))),
        ("a string", fill("document { title = \"", of("\\"), "")),
        ("an open comment", fill("", of("/* "), "")),
        ("open raw strings", fill("", of("r#\""), "")),
        ("one line", fill("network N { ", of("\u{202e}x "), "}")),
        ("no line", "\n".repeat(LENGTH)),
        ("NUL", "\0".repeat(LENGTH)),
        ("noise", fill("network N { ", noise, "")),
    ]
}
