//! The symbols of one sample: its number in brackets above the name.

use mlp_dsl::ir::{
    Derivation,
    equation::{EquationId, Per, Symbol},
};

use super::{
    Notation,
    math::{Mark, Math, Name},
    names::loss,
};

impl Notation<'_> {
    /// The symbol of an equation, with the mark of the sample that the notation is about.
    pub(super) fn symbol(&self, id: EquationId) -> Math {
        let Some(sample) = self.sample else { return self.names.symbol(self.derivation, id) };
        match &self.derivation.equation(id).symbol {
            Symbol::Partial { of, by } => self.derivative(*of, *by),
            Symbol::Gradient(by) if !self.names.is_derived(id) => {
                Math::derivative(loss().marked(Mark::Sample(sample)), self.marked(*by).into())
            }
            Symbol::BatchGradient(..)
            | Symbol::PenaltyGradient(_)
            | Symbol::ObjectiveGradient(_)
            | Symbol::Pulled(_)
            | Symbol::BatchPulled(_)
            | Symbol::Updated(_) => self.names.symbol(self.derivation, id),
            Symbol::Gradient(_)
            | Symbol::Named(_)
            | Symbol::Local(_)
            | Symbol::Net(_)
            | Symbol::Component(_)
            | Symbol::Loss
            | Symbol::BatchLoss(_)
            | Symbol::Penalty
            | Symbol::PenaltyPart(_)
            | Symbol::Objective
            | Symbol::Setting(_)
            | Symbol::StepNumber
            | Symbol::State { .. }
            | Symbol::GradientNorm
            | Symbol::ClipFactor
            | Symbol::Step(_) => self.marked(id).into(),
        }
    }

    /// ∂of/∂by, with the marks of the sample.
    pub(super) fn derivative(&self, of: EquationId, by: EquationId) -> Math {
        Math::derivative(self.marked(of), self.marked(by).into())
    }

    /// The name of a value that is no derivative.
    fn marked(&self, id: EquationId) -> Name {
        let name = self.names.plain(self.derivation, id);
        match self.sample {
            Some(sample) if has_samples(self.derivation, id) => name.marked(Mark::Sample(sample)),
            Some(_) | None => name,
        }
    }
}

fn has_samples(derivation: &Derivation, id: EquationId) -> bool {
    derivation.equation(id).per == Per::Sample
}
