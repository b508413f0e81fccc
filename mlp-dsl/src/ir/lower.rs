//! From the checked model to equations. The grain of a value is its own: named neurons stay
//! scalars, a layer written as a whole stays a vector, and `Pack` joins the two where they meet.

use std::collections::HashMap;

use super::{
    Data, Derivation, Layer, Loss, Parameter, Training, Value,
    array::Op,
    equation::{Equation, EquationId, Reason, Scope, Shape, Symbol},
    formula::{Builder, Formula, Select, Term, TermId},
    scalar::{Binary, Unary},
};
use crate::{
    diagnostic::Diagnostic,
    limits,
    model::{self, Kernel, LayerBody, Model, Typed, TypedKind},
    problems,
    span::Span,
    syntax::ast::{Name, Operator},
};

/// The given equations, the forward pass and the loss.
pub(super) fn lower(model: &Model) -> Result<Derivation, Diagnostic> {
    let mut lower = Lower::new(model);
    lower.given(model);
    for layer in &model.layers {
        lower.layer(layer)?;
    }
    if let Some(loss) = &model.loss {
        lower.loss(loss)?;
    }
    Ok(lower.derivation)
}

/// Scalar formulas in a builder: one for a scalar or a whole array, one for each element of a
/// packed vector.
#[derive(Clone)]
struct Bundle {
    shape: Shape,
    packed: bool,
    roots: Vec<TermId>,
}

impl Bundle {
    fn scalar(root: TermId) -> Self {
        Bundle { shape: Shape::Scalar, packed: false, roots: vec![root] }
    }
}

struct Lower {
    derivation: Derivation,
    packs: HashMap<Vec<EquationId>, EquationId>,
    steps: u32,
    /// Scalar operations of the equations so far.
    operations: u64,
    /// Terms made so far: they take memory before they belong to an equation.
    drafted: u64,
    /// What the formula being lowered defines: names its net input and the parts of its sums.
    owner: Owner,
    reason: Reason,
    span: Span,
}

/// Names for what is found inside a formula.
#[derive(Default)]
struct Owner {
    /// The neuron or layer, while its net input has no name yet.
    net: Option<String>,
    /// The names of the parts of the next sum, in a loss.
    components: Option<Vec<String>>,
}

impl Lower {
    fn new(model: &Model) -> Self {
        let derivation = Derivation {
            name: model.name.text.clone(),
            name_span: model.name.span,
            visibility: model.visibility.clone(),
            docs: model.docs.clone(),
            precision: model.precision,
            seed: model.seed,
            constants: model.constants.clone(),
            functions: model.functions.clone(),
            equations: Vec::new(),
            inputs: Vec::new(),
            target: None,
            parameters: Vec::new(),
            layers: Vec::new(),
            loss: None,
            training: None,
        };
        Lower {
            derivation,
            packs: HashMap::new(),
            steps: 0,
            operations: 0,
            drafted: 0,
            owner: Owner::default(),
            reason: Reason::Given,
            span: model.name.span,
        }
    }

    fn given(&mut self, model: &Model) {
        for input in &model.inputs {
            let data = self.data(input);
            self.derivation.inputs.push(data);
        }
        for parameter in &model.parameters {
            let equation = self.given_equation(&parameter.name, parameter.shape, Scope::Once);
            self.derivation.parameters.push(Parameter {
                name: parameter.name.text.clone(),
                docs: parameter.docs.clone(),
                kind: parameter.kind,
                start: parameter.start.clone(),
                equation,
                gradient: None,
                mean: None,
                updated: None,
            });
        }
        self.derivation.target = model.target.as_ref().map(|target| self.data(target));
        if let Some(training) = &model.training {
            let mut settings = Vec::new();
            for (name, value) in &training.settings {
                self.span = training.span;
                let symbol = Symbol::Setting(name.clone());
                settings.push(self.add(symbol, Shape::Scalar, Op::Setting(*value)));
            }
            self.derivation.training = Some(Training {
                rule: training.name.clone(),
                settings,
                batch: training.batch,
                samples: training.samples,
            });
        }
        self.reason = Reason::Forward;
    }

