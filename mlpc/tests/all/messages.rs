//! `docs/messages.md` shows messages as they are printed.

use crate::common::{folder, mlpc};

/// Each section names a fixture, and shows lines of it and what is said about them.
#[test]
fn the_page_shows_what_is_printed() {
    let page = std::fs::read_to_string(folder("../docs/messages.md")).unwrap();
    let mut count = 0;
    for section in page.split("\n## ").skip(1) {
        let name = section.split_once("tests/fixtures/").unwrap().1.split_once(')').unwrap().0;
        let block = |mark: &str| {
            let behind = section.split_once(&format!("```{mark}\n")).unwrap().1;
            behind.split_once("\n```").unwrap().0.to_owned()
        };
        let text = std::fs::read_to_string(folder("tests/fixtures").join(name)).unwrap();
        assert!(text.contains(&block("mlp")), "{name} has no such lines:\n{}", block("mlp"));
        let run = mlpc(&["check", name]).current_dir(folder("tests/fixtures")).assert().code(1);
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        assert!(said.contains(&block("text")), "{name} says:\n{said}");
        count += 1;
    }
    assert_eq!(count, 10);
}
