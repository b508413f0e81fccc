//! Printed pages read back by a checker that knows nothing of the compiler.

#![allow(clippy::panic, reason = "tests")]

use std::{fs, path::Path};

use mlp_document::{Options, derive};
use mlp_pages::{Demands, Report, check};
use mlp_random::generator::specification;

/// The findings on the page of a specification.
fn page(name: &str, text: &str, options: &Options) -> Report {
    let derivation = match mlp_dsl::compile(text) {
        Ok(derivation) => derivation,
        Err(found) => panic!("{name}: {found:?}"),
    };
    let options = &Options { specification: Some(text.to_owned()), ..options.clone() };
    let report = check(&derive(&derivation, options).to_markdown(), Demands { givens: true });
    assert!(report.findings.is_empty(), "{name}, {options:?}: {:#?}", report.findings);
    report
}

#[test]
fn pages_of_the_examples_have_no_findings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/course");
    let mut all = Report::default();
    let files = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    for file in files.filter(|file| file.extension().is_some_and(|end| end == "mlp")) {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let name = file.display().to_string();
        for digits in [2, 3, 4, 6, 9, 12, 16, 17] {
            all.add(page(&name, &text, &Options { digits, ..Options::default() }));
        }
        for places in [2, 4, 6] {
            all.add(page(&name, &text, &Options { round_each: Some(places), ..Options::default() }));
        }
    }
    assert!(all.sides > 6000 && all.put_in > 4000 && all.sizes > 1000 && all.symbols > 10_000, "{all:?}");
}

/// Networks that every run prints; the command in `docs/correctness.md` prints 1000.
const PRINTED: u64 = 60;

#[test]
fn pages_of_random_networks_have_no_findings() {
    let mut all = Report::default();
    for number in 0..PRINTED {
        all.add(page(&format!("R{number}"), &specification(number), &Options::default()));
    }
    assert!(all.sides > 3000 && all.sizes > 5000 && all.symbols > 10_000, "{all:?}");
}