    fn data(&mut self, data: &model::Data) -> Data {
        let value = match &data.elements {
            Some(elements) => {
                let given = |name| self.given_equation(name, Shape::Scalar, Scope::Sample);
                Value::Packed(elements.iter().map(given).collect())
            }
            None => Value::Whole(self.given_equation(&data.name, data.shape, Scope::Sample)),
        };
        let (name, docs) = (data.name.text.clone(), data.docs.clone());
        Data { name, docs, value, shape: data.shape, values: data.values.clone() }
    }

    fn given_equation(&mut self, name: &Name, shape: Shape, scope: Scope) -> EquationId {
        let symbol = Symbol::Named(name.text.clone());
        self.derivation.push(Equation {
            symbol,
            shape,
            scope,
            op: Op::Given,
            reason: Reason::Given,
            span: name.span,
            activation: None,
        })
    }

    fn add(&mut self, symbol: Symbol, shape: Shape, op: Op) -> EquationId {
        let scope = self.derivation.scope_of(&op, Scope::Once);
        let (reason, span) = (self.reason, self.span);
        self.derivation.push(Equation { symbol, shape, scope, op, reason, span, activation: None })
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
                    ids.push(self.named(typed, name)?);
                }
                Value::Packed(ids)
            }
            LayerBody::Whole(typed) => Value::Whole(self.named(typed, &layer.name)?),
        };
        let (name, docs) = (layer.name.text.clone(), layer.docs.clone());
        self.derivation.layers.push(Layer { name, docs, value, shape: layer.shape });
        Ok(())
    }

    /// The equation of a neuron or of a layer written as a whole.
    fn named(&mut self, typed: &Typed, name: &Name) -> Result<EquationId, Diagnostic> {
        self.span = name.span;
        self.owner = Owner { net: Some(name.text.clone()), components: None };
        let id = self.define(typed, Symbol::Named(name.text.clone()))?;
        let activation = match &typed.kind {
            TypedKind::Apply(function, arguments) if arguments.len() == 1 => Some(*function),
            _ => None,
        };
        if let Some(equation) = self.derivation.equations.get_mut(id.index()) {
            equation.activation = activation;
        }
        Ok(id)
    }

    fn loss(&mut self, typed: &Typed) -> Result<(), Diagnostic> {
        self.span = typed.span;
        self.reason = Reason::Loss;
        let components = Some(self.component_names(typed));
        self.owner = Owner { net: None, components };
        let total = self.define(typed, Symbol::Loss)?;
        self.reason = Reason::Batch;
        let mean = self.add(Symbol::MeanLoss, Shape::Scalar, Op::BatchMean(total));
        let is_component = |e: &Equation| matches!(e.symbol, Symbol::Component(_));
        let components = self.derivation.numbered().filter(|(_, e)| is_component(e)).map(|(id, _)| id);
        let components = components.collect();
        self.derivation.loss = Some(Loss { components, total, mean });
        Ok(())
    }

    /// The parts of a loss are named after what its first argument is made of.
    fn component_names(&self, typed: &Typed) -> Vec<String> {
        let TypedKind::Inline(_, arguments, _) = &typed.kind else { return Vec::new() };
        let Some(TypedKind::Value(value)) = arguments.first().map(|a| &a.kind) else { return Vec::new() };
        let value = self.value(*value);
        value
            .map(|v| v.equations().iter().map(|id| self.derivation.name_of(*id)).collect())
            .unwrap_or_default()
    }

    /// A formula as an equation with this symbol.
    fn define(&mut self, typed: &Typed, symbol: Symbol) -> Result<EquationId, Diagnostic> {
        let first_new = self.derivation.equations.len();
        let mut b = Builder::new();
        let bundle = self.formula(&mut b, typed, &[])?;
        let shape = bundle.shape;
        let root = if bundle.packed {
            let id = self.whole(&b, bundle)?;
            b.leaf(id.0)
        } else {
            at(&bundle.roots, 0)
        };
        if let Some(Term::Leaf(leaf)) = b.term(root) {
            let id = EquationId(*leaf);
            let fresh = id.index() >= first_new;
            if let Some(equation) = self.derivation.equations.get_mut(id.index())
                && fresh
                && matches!(equation.symbol, Symbol::Step(_))
            {
                equation.symbol = symbol; // the step is what the name stands for
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
        let operations = formula.operations(&self.derivation.functions);
        self.operations = spend(self.operations, operations, self.span)?;
        Ok(self.add(symbol, shape, Op::Pointwise(formula)))
    }

    /// A formula in the builder; what is not element-wise becomes equations of its own.
    fn formula(&mut self, b: &mut Builder, typed: &Typed, arguments: &[Value]) -> Result<Bundle, Diagnostic> {
        match &typed.kind {
            TypedKind::Number(number) => Ok(Bundle::scalar(b.number(*number))),
            TypedKind::Constant(id, value) => Ok(Bundle::scalar(b.written(Term::Constant(*id, *value)))),
            TypedKind::Value(value) => {
                Ok(self.value(*value).map_or(Bundle::scalar(b.number(0.0)), |v| self.leaves(b, &v)))
            }
            TypedKind::Argument(index) => {
                let value = arguments.get(*index);
                Ok(value.map_or(Bundle::scalar(b.number(0.0)), |v| self.leaves(b, v)))
            }
            TypedKind::Unary(op, inner) => {
                let inner = self.argument(b, inner, arguments, *op != Unary::Negate)?;
                self.combine(b, &[inner], |b, x| b.written(Term::Unary(*op, at(x, 0))))
            }
            TypedKind::Power(base, exponent) => {
                let parts = [self.formula(b, base, arguments)?, self.formula(b, exponent, arguments)?];
                self.combine(b, &parts, |b, x| b.written(Term::Binary(Binary::Power, at(x, 0), at(x, 1))))
            }
            TypedKind::Chain(first, rest) => self.chain(b, first, rest, arguments),
            TypedKind::If(condition, then, otherwise) => {
                let (left, comparison, right) = &**condition;
                let mut parts = Vec::new();
                for part in [left, right, then, otherwise] {
                    parts.push(self.formula(b, part, arguments)?);
                }
                self.combine(b, &parts, |b, x| {
                    b.written(Term::Select(Select {
                        comparison: *comparison,
                        left: at(x, 0),
                        right: at(x, 1),
                        then: at(x, 2),
                        otherwise: at(x, 3),
                    }))
                })
            }
            TypedKind::Apply(function, inner) => {
                let mut parts = Vec::new();
                for part in inner {
                    parts.push(self.argument(b, part, arguments, inner.len() == 1)?);
                }
                self.combine(b, &parts, |b, x| b.written(Term::Apply(*function, x.to_vec())))
            }
            TypedKind::Inline(kernel, inner, body) => self.inline(b, *kernel, inner, body, arguments),
            TypedKind::Sum(inner) => self.sum(b, inner, arguments),
            TypedKind::Dense(input, weights, biases) => {
                let x = self.whole_of(input, arguments)?;
                let parameter = |index: &usize| self.derivation.parameters.get(*index).map(|p| p.equation);
                let (w, bias) = (parameter(weights).unwrap_or(x), parameter(biases).unwrap_or(x));
                let product = self.step(typed.shape, Op::VectorMatrix(x, w));
                let (product, bias) = (b.leaf(product.0), b.leaf(bias.0));
                let root = b.written(Term::Binary(Binary::Add, product, bias));
                Ok(Bundle { shape: typed.shape, packed: false, roots: vec![root] })
            }
        }
    }

    /// The argument of an activation. The net input becomes an equation: the first is named
    /// after the neuron or layer.
    fn argument(
        &mut self,
        b: &mut Builder,
        typed: &Typed,
        arguments: &[Value],
        activation: bool,
    ) -> Result<Bundle, Diagnostic> {
        let plain = matches!(
            typed.kind,
            TypedKind::Number(_) | TypedKind::Constant(..) | TypedKind::Value(_) | TypedKind::Argument(_)
        );
        let net = if activation && !plain && arguments.is_empty() { self.owner.net.take() } else { None };
        match net {
            Some(owner) => {
                let id = self.define(typed, Symbol::Net(owner))?;
                Ok(self.leaves(b, &Value::Whole(id)))
            }
            None => self.formula(b, typed, arguments),
        }
    }

    fn chain(
        &mut self,
        b: &mut Builder,
        first: &Typed,
        rest: &[(Operator, Typed, Shape)],
        arguments: &[Value],
    ) -> Result<Bundle, Diagnostic> {
        let mut left = self.formula(b, first, arguments)?;
        for (operator, operand, shape) in rest {
            let right = self.formula(b, operand, arguments)?;
            left = match Binary::of(*operator) {
                Some(op) => {
                    self.combine(b, &[left, right], |b, x| b.written(Term::Binary(op, at(x, 0), at(x, 1))))?
                }
                None => {
                    let (l, r) = (self.whole(b, left)?, self.whole(b, right)?);
                    let op = match (self.derivation.shape(l), self.derivation.shape(r)) {
                        (Shape::Matrix(..), _) => Op::MatrixVector(l, r),
                        (_, Shape::Matrix(..)) => Op::VectorMatrix(l, r),
                        _ => Op::Dot(l, r),
                    };
                    let product = self.step(*shape, op);
                    self.leaves(b, &Value::Whole(product))
                }
            };
        }
        Ok(left)
    }

    fn inline(
        &mut self,
        b: &mut Builder,
        kernel: Option<Kernel>,
        inner: &[Typed],
        body: &Typed,
        arguments: &[Value],
    ) -> Result<Bundle, Diagnostic> {
        let mut values = Vec::new();
        for argument in inner {
            let mut own = Builder::new();
            let bundle = self.argument(&mut own, argument, arguments, kernel == Some(Kernel::Softmax))?;
            values.push(self.materialise(&own, bundle)?);
        }
        match (kernel, values.as_slice()) {
            (Some(Kernel::Softmax), [z]) => {
                let z = self.whole_value(z);
                let softmax = self.step(self.derivation.shape(z), Op::Softmax(z));
                Ok(self.leaves(b, &Value::Whole(softmax)))
            }
            (Some(Kernel::CrossEntropy), [Value::Whole(p), t]) if self.softmax_of(*p).is_some() => {
                let z = self.softmax_of(*p).unwrap_or(*p);
                let t = self.whole_value(t);
                let loss = self.step(Shape::Scalar, Op::SoftmaxCrossEntropy(z, t));
                Ok(self.leaves(b, &Value::Whole(loss)))
            }
            _ => self.formula(b, body, &values),
        }
    }

    fn softmax_of(&self, p: EquationId) -> Option<EquationId> {
        match self.derivation.equation(p).op {
            Op::Softmax(z) => Some(z),
            _ => None,
        }
    }

    /// A sum: of named parts where they are scalars, in one operation where they are a vector.
    fn sum(&mut self, b: &mut Builder, inner: &Typed, arguments: &[Value]) -> Result<Bundle, Diagnostic> {
        let names = self.owner.components.take();
        let mut own = Builder::new();
        let bundle = self.formula(&mut own, inner, arguments)?;
        let symbol = |lower: &mut Self, index: usize| match names.as_ref().and_then(|names| names.get(index))
        {
            Some(name) => Symbol::Component(name.clone()),
            None => {
                lower.steps += 1;
                Symbol::Step(lower.steps)
            }
        };
        if !bundle.packed {
            let root = at(&bundle.roots, 0);
            let symbol = symbol(self, 0);
            let vector = self.pointwise(symbol, bundle.shape, own.finish(root))?;
            let total = self.step(Shape::Scalar, Op::Sum(vector));
            return Ok(self.leaves(b, &Value::Whole(total)));
        }
        let mut total = None;
        for (index, root) in bundle.roots.iter().enumerate() {
            let symbol = symbol(self, index);
            let part = self.pointwise(symbol, Shape::Scalar, own.finish(*root))?;
            let leaf = b.leaf(part.0);
            total = Some(match total {
                None => leaf,
                Some(sum) => b.written(Term::Binary(Binary::Add, sum, leaf)),
            });
        }
        let zero = b.number(0.0);
        Ok(Bundle::scalar(total.unwrap_or(zero)))
    }

    /// Applies a scalar operation to bundles, element by element.
    fn combine(
        &mut self,
        b: &mut Builder,
        parts: &[Bundle],
        apply: impl Fn(&mut Builder, &[TermId]) -> TermId,
    ) -> Result<Bundle, Diagnostic> {
        let any_packed = parts.iter().any(|part| part.packed);
        let any_whole = parts.iter().any(|part| !part.packed && part.shape != Shape::Scalar);
        let mut parts = parts.to_vec();
        if any_packed && any_whole {
            for part in parts.iter_mut().filter(|part| part.packed) {
                let whole = self.whole(b, part.clone())?;
                *part = self.leaves(b, &Value::Whole(whole));
            }
        }
        let shape =
            parts.iter().fold(Shape::Scalar, |shape, part| shape.broadcast(part.shape).unwrap_or(shape));
        let packed = any_packed && !any_whole;
        let count = if packed { shape.count() } else { 1 };
        self.drafted = spend(self.drafted, count as u64, self.span)?;
        let mut roots = Vec::with_capacity(count);
        for index in 0..count {
            let pick = |part: &Bundle| at(&part.roots, if part.packed { index } else { 0 });
            let operands: Vec<TermId> = parts.iter().map(pick).collect();
            roots.push(apply(b, &operands));
        }
        Ok(Bundle { shape, packed, roots })
    }

    fn leaves(&self, b: &mut Builder, value: &Value) -> Bundle {
        match value {
            Value::Whole(id) => {
                Bundle { shape: self.derivation.shape(*id), packed: false, roots: vec![b.leaf(id.0)] }
            }
            Value::Packed(ids) => Bundle {
                shape: Shape::Vector(ids.len()),
                packed: true,
                roots: ids.iter().map(|id| b.leaf(id.0)).collect(),
            },
        }
    }

    fn value(&self, value: model::Value) -> Option<Value> {
        let d = &self.derivation;
        let element = |value: &Value, index: usize| value.equations().get(index).copied().map(Value::Whole);
        match value {
            model::Value::Input(i) => Some(d.inputs.get(i)?.value.clone()),
            model::Value::InputElement(i, j) => element(&d.inputs.get(i)?.value, j),
            model::Value::Parameter(p) => Some(Value::Whole(d.parameters.get(p)?.equation)),
            model::Value::Layer(l) => Some(d.layers.get(l)?.value.clone()),
            model::Value::Neuron(l, n) => element(&d.layers.get(l)?.value, n),
            model::Value::Target => Some(d.target.as_ref()?.value.clone()),
            model::Value::TargetElement(j) => element(&d.target.as_ref()?.value, j),
        }
    }

    /// Equations for what a bundle computes.
    fn materialise(&mut self, b: &Builder, bundle: Bundle) -> Result<Value, Diagnostic> {
        let shape = if bundle.packed { Shape::Scalar } else { bundle.shape };
        let mut ids = Vec::new();
        for root in &bundle.roots {
            ids.push(match b.term(*root) {
                Some(Term::Leaf(leaf)) => EquationId(*leaf),
                _ => {
                    self.steps += 1;
                    self.pointwise(Symbol::Step(self.steps), shape, b.finish(*root))?
                }
            });
        }
        match (bundle.packed, ids.first()) {
            (false, Some(id)) => Ok(Value::Whole(*id)),
            _ => Ok(Value::Packed(ids)),
        }
    }

    fn whole(&mut self, b: &Builder, bundle: Bundle) -> Result<EquationId, Diagnostic> {
        let value = self.materialise(b, bundle)?;
        Ok(self.whole_value(&value))
    }

    fn whole_value(&mut self, value: &Value) -> EquationId {
        match value {
            Value::Whole(id) => *id,
            Value::Packed(ids) => {
                if let Some(known) = self.packs.get(ids) {
                    return *known;
                }
                let pack = self.step(Shape::Vector(ids.len()), Op::Pack(ids.clone()));
                self.packs.insert(ids.clone(), pack);
                pack
            }
        }
    }

    fn whole_of(&mut self, typed: &Typed, arguments: &[Value]) -> Result<EquationId, Diagnostic> {
        let mut own = Builder::new();
        let bundle = self.formula(&mut own, typed, arguments)?;
        self.whole(&own, bundle)
    }
}

/// Counts scalar operations before memory is spent on more.
fn spend(before: u64, operations: u64, span: Span) -> Result<u64, Diagnostic> {
    let total = before.saturating_add(operations);
    if total > limits::OPERATIONS { Err(problems::too_many_operations(span)) } else { Ok(total) }
}

fn at(terms: &[TermId], index: usize) -> TermId {
    terms.get(index).copied().unwrap_or(TermId(0))
}
