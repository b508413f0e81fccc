//! `mlpc fmt`: the one style, in place, checked or through a pipe.

use crate::common::{folder, mlpc};

const CROOKED: &str = "network   N{input x[2];layer y[1]=dense( x );}// end\n";
const STRAIGHT: &str = "network N {\n    input x[2];\n    layer y[1] = dense(x);\n} // end\n";

#[test]
fn a_pipe() {
    mlpc(&["fmt", "-"]).write_stdin(CROOKED).assert().code(0).stdout(STRAIGHT);
}

#[test]
fn allowed_warnings_are_laid_out() {
    let crooked = "network N{input x[1];layer y[1]=softmax(x);allow  W0101 ,W0102 ;}\n";
    let straight = "network N {\n    input x[1];\n    layer y[1] = softmax(x);\n    allow W0101, W0102;\n}\n";
    mlpc(&["fmt", "-"]).write_stdin(crooked).assert().code(0).stdout(straight);
}

/// The tolerance has the last line of what is expected.
#[test]
fn what_is_expected_is_laid_out() {
    let crooked = "network N{input x[1];layer y[1]=2*x;expect{x=[1],y=[2]}within 1e-6 ;\
        expect from \"a_file_with_a_name.safetensors\"{x=\"the_input.of_the_model\",y=\"its_output\"}within 1e-6;}\n";
    let straight = "network N {\n    input x[1];\n    layer y[1] = 2 * x;\n    expect { x = [1], y = [2] } within 1e-6;\n    \
        expect from \"a_file_with_a_name.safetensors\" {\n        x = \"the_input.of_the_model\",\n        \
        y = \"its_output\"\n    } within 1e-6;\n}\n";
    mlpc(&["fmt", "-"]).write_stdin(crooked).assert().code(0).stdout(straight);
    mlpc(&["fmt", "-"]).write_stdin(straight).assert().code(0).stdout(straight);
}

/// Each on a line of its own, whatever is in it.
#[test]
fn attributes_are_laid_out() {
    let crooked = "#[derive(Copy,no :: such::Trait,)]#[doc=include_str! (\"a.md\")] #[cfg( all(unix,not(feature=\"a\")))]\n/// A line.\nnetwork N{input x[1];layer y[1]=dense(x);}\n";
    let straight = "#[derive(Copy, no::such::Trait,)]\n#[doc = include_str!(\"a.md\")]\n#[cfg(all(unix, not(feature = \"a\")))]\n/// A line.\nnetwork N {\n    input x[1];\n    layer y[1] = dense(x);\n}\n";
    mlpc(&["fmt", "-"]).write_stdin(crooked).assert().code(0).stdout(straight);
    mlpc(&["fmt", "-"]).write_stdin(straight).assert().code(0).stdout(straight);
    // Other commands leave them to Rust.
    let run = mlpc(&["emit", "-", "--crate", "library::mlp"]).write_stdin(straight).assert().code(0);
    let code = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    let (cfg, derive) = ("#[cfg(all(unix, not(feature = \"a\")))]", "#[derive(Copy, no::such::Trait)]");
    assert_eq!((code.matches(cfg).count(), code.matches(derive).count()), (2, 2), "{code}");
    assert!(code.contains("#[doc = include_str!(\"a.md\")]") && code.contains("::library::mlp::__private::"));
    assert!(
        !code.contains("::mlp::__private::Network") || code.contains("::library::mlp::__private::Network")
    );
    let said = mlpc(&["summary", "-"]).write_stdin(straight).assert().code(0);
    assert!(!String::from_utf8_lossy(&said.get_output().stdout).contains("such"));
}

#[test]
fn in_place_and_checked() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("n.mlp");
    std::fs::write(&file, CROOKED).unwrap();
    let run = mlpc(&["fmt", "--check"]).arg(&file).assert().code(1).stdout("");
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("n.mlp is not formatted\n  = help: run `mlpc fmt`"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), CROOKED);
    mlpc(&["fmt"]).arg(&file).assert().code(0).stdout("");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), STRAIGHT);
    mlpc(&["fmt", "--check"]).arg(&file).assert().code(0);
}

/// Where one file can't be read by the parser, none is written.
#[test]
fn a_mistake_leaves_all_files_alone() {
    let place = tempfile::tempdir().unwrap();
    let [good, bad] = ["good.mlp", "bad.mlp"].map(|name| place.path().join(name));
    std::fs::write(&good, CROOKED).unwrap();
    std::fs::write(&bad, "network N { input x[2] }").unwrap();
    mlpc(&["fmt"]).arg(&good).arg(&bad).assert().code(1).stdout("");
    assert_eq!(std::fs::read_to_string(&good).unwrap(), CROOKED);
}

#[test]
fn our_own_specifications_are_in_the_style() {
    let folders = [
        "../examples/course",
        "../tests/agreement/specifications",
        "../tests/random/specifications",
        "../tests/trajectories/specifications",
    ];
    let files = folders.into_iter().flat_map(|name| std::fs::read_dir(folder(name)).unwrap());
    let files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    mlpc(&["fmt", "--check"]).args(files).arg(folder("../mlp-dsl/src/prelude.mlp")).assert().code(0);
}

#[test]
fn an_expectation_is_one_statement() {
    let text = "network N{input x[2];layer y{s=sum(x)} expect{x=[1,2],s=3}within 1e-6;\nexpect from \"a.npz\"{x=\"x\",y=\"y\"}\nwithin 1e-6;}";
    let once = mlpc(&["fmt", "-"]).write_stdin(text).assert().success();
    let once = String::from_utf8(once.get_output().stdout.clone()).unwrap();
    assert!(once.contains("    expect { x = [1, 2], s = 3 } within 1e-6;\n"), "{once}");
    assert!(once.contains("    expect from \"a.npz\" { x = \"x\", y = \"y\" } within 1e-6;\n"), "{once}");
    mlpc(&["fmt", "-"]).write_stdin(once.clone()).assert().success().stdout(once);
}
