//! From equations to gates: each operation of a formula is one.

use std::collections::{BTreeSet, HashMap};

use mlp_dsl::{
    formula::{
        ConstantId, Formula, Term, TermId,
        evaluate::{Real, evaluate_terms},
    },
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Role},
    },
    shape::Shape,
};

use crate::{
    expression::{equation::is_unnamed, evaluate::Numbers},
    known::Known,
};

use super::gates::{Computation, Gate, Kind, Part, Wire};

/// A graph with more terms than this is not expanded.
pub(super) const TERMS: usize = 3_000;

/// The gates of the loss of a sample; none where there is no loss, or too many.
pub(super) fn expand(
    derivation: &Derivation,
    numbers: Option<&Numbers<Known>>,
    sample: usize,
) -> Option<Computation> {
    let root = root(derivation)?;
    let needed = needed(derivation, root);
    let terms: usize =
        needed.iter().map(|id| derivation.equation(*id).formula().map_or(1, |f| f.terms().len())).sum();
    if terms > TERMS {
        return None;
    }
    let parts = parts(derivation);
    let mut making = Making {
        derivation,
        numbers,
        sample,
        parts,
        of_equation: HashMap::new(),
        of_constant: HashMap::new(),
        made: Computation::default(),
    };
    for id in needed {
        making.equation(id);
    }
    Some(making.made)
}

/// The value at the end: the loss of a sample, or the first output where there is no loss.
pub(super) fn root(derivation: &Derivation) -> Option<EquationId> {
    derivation.loss.as_ref().map(|loss| loss.total)
}

/// The equations that a value is computed from, in order.
pub(super) fn needed(derivation: &Derivation, root: EquationId) -> BTreeSet<EquationId> {
    let mut needed = BTreeSet::from([root]);
    let mut stack = vec![root];
    while let Some(id) = stack.pop() {
        for operand in derivation.equation(id).op.operands() {
            if needed.insert(operand) {
                stack.push(operand);
            }
        }
    }
    needed
}

/// What each equation is a part of: a neuron has all that it alone is computed from.
fn parts(derivation: &Derivation) -> HashMap<EquationId, Part> {
    let mut parts = HashMap::new();
    let ends: Vec<EquationId> =
        derivation.layers.iter().flat_map(|layer| layer.value.equations()).copied().collect();
    parts.extend(ends.iter().map(|end| (*end, Part::Neuron(*end))));
    for end in &ends {
        let mut stack = vec![*end];
        while let Some(id) = stack.pop() {
            for operand in derivation.equation(id).op.operands() {
                let own = derivation.equation(operand).role == Role::Forward;
                if own && !parts.contains_key(&operand) {
                    parts.insert(operand, Part::Neuron(*end));
                    stack.push(operand);
                }
            }
        }
    }
    parts
}

/// A graph under construction.
struct Making<'d> {
    derivation: &'d Derivation,
    numbers: Option<&'d Numbers<Known>>,
    sample: usize,
    parts: HashMap<EquationId, Part>,
    of_equation: HashMap<EquationId, usize>,
    of_constant: HashMap<ConstantId, usize>,
    made: Computation,
}

