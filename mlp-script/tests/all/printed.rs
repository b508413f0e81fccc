//! The course's program and the listing of it.

use std::{collections::BTreeMap, fs};

use mlp_script::Language;

use crate::run::{listing, run};

/// The name that a quantity of the course has in a listing.
fn in_listing(name: &str) -> String {
    match name.strip_prefix("grad_") {
        Some(weight) => format!("d_{weight}"),
        None => name.to_owned(),
    }
}

/// Each figure that the course's program prints is printed by the listing of that program too, digit for digit: 29 of the
/// 31. The other two are the gradient of w2, which the course multiplies by the wrong input, and what follows from it.
#[test]
fn the_courses_program_digit_for_digit() {
    let folder = mlp_support::root().join("tests/course");
    let printed = fs::read_to_string(folder.join("printed.csv")).unwrap();
    let specification = fs::read_to_string(folder.join("program.mlp")).unwrap();
    let output = run(&listing(&specification, Language::Python), Language::Python);
    let ours: BTreeMap<&str, &str> = output.lines().filter_map(|line| line.split_once(": ")).collect();
    let mut differs = Vec::new();
    let mut figures = 0;
    for line in printed.lines().filter(|line| line.starts_with("program: ") && line.contains(" output,")) {
        let cells: Vec<&str> = line.split(',').collect();
        let [_, label, theirs, name, verdict, _] = cells[..] else { panic!("{line}") };
        figures += 1;
        let own = ours[in_listing(name).as_str()];
        if own != theirs {
            assert!(["wrong", "follows"].contains(&verdict), "{label}: {theirs}, ours {own}");
            differs.push((label.to_owned(), own.to_owned()));
        }
    }
    assert_eq!(figures, 31);
    let wrong = [("w2+", "0.1995614322655296"), ("grad_w2", "0.000877135468940779")];
    assert_eq!(differs, wrong.map(|(label, own)| (label.to_owned(), own.to_owned())));
}

/// What a reader gets: the listings of the exercise and of a network of layers, in full.
#[test]
fn listings() {
    for name in ["exercise", "xor"] {
        let file = mlp_support::root().join(format!("examples/course/{name}.mlp"));
        let text = fs::read_to_string(file).unwrap();
        insta::assert_snapshot!(format!("{name}_python"), listing(&text, Language::Python));
        insta::assert_snapshot!(format!("{name}_javascript"), listing(&text, Language::JavaScript));
    }
}
