//! From the training rule to the given equations of a step: settings, schedules, the state of the rule.

use super::{Lower, States, spend};

use crate::{
    diagnostic::Diagnostic,
    ir::{
        Training, Value,
        array::Op,
        equation::{EquationId, Role, Symbol},
    },
    limits,
    model::{self, Setting, UpdateRule},
    shape::Shape,
};

impl Lower {
    /// The given equations of the training rule.
    pub(super) fn training(&mut self, training: &model::Training) -> Result<States, Diagnostic> {
        self.span = training.span;
        self.role = Role::Given;
        // A mask depends on the number of the step.
        let counts = reads_step(training) || !self.derivation.dropouts.is_empty();
        let step = counts.then(|| self.add(Symbol::StepNumber, Shape::Scalar, Op::Given));
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
        let states = self.states(&training.rule);
        self.derivation.training = Some(Training {
            rule: training.rule.name.clone(),
            docs: training.rule.docs.clone(),
            settings,
            written: training.rule.written.clone(),
            of_rule: Vec::new(),
            step,
            batch: training.batch,
            samples: training.samples,
        });
        Ok(states)
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
                self.bound = step.iter().map(|step| self.bind_value(&Value::Whole(*step))).collect();
                let setting = self.define(typed, symbol);
                self.bound.clear();
                Some(setting?)
            }
        })
    }

    /// The given equations of the rule's state, for each parameter that is not frozen.
    fn states(&mut self, rule: &UpdateRule) -> States {
        let trained = self.derivation.parameters.iter().filter(|parameter| !parameter.frozen);
        let trained: Vec<EquationId> = trained.map(|parameter| parameter.equation).collect();
        let state = |of: EquationId| {
            let shape = self.derivation.shape(of);
            let given = |name: &String| self.add(Symbol::State { name: name.clone(), of }, shape, Op::Given);
            (of, rule.state.iter().map(given).collect())
        };
        trained.into_iter().map(state).collect()
    }
}

/// Whether the rule, or a schedule, reads the number of the step.
fn reads_step(training: &model::Training) -> bool {
    let schedule = training.settings.iter().any(|(_, setting)| matches!(setting, Setting::Schedule(_)));
    let mut formulas = training.rule.assignments.iter().map(|(_, formula)| formula);
    schedule || formulas.any(|formula| formula.leaves().contains(&UpdateRule::STEP))
}
