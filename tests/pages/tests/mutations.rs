//! The checker finds what is wrong: a right page is changed in many ways, and each change is found.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use mlp_pages::{Demands, check};

const NEURONS: &str = include_str!("pages/exercise.md");
const LAYERS: &str = include_str!("pages/homework.md");
/// A relu neuron, three classes, Adam; two steps with all details.
const CLASSES: &str = include_str!("pages/classes.md");
/// A sigmoid with a binary cross-entropy.
const LOGISTIC: &str = include_str!("pages/logistic.md");
const ROUNDED: &str = include_str!("pages/exercise_rounded.md");

fn findings(page: &str) -> Vec<String> {
    check(page, Demands::default()).findings.iter().map(ToString::to_string).collect()
}

#[test]
fn right_pages_have_no_findings() {
    for page in [NEURONS, LAYERS, ROUNDED, CLASSES, LOGISTIC] {
        assert_eq!(findings(page), [""; 0]);
    }
    let report = check(NEURONS, Demands::default());
    assert!(report.sides > 100 && report.put_in > 100 && report.symbols > 250, "{report:?}");
    let report = check(LAYERS, Demands::default());
    assert!(report.sizes > 30 && report.symbols > 80, "{report:?}");
}

/// Each of these changes, once, at the first place.
#[test]
fn a_changed_page_is_found_out() {
    let changes = include_str!("changes.txt");
    let mut count = 0;
    for change in changes.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (page, change) = change.split_once(": ").unwrap();
        let page = match page {
            "neurons" => NEURONS,
            "layers" => LAYERS,
            "rounded" => ROUNDED,
            "classes" => CLASSES,
            "logistic" => LOGISTIC,
            other => panic!("{other} is no page"),
        };
        let (old, new) = change.split_once(" => ").unwrap();
        assert!(page.contains(old), "{old} is not on the page");
        let changed = page.replacen(old, new, 1);
        assert!(!findings(&changed).is_empty(), "nobody sees {change}");
        count += 1;
    }
    assert!(count >= 50, "only {count} changes");
}

/// The last digit of every number in the equalities of a page, one at a time.
#[test]
fn a_wrong_last_digit_is_found_anywhere() {
    for (page, most_unseen) in [(NEURONS, 0), (ROUNDED, 0)] {
        let (mut changed, mut unseen) = (0, Vec::new());
        let ends = page.match_indices(|c: char| c.is_ascii_digit()).filter(|(at, _)| ends_decimal(page, *at));
        for (at, digit) in ends {
            let other = if digit == "0" { "9" } else { "0" };
            let wrong = format!("{}{other}{}", &page[..at], &page[at + 1..]);
            changed += 1;
            if findings(&wrong).is_empty() {
                let line = page[..at].lines().count();
                unseen.push(format!("{line}: {}", page.lines().nth(line - 1).unwrap()));
            }
        }
        assert!(changed > 150, "only {changed} digits");
        assert!(unseen.len() <= most_unseen, "{} of {changed}: {unseen:#?}", unseen.len());
    }
}

/// Whether a decimal with a point ends here, in the sections up to the update.
fn ends_decimal(page: &str, at: usize) -> bool {
    let end = page.find("| Loss | Value |").unwrap_or(page.len());
    let start = page.find("## 3.").unwrap_or(0);
    let is_digit = |c: char| c.is_ascii_digit();
    let last = !page[at + 1..].starts_with(is_digit);
    let digits = page[..at].trim_end_matches(is_digit);
    (start..end).contains(&at) && last && digits.ends_with('.') && digits.len() > 1
}

/// With the demand for givens, a number out of nowhere is found.
#[test]
fn a_number_that_is_not_given_is_found() {
    let page = "All numbers … with 9 decimal places.\n\n```math\n\\begin{aligned}\ny &= w \\cdot 2 = 3 \\cdot 2 = 6\n\\end{aligned}\n```\n";
    let demands = Demands { givens: true };
    let found = check(page, demands).findings;
    assert!(
        found.iter().any(|finding| finding.text.contains("w has the value 3, which is not given")),
        "{found:?}"
    );
    let given = "| Parameter | Size | Initial value |\n| --- | --- | --- |\n| $`w`$ | 1 | $`3`$ |\n\n";
    assert_eq!(check(&format!("{given}{page}"), demands).findings, []);
}

/// With the demand for givens, a matrix out of nowhere is found.
#[test]
fn a_matrix_that_is_not_given_is_found() {
    let row = r"\begin{pmatrix} 1 & 2 \end{pmatrix}";
    let page = format!(
        "All numbers … with 9 decimal places.\n\n```math\n\\begin{{aligned}}\nx &= {row} \\\\[10pt]\ny &= x \\, W = {row}\n\\end{{aligned}}\n```\n"
    );
    let found = check(&page, Demands { givens: true }).findings;
    assert!(found.iter().any(|finding| finding.text == "y has a value, but W is not given"), "{found:?}");
    let given =
        page.replace("y &=", "W &= \\begin{pmatrix} 1 & 0 \\\\ 0 & 1 \\end{pmatrix} \\\\[10pt]\ny &=");
    assert_eq!(check(&given, Demands { givens: true }).findings, []);
}

/// Parts of a matrix that is too wide for a line give it.
#[test]
fn columns_beside_one_another_are_a_matrix() {
    let part = |range: &str, rows: &str| {
        format!(
            r"\left[W\right]_{{\text{{columns }}{range}}} &= \begin{{pmatrix}} {rows} \end{{pmatrix}} \\[10pt]"
        )
    };
    let page = |first: &str, second: &str| {
        let (x, y) = (r"\begin{pmatrix} 1 & 2 \end{pmatrix}", r"\begin{pmatrix} 3 & 6 & 9 \end{pmatrix}");
        format!(
            "All numbers … with 9 decimal places.\n\n```math\n\\begin{{aligned}}\nx &= {x} \\\\[10pt]\n{first}\n{second}\ny &= x \\, W = {y}\n\\end{{aligned}}\n```\n"
        )
    };
    let (first, second) = (part(r"1 \dots 2", r"1 & 2 \\ 1 & 2"), part(r"3 \dots 3", r"3 \\ 3"));
    assert_eq!(check(&page(&first, &second), Demands { givens: true }).findings, []);
    let other = part(r"3 \dots 3", r"3 \\ 4");
    assert!(!check(&page(&first, &other), Demands { givens: true }).findings.is_empty());
}
