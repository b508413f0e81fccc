//! The syntax tree of a specification, with a span for each part. A "sentence" is an item of the file or a
//! statement of the network.

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
    /// Its span.
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
    /// Names in text that could not be parsed: they are not reported as unknown.
    pub lost_names: Vec<String>,
    /// Functions and rules whose declaration could not be parsed.
    pub lost_callables: Vec<String>,
}

/// `pub network Name: f64 { … }`
#[derive(Debug)]
pub struct Network {
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
    /// `pub`, `pub(crate)` or nothing.
    pub visibility: String,
    /// Its name.
    pub name: Name,
    /// The number type, if written.
    pub precision: Option<Name>,
    /// Its sentences, in order.
    pub statements: Vec<Statement>,
    /// The span of the whole.
    pub span: Span,
}

/// `#[derive(Copy)]`
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The text between the brackets.
    pub text: String,
    /// The span of that text.
    pub span: Span,
    /// The span of the whole.
    pub whole: Span,
}

/// A sentence of a network.
#[derive(Debug)]
pub enum Statement {
    /// `input …`
    Input(Group),
    /// `target …` or `importance …`
    Target(Group),
    /// `output kind, size;`
    Output(Vec<Name>, Span),
    /// `weights …` or `biases …`
    Parameters {
        /// Weights or biases.
        kind: ParameterKind,
        /// Whether they are frozen.
        frozen: bool,
        /// The declarations, in order.
        declarations: Vec<Declaration>,
    },
    /// `weights from "…";`
    WeightFile(WeightFile),
    /// `layer …`
    Layer(Layer),
    /// `loss …`, and the weight of a sample after `weighted by`
    Loss(Expression, Option<Expression>),
    /// `penalty …`
    Penalty(Expression),
    /// `train …`
    Train(Train),
    /// `seed …`
    Seed(Expression),
    /// `batch …`
    Batch(Expression),
    /// `data { … }` or `data 8;`
    Data(Samples, Span),
    /// `expect { … } within 1e-6;`
    Expect(Expect),
    /// `data from "…";`
    DataFile(DataFile),
    /// `unroll always;`
    Unroll(Name),
    /// `arithmetic fused;`
    Arithmetic(Name),
    /// `backward inputs;`
    Backward(Name),
    /// `allow W0104, W0203;`
    Allow(Vec<Name>),
}

/// `weights from "course.safetensors" transposed;`
#[derive(Clone, Debug)]
pub struct WeightFile {
    /// The path as written.
    pub path: String,
    /// The span of the path.
    pub path_span: Span,
    /// The span of `transposed`.
    pub transposed: Option<Span>,
    /// The names in the file.
    pub mappings: Vec<Mapping>,
    /// Patterns of tensors that are not used, with their spans.
    pub ignored: Vec<(String, Span)>,
    /// The span of the whole.
    pub span: Span,
}

/// `hidden = "net.0"`: the name of a parameter in the file, or the start of the names of those of a layer.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The parameter or the layer.
    pub name: Name,
    /// The name in the file.
    pub tensor: String,
    /// The span of the name in the file.
    pub tensor_span: Span,
    /// `transposed` or `untransposed`, if it is written.
    pub transposed: Option<bool>,
}

/// `expect { x = [0.5, 1], y = [0.3] } within 1e-6;`
#[derive(Debug)]
pub struct Expect {
    /// The values of inputs and layers, in order.
    pub values: Expected,
    /// The tolerance.
    pub within: Expression,
    /// The span of the whole.
    pub span: Span,
}

/// Where the values of `expect` are.
#[derive(Debug)]
pub enum Expected {
    /// Written: one sample.
    Written(Vec<(Name, Value)>),
    /// In a file: a row for each sample.
    Stored {
        /// The path as written.
        path: String,
        /// The span of the path.
        path_span: Span,
        /// The names, and the names in the file with their spans.
        tensors: Vec<(Name, String, Span)>,
    },
}

impl Expected {
    /// The names of the inputs and layers, in order.
    pub fn names(&self) -> Vec<&Name> {
        match self {
            Expected::Written(values) => values.iter().map(|(name, _)| name).collect(),
            Expected::Stored { tensors, .. } => tensors.iter().map(|(name, ..)| name).collect(),
        }
    }
}

/// `data from "train.csv" { kind = "species" };`
#[derive(Clone, Debug)]
pub struct DataFile {
    /// The path of the table as written, and its span.
    pub path: (String, Span),
    /// The same of a table with the targets alone.
    pub targets: Option<(String, Span)>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The span of the whole.
    pub span: Span,
}

