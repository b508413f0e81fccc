//! Formulas under construction, and the equations they become.

use super::{Lower, spend};

use crate::{
    diagnostic::Diagnostic,
    formula::{Formula, Term, TermId, builder::Builder},
    ir::{
        Value,
        array::Op,
        equation::{EquationId, Symbol},
    },
    model::{self, Typed, TypedKind},
    shape::Shape,
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

impl Draft {
    /// The value that it is, if it is nothing else.
    fn as_value(&self) -> Option<Value> {
        let leaves: Option<Vec<EquationId>> =
            self.formulas.iter().map(|formula| formula.as_leaf().map(EquationId)).collect();
        let leaves = leaves?;
        if self.packed { Some(Value::Packed(leaves)) } else { leaves.first().copied().map(Value::Whole) }
    }
}

/// Formulas that stand by themselves, to be put in where a name stands for them.
#[derive(Clone)]
pub(super) struct Draft {
    shape: Shape,
    packed: bool,
    formulas: Vec<Formula>,
}

impl Lower {
    /// A bundle taken out of its builder.
    pub(super) fn draft(&self, b: &Builder, bundle: &Bundle) -> Draft {
        let formulas = bundle.roots.iter().map(|root| b.finish(*root)).collect();
        Draft { shape: bundle.shape, packed: bundle.packed, formulas }
    }

    /// A draft that is a value and nothing else.
    pub(super) fn draft_of(&self, value: &Value) -> Draft {
        let mut b = Builder::new();
        let bundle = self.leaves(&mut b, value);
        self.draft(&b, &bundle)
    }

    /// What `let` names, in this builder. Terms that are there already are found again.
    pub(super) fn bound(&mut self, b: &mut Builder, place: usize) -> Result<Bundle, Diagnostic> {
        let Some(draft) = self.bound.get(place).cloned() else {
            return Ok(Bundle::scalar(b.number(0.0)));
        };
        let terms = draft.formulas.iter().map(|formula| formula.terms().len() as u64).sum();
        self.drafted = spend(self.drafted, terms, self.span)?;
        let roots = draft.formulas.iter().map(|formula| b.substitute(formula, &|_| None)).collect();
        Ok(Bundle { shape: draft.shape, packed: draft.packed, roots })
    }

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
                let pack = self.step(Shape::Vector(ids.len()), Op::Stack(ids.clone()));
                self.packs.insert(ids.clone(), pack);
                pack
            }
        }
    }

    pub(super) fn whole_of(&mut self, typed: &Typed, arguments: &[Value]) -> Result<EquationId, Diagnostic> {
        let plain = match &typed.kind {
            TypedKind::Value(value) => self.value(*value),
            TypedKind::Argument(index) => arguments.get(*index).cloned(),
            TypedKind::Bound(place) => self.bound.get(*place).and_then(Draft::as_value),
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
