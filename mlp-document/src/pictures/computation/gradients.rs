//! The gradients of a computational graph: at each gate up × local = down. The derivative of a gate is the one that the
//! table of operations gives, and the gradient of each named value is that of its equation.

use std::collections::HashMap;

use mlp_dsl::{
    formula::{Formula, TermId, builder::Builder, evaluate::evaluate_formula},
    ir::{Derivation, ValueGradient, array::Op, equation::EquationId},
    shape::Shape,
};

use crate::{expression::evaluate::Numbers, known::Known};

use super::{
    expand,
    gates::{Computation, Gate, Kind, Wire},
};

/// Sets locals and gradients.
pub(super) fn gradients(
    computation: &mut Computation,
    derivation: &Derivation,
    numbers: &Numbers<Known>,
    sample: usize,
) {
    let of_equations = of_equations(derivation, numbers, sample);
    let root = expand::root(derivation);
    for index in (0..computation.gates.len()).rev() {
        let uses: Vec<&Wire> = computation.wires.iter().filter(|wire| wire.from == index).collect();
        let shares: Vec<Known> = uses.iter().filter_map(|wire| wire.gradient).collect();
        let (only, cut) = (uses.len() == 1, !uses.is_empty() && uses.iter().all(|wire| wire.cut));
        let Some(gate) = computation.gates.get_mut(index) else { continue };
        gate.cut = cut;
        let equation = gate.equation.into_iter().chain(gate.own);
        let own = equation.filter_map(|id| of_equations.get(&id)).next().copied();
        let is_root = gate.equation.is_some() && gate.equation == root;
        if gate.trained && !cut {
            let sum = shares.into_iter().reduce(|sum, share| sum + share);
            let start = is_root.then(|| Known::from(1.0));
            gate.gradient = own.or(start).or(sum);
        }
        // A number that an operation on arrays reads: its share is all of its gradient.
        if let (true, true, Some(own)) = (only, gate.trained, gate.gradient) {
            for wire in computation.wires.iter_mut().filter(|wire| wire.from == index) {
                let array = wire.local.is_none() && wire.gradient.is_none() && !wire.cut;
                wire.gradient = if array { Some(own) } else { wire.gradient };
            }
        }
        side_by_side(computation, derivation, (numbers, sample), index);
        downwards(computation, derivation, index);
    }
}

/// The shares of numbers that are put side by side: each takes its place of the gradient.
fn side_by_side(
    computation: &mut Computation,
    derivation: &Derivation,
    (numbers, sample): (&Numbers<Known>, usize),
    index: usize,
) {
    let Some(id) = computation.gates.get(index).and_then(|gate| gate.own) else { return };
    let Op::Stack(_) = derivation.equation(id).op else { return };
    let gradients = derivation.loss.iter().flat_map(|loss| &loss.gradients);
    let own = gradients.filter(|(of, _)| *of == id).map(|(_, gradient)| *gradient).next();
    let share = |place: usize| match own? {
        ValueGradient::Zeros => Some(Known::from(0.0)),
        ValueGradient::Ones => Some(Known::from(1.0)),
        ValueGradient::Equation(gradient) => numbers.value(gradient, sample)?.iter().nth(place),
    };
    let gates = &computation.gates;
    for wire in computation.wires.iter_mut().filter(|wire| wire.to == index) {
        if gates.get(wire.from).is_some_and(|gate| gate.trained) {
            wire.gradient = share(wire.place);
        }
    }
}

/// The gradient of each value that equations compute.
fn of_equations(
    derivation: &Derivation,
    numbers: &Numbers<Known>,
    sample: usize,
) -> HashMap<EquationId, Known> {
    let scalar = |id: EquationId| {
        let value = numbers.value(id, sample)?;
        (value.shape() == Shape::Scalar).then(|| value.scalar())
    };
    let of = |gradient: &ValueGradient| match gradient {
        ValueGradient::Zeros => Some(Known::from(0.0)),
        ValueGradient::Ones => Some(Known::from(1.0)),
        ValueGradient::Equation(id) => scalar(*id),
    };
    let values = derivation.loss.iter().flat_map(|loss| &loss.gradients);
    let is_scalar = |id: EquationId| derivation.shape(id) == Shape::Scalar;
    let values =
        values.filter(|(id, _)| is_scalar(*id)).filter_map(|(id, gradient)| Some((*id, of(gradient)?)));
    let parameters = derivation.parameters.iter().filter(|parameter| is_scalar(parameter.equation));
    let parameters =
        parameters.filter_map(|parameter| Some((parameter.equation, scalar(parameter.gradient()?)?)));
    values.chain(parameters).collect()
}

/// The shares of the operands of a gate.
fn downwards(computation: &mut Computation, derivation: &Derivation, index: usize) {
    let Some(gate) = computation.gates.get(index) else { return };
    let mut operands: Vec<(usize, usize, Option<Known>, bool)> = Vec::new();
    for (wire, own) in computation.read_by(index) {
        let from = computation.gates.get(own.from);
        let trained = from.is_some_and(|from| from.trained);
        operands.push((wire, own.place, from.and_then(|from| from.value), trained));
    }
    if matches!(gate.kind, Kind::Array(_)) {
        return;
    }
    let (up, cut, choice) = (gate.gradient, gate.cut, matches!(gate.kind, Kind::If(_, Some(_))));
    let locals: Vec<(usize, Option<Known>)> = operands
        .iter()
        .filter(|(_, _, _, trained)| *trained)
        .map(|(wire, place, ..)| (*wire, local(gate, derivation, &operands, *place)))
        .collect();
    for (wire, local) in locals {
        if let Some(wire) = computation.wires.get_mut(wire) {
            wire.local = local;
            wire.gradient = up.zip(local).map(|(up, local)| up * local);
            wire.cut = cut || (choice && local.is_none());
        }
    }
}