/// `kind = "species" classes ["no", "yes"]`: the columns of an input, a target or an element of these.
#[derive(Clone, Debug)]
pub struct Column {
    /// The input, the target or the element.
    pub name: Name,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// Their span.
    pub span: Span,
    /// The names of the classes in order, and their span.
    pub classes: Option<(Vec<String>, Span)>,
}

/// An input or a target: a vector, or scalars under a common name.
#[derive(Debug)]
pub struct Group {
    /// Its documentation.
    pub docs: Vec<String>,
    /// The name of the whole.
    pub declaration: Declaration,
    /// Named scalars, if written with braces.
    pub elements: Option<Vec<Declaration>>,
    /// The number of classes, of a target `label: class[10]`.
    pub classes: Option<Expression>,
    /// Whether it is an `importance`.
    pub importance: bool,
    /// The span of the whole.
    pub span: Span,
}

/// The samples of `data`.
#[derive(Debug)]
pub enum Samples {
    /// Written, one by one.
    Written(Vec<Sample>),
    /// That many are drawn from the ranges of the inputs and the target.
    Drawn(Expression),
}

/// `(0, 1) -> 1`
#[derive(Debug)]
pub struct Sample {
    /// The numbers of the inputs, in order.
    pub input: Vec<Value>,
    /// The numbers of the target, if written.
    pub target: Option<Vec<Value>>,
    /// The span of the whole.
    pub span: Span,
}

/// `W1[32 * 32, 20] ~ xavier(seed = 1)`
#[derive(Debug)]
pub struct Declaration {
    /// Its documentation.
    pub docs: Vec<String>,
    /// The name.
    pub name: Name,
    /// The sizes, if written.
    pub shape: Option<(Vec<Expression>, Span)>,
    /// The start value, if written.
    pub start: Option<Start>,
    /// The span of the whole.
    pub span: Span,
}

/// The start value of a declaration.
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
    /// The span of `frozen`, which freezes the parameters of its `dense`.
    pub frozen: Option<Span>,
    /// Its name.
    pub name: Name,
    /// Its neurons or its formula.
    pub body: LayerBody,
    /// The span of the whole.
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
    /// The span of the whole.
    pub span: Span,
}

/// `const e = 2.7182818284;`
#[derive(Debug)]
pub struct Constant {
    /// Its name.
    pub name: Name,
    /// Its formula.
    pub expression: Expression,
    /// The span of the whole.
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
    /// The formula of the books, where it differs from the one that is computed.
    pub textbook: Option<Expression>,
    /// The stated derivative: equal forms, of which the last is used.
    pub derivative: Vec<Expression>,
    /// The stable kernel, in the prelude.
    pub kernel: Option<Name>,
    /// The span of the whole.
    pub span: Span,
}

/// `slope = 0.01`
#[derive(Clone, Debug)]
pub struct FunctionParameter {
    /// Its name.
    pub name: Name,
    /// Its default value.
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
    /// Its statements, in order.
    pub statements: Vec<RuleStatement>,
    /// The span of the whole.
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
    /// The span of the whole.
    pub span: Span,
}

/// `title = "Homework 3"`
#[derive(Debug)]
pub struct Entry {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: EntryValue,
    /// The span of the value.
    pub span: Span,
}

/// The value of an entry of the front matter.
#[derive(Debug)]
pub enum EntryValue {
    /// `"…"`
    Text(String),
    /// `{ … }`
    Table(Vec<Entry>),
    /// A formula.
    Number(Expression),
}

/// A call of a function, an initializer or a rule.
#[derive(Clone, Debug)]
pub struct Call {
    /// The name of the callee.
    pub name: Name,
    /// The arguments, with their names if written.
    pub arguments: Vec<(Option<Name>, Expression)>,
    /// The span of the whole.
    pub span: Span,
}

/// A formula with its span.
#[derive(Clone, Debug)]
pub struct Expression {
    /// The form of the formula.
    pub kind: ExpressionKind,
    /// Its span.
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
    /// `a + b - c` or `a * b @ c`: the first operand, then pairs of an operator and an operand.
    Chain(Box<Expression>, Vec<(Operator, Expression)>),
    /// `let u = x * x in u + 1`
    Let(Vec<(Name, Expression)>, Box<Expression>),
    /// `if a < b then c else d`
    If(Box<(Expression, Comparison, Expression)>, Box<Expression>, Box<Expression>),
    /// An error that is already reported.
    Mistake,
}

impl Expression {
    /// Whether a name occurs in it.
    pub fn mentions(&self, name: &str) -> bool {
        matches!(&self.kind, ExpressionKind::Name(found) if found.text == name)
            || self.parts().into_iter().any(|part| part.mentions(name))
    }

    /// Its direct subformulas, in order.
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
