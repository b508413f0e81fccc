//! The stack that products of batches use, measured: how much of a thread's stack was touched. The reference has the
//! figures; a few pages are touched before the first measurement and are not counted.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, hint::black_box, os::unix::fs::FileExt, thread};

use mlp::{Batch, Class};

mlp::mlp! {
    /// Products whose panels fit into the small buffer.
    network Narrow: f32 {
        input  x[17];
        layer  hidden[64] = tanh(dense(x));
        layer  y[6] = softmax(dense(hidden));
        target t: class[6];
        loss   cross_entropy(y, t);
        train  sgd(rate = 0.01);
    }
}

mlp::mlp! {
    /// Products that need the large buffer, and more parameters than are returned by value.
    network Wide: f32 {
        input  x[784];
        layer  hidden[128] = relu(dense(x));
        layer  y[10] = softmax(dense(hidden));
        target t: class[10];
        loss   cross_entropy(y, t);
        train  sgd(rate = 0.01), batch 128;
    }
}

mlp::mlp! {
    /// For inference only, as on a microcontroller.
    network Scores: f32 {
        input  x[17];
        layer  hidden1[64] = tanh(dense(x));
        layer  hidden2[64] = tanh(dense(hidden1));
        layer  y[6] = softmax(dense(hidden2));
        batch  64;
    }
}

mlp::mlp! {
    /// As many parameters as are returned by value.
    network Limit: f32 {
        input  x[252];
        layer  hidden[254] = relu(dense(x));
        layer  y[4] = dense(hidden);
        target t[4];
        loss   squared_error(y, t);
        train  sgd(rate = 0.01), batch 110;
    }
}

mlp::mlp! {
    /// As wide as values of one sample are on the stack.
    network Broad: f32 {
        input  x[1];
        layer  hidden[16_300] = tanh(dense(x));
        layer  y[1] = dense(hidden);
    }
}

/// Bytes in memory of the mapping that has this address.
fn resident(address: usize) -> usize {
    let maps = fs::read_to_string("/proc/self/smaps").unwrap();
    let has = |line: &str| {
        let range = line.split_once(' ')?.0.split_once('-')?;
        let [from, to] = [range.0, range.1].map(|end| usize::from_str_radix(end, 16).ok());
        Some((from?..to?).contains(&address))
    };
    let mut lines = maps.lines().skip_while(|line| has(line) != Some(true));
    let size = lines.find_map(|line| line.strip_prefix("Rss:")).unwrap();
    size.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() * 1024
}

/// Bytes of stack that a call touches, on a thread of its own: of a size of its own, so that it has new memory.
fn touched(number: usize, run: impl FnOnce() + Send) -> usize {
    let size = (64 + number) << 20;
    thread::scope(|scope| {
        let measure = || {
            let here = 0_u8;
            let address = (&raw const here).addr();
            black_box(resident(address));
            let before = resident(address);
            run();
            resident(address) - before
        };
        thread::Builder::new().stack_size(size).spawn_scoped(scope, measure).unwrap().join().unwrap()
    })
}

/// The claims of the reference in bytes: one sample, and batches.
const CLAIMS: [usize; 2] = if cfg!(debug_assertions) { [72 << 10, 512 << 10] } else { [8 << 10, 360 << 10] };

macro_rules! measure {
    ($network:ident, $workspace:ident, $gradients:ident, $optimizer:ident, $number:expr, $samples:expr) => {{
        let inputs = vec![[0.25; $network::INPUTS]; $samples];
        let targets = vec![Class::new(3).unwrap(); $samples];
        let mut outputs = vec![[0.0; $network::OUTPUTS]; $samples];
        let (mut network, mut workspace) = ($network::boxed(), $workspace::boxed());
        let (mut gradients, mut optimizer) = ($gradients::boxed(), $optimizer::boxed());
        let batch = Batch::new(&inputs, &targets).unwrap();
        let forward = touched($number, || {
            network.forward_batch(&inputs, &mut workspace, &mut outputs).unwrap();
        });
        let train = touched($number + 1, || {
            network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
        });
        println!("{}: {} samples: {forward} {train}", stringify!($network), $samples);
        [forward, train]
    }};
}

