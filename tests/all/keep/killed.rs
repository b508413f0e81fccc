//! A program that trains and keeps checkpoints is killed at random moments (SIGKILL), and started again: there is never a
//! torn file, and it ends with the bits of one that was never stopped.

#![allow(clippy::print_stdout, reason = "tests")]

use std::{
    env,
    ffi::OsStr,
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use mlp::keep::{Checkpoint, Progress, resume};

use super::{INPUTS, Small, SmallOptimizer, TARGETS, bytes, folder};

const STEPS: u64 = 90;
/// The folder of the program that is killed.
const FOLDER: &str = "MLP_KEEP_FOLDER";
const CHECKPOINT: &str = "run.safetensors";
const DONE: &str = "done";

/// Trains one sample at a time, in an order that is a function of seed, epoch and position.
fn run(
    network: &mut Small,
    optimizer: &mut SmallOptimizer,
    progress: &mut Progress,
    keep: &dyn Fn(&Small, &SmallOptimizer, Progress),
) {
    let (mut workspace, mut gradients) = (Default::default(), Default::default());
    while progress.step < STEPS {
        let sample = (progress.order_seed + 3 * progress.position + progress.epoch) as usize % INPUTS.len();
        let loss =
            network.train_into(&INPUTS[sample], &TARGETS[sample], optimizer, &mut workspace, &mut gradients);
        progress.best = Some(f64::from(loss).min(progress.best.unwrap_or(f64::INFINITY)));
        progress.step += 1;
        progress.position += 1;
        if progress.position == INPUTS.len() as u64 {
            (progress.epoch, progress.position) = (progress.epoch + 1, 0);
        }
        if progress.step.is_multiple_of(3) {
            keep(network, optimizer, *progress);
        }
    }
}

fn start() -> (Small, SmallOptimizer, Progress) {
    (Small::new(), SmallOptimizer::new(), Progress { order_seed: 11, ..Progress::default() })
}

/// What a run ends with.
fn result(network: &Small, optimizer: &SmallOptimizer, progress: Progress) -> Vec<u8> {
    let best = progress.best.unwrap().to_bits().to_le_bytes();
    [bytes(network), bytes(optimizer), best.to_vec()].concat()
}

/// The program that is killed.
#[test]
#[ignore = "started by the other test"]
fn program() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let path = Path::new(&folder).join(CHECKPOINT);
    let (mut network, mut optimizer, mut progress) = start();
    if path.exists() {
        // Nothing of the start is used.
        (network, optimizer) = (Small::with_seed(999), SmallOptimizer::new());
        progress = resume(&path, &mut network, &mut optimizer).unwrap().progress;
    }
    run(&mut network, &mut optimizer, &mut progress, &|network, optimizer, progress| {
        Checkpoint { network, optimizer, progress, metadata: &[] }.save(&path).unwrap();
    });
    fs::write(Path::new(&folder).join(DONE), result(&network, &optimizer, progress)).unwrap();
}

fn kill_and_resume(times: usize) {
    let (mut network, mut optimizer, mut progress) = start();
    run(&mut network, &mut optimizer, &mut progress, &|_, _, _| {});
    let expected = result(&network, &optimizer, progress);
    let folder = folder();
    let (path, done) = (folder.path().join(CHECKPOINT), folder.path().join(DONE));
    let mut random = mlp::__private::Stream::new(5, 0, "moments");
    let (mut killed, mut resumed, mut ended) = (0, 0, 0);
    // The time of a run that is not killed, the first one.
    let mut whole: Option<Duration> = None;
    while killed < times || path.exists() {
        let begin = Instant::now();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["keep::killed::program", "--exact", "--ignored"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        if let Some(whole) = whole.filter(|_| killed < times) {
            thread::sleep(whole.mul_f64(random.uniform_scalar(0.02, 0.9)));
            child.kill().unwrap();
        }
        let is_killed = !child.wait().unwrap().success();
        whole = whole.or(Some(begin.elapsed()));
        killed += usize::from(is_killed);
        if path.exists() {
            resumed += 1;
            let (mut network, mut optimizer, _) = start();
            let found = resume(&path, &mut network, &mut optimizer).unwrap().progress;
            assert_eq!((found.step % 3, optimizer.steps), (0, found.step));
        }
        if !is_killed {
            assert_eq!(fs::read(&done).unwrap(), expected);
            ended += 1;
            fs::remove_file(&path).unwrap();
        }
    }
    let left = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
    let left = left.filter(|path| path.extension() == Some(OsStr::new("tmp"))).count();
    println!(
        "killed {killed} times, {resumed} checkpoints read, {ended} runs ended, {left} files left beside"
    );
    assert!(left <= killed);
}

#[test]
fn a_killed_run_ends_with_the_same_bits() {
    kill_and_resume(5);
}

/// `cargo test --test all keep::killed::two_hundred -- --ignored --nocapture`
#[test]
#[ignore = "half a minute"]
fn two_hundred_times() {
    kill_and_resume(200);
}
