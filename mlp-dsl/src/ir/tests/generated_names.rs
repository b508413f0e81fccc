//! A derivation with one name that is taken, for each rule.

use super::derivation;
use crate::ir::{Derivation, equation::Symbol, generated_names};

const NETWORK: &str = "input x; target t { t1 } weights w = 1; weights v = 1; layer y { y1 = let u = w * x in tanh(u + v) } \
                       loss half_squared_error(y, t); penalty 0.1 * w^2; train adam(rate = 0.1);";

/// The words on the name of an equation that gets this symbol.
fn clash(name: &str, symbol: Symbol) -> String {
    let mut derivation = derivation(NETWORK);
    assert_eq!(generated_names::check(&derivation).map_err(|error| error.title), Ok(()));
    let id = find(&derivation, name);
    derivation.equations[id].symbol = symbol;
    let error = generated_names::check(&derivation).unwrap_err();
    assert_eq!(error.code, "M0206");
    let labels = error.labels.iter().map(|label| label.text.as_str());
    labels.chain([error.title.as_str()]).collect::<Vec<_>>().join("; ")
}

fn find(derivation: &Derivation, name: &str) -> usize {
    let mut numbered = derivation.numbered();
    numbered.find(|(id, _)| derivation.name_of(*id) == name).unwrap().0.index()
}

fn named(name: &str) -> Symbol {
    Symbol::Named(name.to_owned())
}

#[test]
fn declared_names_differ_from_generated_values() {
    for (name, words) in [
        ("E_y1", "a part of the loss"),
        ("u_y1", "a `let` name of a formula"),
        ("net_y1", "a net input"),
        ("P", "the penalty"),
        ("J", "the objective"),
    ] {
        let title = clash("w", named(name));
        assert!(title.contains(name) && title.contains(words), "{title}");
    }
}

#[test]
fn fields_of_the_trace_differ() {
    let title = clash("u_y1", Symbol::Local("net_y1".to_owned()));
    assert!(title.contains("`net_y1`"), "{title}");
}

#[test]
fn fields_of_the_optimizer_differ() {
    let title = clash("rate", Symbol::Setting("m_w".to_owned()));
    assert!(title.contains("`m_w`") && title.contains("a state in the optimizer"), "{title}");
    let title = clash("rate", Symbol::Setting("steps".to_owned()));
    assert!(title.contains("the step count of the optimizer"), "{title}");
    let title = clash("beta1", Symbol::Setting("rate".to_owned()));
    assert!(title.contains("a setting in the optimizer"), "{title}");
}
