//! The formatter on random specifications whose white space and comments are random, too.

#![allow(clippy::panic, reason = "tests")]

use mlp_dsl::{diagnostic::Diagnostics, format::format, syntax};
use mlp_random::generator::specification;
use mlp_runtime::random::Stream;

/// The tree without the places in the text.
fn tree(text: &str) -> String {
    let mut found = Diagnostics::default();
    let debug = format!("{:?}", syntax::parse(text, &mut found));
    assert!(found.is_empty(), "{found:?}\n{text}");
    let mut out = String::new();
    let mut rest = debug.as_str();
    while let Some((before, behind)) = rest.split_once("Span {") {
        out.push_str(before);
        rest = behind.split_once('}').map_or("", |(_, behind)| behind);
    }
    out + rest
}

/// Other white space, comments and documentation in place of each space.
fn disturbed(text: &str, seed: u64) -> String {
    let mut stream = Stream::new(seed, 9, "white space");
    let mut out = String::new();
    let mut count = 0;
    for c in text.chars() {
        if c != ' ' && c != '\n' {
            out.push(c);
            continue;
        }
        count += 1;
        match stream.next_u64() % 12 {
            0 => out.push_str("\n\n\n"),
            1 => out.push_str(&format!(" // comment {count}, (\n")),
            2 => out.push_str(&format!(" /* comment {count} */ ")),
            3 => out.push_str("\r\n\t"),
            4 => out.push_str(&format!("\n// comment {count} {{\n")),
            5 => out.push_str(&format!(" /* two\n lines {count} */ ")),
            _ => out.push(c),
        }
    }
    out
}

fn comments(text: &str) -> Vec<usize> {
    let number = |part: &str| part.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    text.split("comment ").skip(1).filter_map(number).collect()
}

#[test]
fn formatting_keeps_the_tree_and_the_comments_and_is_idempotent() {
    for seed in 0..400 {
        let text = specification(seed);
        for text in [text.clone(), disturbed(&text, seed), disturbed(&text, seed + 1000)] {
            let once = format(&text).unwrap_or_else(|found| panic!("{found:?}\n{text}"));
            assert_eq!(tree(&once), tree(&text), "{text}\n--\n{once}");
            assert_eq!(comments(&once), comments(&text), "{text}\n--\n{once}");
            let twice = format(&once).unwrap_or_else(|found| panic!("{found:?}\n{once}"));
            assert_eq!(once, twice, "{text}");
            assert!(once.lines().all(|line| line.trim_end() == line), "spaces at the end of a line:\n{once}");
        }
    }
}
