//! The pages for people: their links lead to files and headings that exist, the map is one page, and each package brings
//! its licences.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::{
    fs,
    path::{Path, PathBuf},
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The entries of a folder below the root, in order.
fn entries(folder: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(Path::new(ROOT).join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

/// The folders of the published packages except that of the root.
fn packages() -> Vec<PathBuf> {
    let is_package = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("mlp"))
            && path.join("Cargo.toml").is_file()
    };
    entries("").into_iter().filter(is_package).collect()
}

fn pages() -> Vec<PathBuf> {
    let folders =
        ["", "docs", "docs/design", "docs/guides", "examples/data", "benches/peers", "editors/vscode"];
    let mut all: Vec<PathBuf> = folders.into_iter().flat_map(entries).collect();
    all.extend(packages().into_iter().map(|package| package.join("README.md")));
    all.retain(|path| path.extension().is_some_and(|end| end == "md"));
    all
}

/// The anchor of a heading: lower case, without signs, `-` for spaces.
fn anchor(heading: &str) -> String {
    let letters = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
    letters.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
}

/// The targets of the links of a page, those of definitions included.
fn links(text: &str) -> Vec<&str> {
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let defined = text.lines().filter(|line| line.starts_with('[')).filter_map(|line| line.split_once("]: "));
    inline.map(|(target, _)| target).chain(defined.map(|(_, target)| target)).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text).into_iter().filter(|link| !link.starts_with("http")) {
            count += 1;
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(target.exists(), "{}: {link}", page.display());
            if !heading.is_empty() {
                let there = fs::read_to_string(&target).unwrap();
                let mut headings = there.lines().filter(|line| line.starts_with('#'));
                assert!(headings.any(|line| anchor(line) == heading), "{}: {link}", page.display());
            }
        }
    }
    assert!(count >= 50, "only {count} links were found");
}

/// The folder of a package of the workspace.
fn folder_of(package: &str) -> PathBuf {
    let here = Path::new(ROOT).join(package);
    if here.is_dir() { here } else { Path::new(ROOT).join(package.replacen("mlp-", "tests/", 1)) }
}

/// A program of tests that a page names is there.
#[test]
fn commands_name_tests_that_exist() {
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for command in text.split("cargo ").skip(1).filter_map(|rest| rest.split(['`', '\n']).next()) {
            let words: Vec<&str> = command.split_whitespace().collect();
            let after = |option: &str| {
                words.windows(2).find(|pair| pair[0] == option).and_then(|pair| pair.get(1).copied())
            };
            let Some(name) = after("--test").filter(|_| words.contains(&"test")) else { continue };
            let tests = after("-p").map_or(PathBuf::from(ROOT), folder_of).join("tests");
            let exists =
                tests.join(format!("{name}.rs")).is_file() || tests.join(name).join("main.rs").is_file();
            assert!(exists, "{}: cargo {command}", page.display());
            count += 1;
        }
    }
    assert!(count >= 10, "only {count} commands were found");
}

#[test]
fn the_map_is_one_page() {
    let words =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md")).split_whitespace().count();
    assert!(words <= 1200, "{words} words");
}

/// Paths in the map that begin at the root exist.
#[test]
fn the_map_names_what_exists() {
    let roots = ["benches/", "docs/", "editors/", "examples/", "mlp-", "mlpc/", "src/", "tests/"];
    for code in
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md")).split('`').skip(1).step_by(2)
    {
        let is_path = code.contains('/') && roots.iter().any(|root| code.starts_with(root));
        assert!(!is_path || Path::new(ROOT).join(code).exists(), "{code}");
    }
}

#[test]
fn each_package_has_its_licences() {
    let packages = packages();
    assert!(packages.len() >= 5, "{packages:?}");
    for package in packages {
        for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let (here, root) =
                (fs::read(package.join(name)).unwrap(), fs::read(Path::new(ROOT).join(name)).unwrap());
            assert!(here == root, "{}: {name}", package.display());
        }
        assert!(package.join("README.md").is_file(), "{}", package.display());
    }
}
