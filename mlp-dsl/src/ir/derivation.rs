//! The types of a derivation: an ordered list of equations, and the equations of each declared thing.

use std::collections::BTreeSet;

use mlp_hash::Masks;

use crate::{
    formula::{Formula, FunctionId, Term, scalar::Function},
    kind::ParameterKind,
    limits,
    model::{Header, Reduction, Start, Stated},
    never::OrNever,
    shape::Shape,
    span::Span,
};

use super::{
    array::Op,
    declared::Chosen,
    equation::{Equation, EquationId, Per, Role, Symbol},
};

/// A derivation.
#[derive(Clone, Debug)]
pub struct Derivation {
    /// The part that the model and the derivation have in common.
    pub header: Header,
    /// The equations, operands before their uses.
    pub equations: Vec<Equation>,
    /// The inputs.
    pub inputs: Vec<Data>,
    /// The targets and importances.
    pub targets: Vec<Data>,
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// The layers; the last is the output, or joins the outputs.
    pub layers: Vec<Layer>,
    /// The layers of which a step of training leaves out units, in order.
    pub dropouts: Vec<Dropout>,
    /// The layers that are the output, where the specification names them. Where there are several, the last layer joins
    /// them.
    pub heads: Vec<usize>,
    /// The loss.
    pub loss: Option<Loss>,
    /// The training rule.
    pub training: Option<Training>,
    /// The backward pass from a given gradient with respect to the output; see [`Derivation::with_pull_back`].
    pub pull_back: Option<PullBack>,
    /// What is asked for instead of the declared step.
    pub chosen: Chosen,
}

/// A value at its granularity: one equation, or a scalar equation for each element.
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

/// An input, a target or an importance.
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
    /// Whether it is a class as a one-hot vector: a single 1, elsewhere 0.
    pub class: bool,
    /// Whether it is an importance, and no target.
    pub importance: bool,
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
    /// Whether it is kept as it starts: it has no gradient and no update.
    pub frozen: bool,
    /// Its start value.
    pub start: Start,
    /// The parameter itself.
    pub equation: EquationId,
    /// The equations that train it, where there is a loss and it is not frozen.
    pub trained: Option<Trained>,
}

/// The equations that train a parameter.
#[derive(Clone, Debug)]
pub struct Trained {
    /// ∂E/∂parameter of a sample.
    pub gradient: EquationId,
    /// The gradient of a batch: the mean, or the sum, over its samples.
    pub batch: EquationId,
    /// The gradient of the objective, penalties included: the gradient in the rule.
    pub objective: EquationId,
    /// The step of the rule, where there is one.
    pub update: Option<Update>,
}

/// A step of the rule for one parameter.
#[derive(Clone, Debug)]
pub struct Update {
    /// The parameter after the step.
    pub parameter: EquationId,
    /// The state of the rule.
    pub state: Vec<State>,
}

/// Numbers that a rule keeps for a parameter, 0 before the first step.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// Before the step.
    pub equation: EquationId,
    /// After the step.
    pub updated: EquationId,
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

/// Units of a layer that a step of training leaves out: value = mask ∘ full.
#[derive(Clone, Debug)]
pub struct Dropout {
    /// The layer's name.
    pub layer: String,
    /// The probability that a unit is left out: above 0, below 1.
    pub rate: f64,
    /// Given for each sample of a step: 0 for a unit that is left out, [`factor`](Dropout::factor) for the others.
    pub mask: EquationId,
    /// The values of the layer before dropout, and without it.
    pub full: EquationId,
    /// The values of the layer.
    pub value: EquationId,
}

impl Dropout {
    /// 1 / (1 − rate): so the mean of a unit over all masks is its value without dropout.
    pub fn factor(&self) -> f64 {
        1.0 / (1.0 - self.rate)
    }

    /// The masks of the layer in steps of the network with this seed.
    pub fn masks(&self, seed: u64) -> Masks {
        Masks::new(seed, &self.layer, self.rate)
    }
}

