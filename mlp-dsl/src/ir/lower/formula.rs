//! Checked formulas as terms; what is not element-wise becomes equations of its own.

use super::{
    Lower,
    bundle::{Bundle, at},
    is_activation, spend,
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
    shape::Shape,
};

impl Lower {
    /// A formula in the builder; what is not element-wise becomes equations of its own.
    pub(super) fn formula(
        &mut self,
        b: &mut Builder,
        typed: &Typed,
        arguments: &[Value],
    ) -> Result<Bundle, Diagnostic> {
        match &typed.kind {
            TypedKind::Number(number) => Ok(Bundle::scalar(b.number(*number))),
            TypedKind::Constant(id, value) => Ok(Bundle::scalar(b.written(Term::Constant(*id, *value)))),
            TypedKind::Value(value) => {
                Ok(self.value(*value).map_or(Bundle::scalar(b.number(0.0)), |v| self.leaves(b, &v)))
            }
            TypedKind::Argument(index) => {
                let value = arguments.get(*index);
                Ok(value.map_or(Bundle::scalar(b.number(0.0)), |v| self.leaves(b, v)))
            }
            TypedKind::Unary(op, inner) => {
                let inner = self.argument(b, inner, arguments, *op != Unary::Negate)?;
                self.combine(b, &[inner], |b, x| b.written(Term::Unary(*op, at(x, 0))))
            }
            TypedKind::Power(base, exponent) => {
                let parts = [self.formula(b, base, arguments)?, self.formula(b, exponent, arguments)?];
                self.combine(b, &parts, |b, x| b.written(Term::Binary(Binary::Power, at(x, 0), at(x, 1))))
            }
            TypedKind::Chain(first, rest) => self.chain(b, first, rest, arguments),
            TypedKind::If(condition, then, otherwise) => {
                let (left, comparison, right) = &**condition;
                let mut parts = Vec::new();
                for part in [left, right, then, otherwise] {
                    parts.push(self.formula(b, part, arguments)?);
                }
                self.combine(b, &parts, |b, x| {
                    b.written(Term::Select(Select {
                        comparison: *comparison,
                        left: at(x, 0),
                        right: at(x, 1),
                        then: at(x, 2),
                        otherwise: at(x, 3),
                    }))
                })
            }
            TypedKind::Apply(function, inner) => {
                let mut parts = Vec::new();
                for part in inner {
                    // The net input is the first argument; what follows are settings such as a slope.
                    let first = parts.is_empty() && is_activation(inner);
                    parts.push(self.argument(b, part, arguments, first)?);
                }
                self.combine(b, &parts, |b, x| b.written(Term::Apply(*function, x.to_vec())))
            }
            TypedKind::Inline(kernel, inner, body) => self.inline(b, *kernel, inner, body, arguments),
            TypedKind::Sum(inner) => self.sum(b, inner, arguments),
            TypedKind::Bound(place) => self.bound(b, *place),
            TypedKind::Let(values, body) => {
                let before = self.bound.len();
                for (_, value) in values {
                    let bundle = self.formula(b, value, arguments)?;
                    let draft = self.draft(b, &bundle);
                    self.bound.push(draft);
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
                let parameter = |index: &usize| self.derivation.parameters.get(*index).map(|p| p.equation);
                let (w, bias) = (parameter(weights).unwrap_or(x), biases.as_ref().and_then(parameter));
                let product = self.step(typed.shape, Op::VectorMatrix(x, w));
                let Some(bias) = bias else { return Ok(self.leaves(b, &Value::Whole(product))) };
                let (product, bias) = (b.leaf(product.0), b.leaf(bias.0));
                let root = b.written(Term::Binary(Binary::Add, product, bias));
                Ok(Bundle { shape: typed.shape, packed: false, roots: vec![root] })
            }
        }
    }

    /// A part of `concat` as equations: a whole one, or the scalars it is made of.
    fn pieces(&mut self, part: &Typed, arguments: &[Value]) -> Result<Vec<EquationId>, Diagnostic> {
        let mut own = Builder::new();
        let bundle = self.formula(&mut own, part, arguments)?;
        Ok(self.materialise(&own, bundle)?.equations().to_vec())
    }

    /// The argument of an activation. The net input becomes an equation: the first is named
    /// after the neuron or layer.
    pub(super) fn argument(
        &mut self,
        b: &mut Builder,
        typed: &Typed,
        arguments: &[Value],
        activation: bool,
    ) -> Result<Bundle, Diagnostic> {
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
    ) -> Result<Bundle, Diagnostic> {
        // `None` while the first operand has not been lowered: `@` takes it whole.
        let mut left: Option<Bundle> = None;
        for (operator, operand, shape) in rest {
            left = Some(match Binary::of(*operator) {
                Some(op) => {
                    let before = match left {
                        Some(left) => left,
                        None => self.formula(b, first, arguments)?,
                    };
                    let right = self.formula(b, operand, arguments)?;
                    let apply =
                        |b: &mut Builder, x: &[TermId]| b.written(Term::Binary(op, at(x, 0), at(x, 1)));
                    self.combine(b, &[before, right], apply)?
                }
                None => {
                    let l = match left {
                        Some(left) => self.whole(b, left)?,
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
    ) -> Result<Bundle, Diagnostic> {
        let mut values = Vec::new();
        for argument in inner {
            let mut own = Builder::new();
            let bundle = self.argument(&mut own, argument, arguments, kernel == Some(Kernel::Softmax))?;
            values.push(self.materialise(&own, bundle)?);
        }
        match (kernel, values.as_slice()) {
            (Some(Kernel::Softmax), [z]) => {
                let z = self.whole_value(z);
                let softmax = self.step(self.derivation.shape(z), Op::Softmax(z));
                Ok(self.leaves(b, &Value::Whole(softmax)))
            }
            (Some(Kernel::CrossEntropy), [Value::Whole(p), t]) if self.softmax_of(*p).is_some() => {
                let z = self.softmax_of(*p).unwrap_or(*p);
                let t = self.whole_value(t);
                let loss = self.step(Shape::Scalar, Op::SoftmaxCrossEntropy(z, t));
                Ok(self.leaves(b, &Value::Whole(loss)))
            }
            _ => self.formula(b, body, &values),
        }
    }

    pub(super) fn softmax_of(&self, p: EquationId) -> Option<EquationId> {
        match self.derivation.equation(p).op {
            Op::Softmax(z) => Some(z),
            _ => None,
        }
    }

    /// A sum: of named parts where they are scalars, in one operation where they are a vector.
    pub(super) fn sum(
        &mut self,
        b: &mut Builder,
        inner: &Typed,
        arguments: &[Value],
    ) -> Result<Bundle, Diagnostic> {
        let names = self.owner.components.take();
        let mut own = Builder::new();
        let bundle = self.formula(&mut own, inner, arguments)?;
        let symbol = |lower: &mut Self, name: Option<&String>| match name {
            Some(name) => Symbol::Component(name.clone()),
            None => {
                lower.steps += 1;
                Symbol::Step(lower.steps)
            }
        };
        if !bundle.packed {
            let root = at(&bundle.roots, 0);
            let vector = match (own.term(root), &names) {
                (Some(Term::Leaf(leaf)), None) => EquationId(*leaf),
                _ => {
                    let symbol = symbol(self, names.as_ref().map(|names| &names.whole));
                    self.pointwise(symbol, bundle.shape, own.finish(root))?
                }
            };
            let total = self.step(Shape::Scalar, Op::Sum(vector));
            return Ok(self.leaves(b, &Value::Whole(total)));
        }
        let mut total = None;
        for (index, root) in bundle.roots.iter().enumerate() {
            let symbol = symbol(self, names.as_ref().and_then(|names| names.each.get(index)));
            let part = self.pointwise(symbol, Shape::Scalar, own.finish(*root))?;
            let leaf = b.leaf(part.0);
            total = Some(match total {
                None => leaf,
                Some(sum) => b.written(Term::Binary(Binary::Add, sum, leaf)),
            });
        }
        let zero = b.number(0.0);
        Ok(Bundle::scalar(total.unwrap_or(zero)))
    }

    /// Applies a scalar operation to bundles, element by element.
    pub(super) fn combine(
        &mut self,
        b: &mut Builder,
        parts: &[Bundle],
        apply: impl Fn(&mut Builder, &[TermId]) -> TermId,
    ) -> Result<Bundle, Diagnostic> {
        let any_packed = parts.iter().any(|part| part.packed);
        let any_whole = parts.iter().any(|part| !part.packed && part.shape != Shape::Scalar);
        let mut parts = parts.to_vec();
        if any_packed && any_whole {
            for part in parts.iter_mut().filter(|part| part.packed) {
                let whole = self.whole(b, part.clone())?;
                *part = self.leaves(b, &Value::Whole(whole));
            }
        }
        let shape =
            parts.iter().fold(Shape::Scalar, |shape, part| shape.broadcast(part.shape).unwrap_or(shape));
        let packed = any_packed && !any_whole;
        let count = if packed { shape.count() } else { 1 };
        self.drafted = spend(self.drafted, count as u64, self.span)?;
        let mut roots = Vec::with_capacity(count);
        for index in 0..count {
            let pick = |part: &Bundle| at(&part.roots, if part.packed { index } else { 0 });
            let operands: Vec<TermId> = parts.iter().map(pick).collect();
            roots.push(apply(b, &operands));
        }
        Ok(Bundle { shape, packed, roots })
    }
}
