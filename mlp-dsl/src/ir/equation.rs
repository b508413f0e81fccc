//! Equations: what one line of a derivation says.

use super::array::Op;
use crate::shape::Shape;

use crate::{
    formula::{Formula, FunctionId},
    model::Reduction,
    span::Span,
};

/// Number of an equation in its derivation; operands have smaller numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EquationId(pub u32);

impl EquationId {
    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// For what a value exists once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Per {
    /// Once per batch: parameters, settings, means over a batch, updates.
    Batch,
    /// Once per sample: inputs, net inputs, gradients of a sample.
    Sample,
}

/// The value that an equation defines. Printers choose its notation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// A name of the specification, or made from one by the rule for parameters of `dense`.
    Named(String),
    /// The value of a `let` name in the equation of a neuron, layer or loss: `u_h1`.
    Local(String),
    /// The net input of a neuron or layer.
    Net(String),
    /// The part of the loss that belongs to an output.
    Component(String),
    /// The loss of a sample.
    Loss,
    /// The mean or the sum of the losses of a batch.
    BatchLoss(Reduction),
    /// All that is added once for a batch.
    Penalty,
    /// One of several penalties, counted from 1.
    PenaltyPart(usize),
    /// The loss of a batch and the penalties.
    Objective,
    /// The local derivative ∂of/∂by.
    Partial {
        /// The value that is differentiated.
        of: EquationId,
        /// The value with respect to which it is.
        by: EquationId,
    },
    /// ∂E/∂value for a sample.
    Gradient(EquationId),
    /// The mean or the sum of ∂E/∂parameter over a batch.
    BatchGradient(Reduction, EquationId),
    /// ∂P/∂value
    PenaltyGradient(EquationId),
    /// ∂J/∂parameter
    ObjectiveGradient(EquationId),
    /// ∂E/∂value for a sample, back from a given gradient with respect to the output, which is given under this symbol.
    Pulled(EquationId),
    /// The mean or the sum of that over a batch, for a parameter.
    BatchPulled(EquationId),
    /// A setting of the training rule, such as its rate.
    Setting(String),
    /// The number of the step, counted from 1.
    StepNumber,
    /// A state that the rule keeps for a parameter from step to step.
    State {
        /// Its name in the rule.
        name: String,
        /// The parameter.
        of: EquationId,
    },
    /// The norm of all gradients together.
    GradientNorm,
    /// The factor of all gradients that keeps their norm to its bound.
    ClipFactor,
    /// The parameter, or its state, after the step.
    Updated(EquationId),
    /// A step inside a formula, printed where it is used.
    Step(u32),
}

/// Why an equation is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Given: an input, a target, a parameter, a setting.
    Given,
    /// The forward pass.
    Forward,
    /// The loss.
    Loss,
    /// A local derivative.
    LocalDerivative,
    /// The chain rule.
    ChainRule,
    /// A penalty, or a derivative of it.
    Penalty,
    /// The mean over a batch.
    Batch,
    /// The update of a parameter.
    Update,
}

/// One equation.
#[derive(Clone, Debug)]
pub struct Equation {
    /// The value that it defines.
    pub symbol: Symbol,
    /// The sizes of its value.
    pub shape: Shape,
    /// How often its value exists.
    pub per: Per,
    /// How it is computed.
    pub op: Op,
    /// Why it is there.
    pub role: Role,
    /// The text it came from.
    pub span: Span,
    /// The function whose value it is, when it is the call of one: `h1 = sigmoid(net_h1)`.
    pub activation: Option<FunctionId>,
}

impl Equation {
    /// Its formula, where it is computed by one.
    pub fn formula(&self) -> Option<&Formula> {
        if let Op::Pointwise(formula) = &self.op { Some(formula) } else { None }
    }

    /// The neuron or layer whose net input it is.
    pub fn net(&self) -> Option<&str> {
        if let Symbol::Net(name) = &self.symbol { Some(name) } else { None }
    }
}
