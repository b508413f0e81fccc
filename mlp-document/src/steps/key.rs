//! What a side is about, apart from its notation: two sides with one key mean the same thing.

use mlp_dsl::{
    formula::FunctionId,
    ir::{
        Derivation,
        equation::{EquationId, Symbol},
    },
};

use crate::{Count, Expression, Line, Node, Quantity};

/// What a side is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// The value of an equation that is no derivative of a sample.
    Equation(EquationId),
    /// ∂of/∂by, whether it has an equation or not.
    Derivative { of: EquationId, by: EquationId },
    /// A function.
    Function(u32),
    /// The derivative of a function with respect to one of its parameters.
    FunctionDerivative(u32, usize),
    /// A constant.
    Constant(u32),
    /// A value as one sample has it.
    OfSample(Option<usize>, Box<Key>),
    /// A value as it is in a later step, counted from 0.
    OfStep(usize, Box<Key>),
}

impl Key {
    /// Of a side that is one thing.
    pub(crate) fn of(derivation: &Derivation, expression: &Expression) -> Option<Self> {
        match (expression.root()?, expression.nodes()) {
            (node @ (Node::Quantity(_) | Node::Constant(..)), [_]) => Key::of_node(derivation, node),
            (Node::Apply(FunctionId(id), _), [arguments @ .., _]) => {
                let is_argument = |node: &Node| matches!(node, Node::Quantity(Quantity::Argument { .. }));
                arguments.iter().all(is_argument).then_some(Key::Function(*id))
            }
            (
                Node::Quantity(_)
                | Node::Constant(..)
                | Node::Apply(..)
                | Node::Number(_)
                | Node::Unary(..)
                | Node::Binary(..)
                | Node::Select(..)
                | Node::Array(..)
                | Node::Batch(..)
                | Node::Whole { .. },
                _,
            ) => None,
        }
    }

    /// Of a quantity or a constant.
    pub(crate) fn of_node(derivation: &Derivation, node: &Node) -> Option<Self> {
        match node {
            Node::Constant(id, _) => Some(Key::Constant(id.0)),
            Node::Quantity(quantity) => Key::of_quantity(derivation, quantity),
            Node::Number(_)
            | Node::Unary(..)
            | Node::Binary(..)
            | Node::Select(..)
            | Node::Apply(..)
            | Node::Array(..)
            | Node::Batch(..)
            | Node::Whole { .. } => None,
        }
    }

    fn of_quantity(derivation: &Derivation, quantity: &Quantity) -> Option<Self> {
        match quantity {
            Quantity::Equation(id) => Some(Key::equation(derivation, *id)),
            Quantity::Derivative { of, by, .. } => Some(Key::Derivative { of: *of, by: *by }),
            Quantity::OfSample { sample, value } => {
                Some(Key::OfSample(*sample, Box::new(Key::of(derivation, value)?)))
            }
            Quantity::OfStep { step, value } => {
                Some(Key::OfStep(*step, Box::new(Key::of(derivation, value)?)))
            }
            Quantity::FunctionDerivative { function, parameter, .. } => {
                Some(Key::FunctionDerivative(function.0, *parameter))
            }
            Quantity::Count(_) | Quantity::Letter { .. } | Quantity::Argument { .. } => None,
        }
    }

    /// Of an equation; a derivative is the same with and without one.
    pub(crate) fn equation(derivation: &Derivation, id: EquationId) -> Self {
        match (&derivation.equation(id).symbol, &derivation.loss) {
            (Symbol::Partial { of, by }, _) => Key::Derivative { of: *of, by: *by },
            (Symbol::Gradient(by), Some(loss)) => Key::Derivative { of: loss.total, by: *by },
            _ => Key::Equation(id),
        }
    }

    /// The step of training, counted from 0.
    pub(crate) fn step(&self) -> usize {
        match self {
            Key::OfStep(step, _) => *step,
            Key::OfSample(_, whole) => whole.step(),
            Key::Equation(_)
            | Key::Derivative { .. }
            | Key::Function(_)
            | Key::FunctionDerivative(..)
            | Key::Constant(_) => 0,
        }
    }

    /// Plain letters for it, as in the names of generated code.
    pub(crate) fn slug(&self, derivation: &Derivation) -> String {
        let function = |id: u32| {
            let function = derivation.header.functions.get(id as usize);
            function.map_or_else(|| id.to_string(), |function| function.name.clone())
        };
        match self {
            Key::Equation(id) => derivation.name_of(*id),
            Key::Derivative { of, by } => {
                let is_loss = derivation.loss.as_ref().is_some_and(|loss| loss.total == *of);
                match derivation.equation(*by).net().filter(|_| is_loss) {
                    Some(owner) => format!("delta_{owner}"),
                    None if is_loss => format!("d_{}", derivation.name_of(*by)),
                    None => format!("d_{}_d_{}", derivation.name_of(*of), derivation.name_of(*by)),
                }
            }
            Key::Function(id) => format!("function_{}", function(*id)),
            Key::FunctionDerivative(id, 0) => format!("derivative_{}", function(*id)),
            Key::FunctionDerivative(id, parameter) => {
                format!("derivative_{}_{}", function(*id), parameter + 1)
            }
            Key::Constant(id) => {
                let constant = derivation.header.constants.get(*id as usize);
                constant.map_or_else(|| id.to_string(), |(name, _)| name.clone())
            }
            Key::OfStep(step, key) => format!("{}@step{}", key.slug(derivation), step + 1),
            Key::OfSample(None, key) => format!("{}@any", key.slug(derivation)),
            Key::OfSample(Some(sample), key) => format!("{}@{}", key.slug(derivation), sample + 1),
        }
    }
}

/// What a line counts, where it does.
pub(crate) fn counted(line: &Line) -> Option<String> {
    let counts = line.sides.iter().rev().flat_map(|side| side.expression.nodes().iter().rev());
    let mut words = counts.filter_map(|node| match node {
        Node::Quantity(Quantity::Count(count)) => Some(match count {
            Count::Parameters => "count_parameters",
            Count::BytesOfNumber => "count_bytes",
            Count::MultiplyAdds => "count_multiply_adds",
            Count::Samples => "count_samples",
            Count::Batch { .. } => "count_batches",
        }),
        Node::Quantity(_)
        | Node::Constant(..)
        | Node::Number(_)
        | Node::Unary(..)
        | Node::Binary(..)
        | Node::Select(..)
        | Node::Apply(..)
        | Node::Array(..)
        | Node::Batch(..)
        | Node::Whole { .. } => None,
    });
    words.next().map(str::to_owned)
}
