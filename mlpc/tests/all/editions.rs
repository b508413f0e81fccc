//! Emitted files are modules of any crate: of each edition that their first line names, beside code that denies all lints.

use std::{fmt::Write, fs, path::Path};

use crate::common::{COURSE, folder, mlpc, output};
use mlp_support::{cargo::Crate, rustc::rustc};

const EDITIONS: [&str; 3] = ["2018", "2021", "2024"];
const HEAD: &str =
    "//! Networks from files.\n#![deny(warnings, missing_docs, unreachable_pub, rust_2018_idioms)]\n";

/// A specification's name without extension, and that of its network.
fn names(file: &str) -> (&str, String) {
    let text = fs::read_to_string(folder("../examples/course").join(file)).unwrap();
    let network = text.split("network ").nth(1).unwrap().split(':').next().unwrap();
    (file.strip_suffix(".mlp").unwrap(), network.trim().to_owned())
}

/// A module with the file of its name, and a use from outside of it: each type is visible.
fn used(module: &str, network: &str) -> String {
    format!(
        "mod {module};\n/// A network.\npub fn use_{module}() -> {module}::{network} {{\n\
         let network = {module}::{network}::new();\n\
         let _ = ({module}::{network}Workspace::new(), {module}::{network}Gradients::new());\n\
         let _: Option<{module}::{network}Trace> = None;\n\
         let _ = {module}::{network}Optimizer::new();\n\
         network\n}}\n"
    )
}

fn says_the_editions(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.starts_with("// ") && EDITIONS.iter().all(|edition| first.contains(edition))
}

/// All examples as standalone files, with vector kernels and without, in one crate.
#[test]
fn standalone_files_are_modules_in_every_edition() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = HEAD.to_owned();
    for kernels in ["safe", "simd"] {
        for file in COURSE {
            let (name, network) = names(file);
            let module = format!("{name}_{kernels}");
            let path = folder.path().join(&module).with_extension("rs");
            mlpc(&["emit", file, &format!("--standalone={kernels}"), "-o"]).arg(&path).assert().code(0);
            assert!(says_the_editions(&fs::read_to_string(&path).unwrap()), "{module}");
            library.push_str(&used(&module, &network));
            let batch = format!("pub use {module}::runtime::{{Batch as Batch_{module}, Trainable as _}};\n");
            library.push_str(&batch);
        }
    }
    compiles_everywhere(&folder.path().join("lib.rs"), &library);
}

fn compiles_everywhere(path: &Path, library: &str) {
    // The module of a file is private; what another file reads through the crate's root is not.
    let library = library.replace("pub use ", "#[allow(non_camel_case_types)]\npub use ");
    fs::write(path, library).unwrap();
    for edition in EDITIONS {
        let edition = format!("--edition={edition}");
        let run = rustc(path, &[&edition, "--crate-type=lib", "--emit=metadata"]);
        assert!(run.status.success(), "{edition}: {}", String::from_utf8_lossy(&run.stderr));
    }
}

/// The same with the crate `mlp`.
#[test]
fn emitted_files_are_modules_in_every_edition() {
    let user = Crate::new("editions", "");
    let manifest = fs::read_to_string(user.folder().join("Cargo.toml")).unwrap();
    let mut library = HEAD.to_owned();
    for file in COURSE {
        let (name, network) = names(file);
        let text = output(&["emit", file]);
        assert!(says_the_editions(&text), "{name}");
        user.write(&format!("src/{name}.rs"), text);
        write!(library, "{}", used(name, &network)).unwrap();
    }
    user.write("src/lib.rs", library);
    for edition in EDITIONS {
        user.write("Cargo.toml", manifest.replace("edition = \"2024\"", &format!("edition = \"{edition}\"")));
        assert_eq!(user.check(), Ok(()), "{edition}");
    }
}

/// What a specification says of visibility is kept.
#[test]
fn a_declared_visibility_stays() {
    let emit = |visibility: &str| {
        let text = format!("{visibility}network Net: f64 {{ input x {{ a = 1 }} layer y {{ o = 2 * a }} }}");
        let run = mlpc(&["emit", "-"]).write_stdin(text).assert().code(0);
        let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        text.lines().find_map(|line| line.split_once("use __mlp_Net").map(|(before, _)| before.to_owned()))
    };
    assert_eq!(emit("").unwrap(), "pub ");
    assert_eq!(emit("pub ").unwrap(), "pub ");
    assert_eq!(emit("pub(crate) ").unwrap(), "pub(crate) ");
}
