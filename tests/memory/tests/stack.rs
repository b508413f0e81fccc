//! The stack that products of batches use, measured: how much of a thread's stack was touched. The reference has the
//! figures; a few pages are touched before the first measurement and are not counted.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, hint::black_box, thread};

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
const CLAIMS: [usize; 2] = if cfg!(debug_assertions) { [72 << 10, 452 << 10] } else { [8 << 10, 360 << 10] };

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

    for (number, samples) in [1, 12, 13, 31, 32, 256].into_iter().enumerate() {
        let number = 1 + 4 * number;
        let found = measure!(Narrow, NarrowBatchWorkspace, NarrowGradients, NarrowOptimizer, number, samples);
        assert!(found.iter().all(|found| *found <= batch), "{samples}: {found:?}");
        let found = measure!(Wide, WideBatchWorkspace, WideGradients, WideOptimizer, number + 2, samples);
        assert!(found.iter().all(|found| *found <= batch), "{samples}: {found:?}");
        // The claim is not much too large either.
        assert!(found[1] > batch - (32 << 10), "{samples}: {found:?}");
    }

    // Sums of groups are on the stack of a small network alone.
    let sums = 8 * Narrow::PARAMETERS;
    let found = measure!(Narrow, NarrowBatchWorkspace, NarrowGradients, NarrowOptimizer, 30, 300);
    assert!(found.iter().all(|found| *found <= batch + sums), "{found:?}");
    let found = measure!(Wide, WideBatchWorkspace, WideGradients, WideOptimizer, 32, 300);
    assert!(found.iter().all(|found| *found <= batch), "{found:?}");
}