/// The loss of a sample and of a batch.
#[derive(Clone, Debug)]
pub struct Loss {
    /// Its parts, one for each output, where it is a sum.
    pub components: Vec<EquationId>,
    /// Its parts with names: what compares each of several heads, the loss without its weight, the weight.
    pub parts: Vec<EquationId>,
    /// The loss of a sample, with its weight.
    pub total: EquationId,
    /// The weight of a sample, if it has one.
    pub weight: Option<EquationId>,
    /// The mean, or the sum, over a batch.
    pub batch: EquationId,
    /// How the losses of a batch become one.
    pub reduction: Reduction,
    /// The penalties, which are added once for a batch.
    pub penalty: Option<EquationId>,
    /// The value that training minimises: the loss of a batch and the penalties.
    pub objective: EquationId,
    /// ∂E/∂value of a sample for the values that depend on a parameter, from the loss back; without probabilities where
    /// the loss is computed from their net inputs.
    pub gradients: Vec<(EquationId, ValueGradient)>,
    /// ∂E/∂input of a sample, one equation for each of the inputs in order; empty where nothing asks for them.
    pub inputs: Vec<EquationId>,
}

/// The backward pass from a given gradient with respect to the output: of any number E that is computed from the output.
#[derive(Clone, Debug)]
pub struct PullBack {
    /// ∂E/∂output of a sample, given: one equation for each of the output's.
    pub output: Vec<EquationId>,
    /// The gradients of the trained parameters, in their order.
    pub parameters: Vec<Pulled>,
    /// ∂E/∂input of a sample, one equation for each of the inputs in order.
    pub inputs: Vec<EquationId>,
}

/// The gradients of a parameter, back from the output.
#[derive(Clone, Copy, Debug)]
pub struct Pulled {
    /// The parameter.
    pub parameter: EquationId,
    /// ∂E/∂parameter of a sample.
    pub gradient: EquationId,
    /// The gradient of a batch: the mean over its samples, or their sum where a caller asks for it.
    pub batch: EquationId,
}

impl Loss {
    /// Whether the loss of a batch is a mean over weights of its samples.
    pub fn is_weighted_mean(&self) -> bool {
        self.weight.is_some() && self.reduction == Reduction::Mean
    }
}

/// ∂E/∂value of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueGradient {
    /// 0 for each element: the loss does not depend on the value.
    Zeros,
    /// 1 for each element.
    Ones,
    /// The value of an equation, which may be the gradient with respect to another value too.
    Equation(EquationId),
}

/// The training rule.
#[derive(Clone, Debug)]
pub struct Training {
    /// The rule's name.
    pub rule: String,
    /// The rule's documentation.
    pub docs: Vec<String>,
    /// Its settings, and the bounds of clipping.
    pub settings: Vec<EquationId>,
    /// Its statements as they are written, without the terms of settings that are left out at 0; see
    /// [`UpdateRule::written`](crate::model::UpdateRule).
    pub written: Vec<(Stated, Formula)>,
    /// The equations of the settings in the order of the rule; one that is left out at 0 has none.
    pub of_rule: Vec<Option<EquationId>>,
    /// The number of the step, counted from 1, where the rule or a schedule uses it.
    pub step: Option<EquationId>,
    /// Samples in a batch, when declared.
    pub batch: Option<usize>,
    /// Samples in all, when declared.
    pub samples: Option<usize>,
}

impl Parameter {
    /// ∂E/∂parameter of a sample, where it is trained.
    pub fn gradient(&self) -> Option<EquationId> {
        self.trained.as_ref().map(|trained| trained.gradient)
    }

    /// The gradient of a batch, where it is trained.
    pub fn batch(&self) -> Option<EquationId> {
        self.trained.as_ref().map(|trained| trained.batch)
    }

    /// The gradient of the objective, where it is trained.
    pub fn objective(&self) -> Option<EquationId> {
        self.trained.as_ref().map(|trained| trained.objective)
    }

    /// The parameter after a step, where a rule updates it.
    pub fn updated(&self) -> Option<EquationId> {
        self.update().map(|update| update.parameter)
    }

