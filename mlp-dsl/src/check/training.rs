//! `train sgd(rate = 0.1), batch 50, samples 5000, reduction = sum;`

use std::collections::BTreeSet;

use super::{
    Checker, Place,
    arguments::{Argument, Parameter, arrange},
};

use crate::{
    check::errors,
    model::{Reduction, Setting, Training, UpdateRule},
    run::Shuffle,
    shape::Shape,
    syntax::{
        ast::{Call, Expression, ExpressionKind, Name, Train},
        words,
    },
};

/// Settings of the prelude's rules that are factors of a running mean, less than 1; all others must not be
/// negative.
const BELOW_ONE: [&str; 4] = ["momentum", "smoothing", "beta1", "beta2"];

/// The options after the rule.
#[derive(Default)]
struct Options {
    batch: Option<usize>,
    samples: Option<usize>,
    reduction: Reduction,
    clip_norm: Option<f64>,
    clip_value: Option<f64>,
}

impl Checker<'_> {
    pub(super) fn train(&mut self, train: &Train) {
        self.train_span = Some(train.rule.name.span);
        let options = self.options(&train.options);
        let Some(rule) = self.rules.find(&train.rule.name, self.found) else { return };
        let parameters: Vec<Parameter> = rule
            .settings
            .iter()
            .map(|(name, default)| Parameter { name: name.clone(), default: *default })
            .collect();
        let Some(arguments) = arrange(&train.rule, &parameters, self.found) else { return };
        let settings: Vec<Option<Setting>> = arguments
            .into_iter()
            .map(|argument| match argument {
                Argument::Default(number) => Some(Setting::Default(number)),
                Argument::Given(expression) => self.setting(expression),
            })
            .collect();
        let Some(settings) = settings.into_iter().collect::<Option<Vec<_>>>() else { return };
        if self.rules.is_prelude(&rule.name) {
            self.ranges(&train.rule, &rule, &settings);
        }
        let names = rule.settings.iter().map(|(name, _)| name.clone());
        self.training = Some(Training {
            settings: names.zip(settings).collect(),
            rule,
            batch: options.batch,
            samples: options.samples,
            reduction: options.reduction,
            clip_norm: options.clip_norm,
            clip_value: options.clip_value,
            span: train.span,
        });
    }

    /// Checks the ranges of the settings of the prelude's rules.
    fn ranges(&mut self, call: &Call, rule: &UpdateRule, settings: &[Setting]) {
        for ((name, _), setting) in rule.settings.iter().zip(settings) {
            let Setting::Number(value) = setting else { continue };
            let most = BELOW_ONE.contains(&name.as_str()).then_some(1.0);
            if *value < 0.0 || most.is_some_and(|most| *value >= most) {
                let named =
                    call.arguments.iter().find(|(given, _)| given.as_ref().is_some_and(|g| g.text == *name));
                let span = named.map_or(call.span, |(_, argument)| argument.span);
                self.found.push(errors::setting_out_of_range(&rule.name, name, *value, most, span));
            }
        }
    }

    /// A number, or a formula of constants and the step number.
    fn setting(&mut self, expression: &Expression) -> Option<Setting> {
        if !expression.mentions("step") {
            return self.number_of(expression).map(Setting::Number);
        }
        self.place = Place::Setting;
        self.bound.push(("step".to_owned(), Shape::Scalar, self.arguments.len()));
        let typed = self.expression(expression, None);
        self.bound.clear();
        self.place = Place::Elsewhere;
        let typed = typed?;
        if typed.shape != Shape::Scalar {
            self.found.push(errors::setting_is_scalar(typed.shape, typed.span));
            return None;
        }
        Some(Setting::Schedule(typed))
    }

    fn options(&mut self, options: &[(Name, Expression)]) -> Options {
        let mut found = Options::default();
        let mut seen = BTreeSet::new();
        for (name, expression) in options {
            let text = name.text.as_str();
            if !seen.insert(text) {
                self.found.push(errors::argument_twice(text, name.span));
            }
            let what = format!("`{text}`");
            match text {
                "batch" => {
                    self.train_batch = Some(expression.span);
                    found.batch = self.whole(expression, &what, 1, 1 << 40).map(|n| n as usize);
                }
                "samples" => found.samples = self.whole(expression, &what, 1, 1 << 40).map(|n| n as usize),
                "reduction" => found.reduction = self.reduction(expression),
                "clip_norm" => found.clip_norm = self.positive(expression, text),
                "clip_value" => found.clip_value = self.positive(expression, text),
                "epochs" => self.run.epochs = self.whole(expression, &what, 1, 1 << 40),
                "hold_out" => self.run.hold_out = self.hold_out(expression),
                "patience" => self.run.patience = self.whole(expression, &what, 1, 1 << 40),
                "shuffle" => self.run.shuffle = self.shuffle(expression),
                _ => {
                    let known = words::OPTIONS.map(|word| word.text);
                    let close = crate::spelling::closest(text, known.into_iter());
                    self.found.push(errors::unknown_option(name, close, &known));
                }
            }
        }
        if let (Some(batch), Some(samples)) = (found.batch, found.samples)
            && batch > samples
            && let Some((_, given)) = options.iter().find(|(name, _)| name.text == "batch")
        {
            self.found.push(errors::batch_above_samples(batch, samples, given.span));
        }
        found
    }

    /// `batch` is a statement or an option of `train`, and not both.
    pub(super) fn settle_batch(&mut self) {
        let Some((batch, span)) = self.batch else { return };
        if let Some(option) = self.train_batch {
            let (first, second) = if option.start < span.start { (option, span) } else { (span, option) };
            return self.found.push(errors::second("batch", second, first));
        }
        let Some(training) = &mut self.training else { return };
        training.batch = Some(batch);
        if let Some(samples) = training.samples.filter(|samples| batch > *samples) {
            self.found.push(errors::batch_above_samples(batch, samples, span));
        }
    }

    fn reduction(&mut self, expression: &Expression) -> Reduction {
        let name = if let ExpressionKind::Name(name) = &expression.kind { name.text.as_str() } else { "" };
        match name {
            "mean" => Reduction::Mean,
            "sum" => Reduction::Sum,
            _ => {
                self.found.push(errors::unknown_choice("`reduction`", expression.span, &["mean", "sum"]));
                Reduction::Mean
            }
        }
    }

    /// A share of the rows below 1, or a number of rows.
    fn hold_out(&mut self, expression: &Expression) -> Option<f64> {
        let value = self.number_of(expression)?;
        let is_share = value > 0.0 && value < 1.0;
        let is_count = value >= 1.0 && value.fract() == 0.0 && value < 1e12;
        if is_share || is_count {
            return Some(value);
        }
        self.found.push(errors::hold_out_range(value, expression.span));
        None
    }

    /// A seed, or `none`.
    fn shuffle(&mut self, expression: &Expression) -> Option<Shuffle> {
        if let ExpressionKind::Name(name) = &expression.kind {
            if name.text == "none" {
                return Some(Shuffle::None);
            }
            if !self.constants.iter().any(|(known, _)| *known == name.text) {
                self.found.push(errors::unknown_choice(
                    "`shuffle`, if it is no seed,",
                    expression.span,
                    &["none"],
                ));
                return None;
            }
        }
        self.whole(expression, "`shuffle`", 0, 1 << 53).map(Shuffle::Seed)
    }

    fn positive(&mut self, expression: &Expression, what: &str) -> Option<f64> {
        let value = self.number_of(expression)?;
        if value <= 0.0 {
            self.found.push(errors::not_positive(what, value, expression.span));
            return None;
        }
        Some(value)
    }
}
