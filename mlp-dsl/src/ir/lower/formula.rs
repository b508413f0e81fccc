//! Checked formulas as terms; what is not element-wise becomes equations of its own.

use super::{
    Lower, is_activation,
    operand::{Operand, argument},
    spend,
};

use crate::{
    diagnostic::Diagnostic,
    formula::{
        Select, Term, TermId,
        builder::Builder,
        operator::Operator,
        scalar::{Binary, Unary},
    },
    ir::{
        Value,
        array::Op,
        equation::{EquationId, Symbol},
    },
    model::{Kernel, Typed, TypedKind},
    never::OrNever,
    shape::Shape,
};

impl Lower {
    /// A formula in the builder; what is not element-wise becomes equations of its own.
    pub(super) fn formula(
        &mut self,
        b: &mut Builder,
        typed: &Typed,
        arguments: &[Value],
    ) -> Result<Operand, Diagnostic> {
        match &typed.kind {
            TypedKind::Number(number) => Ok(Operand::scalar(b.number(*number))),
            TypedKind::Constant(id, value) => Ok(Operand::scalar(b.written(Term::Constant(*id, *value)))),
            TypedKind::Value(value) => Ok(self.leaves(b, &self.value(*value))),
            TypedKind::Argument(index) => Ok(self.leaves(b, &argument(arguments, *index))),
            TypedKind::Unary(op, inner) => {
                let inner = self.argument(b, inner, arguments, *op != Unary::Negate)?;
                self.combine(b, [inner], |b, [x]| b.written(Term::Unary(*op, x)))
            }
            TypedKind::Power(base, exponent) => {
                let parts = [self.formula(b, base, arguments)?, self.formula(b, exponent, arguments)?];
                self.combine(b, parts, |b, [x, y]| b.written(Term::Binary(Binary::Power, x, y)))
            }
            TypedKind::Chain(first, rest) => self.chain(b, first, rest, arguments),
            TypedKind::If(condition, then, otherwise) => {
                let (left, comparison, right) = &**condition;
                let [left, right] = [self.formula(b, left, arguments)?, self.formula(b, right, arguments)?];
                let [then, otherwise] =
                    [self.formula(b, then, arguments)?, self.formula(b, otherwise, arguments)?];
                self.combine(b, [left, right, then, otherwise], |b, [left, right, then, otherwise]| {
                    b.written(Term::Select(Select { comparison: *comparison, left, right, then, otherwise }))
                })
            }
            TypedKind::Apply(function, inner) => {
                let mut parts = Vec::new();
                for part in inner {
                    // The net input is the first argument; what follows are settings such as a slope.
                    let first = parts.is_empty() && is_activation(inner);
                    parts.push(self.argument(b, part, arguments, first)?);
                }
                self.combine_all(b, parts, |b, x| b.written(Term::Apply(*function, x)))
            }
            TypedKind::Inline(kernel, inner, body) => self.inline(b, *kernel, inner, body, arguments),
            TypedKind::Sum(inner) => self.sum(b, inner, arguments),
            TypedKind::Bound(place) => self.bound(b, *place),
            TypedKind::Let(values, body) => {
                let before = self.bound.len();
                for (_, value) in values {
                    let value = self.formula(b, value, arguments)?;
                    self.bound.push(Lower::bind(b, &value));
                }
                let body = self.formula(b, body, arguments);
                self.bound.truncate(before);
                body
            }
            TypedKind::Concat(parts) => {
                let mut ids = Vec::with_capacity(parts.len());
                for part in parts {
                    ids.extend(self.pieces(part, arguments)?);
                }
                let scalars = ids.iter().all(|id| self.derivation.shape(*id) == Shape::Scalar);
                let op = if scalars { Op::Stack(ids) } else { Op::Concat(ids) };
                let whole = self.step(typed.shape, op);
                Ok(self.leaves(b, &Value::Whole(whole)))
            }
            TypedKind::Transpose(inner) => {
                let matrix = self.whole_of(inner, arguments)?;
                let transposed = self.step(typed.shape, Op::Transpose(matrix));
                Ok(self.leaves(b, &Value::Whole(transposed)))
            }
            TypedKind::Dense(input, weights, biases) => {
                let x = self.whole_of(input, arguments)?;
                let parameter = |index: &usize| {
                    let parameter = self.derivation.parameters.get(*index).map(|p| p.equation);
                    parameter.or_never("the parameters of `dense` are declared", x)
                };
                let (w, bias) = (parameter(weights), biases.as_ref().map(parameter));
                let product = self.step(typed.shape, Op::VectorMatrix(x, w));
                let Some(bias) = bias else { return Ok(self.leaves(b, &Value::Whole(product))) };
                let (product, bias) = (b.leaf(product.0), b.leaf(bias.0));
                let root = b.written(Term::Binary(Binary::Add, product, bias));
                Ok(Operand::Whole(typed.shape, root))
            }
        }
    }

