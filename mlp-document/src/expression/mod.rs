//! Expressions, the sides of equalities: an arena of operations over quantities, operands first, so
//! that evaluating and printing are loops.

pub(crate) mod batch;
pub(crate) mod book;
pub(crate) mod equation;
pub(crate) mod evaluate;
mod samples;

use mlp_dsl::{
    formula::{
        ConstantId, FunctionId,
        operator::Comparison,
        scalar::{Binary, Unary},
    },
    ir::{Derivation, equation::EquationId},
    model::Reduction,
    never::OrNever,
    shape::Shape,
};

use crate::notation::math::Math;

/// Index of a node in its expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// After a fault: no node, so the expression has no value.
    pub(crate) const NOWHERE: NodeId = NodeId(u32::MAX);

    pub(crate) fn new(index: usize) -> Self {
        NodeId(index as u32)
    }

    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A number of things in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// All numbers of parameters.
    Parameters,
    /// Bytes of a number.
    BytesOfNumber,
    /// Multiply-adds of a forward pass of one sample.
    MultiplyAdds,
    /// Samples of an epoch, where their number is declared.
    Samples,
    /// Samples of a batch: asked for, or declared, or one.
    Batch {
        /// What is asked for.
        asked: Option<usize>,
    },
}

impl Count {
    /// The number.
    pub fn of(self, derivation: &Derivation) -> Option<usize> {
        match self {
            Count::Parameters => Some(derivation.parameter_count()),
            Count::BytesOfNumber => Some(derivation.header.precision.bytes()),
            Count::MultiplyAdds => Some(derivation.multiply_adds()),
            Count::Samples => derivation.sample_count(),
            Count::Batch { asked } => {
                Some(asked.unwrap_or_else(|| derivation.batch_of_epoch()).clamp(1, 1 << 30))
            }
        }
    }
}

/// A value with a notation of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// The value of an equation, printed as its symbol.
    Equation(EquationId),
    /// ∂of/∂by, spelled out; `value` gives it over equations.
    Derivative {
        /// The value that is differentiated.
        of: EquationId,
        /// With respect to this value.
        by: EquationId,
        /// Its value.
        value: Box<Expression>,
    },
    /// A number of things, printed as that number.
    Count(Count),
    /// A value as one sample has it, printed with the sample's number above its symbol.
    OfSample {
        /// The sample, counted from 0; none for any sample, which has a letter.
        sample: Option<usize>,
        /// The value.
        value: Box<Expression>,
    },
    /// A value as it is in a later step, printed as its symbol.
    OfStep {
        /// The step, counted from 0, which is the declared one.
        step: usize,
        /// The value.
        value: Box<Expression>,
    },
    /// Mathematics of the document's own, such as a letter.
    Letter {
        /// How it is printed.
        math: Box<Math>,
        /// Its value.
        value: Box<Expression>,
    },
    /// A parameter of a function.
    Argument {
        /// The parameter's name.
        name: String,
        /// Its value where the line is evaluated.
        value: Box<Expression>,
    },
    /// The partial derivative of a function with respect to one of its parameters, at some arguments.
    FunctionDerivative {
        /// The function.
        function: FunctionId,
        /// Which parameter.
        parameter: usize,
        /// The arguments.
        arguments: Vec<Expression>,
        /// Its value.
        value: Box<Expression>,
    },
}

/// Operations on rows, vectors and matrices. A value of a sample is a row; for a batch there is
/// a row for each sample, and the same formula holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrayOp {
    /// x W
    Product,
    /// x Wᵀ
    ProductTransposed,
    /// aᵀ b
    TransposedProduct,
    /// a · b
    Dot,
    /// The sum of the elements.
    Sum,
    /// softmax(z)
    Softmax,
    /// ln softmax(z)
    LogSoftmax,
    /// −Σ tᵢ ln pᵢ
    CrossEntropy,
    /// −Σ tᵢ ln softmax(z)ᵢ
    SoftmaxCrossEntropy,
    /// Scalars and rows side by side.
    Pack,
    /// Wᵀ
    Transposed,
    /// Σ xᵢ²
    SumSquares,
    /// Σₖ of a letter's values for pairs of classes: the sum of each row, in all its columns.
    SumOverIndex,
    /// Neighbouring elements, from this one on, counted from 0.
    Part(usize),
    /// An element, counted from 0.
    Element(usize),
    /// An element of a matrix by row and column, counted from 0.
    Cell(usize, usize),
    /// A scalar for each place of a shape.
    Fill,
}

