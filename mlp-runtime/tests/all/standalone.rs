//! The text of the runtime for programs that do without the crate.

use std::{env, fs, process::Command};

use mlp_runtime::{
    Scalar,
    random::Stream,
    source::{Kernels, standalone},
};

/// The numbers that both programs draw, and their exponentials.
fn bits() -> Vec<u64> {
    let mut stream = Stream::new(1, 2, "x");
    (0..1000).map(|_| Scalar::exp(stream.uniform(-9.0, 9.0)).to_bits()).collect()
}

#[test]
fn standalone_text_computes_the_same() {
    const MAIN: &str = r#"
        use runtime::{Scalar, Stream};
        fn main() {
            let mut stream = Stream::new(1, 2, "x");
            for _ in 0..1000 { println!("{}", Scalar::exp(stream.uniform(-9.0, 9.0)).to_bits()); }
        }
    "#;
    let folder = tempfile::tempdir().unwrap();
    for kernels in [Kernels::Portable, Kernels::Vector] {
        let (source, program) = (folder.path().join("main.rs"), folder.path().join("program"));
        fs::write(&source, standalone(kernels) + MAIN).unwrap();
        let rustc = env::var_os("RUSTC").unwrap_or("rustc".into());
        let built = Command::new(rustc)
            .args(["--edition=2024", "-Dwarnings", "-o"])
            .args([&program, &source])
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let output = String::from_utf8(Command::new(program).output().unwrap().stdout).unwrap();
        let theirs: Vec<u64> = output.lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(theirs, bits());
    }
}

#[test]
fn standalone_text_names_nothing_outside() {
    let text = standalone(Kernels::Portable);
    for foreign in ["crate::", "std::", "feature =", "ndarray", "rayon", "unsafe", "cfg("] {
        assert!(!text.contains(foreign), "the text mentions {foreign}");
    }
    let text = standalone(Kernels::Vector);
    for foreign in ["crate::", "(feature = ", "ndarray", "cfg(test"] {
        assert!(!text.contains(foreign), "the text with vector kernels mentions {foreign}");
    }
    // In edition 2018 the method gives references to the elements of an array.
    assert!(!text.contains(".into_iter()"), "the text depends on the edition");
}
