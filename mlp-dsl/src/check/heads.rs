//! Several layers as the output, and the weight of a sample.

use super::{Checker, Place};

use crate::{
    check::errors,
    model::{Layer, LayerBody, Typed, TypedKind, Value},
    shape::Shape,
    span::Span,
    syntax::ast::{Expression, Name},
};

use super::scope::Meaning;

/// The name of the layer that joins several heads.
pub(super) const JOINED: &str = "outputs";

impl Checker<'_> {
    /// `output kind, size;`
    pub(super) fn output(&mut self, layers: &[Name], span: Span) {
        let mut heads = Vec::new();
        for name in layers {
            let found = self.scope.resolve(name, self.found);
            let layer = match found {
                Some(Meaning::Value(Value::Layer(layer))) => layer,
                Some(Meaning::Mistake) | None => {
                    self.incomplete = true;
                    continue;
                }
                Some(Meaning::Constant(..) | Meaning::Value(_)) => {
                    self.found.push(errors::output_is_layer(name));
                    continue;
                }
            };
            if heads.contains(&layer) {
                self.found.push(errors::output_twice(name));
            }
            heads.push(layer);
        }
        self.heads = Some((heads, span));
    }

    /// Several heads are joined by a last layer.
    pub(super) fn join_heads(&mut self) {
        let Some((heads, span)) = &self.heads else { return };
        let part = |head: &usize| {
            let shape = self.layers.get(*head)?.shape;
            Some(Typed { kind: TypedKind::Value(Value::Layer(*head)), shape, span: *span })
        };
        let parts: Vec<Typed> = heads.iter().filter_map(part).collect();
        if parts.len() < 2 {
            return;
        }
        let shape = Shape::Vector(parts.iter().map(|part| part.shape.count()).sum());
        let name = Name { text: JOINED.to_owned(), span: Span::new(span.start, span.start + "output".len()) };
        let body = LayerBody::Whole(Typed { kind: TypedKind::Concat(parts), shape, span: *span });
        let docs = Vec::new();
        self.layers.push(Layer { name, docs, body, shape, dropout: None });
    }

    /// The formula after `weighted by`.
    pub(super) fn sample_weight(&mut self, weight: &Expression) -> Option<Typed> {
        self.place = Place::Weight;
        let typed = self.expression(weight, None);
        self.place = Place::Elsewhere;
        let typed = typed?;
        if typed.shape != Shape::Scalar {
            self.found.push(errors::weight_is_scalar(typed.shape, typed.span));
        } else if !uses_target(&typed) {
            self.found.push(errors::weight_of_no_sample(typed.span));
        }
        Some(typed)
    }
}

/// Whether a formula uses a target or an importance.
fn uses_target(typed: &Typed) -> bool {
    let own = matches!(typed.kind, TypedKind::Value(Value::Target(_) | Value::TargetElement(..)));
    own || typed.operands().into_iter().any(uses_target)
}
