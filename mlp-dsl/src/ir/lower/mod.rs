//! From the checked model to equations. Each value has its own granularity: named neurons stay scalars, a layer written
//! as a whole stays a vector, and `Stack` joins scalars where a vector is needed.

mod formula;
mod heads;
mod logits;
mod operand;
mod training;

use std::{collections::HashMap, rc::Rc};

use super::{
    Chosen, Data, Derivation, Dropout, Layer, Loss, Parameter, Value,
    array::Op,
    equation::{Equation, EquationId, Per, Role, Symbol},
};

use crate::{
    diagnostic::Diagnostic,
    formula::{Formula, Term, TermId, builder::Builder, scalar::Binary},
    ir::errors,
    limits,
    model::{self, LayerBody, Model, Typed, TypedKind},
    shape::Shape,
    span::Span,
    syntax::ast::Name,
};

use logits::Stable;
use operand::{Bound, Operand};

/// The given equations, the forward pass and the loss.
pub(super) struct Lowered {
    /// Parameters are not trained yet.
    pub(super) derivation: Derivation,
    /// The state of the rule before a step, for each trained parameter.
    pub(super) states: States,
}

/// The state of the rule before a step, by the parameter.
pub(super) type States = HashMap<EquationId, Vec<EquationId>>;

/// Lowers a model as far as the loss.
pub(super) fn lower(model: &Model) -> Result<Lowered, Diagnostic> {
    let mut lower = Lower::new(model);
    lower.given(model);
    for layer in &model.layers {
        lower.layer(layer)?;
    }
    if let Some(loss) = &model.loss {
        lower.loss(loss, model)?;
    }
    let states = match &model.training {
        Some(training) => lower.training(training)?,
        None => States::new(),
    };
    Ok(Lowered { derivation: lower.derivation, states })
}

struct Lower {
    derivation: Derivation,
    stacks: HashMap<Vec<EquationId>, EquationId>,
    /// Slices, by vector, start and length.
    pieces: HashMap<(EquationId, usize, usize), EquationId>,
    /// The logarithms of softmaxes, by their net inputs.
    log_softmaxes: HashMap<EquationId, EquationId>,
    /// The functions that are computed from net inputs.
    stable: Option<Rc<Stable>>,
    steps: u32,
    /// Scalar operations of the equations so far.
    operations: u64,
    /// Terms made so far: they take memory before they belong to an equation.
    drafted: u64,
    /// The names for the net input and the parts of the sums of the formula being lowered.
    owner: Owner,
    role: Role,
    span: Span,
    /// The values of `let` names, the innermost last.
    bound: Vec<Bound>,
    /// The parts of the loss that have a name of the compiler.
    parts: Vec<EquationId>,
}

/// Names for the parts of a sum.
struct PartNames {
    /// For one vector of parts.
    whole: String,
    /// For parts that are scalars.
    each: Vec<String>,
}

/// Names for what is found inside a formula.
#[derive(Default)]
struct Owner {
    /// The neuron or layer, while its net input has no name yet.
    net: Option<String>,
    /// The names of the parts of the next sum, in a loss.
    components: Option<PartNames>,
}

impl Lower {
    fn new(model: &Model) -> Self {
        let derivation = Derivation {
            header: model.header.clone(),
            equations: Vec::new(),
            inputs: Vec::new(),
            targets: Vec::new(),
            parameters: Vec::new(),
            layers: Vec::new(),
            dropouts: Vec::new(),
            heads: model.heads.clone(),
            loss: None,
            training: None,
            pull_back: None,
            chosen: Chosen::default(),
        };
        Lower {
            derivation,
            stacks: HashMap::new(),
            pieces: HashMap::new(),
            log_softmaxes: HashMap::new(),
            stable: Stable::new(&model.header.functions).map(Rc::new),
            steps: 0,
            operations: 0,
            drafted: 0,
            owner: Owner::default(),
            role: Role::Given,
            span: model.header.name_span,
            bound: Vec::new(),
            parts: Vec::new(),
        }
    }

    fn given(&mut self, model: &Model) {
        for input in &model.inputs {
            let data = self.data(input);
            self.derivation.inputs.push(data);
        }
        for parameter in &model.parameters {
            let equation = self.given_equation(&parameter.name, parameter.shape, Per::Batch);
            self.derivation.parameters.push(Parameter {
                name: parameter.name.text.clone(),
                docs: parameter.docs.clone(),
                kind: parameter.kind,
                frozen: parameter.frozen,
                start: parameter.start.clone(),
                equation,
                trained: None,
            });
        }
        for target in &model.targets {
            let data = self.data(target);
            self.derivation.targets.push(data);
        }
        self.role = Role::Forward;
    }

    fn data(&mut self, data: &model::Data) -> Data {
        let value = match &data.elements {
            Some(elements) => {
                let given = |name| self.given_equation(name, Shape::Scalar, Per::Sample);
                Value::Packed(elements.iter().map(given).collect())
            }
            None => Value::Whole(self.given_equation(&data.name, data.shape, Per::Sample)),
        };
        let (name, docs) = (data.name.text.clone(), data.docs.clone());
        let (class, importance) = (data.class, data.importance);
        Data { name, docs, value, shape: data.shape, class, importance, values: data.values.clone() }
    }

