//! Expressions from equations: what each computes, with the unnamed ones it uses inlined.

use std::collections::{BTreeSet, HashMap};

use mlp_dsl::{
    formula::{Formula, FunctionId, Term, TermId, scalar::Binary},
    ir::{
        Derivation,
        array::Op,
        equation::{Equation, EquationId, Per, Role, Symbol},
    },
    model::Reduction,
    never::OrNever,
    shape::Shape,
};

use super::{ArrayOp, Expression, Node, NodeId, Quantity};

/// The formula of an equation, unnamed equations inlined.
pub(crate) fn of_equation(derivation: &Derivation, id: EquationId) -> Expression {
    let mut needed = BTreeSet::from([id]);
    let mut stack = vec![id];
    while let Some(next) = stack.pop() {
        for operand in derivation.equation(next).op.operands() {
            if is_unnamed(derivation, operand) && needed.insert(operand) {
                stack.push(operand);
            }
        }
    }
    let mut inliner = Inliner::new(derivation);
    for id in needed {
        let place = inliner.equation(id);
        inliner.places.insert(id, place);
    }
    let root = inliner.places.get(&id).copied();
    inliner.expression.ending_at(root)
}

/// A formula whose leaves are equations, unnamed ones inlined.
pub(crate) fn of_formula(derivation: &Derivation, formula: &Formula) -> Expression {
    let mut inliner = Inliner::new(derivation);
    for leaf in formula.leaves().into_iter().map(EquationId) {
        if is_unnamed(derivation, leaf) {
            let inner = of_equation(derivation, leaf);
            let place = inliner.expression.append(&inner);
            inliner.places.insert(leaf, place);
        }
    }
    let root = inliner.formula(formula);
    inliner.expression.ending_at(Some(root))
}

/// A call with the function's formula in its place; `None` where no call is outermost.
pub(crate) fn expanded(expression: &Expression, derivation: &Derivation) -> Option<Expression> {
    let Some(Node::Apply(FunctionId(id), arguments)) = expression.root() else { return None };
    let body = &derivation.header.functions.get(*id as usize)?.body;
    let mut expanded = expression.clone();
    let leaf = |_: &mut Expression, leaf: u32| {
        let argument = arguments.get(leaf as usize).copied();
        argument.or_never("a call has an argument for each parameter", NodeId::NOWHERE)
    };
    let root = expanded.formula(body, &leaf);
    Some(expanded.ending_at(Some(root)))
}

/// An expression with the formula of one function in place of its calls.
pub(crate) fn with_bodies(
    expression: &Expression,
    derivation: &Derivation,
    function: FunctionId,
) -> Expression {
    let is_call = |node: &Node| matches!(node, Node::Apply(id, _) if *id == function);
    let body = derivation.header.functions.get(function.0 as usize).map(|function| &function.body);
    let Some(body) = body.filter(|_| expression.nodes().iter().any(is_call)) else {
        return expression.clone();
    };
    let (mut spelled, mut places) = (Expression::default(), Vec::new());
    for (node, shape) in expression.shaped() {
        let node = node.mapped(&|id| {
            places.get(id.index()).copied().or_never("operands come before their uses", NodeId::NOWHERE)
        });
        let place = if let Node::Apply(id, arguments) = &node
            && *id == function
        {
            let leaf = |_: &mut Expression, leaf: u32| {
                let argument = arguments.get(leaf as usize).copied();
                argument.or_never("a call has an argument for each parameter", NodeId::NOWHERE)
            };
            spelled.formula(body, &leaf)
        } else {
            spelled.push_shaped(node, shape)
        };
        places.push(place);
    }
    spelled
}

