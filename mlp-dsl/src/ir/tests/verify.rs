//! A broken derivation for each rule of the verifier, made from a good one by one change.

use super::derivation;
use crate::{
    formula::{ConstantId, FunctionId, Term, TermId},
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Per, Symbol},
        verify::verify,
    },
    shape::Shape,
};

const NETWORK: &str = "input x[2]; target t[1]; weights v[1] = 1; layer y[1] = tanh(dense(x)) * v; \
                       loss squared_error(y, t); penalty 0.1 * sum(v^2); train momentum(rate = 0.1);";

/// The verdict on the network after a change.
fn broken(change: impl Fn(&mut Derivation)) -> String {
    let mut derivation = derivation(NETWORK);
    assert_eq!(verify(&derivation), Ok(()));
    change(&mut derivation);
    verify(&derivation).unwrap_err()
}

fn find(derivation: &Derivation, name: &str) -> EquationId {
    let mut numbered = derivation.numbered();
    numbered
        .find(|(id, _)| derivation.name_of(*id) == name)
        .unwrap_or_else(|| panic!("no {name} in\n{derivation}"))
        .0
}

fn change_op(derivation: &mut Derivation, name: &str, change: impl Fn(&mut Op)) {
    let id = find(derivation, name);
    change(&mut derivation.equations[id.index()].op);
}

fn push_term(derivation: &mut Derivation, term: Term) {
    change_op(derivation, "y", |op| {
        if let Op::Pointwise(formula) = op {
            formula.push(term.clone());
        }
    });
}

#[test]
fn operands_come_first() {
    let reason = broken(|d| {
        let loss = find(d, "E");
        change_op(d, "y", |op| *op = Op::Transpose(loss));
    });
    assert!(reason.starts_with("y uses equation"), "{reason}");
}

#[test]
fn operands_exist() {
    let reason = broken(|d| change_op(d, "y", |op| *op = Op::Sum(EquationId(9999))));
    assert!(reason.starts_with("y uses equation 9999"), "{reason}");
}

#[test]
fn shapes_follow_from_the_operands() {
    let reason = broken(|d| {
        let id = find(d, "y").index();
        d.equations[id].shape = Shape::Vector(3);
    });
    assert!(reason.starts_with("y is declared [3] but"), "{reason}");
}

#[test]
fn axes_follow_from_the_operands() {
    for (name, per) in [("y", Per::Batch), ("v_plus", Per::Sample)] {
        let reason = broken(|d| {
            let id = find(d, name).index();
            d.equations[id].per = per;
        });
        assert!(reason.starts_with(&format!("{name} is declared per {per:?}")), "{reason}");
    }
}

#[test]
fn a_symbol_is_defined_once() {
    let reason = broken(|d| {
        let id = find(d, "y").index();
        d.equations[id].symbol = Symbol::Named("x".to_owned());
    });
    assert_eq!(reason, "x is defined twice");
}

#[test]
fn terms_come_after_their_operands() {
    let reason =
        broken(|d| push_term(d, Term::Binary(crate::formula::scalar::Binary::Add, TermId(0), TermId(99))));
    assert!(reason.contains("uses a later term"), "{reason}");
}

#[test]
fn functions_and_constants_exist() {
    let reason = broken(|d| push_term(d, Term::Apply(FunctionId(999), vec![TermId(0)])));
    assert!(reason.contains("calls an unknown function"), "{reason}");
    let reason = broken(|d| push_term(d, Term::Constant(ConstantId(7), 1.0)));
    assert!(reason.contains("is an unknown constant"), "{reason}");
}

#[test]
fn a_loss_trains_each_parameter() {
    let reason = broken(|d| d.parameters[0].trained = None);
    assert!(reason.starts_with("v is trained and updated: [false, false]"), "{reason}");
    let reason = broken(|d| d.parameters[0].frozen = true);
    assert!(reason.starts_with("v is trained and updated: [true, true]"), "{reason}");
}

#[test]
fn a_rule_updates_each_parameter() {
    let reason = broken(|d| d.parameters[0].trained.as_mut().unwrap().update = None);
    assert!(reason.starts_with("v is trained and updated: [true, false]"), "{reason}");
}

#[test]
fn gradients_belong_to_their_parameter() {
    let reason = broken(|d| {
        let other = d.parameters[1].trained.as_ref().unwrap().gradient;
        d.parameters[0].trained.as_mut().unwrap().gradient = other;
    });
    assert_eq!(reason, "a gradient of v belongs to another value");
    for change in [
        |d: &mut Derivation| d.parameters[0].trained.as_mut().unwrap().batch = EquationId(0),
        |d: &mut Derivation| d.parameters[0].trained.as_mut().unwrap().objective = EquationId(0),
    ] {
        assert_eq!(broken(change), "a gradient of v belongs to another value");
    }
}

#[test]
fn updates_belong_to_their_parameter_and_state() {
    let reason = broken(|d| {
        d.parameters[0].trained.as_mut().unwrap().update.as_mut().unwrap().parameter = EquationId(0)
    });
    assert_eq!(reason, "the update of v belongs to another value");
    let reason = broken(|d| {
        let update = d.parameters[0].trained.as_mut().unwrap().update.as_mut().unwrap();
        update.state[0].updated = update.parameter;
    });
    assert!(reason.ends_with("belongs to another value"), "{reason}");
}
