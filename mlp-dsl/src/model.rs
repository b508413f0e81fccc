//! The checked specification: every name resolved, every shape known, every number finite.

use crate::{
    ir::{
        equation::Shape,
        formula::{ConstantId, FunctionId},
        scalar::{Function, Unary},
    },
    span::Span,
    syntax::ast::{Comparison, Name, Operator, ParameterKind},
};

/// The number type of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 32-bit floats.
    F32,
    /// 64-bit floats.
    F64,
}

impl Precision {
    /// The Rust type.
    pub fn rust(self) -> &'static str {
        match self {
            Precision::F32 => "f32",
            Precision::F64 => "f64",
        }
    }

    /// Bytes of one number.
    pub fn bytes(self) -> usize {
        match self {
            Precision::F32 => 4,
            Precision::F64 => 8,
        }
    }
}

/// A checked network.
#[derive(Debug)]
pub struct Model {
    /// Its name.
    pub name: Name,
    /// `pub`, `pub(crate)` or nothing.
    pub visibility: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its number type.
    pub precision: Precision,
    /// The seed of drawn start values.
    pub seed: u64,
    /// The declared constants.
    pub constants: Vec<(String, f64)>,
    /// Functions of one formula, the prelude's first.
    pub functions: Vec<Function>,
    /// The inputs, in order.
    pub inputs: Vec<Data>,
    /// The target.
    pub target: Option<Data>,
    /// The parameters, in order of declaration; those of `dense` where it stands.
    pub parameters: Vec<Parameter>,
    /// The layers, in order.
    pub layers: Vec<Layer>,
    /// The loss.
    pub loss: Option<Typed>,
    /// The training rule.
    pub training: Option<Training>,
}

/// An input or the target.
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
    /// Declared values.
    pub values: Option<Vec<f64>>,
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
    },
}

/// A layer.
#[derive(Debug)]
pub struct Layer {
    /// Its name.
    pub name: Name,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its neurons, or its one formula.
    pub body: LayerBody,
    /// Its shape.
    pub shape: Shape,
}

/// The two grains of a layer.
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
    /// The rule, a function of parameter, gradient and settings.
    pub rule: FunctionId,
    /// The rule's name.
    pub name: String,
    /// The settings, in the order of the rule's parameters.
    pub settings: Vec<(String, f64)>,
    /// Samples in a batch, when declared.
    pub batch: Option<usize>,
    /// Samples in all, when declared.
    pub samples: Option<usize>,
    /// The text.
    pub span: Span,
}

/// A formula with its shape.
#[derive(Clone, Debug)]
pub struct Typed {
    /// What it is.
    pub kind: TypedKind,
    /// Its shape.
    pub shape: Shape,
    /// The text.
    pub span: Span,
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
    /// `dense(x)`: x W + b with parameters of its own.
    Dense(Box<Typed>, usize, usize),
}

/// The stable kernels that the prelude names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// The shift by the maximum.
    Softmax,
    /// Log-sum-exp from the net inputs, where the argument is a softmax.
    CrossEntropy,
}

/// What a name stands for.
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
    /// The whole target.
    Target,
    /// A named scalar of the target.
    TargetElement(usize),
}
