//! The work of reading a text grows with its size, for each rule of the grammar: side by side and, where rules nest, in
//! depth. Backtracking grows as a square or a power and is found.
//!
//! Work is counted: the parser's steps, as its limit of steps sees them, and allocations. A pass over the text for each
//! error that allocates nothing is not seen; for it `recovery_is_linear` of `mlpc` has 70,000 errors in a text.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    collections::BTreeSet,
    fs,
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use mlp_dsl::{diagnostic::Diagnostics, syntax::parse};

thread_local! {
    /// Allocations of this thread, and their bytes.
    static ALLOCATED: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// The system's allocator, counting.
struct Counting;

#[allow(unsafe_code, reason = "an allocator is unsafe to write")]
// SAFETY: each call is passed on as it is; the counter neither allocates nor is dropped.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.with(|counter| {
            let (count, bytes) = counter.get();
            counter.set((count + 1, bytes + layout.size()));
        });
        // SAFETY: the caller keeps the contract of the same function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of the same function.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Rules, and a text that repeats them: its start, the repeated part, its end.
struct Flat(&'static str, &'static str, &'static str, &'static str);

const FLAT: [Flat; 49] = [
    Flat(
        "file item network visibility kw_network kw_pub kw_crate",
        "",
        "pub(crate) network N: f32 { }\n",
        "",
    ),
    Flat(
        "attribute attribute_content",
        "",
        "#[derive(Copy, a::B)] #[cfg(all(unix, feature = \"a\"))] network N { }\n",
        "",
    ),
    Flat("kw_super kw_self", "", "pub(super) network N { } pub(self) network N { }\n", ""),
    Flat("statement input declaration shape kw_input", "network N { ", "input x[3, 4];\n", "}"),
    Flat("group", "network N { ", "input x { a = 1, b = 2, c }\n", "}"),
    Flat("target kw_target", "network N { ", "target t[3];\n", "}"),
    Flat("importance kw_importance", "network N { ", "importance u;\n", "}"),
    Flat("output kw_output", "network N { ", "output a, b;\n", "}"),
    Flat("class_target kw_class", "network N { ", "target t: class[3] = 1;\n", "}"),
    Flat("parameters parameter_kind kw_weights kw_biases", "network N { ", "weights w[3]; biases b;\n", "}"),
    Flat(
        "weight_file kw_from kw_transposed",
        "network N { ",
        "weights from \"a\"; weights from \"b\" transposed;\n",
        "}",
    ),
    Flat("frozen kw_frozen", "network N { ", "frozen weights w[3]; frozen layer y[2] = x;\n", "}"),
    Flat("declarations", "network N { weights ", "w[3] = 0.5, ", "w; }"),
    Flat("start_value value", "network N { ", "weights w = 0.5;\n", "}"),
    Flat("list", "network N { weights w = [", "[1, 2, -3e5], ", "1]; }"),
    Flat("initializer call", "network N { ", "weights w ~ xavier(seed = 1);\n", "}"),
    Flat("layer kw_layer", "network N { ", "layer y[2] = dense(x);\n", "}"),
    Flat("neurons neuron", "network N { layer y { ", "o = a * b, ", "} }"),
    Flat("loss kw_loss penalty kw_penalty", "network N { ", "loss e(y, t); penalty l2(w, 1);\n", "}"),
    Flat(
        "train train_option kw_train",
        "network N { ",
        "train sgd(rate = 1), batch 5, clip_norm = 1;\n",
        "}",
    ),
    Flat("seed kw_seed", "network N { ", "seed 7;\n", "}"),
    Flat("batch kw_batch", "network N { ", "batch 7;\n", "}"),
    Flat("backward kw_backward", "network N { ", "backward inputs;\n", "}"),
    Flat(
        "data samples sample sample_values tuple kw_data",
        "network N { data { ",
        "(1, 2) -> [3, 4], ",
        "} }",
    ),
    Flat(
        "expect expected_values expected_value kw_expect kw_within",
        "network N { ",
        "expect { x = [1, 2], y = 3 } within 1e-6;\n",
        "}",
    ),
    Flat(
        "expected_tensors expected_tensor",
        "network N { expect from \"a\" { ",
        "a = \"b\", ",
        "} within 1; }",
    ),
    Flat(
        "unroll arithmetic kw_unroll kw_arithmetic",
        "network N { ",
        "unroll always; arithmetic fused;\n",
        "}",
    ),
    Flat(
        "mappings mapping kw_untransposed",
        "network N { weights from \"a\" { ",
        "a = \"b\" untransposed, ",
        "} }",
    ),
    Flat(
        "data_file columns column texts kw_classes",
        "network N { data from \"a\", \"b\" { ",
        "a = [\"b\", \"c\"] classes [\"d\"], ",
        "} }",
    ),
    Flat("kw_ignore", "network N { weights from \"a\" { ", "ignore \"b\", ", "} }"),
    Flat("weighting kw_weighted kw_by", "network N { ", "loss e(y, t) weighted by u;\n", "}"),
    Flat("allow kw_allow", "network N { ", "allow W0101, W0203;\n", "}"),
    Flat("document kw_document", "", "document { title = \"a\" }\n", ""),
    Flat("entries entry string", "document { ", "title = \"a\\\"b\", headings = { loss = \"c\" }, ", "}"),
    Flat("constant kw_const", "", "const a = 2 * 3;\n", ""),
    Flat("function kw_fn", "", "fn f(x) = x;\n", ""),
    Flat("function_parameters function_parameter", "fn f(", "a = 1, b, ", "c) = a;"),
    Flat("update_rule kw_rule", "", "rule r(rate) { w = w - rate * g; }\n", ""),
    Flat(
        "rule_statement state assignment kw_state",
        "rule r(rate) { ",
        "state m, v; let d = g; m = d;\n",
        "}",
    ),
    Flat(
        "textbook kw_textbook derivative kw_derivative kernel kw_kernel",
        "",
        "fn f(x) = x textbook x derivative 1 = 1 + 0 kernel k;\n",
        "",
    ),
    Flat(
        "expression sum sum_operator product product_operator power primary",
        "const a = ",
        "b^2 * c / d @ e + f - ",
        "g;",
    ),
    Flat("signed minus number digits name", "const a = ", "- - -1_000.5e-3 + r#type + ", "b;"),
    Flat("argument", "const a = f(", "b, c = d * 2, ", "e);"),
    Flat("binding bound kw_let kw_in", "const a = ", "(let u = b, v = c in u * v) + ", "d;"),
    Flat(
        "conditional condition comparison kw_if kw_then kw_else",
        "const a = ",
        "(if b < c then d else e) + ",
        "f;",
    ),
    Flat("doc doc_line", "", "/// a line\n#[doc = \"another\"]\n", "const a = 1;"),
    Flat("bad_item item_start tree block inside lone_item", "", "what is (this) { and [that] }\n", ""),
    Flat(
        "bad_statement statement_start lone_statement statements",
        "network N { ",
        "weights w = = (2] 3\nlayer y z;\n",
        "}",
    ),
    Flat("WHITESPACE COMMENT block_comment", "", " \t\u{2028} // a\n /* b /* c */ d */ ", ""),
];

