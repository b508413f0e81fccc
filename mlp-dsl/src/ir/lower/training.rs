//! What a step of training reads beside gradients: settings, schedules, the state of the rule.

use super::{Draft, Lower, spend};

use crate::{
    diagnostic::Diagnostic,
    ir::{
        State, Training, Value,
        array::Op,
        equation::{EquationId, Role, Symbol},
    },
    limits,
    model::{self, Setting, UpdateRule},
    shape::Shape,
};

impl Lower {
    /// The given equations of the training rule.
    pub(super) fn training(&mut self, training: &model::Training) -> Result<(), Diagnostic> {
        self.span = training.span;
        self.role = Role::Given;
        let step = reads_step(training).then(|| self.add(Symbol::StepNumber, Shape::Scalar, Op::Given));
        let mut settings = Vec::new();
        for (name, setting) in &training.settings {
            settings.extend(self.setting(name, setting, step)?);
        }
        let clip = [("clip_norm", training.clip_norm), ("clip_value", training.clip_value)];
        for (name, bound) in clip.into_iter().filter_map(|(name, bound)| Some((name, bound?))) {
            settings.push(self.add(Symbol::Setting(name.to_owned()), Shape::Scalar, Op::Setting(bound)));
        }
        let numbers =
            limits::EQUATION * (self.derivation.parameters.len() * training.rule.state.len()) as u64;
        spend(0, numbers, self.span)?;
        for index in 0..self.derivation.parameters.len() {
            self.state(index, &training.rule);
        }
        self.derivation.training = Some(Training {
            rule: training.rule.name.clone(),
            docs: training.rule.docs.clone(),
            settings,
            step,
            batch: training.batch,
            samples: training.samples,
        });
        Ok(())
    }

    /// The equation of a setting; one that is left out at 0 has none.
    fn setting(
        &mut self,
        name: &str,
        setting: &Setting,
        step: Option<EquationId>,
    ) -> Result<Option<EquationId>, Diagnostic> {
        let symbol = Symbol::Setting(name.to_owned());
        Ok(match setting {
            Setting::Default(0.0) => None,
            Setting::Number(value) | Setting::Default(value) => {
                Some(self.add(symbol, Shape::Scalar, Op::Setting(*value)))
            }
            Setting::Schedule(typed) => {
                let step: Vec<Draft> =
                    step.map(|step| self.draft_of(&Value::Whole(step))).into_iter().collect();
                self.bound = step;
                let setting = self.define(typed, symbol);
                self.bound.clear();
                Some(setting?)
            }
        })
    }

    fn state(&mut self, index: usize, rule: &UpdateRule) {
        let Some(parameter) = self.derivation.parameters.get(index).filter(|parameter| !parameter.frozen)
        else {
            return;
        };
        let of = parameter.equation;
        let shape = self.derivation.shape(of);
        let own = |name: &String| Symbol::State { name: name.clone(), of };
        let state: Vec<State> = rule
            .state
            .iter()
            .map(|name| State { equation: self.add(own(name), shape, Op::Given), updated: None })
            .collect();
        if let Some(parameter) = self.derivation.parameters.get_mut(index) {
            parameter.state = state;
        }
    }
}

/// Whether the rule, or a schedule, reads the number of the step.
fn reads_step(training: &model::Training) -> bool {
    let schedule = training.settings.iter().any(|(_, setting)| matches!(setting, Setting::Schedule(_)));
    let mut formulas = training.rule.assignments.iter().map(|(_, formula)| formula);
    schedule || formulas.any(|formula| formula.leaves().contains(&UpdateRule::STEP))
}