/// One operation of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A literal.
    Number(f64),
    /// A declared constant.
    Constant(ConstantId, f64),
    /// Something with a notation of its own.
    Quantity(Quantity),
    /// An operation on one number.
    Unary(Unary, NodeId),
    /// An operation on two numbers, element by element.
    Binary(Binary, NodeId, NodeId),
    /// Left and right of the comparison, the value where it holds, the value elsewhere.
    Select(Comparison, [NodeId; 4]),
    /// A function of the specification or the prelude.
    Apply(FunctionId, Vec<NodeId>),
    /// An operation on arrays.
    Array(ArrayOp, Vec<NodeId>),
    /// The mean, or the sum, over the samples of the batch.
    Batch(Reduction, Box<Expression>),
    /// The next whole number, upwards or downwards.
    Whole {
        /// Upwards.
        up: bool,
        /// Of what.
        of: NodeId,
    },
}

/// An expression; the last node is its value.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Expression {
    nodes: Vec<Node>,
    shapes: Vec<Shape>,
}

impl Expression {
    /// The nodes, operands first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The nodes with the shapes of their values.
    pub(crate) fn shaped(&self) -> impl Iterator<Item = (&Node, Shape)> {
        self.nodes.iter().zip(self.shapes.iter().copied())
    }

    /// The last node.
    pub fn root(&self) -> Option<&Node> {
        self.nodes.last()
    }

    /// The node with this index.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }

    /// The shape of a node's value.
    pub fn shape_of(&self, id: NodeId) -> Shape {
        self.shapes.get(id.index()).copied().or_never("an expression has its nodes", Shape::Scalar)
    }

    /// The shape of the value; a scalar where there is none.
    pub fn shape(&self) -> Shape {
        self.shapes.last().copied().unwrap_or(Shape::Scalar)
    }

    /// One quantity.
    pub fn quantity(derivation: &Derivation, quantity: Quantity) -> Self {
        let mut expression = Expression::default();
        expression.push_quantity(derivation, quantity);
        expression
    }

    /// One equation by its symbol.
    pub fn symbol(derivation: &Derivation, id: EquationId) -> Self {
        Expression::quantity(derivation, Quantity::Equation(id))
    }

    /// What a node needs comes before it: the rest can go.
    pub(crate) fn ending_at(mut self, root: Option<NodeId>) -> Self {
        let length = root.map_or(self.nodes.len(), |root| root.index() + 1);
        self.nodes.truncate(length);
        self.shapes.truncate(length);
        self
    }

    /// Adds a node; its shape follows from its operands.
    pub fn push(&mut self, node: Node) -> NodeId {
        let shape = self.shape_for(&node);
        self.push_shaped(node, shape)
    }

    /// Adds an array operation with this result.
    pub fn push_shaped(&mut self, node: Node, shape: Shape) -> NodeId {
        self.nodes.push(node);
        self.shapes.push(shape);
        NodeId::new(self.nodes.len().saturating_sub(1))
    }

    /// Whether a node is a quantity.
    pub(crate) fn is_quantity(&self, id: NodeId) -> bool {
        matches!(self.node(id), Some(Node::Quantity(_)))
    }

    /// Whether only one element of a node is read.
    pub(crate) fn reads_element(&self, id: NodeId) -> bool {
        let mut readers = self.nodes.iter().filter(|node| node.operands().contains(&id)).peekable();
        let element = |node: &Node| matches!(node, Node::Array(ArrayOp::Element(_) | ArrayOp::Cell(..), _));
        readers.peek().is_some() && readers.all(element)
    }

