//! The gates of random networks: up × local, added up over the uses of a value, is the gradient that its equation computes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use mlp_document::pictures::computation::computation_at;
use mlp_eval::Point;
use mlp_random::generator::specification;

/// Random networks; each at two points.
const NETWORKS: u64 = 40;

#[test]
fn gradients_of_gates_are_those_of_the_equations() {
    let (mut networks, mut compared) = (0, 0);
    for number in 0..NETWORKS {
        let derivation = mlp_dsl::compile(&specification(number)).unwrap();
        for seed in 1..3 {
            let point = Point::drawn(&derivation, seed, true);
            let Some(computation) = computation_at(&derivation, &point) else { continue };
            let (found, count) = computation.compared(&derivation);
            assert_eq!(found, [], "network {number}, point {seed}");
            networks += 1;
            compared += count;
        }
    }
    assert!(networks > NETWORKS && compared > 150, "{networks} networks, {compared} values");
}
