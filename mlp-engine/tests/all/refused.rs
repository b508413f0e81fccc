//! Calls that do not fit the network: errors, and nothing has changed.

use mlp_dsl::{Compilation, weights::NoFiles};
use mlp_engine::{Error, Network, NotFinite, Targets};

fn network(text: &str) -> Network<f64> {
    Network::new(&Compilation::of(text, &NoFiles).unwrap()).unwrap()
}

const TRAINED: &str = "network N: f64 { input x[2]; layer y[3] = softmax(dense(x)); target t: class[3]; \
    loss cross_entropy(y, t); train adam(rate = 0.1); }";

#[test]
fn what_does_not_fit() {
    let mut network = network(TRAINED);
    let before: Vec<f64> = network.parameter("W_y").unwrap().to_vec();
    let input = [0.5, -0.5];
    let class = |class: &'static [usize]| Targets::Classes(class);
    assert_eq!(network.loss_batch(&[], class(&[])), Err(Error::Empty));
    assert_eq!(
        network.loss_batch(&input[..1], class(&[0])),
        Err(Error::Length { what: "inputs", found: 1, expected: 2 })
    );
    assert_eq!(
        network.train(&input, class(&[0, 1])),
        Err(Error::Length { what: "targets", found: 2, expected: 1 })
    );
    assert_eq!(network.train(&input, class(&[3])), Err(Error::Class { class: 3, classes: 3 }));
    assert_eq!(
        network.train_batch(&input, Targets::Numbers(&[0.0, 1.0, 0.0])),
        Err(Error::Targets { expected: "classes" })
    );
    assert!(matches!(network.forward(&input, &mut [0.0; 2]), Err(Error::Length { what: "outputs", .. })));
    assert_eq!(network.parameter("W_y"), Some(&*before));
    assert_eq!((network.parameter("V"), network.steps()), (None, 0));
    assert!(!network.run_on("abacus"));
    for error in [Error::Empty, Error::Program, Error::Class { class: 3, classes: 3 }] {
        assert!(error.to_string().len() > 20);
    }
}

#[test]
fn what_is_not_declared() {
    let text = "network N: f64 { input x[2]; layer y[3] = tanh(dense(x)); }";
    let mut inference = network(text);
    assert_eq!(
        inference.train(&[0.0; 2], Targets::Numbers(&[])),
        Err(Error::Missing { what: "training rule" })
    );
    assert_eq!(inference.loss(&[0.0; 2], Targets::Numbers(&[])), Err(Error::Missing { what: "loss" }));
    let single = Network::<f32>::new(&Compilation::of(text, &NoFiles).unwrap());
    assert_eq!(single.err(), Some(Error::Precision { declared: "f64" }));
}

#[test]
fn no_step_without_numbers() {
    let mut network = network(TRAINED);
    assert!(network.try_train_batch(&[0.5, -0.5], Targets::Classes(&[1])).unwrap().is_ok());
    assert_eq!(network.steps(), 1);
    let before: Vec<f64> = network.parameter("W_y").unwrap().to_vec();
    let infinite = network.try_train_batch(&[f64::INFINITY, 0.0], Targets::Classes(&[1])).unwrap();
    assert_eq!(infinite, Err(NotFinite::Loss));
    assert_eq!((network.parameter("W_y"), network.steps()), (Some(&*before), 1));
    *network.setting_mut("rate").unwrap() = 0.0;
    network.train(&[0.5, -0.5], Targets::Classes(&[1])).unwrap();
    assert_eq!((network.parameter("W_y"), network.steps()), (Some(&*before), 2));
    assert!(network.is_finite() && network.states().count() == 4);
    network.reset_optimizer();
    assert!(network.states().flat_map(|state| state.values).all(|number| *number == 0.0));
}

#[test]
fn the_trace_has_the_outputs() {
    let mut network = network(TRAINED);
    let mut output = [0.0; 3];
    network.forward(&[0.5, 0.25], &mut output).unwrap();
    let last = network.trace(&[0.5, 0.25]).unwrap().last().unwrap();
    assert_eq!((last.name, last.values), ("y", &output[..]));
    assert!(network.trace(&[0.5]).is_err());
}
