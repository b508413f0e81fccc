//! Expressions from equations: what each computes, with the unnamed ones it uses inlined.

use std::collections::{BTreeSet, HashMap};

use mlp_dsl::{
    formula::{Formula, FunctionId, Term, TermId},
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Symbol},
    },
    model::Reduction,
};

use super::{ArrayOp, Expression, Node, NodeId, Quantity};

impl Expression {
    /// What an equation computes, unnamed equations inlined.
    pub fn of_equation(derivation: &Derivation, id: EquationId) -> Self {
        let mut needed = BTreeSet::from([id]);
        let mut stack = vec![id];
        while let Some(next) = stack.pop() {
            for operand in derivation.equation(next).op.operands() {
                if is_unnamed(derivation, operand) && needed.insert(operand) {
                    stack.push(operand);
                }
            }
        }
        let mut expression = Expression::default();
        let mut places = HashMap::new();
        for id in needed {
            let place = expression.equation(derivation, id, &places);
            places.insert(id, place);
        }
        let root = places.get(&id).copied();
        expression.ending_at(root)
    }

    /// A formula whose leaves are equations, unnamed ones inlined.
    pub fn of_formula(derivation: &Derivation, formula: &Formula) -> Self {
        let mut expression = Expression::default();
        let mut places = HashMap::new();
        for leaf in formula.leaves().into_iter().map(EquationId) {
            if is_unnamed(derivation, leaf) {
                let inner = Expression::of_equation(derivation, leaf);
                places.insert(leaf, expression.append(&inner));
            }
        }
        let leaf = |e: &mut Expression, leaf: u32| e.place(derivation, EquationId(leaf), &places);
        let root = expression.formula(formula, &leaf);
        expression.ending_at(Some(root))
    }

    /// A call with the function's formula in its place; `None` where no call is outermost.
    pub fn expanded(&self, derivation: &Derivation) -> Option<Self> {
        let Some(Node::Apply(FunctionId(id), arguments)) = self.root() else { return None };
        let body = &derivation.header.functions.get(*id as usize)?.body;
        let mut expanded = self.clone();
        let leaf = |_: &mut Expression, leaf: u32| {
            arguments.get(leaf as usize).copied().unwrap_or(NodeId::default())
        };
        let root = expanded.formula(body, &leaf);
        Some(expanded.ending_at(Some(root)))
    }

    /// Adds a formula; `leaf` gives the node for each of its leaves.
    pub fn formula(&mut self, formula: &Formula, leaf: &dyn Fn(&mut Expression, u32) -> NodeId) -> NodeId {
        let mut places: Vec<NodeId> = Vec::with_capacity(formula.terms().len());
        for term in formula.terms() {
            let at = |id: &TermId| places.get(id.0 as usize).copied().unwrap_or(NodeId::default());
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
        places.last().copied().unwrap_or(NodeId::default())
    }

    fn place(
        &mut self,
        derivation: &Derivation,
        id: EquationId,
        places: &HashMap<EquationId, NodeId>,
    ) -> NodeId {
        match places.get(&id) {
            Some(known) => *known,
            None => self.push_quantity(derivation, Quantity::Equation(id)),
        }
    }

    fn equation(
        &mut self,
        derivation: &Derivation,
        id: EquationId,
        places: &HashMap<EquationId, NodeId>,
    ) -> NodeId {
        let equation = derivation.equation(id);
        let (op, operands): (ArrayOp, Vec<EquationId>) = match &equation.op {
            Op::Given => return self.push_quantity(derivation, Quantity::Equation(id)),
            Op::Setting(value) => return self.push(Node::Number(*value)),
            Op::BatchMean(of) | Op::BatchSum(of) => {
                // Gradients of samples are not written out: their mean is.
                let inner = match derivation.equation(*of).symbol {
                    Symbol::Gradient(_) => Expression::of_equation(derivation, *of),
                    _ => Expression::symbol(derivation, *of),
                };
                let reduction = match equation.op {
                    Op::BatchSum(_) => Reduction::Sum,
                    _ => Reduction::Mean,
                };
                return self.push_shaped(Node::Batch(reduction, Box::new(inner)), equation.shape);
            }
            Op::Pointwise(formula) => {
                let leaf = |e: &mut Expression, leaf: u32| e.place(derivation, EquationId(leaf), places);
                let root = self.formula(formula, &leaf);
                let fits = self.shape_of(root) == equation.shape;
                return if fits {
                    root
                } else {
                    self.push_shaped(Node::Array(ArrayOp::Fill, vec![root]), equation.shape)
                };
            }
            Op::Stack(elements) | Op::Concat(elements) => (ArrayOp::Pack, elements.clone()),
            Op::Slice(x, start) => (ArrayOp::Part(*start), vec![*x]),
            Op::Transpose(x) => (ArrayOp::Transposed, vec![*x]),
            Op::SumSquares(x) => (ArrayOp::SumSquares, vec![*x]),
            Op::Index(x, index) => (ArrayOp::Element(*index), vec![*x]),
            // Transposed twice is not transposed.
            Op::VectorMatrix(x, w) => match derivation.equation(*w).op {
                Op::Transpose(inner) => (ArrayOp::ProductTransposed, vec![*x, inner]),
                _ => (ArrayOp::Product, vec![*x, *w]),
            },
            Op::MatrixVector(w, x) => match derivation.equation(*w).op {
                Op::Transpose(inner) => (ArrayOp::Product, vec![*x, inner]),
                _ => (ArrayOp::ProductTransposed, vec![*x, *w]),
            },
            Op::Outer(a, b) => (ArrayOp::TransposedProduct, vec![*a, *b]),
            Op::Dot(a, b) => (ArrayOp::Dot, vec![*a, *b]),
            Op::Sum(x) => (ArrayOp::Sum, vec![*x]),
            Op::Softmax(z) => (ArrayOp::Softmax, vec![*z]),
            Op::SoftmaxCrossEntropy(z, t) => {
                let softmax = derivation.numbered().find(|(_, e)| e.op == Op::Softmax(*z));
                match softmax.filter(|(p, _)| *p < id && !is_unnamed(derivation, *p)) {
                    Some((p, _)) => (ArrayOp::CrossEntropy, vec![p, *t]),
                    None => (ArrayOp::SoftmaxCrossEntropy, vec![*z, *t]),
                }
            }
        };
        let nodes = operands.into_iter().map(|id| self.place(derivation, id, places)).collect();
        self.push_shaped(Node::Array(op, nodes), equation.shape)
    }
}

/// Whether an equation has no name of its own: a step, or a derivative of or by one.
pub(crate) fn is_unnamed(derivation: &Derivation, id: EquationId) -> bool {
    let step = |id: EquationId| matches!(derivation.equation(id).symbol, Symbol::Step(_));
    match derivation.equation(id).symbol {
        Symbol::Gradient(of) | Symbol::PenaltyGradient(of) => step(of),
        Symbol::Partial { of, by } => step(of) || step(by),
        _ => step(id),
    }
}
