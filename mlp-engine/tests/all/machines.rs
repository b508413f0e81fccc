//! Networks on each machine that is here: the same bits, however samples are cut.

use mlp_dsl::{Compilation, weights::NoFiles};
use mlp_engine::{Network, Scalar, Targets};

/// Blocks longer than a part of a loop, and functions of all kinds.
fn wide(precision: &str, options: &str) -> String {
    format!(
        "network Wide: {precision} {{
            fn bent(x) = if x < 0 then 0.1 * x else x / (1 + abs(x));
            input x[19];
            layer a[70] = bent(dense(x));
            layer b[33] = sigmoid(dense(a));
            frozen layer c[17] = tanh(dense(b));
            layer y[7] = softmax(dense(c));
            target t: class[7];
            loss cross_entropy(y, t);
            {options}
        }}"
    )
}

fn compiled(text: &str) -> Compilation {
    Compilation::of(text, &NoFiles).unwrap_or_else(|found| panic!("{found:?}\n{text}"))
}

fn inputs<S: Scalar>(samples: usize) -> Vec<S> {
    (0..samples * 19).map(|k| S::from_f64(((k * 37) % 101) as f64 / 50.0 - 1.0)).collect()
}

/// The bits of everything that a network of the text computes on a machine.
fn seen<S: Scalar>(text: &str, machine: &str, batches: &[usize]) -> Vec<u64> {
    let compiled = compiled(text);
    let mut network: Network<S> = Network::new(&compiled).unwrap();
    assert!(network.run_on(machine) && network.machine() == machine);
    let mut bits = Vec::new();
    let mut add = |numbers: &[S]| bits.extend(numbers.iter().map(|number| number.to_f64().to_bits()));
    for &samples in batches {
        let (inputs, classes) = (inputs::<S>(samples), (0..samples).map(|s| s * 5 % 7).collect::<Vec<_>>());
        let mut outputs = vec![S::ZERO; samples * 7];
        network.forward(&inputs, &mut outputs).unwrap();
        for (input, output) in inputs.chunks(19).zip(outputs.chunks(7)) {
            let mut alone = vec![S::ZERO; 7];
            network.forward(input, &mut alone).unwrap();
            assert_eq!(alone, output, "a sample alone on {machine}");
        }
        add(&outputs);
        let targets = Targets::Classes(&classes);
        add(&[network.loss_batch(&inputs, targets).unwrap()]);
        add(&[network.backward_batch(&inputs, targets).unwrap()]);
        network.gradients().for_each(|gradient| add(gradient.values));
        // A step apart, and the step that kernels take.
        let mut apart = network.copied().unwrap();
        apart.step().unwrap();
        network.train_batch(&inputs, targets).unwrap();
        let all = |network: &Network<S>| -> Vec<S> {
            network.parameters().flat_map(|parameter| parameter.values.to_vec()).collect()
        };
        assert_eq!(all(&apart), all(&network), "a step apart on {machine}");
        add(&all(&network));
        network.states().for_each(|state| add(state.values));
        add(&[network.train(&inputs[..19], Targets::Classes(&classes[..1])).unwrap()]);
        add(&all(&network));
    }
    bits
}

fn same<S: Scalar>(text: &str, batches: &[usize]) {
    let portable = seen::<S>(text, "portable", batches);
    assert!(portable.iter().all(|bits| !f64::from_bits(*bits).is_nan()));
    for machine in Network::<S>::machines() {
        assert!(seen::<S>(text, machine, batches) == portable, "{machine}");
    }
}

#[test]
fn machines_give_the_same_bits() {
    let long: &[usize] = if cfg!(debug_assertions) { &[1, 7, 60] } else { &[1, 7, 60, 257, 600] };
    same::<f32>(&wide("f32", "train sgd(rate = 0.1), batch 50;"), long);
    same::<f32>(&wide("f32", "arithmetic fused; train sgd(rate = 0.1), batch 50;"), &[3, 51]);
    same::<f64>(&wide("f64", "train adam(rate = 0.01), clip_norm = 0.1, batch 16;"), &[2, 40]);
    same::<f64>(&wide("f64", "arithmetic fused; penalty l2(W_a, 0.01); train momentum(rate = 0.01);"), &[17]);
}
