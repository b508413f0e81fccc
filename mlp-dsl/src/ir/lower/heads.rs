//! The loss of a sample: a sum over heads, and its weight.

use super::{Lower, Owner};

use crate::{
    diagnostic::Diagnostic,
    formula::{Term, TermId, builder::Builder, scalar::Binary},
    ir::equation::{EquationId, Symbol},
    model::{self, Model, Typed, TypedKind},
    shape::Shape,
};

impl Lower {
    /// The equations of the loss of a sample and of its weight.
    pub(super) fn total_loss(
        &mut self,
        typed: &Typed,
        model: &Model,
    ) -> Result<(EquationId, Option<EquationId>), Diagnostic> {
        let several = model.targets.iter().filter(|target| !target.importance).count() > 1;
        let symbol = if model.weight.is_some() { Symbol::Local("L".to_owned()) } else { Symbol::Loss };
        let loss = if several || model.heads.len() > 1 {
            self.sum_of_heads(typed, symbol)?
        } else {
            self.define(typed, symbol)?
        };
        let Some(weight) = &model.weight else { return Ok((loss, None)) };
        self.parts.push(loss);
        (self.span, self.owner) = (weight.span, Owner::default());
        let weight = self.define_or_name(weight, Symbol::Local("omega".to_owned()))?;
        let mut b = Builder::new();
        let (factor, value) = (b.leaf(weight.0), b.leaf(loss.0));
        let product = b.written(Term::Binary(Binary::Multiply, factor, value));
        let total = self.pointwise(Symbol::Loss, Shape::Scalar, b.finish(product))?;
        Ok((total, Some(weight)))
    }

    /// A formula as an equation; a plain name keeps its own.
    fn define_or_name(&mut self, typed: &Typed, symbol: Symbol) -> Result<EquationId, Diagnostic> {
        if let TypedKind::Value(value) = typed.kind
            && let [only] = self.value(value).equations()
        {
            return Ok(*only);
        }
        let id = self.define(typed, symbol)?;
        self.parts.push(id);
        Ok(id)
    }

    /// A loss whose terms for different heads are equations of their own.
    fn sum_of_heads(&mut self, typed: &Typed, symbol: Symbol) -> Result<EquationId, Diagnostic> {
        if !matches!(typed.kind, TypedKind::Chain(..)) {
            return self.define(typed, symbol);
        }
        self.owner = Owner::default();
        let mut b = Builder::new();
        let root = self.terms(&mut b, typed, &mut Vec::new())?;
        self.pointwise(symbol, Shape::Scalar, b.finish(root))
    }

    /// A part of the loss: calls of functions that compare a head become equations.
    fn terms(
        &mut self,
        b: &mut Builder,
        typed: &Typed,
        made: &mut Vec<String>,
    ) -> Result<TermId, Diagnostic> {
        if let TypedKind::Chain(first, rest) = &typed.kind
            && typed.shape == Shape::Scalar
            && rest.iter().all(|(operator, operand, shape)| {
                Binary::of(*operator).is_some() && operand.shape == Shape::Scalar && *shape == Shape::Scalar
            })
            && first.shape == Shape::Scalar
        {
            let mut sum = self.terms(b, first, made)?;
            for (operator, operand, _) in rest {
                let operand = self.terms(b, operand, made)?;
                if let Some(operator) = Binary::of(*operator) {
                    sum = b.written(Term::Binary(operator, sum, operand));
                }
            }
            return Ok(sum);
        }
        let id = match self.head_of(typed) {
            Some(head) => {
                let mut name = format!("E_{head}");
                while made.contains(&name) {
                    name.push('_');
                }
                let again = name.ends_with('_');
                let parts = self.component_names(typed).filter(|parts| !again && parts.each.len() > 1);
                self.owner = Owner { net: None, components: parts };
                made.push(name.clone());
                let part = self.define(typed, Symbol::Local(name))?;
                self.parts.push(part);
                part
            }
            None => {
                let operand = self.formula(b, typed, &[])?;
                return Ok(operand.at(0));
            }
        };
        Ok(b.leaf(id.0))
    }

    /// The name of the layer or neuron that a call compares: its first argument.
    fn head_of(&self, typed: &Typed) -> Option<String> {
        let (TypedKind::Inline(_, arguments, _) | TypedKind::Apply(_, arguments)) = &typed.kind else {
            return None;
        };
        let TypedKind::Value(value) = arguments.first()?.kind else { return None };
        match value {
            model::Value::Layer(index) => self.derivation.layers.get(index).map(|layer| layer.name.clone()),
            model::Value::Neuron(..) => {
                self.value(value).equations().first().map(|id| self.derivation.name_of(*id))
            }
            model::Value::Input(_)
            | model::Value::InputElement(..)
            | model::Value::Parameter(_)
            | model::Value::Target(_)
            | model::Value::TargetElement(..) => None,
        }
    }
}
