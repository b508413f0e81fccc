//! The syntax tree: what was written, where, and nothing concluded from it.

use crate::span::Span;
use crate::{
    formula::operator::{Comparison, Operator},
    kind::ParameterKind,
};

/// A name as written, in NFC, without `r#`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A whole specification.
#[derive(Debug, Default)]
pub struct Ast {
    /// Constants, outside and inside the network, in order.
    pub constants: Vec<Constant>,
    /// Functions, outside and inside the network, in order.
    pub functions: Vec<Function>,
    /// Update rules, outside and inside the network, in order.
    pub rules: Vec<UpdateRule>,
    /// Front matter; a valid specification has at most one.
    pub documents: Vec<Document>,
    /// The networks; a valid specification has one.
    pub networks: Vec<Network>,
    /// Names seen inside text that could not be read: not reported as unknown.
    pub lost_names: Vec<String>,
    /// Functions and rules whose declaration could not be read.
    pub lost_callables: Vec<String>,
}

/// `pub network Name: f64 { … }`
#[derive(Debug)]
pub struct Network {
    /// Its documentation.
    pub docs: Vec<String>,
    /// `pub`, `pub(crate)` or nothing.
    pub visibility: String,
    /// Its name.
    pub name: Name,
    /// The number type, when written.
    pub precision: Option<Name>,
    /// Its sentences, in order.
    pub statements: Vec<Statement>,
    /// All of it.
    pub span: Span,
}

/// A sentence of a network.
#[derive(Debug)]
pub enum Statement {
    /// `input …`
    Input(Group),
    /// `target …`
    Target(Group),
    /// `weights …` or `biases …`
    Parameters {
        /// Weights or biases.
        kind: ParameterKind,
        /// Whether they are kept as they start.
        frozen: bool,
        /// One after another.
        declarations: Vec<Declaration>,
    },
    /// `weights from "…";`
    WeightFile(WeightFile),
    /// `layer …`
    Layer(Layer),
    /// `loss …`
    Loss(Expression),
    /// `penalty …`
    Penalty(Expression),
    /// `train …`
    Train(Train),
    /// `seed …`
    Seed(Expression),
    /// `data { … }`
    Data(Vec<Sample>, Span),
    /// `unroll always;`
    Unroll(Name),
    /// `arithmetic fused;`
    Arithmetic(Name),
}

/// `weights from "course.safetensors" transposed;`
#[derive(Clone, Debug)]
pub struct WeightFile {
    /// The path as it is written.
    pub path: String,
    /// Where the path stands.
    pub path_span: Span,
    /// Where `transposed` stands.
    pub transposed: Option<Span>,
    /// All of it.
    pub span: Span,
}

/// An input or a target: a vector, or scalars under a common name.
#[derive(Debug)]
pub struct Group {
    /// Its documentation.
    pub docs: Vec<String>,
    /// The name of the whole.
    pub declaration: Declaration,
    /// Named scalars, when written with braces.
    pub elements: Option<Vec<Declaration>>,
    /// The number of classes, of a target `label: class[10]`.
    pub classes: Option<Expression>,
    /// All of it.
    pub span: Span,
}

/// `(0, 1) -> 1`
#[derive(Debug)]
pub struct Sample {
    /// Numbers of the inputs, one after another.
    pub input: Vec<Value>,
    /// Numbers of the target, where written.
    pub target: Option<Vec<Value>>,
    /// All of it.
    pub span: Span,
}

/// `W1[32 * 32, 20] ~ xavier(seed = 1)`
#[derive(Debug)]
pub struct Declaration {
    /// Its documentation.
    pub docs: Vec<String>,
    /// The name.
    pub name: Name,
    /// The sizes, when written.
    pub shape: Option<(Vec<Expression>, Span)>,
    /// Where the values start.
    pub start: Option<Start>,
    /// All of it.
    pub span: Span,
}

/// Where the values of a declaration start.
#[derive(Debug)]
pub enum Start {
    /// `= …`
    Value(Value),
    /// `~ …(…)`
    Initializer(Call),
}

/// A number or a list.
#[derive(Debug)]
pub enum Value {
    /// One formula.
    Single(Expression),
    /// `[ … ]`
    List(Vec<Value>, Span),
}

/// A layer.
#[derive(Debug)]
pub struct Layer {
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where `frozen` stands: the parameters of its `dense` are kept as they start.
    pub frozen: Option<Span>,
    /// Its name.
    pub name: Name,
    /// How it is written.
    pub body: LayerBody,
    /// All of it.
    pub span: Span,
}

/// The two ways to write a layer.
#[derive(Debug)]
pub enum LayerBody {
    /// `{ h1 = …, h2 = … }`
    Neurons(Vec<Neuron>),
    /// `[20] = …`
    Whole(Option<(Vec<Expression>, Span)>, Expression),
}

