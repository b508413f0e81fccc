//! The part of the survey that is small enough for every run.

use mlp_random::{compiled, survey};

#[test]
fn a_thousand_networks() {
    let survey = survey(0..1000);
    assert!(survey.is_good() && survey.findings.networks == 1000, "{survey}");
    assert!(survey.findings.gradients > 10_000 && survey.findings.equals > 100_000, "{survey}");
}

/// Networks that every run compiles, twice; `cargo run --release -p mlp-random -- 10000 0 200` compiles 200.
const COMPILED: u64 = 24;

#[test]
fn compiled_networks_give_the_same_bits_in_debug_and_release() {
    let compiled = compiled::run(0..COMPILED).map_err(|error| error.to_string());
    assert!(compiled.as_ref().is_ok_and(compiled::Compiled::is_good), "{}", show(&compiled));
}

fn show(compiled: &Result<compiled::Compiled, String>) -> String {
    match compiled {
        Ok(compiled) => compiled.to_string(),
        Err(error) => error.clone(),
    }
}

/// The two specifications differ in `unroll` alone, so their code must compute the same bits: the plan
/// differs, the fingerprint of the equations doesn't.
#[test]
fn unrolled_code_is_the_same_network() {
    let [looped, unrolled] = ["everything", "everything_unrolled"].map(|name| {
        let file = format!("{}/specifications/{name}.mlp", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
        compiled::bits_of(name, &text).map_err(|error| error.to_string())
    });
    assert!(looped.is_ok(), "{looped:?}");
    assert_eq!(looped, unrolled);
}
