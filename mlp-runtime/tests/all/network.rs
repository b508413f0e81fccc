//! The provided methods of the traits, on a network of one neuron: y = w x + b, squared error.

use core::mem::size_of;
use core::slice::{from_mut, from_ref};
use mlp_runtime::__private::{Stream, add_scalar, divide_scalar};
use mlp_runtime::*;

#[derive(Debug, Default, PartialEq)]
struct Line {
    w: f64,
    b: f64,
}

impl Gradients<f64> for Line {
    fn clear(&mut self) {
        *self = Self::default();
    }

    fn divide(&mut self, by: f64) {
        divide_scalar(&mut self.w, by);
        divide_scalar(&mut self.b, by);
    }
}

impl Tensors for Line {
    type Scalar = f64;
    const TENSORS: &'static [Parameter] = &[
        Parameter { name: "w", kind: ParameterKind::Weight, shape: ParameterShape::Scalar },
        Parameter { name: "b", kind: ParameterKind::Bias, shape: ParameterShape::Scalar },
    ];

    fn tensor(&self, number: usize) -> Option<&[f64]> {
        [&self.w, &self.b].get(number).map(|of| from_ref(*of))
    }

    fn tensor_mut(&mut self, number: usize) -> Option<&mut [f64]> {
        match number {
            0 => Some(from_mut(&mut self.w)),
            1 => Some(from_mut(&mut self.b)),
            _ => None,
        }
    }
}

/// Descent with a rate, which has no state.
#[derive(Default)]
struct Rate(f64);

impl Tensors for Rate {
    type Scalar = f64;
    const TENSORS: &'static [Parameter] = &[];

    fn tensor(&self, _: usize) -> Option<&[f64]> {
        None
    }

    fn tensor_mut(&mut self, _: usize) -> Option<&mut [f64]> {
        None
    }
}

#[cfg(feature = "alloc")]
mod heap {
    use super::*;

    impl Boxed for Line {
        fn boxed() -> Box<Self> {
            Box::default()
        }
    }

    impl BoxedWithSeed for Line {
        fn boxed_with_seed(seed: u64) -> Box<Self> {
            let mut line = Self::boxed();
            line.initialize(seed);
            line
        }
    }

    impl Boxed for Rate {
        fn boxed() -> Box<Self> {
            Box::default()
        }

        fn copy_settings(&mut self, from: &Self) {
            self.0 = from.0;
        }
    }

    /// What is neither a tensor nor a step is copied, too.
    #[test]
    fn copies() {
        assert_eq!((Rate(0.5).boxed_copy().0, *stale().boxed_copy()), (0.5, stale()));
    }
}

impl Network for Line {
    type Input = [f64; 1];
    type Output = [f64; 1];
    /// The sizes of the blocks that were computed.
    type Workspace = Vec<usize>;
    type BatchWorkspace = Vec<usize>;
    const NAME: &'static str = "line";
    const PARAMETERS: usize = 2;
    const WEIGHTS: usize = 1;
    const BIASES: usize = 1;
    const INPUTS: usize = 1;
    const OUTPUTS: usize = 1;
    const LAYERS: usize = 2;
    const MULTIPLY_ADDS: usize = 1;
    const PARAMETER_BYTES: usize = size_of::<Self>();
    const WORKSPACE_BYTES: usize = 0;
    const BATCH_WORKSPACE_BYTES: usize = 0;
    const FROZEN: usize = 0;
    const OPTIMIZER_BYTES: usize = 0;
    const FINGERPRINT: u64 = 1;
    const LAYOUT_HASH: u64 = 2;

    fn initialize(&mut self, seed: u64) {
        self.w = Stream::new(seed, 0, "w").uniform_scalar(-1.0, 1.0);
        self.b = 0.0;
    }

    fn forward_into(&self, input: &[f64; 1], _: &mut Vec<usize>, output: &mut [f64; 1]) {
        output[0] = self.w * input[0] + self.b;
    }

    const BLOCK: usize = 31;