    /// A part of `concat` as equations: a whole one, or the scalars it is made of.
    fn pieces(&mut self, part: &Typed, arguments: &[Value]) -> Result<Vec<EquationId>, Diagnostic> {
        let mut own = Builder::new();
        let operand = self.formula(&mut own, part, arguments)?;
        Ok(self.materialise(&own, &operand)?.equations().to_vec())
    }

    /// The argument of an activation. The net input becomes an equation: the first is named
    /// after the neuron or layer.
    pub(super) fn argument(
        &mut self,
        b: &mut Builder,
        typed: &Typed,
        arguments: &[Value],
        activation: bool,
    ) -> Result<Operand, Diagnostic> {
        let plain = matches!(
            typed.kind,
            TypedKind::Number(_)
                | TypedKind::Constant(..)
                | TypedKind::Value(_)
                | TypedKind::Argument(_)
                | TypedKind::Bound(_)
        );
        let net = if activation && !plain && arguments.is_empty() { self.owner.net.take() } else { None };
        match net {
            Some(owner) => {
                let id = self.define(typed, Symbol::Net(owner))?;
                Ok(self.leaves(b, &Value::Whole(id)))
            }
            None => self.formula(b, typed, arguments),
        }
    }

    pub(super) fn chain(
        &mut self,
        b: &mut Builder,
        first: &Typed,
        rest: &[(Operator, Typed, Shape)],
        arguments: &[Value],
    ) -> Result<Operand, Diagnostic> {
        // `None` while the first operand has not been lowered: `@` takes it whole.
        let mut left: Option<Operand> = None;
        for (operator, operand, shape) in rest {
            left = Some(match Binary::of(*operator) {
                Some(op) => {
                    let before = match left {
                        Some(left) => left,
                        None => self.formula(b, first, arguments)?,
                    };
                    let right = self.formula(b, operand, arguments)?;
                    self.combine(b, [before, right], |b, [x, y]| b.written(Term::Binary(op, x, y)))?
                }
                None => {
                    let l = match left {
                        Some(left) => self.whole(b, &left)?,
                        None => self.whole_of(first, arguments)?,
                    };
                    let r = self.whole_of(operand, arguments)?;
                    let product = self.step(*shape, self.product(l, r));
                    self.leaves(b, &Value::Whole(product))
                }
            });
        }
        match left {
            Some(left) => Ok(left),
            None => self.formula(b, first, arguments),
        }
    }

    fn product(&self, l: EquationId, r: EquationId) -> Op {
        match (self.derivation.shape(l), self.derivation.shape(r)) {
            (Shape::Matrix(..), _) => Op::MatrixVector(l, r),
            (_, Shape::Matrix(..)) => Op::VectorMatrix(l, r),
            _ => Op::Dot(l, r),
        }
    }

    pub(super) fn inline(
        &mut self,
        b: &mut Builder,
        kernel: Option<Kernel>,
        inner: &[Typed],
        body: &Typed,
        arguments: &[Value],
    ) -> Result<Operand, Diagnostic> {
        let mut values = Vec::new();
        for argument in inner {
            let mut own = Builder::new();
            let operand = self.argument(&mut own, argument, arguments, kernel == Some(Kernel::Softmax))?;
            values.push(self.materialise(&own, &operand)?);
        }
        if let (Some(Kernel::Softmax), [z]) = (kernel, values.as_slice()) {
            let z = self.whole_value(z);
            let softmax = self.step(self.derivation.shape(z), Op::Softmax(z));
            return Ok(self.leaves(b, &Value::Whole(softmax)));
        }
        if let (Some(Kernel::CrossEntropy), [Value::Whole(p), t]) = (kernel, values.as_slice())
            && let Op::Softmax(z) = self.derivation.equation(*p).op
        {
            let t = self.whole_value(t);
            let loss = self.step(Shape::Scalar, Op::SoftmaxCrossEntropy(z, t));
            return Ok(self.leaves(b, &Value::Whole(loss)));
        }
        self.formula(b, body, &values)
    }

