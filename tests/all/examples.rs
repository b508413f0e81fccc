//! The examples run, with arguments that make them short. Cargo builds them with the tests; where only this program of tests
//! was built, `cargo build --examples` builds them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    env, fs,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// The program of an example.
fn example(name: &str) -> Command {
    let folder = env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("examples");
    let program: PathBuf = folder.join(name).with_extension(env::consts::EXE_EXTENSION);
    assert!(program.is_file(), "{} is missing: run `cargo build --examples`", program.display());
    Command::new(program)
}

/// What an example prints.
fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The number after a word.
fn after(text: &str, word: &str) -> f64 {
    let rest = text.split(word).nth(1).unwrap_or_else(|| panic!("no `{word}` in {text}"));
    rest.split_whitespace().next().unwrap().trim_end_matches(',').parse().unwrap()
}

#[test]
fn digits_are_learned() {
    assert!(after(&printed(example("digits").arg("2")), "accuracy ") > 0.88);
}

/// Killed twice and run again, it saves the bytes of a training that was never stopped.
#[test]
fn a_killed_training_resumes() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let resume = |folder: usize| {
        let mut command = example("resume");
        command.arg("2").arg(folders[folder].path());
        command
    };
    let whole = printed(&mut resume(0));
    let checkpoint = folders[1].path().join("digits.checkpoint");
    for _ in 0..2 {
        let before = fs::read(&checkpoint).ok();
        let mut running = resume(1).stdout(Stdio::null()).spawn().unwrap();
        while fs::read(&checkpoint).ok() == before && running.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        running.kill().unwrap();
        running.wait().unwrap();
    }
    let resumed = printed(&mut resume(1));
    assert_eq!(whole.lines().last(), resumed.lines().last());
    for file in ["digits.checkpoint", "digits.safetensors"] {
        let [one, other] = [0, 1].map(|folder| fs::read(folders[folder].path().join(file)).unwrap());
        assert!(one == other, "{file}");
    }
}

#[test]
fn a_population_evolves() {
    let text = printed(example("population").arg("40"));
    assert!(text.starts_with("generation 0: "), "{text}");
    assert!(text.lines().any(|line| after(line, ": ") >= 5.0), "{text}");
}

#[test]
fn threads_share_a_network() {
    assert!(printed(example("threads").arg("3")).starts_with("10000 rows on 3 threads"));
}

/// Cargo builds the example with this feature alone.
#[cfg(feature = "alloc")]
#[test]
fn a_service_answers() {
    use std::io::Write;

    let mut service = example("service").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let requests =
        ["xor 0 1", "xor 0 1 0 1 = 1 1", "colour 1 0.5 0 = 1", "colour 1 0.5 0", "xor 0 1 1", "pet 1"];
    service.stdin.take().unwrap().write_all(requests.join("\n").as_bytes()).unwrap();
    let output = service.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let [xor, step, loss, colour, length, missing] = lines[..] else { panic!("{text}") };
    assert!(xor.starts_with("[0.") && after(step, "loss ") > 0.0 && after(loss, "loss ") > 0.0, "{text}");
    assert!(colour.starts_with('[') && colour.contains(", "), "{text}");
    assert!(length.starts_with("error: ") && missing == "error: there is no network `pet`", "{text}");
}