    fn forward_block(&self, inputs: &[[f64; 1]], sizes: &mut Vec<usize>, outputs: &mut [[f64; 1]]) {
        for (input, output) in inputs.iter().zip(outputs) {
            self.forward_into(input, sizes, output);
        }
        sizes.push(inputs.len());
    }

    fn sample_workspace(sizes: &mut Vec<usize>) -> &mut Vec<usize> {
        sizes
    }
}

impl Differentiable for Line {
    type Target = [f64; 1];
    type Gradients = Line;
    const TARGETS: usize = 1;
    const GRADIENT_BYTES: usize = size_of::<Self>();
    const REDUCTION: Reduction = Reduction::Mean;

    fn loss(&self, [x]: &[f64; 1], [t]: &[f64; 1], _: &mut Vec<usize>) -> f64 {
        let error = self.w * x + self.b - t;
        error * error
    }

    fn accumulate(
        &self,
        first: bool,
        x: &[f64; 1],
        t: &[f64; 1],
        _: &mut Vec<usize>,
        gradients: &mut Line,
    ) -> f64 {
        let error = self.w * x[0] + self.b - t[0];
        add_scalar(first, &mut gradients.w, 2.0 * error * x[0]);
        add_scalar(first, &mut gradients.b, 2.0 * error);
        error * error
    }
}

impl Trainable for Line {
    type Optimizer = Rate;

    fn step(&mut self, rate: &mut Rate, gradients: &Line) {
        self.w -= rate.0 * gradients.w;
        self.b -= rate.0 * gradients.b;
    }
}

const INPUTS: [[f64; 1]; 4] = [[0.0], [1.0], [2.0], [3.0]];
const TARGETS: [[f64; 1]; 4] = [[1.0], [3.0], [5.0], [7.0]];

fn batch() -> Batch<'static, [f64; 1], [f64; 1]> {
    Batch::new(&INPUTS, &TARGETS).unwrap()
}

fn stale() -> Line {
    Line { w: 9.0, b: 9.0 }
}

#[test]
fn forward_batch_writes_each_output() {
    let network = Line { w: 2.0, b: 1.0 };
    let mut outputs = [[0.0]; 4];
    network.forward_batch(&INPUTS, &mut vec![], &mut outputs).unwrap();
    assert_eq!(outputs, TARGETS);
    let error = BatchError::Outputs { inputs: 4, outputs: 3 };
    assert_eq!(network.forward_batch(&INPUTS, &mut vec![], &mut outputs[..3]), Err(error));
    assert_eq!(network.forward_batch(&[], &mut vec![], &mut []), Ok(()));
}

#[test]
fn blocks_are_as_few_and_as_equal_as_can_be() {
    let sizes = |samples: usize| {
        let mut sizes = vec![];
        stale().forward_batch(&vec![[1.0]; samples], &mut sizes, &mut vec![[0.0]; samples]).unwrap();
        sizes
    };
    assert_eq!(sizes(0), []);
    assert_eq!(sizes(1), [1]);
    assert_eq!(sizes(31), [31]);
    assert_eq!(sizes(32), [16, 16]);
    assert_eq!(sizes(64), [22, 22, 20]);
}

#[test]
fn backward_writes_over_stale_gradients() {
    let mut gradients = stale();
    let loss = Line { w: 1.0, b: 0.0 }.backward_into(&[3.0], &[7.0], &mut vec![], &mut gradients);
    assert_eq!((loss, gradients), (16.0, Line { w: -24.0, b: -8.0 }));
}

#[test]
fn batches_average_losses_and_gradients() {
    let network = Line { w: 1.0, b: 0.0 };
    let mut gradients = stale();
    // Errors -1, -2, -3, -4.
    assert_eq!(network.backward_batch(batch(), &mut vec![], &mut gradients), 30.0 / 4.0);
    assert_eq!(gradients, Line { w: -40.0 / 4.0, b: -20.0 / 4.0 });
    assert_eq!(network.loss_batch(batch(), &mut vec![]), 30.0 / 4.0);
}

