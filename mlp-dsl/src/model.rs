//! The checked specification: every name resolved, every shape known, every number finite.

pub use crate::drawn::{Drawn, NoGrid, Step};
use crate::number::{Arithmetic, Precision};
use crate::{
    attribute::Attribute,
    formula::{
        ConstantId, Formula, FunctionId,
        operator::{Comparison, Operator},
        scalar::{Function, Unary},
    },
    kind::ParameterKind,
    limits,
    lint::Allowed,
    run::Run,
    shape::Shape,
    span::Span,
    syntax::ast::Name,
    weights::Tensor,
};

/// A checked network.
#[derive(Debug)]
pub struct Model {
    /// The part that it has in common with its derivation.
    pub header: Header,
    /// The inputs, in order.
    pub inputs: Vec<Data>,
    /// The targets and importances, in order.
    pub targets: Vec<Data>,
    /// The parameters, in order of declaration; those of `dense` in order of its calls.
    pub parameters: Vec<Parameter>,
    /// The layers, in order.
    pub layers: Vec<Layer>,
    /// The layers that `output` names. Where there are several, the last layer joins them.
    pub heads: Vec<usize>,
    /// The loss.
    pub loss: Option<Typed>,
    /// The weight of a sample in the mean over a batch.
    pub weight: Option<Typed>,
    /// The terms added to the loss once for each batch.
    pub penalties: Vec<Typed>,
    /// The training rule.
    pub training: Option<Training>,
    /// The place of the `unroll` statement.
    pub unroll_span: Option<Span>,
    /// The warnings that are not reported.
    pub allowed: Vec<Allowed>,
}

impl Model {
    /// The layers that are no output, with their numbers.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = (usize, &Layer)> {
        let last = self.layers.len().saturating_sub(1);
        let joined = self.heads.len() != 1;
        let is_output = move |index: usize| self.heads.contains(&index) || (joined && index == last);
        self.layers.iter().enumerate().filter(move |(index, _)| !is_output(*index))
    }
}

/// The part of a network that model and derivation have in common.
#[derive(Clone, Debug)]
pub struct Header {
    /// The network's name.
    pub name: String,
    /// The place of the name.
    pub name_span: Span,
    /// `pub`, `pub(crate)` or nothing.
    pub visibility: String,
    /// The network's documentation.
    pub docs: Vec<String>,
    /// The network's attributes, for generated code.
    pub attributes: Vec<Attribute>,
    /// The number type of the generated code.
    pub precision: Precision,
    /// The seed of drawn start values.
    pub seed: u64,
    /// The declared samples of a batch.
    pub batch: Option<usize>,
    /// Declared constants.
    pub constants: Vec<(String, f64)>,
    /// Functions of one formula, the prelude's first.
    pub functions: Vec<Function>,
    /// Declared samples.
    pub samples: Vec<Sample>,
    /// Whether `data` declares them, and not the inputs and the target.
    pub has_data: bool,
    /// Values that the network has with its start values.
    pub expects: Vec<Expect>,
    /// Whether generated code is unrolled, where the specification says it.
    pub unroll: Option<bool>,
    /// How products are added up.
    pub arithmetic: Arithmetic,
    /// Whether the backward pass goes on to the inputs.
    pub to_inputs: bool,
    /// The front matter of the document.
    pub document: FrontMatter,
    /// How a command trains the network.
    pub run: Run,
}

/// Numbers of a sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// All inputs, one after another.
    pub input: Vec<f64>,
    /// All targets, one after another, empty where there is none; a class is a vector with a single 1.
    pub target: Vec<f64>,
}

/// Values that the network has with its start values, for some samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// How many samples.
    pub samples: usize,
    /// All inputs, one after another, sample after sample.
    pub inputs: Vec<f64>,
    /// The values that are compared.
    pub values: Vec<Expected>,
    /// How far a value may be from the expected one e: this times max(1, |e|).
    pub tolerance: f64,
    /// The file that they are from.
    pub path: Option<String>,
    /// The place of the statement.
    pub span: Span,
}

impl Expect {
    /// The distance that a value may have from the expected one.
    pub fn allowed(&self, expected: f64) -> f64 {
        self.tolerance * expected.abs().max(1.0)
    }
}

/// The expected values of a layer or of a neuron.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Its name, as in a trace of the forward pass.
    pub name: String,
    /// How many numbers a sample has.
    pub length: usize,
    /// The numbers, sample after sample.
    pub numbers: Vec<f64>,
}

/// The headings of a document: the names they have in front matter, and the English words.
pub const HEADINGS: [(&str, &str); 14] = [
    ("start", "Where this page starts"),
    ("network", "The network"),
    ("given", "What is given"),
    ("parameters", "What is trained"),
    ("forward", "Forward pass"),
    ("loss", "The loss"),
    ("backward", "Backward pass"),
    ("penalty", "The penalty"),
    ("update", "The update"),
    ("steps", "The next steps"),
    ("check", "Was it right?"),
    ("graph", "The computational graph"),
    ("effort", "What it takes"),
    ("specification", "The specification"),
];