impl Expression {
    /// Adds a formula; `leaf` gives the node for each of its leaves.
    pub(crate) fn formula(
        &mut self,
        formula: &Formula,
        leaf: &dyn Fn(&mut Expression, u32) -> NodeId,
    ) -> NodeId {
        let mut places: Vec<NodeId> = Vec::with_capacity(formula.terms().len());
        for term in formula.terms() {
            let at = |TermId(id): &TermId| {
                let place = places.get(*id as usize).copied();
                place.or_never("a formula has operands before their uses", NodeId::NOWHERE)
            };
            let node = match term {
                Term::Leaf(index) => {
                    let place = leaf(self, *index);
                    places.push(place);
                    continue;
                }
                Term::Number(number) => Node::Number(*number),
                Term::Constant(id, number) => Node::Constant(*id, *number),
                Term::Unary(op, x) => Node::Unary(*op, at(x)),
                Term::Binary(op, a, b) => Node::Binary(*op, at(a), at(b)),
                Term::Select(s) => {
                    Node::Select(s.comparison, [at(&s.left), at(&s.right), at(&s.then), at(&s.otherwise)])
                }
                Term::Apply(f, arguments) => Node::Apply(*f, arguments.iter().map(at).collect()),
            };
            places.push(self.push(node));
        }
        places.last().copied().or_never("a formula has a term", NodeId::NOWHERE)
    }
}

/// An expression under construction, and the nodes of the equations inlined in it.
struct Inliner<'d> {
    derivation: &'d Derivation,
    expression: Expression,
    places: HashMap<EquationId, NodeId>,
}

impl<'d> Inliner<'d> {
    fn new(derivation: &'d Derivation) -> Self {
        Inliner { derivation, expression: Expression::default(), places: HashMap::new() }
    }

    /// The node of an equation: inlined, or its symbol.
    fn place(&mut self, id: EquationId) -> NodeId {
        let known = self.places.get(&id).copied();
        known.unwrap_or_else(|| self.expression.push_quantity(self.derivation, Quantity::Equation(id)))
    }

    fn formula(&mut self, formula: &Formula) -> NodeId {
        let (derivation, places) = (self.derivation, &self.places);
        let leaf = |e: &mut Expression, leaf: u32| {
            let known = places.get(&EquationId(leaf)).copied();
            known.unwrap_or_else(|| e.push_quantity(derivation, Quantity::Equation(EquationId(leaf))))
        };
        self.expression.formula(formula, &leaf)
    }

    fn equation(&mut self, id: EquationId) -> NodeId {
        let equation = self.derivation.equation(id);
        let (op, operands) = match &equation.op {
            Op::Given => return self.expression.push_quantity(self.derivation, Quantity::Equation(id)),
            Op::Setting(value) => return self.expression.push(Node::Number(*value)),
            Op::BatchMean(of) => return self.over_batch(Reduction::Mean, *of, equation.shape),
            Op::BatchSum(of) => return self.over_batch(Reduction::Sum, *of, equation.shape),
            Op::BatchWeightedMean(of, weight) => {
                let sum = self.over_batch(Reduction::Sum, *of, equation.shape);
                let weights = self.over_batch(Reduction::Sum, *weight, Shape::Scalar);
                return self
                    .expression
                    .push_shaped(Node::Binary(Binary::Divide, sum, weights), equation.shape);
            }
            Op::Pointwise(formula) => return self.pointwise(formula, equation.shape),
            Op::Stack(elements) | Op::Concat(elements) => (ArrayOp::Pack, elements.clone()),
            Op::Slice(x, start) => (ArrayOp::Part(*start), vec![*x]),
            Op::Transpose(x) => (ArrayOp::Transposed, vec![*x]),
            Op::SumSquares(x) => (ArrayOp::SumSquares, vec![*x]),
            Op::Index(x, index) => (ArrayOp::Element(*index), vec![*x]),
            // Transposed twice is not transposed.
            Op::VectorMatrix(x, w) => match self.transposed(*w) {
                Some(inner) => (ArrayOp::ProductTransposed, vec![*x, inner]),
                None => (ArrayOp::Product, vec![*x, *w]),
            },
            Op::MatrixVector(w, x) => match self.transposed(*w) {
                Some(inner) => (ArrayOp::Product, vec![*x, inner]),
                None => (ArrayOp::ProductTransposed, vec![*x, *w]),
            },
            Op::Outer(a, b) => (ArrayOp::TransposedProduct, vec![*a, *b]),
            // The sample comes first, so that with a row for each sample the product is a column: x wᵀ.
            Op::Dot(w, x) if self.is_shared(*w) && !self.is_shared(*x) => (ArrayOp::Dot, vec![*x, *w]),
            Op::Dot(a, b) => (ArrayOp::Dot, vec![*a, *b]),
            Op::Sum(x) => (ArrayOp::Sum, vec![*x]),
            Op::Softmax(z) => (ArrayOp::Softmax, vec![*z]),
            Op::LogSoftmax(z) => (ArrayOp::LogSoftmax, vec![*z]),
            Op::SoftmaxCrossEntropy(z, t) => self.cross_entropy(id, *z, *t),
        };
        let nodes = operands.into_iter().map(|id| self.place(id)).collect();
        self.expression.push_shaped(Node::Array(op, nodes), equation.shape)
    }

