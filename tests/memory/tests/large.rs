//! A network of ten million parameters, made, run and trained with a stack of 2 MiB, in debug builds too.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "generic/mod.rs"]
mod generic;

use std::thread;

use mlp::{Batch, Class};
use mlp_memory::large::{Large, LargeBatchWorkspace, LargeGradients, LargeOptimizer, LargeTrace};

/// What a thread has by default, and less than a twentieth of the network.
const STACK: usize = 2 << 20;

/// Of one thread: a stack that runs over ends the whole process.
fn on_a_small_stack(run: fn()) {
    thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap();
}

#[test]
fn a_large_network_never_stands_on_the_stack() {
    const { assert!(Large::PARAMETERS >= 10_000_000 && Large::PARAMETER_BYTES > 20 * STACK) };
    on_a_small_stack(|| {
        let mut network = Large::boxed();
        let (mut optimizer, mut gradients) = (LargeOptimizer::boxed(), LargeGradients::boxed());
        let (mut workspace, mut trace) = (LargeBatchWorkspace::boxed(), LargeTrace::boxed());
        let inputs = [[0.25; 3136], [-0.125; 3136]];
        let targets = [Class::new(3).unwrap(), Class::new(7).unwrap()];
        network.trace_into(&inputs[0], <Large as mlp::Network>::sample_workspace(&mut workspace), &mut trace);
        let batch = Batch::new(&inputs, &targets).unwrap();
        let first = network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
        assert!(first.is_finite() && first > 0.0);
        assert_eq!(optimizer.steps, 1);
        let mut outputs = [[0.0; 10]; 2];
        network.forward_batch(&inputs, &mut workspace, &mut outputs).unwrap();
        assert_ne!(outputs[0], trace.y);
        assert!((outputs[0].iter().sum::<f32>() - 1.0).abs() < 1e-5);
    });
}

#[test]
fn a_box_has_the_numbers_of_its_constants() {
    on_a_small_stack(|| {
        let optimizer = LargeOptimizer::boxed();
        assert_eq!((optimizer.rate, optimizer.beta1, optimizer.beta2), (0.01, 0.9, 0.999));
        assert_eq!(optimizer.steps, 0);
        let (network, other) = (Large::boxed(), Large::boxed_with_seed(1));
        assert_eq!(network.W_first, Large::boxed_with_seed(Large::SEED).W_first);
        assert_ne!(network.W_first[0], other.W_first[0]);
        assert!(network.b_first.iter().chain(&LargeGradients::boxed().b_y).all(|x| x.to_bits() == 0));
    });
}

/// Small ones are the same by value and on the heap; so is one whose numbers are read from a file.
#[test]
fn a_box_is_the_same_as_a_value() {
    use mlp_memory::named::{Rows, RowsGradients, RowsOptimizer};
    assert_eq!(*Rows::boxed(), Rows::new());
    assert_eq!(*Rows::boxed(), Rows::TRAINED);
    assert_eq!(*RowsGradients::boxed(), RowsGradients::new());
    assert_eq!(*RowsOptimizer::boxed(), RowsOptimizer::new());
}