/// `h1 = sigmoid(…)`
#[derive(Debug)]
pub struct Neuron {
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its name.
    pub name: Name,
    /// Its formula.
    pub expression: Expression,
}

/// `train sgd(rate = 0.1), batch 50;`
#[derive(Debug)]
pub struct Train {
    /// The rule and its settings.
    pub rule: Call,
    /// `batch`, `samples`.
    pub options: Vec<(Name, Expression)>,
    /// All of it.
    pub span: Span,
}

/// `const e = 2.7182818284;`
#[derive(Debug)]
pub struct Constant {
    /// Its name.
    pub name: Name,
    /// Its formula.
    pub expression: Expression,
    /// All of it.
    pub span: Span,
}

/// `fn swish(x) = x * sigmoid(x);`
#[derive(Debug)]
pub struct Function {
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub parameters: Vec<FunctionParameter>,
    /// Its formula.
    pub body: Expression,
    /// The derivative as stated: forms equal to one another, the last is used.
    pub derivative: Vec<Expression>,
    /// The stable kernel, in the prelude.
    pub kernel: Option<Name>,
    /// All of it.
    pub span: Span,
}

/// `slope = 0.01`
#[derive(Clone, Debug)]
pub struct FunctionParameter {
    /// Its name.
    pub name: Name,
    /// Its value where a call leaves it out.
    pub default: Option<Expression>,
}

/// `rule momentum(rate, momentum = 0.9) { … }`
#[derive(Debug)]
pub struct UpdateRule {
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its name.
    pub name: Name,
    /// Its settings.
    pub settings: Vec<FunctionParameter>,
    /// What it does, in order.
    pub statements: Vec<RuleStatement>,
    /// All of it.
    pub span: Span,
}

/// A sentence of an update rule.
#[derive(Debug)]
pub enum RuleStatement {
    /// `state m, v;`
    State(Vec<Name>),
    /// `let d = g + decay * w;`
    Let(Name, Expression),
    /// `w = w - rate * d;`
    Assign(Name, Expression),
}

/// `document { title = "Homework 3" }`
#[derive(Debug)]
pub struct Document {
    /// Its entries, in order.
    pub entries: Vec<Entry>,
    /// All of it.
    pub span: Span,
}

/// `title = "Homework 3"`
#[derive(Debug)]
pub struct Entry {
    /// What it sets.
    pub name: Name,
    /// To what.
    pub value: EntryValue,
    /// Where the value stands.
    pub span: Span,
}

/// What an entry of the front matter is set to.
#[derive(Debug)]
pub enum EntryValue {
    /// `"…"`
    Text(String),
    /// `{ … }`
    Table(Vec<Entry>),
    /// A formula.
    Number(Expression),
}

/// A call, of a function, an initializer or a rule.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub name: Name,
    /// With what; names where written.
    pub arguments: Vec<(Option<Name>, Expression)>,
    /// All of it.
    pub span: Span,
}

/// A formula and where it stands.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of a formula. Chains are flat, so that no pass recurses over their length.
#[derive(Clone, Debug)]
pub enum ExpressionKind {
    /// A literal.
    Number(f64),
    /// A name.
    Name(Name),
    /// A call.
    Call(Call),
    /// `-x`
    Negative(Box<Expression>),
    /// `base ^ exponent`
    Power(Box<Expression>, Box<Expression>),
    /// `a + b - c`, or `a * b @ c`: a first operand, then operators with theirs.
    Chain(Box<Expression>, Vec<(Operator, Expression)>),
    /// `let u = x * x in u + 1`
    Let(Vec<(Name, Expression)>, Box<Expression>),
    /// `if a < b then c else d`
    If(Box<(Expression, Comparison, Expression)>, Box<Expression>, Box<Expression>),
    /// Something already reported.
    Mistake,
}

impl Expression {
    /// Whether a name occurs in it.
    pub fn mentions(&self, name: &str) -> bool {
        matches!(&self.kind, ExpressionKind::Name(found) if found.text == name)
            || self.parts().into_iter().any(|part| part.mentions(name))
    }

    /// The formulas it is made of, in order.
    pub fn parts(&self) -> Vec<&Expression> {
        match &self.kind {
            ExpressionKind::Number(_) | ExpressionKind::Name(_) | ExpressionKind::Mistake => Vec::new(),
            ExpressionKind::Call(call) => call.arguments.iter().map(|(_, argument)| argument).collect(),
            ExpressionKind::Negative(inner) => vec![inner],
            ExpressionKind::Power(base, exponent) => vec![base, exponent],
            ExpressionKind::Chain(first, rest) => {
                std::iter::once(&**first).chain(rest.iter().map(|(_, operand)| operand)).collect()
            }
            ExpressionKind::Let(bound, body) => {
                bound.iter().map(|(_, value)| value).chain(std::iter::once(&**body)).collect()
            }
            ExpressionKind::If(condition, then, otherwise) => {
                vec![&condition.0, &condition.2, then, otherwise]
            }
        }
    }
}
