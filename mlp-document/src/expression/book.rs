//! Formulas as books write them: textbook forms in the place of calls, the elements of short vectors one by one, and
//! without the sum of targets that sum to 1.

use mlp_dsl::{
    formula::{
        FunctionId,
        scalar::{Binary, Unary},
    },
    ir::{
        Data, Derivation,
        equation::{EquationId, Symbol},
        reuse::Sigmoids,
    },
    never::OrNever,
    shape::Shape,
};

use super::{ArrayOp, Expression, Node, NodeId, Quantity, equation::is_unnamed};

/// Vectors with more elements are not taken apart.
pub(crate) const ELEMENTS: usize = 8;

/// A call with the textbook form of its function in its place, or else with its body; `None` where no call is outermost.
pub(crate) fn expanded(expression: &Expression, derivation: &Derivation) -> Option<Expression> {
    let Some(Node::Apply(function, arguments)) = expression.root() else { return None };
    let function = derivation.header.functions.get(function.0 as usize)?;
    let formula = function.textbook.as_ref().unwrap_or(&function.body);
    let mut expanded = expression.clone();
    let leaf = |_: &mut Expression, leaf: u32| {
        let argument = arguments.get(leaf as usize).copied();
        argument.or_never("a call has an argument for each parameter", NodeId::NOWHERE)
    };
    let root = expanded.formula(formula, &leaf);
    let expanded = expanded.ending_at(Some(root));
    Some(if function.textbook.is_some() { with_probabilities(&expanded, derivation) } else { expanded })
}

/// The textbook forms of the functions of the prelude that have no notation of their own as calls.
pub(crate) fn with_textbook_forms(expression: &Expression, derivation: &Derivation) -> Expression {
    let functions = ["log_sigmoid", "log_loss_from_logit", "ln_1p"];
    let functions: Vec<FunctionId> =
        functions.iter().filter_map(|name| derivation.prelude_function(name)).collect();
    let is_call = |node: &Node| matches!(node, Node::Apply(id, _) if functions.contains(id));
    if !expression.nodes().iter().any(is_call) {
        return expression.clone();
    }
    let spelled = rewritten(expression, &|spelled, node, shape| {
        let Node::Apply(id, arguments) = &node else { return spelled.push_shaped(node, shape) };
        let function = derivation.header.functions.get(id.0 as usize);
        let form =
            function.filter(|_| functions.contains(id)).and_then(|function| function.textbook.as_ref());
        let Some(form) = form else { return spelled.push_shaped(node, shape) };
        let leaf = |_: &mut Expression, leaf: u32| {
            let argument = arguments.get(leaf as usize).copied();
            argument.or_never("a call has an argument for each parameter", NodeId::NOWHERE)
        };
        spelled.formula(form, &leaf)
    });
    with_probabilities(&spelled, derivation)
}

/// The sigmoid of a net input by the name of the neuron that has it.
fn with_probabilities(expression: &Expression, derivation: &Derivation) -> Expression {
    let Some(sigmoid) = derivation.prelude_function("sigmoid") else { return expression.clone() };
    let is_call = |node: &Node| matches!(node, Node::Apply(id, _) if *id == sigmoid);
    if !expression.nodes().iter().any(is_call) {
        return expression.clone();
    }
    let sigmoids = Sigmoids::of(derivation);
    let named = |spelled: &Expression, node: &Node| {
        let Node::Apply(_, arguments) = node else { return None };
        let Some(Node::Quantity(Quantity::Equation(z))) = spelled.node(*arguments.first()?) else {
            return None;
        };
        sigmoids.by_net_input(*z).filter(|p| !is_unnamed(derivation, *p))
    };
    let spelled = rewritten(expression, &|spelled, node, shape| {
        let known = if is_call(&node) { named(spelled, &node) } else { None };
        match known {
            Some(p) => spelled.push_quantity(derivation, Quantity::Equation(p)),
            None => spelled.push_shaped(node, shape),
        }
    });
    spelled.pruned()
}

/// The elements of short vectors one by one, where an element or the loss of a class is asked for. `simplex` says that
/// the targets sum to 1.
pub(crate) fn by_elements(expression: &Expression, derivation: &Derivation, simplex: bool) -> Expression {
    let expression =
        if simplex { without_sum_of_targets(expression, derivation) } else { expression.clone() };
    let asks = |node: &Node| {
        matches!(node, Node::Array(ArrayOp::Element(_) | ArrayOp::CrossEntropy | ArrayOp::Sum, _))
    };
    if !expression.nodes().iter().any(asks) {
        return expression;
    }
    let mut parting = Parting { spelled: Expression::default(), whole: Vec::new(), parts: Vec::new() };
    for (node, shape) in expression.shaped() {
        parting.node(node, shape);
    }
    let root = parting.whole.last().copied();
    parting.spelled.ending_at(root).pruned()
}