impl Making<'_> {
    fn value(&self, id: EquationId) -> Option<Known> {
        let value = self.numbers?.value(id, self.sample)?;
        (value.shape() == Shape::Scalar).then(|| value.scalar())
    }

    fn equation(&mut self, id: EquationId) {
        let equation = self.derivation.equation(id);
        let part = if equation.role == Role::Given {
            Part::Given
        } else if equation.role == Role::Loss {
            Part::Loss
        } else {
            self.parts.get(&id).copied().unwrap_or(Part::Loss)
        };
        let gate = match (&equation.op, equation.formula()) {
            (_, Some(formula)) => self.formula(id, formula, part),
            (op, None) if *op == Op::Given => self.given(id),
            (op, None) => {
                let gate = self.gate(Kind::Array(sign(op)), part, equation.shape, self.value(id));
                for (place, operand) in op.operands().into_iter().enumerate() {
                    self.wire(self.of_equation.get(&operand).copied(), gate, place);
                }
                gate
            }
        };
        self.of_equation.insert(id, gate);
        let named = !is_unnamed(self.derivation, id);
        if let Some(gate) = self.made.gates.get_mut(gate) {
            gate.own = gate.own.or(Some(id));
            gate.equation = gate.equation.or(Some(id).filter(|_| named));
        }
    }

    fn given(&mut self, id: EquationId) -> usize {
        let parameter = self.derivation.parameters.iter().find(|parameter| parameter.equation == id);
        let target = self.derivation.targets.iter().any(|t| t.value.equations().contains(&id));
        let kind = match parameter {
            Some(parameter) => Kind::Parameter { frozen: parameter.frozen },
            None if target => Kind::Target,
            None => Kind::Input,
        };
        let gate = self.gate(kind, Part::Given, self.derivation.shape(id), self.value(id));
        let updated = parameter.and_then(|parameter| self.value(parameter.updated()?));
        if let (Some(gate), Some(parameter)) = (self.made.gates.get_mut(gate), parameter) {
            (gate.updated, gate.trained) = (updated, parameter.trained.is_some());
        }
        let input =
            self.derivation.has_input_gradients() && self.derivation.input_equations().any(|own| own == id);
        if let (Some(gate), true) = (self.made.gates.get_mut(gate), input) {
            gate.trained = true;
        }
        gate
    }

    fn formula(&mut self, id: EquationId, formula: &Formula, part: Part) -> usize {
        let shape = self.derivation.shape(id);
        let header = &self.derivation.header;
        let scalar = shape == Shape::Scalar && self.numbers.is_some();
        let leaf = |leaf: u32| self.value(EquationId(leaf)).unwrap_or(Known::from(f64::NAN));
        let values: Vec<Option<Known>> = if scalar {
            let mut all = evaluate_terms(formula, &leaf, &header.functions, header.arithmetic);
            // The formula's own value is the interpreter's.
            if let (Some(last), Some(value)) = (all.last_mut(), self.value(id)) {
                *last = value;
            }
            all.into_iter().map(Some).collect()
        } else {
            vec![None; formula.terms().len()]
        };
        let mut places: Vec<Option<usize>> = Vec::new();
        for (index, term) in formula.terms().iter().enumerate() {
            let value = values.get(index).copied().flatten();
            let made = self.term(formula, term, &places, &values, (part, shape, value));
            places.push(made);
        }
        match places.last().copied().flatten() {
            Some(gate) => gate,
            // A formula that is a number alone.
            None => {
                let number = formula.as_number().unwrap_or(f64::NAN);
                self.gate(Kind::Number(number), Part::Given, Shape::Scalar, Some(Known::from(number)))
            }
        }
    }

    /// The gate of a term; none for a number, which is a part of the gate that reads it.
    fn term(
        &mut self,
        formula: &Formula,
        term: &Term,
        places: &[Option<usize>],
        values: &[Option<Known>],
        (part, shape, value): (Part, Shape, Option<Known>),
    ) -> Option<usize> {
        let at = |id: &TermId| places.get(id.0 as usize).copied().flatten();
        let number = |id: &TermId| match formula.term(*id) {
            Some(Term::Number(number)) => Some(*number),
            _ => None,
        };
        let kind = match term {
            Term::Number(_) => return None,
            Term::Leaf(leaf) => return self.of_equation.get(&EquationId(*leaf)).copied(),
            Term::Constant(id, number) => {
                if let Some(known) = self.of_constant.get(id) {
                    return Some(*known);
                }
                let own = Some(Known::from(*number));
                let gate = self.gate(Kind::Constant(*id), Part::Given, Shape::Scalar, own);
                self.of_constant.insert(*id, gate);
                return Some(gate);
            }
            Term::Unary(op, _) => Kind::Unary(*op),
            Term::Binary(op, a, b) => match (number(a), number(b)) {
                (Some(number), None) => Kind::Literal { op: *op, number, first: true },
                (None, Some(number)) => Kind::Literal { op: *op, number, first: false },
                _ => Kind::Binary(*op),
            },
            Term::Select(select) => {
                let side = |id: TermId| values.get(id.0 as usize).copied().flatten();
                let sides = side(select.left).zip(side(select.right));
                let holds = sides.map(|(a, b)| select.comparison.holds(a.real(), b.real()));
                Kind::If(select.comparison, holds)
            }
            Term::Apply(function, _) => Kind::Function(*function),
        };
        let literal = matches!(kind, Kind::Literal { .. });
        let operands = term.operands();
        let gate = self.gate(kind, part, shape, value);
        for (place, operand) in operands.iter().enumerate() {
            match (at(operand), number(operand)) {
                (None, Some(number)) if !literal => {
                    let own = Some(Known::from(number));
                    let leaf = self.gate(Kind::Number(number), Part::Given, Shape::Scalar, own);
                    self.wire(Some(leaf), gate, place);
                }
                (from, _) => self.wire(from, gate, place),
            }
        }
        Some(gate)
    }

    fn gate(&mut self, kind: Kind, part: Part, shape: Shape, value: Option<Known>) -> usize {
        let (equation, own, gradient, updated) = (None, None, None, None);
        let (trained, cut) = (false, false);
        self.made.gates.push(Gate {
            kind,
            equation,
            own,
            part,
            shape,
            value,
            gradient,
            updated,
            trained,
            cut,
        });
        self.made.gates.len() - 1
    }

    /// A wire; nothing where a literal is read, which has no gate.
    fn wire(&mut self, from: Option<usize>, to: usize, place: usize) {
        let Some(from) = from else { return };
        let trained = self.made.gates.get(from).is_some_and(|gate| gate.trained);
        if let (true, Some(gate)) = (trained, self.made.gates.get_mut(to)) {
            gate.trained = true;
        }
        self.made.wires.push(Wire {
            from,
            to,
            place,
            local: None,
            gradient: None,
            cut: false,
            tag: super::gates::Tag::Value,
        });
    }
}

/// The sign of an operation on arrays.
fn sign(op: &Op) -> &'static str {
    match op {
        Op::Given | Op::Setting(_) | Op::Pointwise(_) => "",
        Op::Stack(_) | Op::Concat(_) => "[ , ]",
        Op::Index(..) | Op::Slice(..) => "[i]",
        Op::Transpose(_) => "transposed",
        Op::VectorMatrix(..) | Op::MatrixVector(..) => "@",
        Op::Outer(..) => "outer",
        Op::Dot(..) => "dot",
        Op::Sum(_) => "Σ",
        Op::Softmax(_) => "softmax",
        Op::LogSoftmax(_) => "ln softmax",
        Op::SoftmaxCrossEntropy(..) => "cross-entropy",
        Op::SumSquares(_) => "Σ x²",
        Op::BatchMean(_) | Op::BatchWeightedMean(..) => "mean",
        Op::BatchSum(_) => "Σ",
    }
}
