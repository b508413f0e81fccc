//! The same loops in C, made by gcc with -O3 -march=native -ffast-math.

use std::ffi::c_int;

use crate::contender::Contender;
use crate::workloads::{Data, Rule, Workload};

type Forward<T> = unsafe extern "C" fn(*const T, *const T, *mut T);
type Train<T> = unsafe extern "C" fn(*mut T, *const T, *const T, *mut T, T, *mut T, *mut T, c_int);

macro_rules! declare {
    ($($float:ident $forward:ident $train:ident;)*) => {
        #[link(name = "kernels")]
        unsafe extern "C" {
            $(
                fn $forward(parameters: *const $float, inputs: *const $float, outputs: *mut $float);
                fn $train(
                    parameters: *mut $float,
                    inputs: *const $float,
                    targets: *const $float,
                    outputs: *mut $float,
                    rate: $float,
                    m: *mut $float,
                    v: *mut $float,
                    step: c_int,
                );
            )*
        }
    };
}

declare! {
    f64 w1_forward w1_train;
    f32 w2_forward w2_train;
    f32 w3_forward w3_train;
    f32 w4_forward w4_train;
    f64 w4_f64_forward w4_f64_train;
    f32 w5_forward w5_train;
    f32 w5_one_forward w5_one_train;
    f32 w5_adam_forward w5_adam_train;
    f32 w6_forward w6_train;
    f64 w6_f64_forward w6_f64_train;
}

struct C<T> {
    forward: Forward<T>,
    train: Train<T>,
    rate: T,
    start: Vec<T>,
    parameters: Vec<T>,
    inputs: Vec<T>,
    targets: Vec<T>,
    outputs: Vec<T>,
    /// Adam's; empty for other rules, which leave them alone.
    m: Vec<T>,
    v: Vec<T>,
    steps: c_int,
}

trait Cast: Copy + Into<f64> + 'static {
    fn cast(value: f64) -> Self;
}

impl Cast for f32 {
    fn cast(value: f64) -> Self {
        value as Self
    }
}

impl Cast for f64 {
    fn cast(value: f64) -> Self {
        value
    }
}

fn contender_of<T: Cast>(
    workload: &Workload,
    data: &Data,
    forward: Forward<T>,
    train: Train<T>,
) -> Box<dyn Contender> {
    let values = |numbers: &[f64]| numbers.iter().map(|&x| T::cast(x)).collect::<Vec<_>>();
    let states = if workload.rule == Rule::Adam { data.parameters.len() } else { 0 };
    Box::new(C {
        forward,
        train,
        rate: T::cast(workload.rate),
        start: values(&data.parameters),
        parameters: values(&data.parameters),
        inputs: values(&data.inputs),
        targets: values(&data.targets),
        outputs: values(&data.targets),
        m: vec![T::cast(0.0); states],
        v: vec![T::cast(0.0); states],
        steps: 0,
    })
}

impl<T: Cast> Contender for C<T> {
    fn reset(&mut self) {
        self.parameters.copy_from_slice(&self.start);
        self.m.fill(T::cast(0.0));
        self.v.fill(T::cast(0.0));
        self.steps = 0;
    }

    fn forward(&mut self) {
        // SAFETY: the function is the workload's, and the lengths are those of the workload.
        unsafe { (self.forward)(self.parameters.as_ptr(), self.inputs.as_ptr(), self.outputs.as_mut_ptr()) }
    }

    fn train(&mut self) {
        self.steps += 1;
        // SAFETY: as above; m and v are used by Adam alone, and then are as long as the parameters.
        unsafe {
            (self.train)(
                self.parameters.as_mut_ptr(),
                self.inputs.as_ptr(),
                self.targets.as_ptr(),
                self.outputs.as_mut_ptr(),
                self.rate,
                self.m.as_mut_ptr(),
                self.v.as_mut_ptr(),
                self.steps,
            )
        }
    }

    fn outputs(&self) -> Vec<f64> {
        self.outputs.iter().map(|&y| y.into()).collect()
    }

    fn parameters(&self) -> Vec<f64> {
        self.parameters.iter().map(|&w| w.into()).collect()
    }
}

pub fn contender(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
    macro_rules! new {
        ($forward:ident, $train:ident) => {
            Some(contender_of(workload, data, $forward, $train))
        };
    }
    match workload.name {
        "W1" => new!(w1_forward, w1_train),
        "W2" => new!(w2_forward, w2_train),
        "W3" => new!(w3_forward, w3_train),
        "W4" => new!(w4_forward, w4_train),
        "W4-f64" => new!(w4_f64_forward, w4_f64_train),
        "W5" => new!(w5_forward, w5_train),
        "W5-one" => new!(w5_one_forward, w5_one_train),
        "W5-adam" => new!(w5_adam_forward, w5_adam_train),
        "W6" => new!(w6_forward, w6_train),
        "W6-f64" => new!(w6_f64_forward, w6_f64_train),
        _ => None,
    }
}
