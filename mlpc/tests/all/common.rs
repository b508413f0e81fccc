//! Runs the command line.

use std::path::PathBuf;

use assert_cmd::Command;

/// The command with these arguments, in the folder of the course's specifications.
pub(crate) fn mlpc(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlpc"));
    command.current_dir(folder("../examples/course")).env_remove("NO_COLOR").args(arguments);
    command
}

/// A folder of the project.
pub(crate) fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The texts of all `errors` modules of the compiler: those that name the codes.
pub(crate) fn error_modules() -> Vec<String> {
    fn walk(at: &std::path::Path, inside: bool, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            let inside = inside || path.file_stem().is_some_and(|stem| stem == "errors" || stem == "never");
            if path.is_dir() {
                walk(&path, inside, found);
            } else if inside {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut found = Vec::new();
    walk(&folder("../mlp-dsl/src"), false, &mut found);
    found
}

/// The standard output of a call that succeeds and says nothing else.
pub(crate) fn output(arguments: &[&str]) -> String {
    let good = mlpc(arguments).assert().code(0).stderr("");
    String::from_utf8(good.get_output().stdout.clone()).unwrap()
}

/// The standard error of a call that fails with this code.
pub(crate) fn error(arguments: &[&str], code: i32) -> String {
    let bad = mlpc(arguments).assert().code(code);
    String::from_utf8(bad.get_output().stderr.clone()).unwrap()
}

/// Checks a text from the standard input; gives what is said about it.
pub(crate) fn check_text(text: impl Into<Vec<u8>>, code: i32) -> String {
    let run = mlpc(&["check", "-"]).write_stdin(text).assert().code(code);
    let said = if code == 0 { &run.get_output().stdout } else { &run.get_output().stderr };
    String::from_utf8(said.clone()).unwrap()
}

/// The course's specifications.
pub(crate) const COURSE: [&str; 6] = [
    "exercise.mlp",
    "exercise_four_biases.mlp",
    "exercise_short_e.mlp",
    "exercise_weights_only.mlp",
    "homework.mlp",
    "xor.mlp",
];