/// The front matter: settings of the document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrontMatter {
    /// The title.
    pub title: Option<String>,
    /// Who asks.
    pub author: Option<String>,
    /// The text of the question.
    pub question: Option<String>,
    /// How many marks it gives.
    pub marks: Option<f64>,
    /// Headings in other words: which, and its words.
    pub headings: Vec<(String, String)>,
}

/// An input, a target or an importance.
#[derive(Debug)]
pub struct Data {
    /// The name of the whole.
    pub name: Name,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its shape.
    pub shape: Shape,
    /// The scalars it is made of, when they have names.
    pub elements: Option<Vec<Name>>,
    /// Whether it is one of several classes, one for each of its numbers.
    pub class: bool,
    /// Whether it is an importance, and no target.
    pub importance: bool,
    /// Declared values, or the drawn ones of one sample.
    pub values: Option<Vec<f64>>,
    /// Which of them are drawn.
    pub drawn: Vec<Drawn>,
}

impl Data {
    /// How many numbers a sample of `data` writes for it: a class is one.
    pub(crate) fn written(&self) -> usize {
        if self.class { 1 } else { self.shape.count() }
    }
}

/// A trainable parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Weight or bias.
    pub kind: ParameterKind,
    /// Whether it is kept as it starts.
    pub frozen: bool,
    /// Its shape.
    pub shape: Shape,
    /// Its start value.
    pub start: Start,
}

/// Where a parameter starts.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// Every element the same.
    Fill(f64),
    /// Each element given, row by row.
    Values(Vec<f64>),
    /// Read from a file.
    Loaded(Tensor),
    /// Drawn from the normal distribution, from the stream (seed, salt, name).
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        deviation: f64,
        /// The initializer's own seed.
        salt: u64,
        /// The step of its decimals.
        step: Option<Step>,
    },
    /// Drawn evenly between `low` and `high` from the stream (seed, salt, name).
    Uniform {
        /// Which rule set the bounds.
        rule: &'static str,
        /// The least value.
        low: f64,
        /// The bound above.
        high: f64,
        /// The initializer's own seed.
        salt: u64,
        /// The step of its decimals.
        step: Option<Step>,
    },
}

/// A layer.
#[derive(Debug)]
pub struct Layer {
    /// Its name.
    pub name: Name,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its neurons, or its one formula, without the dropout around it.
    pub body: LayerBody,
    /// Its shape.
    pub shape: Shape,
    /// The units that a step of training leaves out.
    pub dropout: Option<Dropout>,
}

/// `dropout(…, rate = 0.2)` around the formula of a layer.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    /// The probability that a unit is left out of a step: above 0, below 1.
    pub rate: f64,
    /// The text.
    pub span: Span,
}

/// The two granularities of a layer.
#[derive(Debug)]
pub enum LayerBody {
    /// Named scalars.
    Neurons(Vec<(Name, Typed)>),
    /// One vector.
    Whole(Typed),
}

/// The training rule and what `train` says beside it.
#[derive(Debug)]
pub struct Training {
    /// The rule.
    pub rule: UpdateRule,
    /// The settings, in the order of the rule's.
    pub settings: Vec<(String, Setting)>,
    /// Samples in a batch, when declared.
    pub batch: Option<usize>,
    /// Samples in all, when declared.
    pub samples: Option<usize>,
    /// How the losses of a batch become one.
    pub reduction: Reduction,
    /// The largest norm that all gradients together may have.
    pub clip_norm: Option<f64>,
    /// The largest value that a gradient may have, either way.
    pub clip_value: Option<f64>,
    /// The text.
    pub span: Span,
}

/// A setting of a rule.
#[derive(Debug)]
pub enum Setting {
    /// A number that is written.
    Number(f64),
    /// A number of the rule's own, where none is written; 0 takes its terms out of the rule.
    Default(f64),
    /// A formula of the number of the step, counted from 1.
    Schedule(Typed),
}

/// How the losses of a batch become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Their mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
}

/// An update rule. The leaves of its formulas are, in this order: the parameter, its gradient, the
/// number of the step, the state, the settings.
#[derive(Clone, Debug)]
pub struct UpdateRule {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its settings with the values they have where a network leaves them out.
    pub settings: Vec<(String, Option<f64>)>,
    /// The numbers kept for each number of a parameter, 0 before the first step.
    pub state: Vec<String>,
    /// The assignments in order; each formula reads the values that those before it have changed.
    pub assignments: Vec<(Changed, Formula)>,
    /// The statements as they are written: `let` names are not put in, but are leaves after the settings, in order.
    pub written: Vec<(Stated, Formula)>,
}