    fn given_equation(&mut self, name: &Name, shape: Shape, per: Per) -> EquationId {
        let symbol = Symbol::Named(name.text.clone());
        self.derivation.push(Equation {
            symbol,
            shape,
            per,
            op: Op::Given,
            role: Role::Given,
            span: name.span,
            activation: None,
        })
    }

    fn add(&mut self, symbol: Symbol, shape: Shape, op: Op) -> EquationId {
        let per = self.derivation.per_of(&op, Per::Batch);
        let (role, span) = (self.role, self.span);
        self.derivation.push(Equation { symbol, shape, per, op, role, span, activation: None })
    }

    fn step(&mut self, shape: Shape, op: Op) -> EquationId {
        self.steps += 1;
        self.add(Symbol::Step(self.steps), shape, op)
    }

    fn layer(&mut self, layer: &model::Layer) -> Result<(), Diagnostic> {
        let value = match &layer.body {
            LayerBody::Neurons(neurons) => {
                let mut ids = Vec::new();
                for (name, typed) in neurons {
                    ids.push(self.named(typed, name, Symbol::Named(name.text.clone()))?);
                }
                Value::Packed(ids)
            }
            LayerBody::Whole(typed) => Value::Whole(match layer.dropout {
                Some(dropout) => self.dropped(typed, layer, dropout)?,
                None => self.named(typed, &layer.name, Symbol::Named(layer.name.text.clone()))?,
            }),
        };
        let (name, docs) = (layer.name.text.clone(), layer.docs.clone());
        self.derivation.layers.push(Layer { name, docs, value, shape: layer.shape });
        Ok(())
    }

    /// A layer of which steps of training leave out units: full = f and h = mask ∘ full, where the mask is given.
    fn dropped(
        &mut self,
        typed: &Typed,
        layer: &model::Layer,
        dropout: model::Dropout,
    ) -> Result<EquationId, Diagnostic> {
        let (name, shape) = (&layer.name.text, layer.shape);
        // A mask comes first: so one loop computes the values before and after dropout.
        let mask = Name { text: format!("mask_{name}"), span: dropout.span };
        let role = std::mem::replace(&mut self.role, Role::Given);
        let mask = self.given_equation(&mask, shape, Per::Sample);
        self.role = role;
        let full = self.named(typed, &layer.name, Symbol::Local(format!("full_{name}")))?;
        let mut b = Builder::new();
        let (left, right) = (b.leaf(mask.0), b.leaf(full.0));
        let root = b.multiply(left, right);
        let value = self.pointwise(Symbol::Named(name.clone()), shape, b.finish(root))?;
        self.derivation.dropouts.push(Dropout { layer: name.clone(), rate: dropout.rate, mask, full, value });
        Ok(value)
    }

    /// The equation of a neuron or of a layer written as a whole, under this symbol.
    fn named(&mut self, typed: &Typed, name: &Name, symbol: Symbol) -> Result<EquationId, Diagnostic> {
        self.span = name.span;
        self.owner = Owner { net: Some(name.text.clone()), components: None };
        let before = self.bound.len();
        let typed = self.named_parts(typed, &name.text)?;
        let id = self.define(typed, symbol)?;
        self.bound.truncate(before);
        if let TypedKind::Apply(function, arguments) = &typed.kind
            && is_activation(arguments)
            && let Some(equation) = self.derivation.equations.get_mut(id.index())
        {
            equation.activation = Some(*function);
        }
        Ok(id)
    }