/// The derivative of a gate with respect to one of its operands; none where no gradient flows: into a comparison, or
/// into the branch that is not taken.
fn local(
    gate: &Gate,
    derivation: &Derivation,
    operands: &[(usize, usize, Option<Known>, bool)],
    place: usize,
) -> Option<Known> {
    let value = |place: usize| operands.iter().find(|(_, own, ..)| *own == place).and_then(|own| own.2);
    let own = gate.value?;
    let mut b = Builder::new();
    // Leaves: the operands, and the value of the gate.
    let y = b.leaf(2);
    let root = match &gate.kind {
        Kind::Unary(op) => {
            let x = b.leaf(0);
            op.derivative(&mut b, x, y)
        }
        Kind::Binary(op) => {
            let operands = [b.leaf(0), b.leaf(1)];
            pick(op.derivative(&mut b, operands, y), place)
        }
        Kind::Literal { op, number, first } => {
            let (number, x) = (b.number(*number), b.leaf(u32::from(*first)));
            let operands = if *first { [number, x] } else { [x, number] };
            pick(op.derivative(&mut b, operands, y), place)
        }
        Kind::Function(id) => {
            let function = derivation.header.functions.get(id.0 as usize)?;
            let partial = function.partials.get(place)?;
            let count = function.parameters.len();
            return evaluate(partial, derivation, &|leaf| {
                if leaf as usize == count { Some(own) } else { value(leaf as usize) }
            });
        }
        Kind::If(_, taken) => {
            let branch = if (*taken)? { 2 } else { 3 };
            return (place == branch).then(|| Known::from(1.0));
        }
        Kind::Array(_)
        | Kind::Input
        | Kind::Target
        | Kind::Parameter { .. }
        | Kind::Constant(_)
        | Kind::Number(_) => return None,
    };
    let formula = b.finish(root);
    evaluate(&formula, derivation, &|leaf| if leaf == 2 { Some(own) } else { value(leaf as usize) })
}

fn pick([first, second]: [TermId; 2], place: usize) -> TermId {
    if place == 0 { first } else { second }
}

fn evaluate(
    formula: &Formula,
    derivation: &Derivation,
    leaf: &dyn Fn(u32) -> Option<Known>,
) -> Option<Known> {
    let header = &derivation.header;
    let leaf = |index: u32| leaf(index).unwrap_or(Known::from(f64::NAN));
    Some(evaluate_formula(formula, &leaf, &header.functions, header.arithmetic))
}

/// A gate whose numbers do not agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// The value, or the parameter.
    pub name: String,
    /// Its gradient, as its equation computes it.
    pub equation: f64,
    /// The sum of up × local over its uses.
    pub gates: f64,
}

impl Computation {
    /// The gradient of each parameter of one number, as the sum of up × local over its uses.
    pub fn parameters(&self, derivation: &Derivation) -> Vec<(String, f64)> {
        let uses = self.uses();
        let of = |(gate, uses): (&Gate, &Vec<usize>)| {
            let own = matches!(gate.kind, Kind::Parameter { frozen: false }) && gate.shape == Shape::Scalar;
            let id = gate.equation.filter(|_| own)?;
            let shares = uses.iter().filter_map(|wire| self.wires.get(*wire)?.gradient);
            Some((derivation.name_of(id), shares.map(Known::value).sum()))
        };
        self.gates.iter().zip(&uses).filter_map(of).collect()
    }

    /// Where the gradient that an equation computes is not the sum of up × local over the uses of the value; and how
    /// many values were compared.
    pub fn compared(&self, derivation: &Derivation) -> (Vec<Disagreement>, usize) {
        let (mut found, mut count) = (Vec::new(), 0);
        for (gate, uses) in self.gates.iter().zip(self.uses()) {
            let Some(id) = gate.equation.filter(|_| !uses.is_empty() && gate.shape == Shape::Scalar) else {
                continue;
            };
            let wires = || uses.iter().filter_map(|wire| self.wires.get(*wire));
            // The shares of arrays are not drawn.
            let (true, Some(gradient)) =
                (wires().all(|wire| wire.cut || wire.gradient.is_some()), gate.gradient)
            else {
                continue;
            };
            let shares: Vec<f64> = wires().filter_map(|wire| Some(wire.gradient?.value())).collect();
            let (sum, size) =
                (shares.iter().sum::<f64>(), shares.iter().map(|share| share.abs()).sum::<f64>());
            let gradient = gradient.value();
            count += 1;
            if (sum - gradient).abs() > 1e-9 * (size + gradient.abs()) + 1e-300 {
                found.push(Disagreement { name: derivation.name_of(id), equation: gradient, gates: sum });
            }
        }
        (found, count)
    }
}
