//! The entry points that write gradients with respect to inputs, and those back from the output.

use super::{
    super::{Entry, Instruction, plan},
    compiled, network,
};
use crate::ir::Derivation;

const SGD: &str = "train sgd(rate = 0.1), batch 50, samples 100;";

/// The plan of a network that asks for gradients with respect to its inputs.
fn text(sizes: [usize; 3], entry: Entry) -> String {
    let derivation = pulled(&network("backward inputs;", sizes, "relu", SGD));
    plan(&derivation).text_of(&derivation, entry).to_string()
}

fn pulled(derivation: &Derivation) -> Derivation {
    derivation.with_pull_back().unwrap().unwrap()
}

#[test]
fn the_gradient_with_respect_to_the_input_is_one_product_more() {
    insta::assert_snapshot!(text([20, 32, 4], Entry::InputGradient), @r"
    input gradient, for each instruction set:
      net_h = product x[20] · W1 + b1
      h = loop[32] relu(net_h)
      y = product h[32] · W2 + b2
      E_y = loop[4] 0.5 * (t - y)^2
      E = sum(E_y)
      d_y = loop[4] -(t - y)
      d_h = product W2 · d_y[4]
      loop[32] let d_h_d_net_h = if net_h <= 0 then 0 else 1; delta_h = d_h * d_h_d_net_h
      d_x = product W1 · delta_h[32]
      input gradient [d_x]
      return E
    ");
    insta::assert_snapshot!(text([20, 32, 4], Entry::AccumulateWithInputBlock), @r"
    accumulate a block with input, for each instruction set:
      net_h = product x[50 × 20] · W1 + b1 (batched)
      h = loop[32 × 50 samples] relu(net_h)
      y = product h[50 × 32] · W2 + b2 (batched)
      E_y = loop[4 × 50 samples] 0.5 * (t - y)^2
      for each sample:
        E = sum(E_y)
        keep E
      d_y = loop[4 × 50 samples] -(t - y)
      d_h = product W2 · d_y[50 × 4] (batched)
      loop[32 × 50 samples] let d_h_d_net_h = if net_h <= 0 then 0 else 1; delta_h = d_h * d_h_d_net_h
      d_x = product W1 · delta_h[50 × 32] (batched)
      for each sample:
        mean_d_b1 += delta_h
        mean_d_b2 += d_y
        total += E
        input gradient [d_x]
      mean_d_W1 += outer(x, delta_h) (batched)
      mean_d_W2 += outer(h, d_y) (batched)
      divide [mean_d_b1, mean_d_b2] after the last block
    ");
}

#[test]
fn a_backward_pass_from_the_output_reads_no_target() {
    insta::assert_snapshot!(text([20, 32, 4], Entry::PullBack), @r"
    pull back, for each instruction set:
      net_h = product x[20] · W1 + b1
      loop[32] h = relu(net_h); d_h_d_net_h = if net_h <= 0 then 0 else 1
      pulled_h = product W2 · pulled_y[4]
      pulled_net_h = loop[32] pulled_h * d_h_d_net_h
      pulled_x = product W1 · pulled_net_h[32]
      batch_pulled_W1 += outer(x, pulled_net_h)
      batch_pulled_b1 += pulled_net_h
      batch_pulled_W2 += outer(h, pulled_y)
      batch_pulled_b2 += pulled_y
      input gradient [pulled_x]
    ");
    insta::assert_snapshot!(text([20, 32, 4], Entry::PullBackBlock), @r"
    pull back a block, for each instruction set:
      net_h = product x[50 × 20] · W1 + b1 (batched)
      loop[32 × 50 samples] h = relu(net_h); d_h_d_net_h = if net_h <= 0 then 0 else 1
      pulled_h = product W2 · pulled_y[50 × 4] (batched)
      pulled_net_h = loop[32 × 50 samples] pulled_h * d_h_d_net_h
      pulled_x = product W1 · pulled_net_h[50 × 32] (batched)
      for each sample:
        batch_pulled_b1 += pulled_net_h
        batch_pulled_b2 += pulled_y
        input gradient [pulled_x]
      batch_pulled_W1 += outer(x, pulled_net_h) (batched)
      batch_pulled_W2 += outer(h, pulled_y) (batched)
      divide [batch_pulled_b1, batch_pulled_b2] after the last block
    ");
    insta::assert_snapshot!(text([2, 3, 1], Entry::PullBack), @r"
    pull back:
      step_1 = product x[2] · W1 (unrolled)
      net_h = unrolled[3] step_1 + b1
      h = unrolled[3] relu(net_h)
      d_h_d_net_h = unrolled[3] if net_h <= 0 then 0 else 1
      pulled_h = product W2 · pulled_y[1] (unrolled)
      pulled_net_h = unrolled[3] pulled_h * d_h_d_net_h
      pulled_x = product W1 · pulled_net_h[3] (unrolled)
      batch_pulled_W1 += outer(x, pulled_net_h) (unrolled)
      batch_pulled_b1 += pulled_net_h
      batch_pulled_W2 += outer(h, pulled_y) (unrolled)
      batch_pulled_b2 += pulled_y
      input gradient [pulled_x]
    ");
}

#[test]
fn the_other_entry_points_are_the_same() {
    let sizes = [20, 32, 4];
    let (with, without) = (network("backward inputs;", sizes, "tanh", SGD), network("", sizes, "tanh", SGD));
    let with = pulled(&with);
    let entries = |derivation: &Derivation| {
        let plan = plan(derivation);
        let own = plan.routines.iter().filter(|routine| {
            let writes = |instruction: &Instruction| match instruction {
                Instruction::InputGradient(_) => true,
                Instruction::Samples(body) => {
                    body.iter().any(|one| matches!(one, Instruction::InputGradient(_)))
                }
                _ => false,
            };
            !routine.instructions.iter().any(writes)
        });
        own.map(|routine| plan.text_of(derivation, routine.entry).to_string()).collect::<Vec<_>>()
    };
    assert_eq!(entries(&with), entries(&without));
}

#[test]
fn a_network_without_a_loss_or_without_trained_parameters_has_them_too() {
    let text =
        "network N { backward inputs; input x[2]; frozen weights W[2, 2] = 1; layer y[2] = tanh(x @ W); }";
    let derivation = pulled(&compiled(text));
    let plan = plan(&derivation);
    insta::assert_snapshot!(plan.text_of(&derivation, Entry::PullBack), @r"
    pull back:
      net_y = product x[2] · W (unrolled)
      y = unrolled[2] tanh(net_y)
      d_y_d_net_y = unrolled[2] 1 - y^2
      pulled_net_y = unrolled[2] pulled_y * d_y_d_net_y
      pulled_x = product W · pulled_net_y[2] (unrolled)
      input gradient [pulled_x]
    ");
    let text =
        "network N { backward inputs; input x { a, b }; frozen weights W[2, 2] = 1; layer y[2] = tanh(x @ W);
        target t: class[2]; loss cross_entropy(softmax(y), t); }";
    let derivation = pulled(&compiled(text));
    let plan = super::super::plan(&derivation);
    insta::assert_snapshot!(plan.text_of(&derivation, Entry::InputGradient), @r"
    input gradient:
      step_1 = [a, b]
      net_y = product step_1[2] · W (unrolled)
      y = unrolled[2] tanh(net_y)
      step_3 = softmax(y)
      E = softmax_cross_entropy(y, t)
      step_4 = sum(t)
      d_y = unrolled[2] step_3 * step_4 - t
      d_y_d_net_y = unrolled[2] 1 - y^2
      delta_y = unrolled[2] d_y * d_y_d_net_y
      d_step_1 = product W · delta_y[2] (unrolled)
      d_b = d_step_1[1]
      d_a = d_step_1[0]
      input gradient [d_a, d_b]
      return E
    ");
}
