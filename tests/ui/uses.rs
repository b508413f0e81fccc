//! A crate that uses all of a network: whatever is wrong with the specification is said, and nothing that
//! only follows from it.

use mlp::Trainable;

/// The network with one statement each for what may be wrong, and uses of its whole surface.
macro_rules! used {
    ($module:ident, $width:tt, { $($weights:tt)* } { $($hidden:tt)* } { $($loss:tt)* } { $($train:tt)* } { $($more:tt)* }) => {
        mod $module {
            mlp::mlp! {
                pub network Net: f64 {
                    input   x { i1, i2 }
                    $($weights)*
                    biases  { b1 = 0.5, b2 = 0.25 }
                    weights W[2, width];
                    $($hidden)*
                    layer   deep[width] = tanh(hidden @ W);
                    layer   output[2] = softmax(dense(deep));
                    target  t { t1, t2 }
                    $($loss)*
                    $($train)*
                    $($more)*
                }
                const width = $width;
            }
            pub fn uses(numbers: &[f64]) -> Result<f64, Box<dyn std::error::Error>> {
                const FIRST: [[f64; Net::INPUTS]; 1] = Net::DATA_INPUTS;
                let mut network = Net { w1: 0.25, ..Net::new() };
                network.w2 = network.w1 + network.b1;
                network.W[1][2] = 0.5;
                network.W = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]];
                network.b_output = [0.0; Net::OUTPUTS];
                network.W_output[2][1] = network.W_output.as_flattened().iter().sum();
                let [o1, o2] = network.forward(&[0.05, 0.10]);
                let same: [f64; 2] = network.forward(numbers.try_into()?);
                let mut workspace = NetWorkspace::new();
                let mut output = [0.0; 2];
                network.forward_into(&std::array::from_fn(|_| 1.0), &mut workspace, &mut output);
                let mut memory = NetBatchWorkspace::new();
                network.forward_batch(&FIRST, &mut memory, &mut [[0.0; 2]])?;
                let trace = network.trace(&FIRST[0]);
                let sum = trace.h1 + trace.net_h2 + trace.deep[2] + trace.net_output[1] + trace.output[0];
                let (loss, gradients) = network.backward(&[0.05, 0.10], &[0.01, 0.99]);
                let mut total = NetGradients::default();
                network.backward_into(&Default::default(), &[0.01, 0.99], &mut workspace, &mut total);
                let change = gradients.w1 + gradients.W[0][0] + total.b_output[1] + total.W_output[0][0];
                let mut optimizer = NetOptimizer { rate: 0.1, ..NetOptimizer::new() };
                optimizer.beta1 = 0.8;
                optimizer.v_W[0][0] += optimizer.m_w1 + optimizer.v_b_output[1];
                let batch = mlp::Batch::new(&FIRST, &Net::DATA_TARGETS)?;
                network.train_into(&FIRST[0], &[0.0, 1.0], &mut optimizer, &mut workspace, &mut total);
                network.train_batch(batch, &mut optimizer, &mut memory, &mut total);
                super::fit(&mut network, batch, memory, total, optimizer.clone());
                assert_eq!(network.clone(), network);
                Ok(o1 + o2 + same[1] + sum + loss + change + optimizer.steps as f64)
            }
            const _: () = assert!(Net::INPUTS == 2 && Net::OUTPUTS == 2);
        }
    };
}

fn fit<N: Trainable<Scalar = f64>>(
    network: &mut N,
    batch: mlp::Batch<'_, N::Input, N::Target>,
    mut workspace: N::BatchWorkspace,
    mut gradients: N::Gradients,
    mut optimizer: N::Optimizer,
) -> f64 {
    network.initialize(7);
    network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    network.parameter("W").map_or(0.0, |row| row[0]) + network.loss_batch(batch, &mut workspace)
}