/// Rules inside one another: what opens, what is in the middle, what closes.
struct Nested(&'static str, &'static str, &'static str, &'static str);

const NESTED: [Nested; 11] = [
    Nested("expression primary", "(", "x", ")"),
    Nested("call argument", "f(a = ", "x", ", b)"),
    Nested("conditional", "if a < b then ", "x", " else c"),
    Nested("conditional", "if a < b then c else ", "x", ""),
    Nested("condition", "if (", "x", ") < b then c else d"),
    Nested("binding", "let u = v in ", "x", ""),
    Nested("binding bound", "let u = (", "x", ") in u"),
    Nested("power signed", "a^-", "x", ""),
    Nested("minus signed", "- ", "x", ""),
    Nested("list value", "[", "x", ", 1]"),
    Nested("block tree inside", "what ( { [", "x", "] } )"),
];

const SIZE: usize = 6_000;
/// How much larger the second text is; a square would take 16 times the work.
const FACTOR: usize = 4;
/// Work of the second text over that of the first: 4, and room for tables that double.
const MOST: usize = 6;

/// The parser's limit of steps holds for the process, and tests are threads of it.
static LIMIT: Mutex<()> = Mutex::new(());

/// The tree and the diagnostics of a text, when each run of the parser has a limit of steps.
fn read(text: &str, limit: Option<usize>) -> String {
    pest::set_call_limit(limit.and_then(NonZeroUsize::new));
    let mut found = Diagnostics::default();
    let ast = parse(text, &mut found);
    pest::set_call_limit(None);
    format!("{ast:?} {found:?}")
}