/// A factor that is the sum of targets that sum to 1 falls away.
pub(crate) fn without_sum_of_targets(expression: &Expression, derivation: &Derivation) -> Expression {
    let targets: Vec<&[EquationId]> =
        simplexes(derivation).map(|(_, target)| target.value.equations()).collect();
    let is_target = |of: &Expression, id: NodeId| match of.node(id) {
        Some(Node::Quantity(Quantity::Equation(id))) => targets.iter().any(|target| target.contains(id)),
        Some(Node::Array(ArrayOp::Pack, parts)) => {
            let is = |target: &[EquationId], id: &NodeId| matches!(of.node(*id), Some(Node::Quantity(Quantity::Equation(id))) if target.contains(id));
            let all =
                |target: &&[EquationId]| parts.len() == target.len() && parts.iter().all(|id| is(target, id));
            targets.iter().any(all)
        }
        Some(_) | None => false,
    };
    let is_sum = |of: &Expression, id: NodeId| matches!(of.node(id), Some(Node::Array(ArrayOp::Sum, x)) if x.iter().all(|x| is_target(of, *x)));
    let spelled = rewritten(expression, &|spelled, node, shape| {
        if let Node::Binary(Binary::Multiply, a, b) = node {
            if is_sum(spelled, b) {
                return a;
            }
            if is_sum(spelled, a) {
                return b;
            }
        }
        spelled.push_shaped(node, shape)
    });
    spelled.pruned()
}

/// An expression node by node; `node` gives the place of each, whose operands have their new places.
fn rewritten(expression: &Expression, node: &dyn Fn(&mut Expression, Node, Shape) -> NodeId) -> Expression {
    let (mut spelled, mut places) = (Expression::default(), Vec::new());
    for (own, shape) in expression.shaped() {
        let own = own.mapped(&|id: &NodeId| {
            places.get(id.index()).copied().or_never("operands come before their uses", NodeId::NOWHERE)
        });
        let place = node(&mut spelled, own, shape);
        places.push(place);
    }
    spelled.ending_at(places.last().copied())
}

impl Expression {
    /// Without the nodes that the value does not need.
    pub(crate) fn pruned(&self) -> Expression {
        let mut needed = vec![false; self.nodes().len()];
        if let Some(last) = needed.last_mut() {
            *last = true;
        }
        for (index, node) in self.nodes().iter().enumerate().rev() {
            if needed.get(index) == Some(&true) {
                for operand in node.operands() {
                    if let Some(slot) = needed.get_mut(operand.index()) {
                        *slot = true;
                    }
                }
            }
        }
        let (mut pruned, mut places) = (Expression::default(), Vec::new());
        for (index, (node, shape)) in self.shaped().enumerate() {
            places.push(if needed.get(index) == Some(&true) {
                let node = node.mapped(&|id: &NodeId| {
                    places.get(id.index()).copied().or_never("operands come first", NodeId::NOWHERE)
                });
                pruned.push_shaped(node, shape)
            } else {
                NodeId::NOWHERE
            });
        }
        pruned
    }
}

/// An expression in which each short vector is also a list of elements.
struct Parting {
    spelled: Expression,
    /// The place of each node.
    whole: Vec<NodeId>,
    /// The places of its elements.
    parts: Vec<Option<Vec<NodeId>>>,
}

impl Parting {
    fn node(&mut self, node: &Node, shape: Shape) {
        let operands = node.operands();
        let parts_of = |id: &NodeId| self.parts.get(id.index()).cloned().flatten();
        let first = operands.first().and_then(parts_of);
        // What is asked of a vector with elements.
        let asked = if let Node::Array(ArrayOp::Element(index), _) = node {
            first.as_ref().and_then(|x| x.get(*index).copied())
        } else if let Node::Array(ArrayOp::CrossEntropy, _) = node {
            let targets = operands.get(1).and_then(parts_of);
            first.as_ref().zip(targets).map(|(p, t)| self.cross_entropy(p, &t))
        } else if let Node::Array(ArrayOp::Sum, _) = node {
            first.as_ref().and_then(|x| self.sum(x))
        } else {
            None
        };
        if let Some(asked) = asked {
            self.whole.push(asked);
            self.parts.push(None);
            return;
        }
        let moved = node.mapped(&|id: &NodeId| {
            self.whole.get(id.index()).copied().or_never("operands come first", NodeId::NOWHERE)
        });
        let whole = self.spelled.push_shaped(moved, shape);
        let parts = self.elements(node, shape, whole);
        self.whole.push(whole);
        self.parts.push(parts);
    }