// The uses themselves are right.
used!(
    nothing, 3,
    { weights { w1 = 0.15, w2 = 0.20 } }
    { layer hidden { h1 = sigmoid(w1 * i1 + b1), h2 = sigmoid(w2 * i2 + b2) } }
    { loss half_squared_error(output, t); }
    { train adam(rate = 0.5); }
    { data { (1, 2) -> (0, 1) } }
);
used!(
    unknown_name, 3,
    { weights { w1 = 0.15, w2 = 0.20 } }
    { layer hidden { h1 = sigmoid(w1 * i1 + b1), h2 = sigmoid(w22 * i2 + b2) } }
    { loss half_squared_error(output, t); }
    { train adam(rate = 0.5); }
    { data { (1, 2) -> (0, 1) } }
);
const _: () = assert!(nothing::Net::PARAMETERS == 18 && nothing::Net::LAYERS == 4);
const _: () = assert!(unknown_name::Net::PARAMETERS == 18 && unknown_name::Net::LAYERS == 4);
used!(
    unknown_function, 3,
    { weights { w1 = 0.15, w2 = 0.20 } }
    { layer hidden { h1 = sigmod(w1 * i1 + b1), h2 = sigmoid(w2 * i2 + b2) } }
    { loss half_squared_error(output, t); }
    { train adam(rate = 0.5); }
    { data { (1, 2) -> (0, 1) } }
);
used!(
    wrong_shape, 3,
    { weights { w1 = 0.15, w2 = 0.20 } }
    { layer hidden { h1 = sigmoid(w1 * i1 + b1), h2 = sigmoid(w2 * i2 + b2) } }
    { loss half_squared_error(deep, t); }
    { train adam(rate = 0.5); }
    { data { (1, 2) -> (0, 1) } }
);
used!(
    misspelt_rule, 3,
    { weights { w1 = 0.15, w2 = 0.20 } }
    { layer hidden { h1 = sigmoid(w1 * i1 + b1), h2 = sigmoid(w2 * i2 + b2) } }
    { loss half_squared_error(output, t); }
    { train adamm(rate = 0.5); }
    { data { (1, 2) -> (0, 1) } }
);
used!(
    missing_comma, 3,
    { weights { w1 = 0.15 w2 = 0.20 } }
    { layer hidden { h1 = sigmoid(w1 * i1 + b1), h2 = sigmoid(w2 * i2 + b2) } }
    { loss half_squared_error(output, t); }
    { train adam(rate = 0.5); }
    { data { (1, 2) -> (0, 1) } }
);
used!(
    missing_operator, 3,
    { weights { w1 = 0.15, w2 = 0.20 } }
    { layer hidden { h1 = sigmoid(w1 i1 + b1), h2 = sigmoid(w2 * i2 + b2) } }
    { loss half_squared_error(output, t); }
    { train adam(rate = 0.5); }
    { data { (1, 2) -> (0, 1) } }
);
used!(
    no_loss, 3,
    { weights { w1 = 0.15, w2 = 0.20 } }
    { layer hidden { h1 = sigmoid(w1 * i1 + b1), h2 = sigmoid(w2 * i2 + b2) } }
    { }
    { train adam(rate = 0.5); }
    { data { (1, 2) -> (0, 1) } }
);
used!(
    misspelt_statement, 3,
    { weights { w1 = 0.15, w2 = 0.20 } }
    { layr hidden { h1 = sigmoid(w1 * i1 + b1), h2 = sigmoid(w2 * i2 + b2) } }
    { loss half_squared_error(output, t); }
    { train adam(rate = 0.5); }
    { data { (1, 2) -> (0, 1) } }
);
used!(
    wrong_data, 3,
    { weights { w1 = 0.15, w2 = 0.20 } }
    { layer hidden { h1 = sigmoid(w1 * i1 + b1), h2 = sigmoid(w2 * i2 + b2) } }
    { loss half_squared_error(output, t); }
    { train adam(rate = 0.5), bach 3; }
    { data { (1, 2, 3) -> (0, 1) } }
);

fn main() {
    println!("{:?}", unknown_name::uses(&[1.0, 2.0]));
}
