//! The API of a network as plain data: types, constants, methods and implementations of the runtime's traits, each
//! written once in [`api`]. [`derived`] knows everything about a network, [`outlined`] what a syntax tree with errors
//! tells; [`print`] prints both, with the bodies of a [`print::Bodies`].

mod api;
pub(crate) mod derived;
mod facts;
mod implementations;
mod inputs;
mod missing;
pub(crate) mod outlined;
pub(crate) mod print;

use mlp_dsl::{kind::ParameterKind, model::Reduction, number::Precision, plan::Entry, shape::Shape};
use proc_macro2::Ident;

use crate::{attributes::Attributes, names::TypeNames};

/// The API of a network.
pub(crate) struct Surface {
    /// The network's name.
    pub(crate) name: String,
    /// The names of the generated types.
    pub(crate) types: TypeNames,
    /// `pub`, `pub(crate)` or nothing.
    pub(crate) visibility: String,
    /// The attributes of generated items.
    pub(crate) attributes: Attributes,
    /// The type of its numbers.
    pub(crate) precision: Precision,
    /// The generated types, the network first.
    pub(crate) structs: Vec<Struct>,
    /// The implementations of the runtime's traits.
    pub(crate) implementations: Vec<Implementation>,
    /// The methods that the network lacks.
    pub(crate) missing: Vec<Missing>,
}

impl Surface {
    /// The types in the order of their export.
    pub(crate) fn exported(&self) -> impl Iterator<Item = &Struct> {
        let order = [
            Kind::Network,
            Kind::Workspace,
            Kind::BatchWorkspace,
            Kind::Trace,
            Kind::Gradients,
            Kind::Optimizer,
            Kind::Target,
            Kind::Heads,
        ];
        order.into_iter().filter_map(|kind| self.structs.iter().find(|part| part.kind == kind))
    }
}

/// A generated type, by its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Network,
    Gradients,
    Optimizer,
    Workspace,
    /// Where there is no such type, its name is another one of the workspace.
    BatchWorkspace,
    Trace,
    /// Several targets of a sample.
    Target,
    /// Several heads of an output.
    Heads,
}

impl Kind {
    /// Whether a value is small and belongs to one sample: it is `Copy`.
    pub(crate) fn is_of_sample(self) -> bool {
        matches!(self, Kind::Target | Kind::Heads)
    }

    /// The part of its name after the network's.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Kind::Network => "",
            Kind::Gradients => "Gradients",
            Kind::Optimizer => "Optimizer",
            Kind::Workspace => "Workspace",
            Kind::BatchWorkspace => "BatchWorkspace",
            Kind::Trace => "Trace",
            Kind::Target => "Target",
            Kind::Heads => "Heads",
        }
    }
}

/// A generated type.
pub(crate) struct Struct {
    pub(crate) kind: Kind,
    pub(crate) docs: Vec<String>,
    /// The alignment in bytes, where it is larger than that of its fields.
    pub(crate) alignment: Option<usize>,
    /// Whether its contents are for users: its fields are public and compared by `PartialEq`.
    pub(crate) public: bool,
    /// Whether it implements `Default`.
    pub(crate) default: bool,
    pub(crate) fields: Vec<Field>,
    pub(crate) constants: Vec<Constant>,
    pub(crate) methods: Vec<Method>,
}

/// A field of a generated type.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) docs: Vec<String>,
    pub(crate) ty: Type,
    /// The value in `ZERO`, where it may differ from 0: a setting of the update rule.
    pub(crate) setting: Option<f64>,
}

/// A type in the API.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    /// Numbers of the network: an array of these sizes, the outermost first; one number without sizes.
    Numbers(Vec<usize>),
    /// Numbers of unknown count, in slices of this many dimensions.
    Slices(usize),
    /// One of several classes.
    Class(usize),
    /// `bool`
    Flag,
    /// `usize`
    Count,
    /// `u64`
    Whole,
    /// `&'static str`
    Name,
    /// A generated type.
    Own(Kind),
    /// `Self`
    Itself,
    /// Any type: a type parameter of the method, by its letter.
    Any(char),
    /// `[T; n]`
    List(Box<Type>, usize),
    /// `[T]`
    Many(Box<Type>),
    /// A batch of inputs and targets.
    Batch(Box<Type>, Box<Type>),
    /// `(T, U)`
    Pair(Box<Type>, Box<Type>),
    /// 64-bit numbers, whatever the type of the network's numbers.
    Wide(usize),
    /// A result without a value.
    Checked,
    /// A number, if the lengths of all slices are right.
    CheckedNumber,
    /// The loss before a step, if it was taken.
    Tried,
    /// The elements of a tensor, if there is one of the number; to read or to change.
    Elements(Pass),
    /// The number of steps, if it is counted; to read or to change.
    Steps(Pass),
    /// The list of parameters.
    Layout,
    /// The reduction over a batch.
    Reduction,
    /// `&mut T`, part of an argument.
    Within(Box<Type>),
}

impl Type {
    /// One number.
    pub(crate) const NUMBER: Type = Type::Numbers(Vec::new());

