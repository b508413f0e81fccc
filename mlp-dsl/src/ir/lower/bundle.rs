//! Formulas under construction, and the equations they become.

use super::Lower;
use crate::{
    diagnostic::Diagnostic,
    ir::{
        Value,
        array::Op,
        builder::Builder,
        equation::{EquationId, Shape, Symbol},
        formula::{Term, TermId},
    },
    model::{self, Typed, TypedKind},
};

/// Scalar formulas in a builder: one for a scalar or a whole array, one for each element of a
/// packed vector.
#[derive(Clone)]
pub(super) struct Bundle {
    pub(super) shape: Shape,
    pub(super) packed: bool,
    pub(super) roots: Vec<TermId>,
}

impl Bundle {
    pub(super) fn scalar(root: TermId) -> Self {
        Bundle { shape: Shape::Scalar, packed: false, roots: vec![root] }
    }
}

impl Lower {
    pub(super) fn leaves(&self, b: &mut Builder, value: &Value) -> Bundle {
        match value {
            Value::Whole(id) => {
                Bundle { shape: self.derivation.shape(*id), packed: false, roots: vec![b.leaf(id.0)] }
            }
            Value::Packed(ids) => Bundle {
                shape: Shape::Vector(ids.len()),
                packed: true,
                roots: ids.iter().map(|id| b.leaf(id.0)).collect(),
            },
        }
    }

    pub(super) fn value(&self, value: model::Value) -> Option<Value> {
        let d = &self.derivation;
        let element = |value: &Value, index: usize| value.equations().get(index).copied().map(Value::Whole);
        match value {
            model::Value::Input(i) => Some(d.inputs.get(i)?.value.clone()),
            model::Value::InputElement(i, j) => element(&d.inputs.get(i)?.value, j),
            model::Value::Parameter(p) => Some(Value::Whole(d.parameters.get(p)?.equation)),
            model::Value::Layer(l) => Some(d.layers.get(l)?.value.clone()),
            model::Value::Neuron(l, n) => element(&d.layers.get(l)?.value, n),
            model::Value::Target => Some(d.target.as_ref()?.value.clone()),
            model::Value::TargetElement(j) => element(&d.target.as_ref()?.value, j),
        }
    }

    /// Equations for what a bundle computes.
    pub(super) fn materialise(&mut self, b: &Builder, bundle: Bundle) -> Result<Value, Diagnostic> {
        let shape = if bundle.packed { Shape::Scalar } else { bundle.shape };
        let mut ids = Vec::new();
        for root in &bundle.roots {
            ids.push(match b.term(*root) {
                Some(Term::Leaf(leaf)) => EquationId(*leaf),
                _ => {
                    self.steps += 1;
                    self.pointwise(Symbol::Step(self.steps), shape, b.finish(*root))?
                }
            });
        }
        match (bundle.packed, ids.first()) {
            (false, Some(id)) => Ok(Value::Whole(*id)),
            _ => Ok(Value::Packed(ids)),
        }
    }

    pub(super) fn whole(&mut self, b: &Builder, bundle: Bundle) -> Result<EquationId, Diagnostic> {
        let value = self.materialise(b, bundle)?;
        Ok(self.whole_value(&value))
    }

    pub(super) fn whole_value(&mut self, value: &Value) -> EquationId {
        match value {
            Value::Whole(id) => *id,
            Value::Packed(ids) => {
                if let Some(known) = self.packs.get(ids) {
                    return *known;
                }
                let pack = self.step(Shape::Vector(ids.len()), Op::Pack(ids.clone()));
                self.packs.insert(ids.clone(), pack);
                pack
            }
        }
    }

    pub(super) fn whole_of(&mut self, typed: &Typed, arguments: &[Value]) -> Result<EquationId, Diagnostic> {
        let plain = match &typed.kind {
            TypedKind::Value(value) => self.value(*value),
            TypedKind::Argument(index) => arguments.get(*index).cloned(),
            _ => None,
        };
        if let Some(value) = plain {
            return Ok(self.whole_value(&value));
        }
        let mut own = Builder::new();
        let bundle = self.formula(&mut own, typed, arguments)?;
        self.whole(&own, bundle)
    }
}

pub(super) fn at(terms: &[TermId], index: usize) -> TermId {
    terms.get(index).copied().unwrap_or(TermId(0))
}
