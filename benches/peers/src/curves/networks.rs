//! Our networks along the curves.

use mlp::mlp;

use crate::contender::Contender;
use crate::ours::ours;
use crate::workloads::{Data, Ending, Function, W2, W5, Workload};

pub const STEP_TOLERANCE: f64 = 1e-2;

const SQUARE: Workload = Workload {
    hidden: Function::Relu,
    ending: Ending::MeanSquared(Function::Relu),
    batch: 64,
    rate: 0.1,
    step_tolerance: Some(STEP_TOLERANCE),
    ..W2
};

macro_rules! widths {
    ($($width:tt)*) => {
        pub const WIDTHS: &[Workload] = &[$(
            Workload { name: concat!("width-", $width), sizes: &[$width, $width, $width], ..SQUARE }
        ),*];

        fn square(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
            match workload.inputs() {
                $($width => {
                    mlp! {
                        network Square {
                            input  x[$width];
                            layer  hidden[$width] = relu(dense(x));
                            layer  output[$width] = relu(dense(hidden));
                            target t[$width];
                            loss   mean_squared_error(output, t);
                            arithmetic fused;
                            train  sgd(rate = 0.1), batch 64;
                        }
                    }
                    Some(ours!(Square, data))
                })*
                _ => None,
            }
        }
    };
}

macro_rules! batches {
    ($($batch:literal)*) => {
        pub const BATCHES: &[Workload] = &[$(
            Workload { name: concat!("batch-", $batch), batch: $batch, step_tolerance: Some(STEP_TOLERANCE), ..W5 }
        ),*];
    };
}

// Powers of two, their neighbours, and what is neither.
widths!(8 16 17 32 33 64 100 128 129 200 256 300 512 513 1000 1024 1025 2048 4096);
batches!(1 2 3 4 7 8 15 16 17 31 32 33 50 64 65 100 128 129 200 256 500 512 1000 1024);

// Whatever the length of the batch.
mlp! {
    network Batches {
        input  x[784];
        layer  hidden[128] = relu(dense(x));
        layer  output[10]  = softmax(dense(hidden));
        target t: class[10];
        loss   cross_entropy(output, t);
        arithmetic fused;
        train  sgd(rate = 0.1), batch 128;
    }
}

pub fn contender(workload: &Workload, data: &Data) -> Option<Box<dyn Contender>> {
    if workload.sizes == W5.sizes { Some(ours!(Batches, data)) } else { square(workload, data) }
}
