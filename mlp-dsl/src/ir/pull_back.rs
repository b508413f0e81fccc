//! The backward pass from a given gradient with respect to the output. It does not ask what the output is for: another
//! network, a loss of the caller, one output of many. Its equations follow all others.

use super::{
    Derivation, PullBack, Pulled,
    array::Op,
    differentiate::{Of, back_from, needed_by_all},
    equation::{Equation, EquationId, Per, Role, Symbol},
    errors, verify,
};

use crate::{diagnostic::Diagnostic, limits};

impl Derivation {
    /// The derivation with the backward pass from a given gradient with respect to the output, where `backward inputs`
    /// asks for it: [`pull_back`](Derivation::pull_back) says which equations it has. `None` where nothing asks.
    ///
    /// # Errors
    /// More equations than a derivation may have.
    pub fn with_pull_back(&self) -> Result<Option<Derivation>, Diagnostic> {
        if !self.header.to_inputs || self.pull_back.is_some() {
            return Ok(None);
        }
        let mut derivation = self.clone();
        let values: Vec<EquationId> =
            self.output().map_or(Vec::new(), |layer| layer.value.equations().to_vec());
        let output: Vec<EquationId> = values.iter().map(|id| derivation.given_gradient(*id)).collect();
        let roots: Vec<_> = values.iter().copied().zip(output.iter().copied().map(Some)).collect();
        let found = back_from(&mut derivation, &needed_by_all(self), &roots, Of::Output)?;
        let inputs = self.input_equations().filter_map(|id| found.get(&id)).copied().collect();
        let trained = self.parameters.iter().filter(|parameter| !parameter.frozen);
        let parameters = trained.filter_map(|parameter| {
            let (parameter, gradient) = (parameter.equation, *found.get(&parameter.equation)?);
            Some(Pulled { parameter, gradient, batch: derivation.pulled_batch(parameter, gradient) })
        });
        let parameters = parameters.collect();
        derivation.pull_back = Some(PullBack { output, parameters, inputs });
        if derivation.operations() > limits::OPERATIONS {
            return Err(errors::derivation_too_large(derivation.header.name_span));
        }
        if let Err(reason) = verify::verify(&derivation) {
            crate::never!("the backward pass from the output is inconsistent: {reason}");
        }
        Ok(Some(derivation))
    }

    /// ∂E/∂output, which is given.
    fn given_gradient(&mut self, of: EquationId) -> EquationId {
        let (shape, span) = (self.shape(of), self.equation(of).span);
        let (symbol, op, role) = (Symbol::Pulled(of), Op::Given, Role::Given);
        self.push(Equation { symbol, shape, per: Per::Sample, op, role, span, activation: None })
    }

    fn pulled_batch(&mut self, parameter: EquationId, gradient: EquationId) -> EquationId {
        let (shape, span) = (self.shape(parameter), self.equation(parameter).span);
        let (symbol, op) = (Symbol::BatchPulled(parameter), Op::BatchMean(gradient));
        let (per, role) = (Per::Batch, Role::Batch);
        self.push(Equation { symbol, shape, per, op, role, span, activation: None })
    }
}