    /// Whether all samples have one value of it.
    fn is_shared(&self, id: EquationId) -> bool {
        self.derivation.equation(id).per == Per::Batch
    }

    /// The matrix whose transposed this is.
    fn transposed(&self, w: EquationId) -> Option<EquationId> {
        if let Op::Transpose(inner) = self.derivation.equation(w).op { Some(inner) } else { None }
    }

    fn pointwise(&mut self, formula: &Formula, shape: Shape) -> NodeId {
        let root = self.formula(formula);
        if self.expression.shape_of(root) == shape {
            root
        } else {
            self.expression.push_shaped(Node::Array(ArrayOp::Fill, vec![root]), shape)
        }
    }

    fn over_batch(&mut self, reduction: Reduction, of: EquationId, shape: Shape) -> NodeId {
        // Gradients of samples are not written out: their mean is.
        let inner = if matches!(self.derivation.equation(of).symbol, Symbol::Gradient(_)) {
            of_equation(self.derivation, of)
        } else {
            Expression::symbol(self.derivation, of)
        };
        self.expression.push_shaped(Node::Batch(reduction, Box::new(inner)), shape)
    }

    /// Whether the forward pass or the loss reads a value: then derivatives with respect to it are about those uses.
    fn is_read(&self, value: EquationId) -> bool {
        let forward = |equation: &&Equation| matches!(equation.role, Role::Forward | Role::Loss);
        let mut equations = self.derivation.equations.iter().filter(forward);
        equations.any(|equation| equation.op.operands().contains(&value))
    }

    /// The cross-entropy of a named softmax, or of softmax(z).
    fn cross_entropy(&self, id: EquationId, z: EquationId, t: EquationId) -> (ArrayOp, Vec<EquationId>) {
        let softmax = self.derivation.numbered().find(|(_, e)| e.op == Op::Softmax(z));
        let is_named = |p: EquationId| p < id && !is_unnamed(self.derivation, p);
        match softmax.filter(|(p, _)| is_named(*p) && !self.is_read(*p)) {
            Some((p, _)) => (ArrayOp::CrossEntropy, vec![p, t]),
            None => (ArrayOp::SoftmaxCrossEntropy, vec![z, t]),
        }
    }
}

/// Whether an equation has no name of its own: a step, or a derivative of one or with respect to one.
pub(crate) fn is_unnamed(derivation: &Derivation, id: EquationId) -> bool {
    let step = |id: EquationId| matches!(derivation.equation(id).symbol, Symbol::Step(_));
    if let Symbol::Gradient(of) | Symbol::PenaltyGradient(of) = derivation.equation(id).symbol {
        return step(of);
    }
    if let Symbol::Partial { of, by } = derivation.equation(id).symbol {
        return step(of) || step(by);
    }
    step(id)
}
