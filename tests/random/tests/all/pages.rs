//! Printed pages read back by a checker that knows nothing of the compiler.

#![allow(clippy::panic, reason = "tests")]

use std::{fs, path::Path};

use mlp_document::{
    Options, derive,
    selection::{Extent, Place, Selection, section},
};
use mlp_dsl::ir::Derivation;
use mlp_pages::{Demands, Report, check};
use mlp_random::generator::specification;

/// Examples whose pages are printed with every number of digits; the others with 9.
const EVERY_DIGIT: [&str; 3] = ["exercise.mlp", "xor.mlp", "softmax_three_named.mlp"];

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
        let every = EVERY_DIGIT.iter().any(|example| file.ends_with(example));
        for &digits in if every { [2, 3, 4, 6, 9, 12, 16, 17].as_slice() } else { &[9] } {
            all.add(page(&name, &text, &Options { digits, ..Options::default() }));
        }
        for &places in if every { [2, 4, 6].as_slice() } else { &[4] } {
            all.add(page(&name, &text, &Options { round_each: Some(places), ..Options::default() }));
        }
    }
    assert!(all.sides > 6000 && all.put_in > 4000 && all.sizes > 1000 && all.symbols > 10_000, "{all:?}");
}

/// The forms of a page: brief, about one parameter, its path, one section. Each example has some parameters of each.
fn forms(derivation: &Derivation, each: usize) -> Vec<Options> {
    let brief = Options { extent: Extent::Brief, ..Options::default() };
    let about = |selection: Selection| Options { selection, ..Options::default() };
    let mut forms = vec![brief.clone()];
    let trained = derivation.parameters.iter().filter(|parameter| parameter.trained.is_some());
    let trained: Vec<&str> = trained.map(|parameter| parameter.name.as_str()).collect();
    for name in trained.iter().step_by(trained.len().div_ceil(each).max(1)) {
        for name in [(*name).to_owned(), format!("{name}[1]"), format!("{name}[1,2]")] {
            // Not each parameter has these elements.
            let Ok(place) = Place::named(derivation, &name) else { continue };
            let only = about(Selection { only: vec![place], ..Selection::default() });
            forms.push(Options { extent: Extent::Brief, ..only.clone() });
            forms.push(only);
            forms.push(about(Selection { focus: vec![place], ..Selection::default() }));
        }
    }
    for key in ["forward", "loss", "backward", "penalty", "update", "check", "parameters", "network"] {
        let sections = section(key).into_iter().collect();
        forms.push(about(Selection { sections, ..Selection::default() }));
    }
    forms
}

#[test]
fn pages_about_a_part_have_no_findings() {
    let (mut all, mut wrong, mut pages) = (Report::default(), Vec::new(), 0);
    let asked = std::env::var("PARTS").ok().and_then(|count| count.parse().ok());
    let (networks, each) = asked.map_or((PARTS, 1), |networks| (networks, 3));
    let drawn = (0..networks).map(|n| (format!("R{n}"), specification(n)));
    for (name, text) in examples().into_iter().chain(drawn) {
        let Ok(derivation) = mlp_dsl::compile(&text) else { continue };
        // A page of a large network takes long without optimization.
        if asked.is_none() && derivation.parameter_count() > 2000 {
            continue;
        }
        for options in forms(&derivation, each) {
            let mut report = check(&derive(&derivation, &options).to_markdown(), Demands::default());
            let found = std::mem::take(&mut report.findings);
            wrong.extend(found.iter().map(|found| format!("{name}, {options:?}: {found}")));
            all.add(report);
            pages += 1;
        }
    }
    assert!(wrong.is_empty(), "{} findings: {:#?}", wrong.len(), wrong.get(..40).unwrap_or(&wrong));
    assert!(pages > 100 && all.sides > 1000 && all.symbols > 5_000, "{pages} pages: {all:?}");
}

/// Networks of which every run prints parts; `PARTS` asks for more, and for more parameters of each.
const PARTS: u64 = 4;

/// The course's specifications.
fn examples() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/course");
    let files = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let files = files.filter(|file| file.extension().is_some_and(|end| end == "mlp"));
    files.map(|file| (file.display().to_string(), fs::read_to_string(&file).unwrap_or_default())).collect()
}

/// Networks that every run prints; the command in `docs/correctness.md` prints 200.
const PRINTED: u64 = 60;

#[test]
fn pages_of_random_networks_have_no_findings() {
    let mut all = Report::default();
    for number in 0..PRINTED {
        all.add(page(&format!("R{number}"), &specification(number), &Options::default()));
    }
    assert!(all.sides > 3000 && all.sizes > 5000 && all.symbols > 10_000, "{all:?}");
}
