//! Every example, and random networks, in both languages.

use std::{fs, ops::Range};

use mlp_random::generator::specification;
use mlp_script::{Language, Refusal, emit};

use crate::run::{Agreement, LANGUAGES, agreement_of, derivation, run_all};

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

/// Runs the listings of these networks and adds up how they compare; gives the names of those that have none.
fn all(networks: &[(String, String)], language: Language) -> (Agreement, Vec<String>) {
    let (mut listings, mut derivations, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (name, text) in networks {
        let derivation = derivation(text);
        match emit(&derivation, language, "mlpc") {
            Ok(listing) => {
                listings.push(listing);
                derivations.push((name, derivation));
            }
            Err(Refusal::Missing(_) | Refusal::Parameters(_)) => refused.push(name.clone()),
            Err(refusal) => panic!("{name}: {refusal}"),
        }
    }
    let mut all = Agreement::default();
    for ((name, derivation), printed) in derivations.iter().zip(run_all(&listings, language)) {
        all.add(
            agreement_of(derivation, language, &printed).unwrap_or_else(|wrong| panic!("{name}: {wrong}")),
        );
    }
    println!("{language:?}: {all:#?}; refused: {refused:?}");
    (all, refused)
}

/// Each value that a listing of an example prints is the interpreter's, in both languages: with the same bits where only
/// exact operations lead to it, and to 1e-15 of its terms elsewhere.
#[test]
fn examples_agree() {
    let folders = ["examples/course", "tests/trajectories/specifications", "tests/course"];
    let networks: Vec<(String, String)> = folders.into_iter().flat_map(specifications).collect();
    for language in LANGUAGES {
        let (all, refused) = all(&networks, language);
        assert!(refused.iter().all(|name| name.contains("/homework")), "{refused:?}");
        assert!(all.exact > 1000 && all.of_terms < 1e-15, "{all:?}");
    }
}

fn campaign(numbers: Range<u64>) {
    let networks: Vec<(String, String)> =
        numbers.map(|number| (format!("R{number}"), specification(number))).collect();
    for language in LANGUAGES {
        let (all, refused) = all(&networks, language);
        assert!(refused.is_empty(), "{refused:?}");
        assert!(all.of_terms < 1e-15, "{all:?}");
    }
}

/// A slice of the campaign.
#[test]
fn random_networks_agree() {
    campaign(0..20);
}

/// `MLP_NETWORKS=1000 cargo test --release -p mlp-script --test all -- --ignored --nocapture many_random`
#[test]
#[ignore = "takes minutes"]
fn many_random_networks_agree() {
    let count = std::env::var("MLP_NETWORKS").ok().and_then(|count| count.parse().ok()).unwrap_or(1000);
    campaign(0..count);
}
