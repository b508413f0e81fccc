//! The derivation: one ordered list of equations, forward pass, loss, chain rule and updates.
//! Whatever is printed, as Rust or on paper, is printed from it.

pub mod array;
pub mod builder;
mod differentiate;
pub mod equation;
pub mod evaluate;
pub mod formula;
mod lower;
pub mod partials;
pub mod scalar;
pub mod verify;

use std::collections::HashMap;

use crate::{
    diagnostic::Diagnostic,
    model::{Model, Precision, Start},
    problems,
    span::Span,
    syntax::ast::ParameterKind,
};
use array::Op;
use equation::{Equation, EquationId, Scope, Shape, Symbol};
use scalar::Function;

/// A derivation.
#[derive(Clone, Debug)]
pub struct Derivation {
    /// The network's name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// `pub`, `pub(crate)` or nothing.
    pub visibility: String,
    /// The network's documentation.
    pub docs: Vec<String>,
    /// The number type of the generated code.
    pub precision: Precision,
    /// The seed of drawn start values.
    pub seed: u64,
    /// Declared constants.
    pub constants: Vec<(String, f64)>,
    /// Functions of one formula.
    pub functions: Vec<Function>,
    /// The equations, operands before their uses.
    pub equations: Vec<Equation>,
    /// The inputs.
    pub inputs: Vec<Data>,
    /// The target.
    pub target: Option<Data>,
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// The layers; the last is the output.
    pub layers: Vec<Layer>,
    /// The loss.
    pub loss: Option<Loss>,
    /// The training rule.
    pub training: Option<Training>,
}

/// A value at its grain: one equation, or a scalar equation for each element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// One equation for all of it.
    Whole(EquationId),
    /// One equation for each element.
    Packed(Vec<EquationId>),
}

impl Value {
    /// The equations, one or one for each element.
    pub fn equations(&self) -> &[EquationId] {
        match self {
            Value::Whole(id) => std::slice::from_ref(id),
            Value::Packed(ids) => ids,
        }
    }
}

/// An input or the target.
#[derive(Clone, Debug)]
pub struct Data {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its equations.
    pub value: Value,
    /// Its shape.
    pub shape: Shape,
    /// Declared values.
    pub values: Option<Vec<f64>>,
}

/// A parameter and the equations that train it.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Weight or bias.
    pub kind: ParameterKind,
    /// Its start value.
    pub start: Start,
    /// The parameter itself.
    pub equation: EquationId,
    /// ∂E/∂parameter of a sample.
    pub gradient: Option<EquationId>,
    /// The mean gradient of a batch.
    pub mean: Option<EquationId>,
    /// The parameter after a step.
    pub updated: Option<EquationId>,
}

/// A layer.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its outputs.
    pub value: Value,
    /// Its shape.
    pub shape: Shape,
}

/// The loss of a sample and of a batch.
#[derive(Clone, Debug)]
pub struct Loss {
    /// Its parts, one for each output, where it is a sum.
    pub components: Vec<EquationId>,
    /// The loss of a sample.
    pub total: EquationId,
    /// The mean over a batch.
    pub mean: EquationId,
}

/// The training rule.
#[derive(Clone, Debug)]
pub struct Training {
    /// The rule's name.
    pub rule: String,
    /// Its settings.
    pub settings: Vec<EquationId>,
    /// Samples in a batch, when declared.
    pub batch: Option<usize>,
    /// Samples in all, when declared.
    pub samples: Option<usize>,
}

/// Lowers a model to equations, differentiates the loss and appends the updates.
pub fn derive(model: &Model) -> Result<Derivation, Diagnostic> {
    let mut derivation = lower::lower(model)?;
    names_differ(&derivation)?;
    differentiate::differentiate(&mut derivation, model)?;
    Ok(derivation)
}

