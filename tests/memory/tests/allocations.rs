//! Forward, backward and update of generated networks take nothing from the heap: an allocator counts.

#![allow(unsafe_code, reason = "an allocator is unsafe")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    hint::black_box,
};

use mlp::{Batch, Trainable};

/// The system's allocator, which counts what each thread asks for.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.with(|allocations| allocations.set(allocations.get() + 1));
}

// SAFETY: everything is passed on to the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller promises.
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many allocations something makes.
fn allocations(run: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.with(Cell::get);
    run();
    ALLOCATIONS.with(Cell::get) - before
}

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(black_box(Box::new(1)))), 1);
    assert_eq!(allocations(|| drop(black_box(vec![0_u8; 9]))), 1);
    assert_eq!(allocations(|| assert!(black_box(1) == 1)), 0);
}

mlp::mlp! {
    /// Neuron by neuron, with a penalty.
    network Neurons: f64 {
        input   x { i1, i2 }
        weights { w1 = 0.15, w2 = 0.20, w3 = 0.25, w4 = 0.30 }
        biases  { b1 = 0.35, b2 = 0.60 }
        layer   hidden { h1 = sigmoid(w1 * i1 + w2 * i2 + b1), h2 = tanh(w3 * i1 + w4 * i2 + b1) }
        layer   output { o1 = sigmoid(h1 * h2 + b2), o2 = exp(h1) }
        target  t { t1, t2 }
        loss    half_squared_error(output, t);
        penalty w1 * w1 + w4 * w4;
        train   sgd(rate = 0.5);
    }
}

mlp::mlp! {
    /// Whole layers, classes, a rule with state and a schedule.
    network Layers: f32 {
        input   x[24];
        layer   first[32]  = relu(dense(x));
        layer   second[32] = gelu(dense(first)) + first;
        layer   y[5] = softmax(dense(concat(second, x)));
        target  t: class[5];
        loss    cross_entropy(y, t);
        penalty l2(W_first, 0.001);
        train   adamw(rate = 0.01 * 0.9^step), clip_norm = 1, clip_value = 0.5;
    }
}

mlp::mlp! {
    /// Both grains, written out.
    network Unrolled: f64 {
        input   x[6];
        weights W[6, 4], v = 0.5;
        layer   first[4] = tanh(x @ W);
        layer   second { s = v * softplus(v), r = v * v }
        layer   y[3] = dense(concat(first, second));
        target  t[3];
        loss    huber(y, t);
        train   momentum(rate = 0.1), reduction = sum;
        unroll  always;
    }
}

mlp::mlp! {
    /// Products and sums rounded once.
    network Fused: f32 {
        input   x[6];
        layer   first[8] = tanh(dense(x));
        layer   y[3] = dense(first);
        target  t[3];
        loss    mean_squared_error(y, t);
        train   rmsprop();
        arithmetic fused;
    }
}

/// One of everything that a network does, on a sample and on batches of several lengths.
fn run<N: Trainable>(name: &str, inputs: &[N::Input], targets: &[N::Target], mut network: N)
where
    N::Optimizer: Default,
    N::Gradients: Default,
    N::Output: Default + Copy,
    N::Scalar: PartialEq,
{
    let (mut optimizer, mut workspace) = (N::Optimizer::default(), N::BatchWorkspace::default());
    let mut one = N::Workspace::default();
    let mut gradients = N::Gradients::default();
    let mut output = N::Output::default();
    let mut outputs = [output; 7];
    let (input, target) = (inputs.first().unwrap(), targets.first().unwrap());
    let found = allocations(|| network.initialize(3));
    assert_eq!(found, 0, "{name}: start values");
    let found = allocations(|| {
        network.forward_into(input, &mut one, &mut output);
        network.forward_batch(inputs, &mut workspace, &mut outputs).unwrap();
    });
    assert_eq!(found, 0, "{name}: forward");
    let found = allocations(|| {
        black_box(network.loss(input, target, &mut one));
        black_box(network.backward_into(input, target, &mut one, &mut gradients));
        for length in [1, 2, inputs.len()] {
            let batch = Batch::new(&inputs[..length], &targets[..length]).unwrap();
            black_box(network.backward_batch(batch, &mut workspace, &mut gradients));
        }
    });
    assert_eq!(found, 0, "{name}: backward");
    let found = allocations(|| {
        network.step(&mut optimizer, &gradients);
        network.train_into(input, target, &mut optimizer, &mut one, &mut gradients);
        for length in [1, 2, inputs.len()] {
            let batch = Batch::new(&inputs[..length], &targets[..length]).unwrap();
            network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
        }
    });
    assert_eq!(found, 0, "{name}: update");
}

#[test]
fn nothing_is_taken_from_the_heap() {
    run("Neurons", &[[0.05, 0.1]; 7], &[[0.01, 0.99]; 7], Neurons::new());
    run("Layers", &[[0.1; 24]; 7], &[mlp::Class::new(2).unwrap(); 7], Layers::new());
    run("Unrolled", &[[0.1; 6]; 7], &[[0.3; 3]; 7], Unrolled::new());
    run("Fused", &[[0.1; 6]; 7], &[[0.3; 3]; 7], Fused::new());
}

/// The methods that return by value, too.
#[test]
fn nor_by_value() {
    let found = allocations(|| {
        let mut network = Neurons::new();
        black_box(network.forward(&[0.05, 0.1]));
        black_box(network.trace(&[0.05, 0.1]));
        black_box(network.backward(&[0.05, 0.1], &[0.01, 0.99]));
        black_box(network.train(&[0.05, 0.1], &[0.01, 0.99]));
    });
    assert_eq!(found, 0);
}

/// Numbers from a file are decoded in place.
#[test]
fn nor_for_numbers_from_a_file() {
    use mlp_memory::named::Rows;
    assert_eq!(allocations(|| assert!(black_box(Rows::new().forward(&[0.1; 4]))[0] > 0.0)), 0);
}
