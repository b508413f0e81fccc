#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::{fingerprint, layout, write_layout, write_network};

/// Scalars, a function and a constant.
const NEURON: &str = "network Neuron: f64 {
    input   x { i = 0.5 }
    weights { w = 0.25 }
    biases  { b ~ uniform(low = -1, high = 1) }
    layer   y { out = squash(w * i + b) }
    target  t { goal = 1 }
    loss    squared_error(y, t);
    train   sgd(rate = 0.1);
}
const half = 1 / 2;
fn squash(z) = if z < 0 then half * tanh(z) else z / (1 + z ^ 2);
";

/// Arrays, a penalty and a rule with states.
const LAYERS: &str = "network Layers {
    input   x[3];
    layer   hidden[4] = relu(dense(x));
    layer   output[2] = softmax(dense(hidden));
    target  label: class[2];
    loss    cross_entropy(output, label);
    penalty 0.01 * sum(W_hidden ^ 2);
    train   adam(rate = 0.001), batch 8;
    seed    7;
}
";

fn derivation(text: &str) -> mlp_dsl::ir::Derivation {
    mlp_dsl::compile(text).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn of(text: &str) -> (u64, u64) {
    let derivation = derivation(text);
    (fingerprint(&derivation), layout(&derivation))
}

/// Fingerprints are stored beside parameters: no version of the compiler may change them by accident.
#[test]
fn the_hashes_stay() {
    assert_eq!(of(NEURON), (0x6d59a15912739dc9, 0x3b66f24614fe285a));
    assert_eq!(of(LAYERS), (0xf2705fbdc9d573dc, 0x60c655bf4cd04da2));
}

#[test]
fn the_canonical_text_stays() {
    let mut text = String::new();
    write_network(&mut text, &derivation(NEURON)).unwrap();
    assert_eq!(text, "\
network Neuron f64 separate seed 0
constant half 5e-1
function squash 1 ; leaf 0 ; 0e0 ; constant half ; tanh 0 ; multiply 2 3 ; 1e0 ; 2e0 ; power 0 6 ; add 5 7 ; divide 0 8 ; if < 0 1 4 9
weight w trained [ ] fill 2.5e-1
bias b trained [ ] uniform -1e0 1e0 0
equation named i [ ] sample = given
equation named w [ ] batch = given
equation named b [ ] batch = given
equation named goal [ ] sample = given
equation net out [ ] sample = pointwise ; leaf 1 ; leaf 0 ; multiply 0 1 ; leaf 2 ; add 2 3
equation named out [ ] sample = pointwise ; leaf 4 ; apply squash 0
equation component out [ ] sample = pointwise ; leaf 3 ; leaf 5 ; subtract 0 1 ; 2e0 ; power 2 3
equation loss [ ] sample = pointwise ; leaf 6
equation batch-loss mean [ ] batch = batch-mean 7
equation setting rate [ ] batch = setting 1e-1
equation gradient 5 [ ] sample = pointwise ; 2e0 ; leaf 3 ; leaf 5 ; subtract 1 2 ; multiply 0 3 ; negate 4
equation partial 5 4 [ ] sample = pointwise ; leaf 4 ; 0e0 ; constant half ; 1e0 ; tanh 0 ; 2e0 ; power 4 5 ; subtract 3 6 ; multiply 2 7 ; power 0 5 ; add 3 9 ; divide 0 10 ; divide 11 10 ; multiply 5 0 ; multiply 12 13 ; negate 14 ; divide 3 10 ; add 15 16 ; if < 0 1 8 17
equation gradient 4 [ ] sample = pointwise ; leaf 10 ; leaf 11 ; multiply 0 1
equation gradient 2 [ ] sample = pointwise ; leaf 12
equation gradient 1 [ ] sample = pointwise ; leaf 12 ; leaf 0 ; multiply 0 1
equation batch-gradient mean 1 [ ] batch = batch-mean 14
equation batch-gradient mean 2 [ ] batch = batch-mean 13
equation updated 1 [ ] batch = pointwise ; leaf 1 ; leaf 9 ; leaf 15 ; multiply 1 2 ; subtract 0 3
equation updated 2 [ ] batch = pointwise ; leaf 2 ; leaf 9 ; leaf 16 ; multiply 1 2 ; subtract 0 3
");
    let mut text = String::new();
    write_layout(&mut text, &derivation(LAYERS)).unwrap();
    assert_eq!(
        text,
        "\
layout f32
parameter W_hidden [3 4]
parameter b_hidden [4]
parameter W_output [4 2]
parameter b_output [2]
steps
state m_W_hidden [3 4]
state v_W_hidden [3 4]
state m_b_hidden [4]
state v_b_hidden [4]
state m_W_output [4 2]
state v_W_output [4 2]
state m_b_output [2]
state v_b_output [2]
"
    );
}

#[test]
fn a_fingerprint_changes_with_what_the_code_computes() {
    let changed = |from: &str, to: &str| {
        assert!(LAYERS.contains(from), "{from}");
        of(LAYERS).0 != of(&LAYERS.replace(from, to)).0
    };
    assert!(changed("network Layers", "network Other"));
    assert!(changed("network Layers", "network Layers: f64"));
    assert!(changed("rate = 0.001", "rate = 0.002"));
    assert!(changed("seed    7", "seed    8"));
    assert!(changed("relu", "tanh"));
    assert!(changed("hidden[4]", "hidden[5]"));
    assert!(changed("seed    7;", "seed    7; arithmetic fused;"));
    assert!(!changed("network Layers", "/// Documented.\npub network Layers"));
    assert!(!changed("seed    7;", "seed    7; unroll never;"));
    assert!(!changed("    loss", "    // A comment.\n    loss"));
}

/// How a command trains a network is no part of its code.
#[test]
fn a_table_changes_nothing() {
    let said = LAYERS.replace(
        "batch 8;",
        "batch 8, epochs 5, hold_out 0.2, patience 2, shuffle 3; data from \"train.csv\" { label = \"kind\" }",
    );
    assert_eq!(of(&said), of(LAYERS));
    let code = |text: &str| {
        let compiled = mlp_dsl::Compilation::of(text, &mlp_dsl::weights::NoFiles).unwrap();
        crate::emit(&compiled, &crate::Options::default()).to_string()
    };
    assert_eq!(code(&said), code(LAYERS));
}

#[test]
fn a_layout_changes_with_names_and_shapes_only() {
    let changed = |from: &str, to: &str| {
        assert!(LAYERS.contains(from), "{from}");
        of(LAYERS).1 != of(&LAYERS.replace(from, to)).1
    };
    assert!(changed("network Layers", "network Layers: f64"));
    assert!(changed("hidden[4]", "hidden[5]"));
    assert!(changed("adam(rate = 0.001)", "sgd(rate = 0.001)"));
    assert!(!changed("network Layers", "network Other"));
    assert!(!changed("rate = 0.001", "rate = 0.002"));
    assert!(!changed("seed    7", "seed    8"));
    assert!(!changed("relu", "tanh"));
    assert!(!changed("0.01 * sum", "0.02 * sum"));
}