/// The fewest steps that are enough for a text.
fn steps(text: &str) -> usize {
    let expected = read(text, None);
    let enough = |limit: usize| read(text, Some(limit)) == expected;
    let (mut few, mut many) = (0, text.len());
    while !enough(many) {
        (few, many) = (many, 4 * many);
    }
    while many - few > 1 + few / 64 {
        let middle = few + (many - few) / 2;
        if enough(middle) { many = middle } else { few = middle }
    }
    many
}

/// Allocations, and their bytes.
fn allocated(text: &str) -> (usize, usize) {
    let (count, bytes) = ALLOCATED.get();
    let mut found = Diagnostics::default();
    drop(parse(text, &mut found));
    (ALLOCATED.get().0 - count, ALLOCATED.get().1 - bytes)
}

/// What grows faster than the text.
fn faster(text: impl Fn(usize) -> String) -> Vec<String> {
    let _alone = LIMIT.lock().unwrap_or_else(PoisonError::into_inner);
    let (small, large) = (text(1), text(FACTOR));
    assert!(large.len() <= FACTOR * small.len() + small.len() / 2, "{} bytes", large.len());
    let mut faster = Vec::new();
    let steps = steps(&small);
    if read(&large, Some(MOST * steps)) != read(&large, None) {
        faster.push(format!("{steps} steps, and more than {}", MOST * steps));
    }
    let ((count, bytes), (more, larger)) = (allocated(&small), allocated(&large));
    if more > MOST * count {
        faster.push(format!("{count} allocations, and {more}"));
    }
    if larger > MOST * bytes {
        faster.push(format!("{bytes} bytes allocated, and {larger}"));
    }
    faster
}

fn grows_with_its_size(what: &str, text: impl Fn(usize) -> String) {
    let faster = faster(text);
    assert!(faster.is_empty(), "{what}: {FACTOR} times the text takes {faster:?}");
}

/// Each count sees a square: the number of statements is one, in texts that white space fills up.
#[test]
fn squares_are_seen() {
    let faster = faster(|factor| {
        let statements = "weights w = 1;\n".repeat(40 * factor * factor);
        format!("network N {{ {statements:width$} }}", width = factor * SIZE)
    });
    assert_eq!(faster.len(), 3, "{faster:?}");
}

#[test]
fn side_by_side() {
    for Flat(rules, before, unit, after) in FLAT {
        grows_with_its_size(rules, |factor| {
            format!("{before}{}{after}", unit.repeat(factor * SIZE / unit.len()))
        });
    }
}

#[test]
fn inside_one_another() {
    const DEPTH: usize = 11;
    for Nested(rules, open, middle, close) in NESTED {
        grows_with_its_size(rules, |factor| {
            let depth = factor * DEPTH / open.matches(['(', '[', '{']).count().max(1);
            let formula = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
            format!("network N {{ {} }}", format!("layer y = {formula};\n").repeat(40))
        });
    }
}

#[test]
fn no_rule_is_left_out() {
    let grammar =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../mlp-dsl/src/syntax/mlp.pest"));
    let grammar = grammar.unwrap();
    let rules: BTreeSet<&str> = grammar
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .filter(|name| name.chars().all(|c| c.is_ascii_alphabetic() || c == '_'))
        .collect();
    let named = FLAT.iter().map(|flat| flat.0).chain(NESTED.iter().map(|nested| nested.0));
    let named: BTreeSet<&str> = named.flat_map(str::split_whitespace).collect();
    assert_eq!(rules.difference(&named).collect::<Vec<_>>(), Vec::<&&str>::new(), "rules without a text");
    assert_eq!(named.difference(&rules).collect::<Vec<_>>(), Vec::<&&str>::new(), "no rules of the grammar");
}