    /// The type of a value of this shape.
    pub(crate) fn of(shape: Shape) -> Self {
        Type::Numbers(sizes(shape))
    }

    /// A slice of them; anything where each may be anything.
    pub(crate) fn many(self) -> Self {
        if matches!(self, Type::Any(_)) { self } else { Type::Many(Box::new(self)) }
    }
}

/// The way a value is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// `T`
    Value,
    /// `&T`
    Shared,
    /// `&mut T`
    Mutable,
}

/// A parameter of a method.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) pass: Pass,
    pub(crate) ty: Type,
}

/// A method, or a function without `self`.
pub(crate) struct Method {
    pub(crate) docs: Vec<String>,
    pub(crate) name: &'static str,
    /// Whether it is `const`.
    pub(crate) constant: bool,
    /// The way `self` is passed, if it is.
    pub(crate) receiver: Option<Pass>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) result: Option<Type>,
    pub(crate) body: Body,
}

/// Functions and methods that a network lacks for one reason.
pub(crate) struct Missing {
    /// The trait of the runtime that says what to call instead.
    pub(crate) bound: &'static str,
    /// Functions without `self`.
    pub(crate) functions: &'static [&'static str],
    pub(crate) methods: &'static [&'static str],
}

/// The code of a method; a [`print::Bodies`] writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// The method of the same name and the same parameters of a trait.
    Delegate(Trait),
    /// The `ZERO` of the type.
    Zero,
    /// Methods for users, which return their results by value.
    ByValue(Returned),
    /// The start values of all parameters.
    StartValues,
    /// The elements of the tensor of a number of the network, the gradients or the optimizer; to read or to change.
    Tensor(Kind, Pass),
    /// The number of steps, to read or to change.
    Steps(Pass),
    /// All gradients set to 0.
    Clear,
    /// All gradients divided by a number.
    Divide,
    /// The heads of an output.
    Heads,
    /// The workspace of one sample in that of batches.
    SampleWorkspace,
    /// An entry point of the plan.
    Entry(Entry),
}

/// The result of a method that returns it by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Returned {
    /// A network with its start values.
    Network,
    /// The same, drawn from a seed.
    Seeded,
    Outputs,
    Trace,
    Loss,
    /// Loss and gradients.
    Gradients,
    /// The loss before a training step.
    Step,
    /// The same, if loss and gradients are numbers.
    Tried,
    /// Loss and gradient with respect to the input.
    InputGradient,
    /// Gradients with respect to the parameters and to the input.
    PulledBack,
}

/// A constant.
pub(crate) struct Constant {
    pub(crate) docs: Vec<String>,
    pub(crate) name: &'static str,
    pub(crate) ty: Type,
    pub(crate) value: Value,
}

/// The value of a constant.
pub(crate) enum Value {
    Count(usize),
    Whole(u64),
    Flag(bool),
    Name(String),
    /// All fields as they are before the first step.
    Zero,
    /// The network with its start values; a [`print::Bodies`] writes it.
    Trained,
    /// The declared samples; a [`print::Bodies`] writes them.
    Inputs,
    Targets,
    /// The constant of the same name of the type itself.
    Own,
    Layout(Vec<LayoutEntry>),
    /// The tensors of the network.
    NetworkTensors,
    /// The size of a generated type in bytes.
    Size(Kind),
    Reduction(Reduction),
}

/// A tensor in the list of those of a type.
#[derive(Clone, PartialEq)]
pub(crate) struct LayoutEntry {
    pub(crate) name: String,
    pub(crate) kind: ParameterKind,
    pub(crate) shape: Shape,
}

/// A trait of the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trait {
    Tensors,
    Network,
    Differentiable,
    Trainable,
    Gradients,
    InputDifferentiable,
    PullBack,
}

/// The implementation of a trait of the runtime.
pub(crate) struct Implementation {
    pub(crate) of: Trait,
    /// The type that implements it.
    pub(crate) kind: Kind,
    pub(crate) items: Vec<Item>,
}

/// An item of an implementation.
pub(crate) enum Item {
    /// An associated type.
    Type(&'static str, Type),
    Constant(Constant),
    Method(Method),
    /// Methods that the trait provides and that a [`print::Bodies`] may override.
    Provided(Provided),
}

/// Methods that a trait provides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provided {
    /// Loss and gradients of a block of samples.
    Gradients,
    /// A step on a sample or on a block of samples.
    Steps,
    /// Gradients with respect to the inputs of a block of samples.
    InputGradients,
    /// Gradients back from the output of a block of samples.
    PulledBack,
}

/// Lines of documentation.
fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// A number of things.
fn counted(count: usize, noun: &str) -> String {
    match (count, noun.ends_with('s')) {
        (1, _) => format!("1 {noun}"),
        (_, true) => format!("{count} {noun}es"),
        (_, false) => format!("{count} {noun}s"),
    }
}

/// The sizes of a shape, the outermost first; none for one number.
pub(crate) fn sizes(shape: Shape) -> Vec<usize> {
    match shape {
        Shape::Scalar => Vec::new(),
        Shape::Vector(n) => vec![n],
        Shape::Matrix(rows, columns) => vec![rows, columns],
    }
}
