//! Networks written by hand on the matrix product of a library; everything else is loops over
//! buffers that are kept, with the polynomial functions of `by_hand`.

use std::marker::PhantomData;

use crate::by_hand::functions::{Activation, Real, Relu, Sigmoid, Tanh};
use crate::contender::Contender;
use crate::workloads::{Data, Ending, Float, Function, Rule, Workload};

/// A matrix that lies row by row, or its transpose.
#[derive(Clone, Copy)]
pub struct Matrix<'a, T> {
    pub data: &'a [T],
    pub rows: usize,
    pub columns: usize,
    pub row_stride: usize,
    pub column_stride: usize,
}

impl<'a, T> Matrix<'a, T> {
    pub fn new(data: &'a [T], rows: usize, columns: usize) -> Self {
        assert_eq!(data.len(), rows * columns);
        Self { data, rows, columns, row_stride: columns, column_stride: 1 }
    }

    pub fn transposed(self) -> Self {
        let Self { data, rows, columns, row_stride, column_stride } = self;
        Self { data, rows: columns, columns: rows, row_stride: column_stride, column_stride: row_stride }
    }
}

pub trait Product<T> {
    /// out += factor · a b, or without `add` out = factor · a b, row by row.
    fn product(out: &mut [T], add: bool, factor: T, a: Matrix<'_, T>, b: Matrix<'_, T>);
}

