//! The syntax tree: what was written, where, and nothing concluded from it.

use crate::span::Span;

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
    /// The networks; a valid specification has one.
    pub networks: Vec<Network>,
    /// Names seen inside text that could not be read: not reported as unknown.
    pub lost_names: Vec<String>,
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
    Parameters(ParameterKind, Vec<Declaration>),
    /// `layer …`
    Layer(Layer),
    /// `loss …`
    Loss(Expression),
    /// `train …`
    Train(Train),
    /// `seed …`
    Seed(Expression),
}

/// Whether a parameter multiplies or is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// Declared under `weights`.
    Weight,
    /// Declared under `biases`.
    Bias,
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
    /// Its name.
    pub name: Name,
    /// How it is written.
    pub body: LayerBody,
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
}

/// `fn swish(x) = x * sigmoid(x);`
#[derive(Debug)]
pub struct Function {
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub parameters: Vec<Name>,
    /// Its formula.
    pub body: Expression,
    /// The derivative as stated: forms equal to one another, the last is used.
    pub derivative: Vec<Expression>,
    /// The stable kernel, in the prelude.
    pub kernel: Option<Name>,
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
    /// `if a < b then c else d`
    If(Box<(Expression, Comparison, Expression)>, Box<Expression>, Box<Expression>),
    /// Something already reported.
    Mistake,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `@`
    Product,
}

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}
