//! The build and the environment that a task needs; where they are others, cargo runs the program again.

use std::env;
use std::process::{Command, ExitCode};

use crate::options::Task;

/// What holds libraries that ask the processor to instructions near SSE2, which is all that the baseline has.
const BASELINE: [(&str, &str); 3] = [
    ("RUSTFLAGS", "-C target-cpu=x86-64"),
    ("MKL_ENABLE_INSTRUCTIONS", "SSE4_2"),
    ("OPENBLAS_CORETYPE", "Core2"),
];

pub fn fits(task: &Task) -> bool {
    let is_set = |name, wanted| env::var_os(name).is_some_and(|value| value == wanted);
    let for_this_machine = cfg!(target_feature = "fma") || !is_x86_feature_detected!("fma");
    let instructions = match task {
        Task::Baseline => {
            let held = BASELINE.iter().all(|&(name, value)| is_set(name, value));
            held && !cfg!(feature = "native") && !cfg!(target_feature = "sse3")
        }
        Task::Compare | Task::Ours | Task::Engine | Task::Curves => {
            cfg!(feature = "native") && for_this_machine
        }
        _ => cfg!(feature = "rayon") && for_this_machine,
    };
    instructions && is_set("RAYON_NUM_THREADS", "1")
}

/// Cargo reads its configuration from the folder that it is started in: this one's has the flags and
/// variables that all contenders need.
pub fn again(task: &Task) -> ExitCode {
    const AGAIN: &str = "MLP_PEERS_AGAIN";
    if env::var_os(AGAIN).is_some() {
        eprintln!("the settings of .cargo/config.toml don't hold: is RUSTFLAGS set?");
        return ExitCode::FAILURE;
    }
    let mut cargo = Command::new("cargo");
    cargo.env(AGAIN, "1").current_dir(env!("CARGO_MANIFEST_DIR")).args(["run", "--release", "--quiet"]);
    if let Task::Baseline = task {
        eprintln!("again, built for the baseline");
        cargo.envs(BASELINE).args(["--no-default-features", "--target-dir", "target/baseline"]);
    } else {
        eprintln!("again, with the settings of .cargo/config.toml");
        let on = [
            ("burn", cfg!(feature = "burn")),
            ("candle", cfg!(feature = "candle")),
            ("rayon", cfg!(feature = "rayon") || matches!(task, Task::Threads)),
        ];
        for (feature, _) in on.iter().filter(|(_, is_on)| *is_on) {
            cargo.args(["--features", feature]);
        }
    }
    let status = cargo.arg("--").args(env::args_os().skip(1)).status();
    if status.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