    /// The elements of a node, where they are few and each has a formula.
    fn elements(&mut self, node: &Node, shape: Shape, whole: NodeId) -> Option<Vec<NodeId>> {
        let Shape::Vector(count) = shape else { return None };
        if count > ELEMENTS {
            return None;
        }
        let scalar = |id: &NodeId| self.spelled.shape_of(*id) == Shape::Scalar;
        match node {
            Node::Quantity(_) => Some((0..count).map(|index| self.element(whole, index)).collect()),
            Node::Array(ArrayOp::Pack, operands) => {
                let places: Option<Vec<NodeId>> =
                    operands.iter().map(|id| self.whole.get(id.index()).copied()).collect();
                places.filter(|places| places.len() == count && places.iter().all(scalar))
            }
            Node::Array(ArrayOp::Fill, operands) => {
                let place = self.whole.get(operands.first()?.index()).copied();
                place.filter(scalar).map(|place| vec![place; count])
            }
            Node::Unary(..) | Node::Binary(..) | Node::Select(..) | Node::Apply(..) => {
                let mut elements = Vec::with_capacity(count);
                for index in 0..count {
                    let mut complete = true;
                    let part = node.mapped(&|id: &NodeId| {
                        let parts = self.parts.get(id.index()).and_then(Option::as_ref);
                        let own =
                            parts.and_then(|parts| parts.get(index)).or_else(|| self.whole.get(id.index()));
                        own.copied().or_never("operands come first", NodeId::NOWHERE)
                    });
                    complete &= part.operands().iter().all(|id| self.spelled.shape_of(*id) == Shape::Scalar);
                    if !complete {
                        return None;
                    }
                    elements.push(self.spelled.push(part));
                }
                Some(elements)
            }
            Node::Array(ArrayOp::Softmax, _) => {
                Some((0..count).map(|index| self.element(whole, index)).collect())
            }
            Node::Number(_) | Node::Constant(..) | Node::Array(..) | Node::Batch(..) | Node::Whole { .. } => {
                None
            }
        }
    }

    fn element(&mut self, whole: NodeId, index: usize) -> NodeId {
        self.spelled.push_shaped(Node::Array(ArrayOp::Element(index), vec![whole]), Shape::Scalar)
    }

    fn sum(&mut self, terms: &[NodeId]) -> Option<NodeId> {
        let (first, rest) = terms.split_first()?;
        Some(rest.iter().fold(*first, |sum, term| self.spelled.push(Node::Binary(Binary::Add, sum, *term))))
    }

    /// −(t₁ ln p₁ + t₂ ln p₂ + …)
    fn cross_entropy(&mut self, p: &[NodeId], t: &[NodeId]) -> NodeId {
        let each = p.iter().zip(t).map(|(p, t)| {
            let log = self.spelled.push(Node::Unary(Unary::Ln, *p));
            self.spelled.push(Node::Binary(Binary::Multiply, *t, log))
        });
        let each: Vec<NodeId> = each.collect();
        let sum = self.sum(&each).or_never("there is a class", NodeId::NOWHERE);
        self.spelled.push(Node::Unary(Unary::Negate, sum))
    }
}

/// The targets that may sum to 1, each with the place of its first number: one alone, or of several the classes.
pub(crate) fn simplexes(derivation: &Derivation) -> impl Iterator<Item = (usize, &Data)> {
    let alone = derivation.targets.len() == 1;
    let starts = derivation.targets.iter().scan(0, |next, target| {
        let start = *next;
        *next += target.shape.count();
        Some((start, target))
    });
    starts.filter(move |(_, target)| alone || target.class)
}

/// Whether a target of all declared samples sums to 1, as classes do.
pub(crate) fn targets_sum_to_one(derivation: &Derivation) -> bool {
    let [target] = derivation.targets.as_slice() else { return simplexes(derivation).next().is_some() };
    let one = |numbers: &[f64]| (numbers.iter().sum::<f64>() - 1.0).abs() <= 1e-12;
    let samples = derivation.declared_samples();
    target.class || (!samples.is_empty() && samples.iter().all(|sample| one(&sample.target)))
}

/// Whether an equation is a name for a vector whose elements can be named.
pub(crate) fn has_named_elements(derivation: &Derivation, id: EquationId) -> bool {
    let equation = derivation.equation(id);
    let short = matches!(equation.shape, Shape::Vector(n) if n <= ELEMENTS);
    short && matches!(equation.symbol, Symbol::Named(_))
}
