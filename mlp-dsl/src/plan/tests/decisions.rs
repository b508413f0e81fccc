//! One decision of the plan in each test.

use super::{
    super::{Entry, Field, plan, thresholds},
    compiled, network,
};

const SGD: &str = "train sgd(rate = 0.1), batch 50, samples 100;";

fn text(options: &str, sizes: [usize; 3], activation: &str, train: &str, entry: Entry) -> String {
    let derivation = network(options, sizes, activation, train);
    plan(&derivation).text_of(&derivation, entry).to_string()
}

#[test]
fn a_product_adds_the_bias() {
    let text = text("", [20, 32, 4], "relu", "", Entry::Forward);
    insta::assert_snapshot!(text, @r"
    forward, for each instruction set:
      net_h = product x[20] · W1 + b1
      h = loop[32] relu(net_h)
      y = product h[32] · W2 + b2
      output y
    ");
}

#[test]
fn one_loop_computes_equations_of_one_shape() {
    let text = text("", [20, 32, 4], "relu", "", Entry::Accumulate);
    insta::assert_snapshot!(text, @r"
    accumulate, for each instruction set:
      net_h = product x[20] · W1 + b1
      h = loop[32] relu(net_h)
      y = product h[32] · W2 + b2
      E_y = loop[4] 0.5 * (t - y)^2
      E = sum(E_y)
      d_y = loop[4] -(t - y)
      d_h = product W2 · d_y[4]
      loop[32] let d_h_d_net_h = if net_h <= 0 then 0 else 1; delta_h = d_h * d_h_d_net_h
      mean_d_W1 += outer(x, delta_h)
      mean_d_b1 += delta_h
      mean_d_W2 += outer(h, d_y)
      mean_d_b2 += d_y
      return E
    ");
}

#[test]
fn short_costly_loops_are_padded_to_registers() {
    let text = text("", [40, 20, 4], "sigmoid", "", Entry::Forward);
    insta::assert_snapshot!(text, @r"
    forward, for each instruction set:
      net_h = product x[40] · W1 + b1
      h = loop[20 padded to 32] sigmoid(net_h)
      y = product h[20] · W2 + b2
      output y
    ");
}

#[test]
fn blocks_compute_products_and_loops_of_all_samples_at_once() {
    let text = text("", [20, 32, 4], "sigmoid", SGD, Entry::SamplesBlock);
    insta::assert_snapshot!(text, @r"
    samples of a block, for each instruction set:
      net_h = product x[50 × 20] · W1 + b1 (batched)
      h = loop[32 × 50 samples] sigmoid(net_h)
      y = product h[50 × 32] · W2 + b2 (batched)
      E_y = loop[4 × 50 samples] 0.5 * (t - y)^2
      for each sample:
        E = sum(E_y)
        keep E
      d_y = loop[4 × 50 samples] -(t - y)
      d_h = product W2 · d_y[50 × 4] (batched)
      loop[32 × 50 samples] let d_h_d_net_h = h * (1 - h); delta_h = d_h * d_h_d_net_h
      for each sample:
        mean_d_b1 += delta_h
        mean_d_b2 += d_y
        total += E
    ");
}

#[test]
fn kernels_of_gradients_take_the_step() {
    let text = text("", [20, 32, 4], "sigmoid", SGD, Entry::TrainBlock);
    insta::assert_snapshot!(text, @r"
    train on a block, for each instruction set:
      run samples of a block
      W1 -= rate · outer(x, delta_h) (batched)
      W2 -= rate · outer(h, d_y) (batched)
      divide [mean_d_b1, mean_d_b2] after the last block
      b1 = loop[32] b1 - rate * mean_d_b1
      b2 = loop[4] b2 - rate * mean_d_b2
    ");
}

#[test]
fn a_rule_with_state_steps_after_the_gradients() {
    let rule = "train momentum(rate = 0.1), batch 50, samples 100;";
    let text = text("", [20, 32, 4], "sigmoid", rule, Entry::Step);
    insta::assert_snapshot!(text, @r"
    step, for each instruction set:
      loop[640] v_W1 = momentum * v_W1 + mean_d_W1; W1 = W1 - rate * v_W1_plus
      loop[32] v_b1 = momentum * v_b1 + mean_d_b1; b1 = b1 - rate * v_b1_plus
      loop[128] v_W2 = momentum * v_W2 + mean_d_W2; W2 = W2 - rate * v_W2_plus
      loop[4] v_b2 = momentum * v_b2 + mean_d_b2; b2 = b2 - rate * v_b2_plus
    ");
}

#[test]
fn a_state_that_a_rule_assigns_twice_has_two_loops() {
    let derivation = compiled(
        "rule twice(rate) {
            state m;
            m = 0.9 * m;
            m = m + g;
            w = w - rate * m;
        }
        network Net: f32 {
            input x[20];
            weights W[20, 32] ~ uniform(-1, 1);
            layer h[32] = relu(x @ W);
            target t[32];
            loss half_squared_error(h, t);
            train twice(rate = 0.1);
        }",
    );
    let text = plan(&derivation).text_of(&derivation, Entry::Step).to_string();
    insta::assert_snapshot!(text, @r"
    step, for each instruction set:
      m_W = loop[640] 0.9 * m_W
      loop[640] m_W = m_W_plus + mean_d_W; W = W - rate * m_W_plus_plus
    ");
}

#[test]
fn small_networks_are_unrolled() {
    let text = text("", [2, 2, 1], "sigmoid", "", Entry::Forward);
    insta::assert_snapshot!(text, @r"
    forward:
      step_1 = product x[2] · W1 (unrolled)
      net_h = unrolled[2] step_1 + b1
      h = unrolled[2] sigmoid(net_h)
      step_2 = product h[2] · W2 (unrolled)
      y = unrolled[1] step_2 + b2
      output y
    ");
}

#[test]
fn a_step_on_a_sample_of_a_small_network_is_one_routine() {
    let sgd = "train sgd(rate = 0.1);";
    let derivation = network("arithmetic fused;", [2, 2, 1], "sigmoid", sgd);
    let plan = plan(&derivation);
    let inlined = |entry| plan.routine(entry).is_some_and(|routine| routine.inlined && routine.needs_isa);
    assert!(inlined(Entry::Accumulate) && inlined(Entry::Step));
    let text = plan.text_of(&derivation, Entry::Train).to_string();
    insta::assert_snapshot!(text, @r"
    train, for each instruction set:
      run accumulate
      run step
    ");
}

#[test]
fn transposed_matrices_are_read_as_they_are_stored() {
    let derivation = compiled(
        "network Net: f32 {
            input x[20];
            weights W[32, 20] ~ uniform(-1, 1);
            layer h[32] = relu(x @ transpose(W));
        }",
    );
    let text = plan(&derivation).text_of(&derivation, Entry::Forward).to_string();
    insta::assert_snapshot!(text, @r"
    forward, for each instruction set:
      net_h = product W · x[20]
      h = loop[32] relu(net_h)
      output h
    ");
}

#[test]
fn what_is_written_out_needs_no_instruction_set() {
    let needs_isa = |options: &str, activation| {
        let derivation = network(options, [2, 2, 1], activation, "");
        plan(&derivation).routine(Entry::Forward).map(|routine| routine.needs_isa)
    };
    assert_eq!(needs_isa("", "sigmoid"), Some(false));
    assert_eq!(needs_isa("arithmetic fused;", "relu"), Some(true));
    assert_eq!(needs_isa("unroll never;", "relu"), Some(true));
}

#[test]
fn a_block_is_the_batch_as_long_as_it_keeps_few_numbers() {
    let block = |batch: usize, hidden: usize| {
        let train = format!("train sgd(rate = 0.1), batch {batch}, samples {batch};");
        plan(&network("", [20, hidden, 4], "sigmoid", &train)).block
    };
    assert_eq!(block(50, 32), 50);
    assert_eq!(block(1000, 32), thresholds::MOST_SAMPLES);
    // It keeps four vectors of 2¹⁴ numbers for each sample, and 2²⁰ numbers in all: 16 samples at most.
    assert!(block(50, 1 << 14) < 50);
    assert_eq!(block(50, 2), 1, "a small network has no blocks");
}

#[test]
fn the_workspace_keeps_rows_of_what_another_stage_reads() {
    let derivation = network("", [20, 32, 4], "sigmoid", SGD);
    let plan = plan(&derivation);
    let names = |fields: &[Field]| -> Vec<_> {
        fields.iter().map(|field| (derivation.name_of(field.value), field.samples)).collect()
    };
    let rows = ["net_h", "h", "y", "E_y", "E", "d_y", "d_h", "delta_h"];
    assert_eq!(names(&plan.layout.rows), rows.map(|name| (name.to_owned(), Some(50))));
    let one = ["net_h", "h", "y", "E_y", "d_y", "d_h", "delta_h"];
    assert_eq!(names(&plan.layout.workspace), one.map(|name| (name.to_owned(), None)));
    assert_eq!(plan.layout.alignment, Some(thresholds::ALIGNMENT));
    assert!(plan.layout.by_value);
}

/// Sums over groups of samples are in the workspace of batches of a large network, of 32 bits alone.
#[test]
fn sums_of_groups_have_their_memory() {
    let sums = |hidden: usize, precision: &str, frozen: &str| {
        let text = format!(
            "network Net: {precision} {{ input x[20]; {frozen}layer h[{hidden}] = tanh(dense(x)); layer y[4] = dense(h);
             target t[4]; loss squared_error(y, t); train sgd(rate = 0.1); }}"
        );
        let layout = plan(&compiled(&text)).layout;
        layout.sums.map(|sums| (sums.numbers, sums.in_workspace, layout.batch_workspace_bytes))
    };
    let (numbers, in_workspace, bytes) = sums(32, "f32", "").unwrap();
    assert_eq!((numbers, in_workspace), (20 * 32 + 32 + 32 * 4 + 4, false));
    assert_eq!(sums(32, "f32", "frozen ").map(|(numbers, ..)| numbers), Some(32 * 4 + 4));
    assert_eq!(sums(32, "f64", ""), None);
    assert!(bytes < 16 * 4 * 32 * 5, "{bytes} bytes for 16 samples");
    let (numbers, in_workspace, bytes) = sums(2000, "f32", "").unwrap();
    assert_eq!((numbers, in_workspace), (25 * 2000 + 4, true));
    // A block and one sample.
    let samples = 17 * 4 * (2000 * 4 + 4 * 2 + 2);
    assert!(bytes >= 8 * numbers && bytes <= 8 * numbers + samples + 64 * 8, "{bytes} bytes");
}
