//! Specifications near the limits.

use super::texts::{HEAD, LENGTH, REST, TAIL, TRAINED, evaluated, fill, largest, list, of};

/// Each with the name of what there is much of.
pub(crate) fn good() -> Vec<(&'static str, String)> {
    [networks(), formulas(), values(), rest(), written()].into_iter().flatten().collect()
}

fn networks() -> Vec<(&'static str, String)> {
    let scalar = "network N { input x { a = 0.5 }";
    let chain = |layer: fn(usize) -> String| {
        move |n: usize| {
            let layers = list(n, |i| format!("layer h{}[9] = {};\n", i + 1, layer(i)));
            format!("{scalar} layer h0[9] = dense(x);\n{layers} layer y[1] = dense(h{n}); {TRAINED}")
        }
    };
    let joined = |n: usize| {
        let others = |i: usize| list(i - i.saturating_sub(40), |back| format!(",h{}", i - back - 1));
        let layers = list(n, |i| format!("layer h{i}[2] = tanh(dense(concat(a{})));\n", others(i)));
        format!("{scalar} {layers} layer y[1] = dense(h{}); {TRAINED}", n - 1)
    };
    let neurons = |n: usize| {
        let neurons = list(n, |i| format!("n{i} = sigmoid(w * a + b),"));
        format!("{HEAD}layer y {{ {neurons} }} loss sum(y); train adam(rate = 0.5); }}")
    };
    let weights = |n: usize| {
        let (weights, neurons) =
            (list(n, |i| format!("w{i},")), list(n, |i| format!("n{i} = sigmoid(w{i} * a),")));
        let rest = "loss sum(y); train adam(rate = 0.5), clip_norm = 1; }";
        format!("{scalar} weights {{ {weights} }} layer y {{ {neurons} }} {rest}")
    };
    let in_a_row = |n: usize| {
        let layers = list(n, |i| format!("layer g{} {{ h{} = tanh(w * h{i}) }}\n", i + 1, i + 1));
        format!("{HEAD}layer g0 {{ h0 = w * a + b }} {layers} layer y {{ o = h{n} }} {REST}")
    };
    let joined_neurons = |n: usize| {
        let first = list(90, |i| format!("g{i} = w * a + b,"));
        let sum = list(90, |i| format!("w * g{i} + "));
        let second = list(n, |i| format!("h{i} = tanh({sum}b),"));
        format!("{HEAD}layer g {{ {first} }} layer h {{ {second} }} layer y {{ o = sum(h) }} {REST}")
    };
    let parameters = |n: usize| {
        let (names, sum) = (list(n, |i| format!("w{i},")), list(n, |i| format!("w{i}+")));
        format!("{scalar} weights {{ {names} }} layer y {{ o = {sum}a }} {TRAINED}")
    };
    let matrices = |n: usize| {
        let (names, sum) = (list(n, |i| format!("w{i}[9,9],")), list(n, |i| format!("sum(w{i})+")));
        format!("{scalar} weights {{ {names} }} layer y {{ o = {sum}a }} {TRAINED}")
    };
    let written_out = |n: usize| {
        format!(
            "network N {{ input x[50]; unroll always; layer h[{n}] = gelu(dense(x)); layer y[10] = softmax(dense(h));
            target t: class[10]; loss cross_entropy(y, t); train adam(rate = 1), clip_norm = 1; }}"
        )
    };
    vec![
        ("layers, each joining 40 others", largest(1000, joined)),
        ("dense layers", largest(1000, chain(|i| format!("gelu(dense(h{i}))")))),
        ("softmaxes", largest(1000, chain(|i| format!("softmax(h{i} * h{i})")))),
        ("skipping layers", largest(1000, chain(|i| format!("elu(h{i}) + h{i} * h0")))),
        ("neurons", largest(10_000, neurons)),
        ("neurons with weights", largest(10_000, weights)),
        ("neurons in a row", largest(1000, in_a_row)),
        ("joined neurons", largest(1000, joined_neurons)),
        ("parameters", largest(20_000, parameters)),
        ("matrices", largest(20_000, matrices)),
        ("written out", largest(200, written_out)),
    ]
}