    /// The state of the rule, empty where it has none.
    pub fn state(&self) -> &[State] {
        self.update().map_or(&[], |update| &update.state)
    }

    fn update(&self) -> Option<&Update> {
        self.trained.as_ref()?.update.as_ref()
    }
}

impl Derivation {
    /// The equation with this number.
    ///
    /// # Panics
    /// As [`never!`](macro@crate::never) does, for the number of another derivation.
    pub fn equation(&self, id: EquationId) -> &Equation {
        const LOST: &Equation = &Equation {
            symbol: Symbol::Loss,
            shape: Shape::Scalar,
            per: Per::Batch,
            op: Op::Given,
            role: Role::Given,
            span: Span { start: 0, end: 0 },
            activation: None,
        };
        self.equations.get(id.index()).or_never("an equation's number is of its derivation", LOST)
    }

    /// Scalar operations to be printed: those of the formulas, and some for each equation.
    pub(crate) fn operations(&self) -> u64 {
        let of = |equation: &Equation| match equation.formula() {
            Some(formula) => formula.operations(&self.header.functions),
            None => equation.op.operands().len() as u64,
        };
        let each = self.equations.iter().map(|equation| of(equation).saturating_add(limits::EQUATION));
        each.fold(0, u64::saturating_add)
    }

    /// All equations with their numbers.
    pub fn numbered(&self) -> impl DoubleEndedIterator<Item = (EquationId, &Equation)> {
        self.equations.iter().enumerate().map(|(index, equation)| (EquationId(index as u32), equation))
    }

    /// The shape of an equation's value.
    pub fn shape(&self, id: EquationId) -> Shape {
        self.equation(id).shape
    }

    /// The parameter or state that an equation is the new value of, after one or more assignments of the rule; the
    /// equation itself where it is no update.
    pub fn before_step(&self, mut id: EquationId) -> EquationId {
        while let Symbol::Updated(of) = self.equation(id).symbol
            && of < id
        {
            id = of;
        }
        id
    }

    /// A function of the prelude, also where the specification redefines its name.
    pub fn prelude_function(&self, name: &str) -> Option<FunctionId> {
        let is = |function: &Function| function.prelude && function.name == name;
        self.header.functions.iter().position(is).map(|place| FunctionId(place as u32))
    }

    /// The output: the last layer, or the one that is named.
    pub fn output(&self) -> Option<&Layer> {
        if let [only] = self.heads.as_slice() { self.layers.get(*only) } else { self.layers.last() }
    }

    /// The plain name of an equation: in tables of values, in the trace, in error messages.
    pub fn name_of(&self, id: EquationId) -> String {
        match &self.equation(id).symbol {
            Symbol::Named(name) | Symbol::Setting(name) => name.clone(),
            Symbol::Net(name) => format!("net_{name}"),
            Symbol::Component(name) => format!("E_{name}"),
            Symbol::Loss => "E".to_owned(),
            Symbol::BatchLoss(Reduction::Mean) => "E_mean".to_owned(),
            Symbol::BatchLoss(Reduction::Sum) => "E_sum".to_owned(),
            Symbol::Local(name) => name.clone(),
            Symbol::Penalty => "P".to_owned(),
            Symbol::PenaltyPart(number) => format!("P_{number}"),
            Symbol::Objective => "J".to_owned(),
            Symbol::PenaltyGradient(of) => format!("d_P_d_{}", self.name_of(*of)),
            Symbol::ObjectiveGradient(of) => format!("d_J_d_{}", self.name_of(*of)),
            Symbol::StepNumber => "step".to_owned(),
            Symbol::State { name, of } => format!("{name}_{}", self.name_of(*of)),
            Symbol::GradientNorm => "gradient_norm".to_owned(),
            Symbol::ClipFactor => "clip_factor".to_owned(),
            Symbol::Partial { of, by } => format!("d_{}_d_{}", self.name_of(*of), self.name_of(*by)),
            Symbol::Gradient(of) => match self.equation(*of).net() {
                Some(name) => format!("delta_{name}"),
                None => format!("d_{}", self.name_of(*of)),
            },
            Symbol::BatchGradient(Reduction::Mean, of) => format!("mean_d_{}", self.name_of(*of)),
            Symbol::BatchGradient(Reduction::Sum, of) => format!("sum_d_{}", self.name_of(*of)),
            Symbol::Pulled(of) => format!("pulled_{}", self.name_of(*of)),
            Symbol::BatchPulled(of) => format!("batch_pulled_{}", self.name_of(*of)),
            Symbol::Updated(of) => format!("{}_plus", self.name_of(*of)),
            Symbol::Step(number) => format!("step_{number}"),
        }
    }