    /// The node of the value.
    pub(crate) fn last(&self) -> NodeId {
        NodeId::new(self.nodes.len().saturating_sub(1))
    }

    /// Adds a quantity.
    pub fn push_quantity(&mut self, derivation: &Derivation, quantity: Quantity) -> NodeId {
        let shape = match &quantity {
            Quantity::Equation(id) => derivation.shape(*id),
            Quantity::Count(_) => Shape::Scalar,
            Quantity::OfSample { value, .. }
            | Quantity::OfStep { value, .. }
            | Quantity::Letter { value, .. }
            | Quantity::Derivative { value, .. }
            | Quantity::Argument { value, .. }
            | Quantity::FunctionDerivative { value, .. } => value.shape(),
        };
        self.push_shaped(Node::Quantity(quantity), shape)
    }

    /// Adds a number of things.
    pub(crate) fn push_count(&mut self, count: Count) -> NodeId {
        self.push_shaped(Node::Quantity(Quantity::Count(count)), Shape::Scalar)
    }

    /// Adds mathematics of the document's own.
    pub(crate) fn push_letter(&mut self, math: Math, value: Expression) -> NodeId {
        let shape = value.shape();
        let letter = Quantity::Letter { math: Box::new(math), value: Box::new(value) };
        self.push_shaped(Node::Quantity(letter), shape)
    }

    /// Adds all of another expression; its value is the new node.
    pub fn append(&mut self, other: &Expression) -> NodeId {
        let base = self.nodes.len() as u32;
        let moved = |id: &NodeId| NodeId(id.0.saturating_add(base));
        let mut last = NodeId(base);
        for (node, shape) in other.nodes.iter().zip(&other.shapes) {
            last = self.push_shaped(node.mapped(&moved), *shape);
        }
        last
    }

    fn shape_for(&self, node: &Node) -> Shape {
        let operands = node.operands();
        let shapes = operands.iter().map(|id| self.shape_of(*id));
        shapes.fold(Shape::Scalar, |shape, other| {
            shape.broadcast(other).or_never("operands of an element-wise operation have one shape", shape)
        })
    }
}

impl Node {
    /// The operands, in order.
    pub fn operands(&self) -> Vec<NodeId> {
        match self {
            Node::Number(_) | Node::Constant(..) | Node::Quantity(_) | Node::Batch(..) => Vec::new(),
            Node::Unary(_, x) | Node::Whole { of: x, .. } => vec![*x],
            Node::Binary(_, a, b) => vec![*a, *b],
            Node::Select(_, parts) => parts.to_vec(),
            Node::Apply(_, parts) | Node::Array(_, parts) => parts.clone(),
        }
    }

    pub(crate) fn mapped(&self, place: &dyn Fn(&NodeId) -> NodeId) -> Node {
        match self {
            Node::Number(_) | Node::Constant(..) | Node::Quantity(_) | Node::Batch(..) => self.clone(),
            Node::Unary(op, x) => Node::Unary(*op, place(x)),
            Node::Whole { up, of } => Node::Whole { up: *up, of: place(of) },
            Node::Binary(op, a, b) => Node::Binary(*op, place(a), place(b)),
            Node::Select(comparison, parts) => Node::Select(*comparison, parts.map(|id| place(&id))),
            Node::Apply(f, parts) => Node::Apply(*f, parts.iter().map(place).collect()),
            Node::Array(op, parts) => Node::Array(*op, parts.iter().map(place).collect()),
        }
    }
}

impl Expression {
    /// The terms of the outermost sum, and whether each is subtracted.
    pub fn summands(&self) -> Vec<(bool, NodeId)> {
        let mut summands = Vec::new();
        let mut at = NodeId::new(self.nodes.len().saturating_sub(1));
        while let Some(Node::Binary(op @ (Binary::Add | Binary::Subtract), a, b)) = self.node(at) {
            summands.push((*op == Binary::Subtract, *b));
            at = *a;
        }
        summands.push((false, at));
        summands.reverse();
        summands
    }
}
