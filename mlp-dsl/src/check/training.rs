//! `train sgd(rate = 0.1), batch 50, samples 5000;`

use super::Checker;
use crate::{
    model::Training,
    problems,
    syntax::ast::{Name, Train},
};

const OPTIONS: [&str; 2] = ["batch", "samples"];

impl Checker<'_> {
    pub(super) fn train(&mut self, train: &Train) {
        if self.train_span.is_some() {
            self.found.push(problems::second("train", train.rule.name.span));
            return;
        }
        self.train_span = Some(train.rule.name.span);
        let (batch, samples) = self.options(&train.options);
        let Some((rule, settings)) = self.functions.rule(&train.rule.name.text) else {
            let close = super::closest(&train.rule.name.text, self.functions.rules().into_iter());
            self.found.push(problems::unknown_rule(&train.rule.name, close, &self.functions.rules()));
            return;
        };
        let names: Vec<&str> = settings.iter().map(String::as_str).collect();
        let Some(given) = self.settings(&train.rule, &names, &[]) else { return };
        let ordered = names.iter().filter_map(|name| given.iter().find(|(n, _)| n == name).cloned());
        self.training = Some(Training {
            rule,
            name: train.rule.name.text.clone(),
            settings: ordered.collect(),
            batch,
            samples,
            span: train.span,
        });
    }

    fn options(
        &mut self,
        options: &[(Name, crate::syntax::ast::Expression)],
    ) -> (Option<usize>, Option<usize>) {
        let mut found = (None, None);
        for (name, expression) in options {
            let what = format!("`{}`", name.text);
            let value = self.whole(expression, &what, 1, 1 << 40).map(|n| n as usize);
            let slot = match name.text.as_str() {
                "batch" => &mut found.0,
                "samples" => &mut found.1,
                _ => {
                    let close = super::closest(&name.text, OPTIONS.into_iter());
                    self.found.push(problems::unknown_option(name, close, &OPTIONS));
                    continue;
                }
            };
            if slot.is_some() {
                self.found.push(problems::setting_twice(&name.text, name.span));
            }
            *slot = value.or(*slot);
        }
        found
    }
}