    /// A sum: of named parts where they are scalars, in one operation where they are a vector.
    pub(super) fn sum(
        &mut self,
        b: &mut Builder,
        inner: &Typed,
        arguments: &[Value],
    ) -> Result<Operand, Diagnostic> {
        let names = self.owner.components.take();
        let mut own = Builder::new();
        let symbol = |lower: &mut Self, name: Option<&String>| match name {
            Some(name) => Symbol::Component(name.clone()),
            None => {
                lower.steps += 1;
                Symbol::Step(lower.steps)
            }
        };
        let terms = match self.formula(&mut own, inner, arguments)? {
            Operand::Packed(terms) => terms,
            Operand::Whole(shape, root) => {
                let vector = match (own.term(root), &names) {
                    (Some(Term::Leaf(leaf)), None) => EquationId(*leaf),
                    _ => {
                        let symbol = symbol(self, names.as_ref().map(|names| &names.whole));
                        self.pointwise(symbol, shape, own.finish(root))?
                    }
                };
                let total = self.step(Shape::Scalar, Op::Sum(vector));
                return Ok(self.leaves(b, &Value::Whole(total)));
            }
        };
        let mut total = None;
        for (index, root) in terms.into_iter().enumerate() {
            let symbol = symbol(self, names.as_ref().and_then(|names| names.each.get(index)));
            let part = self.pointwise(symbol, Shape::Scalar, own.finish(root))?;
            let leaf = b.leaf(part.0);
            total = Some(match total {
                None => leaf,
                Some(sum) => b.written(Term::Binary(Binary::Add, sum, leaf)),
            });
        }
        let zero = b.number(0.0);
        Ok(Operand::scalar(total.unwrap_or(zero)))
    }

    /// Applies a scalar operation to operands, element by element.
    pub(super) fn combine<const N: usize>(
        &mut self,
        b: &mut Builder,
        mut parts: [Operand; N],
        apply: impl Fn(&mut Builder, [TermId; N]) -> TermId,
    ) -> Result<Operand, Diagnostic> {
        let granularity = self.align(b, &mut parts)?;
        Ok(granularity.build(|index| apply(b, parts.each_ref().map(|part| part.at(index)))))
    }

    /// The same for any number of operands.
    fn combine_all(
        &mut self,
        b: &mut Builder,
        mut parts: Vec<Operand>,
        apply: impl Fn(&mut Builder, Vec<TermId>) -> TermId,
    ) -> Result<Operand, Diagnostic> {
        let granularity = self.align(b, &mut parts)?;
        Ok(granularity.build(|index| apply(b, parts.iter().map(|part| part.at(index)).collect())))
    }

    /// Makes operands of one granularity: where one is a whole array, packed ones are stacked.
    fn align(&mut self, b: &mut Builder, parts: &mut [Operand]) -> Result<Granularity, Diagnostic> {
        let is_array = |part: &Operand| matches!(part, Operand::Whole(shape, _) if *shape != Shape::Scalar);
        let any_array = parts.iter().any(is_array);
        let mut packed = false;
        for part in parts.iter_mut().filter(|part| matches!(part, Operand::Packed(_))) {
            packed = true;
            if any_array {
                let whole = self.whole(b, part)?;
                *part = self.leaves(b, &Value::Whole(whole));
            }
        }
        let shape = parts.iter().fold(Shape::Scalar, |shape, part| {
            shape.broadcast(part.shape()).or_never("operands of one formula fit", shape)
        });
        let granularity =
            if packed && !any_array { Granularity::Packed(shape.count()) } else { Granularity::Whole(shape) };
        self.drafted = spend(self.drafted, granularity.count() as u64, self.span)?;
        Ok(granularity)
    }
}

/// Whether a value is one term for all of its elements or a term for each.
enum Granularity {
    Whole(Shape),
    Packed(usize),
}

impl Granularity {
    fn count(&self) -> usize {
        match self {
            Granularity::Whole(_) => 1,
            Granularity::Packed(count) => *count,
        }
    }

    /// The operand whose terms are computed from their index.
    fn build(self, mut term: impl FnMut(usize) -> TermId) -> Operand {
        match self {
            Granularity::Whole(shape) => Operand::Whole(shape, term(0)),
            Granularity::Packed(count) => Operand::Packed((0..count).map(term).collect()),
        }
    }
}