/// One test: its threads have stacks of different sizes, one after another.
#[test]
fn networks_use_as_much_stack_as_the_reference_says() {
    let [one, batch] = CLAIMS;
    let (input, target) = (&[0.25; Wide::INPUTS], &Class::new(3).unwrap());
    let (mut network, mut workspace) = (Wide::boxed(), WideWorkspace::boxed());
    let (mut gradients, mut optimizer) = (WideGradients::boxed(), WideOptimizer::boxed());
    let found = touched(0, || {
        network.train_into(input, target, &mut optimizer, &mut workspace, &mut gradients);
    });
    assert!(found <= one, "one sample: {found}");

    let mut largest = 0;
    for (number, samples) in [1, 12, 13, 31, 32, 256].into_iter().enumerate() {
        let number = 1 + 4 * number;
        let found = measure!(Narrow, NarrowBatchWorkspace, NarrowGradients, NarrowOptimizer, number, samples);
        assert!(found.iter().all(|found| *found <= batch), "{samples}: {found:?}");
        let found = measure!(Wide, WideBatchWorkspace, WideGradients, WideOptimizer, number + 2, samples);
        assert!(found.iter().all(|found| *found <= batch), "{samples}: {found:?}");
        largest = largest.max(found[1]);
    }
    // The claim is not much too large either.
    assert!(largest > batch - (64 << 10), "{largest}");

    // Sums of groups are on the stack of a small network alone.
    let sums = 8 * Narrow::PARAMETERS;
    let found = measure!(Narrow, NarrowBatchWorkspace, NarrowGradients, NarrowOptimizer, 30, 300);
    assert!(found.iter().all(|found| *found <= batch + sums), "{found:?}");
    let found = measure!(Wide, WideBatchWorkspace, WideGradients, WideOptimizer, 32, 300);
    assert!(found.iter().all(|found| *found <= batch), "{found:?}");
}

/// Bytes of stack that a call uses, to the byte: the lowest byte that it changed of those that were painted before.
fn used(run: impl FnOnce()) -> usize {
    const PAINTED: usize = 64 << 10;
    let memory = fs::File::open("/proc/self/mem").unwrap();
    let mut seen = vec![0; PAINTED];
    let here = 0_u8;
    let top = (black_box(&raw const here)).addr();
    let from = paint::<PAINTED>();
    run();
    memory.read_exact_at(&mut seen, from as u64).unwrap();
    let untouched = seen.iter().take_while(|byte| **byte == PAINT).count();
    top - (from + untouched)
}

const PAINT: u8 = 0xA5;

/// Where the bytes of the stack are that it fills, below those of its caller.
#[inline(never)]
fn paint<const BYTES: usize>() -> usize {
    let mut painted = [0_u8; BYTES];
    black_box(&mut painted).fill(PAINT);
    black_box(&raw const painted).addr()
}

/// One sample needs memory for one sample, whatever `batch` says.
#[test]
fn a_forward_pass_for_inference_uses_little_stack() {
    const { assert!(Scores::WORKSPACE_BYTES <= 1200 && Scores::BATCH_WORKSPACE_BYTES > 64 * 1000) };
    let network = Scores::new();
    let x = [0.25; Scores::INPUTS];
    let mut workspace = ScoresWorkspace::new();
    let mut output = [0.0; Scores::OUTPUTS];
    // The instruction set is chosen with the first call.
    assert_eq!(network.forward(&x), network.forward(&x));
    let by_value = used(|| {
        black_box(black_box(&network).forward(black_box(&x)));
    });
    let in_place = used(|| black_box(&network).forward_into(black_box(&x), &mut workspace, &mut output));
    assert!(
        by_value <= if cfg!(debug_assertions) { 48 << 10 } else { 2048 },
        "by value {by_value}, in place {in_place}"
    );
}

/// A result that the compiler may not leave out.
fn seen<T>(result: &T) {
    black_box(result);
}

/// Methods by value fit into the stack of a thread: half of it at most, without the network and the results of the caller.
#[test]
fn methods_by_value_fit_into_the_stack_of_a_thread() {
    const { assert!(Limit::PARAMETER_BYTES > 255 << 10 && Limit::PARAMETER_BYTES <= 256 << 10) };
    const { assert!(Broad::WORKSPACE_BYTES > 120 << 10) };
    const HALF: usize = 1 << 20;
    let (x, t) = ([0.25; Limit::INPUTS], [0.5; 4]);
    let (mut network, broad) = (Limit::boxed(), Broad::boxed());
    let found = [
        ("new", touched(40, || seen(&Limit::new()))),
        ("default", touched(41, || seen(&Limit::default()))),
        ("forward", touched(42, || seen(&network.forward(&x)))),
        ("backward", touched(43, || seen(&network.backward(&x, &t)))),
        ("train", touched(44, || seen(&network.train(&x, &t)))),
        ("try_train", touched(45, || seen(&network.try_train(&x, &t)))),
        ("forward of a broad layer", touched(46, || seen(&broad.forward(&[0.5])))),
        ("trace of a broad layer", touched(47, || seen(&broad.trace(&[0.5])))),
    ];
    assert!(found.iter().all(|(_, found)| *found <= HALF), "{found:?}");
}