    /// Functions that equations call, directly or through another, in order of declaration.
    pub fn called_functions(&self) -> Vec<FunctionId> {
        let mut called = BTreeSet::new();
        let add = |formula: &Formula, called: &mut BTreeSet<u32>| {
            let callee = |term: &Term| if let Term::Apply(id, _) = term { Some(id.0) } else { None };
            called.extend(formula.terms().iter().filter_map(callee));
        };
        for equation in &self.equations {
            if let Op::Pointwise(formula) = &equation.op {
                add(formula, &mut called);
            }
        }
        // A function calls earlier ones only: one walk from the last to the first finds all.
        for (index, function) in self.header.functions.iter().enumerate().rev() {
            if called.contains(&(index as u32)) {
                add(&function.body, &mut called);
            }
        }
        called.into_iter().map(FunctionId).collect()
    }

    /// Adds an equation whose operands are all there; shape and `per` follow from them.
    pub(super) fn push(&mut self, equation: Equation) -> EquationId {
        let id = EquationId(self.equations.len() as u32);
        self.equations.push(equation);
        id
    }

    /// Whether an operation has one value per batch or per sample, from its operands.
    pub(super) fn per_of(&self, op: &Op, declared: Per) -> Per {
        let pers: Vec<Per> = op.operands().iter().map(|id| self.equation(*id).per).collect();
        op.per(&pers, declared)
    }

    /// Multiply-adds of the forward pass of one sample: products of the equations up to the
    /// output, those inside activations not counted.
    pub fn multiply_adds(&self) -> usize {
        // Inference has no product with a mask.
        let forward =
            self.numbered().filter(|(id, e)| e.role == Role::Forward && self.dropout(*id).is_none());
        forward.map(|(_, e)| e.op.multiply_adds(&|id| self.shape(id), e.shape)).sum()
    }

    /// The equations of the inputs, in order.
    pub fn input_equations(&self) -> impl Iterator<Item = EquationId> {
        self.inputs.iter().flat_map(|input| input.value.equations()).copied()
    }

    /// How many numbers the parameters of a kind hold.
    pub fn count(&self, kind: ParameterKind) -> usize {
        let of_kind = self.parameters.iter().filter(|p| p.kind == kind);
        of_kind.map(|p| self.shape(p.equation).count()).sum()
    }

    /// How many numbers of parameters are kept as they start.
    pub fn frozen_count(&self) -> usize {
        self.parameters.iter().filter(|p| p.frozen).map(|p| self.shape(p.equation).count()).sum()
    }

    /// Whether the optimizer keeps anything from step to step.
    pub fn has_optimizer_state(&self) -> bool {
        let steps = self.training.as_ref().is_some_and(|training| training.step.is_some());
        steps || self.parameters.iter().any(|parameter| !parameter.state().is_empty())
    }

    /// Whether the loss has gradients: not where no parameter is trained.
    pub fn has_gradients(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter.trained.is_some())
    }

    /// Whether the loss has gradients with respect to the inputs: where they are asked for.
    pub fn has_input_gradients(&self) -> bool {
        self.loss.as_ref().is_some_and(|loss| !loss.inputs.is_empty())
    }

    /// How many numbers all parameters hold.
    pub fn parameter_count(&self) -> usize {
        self.count(ParameterKind::Weight) + self.count(ParameterKind::Bias)
    }
}