fn formulas() -> Vec<(&'static str, String)> {
    let in_neuron = |formula: String| format!("{HEAD}layer y {{ o = {formula} }} {REST}");
    let in_neurons = |formula: String| {
        move |n: usize| {
            let neurons = list(n, |i| format!("n{i} = tanh({formula}),"));
            format!("{HEAD}layer y {{ {neurons} }} loss sum(y) + a * w * b; train adam(rate = 0.5); }}")
        }
    };
    let doubling = |n: usize| {
        let functions = list(n, |i| format!("fn f{}(x) = f{i}(x) + f{i}(x);\n", i + 1));
        let head = "network N { input x[2] = 1; weights w[2]; layer y { o =";
        format!("fn f0(x) = sum(x);\n{functions} {head} f{n}(w * x) }} {TRAINED}")
    };
    // A branch that is used by two branches, and so on.
    let choices = |n: usize| {
        let lets = list(n, |i| format!(", u{} = if x < 0 then u{i} else 2 * u{i}", i + 1));
        format!("fn f(x) = let u0 = x * x{lets} in u{n};\n{}", in_neuron("f(w * a)".to_owned()))
    };
    let partials = |n: usize| {
        let product = list(199, |i| format!("*p{i}"));
        let parameters = list(199, |i| format!(",p{i}"));
        let calls = list(n, |i| format!("f{i}(w{}) + ", ",w".repeat(199)));
        list(n, |i| format!("fn f{i}(x{parameters}) = x{product};\n")) + &in_neuron(calls + "b")
    };
    let assignments = |n: usize| {
        let lets = list(n, |i| format!("let u{} = u{i} * g + u{i};\n", i + 1));
        let rule = format!("rule r() {{ state s; let u0 = g;\n{lets} s = u{n} + s; w = w - s; }}\n");
        rule + &in_neuron("w * a + b".to_owned()).replace("adam(rate = 0.5)", "r()")
    };
    let states = |n: usize| {
        let states = list(n, |i| format!("state s{i}; s{i} = s{i} + g; w = w - s{i};\n"));
        let weights = list(60, |i| format!("w{i},"));
        let sum = list(60, |i| format!("w{i}+"));
        format!(
            "rule r() {{ {states} }} network N {{ input x {{ a = 0.5 }} weights {{ {weights} }} layer y {{ o = {sum}a }}
            loss sum(y); train r(); }}"
        )
    };
    let entropies = |n: usize| {
        let losses = list(n, |_| "cross_entropy(y, t) + ".to_owned());
        let network =
            "network N { input x[2] = 1; layer y[3] = softmax(dense(x)); target t: class[3] = 1; loss";
        format!("{network} {losses} 0; train sgd(rate = 1); }}")
    };
    let distinct = |n: usize| {
        let (names, product) = (list(n, |i| format!("w{i},")), list(n, |i| format!("w{i} * ")));
        format!(
            "network N {{ input x {{ a = 0.5 }} weights {{ {names} }} layer y {{ o = {product} a }} {TRAINED}"
        )
    };
    let groups = |n: usize| {
        let neurons = list(n, |i| format!("n{i} = w * a + b,"));
        format!("{HEAD}layer g {{ {neurons} }} layer y {{ o = {}b }} {REST}", "sum(g) + ".repeat(n))
    };
    let penalties = |n: usize| format!("{HEAD}{}{TAIL}", "penalty l2(w, 0.1);\n".repeat(n));
    let names = |n: usize| format!("let u0 = a{} in u{n}", list(n, |i| format!(", u{} = u{i} + w", i + 1)));
    vec![
        ("a sum", largest(100_000, |n| in_neuron("w * a + ".repeat(n) + "b"))),
        ("a product", largest(100_000, |n| in_neuron("w * a * ".repeat(n) + "b"))),
        ("a product of weights", largest(100_000, distinct)),
        ("sums of groups", largest(5_000, groups)),
        ("a quotient", largest(100_000, |n| in_neuron(format!("b{}", " / w".repeat(n))))),
        ("powers", largest(100_000, |n| in_neuron("w^a + ".repeat(n) + "b"))),
        ("signs", largest(500_000, |n| in_neuron("-".repeat(n) + "w"))),
        ("sums in neurons", largest(10_000, in_neurons("w * a + ".repeat(90) + "b"))),
        (
            "nested formulas in neurons",
            largest(10_000, in_neurons("1 - (".repeat(40) + "w * a" + &")".repeat(40))),
        ),
        (
            "nested calls in neurons",
            largest(10_000, in_neurons("gelu(".repeat(40) + "w * a" + &")".repeat(40))),
        ),
        ("nested ifs in neurons", largest(10_000, in_neurons("if a < b then w * a else ".repeat(40) + "b"))),
        ("names in neurons", largest(10_000, in_neurons(names(20)))),
        ("names of a let", largest(200, |n| in_neuron(names(n)))),
        ("calls that double", largest(30, doubling)),
        ("choices that double", largest(190, choices)),
        ("parameters of functions", largest(400, partials)),
        ("assignments of a rule", largest(200, assignments)),
        ("numbers kept by a rule", largest(200, states)),
        ("cross entropies", largest(30_000, entropies)),
        ("penalties", largest(30_000, penalties)),
    ]
}