#[test]
fn training_returns_the_loss_before_the_step() {
    let mut network = Line { w: 1.0, b: 0.0 };
    let mut gradients = stale();
    let loss = network.train_batch(batch(), &mut Rate(0.1), &mut vec![], &mut gradients);
    assert_eq!((loss, network), (7.5, Line { w: 2.0, b: 0.5 }));
    let mut network = Line { w: 1.0, b: 0.0 };
    let loss = network.train_into(&[3.0], &[7.0], &mut Rate(0.125), &mut vec![], &mut gradients);
    assert_eq!((loss, network), (16.0, Line { w: 4.0, b: 1.0 }));
}

/// Uses the traits only.
fn fit<N: Trainable>(
    network: &mut N,
    optimizer: &mut N::Optimizer,
    workspace: &mut N::BatchWorkspace,
    gradients: &mut N::Gradients,
    batch: Batch<'_, N::Input, N::Target>,
) -> f64 {
    network.initialize(1);
    for _ in 0..1000 {
        network.train_batch(batch, optimizer, workspace, gradients);
    }
    network.loss_batch(batch, workspace).to_f64()
}

#[test]
fn generic_code_trains_any_network() {
    let mut network = stale();
    assert!(fit(&mut network, &mut Rate(0.1), &mut vec![], &mut stale(), batch()) < 1e-12);
}

#[test]
fn layout_tells_the_elements() {
    let elements: usize = Line::LAYOUT.iter().map(|p| p.shape.elements()).sum();
    assert_eq!(elements, Line::PARAMETERS);
    assert_eq!(ParameterShape::Vector(3).elements(), 3);
    assert_eq!(ParameterShape::Matrix(3, 4).elements(), 12);
    let mut line = stale();
    assert_eq!(line.parameter("w"), Some(&[9.0][..]));
    assert!(line.parameter_mut("c").is_none());
}

/// What is not a number is noticed, wherever it is.
#[test]
fn numbers_are_finite() {
    assert!(Tensors::is_finite(&Line { w: f64::MAX, b: -0.0 }));
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for line in [Line { w: bad, b: 1.0 }, Line { w: 1.0, b: bad }] {
            assert!(!Tensors::is_finite(&line), "{line:?}");
        }
    }
}

#[test]
fn a_step_that_is_tried_is_taken_or_changes_nothing() {
    let (mut network, mut apart) = (Line { w: 1.0, b: 0.0 }, Line { w: 1.0, b: 0.0 });
    let mut gradients = stale();
    let loss = network.try_train_batch(batch(), &mut Rate(0.1), &mut vec![], &mut gradients);
    assert_eq!(loss, Ok(apart.train_batch(batch(), &mut Rate(0.1), &mut vec![], &mut stale())));
    let loss = network.try_train_into(&[3.0], &[7.0], &mut Rate(0.1), &mut vec![], &mut gradients);
    assert_eq!(loss, Ok(apart.train_into(&[3.0], &[7.0], &mut Rate(0.1), &mut vec![], &mut stale())));
    assert_eq!(network, apart);

    // The loss overflows; a sample of the batch is no number; the loss is 0 and the gradient 0 · ∞.
    let refused = network.try_train_into(&[1e200], &[0.0], &mut Rate(0.1), &mut vec![], &mut gradients);
    assert_eq!(refused, Err(NotFinite::Loss));
    let inputs = [[1.0], [f64::NAN], [2.0]];
    let bad = Batch::new(&inputs, &[[1.0], [2.0], [3.0]]).unwrap();
    assert_eq!(
        network.try_train_batch(bad, &mut Rate(0.1), &mut vec![], &mut gradients),
        Err(NotFinite::Loss)
    );
    // The square of the error is a number, and its product with the input is not.
    let refused = network.try_train_into(&[1e150], &[-1e160], &mut Rate(0.1), &mut vec![], &mut gradients);
    assert_eq!(refused, Err(NotFinite::Loss));
    network.w = 0.0;
    apart.w = 0.0;
    let refused = network.try_train_into(&[1e200], &[1e150], &mut Rate(0.1), &mut vec![], &mut gradients);
    assert_eq!(refused, Err(NotFinite::Gradient));
    assert_eq!(network, apart);
    assert_eq!(NotFinite::Gradient.to_string(), "a gradient is infinite or NaN; no step was taken");
}
