//! Each error has a page, whose example contains the error.

use std::collections::BTreeSet;

use crate::{
    common::{error_modules, folder, mlpc},
    warnings::warnings,
};

/// All codes in the sources of the compiler.
fn codes() -> BTreeSet<String> {
    error_modules()
        .into_iter()
        .flat_map(|text| {
            text.match_indices("\"M0").map(|(at, _)| text[at + 1..at + 6].to_owned()).collect::<Vec<_>>()
        })
        .chain(["M0001".to_owned()]) // the code of an internal error, which no phase reports
        .chain(mlp_dsl::lint::codes().map(str::to_owned))
        .collect()
}

fn pages() -> String {
    std::fs::read_to_string(folder("src/explanations.md")).unwrap()
}

#[test]
fn every_mistake_has_a_page_and_every_page_a_mistake() {
    let headings = pages();
    let headings = headings.lines().filter_map(|line| line.strip_prefix("## ")?.split_once(": "));
    let explained: BTreeSet<String> = headings.map(|(code, _)| code.to_owned()).collect();
    assert_eq!(explained, codes());
    for code in explained {
        let page = mlpc(&["explain", &code]).assert().code(0).stderr("");
        let page = String::from_utf8(page.get_output().stdout.clone()).unwrap();
        assert!(page.starts_with(&format!("{code}: ")) && page.lines().count() > 2, "{page}");
    }
}

#[test]
fn the_examples_have_the_mistakes() {
    let pages = pages();
    let mut count = 0;
    for block in pages.split("```mlp,").skip(1) {
        let (code, rest) = block.split_once('\n').unwrap();
        let text = rest.split_once("\n```").unwrap().0;
        let found = if code.starts_with('W') { warnings(text) } else { mlp_dsl::compile(text).unwrap_err() };
        assert!(!found.is_empty(), "{code}");
        assert!(found.iter().all(|diagnostic| diagnostic.code == code), "{code}: {found:?}");
        count += 1;
    }
    assert!(count > 70, "only {count} examples");
}

#[test]
fn the_titles_of_warnings_are_those_of_the_pages() {
    let pages = pages();
    for (code, title) in mlp_dsl::lint::WARNINGS {
        assert!(pages.contains(&format!("\n## {code}: {title}\n")), "{code}");
    }
}

#[test]
fn a_list_and_an_unknown_code() {
    let run = mlpc(&["explain"]).assert().code(0);
    let list = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert_eq!(list.lines().count(), codes().len());
    assert!(list.contains("M0203  Unused declaration\n"), "{list}");
    mlpc(&["explain", "m0203"]).assert().code(0);
    let run = mlpc(&["explain", "M9999"]).assert().code(2).stdout("");
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("unknown error code `M9999`"), "{said}");
}
