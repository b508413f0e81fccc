//! Writes, for each specification, three modules with the same network: through the macro, as
//! `mlpc emit` prints it, and as one standalone file.

#![allow(clippy::expect_used, clippy::panic, reason = "a build script stops by panicking")]

use std::{env, fmt::Write, fs, path::Path};

use mlp_runtime::source::{Kernels, standalone};

/// The course's files that are compiled here: each costs three crates' worth of code. The others are
/// tested as pages and by `mlpc check`.
const COURSE: [&str; 6] =
    ["exercise", "exercise_four_biases", "exercise_short_e", "exercise_weights_only", "homework", "xor"];

fn main() {
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/course");
    let more = Path::new(env!("CARGO_MANIFEST_DIR")).join("specifications");
    let stem = |path: &Path| path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
    let mut files: Vec<_> = [&course, &more]
        .iter()
        .flat_map(|folder| {
            println!("cargo::rerun-if-changed={}", folder.display());
            fs::read_dir(folder).expect("a folder of specifications")
        })
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|e| e == "mlp"))
        .filter(|path| !path.starts_with(&course) || COURSE.contains(&stem(path).as_str()))
        .collect();
    files.sort_by_key(|file| file.file_stem().map(std::ffi::OsStr::to_owned));
    let mut code = String::new();
    let mut names = String::new();
    for file in files {
        let name = stem(&file);
        let text = fs::read_to_string(&file).expect("a specification");
        let compiled = mlp_dsl::Compilation::of(&text, &mlp_dsl::weights::NoFiles)
            .unwrap_or_else(|e| panic!("{name}: {e:?}"));
        let network = compiled.derivation.header.name.clone();
        let print = |standalone| {
            let options = mlp_rust::Options { standalone, public: true, ..Default::default() };
            let tokens = mlp_rust::emit(&compiled, &options);
            prettyplease::unparse(&syn::parse2(tokens).expect("Rust"))
        };
        let runtime = standalone(Kernels::Portable);
        let text = text.replace("\nnetwork", "\npub network");
        writeln!(
            code,
            "pub mod {name} {{\n#[allow(unused_imports, unreachable_pub)] pub mod through_macro {{ mlp::mlp! {{ {text} }} pub use {network} as Network; }}\n\
             #[allow(unused_imports, unreachable_pub)] pub mod emitted {{ {} pub use {network} as Network; }}\n\
             #[allow(unused_imports, unreachable_pub)] pub mod standalone {{ {runtime} pub mod api {{ pub use super::runtime::*; }} {} pub use {network} as Network; }}\n}}",
            print(false),
            print(true),
        )
        .expect("a string");
        writeln!(names, "{name:?},").expect("a string");
    }
    let (machines, list) = on_machines();
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("machines.rs"), machines).expect("written");
    fs::write(Path::new(&out).join("machine_list.rs"), list).expect("written");
    fs::write(Path::new(&out).join("networks.rs"), code).expect("written");
    let list = format!("/// The names of all specifications.\npub const NETWORKS: &[&str] = &[{names}];");
    fs::write(Path::new(&out).join("list.rs"), list).expect("written");
}

/// The networks of `machines`, in both types, both arithmetics and both grains, with a runtime whose
/// machine can be chosen; and a call of `each_network!` with their names.
fn on_machines() -> (String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("machines");
    println!("cargo::rerun-if-changed={}", folder.display());
    let (mut code, mut names) = (String::new(), String::new());
    for file in ["layers", "named", "wide"] {
        let template = fs::read_to_string(folder.join(file).with_extension("mlp")).expect("a specification");
        for (precision, arithmetic, unroll) in [
            ("f32", "separate", "never"),
            ("f32", "fused", "never"),
            ("f64", "separate", "never"),
            ("f64", "fused", "never"),
            ("f32", "separate", "always"),
            ("f32", "fused", "always"),
            ("f64", "separate", "always"),
            ("f64", "fused", "always"),
        ] {
            if file == "wide" && unroll == "always" {
                continue;
            }
            let (grain, [inputs, hidden, more]) =
                if unroll == "always" { ("neurons", [9, 11, 7]) } else { ("layers", [19, 23, 17]) };
            let name = format!("{file}_{precision}_{arithmetic}_{grain}");
            let text = template
                .replace("network NAME", "pub network Net")
                .replace("PRECISION", precision)
                .replace("ARITHMETIC", arithmetic)
                .replace("UNROLL", unroll)
                .replace("INPUTS", &inputs.to_string())
                .replace("HIDDEN", &hidden.to_string())
                .replace("MORE", &more.to_string());
            let compiled = mlp_dsl::Compilation::of(&text, &mlp_dsl::weights::NoFiles)
                .unwrap_or_else(|e| panic!("{name}: {e:?}"));
            let runtime = Some("crate::forced".parse().expect("a path"));
            let options = mlp_rust::Options { runtime, ..Default::default() };
            let tokens = mlp_rust::emit(&compiled, &options);
            let network = prettyplease::unparse(&syn::parse2(tokens).expect("Rust"));
            writeln!(code, "#[allow(unreachable_pub)] pub mod {name} {{ {network} }}").expect("a string");
            writeln!(names, "{name},").expect("a string");
        }
    }
    (code, format!("each_network! {{ {names} }}"))
}