    /// The `let`s around a formula as equations of their own; gives the formula inside.
    fn named_parts<'t>(&mut self, mut typed: &'t Typed, owner: &str) -> Result<&'t Typed, Diagnostic> {
        let mut made: Vec<String> = Vec::new();
        while let TypedKind::Let(values, body) = &typed.kind {
            for (name, value) in values {
                let mut full = format!("{name}_{owner}");
                while made.contains(&full) {
                    full.push('_');
                }
                made.push(full.clone());
                let id = self.define(value, Symbol::Local(full))?;
                let bound = self.bind_value(&Value::Whole(id));
                self.bound.push(bound);
            }
            typed = body;
        }
        Ok(typed)
    }

    fn loss(&mut self, typed: &Typed, model: &Model) -> Result<(), Diagnostic> {
        self.span = typed.span;
        self.role = Role::Loss;
        let typed = self.named_parts(typed, "E")?;
        let components = self.component_names(typed);
        self.owner = Owner { net: None, components };
        let (total, weight) = self.total_loss(typed, model)?;
        self.bound.clear();
        self.role = Role::Batch;
        let reduction = model.training.as_ref().map(|training| training.reduction).unwrap_or_default();
        let op = Op::over_batch(reduction, weight, total);
        let batch = self.add(Symbol::BatchLoss(reduction), Shape::Scalar, op);
        let is_component = |e: &Equation| matches!(e.symbol, Symbol::Component(_));
        let components = self.derivation.numbered().filter(|(_, e)| is_component(e)).map(|(id, _)| id);
        let components = components.collect();
        let penalty = self.penalties(&model.penalties)?;
        let objective = match penalty {
            None => batch,
            Some(penalty) => {
                self.role = Role::Batch;
                let mut b = Builder::new();
                let (batch, penalty) = (b.leaf(batch.0), b.leaf(penalty.0));
                let sum = b.written(Term::Binary(Binary::Add, batch, penalty));
                self.add(Symbol::Objective, Shape::Scalar, Op::Pointwise(b.finish(sum)))
            }
        };
        let parts = std::mem::take(&mut self.parts);
        self.derivation.loss = Some(Loss {
            components,
            parts,
            total,
            weight,
            batch,
            reduction,
            penalty,
            objective,
            gradients: Vec::new(),
            inputs: Vec::new(),
        });
        Ok(())
    }

    /// The sum of all penalties.
    fn penalties(&mut self, penalties: &[Typed]) -> Result<Option<EquationId>, Diagnostic> {
        self.role = Role::Penalty;
        let mut b = Builder::new();
        let mut total: Option<TermId> = None;
        for (index, typed) in penalties.iter().enumerate() {
            self.span = typed.span;
            self.owner = Owner::default();
            if penalties.len() == 1 {
                return self.define(typed, Symbol::Penalty).map(Some);
            }
            let part = self.define(typed, Symbol::PenaltyPart(index + 1))?;
            let leaf = b.leaf(part.0);
            total = Some(match total {
                None => leaf,
                Some(sum) => b.written(Term::Binary(Binary::Add, sum, leaf)),
            });
        }
        let Some(total) = total else { return Ok(None) };
        self.pointwise(Symbol::Penalty, Shape::Scalar, b.finish(total)).map(Some)
    }

    /// The parts of a loss are named after what its first argument is or is made of.
    fn component_names(&self, typed: &Typed) -> Option<PartNames> {
        let TypedKind::Inline(_, arguments, _) = &typed.kind else { return None };
        let TypedKind::Value(value) = arguments.first()?.kind else { return None };
        let whole = match value {
            model::Value::Layer(index) => self.derivation.layers.get(index).map(|layer| layer.name.clone()),
            model::Value::Input(index) => self.derivation.inputs.get(index).map(|input| input.name.clone()),
            model::Value::InputElement(..)
            | model::Value::Parameter(_)
            | model::Value::Neuron(..)
            | model::Value::Target(_)
            | model::Value::TargetElement(..) => None,
        };
        let elements = self.value(value);
        let each: Vec<String> = elements.equations().iter().map(|id| self.derivation.name_of(*id)).collect();
        let whole = whole.or_else(|| each.first().cloned())?;
        Some(PartNames { whole, each })
    }

    /// A formula as an equation with this symbol.
    fn define(&mut self, typed: &Typed, symbol: Symbol) -> Result<EquationId, Diagnostic> {
        let first_new = self.derivation.equations.len();
        let mut b = Builder::new();
        let operand = self.formula(&mut b, typed, &[])?;
        let shape = operand.shape();
        let root = match operand {
            Operand::Whole(_, root) => root,
            Operand::Packed(_) => {
                let id = self.whole(&b, &operand)?;
                b.leaf(id.0)
            }
        };
        if let Some(Term::Leaf(leaf)) = b.term(root) {
            let id = EquationId(*leaf);
            let fresh = id.index() >= first_new;
            if let Some(equation) = self.derivation.equations.get_mut(id.index())
                && fresh
                && matches!(equation.symbol, Symbol::Step(_))
            {
                equation.symbol = symbol; // the name means the step
                return Ok(id);
            }
        }
        self.pointwise(symbol, shape, b.finish(root))
    }

    fn pointwise(
        &mut self,
        symbol: Symbol,
        shape: Shape,
        formula: Formula,
    ) -> Result<EquationId, Diagnostic> {
        let first_new = self.derivation.equations.len();
        let formula = self.stable(shape, formula)?;
        if let Some(leaf) = formula.as_leaf()
            && leaf as usize >= first_new
            && let Some(equation) = self.derivation.equations.get_mut(leaf as usize)
        {
            equation.symbol = symbol; // the name means the step
            return Ok(EquationId(leaf));
        }
        let operations = formula.operations(&self.derivation.header.functions);
        self.operations = spend(self.operations, operations, self.span)?;
        Ok(self.add(symbol, shape, Op::Pointwise(formula)))
    }
}

/// Whether a function with these arguments acts on the first, as a leaky relu with its slope does.
fn is_activation(arguments: &[Typed]) -> bool {
    let number = |typed: &Typed| matches!(typed.kind, TypedKind::Number(_) | TypedKind::Constant(..));
    arguments.iter().skip(1).all(number)
}

/// Counts scalar operations before memory is spent on more.
fn spend(before: u64, operations: u64, span: Span) -> Result<u64, Diagnostic> {
    let total = before.saturating_add(operations);
    if total > limits::OPERATIONS { Err(errors::too_many_operations(span)) } else { Ok(total) }
}
