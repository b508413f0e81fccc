//! Dropout: training draws masks, and everything else is the network without it.

use super::{
    super::{Draw, Entry, Instruction, Rule, plan, verify},
    compiled,
};
use crate::ir::Derivation;

/// A network with dropout after both hidden layers, or without.
fn derivation(options: &str, width: usize, dropout: bool) -> Derivation {
    let dropped = |formula: &str, rate: f64| match dropout {
        true => format!("dropout({formula}, rate = {rate})"),
        false => formula.to_owned(),
    };
    let (a, b, c) = (dropped("x", 0.1), dropped("sigmoid(dense(a))", 0.5), dropped("dense(b)", 0.2));
    compiled(&format!(
        "network Net: f32 {{
            backward inputs; {options}
            input x[20]; layer a = {a}; layer b[{width}] = {b}; layer c[8] = {c}; layer y[3] = tanh(dense(c));
            target t[3]; loss half_squared_error(y, t); penalty l2(W_b, 0.01); train adam(), batch 50;
        }}"
    ))
}

#[test]
fn a_step_draws_masks() {
    let derivation = derivation("", 32, true);
    let plan = plan(&derivation);
    insta::assert_snapshot!(plan.text_of(&derivation, Entry::SamplesBlock), @r"
    samples of a block, for each instruction set:
      for each sample:
        mask_a = mask[20] of 0 and 1.1111111111111112
      loop[20 × 50 samples] let full_a = x; a = mask_a * full_a
      for each sample:
        mask_b = mask[32] of 0 and 2
      net_b = product a[50 × 20] · W_b + b_b (batched)
      loop[32 × 50 samples] full_b = sigmoid(net_b); b = mask_b * full_b
      for each sample:
        mask_c = mask[8] of 0 and 1.25
      full_c = product b[50 × 32] · W_c + b_c (batched)
      c = loop[8 × 50 samples] mask_c * full_c
      net_y = product c[50 × 8] · W_y + b_y (batched)
      loop[3 × 50 samples] y = tanh(net_y); E_y = 0.5 * (t - y)^2
      for each sample:
        E = sum(E_y)
        keep E
      loop[3 × 50 samples] let d_y = -(t - y); let d_y_d_net_y = 1 - y^2; delta_y = d_y * d_y_d_net_y
      d_c = product W_y · delta_y[50 × 3] (batched)
      d_full_c = loop[8 × 50 samples] d_c * mask_c
      d_b = product W_c · d_full_c[50 × 8] (batched)
      loop[32 × 50 samples] let d_full_b = d_b * mask_b; let d_full_b_d_net_b = full_b * (1 - full_b); delta_b = d_full_b * d_full_b_d_net_b
      for each sample:
        mean_d_b_b += delta_b
        mean_d_b_c += d_full_c
        mean_d_b_y += delta_y
        total += E
      masks drawn
    ");
}

/// Not only the numbers are those of the network without dropout, but the instructions.
#[test]
fn inference_is_the_network_without_dropout() {
    let entries = [
        Entry::Forward,
        Entry::Trace,
        Entry::Loss,
        Entry::Penalty,
        Entry::Penalize,
        Entry::InputGradient,
        Entry::AccumulateWithInput,
        Entry::PullBack,
        Entry::ForwardBlock,
        Entry::LossBlock,
        Entry::InputGradientBlock,
        Entry::AccumulateWithInputBlock,
        Entry::PullBackBlock,
    ];
    for (options, width) in
        [("", 32), ("", 4), ("unroll never;", 4), ("unroll always; arithmetic fused;", 32)]
    {
        let with = derivation(options, width, true).with_pull_back().unwrap().unwrap();
        let without = derivation(options, width, false).with_pull_back().unwrap().unwrap();
        let (planned, expected) = (plan(&with), plan(&without));
        for entry in entries {
            let (text, expected) = (planned.text_of(&with, entry), expected.text_of(&without, entry));
            // The local derivative of a layer before dropout is that of the layer.
            let text = text.to_string().replace("_full", "");
            assert_eq!(text, expected.to_string(), "{options} {width} {entry:?}");
        }
        assert_eq!(planned.unrolled, expected.unrolled);
    }
}

#[test]
fn masks_of_another_layer_or_of_other_samples_are_refused() {
    let derivation = derivation("unroll always;", 4, true);
    let refused = |change: &dyn Fn(&mut Vec<Instruction>)| {
        let mut plan = plan(&derivation);
        let routine = plan.routines.iter_mut().find(|routine| routine.entry == Entry::Accumulate).unwrap();
        change(&mut routine.instructions);
        verify(&derivation, &plan).unwrap_err().rule
    };
    let first = |all: &mut Vec<Instruction>, change: &dyn Fn(&mut Draw)| {
        let draw = all.iter_mut().find_map(|one| match one {
            Instruction::Draw(draw) => Some(draw),
            _ => None,
        });
        change(draw.unwrap());
    };
    let masks = derivation.dropouts[1].masks(derivation.header.seed);
    assert_eq!(refused(&|all| first(all, &|draw| draw.masks = masks)), Rule::Equation);
    assert_eq!(refused(&|all| first(all, &|draw| draw.factor = 1.0)), Rule::Equation);
    assert_eq!(refused(&|all| all.retain(|one| !matches!(one, Instruction::Drawn))), Rule::Masks);
    assert_eq!(refused(&|all| all.push(Instruction::Drawn)), Rule::Masks);
    assert_eq!(refused(&|all| all.retain(|one| !matches!(one, Instruction::Draw(_)))), Rule::Masks);
}
