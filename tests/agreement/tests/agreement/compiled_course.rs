//! The course's figures out of the compiled code, and XOR trained to convergence.

use mlp::Batch;
use mlp_agreement::{exercise, exercise_four_biases, exercise_weights_only, xor};

const INPUT: [f64; 2] = [0.05, 0.10];
const TARGET: [f64; 2] = [0.01, 0.99];

fn nine(x: f64) -> String {
    format!("{x:.9}")
}

#[test]
fn the_exercise() {
    let mut network = exercise::through_macro::Network::new();
    let trace = network.trace(&INPUT);
    assert_eq!([nine(trace.h1), nine(trace.o1)], ["0.593269992", "0.751365070"]);
    assert_eq!(network.forward(&INPUT), [trace.o1, trace.o2]);
    let (loss, gradients) = network.backward(&INPUT, &TARGET);
    assert_eq!(
        [nine(loss), nine(gradients.w5), nine(gradients.w1)],
        ["0.298371109", "0.082167041", "0.000438568"]
    );
    assert_eq!(gradients.w5, 0.082_167_040_564_230_78); // the README says so, to the last digit
    assert_eq!(network.train(&INPUT, &TARGET), loss);
    assert!(network.w5.to_string().starts_with("0.358916479717"));
    let updated = [network.w1, network.w2, network.w5, network.w8, network.b1, network.b2].map(nine);
    let expected = ["0.149780716", "0.199561432", "0.358916480", "0.561370121", "0.340637195", "0.549799837"];
    assert_eq!(updated, expected);
    assert_eq!(nine(network.loss(&INPUT, &TARGET)), "0.285750887");
}

#[test]
fn the_other_readings_of_its_biases() {
    let mut weights_only = exercise_weights_only::through_macro::Network::new();
    weights_only.train(&INPUT, &TARGET);
    assert_eq!(nine(weights_only.loss(&INPUT, &TARGET)), "0.291027774");

    let mut each = exercise_four_biases::through_macro::Network::new();
    each.train(&INPUT, &TARGET);
    let biases = [each.b_h1, each.b_h2, each.b_o1, each.b_o2].map(nine);
    assert_eq!(biases, ["0.345614323", "0.345022873", "0.530750719", "0.619049118"]);
    assert_eq!(nine(each.loss(&INPUT, &TARGET)), "0.280471447");
}

#[test]
fn xor_converges() {
    use xor::through_macro::{Network, XorBatchWorkspace, XorGradients, XorOptimizer};
    let inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let targets = [[0.0], [1.0], [1.0], [0.0]];
    let batch = Batch::new(&inputs, &targets).unwrap();
    let mut network = Network::new();
    let (mut optimizer, mut workspace, mut gradients) =
        (XorOptimizer::new(), XorBatchWorkspace::new(), XorGradients::new());
    let mut loss = 1.0;
    for _ in 0..5000 {
        loss = network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients);
    }
    assert!(loss < 1e-3, "{loss}");
    for (input, [target]) in inputs.iter().zip(targets) {
        let [output] = network.forward(input);
        assert!((output - target).abs() < 0.05, "{input:?} gives {output}");
    }
}