/// A part of a loss may be named after anything its first argument is made of: it must not have
/// the name of something declared.
fn names_differ(derivation: &Derivation) -> Result<(), Diagnostic> {
    let declared = derivation.numbered().filter(|(_, e)| matches!(e.symbol, Symbol::Named(_)));
    let declared: HashMap<String, Span> = declared.map(|(id, e)| (derivation.name_of(id), e.span)).collect();
    let parts = derivation.numbered().filter(|(_, e)| matches!(e.symbol, Symbol::Component(_)));
    for name in parts.map(|(id, _)| derivation.name_of(id)) {
        if let Some(span) = declared.get(&name) {
            return Err(problems::name_is_generated(&name, "a part of the loss", *span));
        }
    }
    Ok(())
}

impl Derivation {
    /// The equation with this number.
    ///
    /// Numbers come from the derivation itself, so there always is one; a foreign number gives an
    /// empty equation.
    pub fn equation(&self, id: EquationId) -> &Equation {
        const NOTHING: &Equation = &Equation {
            symbol: Symbol::Loss,
            shape: Shape::Scalar,
            scope: Scope::Once,
            op: Op::Given,
            reason: equation::Reason::Given,
            span: Span { start: 0, end: 0 },
            activation: None,
        };
        self.equations.get(id.index()).unwrap_or(NOTHING)
    }

    /// All equations with their numbers.
    pub fn numbered(&self) -> impl DoubleEndedIterator<Item = (EquationId, &Equation)> {
        self.equations.iter().enumerate().map(|(index, equation)| (EquationId(index as u32), equation))
    }

    /// The shape of an equation's value.
    pub fn shape(&self, id: EquationId) -> Shape {
        self.equation(id).shape
    }

    /// The output: the last layer.
    pub fn output(&self) -> Option<&Layer> {
        self.layers.last()
    }

    /// The plain name of an equation: in tables of values, in the trace, in error messages.
    pub fn name_of(&self, id: EquationId) -> String {
        match &self.equation(id).symbol {
            Symbol::Named(name) | Symbol::Setting(name) => name.clone(),
            Symbol::Net(name) => format!("net_{name}"),
            Symbol::Component(name) => format!("E_{name}"),
            Symbol::Loss => "E".to_owned(),
            Symbol::MeanLoss => "E_mean".to_owned(),
            Symbol::Partial { of, by } => format!("d_{}_d_{}", self.name_of(*of), self.name_of(*by)),
            Symbol::Gradient(of) => match &self.equation(*of).symbol {
                Symbol::Net(name) => format!("delta_{name}"),
                _ => format!("d_{}", self.name_of(*of)),
            },
            Symbol::MeanGradient(of) => format!("mean_d_{}", self.name_of(*of)),
            Symbol::Updated(of) => format!("{}_plus", self.name_of(*of)),
            Symbol::Step(number) => format!("step_{number}"),
        }
    }

    /// Adds an equation whose operands are all there; shape and scope follow from them.
    fn push(&mut self, equation: Equation) -> EquationId {
        let id = EquationId(self.equations.len() as u32);
        self.equations.push(equation);
        id
    }

    /// The scope of an operation, from its operands.
    fn scope_of(&self, op: &Op, declared: Scope) -> Scope {
        let scopes: Vec<Scope> = op.operands().iter().map(|id| self.equation(*id).scope).collect();
        op.scope(&scopes, declared)
    }

    /// Multiply-adds of the forward pass of one sample: products of the equations up to the
    /// output, those inside activations not counted.
    pub fn multiply_adds(&self) -> usize {
        let forward = self.equations.iter().filter(|e| e.reason == equation::Reason::Forward);
        let shape = |id| self.shape(id);
        let count = |e: &Equation| match e.op {
            Op::Pointwise(_) => e.op.multiply_adds(&shape) * e.shape.count(),
            _ => e.op.multiply_adds(&shape),
        };
        forward.map(count).sum()
    }

    /// How many numbers the parameters of a kind hold.
    pub fn count(&self, kind: ParameterKind) -> usize {
        let of_kind = self.parameters.iter().filter(|p| p.kind == kind);
        of_kind.map(|p| self.shape(p.equation).count()).sum()
    }

    /// How many numbers all parameters hold.
    pub fn parameter_count(&self) -> usize {
        self.count(ParameterKind::Weight) + self.count(ParameterKind::Bias)
    }
}