pub fn contender<P>(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>>
where
    P: Product<f32> + Product<f64> + 'static,
{
    Some(match workload.float {
        Float::F32 => Box::new(OnProducts::<f32, P>::new(workload, data)),
        Float::F64 => Box::new(OnProducts::<f64, P>::new(workload, data)),
    })
}

struct OnProducts<T, P> {
    layers: Vec<Layer<T>>,
    inputs: Vec<T>,
    targets: Vec<T>,
    start: Vec<T>,
    batch: usize,
    hidden: Function,
    ending: Ending,
    rule: Rule,
    rate: f64,
    steps: i32,
    product: PhantomData<P>,
}

struct Layer<T> {
    inputs: usize,
    outputs: usize,
    weights: Vec<T>,
    biases: Vec<T>,
    /// Batch × outputs.
    y: Vec<T>,
    delta: Vec<T>,
    /// Adam's, for weights and biases; empty for other rules.
    gradients: [Vec<T>; 2],
    moments: [[Vec<T>; 2]; 2],
}

impl<T: Real, P: Product<T>> OnProducts<T, P> {
    fn new(workload: &Workload, data: &Data) -> Self {
        let values = |numbers: &[f64]| numbers.iter().map(|&x| T::of(x)).collect::<Vec<_>>();
        let batch = workload.batch;
        let layer = |(inputs, outputs)| Layer::new(inputs, outputs, batch, workload.rule);
        let mut network = Self {
            layers: workload.layers().map(layer).collect(),
            inputs: values(&data.inputs),
            targets: values(&data.targets),
            start: values(&data.parameters),
            batch,
            hidden: workload.hidden,
            ending: workload.ending,
            rule: workload.rule,
            rate: workload.rate,
            steps: 0,
            product: PhantomData,
        };
        network.reset();
        network
    }

    fn backward(&mut self) {
        for at in (1..self.layers.len()).rev() {
            let [before, layer] = &mut self.layers[at - 1..=at] else { return };
            let delta = Matrix::new(&layer.delta, self.batch, layer.outputs);
            let weights = Matrix::new(&layer.weights, layer.inputs, layer.outputs);
            P::product(&mut before.delta, false, T::ONE, delta, weights.transposed());
            times_slope(self.hidden, &mut before.delta, &before.y);
        }
    }

    fn update(&mut self) {
        let mut x = &self.inputs;
        for Layer { inputs, outputs, weights, biases, y, delta, gradients, moments } in &mut self.layers {
            let x_transposed = Matrix::new(x, self.batch, *inputs).transposed();
            let delta_matrix = Matrix::new(delta, self.batch, *outputs);
            match self.rule {
                Rule::Sgd => {
                    let factor = T::of(-self.rate / self.batch as f64);
                    P::product(weights, true, factor, x_transposed, delta_matrix);
                    add_rows(biases, factor, delta);
                }
                Rule::Adam => {
                    let factor = T::of(1.0 / self.batch as f64);
                    P::product(&mut gradients[0], false, factor, x_transposed, delta_matrix);
                    gradients[1].fill(T::ZERO);
                    add_rows(&mut gradients[1], factor, delta);
                    for ((w, g), moments) in [weights, biases].into_iter().zip(gradients).zip(moments) {
                        adam(self.rate, self.steps, w, g, moments);
                    }
                }
            }
            x = y;
        }
    }
}

impl<T: Real> Layer<T> {
    fn new(inputs: usize, outputs: usize, batch: usize, rule: Rule) -> Self {
        let zeros = |count| vec![T::ZERO; count];
        let states = |count| zeros(if rule == Rule::Adam { count } else { 0 });
        let pair = || [states(inputs * outputs), states(outputs)];
        let [[m_weights, m_biases], [v_weights, v_biases]] = [pair(), pair()];
        Self {
            inputs,
            outputs,
            weights: zeros(inputs * outputs),
            biases: zeros(outputs),
            y: zeros(batch * outputs),
            delta: zeros(batch * outputs),
            gradients: pair(),
            moments: [[m_weights, v_weights], [m_biases, v_biases]],
        }
    }
}

impl<T: Real, P: Product<T>> Contender for OnProducts<T, P> {
    fn reset(&mut self) {
        let mut rest = &*self.start;
        for layer in &mut self.layers {
            for values in [&mut layer.weights, &mut layer.biases] {
                let (start, behind) = rest.split_at(values.len());
                values.copy_from_slice(start);
                rest = behind;
            }
            layer.moments.iter_mut().flatten().for_each(|moment| moment.fill(T::ZERO));
        }
        self.steps = 0;
    }

    fn forward(&mut self) {
        let (mut x, last) = (&self.inputs, self.layers.len() - 1);
        for (at, Layer { inputs, outputs, weights, biases, y, .. }) in self.layers.iter_mut().enumerate() {
            for row in y.chunks_exact_mut(*outputs) {
                row.copy_from_slice(biases);
            }
            let (x_matrix, w_matrix) =
                (Matrix::new(x, self.batch, *inputs), Matrix::new(weights, *inputs, *outputs));
            P::product(y, true, T::ONE, x_matrix, w_matrix);
            match self.ending {
                _ if at < last => activate(self.hidden, y),
                Ending::HalfSquared(f) | Ending::MeanSquared(f) => activate(f, y),
                Ending::CrossEntropy => y.chunks_exact_mut(*outputs).for_each(softmax),
            }
            x = y;
        }
    }

    fn train(&mut self) {
        self.steps += 1;
        self.forward();
        let Some(Layer { outputs, y, delta, .. }) = self.layers.last_mut() else { return };
        let (factor, function) = match self.ending {
            Ending::HalfSquared(f) => (1.0, Some(f)),
            Ending::MeanSquared(f) => (2.0 / *outputs as f64, Some(f)),
            Ending::CrossEntropy => (1.0, None),
        };
        for ((delta, &y), &t) in delta.iter_mut().zip(&*y).zip(&self.targets) {
            *delta = T::of(factor) * (y - t);
        }
        if let Some(function) = function {
            times_slope(function, delta, y);
        }
        self.backward();
        self.update();
    }

    fn outputs(&self) -> Vec<f64> {
        self.layers.last().into_iter().flat_map(|layer| &layer.y).map(|y| y.to_f64()).collect()
    }

    fn parameters(&self) -> Vec<f64> {
        let all = self.layers.iter().flat_map(|layer| layer.weights.iter().chain(&layer.biases));
        all.map(|w| w.to_f64()).collect()
    }
}

fn activate<T: Real>(function: Function, y: &mut [T]) {
    fn each<T: Real, A: Activation<T>>(y: &mut [T]) {
        y.iter_mut().for_each(|y| *y = A::of(*y));
    }
    match function {
        Function::Sigmoid => each::<T, Sigmoid>(y),
        Function::Tanh => each::<T, Tanh>(y),
        Function::Relu => each::<T, Relu>(y),
    }
}

fn times_slope<T: Real>(function: Function, delta: &mut [T], y: &[T]) {
    fn each<T: Real, A: Activation<T>>(delta: &mut [T], y: &[T]) {
        for (delta, &y) in delta.iter_mut().zip(y) {
            *delta = *delta * A::slope(y);
        }
    }
    match function {
        Function::Sigmoid => each::<T, Sigmoid>(delta, y),
        Function::Tanh => each::<T, Tanh>(delta, y),
        Function::Relu => each::<T, Relu>(delta, y),
    }
}

fn softmax<T: Real>(row: &mut [T]) {
    let greatest = row.iter().copied().fold(row[0], |a, b| if b > a { b } else { a });
    row.iter_mut().for_each(|y| *y = (*y - greatest).exp());
    let sum = row.iter().fold(T::ZERO, |sum, &y| sum + y);
    let scale = T::ONE / sum;
    row.iter_mut().for_each(|y| *y = *y * scale);
}

/// sum += factor · each row
fn add_rows<T: Real>(sum: &mut [T], factor: T, rows: &[T]) {
    for row in rows.chunks_exact(sum.len()) {
        for (sum, &x) in sum.iter_mut().zip(row) {
            *sum = factor.fused(x, *sum);
        }
    }
}

fn adam<T: Real>(rate: f64, steps: i32, w: &mut [T], g: &[T], [m, v]: &mut [Vec<T>; 2]) {
    let (keep_1, keep_2, epsilon) = (T::of(0.9), T::of(0.999), T::of(1e-8));
    let scale = T::of(rate / (1.0 - 0.9_f64.powi(steps)));
    let widen = T::of(1.0 / (1.0 - 0.999_f64.powi(steps)));
    for (((w, &g), m), v) in w.iter_mut().zip(g).zip(m).zip(v) {
        *m = keep_1.fused(*m, (T::ONE - keep_1) * g);
        *v = keep_2.fused(*v, (T::ONE - keep_2) * g * g);
        *w -= scale * *m / ((*v * widen).root() + epsilon);
    }
}
