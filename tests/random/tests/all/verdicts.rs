//! The verdicts of the gradient check: no right network is called wrong, every wrong rule is.

use mlp_random::{mutants, wide};

/// `cargo run --release -p mlp-random -- wide 100000` tries more.
#[test]
fn no_network_with_wide_weights_is_called_wrong() {
    let campaign = wide::campaign(0..200);
    assert!(campaign.wrong.is_empty(), "{campaign}");
    // Neither is everything left undecided.
    assert!(campaign.networks > 170 && campaign.right > 140, "{campaign}");
}

#[test]
fn every_wrong_rule_is_called_wrong() {
    let hunt = mutants::hunt();
    assert!(hunt.is_good(), "{hunt}");
    assert!(hunt.count() >= 1900 && hunt.equivalent.len() <= 80, "{hunt}");
}
