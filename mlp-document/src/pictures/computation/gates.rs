//! The types of a computational graph.

use mlp_dsl::{
    formula::{
        ConstantId, FunctionId,
        operator::Comparison,
        scalar::{Binary, Unary},
    },
    ir::equation::EquationId,
    shape::Shape,
};

use crate::known::Known;

/// The computational graph of the loss of one sample: what is given, and the gates that compute with it.
#[derive(Clone, Debug, Default)]
pub struct Computation {
    pub(crate) gates: Vec<Gate>,
    pub(crate) wires: Vec<Wire>,
}

/// A value that is given, or a gate and the value that it computes. Those that a gate reads come before it.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) kind: Kind,
    /// The equation with a name whose value it is; none inside a formula.
    pub(crate) equation: Option<EquationId>,
    /// The same, with a name or without.
    pub(crate) own: Option<EquationId>,
    pub(crate) part: Part,
    pub(crate) shape: Shape,
    /// Its value, where it is one number and known.
    pub(crate) value: Option<Known>,
    /// ∂E/∂value, where it depends on a trained parameter, or on an input that the backward pass goes on to.
    pub(crate) gradient: Option<Known>,
    /// The parameter after the step.
    pub(crate) updated: Option<Known>,
    /// Whether a trained parameter is below it, or an input that the backward pass goes on to.
    pub(crate) trained: bool,
    /// Whether no gradient reaches it: it is used in comparisons, and in branches that are not taken, alone.
    pub(crate) cut: bool,
}

/// What it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Input,
    Target,
    Parameter {
        frozen: bool,
    },
    Constant(ConstantId),
    Number(f64),
    /// An operation on one number.
    Unary(Unary),
    /// An operation on two numbers.
    Binary(Binary),
    /// An operation on a number and a literal, which is the first operand or the second.
    Literal {
        op: Binary,
        number: f64,
        first: bool,
    },
    Function(FunctionId),
    /// `if left < right then … else …`; which branch is taken, where it is known.
    If(Comparison, Option<bool>),
    /// An operation on arrays.
    Array(&'static str),
}

/// What a gate is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Part {
    Given,
    /// The neuron, or the layer, whose value this equation is.
    Neuron(EquationId),
    Loss,
}

/// A value on its way into a gate.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Which operand of the gate it is, counted from 0.
    pub(crate) place: usize,
    /// The derivative of the gate's value with respect to this operand.
    pub(crate) local: Option<Known>,
    /// The share of the gradient that flows back through it: up × local.
    pub(crate) gradient: Option<Known>,
    /// Whether no gradient flows through it: into a comparison, or into a branch that is not taken.
    pub(crate) cut: bool,
    pub(crate) tag: Tag,
}

/// The name of a wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tag {
    /// That of the value.
    #[default]
    Value,
    /// A number inside the neurons: d1, d2, …
    Inner(usize),
    /// A number inside the loss: e1, e2, …
    OfLoss(usize),
}

impl Gate {
    /// Whether it is given, and computed by no gate.
    pub(crate) fn is_given(&self) -> bool {
        matches!(
            self.kind,
            Kind::Input | Kind::Target | Kind::Parameter { .. } | Kind::Constant(_) | Kind::Number(_)
        )
    }
}

impl Kind {
    /// Whether it adds up.
    pub(crate) fn is_sum(&self) -> bool {
        matches!(
            self,
            Kind::Binary(Binary::Add | Binary::Subtract)
                | Kind::Literal { op: Binary::Add | Binary::Subtract, .. }
        )
    }

    /// Whether it multiplies two values.
    pub(crate) fn is_product(&self) -> bool {
        *self == Kind::Binary(Binary::Multiply)
    }
}

impl Computation {
    /// The wires into a gate, in the order of its operands.
    pub(crate) fn read_by(&self, gate: usize) -> impl Iterator<Item = (usize, &Wire)> {
        self.wires.iter().enumerate().filter(move |(_, wire)| wire.to == gate)
    }

    /// The wires out of each gate.
    pub(crate) fn uses(&self) -> Vec<Vec<usize>> {
        let mut uses = vec![Vec::new(); self.gates.len()];
        for (index, wire) in self.wires.iter().enumerate() {
            if let Some(list) = uses.get_mut(wire.from) {
                list.push(index);
            }
        }
        uses
    }

    /// How many gates compute something.
    pub(crate) fn operations(&self) -> usize {
        self.gates.iter().filter(|gate| !gate.is_given()).count()
    }
}
