//! The formats of a derivation, and the files that they are written to.

use std::fs;

use crate::common::{error, output};

/// The ending of the file chooses the format, and --check compares with it.
#[test]
fn the_ending_of_the_file_is_its_format() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in
        [("page.md", "markdown"), ("page.html", "html"), ("page.json", "json"), ("page.txt", "markdown")]
    {
        let file = folder.path().join(name);
        let file = file.to_str().unwrap();
        output(&["derive", "exercise.mlp", "-o", file]);
        output(&["derive", "exercise.mlp", "-o", file, "--check"]);
        output(&["derive", "exercise.mlp", "-o", file, "--format", format, "--check"]);
        assert_eq!(
            fs::read_to_string(file).unwrap(),
            output(&["derive", "exercise.mlp", "--format", format])
        );
        let said =
            error(&["derive", "exercise.mlp", "-o", file, "--format", format, "--digits", "4", "--check"], 1);
        assert!(said.contains("is not up to date") && said.contains(&format!("--format {format}")), "{said}");
    }
}

/// The data have the hashes of the generated code, and the name of the file without its folder.
#[test]
fn the_data_say_which_network_they_are_of() {
    let data: serde_json::Value =
        serde_json::from_str(&output(&["derive", "../course/exercise.mlp", "--format", "json"])).unwrap();
    let code = output(&["emit", "exercise.mlp"]);
    assert_eq!(data["specification"]["file"], "exercise.mlp");
    for hash in ["fingerprint", "layout"] {
        let hash = data["specification"][hash].as_str().unwrap();
        let hash = u64::from_str_radix(hash, 16).unwrap();
        assert!(code.contains(&format!("{hash}")) || code.contains(&format!("{hash:#x}")), "{hash:x}");
    }
}
