//! Every block of README.md can be pasted: the specification compiles and derives the numbers that are quoted, the
//! dependency resolves, the commands name packages and files that exist. The Rust block is a doctest (`src/lib.rs`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{fs, path::Path, process::Command};

use mlp_document::{Options, derive};
use mlp_dsl::compile;

const README: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));

/// The text of the blocks with this mark, in order.
fn blocks(mark: &str) -> Vec<&'static str> {
    let fence = format!("```{mark}\n");
    README.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// The numbers of a text with at least nine decimals.
fn long_numbers(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter(|word| word.split_once('.').is_some_and(|(_, decimals)| decimals.len() >= 9))
        .collect()
}

#[test]
fn no_block_is_left_out() {
    let opened: Vec<&str> = README.lines().filter_map(|line| line.strip_prefix("```")).collect();
    let marks: Vec<&str> = opened.into_iter().filter(|mark| !mark.is_empty()).collect();
    assert_eq!(marks, ["mlp", "rust", "sh", "toml", "toml"]);
}

#[test]
fn the_specification_derives_the_quoted_numbers() {
    let [text] = blocks("mlp")[..] else { panic!("one specification") };
    let document = derive(&compile(text).unwrap(), &Options::default()).to_markdown();
    let quoted: String = README.lines().filter(|line| line.starts_with('>')).collect();
    let numbers = long_numbers(&quoted);
    assert_eq!(numbers.len(), 6, "{numbers:?}");
    for number in numbers {
        assert!(document.contains(number), "{number} is not in the derivation");
    }
}

#[test]
fn the_macro_and_the_derivation_have_one_specification() {
    let [text] = blocks("mlp")[..] else { panic!("one specification") };
    let [code] = blocks("rust")[..] else { panic!("one program") };
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    assert!(words(code).contains(&words(text)));
}

/// Cargo resolves the dependency to this package when the registry is replaced by this folder.
#[test]
fn the_dependency_resolves() {
    let [dependency, profiles] = blocks("toml")[..] else { panic!("a dependency and profiles") };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = \"pasted\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{dependency}\n{profiles}\n\
         [patch.crates-io]\nmlp = {{ path = {root:?} }}\n\n[workspace]\n"
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/lib.rs"), "").unwrap();
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--depth", "1", "--prefix", "none"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains(&format!("mlp v{}", env!("CARGO_PKG_VERSION"))), "{printed}");
}

#[test]
fn the_commands_name_what_exists() {
    let [block] = blocks("sh")[..] else { panic!("one block of commands") };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for command in block.lines() {
        let words: Vec<&str> = command.split_whitespace().collect();
        assert_eq!(words.first(), Some(&"cargo"), "{command}");
        for pair in words.windows(2).filter(|pair| pair[0] == "-p") {
            let manifest = fs::read_to_string(root.join(pair[1]).join("Cargo.toml")).unwrap();
            assert!(manifest.contains(&format!("name = {:?}", pair[1])), "{command}");
        }
        for path in words.iter().filter(|word| word.contains('/')) {
            assert!(root.join(path).is_file(), "{command}");
        }
    }
}
