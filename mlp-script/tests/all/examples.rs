//! Every example, and random networks, in both languages.

use std::fs;

use mlp_random::generator::specification;
use mlp_script::{Refusal, emit};

use crate::run::{Agreement, LANGUAGES, agreement, derivation};

/// The specifications of a folder, by name.
fn specifications(folder: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = fs::read_dir(mlp_support::root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "mlp"))
        .map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "{folder}");
    found
}

/// Each value that a listing of an example prints is the interpreter's, in both languages; each listing has a declared step.
#[test]
fn examples_agree() {
    for language in LANGUAGES {
        let (mut all, mut refused) = (Agreement::default(), Vec::new());
        let folders = ["examples/course", "tests/trajectories/specifications", "tests/course"];
        for (name, text) in folders.into_iter().flat_map(specifications) {
            let derivation = derivation(&text);
            match emit(&derivation, language, "mlpc") {
                Ok(_) => all
                    .add(agreement(&derivation, language).unwrap_or_else(|wrong| panic!("{name}: {wrong}"))),
                Err(Refusal::Missing(_) | Refusal::Parameters(_)) => refused.push(name),
                Err(refusal) => panic!("{name}: {refusal}"),
            }
        }
        println!("{language:?}: {all:?}; refused: {refused:?}");
        assert!(refused.iter().all(|name| name.contains("/homework")), "{refused:?}");
        assert!(all.exact > 100 && all.of_terms < 1e-15, "{all:?}");
    }
}

fn campaign(numbers: std::ops::Range<u64>) -> usize {
    let mut refused = 0;
    for language in LANGUAGES {
        let mut all = Agreement::default();
        for number in numbers.clone() {
            let text = specification(number);
            let derivation = derivation(&text);
            match emit(&derivation, language, "mlpc") {
                Ok(_) => all
                    .add(agreement(&derivation, language).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"))),
                Err(_) => refused += 1,
            }
        }
        println!("{language:?}: {all:?}");
    }
    refused
}

/// A slice of the campaign.
#[test]
fn random_networks_agree() {
    assert!(campaign(0..12) <= 12);
}

/// `MLP_NETWORKS=500 cargo test --release -p mlp-script --test all -- --ignored --nocapture many_random`
#[test]
#[ignore = "takes minutes"]
fn many_random_networks_agree() {
    let count = std::env::var("MLP_NETWORKS").ok().and_then(|count| count.parse().ok()).unwrap_or(500);
    let refused = campaign(0..count);
    println!("{count} networks, {refused} listings refused");
}