fn values() -> Vec<(&'static str, String)> {
    let rest = "loss sum(y); train adam(rate = 1); }";
    let vector = |count: usize, value: &str| {
        let values = value.repeat(count);
        format!(
            "network N {{ input x {{ a = 1 }} weights v[{count}] = [{values}]; layer y {{ o = a * sum(v) }} {rest}"
        )
    };
    let samples = |count: usize, target: &str| {
        let data = "0->0,".repeat(count);
        let network = "network N { input x[1]; layer y[1] = dense(x); target t";
        format!(
            "{network}{target}; loss squared_error(sum(y), sum(t)); train sgd(rate = 1); data {{ {data} }} }}"
        )
    };
    let rows = |count: usize| {
        let values = "[1.5],".repeat(count);
        format!(
            "network N {{ input x {{ a = 1 }} weights v[{count}, 1] = [{values}]; layer y = v @ x; {rest}"
        )
    };
    let wide = |count: usize, length: usize, formula: &str| {
        let layer = |i: usize| format!("layer h{} = {};\n", i + 1, formula.replace('$', &format!("h{i}")));
        let head = format!("network N {{ input x[{length}] = 1; weights w = 1; layer h0 = w * x;\n");
        format!("{head}{} layer y {{ o = sum(h{count}) }} {rest}", list(count, layer))
    };
    vec![
        ("samples", largest(100_000, |n| samples(n, "[1]"))),
        ("samples of classes", largest(100_000, |n| samples(n, ": class[41]"))),
        (
            "a sample",
            format!(
                "network N {{ input x[262000]; weights w; layer y {{ o = w * sum(x) }} data {{ [{}] }} }}",
                "1,".repeat(262_000)
            ),
        ),
        ("values", vector(260_000, "1,")),
        ("long values", vector(26_000, "1.23456789012345678,")),
        ("rows", rows(87_000)),
        (
            "sizes",
            format!(
                "network N {{ input x[16000000]; layer y[8] = dense(x); target t: class[8]; loss cross_entropy_from_logits(y, t); {}",
                "train adam(rate = 1); }"
            ),
        ),
        (
            "evaluated weights",
            format!("network N {{ input x[1990] = 1; layer y[2000] = tanh(dense(x)); {rest}"),
        ),
        ("evaluated layers", evaluated(999, |n| wide(n, 5000, "tanh($)"))),
        ("evaluated formulas", evaluated(8, |n| wide(n, 400_000, "gelu_tanh($)"))),
        (
            "evaluated choices",
            evaluated(4, |n| wide(n, 400_000, &format!("{}$", "if $ < w then $ * $ else ".repeat(4)))),
        ),
    ]
}

fn rest() -> Vec<(&'static str, String)> {
    let good = format!("{HEAD}{TAIL}");
    let used = |declare: fn(usize) -> String, name: &'static str, n: usize| {
        list(n, declare) + &good.replace("+ b", &format!("+ {name}{} + b", n - 1))
    };
    vec![
        (
            "constants",
            largest(60_000, |n| {
                used(
                    |i| {
                        format!("const c{i} = {};\n", if i == 0 { "1".into() } else { format!("c{}", i - 1) })
                    },
                    "c",
                    n,
                )
            }),
        ),
        (
            "functions",
            largest(60_000, |n| {
                used(
                    |i| {
                        format!(
                            "fn f{i}(x) = {};\n",
                            if i == 0 { "x * x".into() } else { format!("f{}(x) + 1", i - 1) }
                        )
                    },
                    "w + f",
                    n,
                )
                .replace("+ w + f", "+ f")
                .replace(" + b)", "(w) + b)")
            }),
        ),
    ]
}

/// Texts that need no search for the largest.
pub(crate) fn written() -> Vec<(&'static str, String)> {
    let good = format!("{HEAD}{TAIL}");
    vec![
        ("comments", fill("", of("// c\n/**/"), &good)),
        ("nested comments", fill("", of(&("/*".repeat(48) + &"*/".repeat(48))), &good)),
        ("documentation", fill("", of("/// `*_\n"), &good)),
        ("a question", fill("document { question = \"", of("</>\\n"), &format!("\" }}\n{good}"))),
        ("white space", fill("", of("\n\u{2028}\t"), &good)),
        ("hidden signs", format!("{good} //{}", "\u{202e}".repeat((LENGTH - good.len()) / 3 - 1))),
    ]
}