/// What a statement of a rule gives a value to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stated {
    /// A `let` name.
    Named(String),
    /// The parameter or a state.
    Changed(Changed),
}

impl UpdateRule {
    /// The leaf of the parameter.
    pub const PARAMETER: u32 = 0;
    /// The leaf of its gradient.
    pub const GRADIENT: u32 = 1;
    /// The leaf of the number of the step.
    pub const STEP: u32 = 2;
    /// The leaf of the first state; the settings follow the last.
    pub const STATE: u32 = 3;

    /// Scalar operations for one parameter, and some for each equation.
    pub(crate) fn operations(&self, functions: &[Function]) -> u64 {
        let of = |(_, formula): &(Changed, Formula)| {
            formula.operations(functions).saturating_add(limits::EQUATION)
        };
        let state = limits::EQUATION * self.state.len() as u64;
        self.assignments.iter().map(of).fold(state, u64::saturating_add)
    }
}

/// The target of an assignment of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The parameter.
    Parameter,
    /// A state, by its index.
    State(usize),
}

impl Changed {
    /// Its leaf in the formulas of a rule.
    pub fn leaf(self) -> u32 {
        match self {
            Changed::Parameter => UpdateRule::PARAMETER,
            Changed::State(index) => UpdateRule::STATE + index as u32,
        }
    }
}

/// A formula with its shape.
#[derive(Clone, Debug)]
pub struct Typed {
    /// Its form.
    pub kind: TypedKind,
    /// Its shape.
    pub shape: Shape,
    /// The text.
    pub span: Span,
}

impl Typed {
    /// The formulas that it is made of.
    pub fn operands(&self) -> Vec<&Typed> {
        match &self.kind {
            TypedKind::Number(_)
            | TypedKind::Constant(..)
            | TypedKind::Value(_)
            | TypedKind::Argument(_)
            | TypedKind::Bound(_) => Vec::new(),
            TypedKind::Let(bound, body) => {
                bound.iter().map(|(_, value)| value).chain([body.as_ref()]).collect()
            }
            TypedKind::Unary(_, x)
            | TypedKind::Sum(x)
            | TypedKind::Transpose(x)
            | TypedKind::Dense(x, ..) => {
                vec![x]
            }
            TypedKind::Power(base, exponent) => vec![base, exponent],
            TypedKind::Chain(first, rest) => {
                [first.as_ref()].into_iter().chain(rest.iter().map(|(_, operand, _)| operand)).collect()
            }
            TypedKind::If(condition, then, otherwise) => {
                vec![&condition.0, &condition.2, then, otherwise]
            }
            TypedKind::Apply(_, operands)
            | TypedKind::Inline(_, operands, _)
            | TypedKind::Concat(operands) => operands.iter().collect(),
        }
    }
}

/// The forms of a checked formula.
#[derive(Clone, Debug)]
pub enum TypedKind {
    /// A literal.
    Number(f64),
    /// A declared constant.
    Constant(ConstantId, f64),
    /// A declared value.
    Value(Value),
    /// An argument of the function this formula is the body of.
    Argument(usize),
    /// The value of a `let` name: by its place among all that are bound here.
    Bound(usize),
    /// `let … in …`: the names with their formulas, and the formula that uses them.
    Let(Vec<(String, Typed)>, Box<Typed>),
    /// A primitive of one number.
    Unary(Unary, Box<Typed>),
    /// `a ^ b`
    Power(Box<Typed>, Box<Typed>),
    /// A first operand, then operators with theirs and the shape so far.
    Chain(Box<Typed>, Vec<(Operator, Typed, Shape)>),
    /// `if … then … else …`
    If(Box<(Typed, Comparison, Typed)>, Box<Typed>, Box<Typed>),
    /// A function of one formula.
    Apply(FunctionId, Vec<Typed>),
    /// A function of arrays, its body for these arguments.
    Inline(Option<Kernel>, Vec<Typed>, Box<Typed>),
    /// The sum of all elements.
    Sum(Box<Typed>),
    /// Scalars and vectors side by side.
    Concat(Vec<Typed>),
    /// A matrix with rows and columns exchanged.
    Transpose(Box<Typed>),
    /// `dense(x)`: x W + b with parameters of its own; `linear(x)` has no b.
    Dense(Box<Typed>, usize, Option<usize>),
}

/// The stable kernels that the prelude names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// The shift by the maximum.
    Softmax,
    /// Log-sum-exp from the net inputs, where the argument is a softmax.
    CrossEntropy,
}

/// The meaning of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A whole input.
    Input(usize),
    /// A named scalar of an input.
    InputElement(usize, usize),
    /// A parameter.
    Parameter(usize),
    /// A whole layer.
    Layer(usize),
    /// A named neuron of a layer.
    Neuron(usize, usize),
    /// A whole target.
    Target(usize),
    /// A named scalar of a target.
    TargetElement(usize, usize),
}
